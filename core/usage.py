"""Usage: who uses a name, directly or through other names, in the tree and in the method files of the project."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from core.api import Report
from core.dialects.deck_schema import family_of
from core.entities import Location, Path, Place
from core.files.methods import MethodMention, Methods, UnnamedPipe, read_methods
from core.masking import shown_name
from core.mentions import Mention, Node, mentions, model_node, named_by, written_in
from core.records import dataclass
from core.references import Kind, parse_reference, written
from core.resolution import Resolution, switched_off
from core.routing import RouteTable, pattern_matches


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which something is used.

    `user` is who uses it and `label` how that is written; `role` what for (see `Mention`; `takes` is a route whose
    pattern takes a model's name, `unnamed` a pipe that names no model and so gets a default). `via` are the names
    between the two, nearest to the user first; empty for a direct use. `now` says whether the user's trail really
    passes here today: a later entry of a waterfall is named and not passed, nor is a profile that is not active.
    `in_force` is false when a later file hides this place. `file` and `path` are what a rename edits: the last part of
    the path when `is_key`, else the value, which reads `text`.
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
        """Where it is written."""
        return self.place.location

    @property
    def direct(self) -> bool:
        """Whether the name itself stands there."""
        return not self.via


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that uses one thing. `declared` are the places that define it, which a rename changes too."""

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
        """Every place where the name itself is written: what a rename has to change, and nothing else.

        Values are changed before keys, since the keys are parts of the paths of the values.
        """
        said = (*self.declared, *self.all) if self.node.kind != "choice" else ()
        places = [use for use in said if use.direct and use.role not in ("takes", "unnamed", "placeholder")]
        return tuple(sorted(places, key=lambda use: use.is_key))


_NAMED_KINDS = ("preset", "alias", "waterfall", "model", "choice")


