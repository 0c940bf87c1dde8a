"""The resolver: the target of each reference of a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.calls import Call, Calls
from core.catalog import Catalog
from core.diagnostics.unresolved import UnresolvedCode
from core.dialects.deck_schema import family_of
from core.entities import Alias, Choice, ModelSpec, Place, Preset, Waterfall
from core.references import Kind, parse_reference, written
from core.refusals import FOR_OBJECT, NO_SETTINGS, Settings, refusal_of
from core.resolution.names import Names
from core.resolution.resolution import Hop, Resolution, Status, Target, Unresolved
from core.resolution.walk import ResolvedNames, Walk, follow_choice, switched_off
from core.serving import Serving

_MAYBE_REMOTE = (
    UnresolvedCode.MODEL_UNKNOWN,
    UnresolvedCode.MODEL_DROPPED,
    UnresolvedCode.BACKEND_OFF,
    UnresolvedCode.WATERFALL_EXHAUSTED,
)

_UNKNOWN_CALL = Call()


class Resolver:
    """Resolves the references of one catalog. Pure: the same question has the same answer."""

    def __init__(
        self, catalog: Catalog, serving: Serving, ready: frozenset[str], undecided: frozenset[str], calls: Calls
    ) -> None:
        """`ready`: the backends whose variables are set; `undecided`: those that cannot be checked here."""
        self.catalog = catalog
        self.serving = serving
        self.behaviours = catalog.behaviours
        self.ready = ready
        self.undecided = undecided
        self.calls = calls
        self.names = Names(catalog, serving)
        self._resolved: ResolvedNames = {}

    def model(self, model_type: str, handle: str) -> Resolution:
        """The resolution of a declared handle of a type."""
        spec = self.serving.spec(model_type, handle)
        place = spec.place if spec is not None else self.names.first_place(handle)
        target = Target(spec, None if spec is not None else self.names.not_served(handle, model_type))
        family = family_of(model_type, self.behaviours)
        return self._resolution(Kind.MODEL, family, handle, handle, [Hop(Kind.MODEL, handle, place)], target, place)

    def alias(self, alias: Alias) -> Resolution:
        return self._followed(Kind.ALIAS, alias)

    def waterfall(self, waterfall: Waterfall) -> Resolution:
        return self._followed(Kind.WATERFALL, waterfall)

    def preset(self, preset: Preset) -> Resolution:
        """The resolution of a preset: that of its model."""
        hops = [Hop(Kind.PRESET, preset.name, preset.place)]
        target = self._follow(preset.reference, preset.family, hops)
        return self._resolution(
            Kind.PRESET, preset.family, preset.name, preset.reference, hops, target, preset.place, None, preset.fields
        )

    def choice(self, choice: Choice) -> Resolution:
        """The resolution of a choice: of its reference, or of the model in its own settings."""
        value = choice.value
        text = value if isinstance(value, str) else f"settings for {value.reference}"
        hops = [Hop(Kind.CHOICE, choice.name, choice.place, text)]
        if isinstance(value, Preset):
            lookup = value.reference
            target = self._follow(lookup, choice.family, hops)
        else:
            lookup, target = follow_choice(self.names, value, choice.family, hops, self._follow)
        return self._resolution(
            Kind.CHOICE,
            choice.family,
            choice.name,
            lookup,
            hops,
            target,
            choice.place,
            choice.address,
            self._settings(choice, hops),
            structured=choice.key == FOR_OBJECT,
        )

    def _settings(self, choice: Choice, hops: Sequence[Hop]) -> Settings:
        """The settings of a choice: its own, or those of the preset that its hops pass."""
        if isinstance(choice.value, Preset):
            return choice.value.fields
        family = self.catalog.families.get(choice.family)
        passed = next((hop.name for hop in hops if hop.kind is Kind.PRESET), None)
        preset = family.presets.get(passed) if family is not None and passed is not None else None
        return preset.fields if preset is not None else NO_SETTINGS

    def text(self, text: str, family: str) -> Resolution:
        """The resolution of a text in the position of a model, as in a preset."""
        hops: list[Hop] = []
        target = self._follow(text, family, hops)
        parsed = parse_reference(text)
        kind, name = (parsed.kind, parsed.name) if self.behaviours.sigils else (Kind.MODEL, text)
        return self._resolution(kind, family, name, text, hops, target, None, text)

    def everything(self) -> Iterator[Resolution]:
        """Every reference of the tree: models, then those of the deck."""
        for model_type, handle in self.catalog.models.values():
            yield self.model(model_type, handle)
        yield from self.deck_references()

    def deck_references(self) -> Iterator[Resolution]:
        """Each family's aliases, waterfalls, presets and choices."""
        for family in self.catalog.families.values():
            yield from map(self.alias, family.aliases.values())
            yield from map(self.waterfall, family.waterfalls.values())
            yield from map(self.preset, family.presets.values())
            for choice in family.choices:
                if not switched_off(choice, self.behaviours):
                    yield self.choice(choice)

    def call(self, spec: ModelSpec) -> Call:
        """The call of a model: its address, and the faults that are known before it."""
        return self.calls.get((spec.backend, spec.sdk or ""), _UNKNOWN_CALL)

    def is_callable(self, spec: ModelSpec) -> bool:
        """Whether all that a call of a model needs is known to be here."""
        return self.reach(spec) is Status.CALLABLE

    def reach(self, spec: ModelSpec) -> Status:
        """Whether a served model is callable; served alone where something is missing; unknown where it may be."""
        call = self.call(spec)
        if not self.catalog.is_installed(spec) or not call.possible:
            return Status.SERVED
        if spec.backend in self.ready:
            return Status.UNKNOWN if call.unknown else Status.CALLABLE
        return Status.UNKNOWN if spec.backend in self.undecided else Status.SERVED

    def unreachable(self) -> frozenset[str]:
        """The handles of declared models that no reference can name."""
        return frozenset(handle for _, handle in self.catalog.models.values() if not self.names.finds_itself(handle))

    def _followed(self, kind: Kind, entry: Alias | Waterfall) -> Resolution:
        hops: list[Hop] = []
        if not self.names.reachable(kind, entry.name):
            message = f"no reference can name `{entry.name}`: names must not be empty or end in blanks"
            error = self.names.model_error()
            target = Target(None, Unresolved(UnresolvedCode.NAME_UNREACHABLE, message, error, (entry.name,)))
        else:
            walk = Walk(self.names, self._resolved, entry.family, hops)
            target = walk.end(walk.named(kind, entry.name) if self.behaviours.sigils else walk.plain(entry.name))
        return self._resolution(kind, entry.family, entry.name, entry.name, hops, target, entry.place)

    def _follow(self, text: str, family: str, hops: list[Hop]) -> Target:
        """Follow a reference as it is written in a preset, an alias or a waterfall."""
        walk = Walk(self.names, self._resolved, family, hops)
        return walk.end(walk.reference(text))

    def _resolution(
        self,
        kind: Kind,
        family: str,
        name: str,
        lookup: str,
        hops: list[Hop],
        target: Target,
        place: Place | None,
        reference: str | None = None,
        settings: Settings = NO_SETTINGS,
        *,
        structured: bool = False,
    ) -> Resolution:
        spec, unresolved, assignment, refusal = target.spec, None, None, None
        if spec is not None:
            backend = self.catalog.backends.get(spec.backend)
            refusal = refusal_of(self.catalog.release, spec, backend, settings, structured=structured)
            status = self.reach(spec) if refusal is None else Status.REFUSED
            assignment = self.serving.assignment(spec.model_type, spec.handle)
        else:
            unresolved = target.unresolved
            assert unresolved is not None
            status = Status.UNKNOWN if self._may_be_remote(unresolved) else Status.DEAD
        return Resolution(
            written(kind, name, self.behaviours) if reference is None else reference,
            kind,
            family,
            name,
            status,
            spec,
            lookup,
            tuple(hops),
            place,
            unresolved,
            assignment.match if assignment is not None else None,
            assignment.method if assignment is not None else None,
            refusal,
        )

    def _may_be_remote(self, unresolved: Unresolved) -> bool:
        """Whether a name may be served after all, by a backend whose models are listed by its server, or by the kit."""
        if self.catalog.tree.incomplete:
            return True
        table, remote = self.catalog.routes, self.catalog.remote
        if not remote or table is None or unresolved.code not in _MAYBE_REMOTE:
            return False
        matches = (table.match(name) for name in unresolved.names)
        return any(match is not None and match.backend in remote for match in matches)


