"""Follows aliases, chains, waterfalls and choices from name to name to a model; detects cycles and dead ends."""

from __future__ import annotations

from collections.abc import Callable, Generator

from core.diagnostics.unresolved import UnresolvedCode
from core.entities import GLOBAL, Alias, Choice, Waterfall
from core.records import dataclass
from core.references import Kind, Reference, is_empty_reference, parse_reference, written
from core.releases import Behaviours
from core.resolution.names import Names
from core.resolution.resolution import Hop, Target, Unresolved

MAX_NESTED = 150
"""Depth of nested waterfalls at which Pipelex would exceed the recursion limit."""
MAX_STEPS = 3_000
"""Steps of one walk: names on cycles may branch into exponentially many paths."""

_CYCLE = "a cycle: "
_UNKNOWN = {Kind.ALIAS: UnresolvedCode.ALIAS_UNKNOWN, Kind.WATERFALL: UnresolvedCode.WATERFALL_UNKNOWN}
_PRESET_AS_MODEL = "`{}` is a preset, and a preset never stands for a model; name its model or an alias"


@dataclass(frozen=True, slots=True)
class ResolvedName:
    """The target of a name that is on no cycle; `nested` is the depth of waterfalls below it."""

    target: Target
    hops: tuple[Hop, ...]
    nested: int


ResolvedNames = dict[tuple[str, Kind, str], ResolvedName]
"""Cached targets of names that are on no cycle, by family, kind and name."""

Walking = Generator["Walking", Target, Target]
"""A walk that yields other walks, so that a long chain needs no deep call stack."""


