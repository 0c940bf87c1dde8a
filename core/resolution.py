"""Resolution: where each reference ends, by which steps, and why a dead one is dead."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.catalog import Catalog
from core.dialects.deck import is_empty_reference
from core.dialects.deck_shape import family_of, sections_of
from core.entities import GLOBAL, Alias, Choice, Family, ModelSpec, Place, Preset, Waterfall
from core.references import Kind, Reference, parse_reference, written
from core.releases import Behaviours, Release
from core.routing import Match
from core.serving import Serving

MOST_NESTED = 150
"""Waterfalls nested deeper than this are taken for endless, as Pipelex would crash on them."""
MOST_STEPS = 3_000
"""A walk of more steps than this is given up: names on cycles may branch into more ways than anyone can try."""


class Status(StrEnum):
    """What may be expected of a reference."""

    CALLABLE = "callable"
    SERVED = "served"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Death:
    """Why a reference ends at nothing. `names` are the handles that would have to be served."""

    code: str
    message: str
    error: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from name to name: what was followed, and where it is written."""

    kind: Kind
    name: str
    place: Place | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where one reference ends.

    `reference` is how the thing is written in this release; `lookup` the text that Pipelex looks up for it (a preset's
    model, a choice's setting); `hops` the names that were followed.
    """

    reference: str
    kind: Kind
    family: str
    name: str
    status: Status
    spec: ModelSpec | None
    lookup: str
    hops: tuple[Hop, ...]
    place: Place | None
    death: Death | None = None
    match: Match | None = None
    method: str | None = None

    @property
    def alive(self) -> bool:
        return self.status is not Status.DEAD


@dataclass(frozen=True, slots=True)
class _End:
    """The end of following a name: a spec, or a death."""

    spec: ModelSpec | None
    death: Death | None = None
    raised: bool = False
    """Whether Pipelex raises here, rather than resolving to nothing."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Where a name ends whatever the way to it; `nested` says how many waterfalls deep the walk from it went."""

    end: _End
    hops: tuple[Hop, ...]
    nested: int


Walking = Generator["Walking", _End, _End]
"""A walk that asks for other walks, so that a chain of any length needs no deep stack of calls."""


class Resolver:
    """Answers for one catalog. Pure: the same question has the same answer."""

    def __init__(self, catalog: Catalog, serving: Serving, ready: frozenset[str]) -> None:
        self.catalog = catalog
        self.serving = serving
        self.behaviours = catalog.behaviours
        self.ready = ready
        self._known: dict[tuple[str, Kind, str], _Known] = {}
        """Ends already found of names that are on no cycle: many names may lead to one."""

    # ---- public questions

    def model(self, spec_type: str, handle: str) -> Resolution:
        """The resolution of a declared handle of a type."""
        family = family_of(spec_type, self.behaviours)
        spec = self.serving.spec(spec_type, handle)
        hops: list[Hop] = []
        end = _End(spec, None if spec is not None else self._not_served(handle, spec_type))
        place = spec.place if spec is not None else self._first_place(handle)
        hops.append(Hop(Kind.MODEL, handle, place))
        return self._result(
            written(Kind.MODEL, handle, self.behaviours), Kind.MODEL, family, handle, handle, hops, end, place
        )

    def alias(self, alias: Alias) -> Resolution:
        """The resolution of an alias."""
        hops: list[Hop] = []
        end = self._follow_name(Kind.ALIAS, alias.name, alias.family, hops)
        return self._result(
            written(Kind.ALIAS, alias.name, self.behaviours),
            Kind.ALIAS,
            alias.family,
            alias.name,
            alias.name,
            hops,
            end,
            alias.place,
        )

    def waterfall(self, waterfall: Waterfall) -> Resolution:
        """The resolution of a waterfall."""
        hops: list[Hop] = []
        end = self._follow_name(Kind.WATERFALL, waterfall.name, waterfall.family, hops)
        return self._result(
            written(Kind.WATERFALL, waterfall.name, self.behaviours),
            Kind.WATERFALL,
            waterfall.family,
            waterfall.name,
            waterfall.name,
            hops,
            end,
            waterfall.place,
        )

    def preset(self, preset: Preset) -> Resolution:
        """The resolution of a preset: that of the model it names."""
        hops = [Hop(Kind.PRESET, preset.name, preset.place)]
        end = self._follow(preset.reference, preset.family, hops)
        return self._result(
            written(Kind.PRESET, preset.name, self.behaviours),
            Kind.PRESET,
            preset.family,
            preset.name,
            preset.reference,
            hops,
            end,
            preset.place,
        )

    def choice(self, choice: Choice) -> Resolution:
        """The resolution of a choice: a reference, or settings written in place."""
        hops = [Hop(Kind.CHOICE, choice.name, choice.place, _said(choice))]
        if isinstance(choice.value, Preset):
            lookup = choice.value.reference
            end = self._follow(lookup, choice.family, hops)
        else:
            lookup, end = self._choice_text(choice.value, choice.family, hops)
        return self._result(choice.address, Kind.CHOICE, choice.family, choice.name, lookup, hops, end, choice.place)

    def text(self, text: str, family: str) -> Resolution:
        """What a text stands for that is written where a model is expected (as in a preset)."""
        hops: list[Hop] = []
        end = self._follow(text, family, hops)
        parsed = parse_reference(text)
        kind = parsed.kind if self.behaviours.sigils else Kind.MODEL
        return self._result(text, kind, family, parsed.name if self.behaviours.sigils else text, text, hops, end, None)

    def everything(self) -> Iterator[Resolution]:
        """Every reference of the tree: models, then each family's aliases, waterfalls, presets and choices."""
        seen: set[tuple[str, str]] = set()
        for spec in self.catalog.specs:
            key = self.serving.key(spec.model_type, spec.handle)
            if key not in seen:
                seen.add(key)
                yield self.model(spec.model_type, spec.handle)
        for family in self.catalog.families.values():
            for alias in family.aliases.values():
                yield self.alias(alias)
            for waterfall in family.waterfalls.values():
                yield self.waterfall(waterfall)
            for preset in family.presets.values():
                yield self.preset(preset)
            for choice in family.choices:
                if not switched_off(choice, self.behaviours):
                    yield self.choice(choice)

    # ---- names defined, without following them

    def defines(self, kind: Kind, name: str, family: str) -> bool:
        """Whether a name of a kind exists in a family."""
        section = self._family(family)
        if kind is Kind.PRESET:
            here = self.catalog.families.get(family)
            return here is not None and name in here.presets
        if kind is Kind.ALIAS:
            return section is not None and name in section.aliases and bool(section.aliases[name].targets)
        if kind is Kind.WATERFALL:
            return section is not None and name in section.waterfalls and bool(section.waterfalls[name].entries)
        return self._model_exists(name, family)

    def handle_defined(self, name: str, family: str) -> bool:
        """Whether a bare name is a served model, an alias or a waterfall: Pipelex's check of presets, by name only."""
        if self._model_exists(name, family) or self.defines(Kind.ALIAS, name, family):
            return True
        return self.catalog.settings.waterfalls_fall_back and self.defines(Kind.WATERFALL, name, family)

    def _model_exists(self, name: str, family: str) -> bool:
        if self.serving.typed:
            return self.serving.spec(self._type_of(family), name) is not None
        return self.serving.spec(None, name) is not None

    # ---- following

    def _family(self, family: str) -> Family | None:
        """The family whose aliases and waterfalls a reference sees: its own, or the one space up to 0.17."""
        if not self.behaviours.sigils:
            return self.catalog.families.get(GLOBAL)
        return self.catalog.families.get(family)

    def _type_of(self, family: str) -> str | None:
        found = self.catalog.families.get(family)
        return found.model_type if found is not None else None

    def _follow(self, text: str, family: str, hops: list[Hop]) -> _End:
        """Follow a reference as it is written in a preset, an alias or a waterfall."""
        walk = _Walk(self, family, hops)
        return walk.end(walk.reference(text))

    def _follow_name(self, kind: Kind, name: str, family: str, hops: list[Hop]) -> _End:
        walk = _Walk(self, family, hops)
        return walk.end(walk.named(kind, name) if self.behaviours.sigils else walk.plain(name))

    def _choice_text(self, text: str, family: str, hops: list[Hop]) -> tuple[str, _End]:
        """A choice given as text: what it is depends on the release (section 11 of the reading rules)."""
        rule = self.behaviours.choice_strings
        section = self.catalog.families.get(family)
        preset = section.presets.get(text) if section is not None else None
        if rule != "sigils":
            if preset is not None:
                hops.append(Hop(Kind.PRESET, preset.name, preset.place))
                return preset.reference, self._follow(preset.reference, family, hops)
            if rule == "presets" or not self.plain_defined(text):
                return text, _End(None, self._unknown_choice(text, family, rule), raised=True)
            return text, self._follow(text, family, hops)
        if is_empty_reference(text):
            return text, _End(
                None, Death("empty-reference", "the reference is empty", "ModelReferenceParseError"), True
            )
        parsed = parse_reference(text)
        return self._choice_reference(parsed, family, hops)

    def _choice_reference(self, parsed: Reference, family: str, hops: list[Hop]) -> tuple[str, _End]:
        section = self.catalog.families.get(family)
        if parsed.kind is Kind.PRESET:
            preset = section.presets.get(parsed.name) if section is not None else None
            if preset is None:
                return parsed.text, _End(None, self._undefined(parsed, family), raised=True)
            hops.append(Hop(Kind.PRESET, preset.name, preset.place))
            return preset.reference, self._follow(preset.reference, family, hops)
        defined = (
            self.handle_defined(parsed.name, family)
            if parsed.kind is Kind.MODEL
            else self.defines(parsed.kind, parsed.name, family)
        )
        if not defined:
            return parsed.text, _End(None, self._undefined(parsed, family), raised=True)
        lookup = self._choice_lookup(parsed, family, hops)
        return lookup, self._follow(lookup, family, hops)

    def _choice_lookup(self, parsed: Reference, family: str, hops: list[Hop]) -> str:
        """The text Pipelex looks up for a choice: an alias's target; up to 0.77 a bare name for `~w` and `handle:x`."""
        section = self.catalog.families.get(family)
        if parsed.kind is Kind.ALIAS and section is not None:
            alias = section.aliases[parsed.name]
            hops.append(Hop(Kind.ALIAS, alias.name, alias.place))
            return alias.targets[0]
        if self.behaviours.index == "name" or not parsed.explicit:
            return parsed.name
        return written(parsed.kind, parsed.name, self.behaviours) if parsed.kind is not Kind.MODEL else parsed.text

    def plain_defined(self, name: str) -> bool:
        section = self.catalog.families.get(GLOBAL)
        if self.serving.spec(None, name) is not None:
            return True
        return section is not None and (name in section.aliases or name in section.waterfalls)

    # ---- deaths

    def _unknown_choice(self, text: str, family: str, rule: str) -> Death:
        what = "no preset" if rule == "presets" else "no preset, model, alias or waterfall"
        return Death("choice-unknown", f"`{text}` names {what}", self._choice_error(family), (text,))

    def _undefined(self, parsed: Reference, family: str) -> Death:
        kind = "model, alias or waterfall" if parsed.kind is Kind.MODEL else parsed.kind.value
        extra = ""
        if parsed.kind is Kind.MODEL and self.defines(Kind.PRESET, parsed.name, family):
            extra = f"; there is a preset of that name: write ${parsed.name}"
        if parsed.kind is Kind.MODEL and not extra:
            return self._not_served(parsed.name, self._type_of(family), error=self._choice_error(family))
        return Death(
            "choice-unknown", f"there is no {kind} `{parsed.name}`{extra}", self._choice_error(family), (parsed.name,)
        )

    def _choice_error(self, family: str) -> str:
        release = self.catalog.release
        if release >= Release(0, 15, 0):
            return "ModelChoiceNotFoundError"
        if family == "llm":
            return "LLMPresetNotFoundError" if release < Release(0, 11, 0) else "LLMChoiceNotFoundError"
        return {"ocr": "OcrChoiceNotFoundError", "extract": "ExtractChoiceNotFoundError"}.get(
            family, "ImgGenChoiceNotFoundError"
        )

    def model_error(self) -> str:
        """The class of "model not found" in this release."""
        return "LLMHandleNotFoundError" if self.catalog.release < Release(0, 12, 0) else "ModelNotFoundError"

    def _first_place(self, handle: str) -> Place | None:
        specs = self.catalog.declared.get(handle)
        return specs[0].place if specs else None

    def _not_served(self, name: str, model_type: str | None, *, error: str | None = None) -> Death:
        """Why nobody serves a name: it is declared nowhere, or only by backends that are off, or routing drops it."""
        error = error or self.model_error()
        specs = self.catalog.declared.get(name, ())
        if self.serving.typed and model_type is not None:
            right = tuple(spec for spec in specs if spec.model_type == model_type)
            if specs and not right:
                types = ", ".join(sorted({spec.model_type for spec in specs}))
                return Death("wrong-type", f"`{name}` is declared, but as {types}, not {model_type}", error, (name,))
            specs = right
        if not specs:
            return Death("model-unknown", f"no backend declares `{name}`", error, (name,))
        on = [spec for spec in specs if spec.backend in self.catalog.enabled]
        if on:
            assignment = self.serving.assignment(on[0].model_type, name)
            reason = assignment.reason if assignment is not None else "no route takes it"
            return Death("model-dropped", f"`{name}`: {reason}", error, (name,))
        backends = ", ".join(dict.fromkeys(f"{spec.backend} (off)" for spec in specs))
        return Death(
            "backend-off", f"no backend that is on serves `{name}`; it is declared by {backends}", error, (name,)
        )

    # ---- results

    def _result(
        self,
        reference: str,
        kind: Kind,
        family: str,
        name: str,
        lookup: str,
        hops: list[Hop],
        end: _End,
        place: Place | None,
    ) -> Resolution:
        spec = end.spec
        if spec is None:
            death = end.death or Death("dead", "it resolves to nothing", self.model_error())
            unknown = self._remote(death)
            return Resolution(
                reference,
                kind,
                family,
                name,
                Status.UNKNOWN if unknown else Status.DEAD,
                None,
                lookup,
                tuple(hops),
                place,
                death,
            )
        status = Status.CALLABLE if spec.backend in self.ready else Status.SERVED
        assignment = self.serving.assignment(spec.model_type, spec.handle)
        return Resolution(
            reference,
            kind,
            family,
            name,
            status,
            spec,
            lookup,
            tuple(hops),
            place,
            None,
            assignment.match if assignment is not None else None,
            assignment.method if assignment is not None else None,
        )

    def _remote(self, death: Death) -> bool:
        """Whether a dead end may be alive after all, because a backend whose catalogue is remote may serve it."""
        table = self.catalog.routes
        if (
            not self.catalog.remote
            or table is None
            or death.code not in ("model-unknown", "model-dropped", "backend-off", "waterfall-exhausted")
        ):
            return False
        for name in death.names:
            match = table.match(name)
            if match is not None and match.backend in self.catalog.remote:
                return True
        return False


def switched_off(choice: Choice, behaviours: Behaviours) -> bool:
    """Whether an override says that there is none.

    Up to 0.17 the text `disabled`; from 0.18 on any reference whose name is `disabled`, whatever its kind.
    """
    if choice.kind != "override" or not isinstance(choice.value, str):
        return False
    if not behaviours.sigils:
        return choice.value == "disabled"
    return parse_reference(choice.value).name == "disabled"


def _said(choice: Choice) -> str:
    return choice.value if isinstance(choice.value, str) else f"settings for {choice.value.reference}"


class _Walk:
    """One walk from name to name, in one family, remembering the way so that no cycle is followed twice."""

    def __init__(self, resolver: Resolver, family: str, hops: list[Hop]) -> None:
        self.resolver = resolver
        self.behaviours = resolver.behaviours
        self.family = family
        self.hops = hops
        self.path: dict[tuple[Kind, str], None] = {}
        self.depth = 0
        self.deepest = 0
        self.steps = 0
        self.free = True
        """Whether what was just walked ends where it does whatever the way to it."""

    def end(self, walking: Walking) -> _End:
        """Where a walk ends."""
        stack = [walking]
        answer: _End | None = None
        while True:
            try:
                asked = next(stack[-1]) if answer is None else stack[-1].send(answer)
            except StopIteration as stop:
                stack.pop()
                answer = stop.value
                if not stack:
                    return stop.value  # type: ignore[no-any-return]
            else:
                stack.append(asked)
                answer = None

    def reference(self, text: str) -> Walking:
        """Follow a reference as written."""
        if not self.behaviours.sigils:
            return (yield self.plain(text))
        if is_empty_reference(text):
            said = f"`{text.strip()}` names nothing" if text.strip() else "the reference is empty"
            return self._dead("empty-reference", said, ())
        parsed = parse_reference(text)
        if parsed.kind is Kind.PRESET:
            return self._dead(
                "preset-as-model",
                f"`{text.strip()}` is a preset, and a preset never stands for a model; name its model or an alias",
                (),
            )
        return (yield self.named(parsed.kind, parsed.name))

    # ---- up to 0.17: one space of names

    def plain(self, name: str) -> Walking:
        """Follow a plain name: a served model, else an alias, else a waterfall."""
        resolver = self.resolver
        spec = resolver.serving.spec(None, name)
        if spec is not None:
            self.hops.append(Hop(Kind.MODEL, name, spec.place))
            return _End(spec)
        space = resolver.catalog.families.get(GLOBAL)
        alias = space.aliases.get(name) if space is not None else None
        if alias is not None and any(alias.targets):
            return (yield self._within(Kind.ALIAS, name, alias.place, self._targets(alias)))
        waterfall = space.waterfalls.get(name) if space is not None and self.behaviours.waterfalls else None
        if waterfall is not None and waterfall.entries:
            return (yield self._within(Kind.WATERFALL, name, waterfall.place, self._entries(waterfall)))
        return _End(None, resolver._not_served(name, None))

    def _targets(self, alias: Alias) -> Walking:
        if not alias.is_list:
            return self.reference(alias.targets[0])
        return self._first(alias.targets, Kind.ALIAS, alias.name, raise_at_end=False)

    # ---- 0.18 on: kinds

    def named(self, kind: Kind, name: str) -> Walking:
        """Follow a name of a kind within the family."""
        resolver = self.resolver
        section = resolver.catalog.families.get(self.family)
        if kind is Kind.MODEL:
            return (yield self._handle(name))
        if kind is Kind.ALIAS:
            alias = section.aliases.get(name) if section is not None else None
            if alias is None or not any(alias.targets):
                return self._dead("alias-unknown", f"there is no {self.family} alias `{name}`", (name,))
            return (yield self._within(Kind.ALIAS, name, alias.place, self.reference(alias.targets[0])))
        waterfall = section.waterfalls.get(name) if section is not None else None
        if waterfall is None or not waterfall.entries:
            return self._dead("waterfall-unknown", f"there is no {self.family} waterfall `{name}`", (name,))
        return (yield self._within(Kind.WATERFALL, name, waterfall.place, self._entries(waterfall)))

    def _handle(self, name: str) -> Walking:
        resolver = self.resolver
        model_type = resolver._type_of(self.family)
        if resolver.serving.typed:
            spec = resolver.serving.spec(model_type, name)
        else:
            spec = resolver.serving.spec(None, name)
            if spec is not None and spec.model_type != model_type:
                return self._dead(
                    "wrong-type", f"`{name}` is a model of type {spec.model_type}, not {model_type}", (name,)
                )
        if spec is not None:
            self.hops.append(Hop(Kind.MODEL, name, spec.place))
            return _End(spec)
        if resolver.defines(Kind.ALIAS, name, self.family):
            return (yield self.named(Kind.ALIAS, name))
        if resolver.defines(Kind.WATERFALL, name, self.family):
            return (yield self.named(Kind.WATERFALL, name))
        death = resolver._not_served(name, model_type)
        if death.code == "model-unknown" and resolver.defines(Kind.PRESET, name, self.family):
            death = Death(
                "preset-as-model",
                f"`{name}` is a preset, and a preset never stands for a model; name its model or an alias",
                death.error,
                death.names,
            )
        self.hops.append(Hop(Kind.MODEL, name, resolver._first_place(name), "not served"))
        return _End(None, death)

    # ---- shared

    def _within(self, kind: Kind, name: str, place: Place, inside: Walking) -> Walking:
        node = (kind, name)
        if node in self.path:
            self.free = False
            return self._cycle(node)
        known = self.resolver._known.get((self.family, *node))
        self.steps += 1
        if self.depth + (known.nested if known else 0) > MOST_NESTED or self.steps > MOST_STEPS:
            self.free = False
            return self._dead("too-deep", f"names nest too deep at `{name}`", (), raised=True, error="RecursionError")
        if known is not None:
            self.deepest = max(self.deepest, self.depth + known.nested)
            self.hops += known.hops
            return known.end
        mark, around, above, free = len(self.hops), self.depth, self.deepest, self.free
        self.deepest, self.free = around, True
        self.hops.append(Hop(kind, name, place))
        self.path[node] = None
        self.depth += kind is Kind.WATERFALL
        end = yield inside
        self.path.popitem()
        self.depth = around
        if self.free:
            nested = self.deepest - around
            self.resolver._known[self.family, *node] = _Known(end, tuple(self.hops[mark:]), nested)
        self.deepest, self.free = max(above, self.deepest), free and self.free
        return end

    def _cycle(self, node: tuple[Kind, str]) -> _End:
        way = list(self.path)
        round_trip = way[way.index(node) :]
        names = " -> ".join(name for _, name in [*round_trip, node])
        guard = self.behaviours.cycle_guard
        through_waterfall = any(kind is Kind.WATERFALL for kind, _ in round_trip)
        crashes = guard == "none" or (guard == "aliases" and through_waterfall)
        error = "RecursionError" if crashes else self.resolver.model_error()
        end = "; Pipelex crashes when it is used" if crashes else ""
        return self._dead("cycle", f"a cycle: {names}{end}", (), raised=crashes, error=error)

    def _entries(self, waterfall: Waterfall) -> Walking:
        return self._first(waterfall.entries, Kind.WATERFALL, waterfall.name, raise_at_end=True)

    def _first(self, entries: tuple[str, ...], kind: Kind, name: str, *, raise_at_end: bool) -> Walking:
        """The first entry that resolves. Entries passed over leave a hop with the reason."""
        names: dict[str, None] = {}
        one_by_one = kind is Kind.WATERFALL and not self.resolver.catalog.settings.waterfalls_fall_back
        for index, entry in enumerate(entries):
            if index and one_by_one:
                return self._dead(
                    "fallback-off",
                    f"the first entry of waterfall `{name}` is not served, and is_model_fallback_enabled is false",
                    tuple(names),
                    raised=True,
                )
            mark = len(self.hops)
            end = yield self.reference(entry)
            if end.spec is not None:
                return end
            death = end.death
            if end.raised and not self._goes_on(death):
                return end
            del self.hops[mark:]
            self.hops.append(Hop(Kind.MODEL, entry, None, "passed over: " + (death.message if death else "dead")))
            names.update(dict.fromkeys(death.names if death else ()))
        code = "waterfall-exhausted" if kind is Kind.WATERFALL else "chain-exhausted"
        error = "ModelWaterfallError" if raise_at_end else self.resolver.model_error()
        what = "waterfall" if kind is Kind.WATERFALL else "chain"
        return self._dead(
            code,
            f"no entry of {what} `{name}` is served: {', '.join(entries)}",
            tuple(names),
            raised=raise_at_end,
            error=error,
        )

    def _goes_on(self, death: Death | None) -> bool:
        """Whether a waterfall goes on after an entry that raised: only exhausted waterfalls, and only from 0.78 on."""
        if death is None or self.behaviours.inner_waterfall_exhausted == "ends the outer":
            return False
        return death.code in ("waterfall-exhausted", "fallback-off")

    def _dead(
        self, code: str, message: str, names: tuple[str, ...], *, raised: bool = False, error: str | None = None
    ) -> _End:
        return _End(None, Death(code, message, error or self.resolver.model_error(), names), raised)


def reference_families(catalog: Catalog) -> tuple[str, ...]:
    """The families that the release knows, in its order."""
    return tuple(section.family for section in sections_of(catalog.behaviours)) or ("llm",)
