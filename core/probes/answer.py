"""The answer to one request, and the limited JSON parser for its body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from itertools import accumulate
from typing import Final

from core.probes.check_status import Reason
from core.records import dataclass


@dataclass(frozen=True)
class Answer:
    """A complete answer. `data` is its JSON, or `bad` the reason why there is none.

    Times are in seconds; header names are lower case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    data: object = field(repr=False)
    bad: Reason | None
    to_first_byte: float
    seconds: float


MAX_DEPTH: Final = 500
"""The maximum number of levels, below those at which the parser of the clients stops."""

_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


class BadJsonError(ValueError):
    """Invalid or hostile JSON. The text of the error contains nothing of the input."""


def read_json(body: bytes) -> object:
    """The value of a JSON text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises BadJsonError for wrong syntax or encoding, more than `MAX_DEPTH` levels, and oversized numbers. NaN and the
    infinities become None.
    """
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        if _is_too_deep(text.encode("utf-8", "surrogatepass")):
            raise BadJsonError("too deeply nested brackets")
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        # No cause: the text of the first error contains a part of the body.
        raise BadJsonError("invalid JSON") from None


def _is_too_deep(body: bytes) -> bool:
    """Whether brackets outside strings are nested too deeply. Scans bytes, because a parser would recurse first."""
    outside = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    brackets = outside.translate(None, _NOT_BRACKETS)
    return any(depth > MAX_DEPTH for depth in accumulate(1 if byte in b"[{" else -1 for byte in brackets))
