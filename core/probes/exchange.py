"""The record of a request and its answer for display: selected headers, short texts, no secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from core.masking import HIDDEN
from core.probes.answer import Answer
from core.probes.check_plan import Request
from core.probes.classify import message_of
from core.probes.secret import Secret
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as a person may see them: no secret, no more than a few lines of text.

    `seconds` to the end, `to_first_byte` to the answer's first line. All texts are scrubbed: `said` is the provider's
    message, `excerpt` the beginning of an answer that is not what was asked for.
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


Scrub = Callable[[str], str]
"""Takes every secret, and what looks like one, out of a text."""

_TOLD: Final = frozenset(
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
_TOLD_BEGINNINGS: Final = ("x-ratelimit-", "ratelimit", "anthropic-ratelimit-")
_MOST_TOLD: Final = 12
_LONGEST: Final = 100
_MOST_BODY: Final = 2000
_MOST_EXCERPT: Final = 300
_DEEPEST: Final = 6


def planned_exchange(ask: Request, scrub: Scrub) -> Exchange:
    """The record of a request of which nothing came back yet."""
    return Exchange(
        ask.method,
        ask.url,
        ask.header_names,
        ask.purpose,
        None,
        0.0,
        sent=tuple(
            (header.name, HIDDEN if isinstance(header.value, Secret) else scrub(header.value)) for header in ask.headers
        )
        + tuple((name, HIDDEN) for name in (ask.signer.header_names if ask.signer is not None else ())),
        body=scrub(ask.body[:_MOST_BODY].decode("utf-8", "replace")) if ask.grant is None else "",
    )


def answered_exchange(ask: Request, answer: Answer, request_id: str | None, scrub: Scrub) -> Exchange:
    """The record of a request and of the answer that came."""
    said = scrub(message_of(answer))[:_MOST_EXCERPT] if answer.status >= 300 else ""
    record = replace(
        planned_exchange(ask, scrub),
        status=answer.status,
        seconds=answer.seconds,
        to_first_byte=answer.to_first_byte,
        request_id=request_id,
        size=len(answer.body),
        said=said,
        returned=tuple(_returned(answer, scrub)),
    )
    return record if said or answer.status < 300 else with_excerpt(record, answer, scrub)


def with_excerpt(record: Exchange, answer: Answer, scrub: Scrub) -> Exchange:
    """The record with the beginning of what came: for an answer that is not what was asked for."""
    return replace(record, excerpt=scrub(_beginning(answer))[:_MOST_EXCERPT])


def _returned(answer: Answer, scrub: Scrub) -> Iterator[tuple[str, str]]:
    """The headers of an answer that help to understand it; of a redirect's target the host alone."""
    count = 0
    for name, value in answer.headers.items():
        if name == "location":
            yield name, scrub(host_of(value))[:_LONGEST]
        elif (name in _TOLD or name.startswith(_TOLD_BEGINNINGS)) and count < _MOST_TOLD:
            count += 1
            yield name[:_LONGEST], scrub(value)[:_LONGEST]


def host_of(location: str) -> str:
    """The host that a redirect points to: never its path or query, which may repeat what was sent."""
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""


def _beginning(answer: Answer) -> str:
    """The beginning of a body. JSON is written from what it means, so that no way of escaping hides a secret in it."""
    text = _Short(answer.data).text if answer.data is not None else answer.body[:_MOST_BODY].decode("utf-8", "replace")
    return " ".join(text.split())


class _Short:
    """JSON in the form of `{key: value}`, as much of it as is shown."""

    def __init__(self, data: object) -> None:
        self.text = ""
        self._add(data, 0)

    def _add(self, data: object, depth: int) -> None:
        if len(self.text) > _MOST_EXCERPT:
            return
        if isinstance(data, Mapping) and depth < _DEEPEST:
            self._items("{", [(f"{key}: ", value) for key, value in list(data.items())[:20]], "}", depth)
        elif isinstance(data, list) and depth < _DEEPEST:
            self._items("[", [("", value) for value in data[:20]], "]", depth)
        elif isinstance(data, Mapping | list):
            self.text += "..."
        else:
            self.text += str(data)[:_MOST_BODY] if data is not None else "null"

    def _items(self, begin: str, items: list[tuple[str, object]], end: str, depth: int) -> None:
        self.text += begin
        for number, (lead, value) in enumerate(items):
            self.text += f"{', ' if number else ''}{lead}"
            self._add(value, depth + 1)
        self.text += end
