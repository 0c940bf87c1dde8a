"""The record of a request and its answer for display: selected headers, short texts, no secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from core.probes.answer import Answer
from core.probes.check_plan import Request
from core.probes.classify import message_of
from core.probes.secret import Secret
from core.records import dataclass
from core.secret_texts import HIDDEN


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer for display, without secrets.

    `seconds` is the total time, `to_first_byte` the time to the first line. All texts are scrubbed: `message` is the
    provider's message, `excerpt` the start of an unexpected answer.
    """

    method: str
    url: str
    headers: tuple[str, ...]
    purpose: str
    status: int | None
    seconds: float
    to_first_byte: float | None = None
    request_id: str | None = None
    size: int = 0
    message: str = ""
    phase: str = ""
    """The last phase of a request without an answer: `look-up`, `connect`, `handshake`, `response`, `body`."""
    sent: tuple[tuple[str, str], ...] = ()
    """The request headers besides the common ones; secrets are hidden."""
    body: str = ""
    """The request body."""
    returned: tuple[tuple[str, str], ...] = ()
    """The response headers worth showing."""
    listed: int | None = None
    """The number of listed models, if the answer is a list."""
    excerpt: str = ""


Scrub = Callable[[str], str]
"""Removes secrets and texts in the form of one. Texts are scrubbed before truncation: half a key is a secret too."""

_SHOWN_HEADERS: Final = frozenset(
    {
        "content-type",
        "content-encoding",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "server",
        "via",
        "www-authenticate",
        "x-should-retry",
    }
)
_SHOWN_PREFIXES: Final = ("x-ratelimit-", "ratelimit", "anthropic-ratelimit-")
_MAX_HEADERS: Final = 12
_MAX_VALUE: Final = 100
_MAX_BODY: Final = 2000
_MAX_EXCERPT: Final = 300
_MAX_DEPTH: Final = 6


def planned_exchange(request: Request, scrub: Scrub) -> Exchange:
    """The record of a request without an answer yet."""
    sent = [
        (header.name, HIDDEN if isinstance(header.value, Secret) else scrub(header.value)) for header in request.headers
    ]
    return Exchange(
        request.method,
        request.url,
        request.header_names,
        request.purpose,
        None,
        0.0,
        sent=(*sent, *((name, HIDDEN) for name in request.header_names[len(sent) :])),
        body=scrub(request.body[:_MAX_BODY].decode("utf-8", "replace")) if request.grant is None else "",
    )


def answered_exchange(request: Request, answer: Answer, request_id: str | None, scrub: Scrub) -> Exchange:
    """The record of a request with its answer."""
    message = scrub(message_of(answer))[:_MAX_EXCERPT] if answer.status >= 300 else ""
    record = replace(
        planned_exchange(request, scrub),
        status=answer.status,
        seconds=answer.seconds,
        to_first_byte=answer.to_first_byte,
        request_id=request_id,
        size=len(answer.body),
        message=message,
        returned=tuple(_returned(answer, scrub)),
    )
    return record if message or answer.status < 300 else with_excerpt(record, answer, scrub)


def with_excerpt(record: Exchange, answer: Answer, scrub: Scrub) -> Exchange:
    """The record with the start of an unexpected answer."""
    return replace(record, excerpt=scrub(_body_text(answer))[:_MAX_EXCERPT])


def _returned(answer: Answer, scrub: Scrub) -> Iterator[tuple[str, str]]:
    """The response headers worth showing; only the host of a redirect target."""
    count = 0
    for name, value in answer.headers.items():
        if name == "location":
            yield name, scrub(host_of(value))[:_MAX_VALUE]
        elif (name in _SHOWN_HEADERS or name.startswith(_SHOWN_PREFIXES)) and count < _MAX_HEADERS:
            count += 1
            yield name[:_MAX_VALUE], scrub(value)[:_MAX_VALUE]


def host_of(location: str) -> str:
    """The host of a redirect target, without path and query, which may repeat the request."""
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""


def _body_text(answer: Answer) -> str:
    """The start of a body. JSON is written from its parsed value, so that no escape sequence hides a secret."""
    text = (
        _JsonExcerpt(answer.data).text
        if answer.data is not None
        else answer.body[:_MAX_BODY].decode("utf-8", "replace")
    )
    return " ".join(text.split())


class _JsonExcerpt:
    """The start of a JSON value as text in the form `{key: value}`."""

    def __init__(self, data: object) -> None:
        self.text = ""
        self._add(data, 0)

    def _add(self, data: object, depth: int) -> None:
        if len(self.text) > _MAX_EXCERPT:
            return
        if isinstance(data, Mapping) and depth < _MAX_DEPTH:
            self._items("{", [(f"{key}: ", value) for key, value in list(data.items())[:20]], "}", depth)
        elif isinstance(data, list) and depth < _MAX_DEPTH:
            self._items("[", [("", value) for value in data[:20]], "]", depth)
        elif isinstance(data, Mapping | list):
            self.text += "..."
        else:
            self.text += str(data)[:_MAX_BODY] if data is not None else "null"

    def _items(self, begin: str, items: list[tuple[str, object]], end: str, depth: int) -> None:
        self.text += begin
        for number, (lead, value) in enumerate(items):
            self.text += f"{', ' if number else ''}{lead}"
            self._add(value, depth + 1)
        self.text += end
