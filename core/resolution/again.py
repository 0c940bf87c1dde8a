"""Resolving again after an edit: what cannot have changed is taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from core.references import Kind
from core.resolution.ends import Resolution
from core.resolution.resolver import Resolver


def resolve_again(resolver: Resolver, earlier: Resolver, known: Sequence[Resolution]) -> tuple[Resolution, ...]:
    """Every reference of the tree, as `Resolver.everything` gives them, in its order.

    To be used only when routing sends every name where it sent it before, to the same backends, which are as ready as
    they were: `serve_again` says so. `known` is what `earlier` gave.
    """
    models = tuple(takewhile(lambda one: one.kind is Kind.MODEL, known))
    same_deck = resolver.catalog.families is earlier.catalog.families
    same_deck = same_deck and resolver.catalog.settings == earlier.catalog.settings
    if not same_deck:
        return (*_renewed(resolver, earlier, models), *resolver.of_the_deck())
    return tuple(_renewed(resolver, earlier, known))


def _renewed(resolver: Resolver, earlier: Resolver, known: Sequence[Resolution]) -> Iterator[Resolution]:
    """Those again that end at a model of a file that was edited, or that tell a place in one."""
    parts, before = resolver.catalog.parts, earlier.catalog.parts
    edited = {name for name in (*parts, *before) if parts.get(name) is not before.get(name)}
    if not edited:
        yield from known
        return
    gone = {id(part.source) for name in edited if (part := before.get(name)) is not None}
    for one in known:
        spec = one.spec
        if spec is None:
            touched = any(hop.place is not None and id(hop.place.document) in gone for hop in one.hops)
        else:
            touched = spec.backend in edited
        yield _again(resolver, one) if touched else one


def _again(resolver: Resolver, one: Resolution) -> Resolution:
    """The resolution of the same thing now."""
    if one.kind is Kind.MODEL:
        spec_type = one.spec.model_type if one.spec is not None else _type_of(resolver, one)
        return resolver.model(spec_type, one.name)
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


def _type_of(resolver: Resolver, one: Resolution) -> str:
    """The type under which a handle that nobody serves is declared first."""
    specs = resolver.catalog.declared.get(one.name, ())
    wanted = resolver.names.type_of(one.family)
    return next((spec.model_type for spec in specs if spec.model_type == wanted), specs[0].model_type if specs else "")
