"""The catalog: a tree as one release reads it, frozen, free of dialects, every value with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from itertools import compress, count
from operator import is_not

from core.dialects.backend_reader import ParsedBackend, read_backends
from core.dialects.deck_reader import ParsedDeck, read_deck
from core.dialects.routing_reader import ParsedRouting, read_routing
from core.entities import Backend, DeckSettings, Family, ModelSpec, Path, Place, Profile
from core.files.source import document_changed
from core.files.tree import Tree, kept_tree
from core.problems import Problem
from core.records import dataclass
from core.releases import Behaviours, Release
from core.routing import RouteTable
from core.variables import Environment, Placeholder, State, placeholders_in


@dataclass(frozen=True)
class Catalog:
    """Everything that a tree holds, read for one release."""

    behaviours: Behaviours
    dialect: str
    tree: Tree = field(repr=False)
    environment: Environment = field(repr=False)
    backends: Mapping[str, Backend] = field(repr=False)
    specs: tuple[ModelSpec, ...] = field(repr=False)
    profiles: Mapping[str, Profile] = field(repr=False)
    active: str | None
    active_place: Place | None = field(repr=False)
    families: Mapping[str, Family] = field(repr=False)
    settings: DeckSettings
    settings_places: Mapping[str, Place] = field(repr=False)
    remote: frozenset[str]
    backend_problems: tuple[Problem, ...] = field(repr=False)
    routing_problems: tuple[Problem, ...] = field(repr=False)
    deck_problems: tuple[Problem, ...] = field(repr=False)
    parts: Mapping[str, ParsedBackend] = field(repr=False)
    """What each backend's table and file gave."""
    asked: str | None = None
    """The profile to answer for as if it were active, where one was asked for."""

    @property
    def release(self) -> Release:
        return self.behaviours.release

    @property
    def profile(self) -> Profile | None:
        """The active profile, if there is one of that name."""
        return self.profiles.get(self.active) if self.active is not None else None

    @cached_property
    def enabled(self) -> tuple[str, ...]:
        """The names of the backends that are on, in file order."""
        return tuple(name for name, backend in self.backends.items() if backend.enabled)

    @cached_property
    def routes(self) -> RouteTable | None:
        """The active profile's routes, ready to match names."""
        return RouteTable(self.profile, self.enabled, self.behaviours) if self.profile is not None else None

    @cached_property
    def declared(self) -> Mapping[str, tuple[ModelSpec, ...]]:
        """Every handle that any backend declares, on or off, with its specs in file order."""
        found: dict[str, list[ModelSpec]] = {}
        for spec in self.specs:
            found.setdefault(spec.handle, []).append(spec)
        return {handle: tuple(specs) for handle, specs in found.items()}

    @cached_property
    def specs_by_backend(self) -> Mapping[str, tuple[ModelSpec, ...]]:
        """Each backend's specs in file order."""
        return {name: self.parts[name].specs if name in self.parts else () for name in self.backends}

    def variables_of(self, backend: str) -> tuple[str, ...]:
        """The names of the variables that a backend's table and file refer to."""
        return self._variables.get(backend, ())

    def placeholders_of(self, backend: str) -> tuple[Placeholder, ...]:
        """The placeholders in a backend's table and file, in order."""
        return self._placeholders.get(backend, ())

    def wanting(self, backend: str) -> tuple[str, ...]:
        """The variables for want of which a placeholder of a backend cannot be filled, or not with a real value."""
        unfilled = (item for item in self.placeholders_of(backend) if self.environment.state(item) is not State.SET)
        names = dict.fromkeys(part.name for placeholder in unfilled for part in placeholder.parts)
        return tuple(name for name in names if self.environment.variable(name).state is not State.SET)

    def key_state(self, backend: str) -> State | None:
        """The worst state among what fills a backend's placeholders; None when it has none.

        In a list such as `${env:A|secret:B}` only the part that is taken counts.
        """
        states = {self.environment.state(placeholder) for placeholder in self.placeholders_of(backend)}
        return next((state for state in _WORST_FIRST if state in states), None)

    @cached_property
    def _variables(self) -> Mapping[str, tuple[str, ...]]:
        return {
            name: tuple(dict.fromkeys(part.name for placeholder in found for part in placeholder.parts))
            for name, found in self._placeholders.items()
        }

    @cached_property
    def _placeholders(self) -> Mapping[str, tuple[Placeholder, ...]]:
        known: Mapping[str, tuple[Placeholder, ...]] = self.__dict__.get("_placeholders_known", {})
        out = {}
        for name, backend in self.backends.items():
            if name in known:
                out[name] = known[name]
                continue
            source = self.tree.specs.get(name)
            # Scanning a backend file's values costs; a text without "${" has no placeholder at all.
            data = source.data if source is not None and "${" in (source.document.text or "") else None
            out[name] = placeholders_in((backend.fields, data))
        return out


_WORST_FIRST = (State.MISSING, State.EMPTY, State.PLACEHOLDER, State.SET)


