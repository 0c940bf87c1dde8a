"""The answer to one request, and the limited JSON parser for its body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Final

from core.probes.check_status import Reason
from core.records import dataclass


@dataclass(frozen=True)
class Answer:
    """A whole answer. `data` is its JSON; without any, `bad` says why.

    Times are in seconds; names of headers are in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    data: object = field(repr=False)
    bad: Reason | None
    to_first_byte: float
    seconds: float


MAX_DEPTH: Final = 64

_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


class BadJsonError(ValueError):
    """The bytes are no JSON, or JSON that nobody sends in good faith. Its text repeats nothing of them."""


def read_json(body: bytes) -> object:
    """The value of a JSON text in UTF-8, with or without a byte order mark.

    Raises BadJsonError for anything else: wrong syntax or encoding, more than `MAX_DEPTH` levels, numbers too long to
    be read. NaN and the infinities, which JSON does not have, become None.
    """
    if _is_too_deep(body):
        raise BadJsonError("brackets do not match, or go too deep")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        # No cause: the text of the first error would hold a piece of the body.
        raise BadJsonError("no JSON") from None


def _is_too_deep(body: bytes) -> bool:
    """Whether brackets outside strings are nested too deep. In passes over bytes: a parser would recurse first."""
    outside = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    brackets = outside.translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(brackets):
            return True
        brackets = shorter
    return bool(brackets)
