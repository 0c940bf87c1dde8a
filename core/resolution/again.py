"""Resolving again after an edit: what cannot have changed is taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from operator import is_not

from core.assigning import Assignment
from core.catalog import Catalog, renewed_specs
from core.entities import Choice
from core.references import Kind
from core.resolution.choices import switched_off
from core.resolution.ends import Resolution
from core.resolution.looking import Entry, Looking
from core.resolution.resolver import Key, Resolver
from core.serving import Serving


def resolve_again(
    resolver: Resolver, earlier: Resolver, known: tuple[Resolution, ...]
) -> tuple[Resolution, ...] | None:
    """Every reference of the tree, as `Resolver.everything` gives them, in its order; None where that cannot be told.

    `known` is what `earlier` gave. A reference ends where it did unless it looks at a name of which something has
    changed: a model that was read anew, where routing sends it, or an entry of the deck.
    """
    catalog, before = resolver.catalog, earlier.catalog
    if catalog.enabled != before.enabled or resolver.ready != earlier.ready or catalog.settings != before.settings:
        return None
    if catalog.remote != before.remote or (catalog.remote and catalog.routes is not before.routes):
        return None
    renewed = renewed_specs(catalog, before)
    turned = _turned(resolver.serving, earlier.serving)
    if renewed is None or turned is None:
        return None
    entries = _renewed_entries(catalog, before)
    names = {spec.handle for spec, _ in renewed} | {handle for _, handle in turned}
    looking = earlier.looking
    if looking is None:
        looking = earlier.looking = Looking.at(known, before.families)
    if entries is not None:
        names.update(entry.name for entry in entries)
        resolver.looking, resolver.deck_names = looking.also(entries), earlier.deck_names
    out = list(known)
    models = list(resolver.models().values())
    of_the_deck = len(models) if entries is None else len(known)
    for number in looking.touched(names):
        if number < of_the_deck:
            out[number] = resolver.model(*models[number]) if number < len(models) else _again(resolver, known[number])
    if entries is None:
        out[of_the_deck:] = resolver.of_the_deck()
    if not _same_routes(catalog, before):
        # The routes stand elsewhere now, also those of what ends where it did.
        out = [_rerouted(resolver, one) for one in out]
    return tuple(out)


def _turned(serving: Serving, earlier: Serving) -> Iterable[Key] | None:
    """The keys that routing makes something else of; None where others are declared."""
    now, then = serving.assignments, earlier.assignments
    if now is then:
        return ()
    if list(now) != list(then):
        return None
    others = compress(now, map(is_not, now.values(), then.values()))
    return [key for key in others if _differ(now[key], then[key])]


def _differ(one: Assignment, other: Assignment) -> bool:
    return (
        one.backend != other.backend
        or one.method != other.method
        or one.reason != other.reason
        or (one.match and one.match.pattern) != (other.match and other.match.pattern)
    )


def _same_routes(catalog: Catalog, before: Catalog) -> bool:
    """Whether every route that both have is the same, and stands where it stood."""
    if catalog.routes is before.routes:
        return True
    return (
        catalog.profile is not None
        and before.profile is not None
        and catalog.profile.place.document is before.profile.place.document
        and catalog.profile.name == before.profile.name
    )


def _renewed_entries(catalog: Catalog, before: Catalog) -> list[Entry] | None:
    """The entries of the deck that are not what they were; None where there are others, or where they stand elsewhere.

    What is no choice any more counts as another one.
    """
    if catalog.families is before.families:
        return []
    if catalog.tree.deck.outline is not before.tree.deck.outline or list(catalog.families) != list(before.families):
        return None
    found: list[Entry] = []
    for name, family in catalog.families.items():
        then = before.families[name]
        pairs: tuple[tuple[Mapping[str, Entry], Mapping[str, Entry]], ...] = (
            (family.aliases, then.aliases),
            (family.waterfalls, then.waterfalls),
            (family.presets, then.presets),
            (_choices(catalog, family.choices), _choices(before, then.choices)),
        )
        for entries, former in pairs:
            if list(entries) != list(former):
                return None
            found += compress(entries.values(), map(is_not, entries.values(), former.values()))
    return found


def _choices(catalog: Catalog, choices: Sequence[Choice]) -> dict[str, Choice]:
    return {choice.name: choice for choice in choices if not switched_off(choice, catalog.behaviours)}


def _rerouted(resolver: Resolver, one: Resolution) -> Resolution:
    """The same resolution, with the route as it stands now."""
    spec = one.spec
    found = resolver.serving.assignment(spec.model_type, spec.handle) if spec is not None else None
    if found is None or found.match is one.match:
        return one
    return Resolution(
        one.reference,
        one.kind,
        one.family,
        one.name,
        one.status,
        spec,
        one.lookup,
        one.hops,
        one.place,
        None,
        found.match,
        found.method,
    )


def _again(resolver: Resolver, one: Resolution) -> Resolution:
    """The resolution of the same name of the deck now."""
    family = resolver.catalog.families[one.family]
    makers: dict[Kind, Callable[[], Resolution]] = {
        Kind.ALIAS: lambda: resolver.alias(family.aliases[one.name]),
        Kind.WATERFALL: lambda: resolver.waterfall(family.waterfalls[one.name]),
        Kind.PRESET: lambda: resolver.preset(family.presets[one.name]),
        Kind.CHOICE: lambda: resolver.choice(
            next(choice for choice in family.choices if choice.address == one.reference)
        ),
    }
    return makers[one.kind]()
