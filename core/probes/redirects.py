"""Redirects: those within the same origin are followed, as the clients of Pipelex do; others are named."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from core.probes.address import Address, parse_address
from core.probes.answer import Answer

MAX_REDIRECTS: Final = 20
"""The maximum number of redirects that are followed for one answer, as in httpx."""
_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD: Final = frozenset({307, 308})


def follow(answer: Answer, address: Address, method: str, target: str) -> tuple[str, str] | None:
    """The method and target of the next request; None for no redirect within the origin.

    As in httpx 0.28: a POST becomes a GET without a body after 301, 302 and 303.
    """
    if answer.status not in _STATUSES or "location" not in answer.headers:
        return None
    following = _joined(answer, address, target)
    if following is None or _origin(following) != address.origin:
        return None
    parts = urlsplit(following)
    path = parts.path or "/"
    return method if answer.status in _KEEP_METHOD else "GET", f"{path}?{parts.query}" if parts.query else path


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that an answer sets, which the clients send with the next request of a chain."""
    # Several headers are joined by commas, and a date in one has a comma too.
    texts = re.split(r",(?=\s*[^;,\s=]+=)", answer.headers.get("set-cookie", ""))
    pairs = (text.partition(";")[0].partition("=") for text in texts)
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def redirect_target(answer: Answer, address: Address) -> str:
    """The origin that an answer redirects to, without path and query, which may repeat the request."""
    following = _joined(answer, address, "/")
    return _origin(following) if following is not None else ""


def _joined(answer: Answer, address: Address, target: str) -> str | None:
    try:
        following = urljoin(address.origin + target, answer.headers.get("location", ""))
    except ValueError:
        return None
    return following if following.isascii() and following.isprintable() and " " not in following else None


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    address = parse_address(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    return address.origin if isinstance(address, Address) else ""