def read_catalog(
    tree: Tree,
    behaviours: Behaviours,
    environment: Environment,
    *,
    dialect: str,
    profile: str | None = None,
    earlier: Catalog | None = None,
) -> Catalog:
    """Read a tree for one release. Collects every problem of loading, in that release's order; never raises.

    `earlier` is the same tree as it was read before, with the same behaviours and variables: what has not changed since
    is taken over, and can be told by identity.
    """
    if earlier is not None:
        tree = kept_tree(tree, earlier.tree)
    backends = read_backends(tree, environment, behaviours, earlier.parts if earlier is not None else None)
    known_routing = _earlier_routing(tree, profile, earlier) if earlier is not None else None
    profiles = earlier.profiles if earlier is not None else None
    routing = known_routing or read_routing(tree, behaviours, profile=profile, earlier=profiles)
    deck = (_earlier_deck(tree, earlier) if earlier is not None else None) or read_deck(tree, behaviours)
    catalog = Catalog(
        behaviours=behaviours,
        dialect=dialect,
        tree=tree,
        environment=environment,
        backends=backends.backends,
        specs=backends.specs,
        profiles=routing.profiles,
        active=routing.active,
        active_place=routing.active_place,
        families=deck.families,
        settings=_settings(tree, behaviours),
        settings_places=deck.settings_places,
        remote=earlier.remote if earlier is not None and earlier.remote == backends.remote else backends.remote,
        backend_problems=backends.problems,
        routing_problems=routing.problems,
        deck_problems=deck.problems,
        parts=backends.parts,
        asked=profile,
    )
    if earlier is not None:
        _take_over(catalog, earlier)
    return catalog


def _take_over(catalog: Catalog, earlier: Catalog) -> None:
    """Put in place what an earlier catalog has worked out already, as far as it holds here too."""
    routes = earlier.__dict__.get("routes")
    if catalog.profile is earlier.profile and catalog.enabled == earlier.enabled:
        # What a profile does with names depends on nothing else.
        if routes is not None:
            catalog.__dict__["routes"] = routes
    elif catalog.routes is not None and routes is not None:
        catalog.routes.learn(routes)
    placeholders = earlier.__dict__.get("_placeholders", {})
    catalog.__dict__["_placeholders_known"] = {
        name: placeholders[name]
        for name, part in catalog.parts.items()
        if name in placeholders and part is earlier.parts.get(name)
    }
    renewed = renewed_specs(catalog, earlier)
    if renewed is not None and "declared" in earlier.__dict__:
        declared = dict(earlier.declared)
        for old, new in renewed:
            declared[old.handle] = tuple(new if spec is old else spec for spec in declared[old.handle])
        catalog.__dict__["declared"] = declared


def renewed_specs(catalog: Catalog, earlier: Catalog) -> list[tuple[ModelSpec, ModelSpec]] | None:
    """The models that were read anew, as they were and as they are; None where other names are declared than before.

    That is so when a backend, a handle or a type is new, gone, or at another place among the others.
    """
    if len(catalog.specs) != len(earlier.specs) or list(catalog.parts) != list(earlier.parts):
        return None
    numbers = compress(count(), map(is_not, catalog.specs, earlier.specs))
    renewed = [(earlier.specs[at], catalog.specs[at]) for at in numbers]
    same = all(
        old.backend == new.backend and old.handle == new.handle and old.model_type == new.model_type
        for old, new in renewed
    )
    return renewed if same else None


def _earlier_routing(tree: Tree, profile: str | None, earlier: Catalog) -> ParsedRouting | None:
    if tree.routing is not earlier.tree.routing or profile != earlier.asked:
        return None
    return ParsedRouting(earlier.profiles, earlier.active, earlier.active_place, earlier.routing_problems)


def _earlier_deck(tree: Tree, earlier: Catalog) -> ParsedDeck | None:
    if not tree.deck.sources:
        return None
    known = ParsedDeck(earlier.families, earlier.deck_problems, earlier.settings_places)
    if tree.deck is earlier.tree.deck:
        return known
    changed = document_changed(tree.deck, earlier.tree.deck)
    return read_deck(tree, earlier.behaviours, known, changed) if changed is not None else None


def deck_settings_table(tree: Tree, behaviours: Behaviours) -> tuple[Mapping[str, object], Path]:
    """The deck's section of `pipelex.toml` and its key path; from 0.46 on the older name is still taken."""
    current = behaviours.deck_settings_section
    names = [current] if current else []
    if current and current != FORMER_SETTINGS_SECTION:
        names.append(FORMER_SETTINGS_SECTION)
    for name in names:
        node: object = tree.settings.data
        path = tuple(name.split("."))
        for key in path:
            node = node.get(key) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping):
            return node, path
    return {}, ()


FORMER_SETTINGS_SECTION = "cogt.model_deck_config"


def _settings(tree: Tree, behaviours: Behaviours) -> DeckSettings:
    """What `pipelex.toml` says about the deck; Pipelex's own defaults otherwise."""
    section, _ = deck_settings_table(tree, behaviours)
    fall_back = section.get("is_model_fallback_enabled", True)
    reaction = section.get("missing_presets_reaction", "log")
    return DeckSettings(
        waterfalls_fall_back=fall_back if isinstance(fall_back, bool) else True,
        missing_presets=reaction if isinstance(reaction, str) else "log",
    )
