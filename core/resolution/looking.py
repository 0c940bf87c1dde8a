"""Who looks at a name: the references whose end may be another when something of that name is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.entities import Alias, Choice, Family, Preset, Waterfall
from core.references import parse_reference
from core.resolution.ends import Resolution

Entry = Alias | Waterfall | Preset | Choice
_MAX_ADDED = 500
"""So many entries are added one by one before everything is looked through again."""


class Looking:
    """An index of the resolutions of one tree. It may name too many for a name, never too few.

    A reference looks at its own name, at those that are written in what it names, and so on. Kinds and families are
    not told apart.
    """

    def __init__(
        self,
        numbers: Mapping[str, Sequence[int]],
        users: Mapping[str, Sequence[str]],
        more: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._numbers = numbers
        """The places among all resolutions of those that have a name."""
        self._users = users
        """The names of the entries in which a name is written."""
        self._more = more
        """Those that came later."""

    @classmethod
    def at(cls, resolutions: Sequence[Resolution], families: Mapping[str, Family]) -> Looking:
        """The index of all resolutions, in their order, of these families."""
        numbers: dict[str, list[int]] = {}
        for number, one in enumerate(resolutions):
            numbers.setdefault(one.name, []).append(number)
        users: dict[str, list[str]] = {}
        for entry in _entries(families):
            for name in _written(entry):
                users.setdefault(name, []).append(entry.name)
        return cls(numbers, users, {})

    def also(self, entries: Iterable[Entry]) -> Looking | None:
        """The same when entries have come in the place of others of their names; None where it is time to begin anew.

        What they named before is still taken for named.
        """
        more = dict(self._more)
        for entry in entries:
            for name in _written(entry):
                more[name] = (*more.get(name, ()), entry.name)
        return Looking(self._numbers, self._users, more) if len(more) <= _MAX_ADDED else None

    def touched(self, names: Iterable[str]) -> list[int]:
        """The places of all resolutions that look at any of these names, in order."""
        seen = set(names)
        pending = list(seen)
        found: set[int] = set()
        while pending:
            name = pending.pop()
            found.update(self._numbers.get(name, ()))
            new = {*self._users.get(name, ()), *self._more.get(name, ())} - seen
            seen |= new
            pending += new
        return sorted(found)


def _entries(families: Mapping[str, Family]) -> Iterator[Entry]:
    for family in families.values():
        yield from family.aliases.values()
        yield from family.waterfalls.values()
        yield from family.presets.values()
        yield from family.choices


def _written(entry: Entry) -> set[str]:
    """Every name that an entry may be taken to name, whatever the release."""
    texts: tuple[str, ...]
    if isinstance(entry, Alias):
        texts = entry.targets
    elif isinstance(entry, Waterfall):
        texts = entry.entries
    elif isinstance(entry, Preset):
        texts = (entry.reference,)
    else:
        texts = (entry.value.reference if isinstance(entry.value, Preset) else entry.value,)
    names = set(texts)
    for text in texts:
        name = parse_reference(text).name
        # Up to 0.77 what stands behind `handle:` is read again.
        names |= {name, parse_reference(name).name}
    return names
