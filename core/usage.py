"""Usage: who uses a name, directly or through other names, in the tree and in the method files of the project."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from core.api import Report
from core.entities import Location, Path, Place
from core.mentions import Mention, Node, mentions, model_node, pipe_mentions
from core.methods import STRUCTURE_SUFFIX, Methods, Pipe
from core.pipes import default_of, needs_of
from core.project_methods import project_methods
from core.records import dataclass
from core.references import Kind, parse_reference, written
from core.resolution import Resolution
from core.routing import RouteTable, pattern_matches
from core.secret_texts import shown_name


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name.

    `user` is the user, `label` its text, `role` its role (see `Mention`; `takes`: a route whose pattern matches a
    model's name, `unnamed`: a pipe without a model, which gets a default). `via`: the names between user and node,
    nearest to the user first; empty for a direct use. `now`: the user's trail passes the node today; it does not pass
    the further entries of a waterfall or an inactive profile. `in_force` is false when another file hides the place. A
    rename edits the last part of `path` in `file` when `is_key`, else the value `text`.
    """

    user: Node
    label: str
    role: str
    text: str
    place: Place
    file: str
    path: Path
    is_key: bool = False
    via: tuple[Node, ...] = ()
    in_force: bool = True
    now: bool = True
    note: str = ""

    @property
    def location(self) -> Location:
        """The location in its file."""
        return self.place.location

    @property
    def direct(self) -> bool:
        """Whether the user names the node itself."""
        return not self.via


@dataclass(frozen=True, slots=True)
class Uses:
    """The uses of one node. `declared`: its definitions, which a rename changes too."""

    node: Node
    label: str
    declared: tuple[Use, ...] = ()
    tree: tuple[Use, ...] = ()
    methods: tuple[Use, ...] = ()
    served: tuple[Node, ...] = field(default=(), repr=False)
    """For a backend: the references that end at one of its models."""

    @property
    def all(self) -> tuple[Use, ...]:
        """The uses in the tree and in methods, direct ones first within each."""
        return (*self.tree, *self.methods)

    @property
    def rename(self) -> tuple[Use, ...]:
        """The places that a rename changes: values before keys, as keys are parts of the paths of values."""
        uses = (*self.declared, *self.all) if self.node.kind != "choice" else ()
        places = [use for use in uses if use.direct and use.role not in ("takes", "unnamed", "placeholder")]
        return tuple(sorted(places, key=lambda use: use.is_key))


_NAMED_KINDS = ("preset", "alias", "waterfall", "model", "choice")


