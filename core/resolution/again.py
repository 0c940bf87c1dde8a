"""Resolving again after an edit: what cannot have changed is taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.references import Kind
from core.resolution.ends import Resolution
from core.resolution.resolver import Resolver
from core.routing import Assignment


def resolve_again(resolver: Resolver, earlier: Resolver, known: Sequence[Resolution]) -> tuple[Resolution, ...]:
    """Every reference of the tree, as `Resolver.everything` gives them, in its order.

    To be used only when routing sends every name where it sent it before, to the same backends, which are as ready as
    they were: `serve_again` says so. `known` is what `earlier` gave.
    """
    return _taken_over(resolver, earlier, known, _touched(resolver, earlier), lambda one: one)


def resolve_rerouted(
    resolver: Resolver, earlier: Resolver, known: Sequence[Resolution]
) -> tuple[Resolution, ...] | None:
    """The same after an edit of nothing but routes; None where that cannot be told.

    A name on whose way no model's assignment changed ends where it did; only the route may stand elsewhere.
    """
    catalog, before = resolver.catalog, earlier.catalog
    same = _same_deck(resolver, earlier) and catalog.enabled == before.enabled and resolver.ready == earlier.ready
    if not same or catalog.remote or not catalog.behaviours.sigils:
        return None
    if any(catalog.parts.get(name) is not before.parts.get(name) for name in {*catalog.parts, *before.parts}):
        return None
    now, then = resolver.serving.assignments, earlier.serving.assignments
    turned = {key[1] for key, found in now.items() if _differ(found, then.get(key))}

    def touched(one: Resolution) -> bool:
        return not turned.isdisjoint(
            [one.name, *[hop.name for hop in one.hops], *(one.death.names if one.death else ())]
        )

    return _taken_over(resolver, earlier, known, touched, partial(_rerouted, resolver))


def _taken_over(
    resolver: Resolver,
    earlier: Resolver,
    known: Sequence[Resolution],
    touched: Callable[[Resolution], bool],
    kept: Callable[[Resolution], Resolution],
) -> tuple[Resolution, ...]:
    """Every reference: those that were touched resolved anew, the others as `kept` has them."""
    before = dict(zip(earlier.models(), known, strict=False))
    models = (
        kept(one) if (one := before.get(key)) is not None and not touched(one) else resolver.model(*model)
        for key, model in resolver.models().items()
    )
    if not _same_deck(resolver, earlier):
        return (*models, *resolver.of_the_deck())
    return (*models, *(_again(resolver, one) if touched(one) else kept(one) for one in known[len(before) :]))


def _same_deck(resolver: Resolver, earlier: Resolver) -> bool:
    catalog, before = resolver.catalog, earlier.catalog
    return catalog.families is before.families and catalog.settings == before.settings


def _differ(one: Assignment, other: Assignment | None) -> bool:
    return other is None or one.backend != other.backend or one.method != other.method or one.reason != other.reason


def _rerouted(resolver: Resolver, one: Resolution) -> Resolution:
    """The same resolution, with the route as it stands now."""
    spec = one.spec
    found = resolver.serving.assignment(spec.model_type, spec.handle) if spec is not None else None
    if found is None:
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


def _touched(resolver: Resolver, earlier: Resolver) -> Callable[[Resolution], bool]:
    """Whether a resolution may be another now: it names a model of a file that was edited, or tells a place in one."""
    parts, before = resolver.catalog.parts, earlier.catalog.parts
    edited = {name for name in (*parts, *before) if parts.get(name) is not before.get(name)}
    if not edited:
        return lambda one: False
    gone = {id(part.source) for name in edited if (part := before.get(name)) is not None}
    # What is said of a name that ends nowhere depends on who declares it, backends that are off too.
    names = {spec.handle for name in edited for kept in (before, parts) if name in kept for spec in kept[name].specs}

    def touched(one: Resolution) -> bool:
        if (one.spec is not None and one.spec.backend in edited) or one.lookup in names:
            return True
        for hop in one.hops:
            if hop.name in names or (hop.place is not None and id(hop.place.document) in gone):
                return True
        return one.death is not None and not names.isdisjoint(one.death.names)

    return touched


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