# ---- lookup of references by a text

_DEFAULT_FAMILY = "llm"


def find_references(resolver: Resolver, resolutions: Sequence[Resolution], text: str) -> tuple[Resolution, ...]:
    """The references that match a text; never empty.

    `$x`, `@x`, `~x`, `preset:x`, `alias:x`, `waterfall:x` and `handle:x` match one kind, `llm/default/for_text` a
    choice, and a bare name every kind. Without a match the text is resolved as the model of an LLM preset.
    """
    exact = tuple(_matching(resolutions, text))
    return exact or (_resolve(resolver, text),)


def _resolve(resolver: Resolver, text: str) -> Resolution:
    resolution = resolver.text(text, _DEFAULT_FAMILY)
    if resolution.kind is Kind.PRESET and resolution.unresolved is not None:
        # In place of a model no preset counts, defined or not; a lookup asks for the preset itself.
        message = f"there is no preset `{resolution.name}`"
        unresolved = replace(resolution.unresolved, code=UnresolvedCode.PRESET_UNKNOWN, message=message)
        return replace(resolution, unresolved=unresolved)
    return resolution


def _matching(resolutions: Sequence[Resolution], text: str) -> Iterator[Resolution]:
    stripped = text.strip()
    parsed = parse_reference(stripped)
    for resolution in resolutions:
        if resolution.kind is Kind.CHOICE:
            if stripped in (resolution.reference, resolution.name):
                yield resolution
        elif parsed.explicit:
            if (resolution.kind is parsed.kind and resolution.name == parsed.name) or resolution.name == stripped:
                yield resolution
        elif resolution.name == stripped or f"{resolution.family}/{resolution.name}" == stripped:
            yield resolution
