"""Updates the resolutions after an edit: only the references that depend on a changed name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from operator import is_not

from core.catalog import Catalog, Key
from core.entities import Alias, Choice, Family, Preset, Waterfall
from core.incremental import Cache
from core.records import dataclass
from core.references import Kind, parse_reference
from core.resolution import Resolution, Resolver, switched_off
from core.routing import Assignment
from core.serving import Serving

Entry = Alias | Waterfall | Preset | Choice
_MAX_ADDED = 500
"""The number of names that are added to an index before it is rebuilt."""


@dataclass(frozen=True)
class _Resolved:
    """All resolutions of a resolver, with the index of the names they depend on where it was needed."""

    resolver: Resolver
    resolutions: tuple[Resolution, ...]
    index: NameIndex | None = None


def resolve(resolver: Resolver, cache: Cache) -> tuple[Resolution, ...]:
    """Every reference of the tree, in the order of `Resolver.everything`."""
    previous: _Resolved | None = cache.last("resolutions")
    if previous is not None and previous.resolver is resolver:
        return previous.resolutions
    resolved = _update(resolver, previous) if previous is not None else None
    if resolved is None:
        resolved = _Resolved(resolver, tuple(resolver.everything()))
    return cache.reuse("resolutions", (resolver,), lambda: resolved).resolutions


def _update(resolver: Resolver, previous: _Resolved) -> _Resolved | None:
    """The resolutions after an edit; None where all must be resolved.

    A reference has the same target unless it depends on a name of which something has changed: a model that was read
    anew, the backend that serves it, or an entry of the deck.
    """
    catalog, before = resolver.catalog, previous.resolver.catalog
    if (
        catalog.enabled != before.enabled
        or catalog.settings != before.settings
        or catalog.remote != before.remote
        or (catalog.remote and catalog.routes is not before.routes)
        or (resolver.ready, resolver.undecided) != (previous.resolver.ready, previous.resolver.undecided)
        or _possible(resolver) != _possible(previous.resolver)
        or _constraints(catalog) != _constraints(before)
    ):
        return None
    from core.incremental.update_catalog import changed_specs  # not needed before the first edit

    specs = changed_specs(catalog, before)
    keys = _changed_keys(resolver.serving, previous.resolver.serving)
    if specs is None or keys is None:
        return None
    entries = _changed_entries(catalog, before)
    index = previous.index or NameIndex.of(previous.resolutions, before.families)
    names = {spec.handle for spec, _ in specs} | {handle for _, handle in keys}
    models = list(catalog.models.values())
    resolutions = list(previous.resolutions)
    if entries is None:
        resolutions[len(models) :] = resolver.deck_references()
    else:
        names.update(entry.name for entry in entries)
    for number in index.dependent(names):
        if number < len(models):
            resolutions[number] = resolver.model(*models[number])
        elif entries is not None:
            resolutions[number] = _resolve_entry(resolver, resolutions[number])
    if catalog.routes is not before.routes:
        resolutions = [_with_current_route(resolver, resolution) for resolution in resolutions]
    following = index.with_entries(entries) if entries is not None else None
    return _Resolved(resolver, tuple(resolutions), following)


def _possible(resolver: Resolver) -> dict[tuple[str, str], tuple[bool, str]]:
    return {key: (call.possible, call.unknown) for key, call in resolver.calls.items()}


def _constraints(catalog: Catalog) -> list[tuple[object, object]]:
    """The constraints that each backend lays on its models, by which they may refuse settings."""
    rows = (catalog.backends[name].fields for name in catalog.enabled)
    return [(fields.get("listed_constraints"), fields.get("valued_constraints")) for fields in rows]


def _changed_keys(serving: Serving, previous: Serving) -> Iterable[Key] | None:
    """The keys that routing assigns otherwise; None where other keys are declared."""
    now, before = serving.assignments, previous.assignments
    if now is before:
        return ()
    if list(now) != list(before):
        return None
    return [key for key in compress(now, map(is_not, now.values(), before.values())) if _differ(now[key], before[key])]


def _differ(left: Assignment, right: Assignment) -> bool:
    return (
        left.backend != right.backend
        or left.method != right.method
        or left.reason != right.reason
        or (left.match and left.match.pattern) != (right.match and right.match.pattern)
    )


def _changed_entries(catalog: Catalog, before: Catalog) -> list[Entry] | None:
    """The changed entries of the deck; None where names or places of entries have changed."""
    if catalog.families is before.families:
        return []
    if catalog.tree.deck.outline is not before.tree.deck.outline or list(catalog.families) != list(before.families):
        return None
    changed: list[Entry] = []
    for name, family in catalog.families.items():
        for entries, old in zip(_tables(catalog, family), _tables(before, before.families[name]), strict=True):
            if list(entries) != list(old):
                return None
            changed += compress(entries.values(), map(is_not, entries.values(), old.values()))
    return changed


def _tables(catalog: Catalog, family: Family) -> tuple[Mapping[str, Entry], ...]:
    choices = {choice.name: choice for choice in family.choices if not switched_off(choice, catalog.behaviours)}
    return (family.aliases, family.waterfalls, family.presets, choices)


def _with_current_route(resolver: Resolver, resolution: Resolution) -> Resolution:
    spec = resolution.spec
    assignment = resolver.serving.assignment(spec.model_type, spec.handle) if spec is not None else None
    if assignment is None or assignment.match is resolution.match:
        return resolution
    return replace(resolution, match=assignment.match, method=assignment.method)


def _resolve_entry(resolver: Resolver, resolution: Resolution) -> Resolution:
    """The new resolution of an existing name of the deck."""
    family, name = resolver.catalog.families[resolution.family], resolution.name
    if resolution.kind is Kind.ALIAS:
        return resolver.alias(family.aliases[name])
    if resolution.kind is Kind.WATERFALL:
        return resolver.waterfall(family.waterfalls[name])
    if resolution.kind is Kind.PRESET:
        return resolver.preset(family.presets[name])
    return resolver.choice(next(choice for choice in family.choices if choice.address == resolution.reference))


class NameIndex:
    """The resolutions that depend on a name: their own, and those written in the entries they follow.

    It may list too many for a name, never too few: it does not distinguish kinds and families.
    """

    def __init__(
        self,
        numbers: Mapping[str, Sequence[int]],
        users: Mapping[str, Sequence[str]],
        added: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._numbers = numbers
        """The positions of the resolutions of a name."""
        self._users = users
        """The names of the entries in which a name is written."""
        self._added = added
        """The same for entries that were edited since."""

    @classmethod
    def of(cls, resolutions: Sequence[Resolution], families: Mapping[str, Family]) -> NameIndex:
        """The index of all resolutions, in their order."""
        numbers: dict[str, list[int]] = {}
        for number, resolution in enumerate(resolutions):
            numbers.setdefault(resolution.name, []).append(number)
        users: dict[str, list[str]] = {}
        for entry in _entries(families):
            for name in _written_names(entry):
                users.setdefault(name, []).append(entry.name)
        return cls(numbers, users, {})

    def with_entries(self, entries: Iterable[Entry]) -> NameIndex | None:
        """The index with edited entries, which keeps the old names; None when it must be rebuilt."""
        added = dict(self._added)
        for entry in entries:
            for name in _written_names(entry):
                added[name] = (*added.get(name, ()), entry.name)
        return NameIndex(self._numbers, self._users, added) if len(added) <= _MAX_ADDED else None

    def dependent(self, names: Iterable[str]) -> list[int]:
        """The positions of all resolutions that depend on any of these names, in order."""
        seen = set(names)
        pending = list(seen)
        numbers: set[int] = set()
        while pending:
            name = pending.pop()
            numbers.update(self._numbers.get(name, ()))
            new = {*self._users.get(name, ()), *self._added.get(name, ())} - seen
            seen |= new
            pending += new
        return sorted(numbers)


def _entries(families: Mapping[str, Family]) -> Iterator[Entry]:
    for family in families.values():
        yield from family.aliases.values()
        yield from family.waterfalls.values()
        yield from family.presets.values()
        yield from family.choices


def _written_names(entry: Entry) -> set[str]:
    """Every name that an entry may refer to, in any release."""
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
        # Up to 0.77 the name after `handle:` is itself parsed.
        names |= {name, parse_reference(name).name}
    return names
