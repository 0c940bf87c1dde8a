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
    """One request and its answer as a person may see them: no secret, no more than a few lines of text.

    `seconds` to the end, `to_first_byte` to the answer's first line. All texts are scrubbed: `said` is the provider's
    message, `excerpt` the beginning of an answer that is not what was asked for.
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
    sent: tuple[tuple[str, str], ...] = ()
    """The headers that were sent besides the usual ones; secrets are hidden."""
    body: str = ""
    """What was sent below the headers."""
    returned: tuple[tuple[str, str], ...] = ()
    """The headers of the answer that help to understand it."""
    listed: int | None = None
    """How many models it lists, if it is a list."""
    excerpt: str = ""
