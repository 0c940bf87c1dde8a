"""Mentions: every place in a tree where a name is written, with the file and key path that a rename changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from core.catalog import Catalog
from core.dialects.deck_schema import family_of
from core.entities import GLOBAL, Choice, Family, ModelSpec, Path, Place
from core.files.source import Source
from core.records import dataclass
from core.references import Kind, is_empty_reference, parse_reference
from core.resolution import Resolver, switched_off
from core.resolution.names import Names
from core.variables import placeholders, texts

if TYPE_CHECKING:
    from core.methods import Methods, Pipe

HANDLE_KEYS = ("model", "llm_handle", "ocr_handle", "img_gen_handle")
"""The keys that name the model of a preset, over all releases."""


class Node(NamedTuple):
    """A named item: `kind` is that of a reference, or `backend`, `profile`, `variable` or `pipe`.

    `family` is empty for backends, profiles and variables; for a pipe it is its file.
    """

    kind: str
    family: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where `owner` names `target`.

    `role` is `declares` (its own definition), `model`, `target`, `entry`, `choice`, `route`, `default`, `fallback`,
    `active` or `placeholder`. The name is the last key of `path` (`is_key`) or in the value. `text` is the value as
    written, with its sigil; for a placeholder only the variable's name. `in_force` is false if another file shadows it.
    """

    owner: Node
    role: str
    target: Node
    text: str
    source: Source
    path: Path
    is_key: bool = False
    in_force: bool = True


def mentions(resolver: Resolver) -> Iterator[Mention]:
    """Every mention in the tree: backends and variables, then models, profiles and deck entries."""
    catalog = resolver.catalog
    yield from _backends(catalog)
    yield from _models(resolver)
    yield from _routing(resolver)
    for family in catalog.families.values():
        yield from _deck(resolver, family)


def model_node(resolver: Resolver, name: str, family: str) -> Node:
    """The node of a handle that a reference in a family names.

    From 0.78 on a handle belongs to a model type, and so to a family. Before, it belongs to the family of its first
    declaration, whichever family names it.
    """
    catalog = resolver.catalog
    specs = catalog.declared.get(name, ())
    if resolver.serving.typed:
        right = any(family_of(spec.model_type, catalog.behaviours) == family for spec in specs)
        return Node(Kind.MODEL.value, family if right or family != GLOBAL else "", name)
    return Node(Kind.MODEL.value, family_of(specs[0].model_type, catalog.behaviours) if specs else family, name)


def spec_node(catalog: Catalog, spec: ModelSpec, typed: bool) -> Node:
    """The node of a declared handle."""
    first = spec if typed else catalog.declared[spec.handle][0]
    return Node(Kind.MODEL.value, family_of(first.model_type, catalog.behaviours), spec.handle)


def named_by(resolver: Resolver, text: str, family: str, *, choice: bool) -> Node | None:
    """The item that a text names directly; None for an empty text.

    Releases read a choice (`choice`) and the model of a preset, alias or waterfall differently. A name without a
    definition counts as a model.
    """
    names = resolver.names
    if not resolver.behaviours.sigils:
        return _plain(resolver, text, family, choice=choice)
    if is_empty_reference(text):
        return None
    parsed = parse_reference(text)
    if choice and parsed.kind is Kind.MODEL and parsed.explicit and not resolver.serving.typed:
        parsed = parse_reference(parsed.name)  # up to 0.77 the text after `handle:` is itself parsed
    if parsed.kind is not Kind.MODEL:
        return Node(parsed.kind.value, family, parsed.name)
    return _bare(resolver, names, parsed.name, family)


def _bare(resolver: Resolver, names: Names, name: str, family: str) -> Node:
    if names.serving.spec(names.type_of(family), name) is None:
        for kind in (Kind.ALIAS, Kind.WATERFALL):
            if names.defines(kind, name, family):
                return Node(kind.value, family, name)
    return model_node(resolver, name, family)


def _plain(resolver: Resolver, text: str, family: str, *, choice: bool) -> Node | None:
    """Up to 0.17: presets in choices only, then one namespace of models, aliases and waterfalls."""
    if not text:
        return None
    names, rule = resolver.names, resolver.behaviours.choice_strings
    if choice and (rule == "presets" or names.defines(Kind.PRESET, text, family)):
        return Node(Kind.PRESET.value, family, text)
    space = names.space(family)
    if names.serving.spec(None, text) is None and space is not None:
        if text in space.aliases:
            return Node(Kind.ALIAS.value, GLOBAL, text)
        if text in space.waterfalls:
            return Node(Kind.WATERFALL.value, GLOBAL, text)
    return model_node(resolver, text, family)


