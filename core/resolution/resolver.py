"""The resolver: where each reference of a tree ends."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog
from core.dialects.deck_schema import family_of
from core.entities import Alias, Choice, Place, Preset, Waterfall
from core.references import Kind, parse_reference, written
from core.resolution.names import Names
from core.resolution.resolution import Hop, Resolution, Status, Target, Unresolved
from core.resolution.walk import Memory, Walk, follow_choice, switched_off
from core.serving import Serving


class Resolver:
    """Answers for one catalog. Pure: the same question has the same answer."""

    def __init__(self, catalog: Catalog, serving: Serving, ready: frozenset[str]) -> None:
        self.catalog = catalog
        self.serving = serving
        self.behaviours = catalog.behaviours
        self.ready = ready
        self.names = Names(catalog, serving)
        self._known: Memory = {}

    # ---- public questions

    def model(self, spec_type: str, handle: str) -> Resolution:
        """The resolution of a declared handle of a type."""
        family = family_of(spec_type, self.behaviours)
        spec = self.serving.spec(spec_type, handle)
        hops: list[Hop] = []
        end = Target(spec, None if spec is not None else self.names.not_served(handle, spec_type))
        place = spec.place if spec is not None else self.names.first_place(handle)
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
            lookup, end = follow_choice(self.names, choice.value, choice.family, hops, self._follow)
        return self._result(choice.address, Kind.CHOICE, choice.family, choice.name, lookup, hops, end, choice.place)

    def text(self, text: str, family: str) -> Resolution:
        """What a text stands for that is written where a model is expected (as in a preset)."""
        hops: list[Hop] = []
        end = self._follow(text, family, hops)
        parsed = parse_reference(text)
        kind = parsed.kind if self.behaviours.sigils else Kind.MODEL
        return self._result(text, kind, family, parsed.name if self.behaviours.sigils else text, text, hops, end, None)

    def everything(self) -> Iterator[Resolution]:
        """Every reference of the tree: models, then those of the deck."""
        for model_type, handle in self.catalog.models.values():
            yield self.model(model_type, handle)
        yield from self.deck_references()

    def unreachable(self) -> frozenset[str]:
        """The handles of declared models that no reference can name."""
        return frozenset(handle for _, handle in self.catalog.models.values() if not self.names.finds_itself(handle))

    def deck_references(self) -> Iterator[Resolution]:
        """Each family's aliases, waterfalls, presets and choices."""
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

    # ---- following

    def _follow(self, text: str, family: str, hops: list[Hop]) -> Target:
        """Follow a reference as it is written in a preset, an alias or a waterfall."""
        walk = Walk(self.names, self._known, family, hops)
        return walk.end(walk.reference(text))

    def _follow_name(self, kind: Kind, name: str, family: str, hops: list[Hop]) -> Target:
        if not self.names.reachable(kind, name):
            message = f"no reference can name `{name}`: names must not be empty, nor end in blanks"
            return Target(None, Unresolved("name-unreachable", message, self.names.model_error(), (name,)))
        walk = Walk(self.names, self._known, family, hops)
        return walk.end(walk.named(kind, name) if self.behaviours.sigils else walk.plain(name))

    # ---- results

    def _result(
        self,
        reference: str,
        kind: Kind,
        family: str,
        name: str,
        lookup: str,
        hops: list[Hop],
        end: Target,
        place: Place | None,
    ) -> Resolution:
        spec = end.spec
        if spec is None:
            unresolved = end.unresolved or Unresolved("dead", "it resolves to nothing", self.names.model_error())
            unknown = self._remote(unresolved)
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
                unresolved,
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

    def _remote(self, unresolved: Unresolved) -> bool:
        """Whether a dead end may be alive after all, because a backend whose catalogue is remote may serve it."""
        table = self.catalog.routes
        if (
            not self.catalog.remote
            or table is None
            or unresolved.code not in ("model-unknown", "model-dropped", "backend-off", "waterfall-exhausted")
        ):
            return False
        for name in unresolved.names:
            match = table.match(name)
            if match is not None and match.backend in self.catalog.remote:
                return True
        return False


def _said(choice: Choice) -> str:
    return choice.value if isinstance(choice.value, str) else f"settings for {choice.value.reference}"