class Walk:
    """One walk from name to name in one family. It records its path to detect cycles."""

    def __init__(self, names: Names, resolved: ResolvedNames, family: str, hops: list[Hop]) -> None:
        self.names = names
        self.resolved = resolved
        self.behaviours = names.behaviours
        self.family = family
        self.hops = hops
        self.path: dict[tuple[Kind, str], None] = {}
        self.depth = 0
        self.deepest = 0
        self.steps = 0
        self.free = True
        """Whether the target of the last name is independent of the path to it."""

    def end(self, walking: Walking) -> Target:
        """The target of a walk."""
        stack = [walking]
        target: Target | None = None
        while True:
            try:
                inner = next(stack[-1]) if target is None else stack[-1].send(target)
            except StopIteration as stop:
                stack.pop()
                target = stop.value
                if not stack:
                    return stop.value  # type: ignore[no-any-return]
            else:
                stack.append(inner)
                target = None

    def reference(self, text: str) -> Walking:
        """Follow a reference as written."""
        if not self.behaviours.sigils:
            return (yield self.plain(text))
        if is_empty_reference(text):
            message = f"`{text.strip()}` names nothing" if text.strip() else "the reference is empty"
            return self._dead(UnresolvedCode.EMPTY_REFERENCE, message, ())
        parsed = parse_reference(text)
        if parsed.kind is Kind.PRESET:
            return self._dead(UnresolvedCode.PRESET_AS_MODEL, _PRESET_AS_MODEL.format(text.strip()), ())
        return (yield self.named(parsed.kind, parsed.name))

    # ---- up to 0.17: one space of names

    def plain(self, name: str) -> Walking:
        """Follow a plain name: a served model, else an alias, else a waterfall."""
        names = self.names
        spec = names.serving.spec(None, name)
        if spec is not None:
            self.hops.append(Hop(Kind.MODEL, name, spec.place))
            return Target(spec)
        space = names.catalog.families.get(GLOBAL)
        alias = space.aliases.get(name) if space is not None else None
        if alias is not None and any(alias.targets):
            return (yield self._entry(alias))
        waterfall = space.waterfalls.get(name) if space is not None and self.behaviours.waterfalls else None
        if waterfall is not None and waterfall.entries:
            return (yield self._entry(waterfall))
        return Target(None, names.not_served(name, None))

    # ---- 0.18 on: kinds

    def named(self, kind: Kind, name: str) -> Walking:
        """Follow a name of a kind within the family."""
        if kind is Kind.MODEL:
            return (yield self._handle(name))
        section = self.names.catalog.families.get(self.family)
        entry: Alias | Waterfall | None = None
        if section is not None:
            entry = section.aliases.get(name) if kind is Kind.ALIAS else section.waterfalls.get(name)
        if entry is None or not (any(entry.targets) if isinstance(entry, Alias) else entry.entries):
            return self._dead(_UNKNOWN[kind], f"there is no {self.family} {kind.value} `{name}`", (name,))
        return (yield self._entry(entry))

    def _handle(self, name: str) -> Walking:
        names = self.names
        model_type = names.type_of(self.family)
        if names.serving.typed:
            spec = names.serving.spec(model_type, name)
        else:
            spec = names.serving.spec(None, name)
            if spec is not None and spec.model_type != model_type:
                return self._dead(
                    UnresolvedCode.WRONG_TYPE,
                    f"`{name}` is a model of type {spec.model_type}, not {model_type}",
                    (name,),
                )
        if spec is not None:
            self.hops.append(Hop(Kind.MODEL, name, spec.place))
            return Target(spec)
        if names.defines(Kind.ALIAS, name, self.family):
            return (yield self.named(Kind.ALIAS, name))
        if names.defines(Kind.WATERFALL, name, self.family):
            return (yield self.named(Kind.WATERFALL, name))
        unresolved = names.not_served(name, model_type)
        if unresolved.code == UnresolvedCode.MODEL_UNKNOWN and names.defines(Kind.PRESET, name, self.family):
            message = _PRESET_AS_MODEL.format(name)
            unresolved = Unresolved(UnresolvedCode.PRESET_AS_MODEL, message, unresolved.error, unresolved.names)
        self.hops.append(Hop(Kind.MODEL, name, names.first_place(name), "not served"))
        return Target(None, unresolved)

    # ---- shared

    def _entry(self, entry: Alias | Waterfall) -> Walking:
        if isinstance(entry, Waterfall):
            return self._within(Kind.WATERFALL, entry, self._first(entry.entries, Kind.WATERFALL, entry.name))
        chain = entry.is_list and not self.behaviours.sigils
        inside = self._first(entry.targets, Kind.ALIAS, entry.name) if chain else self.reference(entry.targets[0])
        return self._within(Kind.ALIAS, entry, inside)

    def _within(self, kind: Kind, entry: Alias | Waterfall, inside: Walking) -> Walking:
        name = entry.name
        node = (kind, name)
        self.steps += 1
        if node in self.path:
            self.free = False
            return self._cycle(node)
        cached = self.resolved.get((self.family, *node))
        if self.depth + (cached.nested if cached else 0) > MAX_NESTED or self.steps > MAX_STEPS:
            self.free = False
            return self._dead(
                UnresolvedCode.TOO_DEEP, f"names nest too deep at `{name}`", (), raised=True, error="RecursionError"
            )
        if cached is not None:
            self.deepest = max(self.deepest, self.depth + cached.nested)
            self.hops += cached.hops
            return cached.target
        mark, around, above, free = len(self.hops), self.depth, self.deepest, self.free
        self.deepest, self.free = around, True
        self.hops.append(Hop(kind, name, entry.place))
        self.path[node] = None
        self.depth += kind is Kind.WATERFALL
        target = yield inside
        self.path.popitem()
        self.depth = around
        if self.free:
            nested = self.deepest - around
            self.resolved[self.family, *node] = ResolvedName(target, tuple(self.hops[mark:]), nested)
        self.deepest, self.free = max(above, self.deepest), free and self.free
        return target

    def _cycle(self, node: tuple[Kind, str]) -> Target:
        cycle = list(self.path)
        round_trip = cycle[cycle.index(node) :]
        names = " -> ".join(name for _, name in [*round_trip, node])
        guard = self.behaviours.cycle_guard
        through_waterfall = any(kind is Kind.WATERFALL for kind, _ in round_trip)
        crashes = guard == "none" or (guard == "aliases" and through_waterfall)
        error = "RecursionError" if crashes else self.names.model_error()
        end = "; Pipelex crashes when it is used" if crashes else ""
        return self._dead(UnresolvedCode.CYCLE, f"{_CYCLE}{names}{end}", (), raised=crashes, error=error)

    def _first(self, entries: tuple[str, ...], kind: Kind, name: str) -> Walking:
        """The first entry that resolves. Skipped entries leave a hop with the reason."""
        missing: dict[str, None] = {}
        cycle = ""
        raises = kind is Kind.WATERFALL
        first_only = raises and not self.names.catalog.settings.waterfalls_fall_back
        for index, entry in enumerate(entries):
            if index and first_only:
                message = f"the first entry of waterfall `{name}` is not served, and is_model_fallback_enabled is false"
                return self._dead(UnresolvedCode.FALLBACK_OFF, message, tuple(missing), raised=True)
            mark = len(self.hops)
            target = yield self.reference(entry)
            unresolved = target.unresolved
            if target.spec is not None or (target.raised and not self._goes_on(unresolved)):
                return target
            del self.hops[mark:]
            reason = unresolved.message if unresolved else "dead"
            self.hops.append(Hop(Kind.MODEL, entry, None, f"passed over: {reason}"))
            missing.update(dict.fromkeys(unresolved.names if unresolved else ()))
            if _CYCLE in reason and not cycle:
                cycle = "; " + reason[reason.index(_CYCLE) :]
        noun, error = ("waterfall", "ModelWaterfallError") if raises else ("chain", None)
        code = UnresolvedCode.WATERFALL_EXHAUSTED if raises else UnresolvedCode.CHAIN_EXHAUSTED
        message = f"no entry of {noun} `{name}` is served: {', '.join(entries)}{cycle}"
        return self._dead(code, message, tuple(missing), raised=raises, error=error)

    def _goes_on(self, unresolved: Unresolved | None) -> bool:
        """Whether a waterfall continues after an entry that raised: only exhausted waterfalls, from 0.78 on."""
        if unresolved is None or self.behaviours.inner_waterfall_exhausted == "ends the outer":
            return False
        return unresolved.code in (UnresolvedCode.WATERFALL_EXHAUSTED, UnresolvedCode.FALLBACK_OFF)

    def _dead(
        self,
        code: UnresolvedCode,
        message: str,
        names: tuple[str, ...],
        *,
        raised: bool = False,
        error: str | None = None,
    ) -> Target:
        return Target(None, Unresolved(code, message, error or self.names.model_error(), names), raised)