class Usage:
    """The uses of every name of a report. Pure; each index is built on first use."""

    def __init__(self, report: Report, methods: Methods | None = None) -> None:
        self.report = report
        self.methods = methods if methods is not None else Methods()

    def of(self, node: Node) -> Uses:
        """The uses of a node."""
        declared = tuple(self._use(mention) for mention in self._declared.get(node, ()))
        tree = [self._use(mention) for mention in self._by_target.get(node, ())]
        if node.kind == Kind.MODEL.value:
            tree += self._routes_to(node)
        through = list(self._indirect(node))
        indirect = [use for use in through if use.user.kind != "pipe"]
        methods = [*self._method_uses.get(node, ()), *(use for use in through if use.user.kind == "pipe")]
        served = self._served_by(node.name) if node.kind == "backend" else ()
        return Uses(node, self.label(node), declared, (*tree, *indirect), tuple(methods), served)

    def find(self, text: str) -> tuple[Node, ...]:
        """The nodes that a text may name; empty for an unknown name.

        `$x`, `@x`, `~x`, `preset:x`, `alias:x`, `waterfall:x`, `handle:x` and `model:x` name a kind, as do
        `backend:x`, `profile:x` and `variable:x`; `llm/default/for_text` names a choice, a bare name any kind.
        """
        text = text.strip()
        kind, name = _kind_and_name(text)
        matches = []
        for node in self.nodes:
            if kind is not None:
                fits = node.kind == kind and node.name == name
            else:
                fits = text in (node.name, f"{node.family}/{node.name}")
            if fits or (node.name == text and node.kind != "choice"):
                matches.append(node)
        return tuple(matches)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node that the tree or a method file defines or names."""
        index: dict[Node, None] = {}
        for resolution in self.report.resolutions:
            index.setdefault(self._node(resolution))
        for mention in self._mentions:
            index.setdefault(mention.target)
            index.setdefault(mention.owner)
        for node in self._method_uses:
            index.setdefault(node)
        return tuple(node for node in index if node.kind != "tree")

    def label(self, node: Node) -> str:
        """The text of a node: a reference with its sigil, other nodes by name."""
        if node.kind == Kind.CHOICE.value:
            return f"{node.family}/{node.name}"
        if node.kind in _NAMED_KINDS:
            return written(Kind(node.kind), node.name, self.report.catalog.behaviours)
        if node.kind == "variable":
            return shown_name(node.name)  # a key may be written in place of its name
        return f"{node.kind} {node.name}" if node.kind in ("profile", "pipe") else node.name

    @cached_property
    def undefined(self) -> tuple[Use, ...]:
        """The uses by methods of undefined or dead names."""
        uses_of_dead: list[Use] = []
        for node, uses in self._method_uses.items():
            resolution = self._resolutions.get(node)
            if resolution is None or not resolution.alive:
                uses_of_dead += uses
        return tuple(uses_of_dead)

    def idle(self) -> tuple[Node, ...]:
        """The aliases, waterfalls and presets that no entry and no method names."""
        used = {mention.target for mention in self._mentions if mention.role != "declares"} | set(self._method_uses)
        return tuple(node for node in self._resolutions if node.kind in _NAMED_KINDS[:3] and node not in used)

    # ---- indexes

    @cached_property
    def _mentions(self) -> tuple[Mention, ...]:
        return tuple(mentions(self.report.resolver))

    @cached_property
    def _by_target(self) -> Mapping[Node, tuple[Mention, ...]]:
        index: dict[Node, list[Mention]] = {}
        for mention in self._mentions:
            if mention.role != "declares":
                index.setdefault(mention.target, []).append(mention)
        return {node: tuple(items) for node, items in index.items()}

    @cached_property
    def _declared(self) -> Mapping[Node, tuple[Mention, ...]]:
        index: dict[Node, list[Mention]] = {}
        for mention in self._mentions:
            if mention.role == "declares":
                index.setdefault(mention.target, []).append(mention)
        return {node: tuple(items) for node, items in index.items()}

    @cached_property
    def _resolutions(self) -> Mapping[Node, Resolution]:
        index: dict[Node, Resolution] = {}
        for resolution in self.report.resolutions:
            index.setdefault(self._node(resolution), resolution)
        return index

    def _node(self, resolution: Resolution) -> Node:
        if resolution.kind is Kind.MODEL:
            return model_node(self.report.resolver, resolution.name, resolution.family)
        return Node(resolution.kind.value, resolution.family, resolution.name)

    @cached_property
    def _method_uses(self) -> Mapping[Node, tuple[Use, ...]]:
        index: dict[Node, list[Use]] = {}
        for _, mention in pipe_mentions(self.report.resolver, self.methods):
            user, place = mention.owner, Place(mention.source, mention.path)
            use = Use(user, self.label(user), mention.role, mention.text, place, mention.source.path, mention.path)
            index.setdefault(mention.target, []).append(use)
        for pipe in self.methods.pipes:
            choice = self._default_of(pipe)
            if choice is not None:
                user = Node("pipe", pipe.source.shown, pipe.code)
                file = pipe.source.path
                use = Use(user, self.label(user), "unnamed", "", pipe.place, file, pipe.path, note="names no model")
                index.setdefault(choice, []).append(use)
        return {node: tuple(items) for node, items in index.items()}

    def _default_of(self, pipe: Pipe) -> Node | None:
        """The choice for a pipe without a model: the override, else the default."""
        if any(not key.key.endswith(STRUCTURE_SUFFIX) for key in pipe.keys):
            return None
        structured = needs_of(pipe, self.methods, self.report.catalog.behaviours).structured
        choice = default_of(self.report.resolver, pipe, structured=structured is not False)
        return Node("choice", choice.family, choice.name) if choice is not None else None

    # ---- one use

    def _use(self, mention: Mention) -> Use:
        now = mention.in_force and self._passes(mention.owner, mention.target)
        if mention.owner.kind == "profile" and mention.role != "declares":
            now = now and mention.owner.name == self.report.catalog.active
        return Use(
            mention.owner,
            self.label(mention.owner),
            mention.role,
            mention.text,
            Place(mention.source, mention.path),
            mention.source.path,
            mention.path,
            mention.is_key,
            in_force=mention.in_force,
            now=now,
        )

    def _passes(self, user: Node, node: Node) -> bool:
        """Whether a user's trail passes a node; true for a user without a trail."""
        resolution = self._resolutions.get(user)
        if resolution is None or user.kind not in _NAMED_KINDS or node == user:
            return True
        return any(hop.kind.value == node.kind and hop.name == node.name and hop.place for hop in resolution.hops)

    def _indirect(self, node: Node) -> Iterator[Use]:
        """The users of users: each once, by the shortest path."""
        direct = self._direct(node)
        seen = {node, *(use.user for use in direct)}
        pending: deque[tuple[Node, tuple[Node, ...]]]
        pending = deque((use.user, (use.user,)) for use in direct if use.user.kind in _NAMED_KINDS)
        while pending:
            user, via = pending.popleft()
            for use in self._direct(user):
                if use.user in seen:
                    continue
                seen.add(use.user)
                yield self._indirect_use(use, via, node)
                if use.user.kind in _NAMED_KINDS:
                    pending.append((use.user, (use.user, *via)))

    def _direct(self, node: Node) -> tuple[Use, ...]:
        uses = tuple(self._use(mention) for mention in self._by_target.get(node, ()))
        return (*uses, *self._method_uses.get(node, ()))

    def _indirect_use(self, use: Use, via: tuple[Node, ...], node: Node) -> Use:
        passes = self._passes(use.user if use.user.kind in _NAMED_KINDS else via[0], node)
        return Use(
            use.user,
            use.label,
            use.role,
            use.text,
            use.place,
            use.file,
            use.path,
            use.is_key,
            via,
            use.in_force,
            passes,
        )

    # ---- routes and backends

    def _routes_to(self, node: Node) -> Iterator[Use]:
        """The matching patterns of every profile, and the active profile's default if it takes the name."""
        catalog = self.report.catalog
        for name, profile in catalog.profiles.items():
            won = RouteTable(profile, catalog.enabled, catalog.behaviours).match(node.name)
            active = name == catalog.active
            for route in (*profile.routes, *profile.optional_routes):
                if route.pattern != node.name and pattern_matches(route.pattern, node.name):
                    wins = active and won is not None and won.place == route.place
                    yield self._route_use(name, route.pattern, route.backend, route.place.path, wins)
            if active and won is not None and won.pattern is None:
                yield self._route_use(name, "(default)", won.backend, won.place.path, True)

    def _route_use(self, profile: str, pattern: str, backend: str, path: Path, wins: bool) -> Use:
        source = self.report.catalog.tree.routing.winner(path)
        user = Node("profile", "", profile)
        note = f"{pattern} -> {backend}"
        place = Place(source, path)
        return Use(user, self.label(user), "takes", pattern, place, source.path, path, now=wins, note=note)

    def _served_by(self, backend: str) -> tuple[Node, ...]:
        ends = self.report.resolutions
        return tuple(self._node(item) for item in ends if item.spec is not None and item.spec.backend == backend)


def _kind_and_name(text: str) -> tuple[str | None, str]:
    """The kind and name of a text; None for a bare name."""
    word, colon, remaining = text.partition(":")
    if colon and word in ("model", "backend", "profile", "variable", "pipe", "choice"):
        return word, remaining
    if text.startswith("${") and text.endswith("}"):
        return "variable", text[2:-1]
    parsed = parse_reference(text)
    return (parsed.kind.value, parsed.name) if parsed.explicit else (None, text)


def usage(report: Report, *, methods: bool = True) -> Usage:
    """The uses of every name; with `methods`, those of the project's method files too."""
    if not methods:
        return Usage(report)
    return Usage(report, report.methods or project_methods(report.catalog))
