"""One model as a provider lists it: its id and what else the provider states of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from core.records import dataclass

MOST_MODELS: Final = 20_000
LONGEST_ID: Final = 512


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a provider serves. What the provider does not state is None or empty, and never guessed.

    `costs` are USD per million tokens under Pipelex's names; `context` and `max_output` are tokens; `lifecycle` is the
    provider's own word (`deprecated`, `retired`, `legacy`), `until` its date; `group` tells apart what one gateway
    lists for several providers. Every text is the provider's: it goes through `core.safe_text.safe` before it is shown.
    """

    id: str
    aliases: tuple[str, ...] = ()
    title: str | None = None
    context: int | None = None
    max_output: int | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    costs: tuple[tuple[str, float], ...] = ()
    lifecycle: str | None = None
    until: str | None = None
    uses: tuple[str, ...] = ()
    """What it can be asked for, in the provider's words: `generateContent`, `completion_chat`."""
    group: str = ""

    @property
    def going(self) -> bool:
        """Whether the provider says that it is, or will be, taken away."""
        return self.lifecycle in ("deprecated", "retired", "legacy", "sunset") or self.until is not None


class ShapeError(ValueError):
    """An answer that is no list of models. Its text repeats nothing of the answer."""


def listed(data: object, *keys: str) -> Sequence[object]:
    """The list in an answer: under the first of these keys that holds one, or the answer itself. Raises ShapeError."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        for key in keys:
            found = data.get(key)
            if isinstance(found, list):
                return found
    raise ShapeError("not a list of models")


def entries(items: Sequence[object], *id_keys: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The entries of a list that have an id, with it. Other things among them are passed over.

    Raises ShapeError when a list has entries and none of them has an id.
    """
    found = False
    for item in items[:MOST_MODELS]:
        entry: Mapping[str, object] = item if isinstance(item, Mapping) else {}
        name = item if isinstance(item, str) else next((entry[key] for key in id_keys if key in entry), None)
        if isinstance(name, str) and 0 < len(name) <= LONGEST_ID:
            found = True
            yield name, entry
    if items and not found:
        raise ShapeError("no entry has an id")


def text(entry: Mapping[str, object], key: str, most: int = 200) -> str | None:
    """A text of an entry, cut to a sane length, or None."""
    value = entry.get(key)
    return value[:most] if isinstance(value, str) and value else None


def whole(entry: Mapping[str, object], *keys: str) -> int | None:
    """The first of these fields that is a positive whole number of a sane size."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12:
            return value
    return None


def words(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The texts in a list of an entry."""
    value = entry.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(item[:100] for item in value[:50] if isinstance(item, str) and item)


def table(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    """A table inside an entry; empty when there is none."""
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}