# ---- choices

Follow = Callable[[str, str, list[Hop]], Target]
"""Follows a reference in a family and appends its hops."""


def switched_off(choice: Choice, behaviours: Behaviours) -> bool:
    """Whether an override disables the choice.

    Up to 0.17 the text `disabled`; from 0.18 on any reference whose name is `disabled`, whatever its kind.
    """
    if choice.kind != "override" or not isinstance(choice.value, str):
        return False
    if not behaviours.sigils:
        return choice.value == "disabled"
    return parse_reference(choice.value).name == "disabled"


def follow_choice(names: Names, text: str, family: str, hops: list[Hop], follow: Follow) -> tuple[str, Target]:
    """The lookup and the target of a choice written as text, whose meaning depends on the release."""
    rule = names.behaviours.choice_strings
    parsed = parse_reference(text)
    section = names.catalog.families.get(family)
    presets = section.presets if section is not None else {}
    if rule == "sigils" and is_empty_reference(text):
        empty = Unresolved(UnresolvedCode.EMPTY_REFERENCE, "the reference is empty", "ModelReferenceParseError")
        return text, Target(None, empty, raised=True)
    preset = None
    if rule != "sigils" or parsed.kind is Kind.PRESET:
        preset = presets.get(parsed.name if rule == "sigils" else text)
    if preset is not None:
        hops.append(Hop(Kind.PRESET, preset.name, preset.place))
        return preset.reference, follow(preset.reference, family, hops)
    if rule != "sigils":
        if rule == "presets" or not names.plain_defined(text):
            return text, Target(None, names.unknown_choice(text, family, rule), raised=True)
        return text, follow(text, family, hops)
    if parsed.kind is Kind.PRESET or not names.chosen(parsed, family):
        return parsed.text, Target(None, names.undefined(parsed, family), raised=True)
    lookup = _lookup(names, parsed, family, hops)
    return lookup, follow(lookup, family, hops)


def _lookup(names: Names, parsed: Reference, family: str, hops: list[Hop]) -> str:
    """The text Pipelex looks up for a choice: an alias's target; up to 0.77 a bare name for `~w` and `handle:x`."""
    section = names.catalog.families.get(family)
    if parsed.kind is Kind.ALIAS and section is not None:
        alias = section.aliases[parsed.name]
        hops.append(Hop(Kind.ALIAS, alias.name, alias.place))
        return alias.targets[0]
    if names.behaviours.index == "name" or not parsed.explicit:
        return parsed.name
    if parsed.kind is Kind.MODEL:
        inner = parse_reference(parsed.name)
        return parsed.text if inner.explicit or inner.name != parsed.name else parsed.name
    return written(parsed.kind, parsed.name, names.behaviours)
