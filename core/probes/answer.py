"""What came back for one request, cut to its limits, and the record of the exchange that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.probes.status import Reason
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


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as a person may see them: no header's value, no secret, no more than a line of text.

    `seconds` to the end, `to_first_byte` to the answer's first line; `said` is the provider's message, scrubbed.
    """

    method: str
    url: str
    headers: tuple[str, ...]
    why: str
    status: int | None
    seconds: float
    to_first_byte: float | None = None
    request_id: str | None = None
    size: int = 0
    said: str = ""
    phase: str = ""
    """How far it came when there was no answer: `look-up`, `connect`, `handshake`, `waiting`, `body`."""
