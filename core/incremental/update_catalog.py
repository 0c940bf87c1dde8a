"""Rereads a tree after an edit: unchanged files, backends, models, profiles and deck entries are reused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import compress, count
from operator import is_, is_not

from core.catalog import Catalog, assemble, with_secrets
from core.dialects.backend_reader import ParsedBackend, read_backends
from core.dialects.deck_reader import ParsedDeck, read_deck
from core.dialects.model_schema import is_seed_dialect
from core.dialects.routing_reader import ParsedRouting, read_routing
from core.entities import ModelSpec, Path, Profile, Route
from core.files.source import LayeredDocument, Source
from core.files.tree_reader import Tree
from core.problems import Stage
from core.serving import Serving, serve
from core.settings.in_force import settings_in_force

ChangedSpecs = list[tuple[ModelSpec, ModelSpec]]
"""Models before and after an edit of their values."""


def update_catalog(tree: Tree, previous: Catalog, profile: str | None = None) -> Catalog:
    """The result of `read_catalog` for the same release, dialect and variables as `previous`."""
    tree = _reuse_tree(tree, previous.tree)
    settings = previous.settings_in_force
    if tree.settings is not previous.tree.settings:
        settings = settings_in_force(tree.settings, previous.release, "pipelex")
    environment = with_secrets(previous.environment, tree, settings)
    parts, models = _unchanged_backends(tree, previous) if environment is previous.environment else ({}, {})
    backends = read_backends(tree, environment, previous.behaviours, parts, models)
    if backends.remote == previous.remote:
        backends = replace(backends, remote=previous.remote)
    changed = _changed_specs(backends.specs, list(backends.parts), previous)
    if changed == []:
        backends = replace(backends, specs=previous.specs)
    declared = dict(previous.declared)
    for old, new in changed or ():
        declared[old.handle] = tuple(new if spec is old else spec for spec in declared[old.handle])
    return assemble(
        tree,
        previous.behaviours,
        environment,
        previous.dialect,
        profile,
        backends,
        _update_routing(tree, previous, profile),
        _update_deck(tree, previous),
        settings,
        installation=previous.installation,
        declared=declared if changed is not None else None,
        models=previous.models if changed is not None else None,
        previous=previous.routes,
    )


def changed_specs(catalog: Catalog, previous: Catalog) -> ChangedSpecs | None:
    """The models whose values differ; None where backends, handles, types or their order do."""
    return _changed_specs(catalog.specs, list(catalog.parts), previous)


def _changed_specs(specs: tuple[ModelSpec, ...], backends: list[str], previous: Catalog) -> ChangedSpecs | None:
    if specs is previous.specs:
        return []
    if len(specs) != len(previous.specs) or backends != list(previous.parts):
        return None
    indexes = compress(count(), map(is_not, specs, previous.specs))
    changed = [(previous.specs[index], specs[index]) for index in indexes]
    same_names = all(
        (old.backend, old.handle, old.model_type) == (new.backend, new.handle, new.model_type) for old, new in changed
    )
    return changed if same_names else None


def update_serving(catalog: Catalog, previous: Catalog, serving: Serving) -> Serving:
    """The result of `serve`. Routing looks at names only, so edits inside models change nothing but the specs."""
    changed, routes = changed_specs(catalog, previous), catalog.routes
    if changed is None or routes is None or previous.routes is None:
        return serve(catalog)
    if routes is not previous.routes:
        turned = routes.changed(previous.routes)
        if turned is None:
            return serve(catalog)
        assignments = serving.assignments.items()
        return serve(catalog, {key: old for key, old in assignments if turned.isdisjoint(routes.matching(key[1]))})
    if not changed:
        return serving
    served, by_handle = dict(serving.served), dict(serving.by_handle)
    for old, new in changed:
        key = serving.key(old.model_type, old.handle)
        if served.get(key) is old:
            served[key] = new
            by_handle[old.handle] = tuple(new if spec is old else spec for spec in by_handle[old.handle])
    return replace(serving, served=served, by_handle=by_handle)


# ---- files


def _reuse_tree(tree: Tree, previous: Tree) -> Tree:
    return replace(
        tree,
        backends=_reuse_document(tree.backends, previous.backends),
        routing=_reuse_document(tree.routing, previous.routing),
        specs={name: _reuse_source(source, previous.specs.get(name)) for name, source in tree.specs.items()},
        deck=_reuse_document(tree.deck, previous.deck),
        settings=_reuse_document(tree.settings, previous.settings),
        telemetry=_reuse_document(tree.telemetry, previous.telemetry),
    )


def _reuse_source(source: Source, previous: Source | None) -> Source:
    """The previous reading where it is the same; this one with the previous outline where only values differ."""
    if (
        previous is None
        or (source.path, source.shown, source.error) != (previous.path, previous.shown, previous.error)
        or source.layer is not previous.layer
    ):
        return source
    if source.document is previous.document:
        return previous
    return replace(source, same_outline=previous.outline) if _changed_paths(source, previous) is not None else source


def _changed_paths(source: Source, previous: Source) -> frozenset[Path] | None:
    """The key paths whose values differ between two readings of a file; None where more than values does."""
    now, before = source.document, previous.document
    if now is before:
        return frozenset()
    if now.parse_error is not None or before.parse_error is not None or now.text is None or before.text is None:
        return None
    from core.toml.text_diff import changed_values  # only for an edit

    return changed_values(before.text, now.text)


def _reuse_document(document: LayeredDocument, previous: LayeredDocument) -> LayeredDocument:
    """The previous document where all its files are the same, or its outline where only values differ."""
    if len(document.sources) != len(previous.sources) or document.concatenated is not previous.concatenated:
        return document
    sources = tuple(map(_reuse_source, document.sources, previous.sources))
    if all(map(is_, sources, previous.sources)):
        return previous
    same = all(source.outline is before.outline for source, before in zip(sources, previous.sources, strict=True))
    return replace(document, sources=sources, same_outline=previous.outline if same else None)


# ---- backends and models


def _unchanged_backends(
    tree: Tree, previous: Catalog
) -> tuple[dict[str, ParsedBackend], dict[str, Mapping[str, ModelSpec]]]:
    """The backends whose table and file are unchanged; for an edited file, the models of its unchanged tables."""
    parts: dict[str, ParsedBackend] = {}
    models: dict[str, Mapping[str, ModelSpec]] = {}
    for position, (name, table) in enumerate(tree.backends.data.items()):
        part, source = previous.parts.get(name), tree.specs.get(name)
        if part is None or part.backend.position != position:
            continue
        backend = part.backend
        if backend.place.document is not tree.backends.outline or not _same_values(backend.fields, table):
            continue
        if part.source is source:
            parts[name] = part
        elif source is not None and part.source is not None:
            models[name] = _unchanged_models(part, source, part.source)
    return parts, models


def _same_values(left: object, right: object) -> bool:
    return left is right or repr(left) == repr(right)  # `==` takes 1, 1.0 and true for the same


def _unchanged_models(part: ParsedBackend, source: Source, previous: Source) -> Mapping[str, ModelSpec]:
    """The models, by table, of an edited file that had no problem, as far as only values of other tables differ."""
    changed = _changed_paths(source, previous)
    if changed is None or any(len(path) == 1 or path[0] == "defaults" for path in changed):
        return {}
    if any("${" in (text or "") for text in (source.document.text, previous.document.text)):
        return {}
    if is_seed_dialect(source.data) or any(problem.stage is Stage.SPECS for problem in part.problems):
        return {}
    tables = {path[0] for path in changed}
    return {spec.table: spec for spec in part.specs if spec.table not in tables}


# ---- routing and deck


def _update_routing(tree: Tree, previous: Catalog, profile: str | None) -> ParsedRouting:
    if tree.routing is previous.tree.routing and profile == previous.assumed_profile:
        return ParsedRouting(previous.profiles, previous.active, previous.active_place, previous.routing_problems)
    routing = read_routing(tree, previous.behaviours, profile=profile)
    profiles = {name: _reuse_profile(item, previous.profiles.get(name)) for name, item in routing.profiles.items()}
    return replace(routing, profiles=profiles)


def _reuse_profile(profile: Profile, previous: Profile | None) -> Profile:
    """The previous profile where it is the same at the same place, else this one with its unchanged routes."""
    if previous is None or profile.place.document is not previous.place.document:
        return profile
    routes = _reuse_routes(profile.routes, previous.routes)
    optional = _reuse_routes(profile.optional_routes, previous.optional_routes)
    same = (profile.description, profile.default, profile.fallback_order) == (
        previous.description,
        previous.default,
        previous.fallback_order,
    )
    if same and routes is previous.routes and optional is previous.optional_routes:
        return previous
    return replace(profile, routes=routes, optional_routes=optional)


def _reuse_routes(routes: tuple[Route, ...], previous: tuple[Route, ...]) -> tuple[Route, ...]:
    if len(routes) != len(previous):
        return routes
    reused = tuple(
        old if (new.pattern, new.backend) == (old.pattern, old.backend) else new
        for new, old in zip(routes, previous, strict=True)
    )
    return previous if all(map(is_, reused, previous)) else reused


def _update_deck(tree: Tree, previous: Catalog) -> ParsedDeck:
    parsed = ParsedDeck(previous.families, previous.deck_problems, previous.settings_places)
    deck, before = tree.deck, previous.tree.deck
    if not deck.sources or deck.outline is not before.outline:
        return read_deck(tree, previous.behaviours)
    if deck is before:
        return parsed
    changed: set[Path] = set()
    for source, old in zip(deck.sources, before.sources, strict=True):
        changed.update(_changed_paths(source, old) or ())
    return read_deck(tree, previous.behaviours, parsed, frozenset(changed))