def written_in(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """The references in a value: a string, the strings of a list, or the model of a table of settings."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield (*path, index), item
    elif isinstance(value, Mapping):
        for key in HANDLE_KEYS:
            if isinstance(value.get(key), str):
                yield (*path, key), value[key]
                return


def pipe_mentions(resolver: Resolver, methods: Methods) -> Iterator[tuple[Pipe, Mention]]:
    """Every name of a model in the pipes of methods; the role is the pipe's key."""
    for pipe in methods.pipes:
        family = family_of(pipe.model_type, resolver.behaviours)
        owner = Node("pipe", pipe.source.shown, pipe.code)
        for key in pipe.keys:
            for path, text in written_in(key.value, key.path):
                target: Node | None
                if key.handle:
                    target = model_node(resolver, text, family)
                else:
                    target = named_by(resolver, text, family, choice=isinstance(key.value, str))
                if target is not None:
                    yield pipe, Mention(owner, key.key, target, text, pipe.source, path)


def _backends(catalog: Catalog) -> Iterator[Mention]:
    document = catalog.tree.backends
    for name, backend in catalog.backends.items():
        node = Node("backend", "", name)
        for source in document.stack((name,)):
            yield Mention(node, "declares", node, name, source, (name,), is_key=True)
        for path, text in texts(backend.fields, (name,)):
            for variable in _variables(text):
                yield Mention(node, "placeholder", variable, variable.name, document.winner(path), path)
        file = catalog.tree.specs.get(name)
        if file is not None and "${" in (file.document.text or ""):
            for path, text in texts(file.data):
                for variable in _variables(text):
                    yield Mention(node, "placeholder", variable, variable.name, file, path)


def _variables(text: str) -> Iterator[Node]:
    for placeholder in placeholders(text):
        for part in placeholder.parts:
            yield Node("variable", "", part.name)


def _models(resolver: Resolver) -> Iterator[Mention]:
    catalog = resolver.catalog
    typed = resolver.serving.typed
    for spec in catalog.specs:
        source = catalog.tree.specs[spec.backend]
        renamed = spec.handle != spec.table
        path = (*spec.place.path, "handle") if renamed else spec.place.path
        node = spec_node(catalog, spec, typed)
        backend = Node("backend", "", spec.backend)
        yield Mention(backend, "declares", node, spec.handle, source, path, is_key=not renamed)


def _routing(resolver: Resolver) -> Iterator[Mention]:
    catalog = resolver.catalog
    document = catalog.tree.routing
    for source in document.stack(("active",)):
        active = source.value(("active",))
        if isinstance(active, str):
            node = Node("profile", "", active)
            last = source is document.winner(("active",))
            yield Mention(Node("tree", "", ""), "active", node, active, source, ("active",), in_force=last)
    for name in catalog.profiles:
        node = Node("profile", "", name)
        at: Path = ("profiles", name)
        for source in document.stack(at):
            yield Mention(node, "declares", node, name, source, at, is_key=True)
            for role, path, backend in _backends_named(source, at):
                target = Node("backend", "", backend)
                last = source is document.winner(path)
                yield Mention(node, role, target, backend, source, path, in_force=last)
                if role == "route":
                    yield from _exact(resolver, node, str(path[-1]), source, path, last)


def _backends_named(source: Source, at: Path) -> Iterator[tuple[str, Path, str]]:
    """The role, key path and name of every backend in a file's table of a profile."""
    table = source.value(at)
    if not isinstance(table, Mapping):
        return
    for key in ("routes", "optional_routes"):
        routes = table.get(key)
        for pattern, backend in routes.items() if isinstance(routes, Mapping) else ():
            if isinstance(backend, str):
                yield "route", (*at, key, pattern), backend
    if isinstance(table.get("default"), str):
        yield "default", (*at, "default"), table["default"]
    order = table.get("fallback_order")
    for index, backend in enumerate(order if isinstance(order, list) else ()):
        if isinstance(backend, str):
            yield "fallback", (*at, "fallback_order", index), backend


def _exact(
    resolver: Resolver, owner: Node, pattern: str, source: Source, path: Path, in_force: bool
) -> Iterator[Mention]:
    """The models, of any type, with a route's pattern as their handle."""
    catalog = resolver.catalog
    for node in dict.fromkeys(
        spec_node(catalog, spec, resolver.serving.typed) for spec in catalog.declared.get(pattern, ())
    ):
        yield Mention(owner, "route", node, pattern, source, path, is_key=True, in_force=in_force)


def _deck(resolver: Resolver, family: Family) -> Iterator[Mention]:
    for alias in family.aliases.values():
        yield from _entry(resolver, Node("alias", family.name, alias.name), "target", alias.place)
    for waterfall in family.waterfalls.values():
        yield from _entry(resolver, Node("waterfall", family.name, waterfall.name), "entry", waterfall.place)
    for preset in family.presets.values():
        yield from _entry(resolver, Node("preset", family.name, preset.name), "model", preset.place)
    for choice in family.choices:
        yield from _choice(resolver, choice)


def _entry(resolver: Resolver, node: Node, role: str, place: Place) -> Iterator[Mention]:
    """The definitions of an entry in every deck file, with the names in each."""
    deck = resolver.catalog.tree.deck
    for source in deck.stack(place.path):
        yield Mention(node, "declares", node, node.name, source, place.path, is_key=True)
        for path, text in written_in(source.value(place.path), place.path):
            target = named_by(resolver, text, node.family, choice=False)
            if target is not None:
                yield Mention(
                    node, role, target, text, source, path, in_force=_in_force(resolver.catalog, source, path)
                )


def _choice(resolver: Resolver, choice: Choice) -> Iterator[Mention]:
    deck = resolver.catalog.tree.deck
    node = Node("choice", choice.family, choice.name)
    path = choice.place.path
    disabled = switched_off(choice, resolver.behaviours)
    for source in deck.stack(path):
        value = source.value(path)
        yield Mention(node, "declares", node, choice.name, source, path, in_force=deck.winner(path) is source)
        for at, text in written_in(value, path):
            target = named_by(resolver, text, choice.family, choice=isinstance(value, str))
            if target is not None and not disabled:
                in_force = _in_force(resolver.catalog, source, at)
                yield Mention(node, "choice", target, text, source, at, in_force=in_force)


def _in_force(catalog: Catalog, source: Source, path: Path) -> bool:
    deck = catalog.tree.deck
    if path and isinstance(path[-1], int):
        # Up to 0.16 lists of several files are concatenated, so all entries count; from 0.17 on the last list wins.
        return deck.concatenated or deck.winner(path[:-1]) is source
    return deck.winner(path) is source