class Usage:
    """Who uses what in one report. Pure: indexes over it, worked out when they are first asked for."""

    def __init__(self, report: Report, methods: Methods | None = None) -> None:
        self.report = report
        self.methods = methods if methods is not None else Methods()

    def of(self, node: Node) -> Uses:
        """Everything that uses a thing."""
        declared = tuple(self._use(mention) for mention in self._declared.get(node, ()))
        tree = [self._use(mention) for mention in self._by_target.get(node, ())]
        if node.kind == Kind.MODEL.value:
            tree += self._takers(node)
        through = list(self._through(node))
        found = [use for use in through if use.user.kind != "pipe"]
        methods = [*self._method_uses.get(node, ()), *(use for use in through if use.user.kind == "pipe")]
        served = self._served_by(node.name) if node.kind == "backend" else ()
        return Uses(node, self.label(node), declared, (*tree, *found), tuple(methods), served)

    def find(self, text: str) -> tuple[Node, ...]:
        """The things that a person may mean by a text; none when nothing has that name.

        `$x`, `@x`, `~x`, `preset:x`, `alias:x`, `waterfall:x`, `handle:x` and `model:x` name a kind, and so do
        `backend:x`, `profile:x` and `variable:x`; `llm/default/for_text` a choice; a bare name everything of that name.
        """
        wanted = text.strip()
        kind, name = _asked(wanted)
        found = []
        for node in self.nodes:
            if kind is not None:
                fits = node.kind == kind and node.name == name
            else:
                fits = wanted in (node.name, f"{node.family}/{node.name}")
            if fits or (node.name == wanted and node.kind != "choice"):
                found.append(node)
        return tuple(found)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Everything that has a name in the tree, or is named there or in a method without being defined."""
        out: dict[Node, None] = {}
        for resolution in self.report.resolutions:
            out.setdefault(self._node(resolution))
        for mention in self._mentions:
            out.setdefault(mention.target)
            out.setdefault(mention.owner)
        for node in self._method_uses:
            out.setdefault(node)
        return tuple(node for node in out if node.kind != "tree")

    def label(self, node: Node) -> str:
        """How a thing is written: a reference with its sigil, anything else by its name."""
        if node.kind == Kind.CHOICE.value:
            return f"{node.family}/{node.name}"
        if node.kind in _NAMED_KINDS:
            return written(Kind(node.kind), node.name, self.report.catalog.behaviours)
        if node.kind == "variable":
            return shown_name(node.name)  # somebody may have put the key itself there
        return f"{node.kind} {node.name}" if node.kind in ("profile", "pipe") else node.name

    @cached_property
    def undefined(self) -> tuple[Use, ...]:
        """The uses by methods of names that nothing in the tree defines, or that end at nothing."""
        out: list[Use] = []
        for node, uses in self._method_uses.items():
            found = self._resolutions.get(node)
            if found is None or not found.alive:
                out += uses
        return tuple(out)

    def idle(self) -> tuple[Node, ...]:
        """The aliases, waterfalls and presets that nothing in the tree and no method names."""
        used = {mention.target for mention in self._mentions if mention.role != "declares"} | set(self._method_uses)
        return tuple(node for node in self._resolutions if node.kind in _NAMED_KINDS[:3] and node not in used)

    # ---- indexes

    @cached_property
    def _mentions(self) -> tuple[Mention, ...]:
        return tuple(mentions(self.report.resolver))

    @cached_property
    def _by_target(self) -> Mapping[Node, tuple[Mention, ...]]:
        out: dict[Node, list[Mention]] = {}
        for mention in self._mentions:
            if mention.role != "declares":
                out.setdefault(mention.target, []).append(mention)
        return {node: tuple(found) for node, found in out.items()}

    @cached_property
    def _declared(self) -> Mapping[Node, tuple[Mention, ...]]:
        out: dict[Node, list[Mention]] = {}
        for mention in self._mentions:
            if mention.role == "declares":
                out.setdefault(mention.target, []).append(mention)
        return {node: tuple(found) for node, found in out.items()}

    @cached_property
    def _resolutions(self) -> Mapping[Node, Resolution]:
        out: dict[Node, Resolution] = {}
        for resolution in self.report.resolutions:
            out.setdefault(self._node(resolution), resolution)
        return out

    def _node(self, resolution: Resolution) -> Node:
        if resolution.kind is Kind.MODEL:
            return model_node(self.report.resolver, resolution.name, resolution.family)
        return Node(resolution.kind.value, resolution.family, resolution.name)

    @cached_property
    def _method_uses(self) -> Mapping[Node, tuple[Use, ...]]:
        out: dict[Node, list[Use]] = {}
        for mention in self.methods.mentions:
            for node, use in self._of_method(mention):
                out.setdefault(node, []).append(use)
        for pipe in self.methods.unnamed:
            choice = self._default_of(pipe)
            if choice is not None:
                user = Node("pipe", pipe.source.shown, pipe.pipe)
                place = Place(pipe.source, pipe.path)
                file = pipe.source.path
                use = Use(user, self.label(user), "unnamed", "", place, file, pipe.path, note="names no model")
                out.setdefault(choice, []).append(use)
        return {node: tuple(found) for node, found in out.items()}

    def _of_method(self, mention: MethodMention) -> Iterator[tuple[Node, Use]]:
        resolver = self.report.resolver
        family = family_of(mention.model_type, self.report.catalog.behaviours)
        for path, text in written_in(mention.value, mention.path):
            node: Node | None
            if mention.handle:
                node = model_node(resolver, text, family)
            else:
                node = named_by(resolver, text, family, choice=isinstance(mention.value, str))
            if node is not None:
                user = Node("pipe", mention.source.shown, mention.pipe)
                place = Place(mention.source, path)
                yield node, Use(user, self.label(user), mention.key, text, place, mention.source.path, path)

    def _default_of(self, pipe: UnnamedPipe) -> Node | None:
        """The choice that a pipe gets which names no model: the override, else the default."""
        catalog = self.report.catalog
        family = family_of(pipe.model_type, catalog.behaviours)
        section = catalog.families.get(family)
        key = ""
        if pipe.model_type == "llm":
            text = pipe.pipe_type == "PipeLLM" and pipe.output.split("[")[0].rsplit(".", 1)[-1] == "Text"
            key = "for_text" if text else "for_object"
        choices = {choice.kind: choice for choice in (section.choices if section else ()) if choice.key == key}
        override = choices.get("override")
        if override is not None and not switched_off(override, catalog.behaviours):
            return Node("choice", family, override.name)
        default = choices.get("default")
        return Node("choice", family, default.name) if default is not None else None

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
        """Whether a user's trail passes a thing; true for what has no trail."""
        resolution = self._resolutions.get(user)
        if resolution is None or user.kind not in _NAMED_KINDS or node == user:
            return True
        return any(hop.kind.value == node.kind and hop.name == node.name and hop.place for hop in resolution.hops)

    def _through(self, node: Node) -> Iterator[Use]:
        """The users of users: each once, by the shortest way."""
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
                yield self._further(use, via, node)
                if use.user.kind in _NAMED_KINDS:
                    pending.append((use.user, (use.user, *via)))

    def _direct(self, node: Node) -> tuple[Use, ...]:
        uses = tuple(self._use(mention) for mention in self._by_target.get(node, ()))
        return (*uses, *self._method_uses.get(node, ()))

    def _further(self, use: Use, via: tuple[Node, ...], node: Node) -> Use:
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

    def _takers(self, node: Node) -> Iterator[Use]:
        """The patterns of every profile that take a model's name, and the default of the active one if that does."""
        catalog = self.report.catalog
        for name, profile in catalog.profiles.items():
            won = RouteTable(profile, catalog.enabled, catalog.behaviours).match(node.name)
            active = name == catalog.active
            for route in (*profile.routes, *profile.optional_routes):
                if route.pattern != node.name and pattern_matches(route.pattern, node.name):
                    wins = active and won is not None and won.place == route.place
                    yield self._taken(name, route.pattern, route.backend, route.place.path, wins)
            if active and won is not None and won.pattern is None:
                yield self._taken(name, "(default)", won.backend, won.place.path, True)

    def _taken(self, profile: str, pattern: str, backend: str, path: Path, wins: bool) -> Use:
        source = self.report.catalog.tree.routing.winner(path)
        user = Node("profile", "", profile)
        note = f"{pattern} -> {backend}"
        place = Place(source, path)
        return Use(user, self.label(user), "takes", pattern, place, source.path, path, now=wins, note=note)

    def _served_by(self, backend: str) -> tuple[Node, ...]:
        ends = self.report.resolutions
        return tuple(self._node(item) for item in ends if item.spec is not None and item.spec.backend == backend)


def _asked(text: str) -> tuple[str | None, str]:
    """The kind and name that a text asks for; no kind when it only names."""
    word, colon, rest = text.partition(":")
    if colon and word in ("model", "backend", "profile", "variable", "pipe", "choice"):
        return word, rest
    if text.startswith("${") and text.endswith("}"):
        return "variable", text[2:-1]
    parsed = parse_reference(text)
    return (parsed.kind.value, parsed.name) if parsed.explicit else (None, text)


def usage(report: Report, *, methods: bool = True) -> Usage:
    """Who uses what: with `methods`, the method files of the project are read too."""
    found = report.catalog.tree.paths
    return Usage(report, read_methods(found.project, found.inference) if methods else None)
