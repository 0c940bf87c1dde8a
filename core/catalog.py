"""The catalog: a tree as one release reads it, frozen and free of dialects, every value with its location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property

from core.dialects.backend_reader import ParsedBackend, ParsedBackends, read_backends
from core.dialects.deck_reader import ParsedDeck, read_deck
from core.dialects.routing_reader import ParsedRouting, read_routing
from core.entities import Backend, DeckSettings, Family, ModelSpec, Place, Profile
from core.files.tree_reader import Tree
from core.installation import Installation
from core.installation.readiness import Readiness, readiness_of
from core.problems import Problem
from core.records import dataclass
from core.releases import Behaviours, Release
from core.routing import RouteTable
from core.settings.in_force import SettingsInForce, settings_in_force
from core.suggest import difference, near
from core.variables import Environment, Placeholder, State, placeholders_in

Key = tuple[str, str]
"""The type and the handle of a model."""


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
    settings_in_force: SettingsInForce = field(repr=False)
    """The settings of `pipelex.toml` and its layers, as the release validates them."""
    settings_places: Mapping[str, Place] = field(repr=False)
    remote: frozenset[str]
    backend_problems: tuple[Problem, ...] = field(repr=False)
    routing_problems: tuple[Problem, ...] = field(repr=False)
    deck_problems: tuple[Problem, ...] = field(repr=False)
    parts: Mapping[str, ParsedBackend] = field(repr=False)
    """The contents of each backend's table and file."""
    routes: RouteTable | None = field(repr=False)
    """The active profile's routes, ready to match names."""
    declared: Mapping[str, tuple[ModelSpec, ...]] = field(repr=False)
    """Every handle that any backend declares, on or off, with its specs in file order."""
    models: Mapping[Key, Key] = field(repr=False)
    """Type and handle of every declared model, under its key in `Serving`; the same object while no name changes."""
    installation: Installation | None = field(default=None, repr=False)
    """The Pipelex that will run the project; None where it is unknown."""
    assumed_profile: str | None = None
    """The profile to assume active instead of the file's, if any."""

    @property
    def release(self) -> Release:
        return self.behaviours.release

    @property
    def own_active(self) -> str | None:
        """The name that the tree itself makes active, whichever profile is assumed."""
        named = self.tree.routing.data.get("active")
        return named if isinstance(named, str) else None

    @property
    def backends_unread(self) -> Problem | None:
        """The problem for which no backend could be read; None where there are backends, or none are written."""
        return self.backend_problems[0] if not self.backends and self.backend_problems else None

    @property
    def profile(self) -> Profile | None:
        """The active profile, if there is one of that name."""
        return self.profiles.get(self.active) if self.active is not None else None

    @cached_property
    def enabled(self) -> tuple[str, ...]:
        """The names of the backends that are on, in file order."""
        return tuple(name for name, backend in self.backends.items() if backend.enabled)

    @cached_property
    def specs_by_backend(self) -> Mapping[str, tuple[ModelSpec, ...]]:
        """Each backend's specs in file order."""
        return {name: self.parts[name].specs if name in self.parts else () for name in self.backends}

    @cached_property
    def readiness(self) -> Readiness:
        """The workers of the release, and the packages that the installation has for them."""
        return readiness_of(self.release, self.installation, self.settings_in_force.disabled)

    @cached_property
    def uninstalled(self) -> frozenset[tuple[str, str, str]]:
        """The type, sdk and backend of models whose call finds no worker, or lacks a package that it imports."""
        calls = frozenset[tuple[str, str, str]]().union(*(part.calls for part in self.parts.values()))
        readiness = self.readiness
        return frozenset(
            (model_type, sdk, backend)
            for model_type, sdk, backend in calls
            if readiness.is_unregistered(model_type, sdk) or readiness.missing_packages(model_type, sdk, backend)
        )

    def is_installed(self, spec: ModelSpec) -> bool:
        """Whether a call of a model finds its worker and the packages that this imports, as far as known here."""
        return not self.uninstalled or (spec.model_type, spec.sdk, spec.backend) not in self.uninstalled

    @cached_property
    def misnamed(self) -> Mapping[str, str]:
        """Headers of `backends.toml` and files of backends under another name than was meant, with that name.

        The headers are without a file, and a file that no header names differs little from one of them.
        Where routes use the name of the header, the file is misnamed: its key here is its name with `.toml`.
        """
        orphans = [name for name in self.tree.specs if name not in self.backends]
        profiles = self.profiles.values()
        used = {route.backend for profile in profiles for route in profile.routes} | {item.default for item in profiles}
        result: dict[str, str] = {}
        for name in (name for name in self.enabled if orphans and name not in self.tree.specs):
            inner = [key for key, value in self.backends[name].fields.items() if isinstance(value, Mapping)]
            alike = [orphan for orphan in orphans if difference(name, orphan) or difference(orphan, name)]
            alike = alike or [orphan for orphan in near(name, orphans) if not orphan.endswith("_override")]
            if name in ("backends", "backend"):
                result.update((f"{name}.{key}", key) for key in inner)
            elif len(alike) == 1:
                renames_file = name in used and alike[0] not in used
                result |= {f"{alike[0]}.toml": f"{name}.toml"} if renames_file else {name: alike[0]}
        return result

    def variables_of(self, backend: str) -> tuple[str, ...]:
        """The names of the variables that a backend's table and file refer to."""
        return tuple(dict.fromkeys(part.name for item in self.placeholders_of(backend) for part in item.parts))

    def placeholders_of(self, backend: str) -> tuple[Placeholder, ...]:
        """The placeholders in a backend's table and file, in order."""
        part = self.parts.get(backend)
        return part.placeholders if part is not None else ()

    def wanting(self, backend: str) -> tuple[str, ...]:
        """The variables that leave a placeholder of a backend without a real value."""
        unfilled = (item for item in self.placeholders_of(backend) if self.environment.state(item) is not State.SET)
        names = dict.fromkeys(part.name for placeholder in unfilled for part in placeholder.parts)
        return tuple(name for name in names if self.environment.variable(name).state is not State.SET)

    def key_state(self, backend: str) -> State | None:
        """The worst state among what fills a backend's placeholders; None when it has none.

        In a list such as `${env:A|secret:B}` only the alternative in use counts.
        """
        states = {self.environment.state(placeholder) for placeholder in self.placeholders_of(backend)}
        return next((state for state in _WORST_FIRST if state in states), None)


def misnamed(catalog: Catalog, backend: str) -> tuple[str, str] | None:
    """The cause and the fix where a backend has a misnamed header or file; `backend` is its wrong or right name."""
    for wrong, right in catalog.misnamed.items():
        if wrong.startswith(("backends.", "backend.")) and backend in (wrong.partition(".")[0], right):
            why = f"[{wrong}] in backends.toml: each backend is a table of its own"
            return f"said {why}", f"write [{right}]"
        names = {wrong, right} if not wrong.endswith(".toml") else {wrong[:-5], right[:-5]}
        if backend in names and wrong.endswith(".toml"):
            hint = difference(wrong[:-5], right[:-5]).partition(":")[0] or _SPELLING
            return f"said the file {wrong} is not {right}: {hint}", f"rename {wrong} to {right}"
        if backend in names:
            hint = (difference(wrong, right) or difference(right, wrong)).partition(": write")[0] or _SPELLING
            return f"said [{wrong}] in backends.toml is not `{right}`: {hint}", f"write [{right}]"
    return None


_SPELLING = "the spelling differs"
_WORST_FIRST = (State.MISSING, State.EMPTY, State.UNKNOWN, State.PLACEHOLDER, State.SET)


def read_catalog(
    tree: Tree,
    behaviours: Behaviours,
    environment: Environment,
    *,
    dialect: str,
    profile: str | None = None,
    installation: Installation | None = None,
) -> Catalog:
    """Read a tree for one release. Collects every problem of loading, in that release's order; never raises."""
    settings = settings_in_force(tree.settings, behaviours.release, "pipelex")
    environment = with_secrets(environment, tree, settings)
    backends = read_backends(tree, environment, behaviours)
    routing = read_routing(tree, behaviours, profile=profile)
    deck = read_deck(tree, behaviours)
    return assemble(
        tree,
        behaviours,
        environment,
        dialect,
        profile,
        backends,
        routing,
        deck,
        settings,
        installation=installation,
    )


def with_secrets(environment: Environment, tree: Tree, settings: SettingsInForce) -> Environment:
    """The environment with the secrets of a tree unknown where the settings name a plugin's method for them."""
    if settings.secrets_method is None:
        return environment if not environment.secrets_elsewhere else environment.without_secrets_elsewhere()
    data = (tree.backends.data, *(source.data for source in tree.specs.values()))
    return environment.with_secrets_elsewhere(placeholders_in(data))


def assemble(
    tree: Tree,
    behaviours: Behaviours,
    environment: Environment,
    dialect: str,
    profile: str | None,
    backends: ParsedBackends,
    routing: ParsedRouting,
    deck: ParsedDeck,
    settings: SettingsInForce,
    *,
    installation: Installation | None = None,
    declared: Mapping[str, tuple[ModelSpec, ...]] | None = None,
    models: Mapping[Key, Key] | None = None,
    previous: RouteTable | None = None,
) -> Catalog:
    """The catalog of the readings. `declared` and `models` are computed from the specs where they are None."""
    return Catalog(
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
        settings=_settings(settings, behaviours),
        settings_in_force=settings,
        settings_places=deck.settings_places,
        remote=backends.remote,
        backend_problems=backends.problems,
        routing_problems=routing.problems,
        deck_problems=deck.problems,
        parts=backends.parts,
        routes=_route_table(backends.backends, routing, behaviours, previous),
        declared=declared if declared is not None else _by_handle(backends.specs),
        models=models if models is not None else _models(backends.specs, behaviours),
        installation=installation,
        assumed_profile=profile,
    )


def with_routing(catalog: Catalog, routing: ParsedRouting) -> Catalog:
    """The catalog with another reading of its routing."""
    return replace(
        catalog,
        profiles=routing.profiles,
        active=routing.active,
        active_place=routing.active_place,
        routing_problems=routing.problems,
        routes=_route_table(catalog.backends, routing, catalog.behaviours, catalog.routes),
    )


def _route_table(
    backends: Mapping[str, Backend], routing: ParsedRouting, behaviours: Behaviours, previous: RouteTable | None
) -> RouteTable | None:
    profile = routing.profiles.get(routing.active) if routing.active is not None else None
    if profile is None:
        return None
    enabled = tuple(name for name, backend in backends.items() if backend.enabled)
    if previous is not None and previous.profile is profile and previous.enabled == enabled:
        return previous
    return RouteTable(profile, enabled, behaviours, previous)


def _by_handle(specs: Iterable[ModelSpec]) -> dict[str, tuple[ModelSpec, ...]]:
    handles: dict[str, list[ModelSpec]] = {}
    for spec in specs:
        handles.setdefault(spec.handle, []).append(spec)
    return {handle: tuple(group) for handle, group in handles.items()}


def _models(specs: Iterable[ModelSpec], behaviours: Behaviours) -> dict[Key, Key]:
    typed = behaviours.index == "type and name"
    models: dict[Key, Key] = {}
    for spec in specs:
        key = (spec.model_type, spec.handle)
        models.setdefault(key if typed else ("", spec.handle), key)
    return models


def _settings(in_force: SettingsInForce, behaviours: Behaviours) -> DeckSettings:
    """The deck settings of `pipelex.toml`, else the defaults of Pipelex."""
    section: object = in_force.data if behaviours.deck_settings_section else {}
    for key in behaviours.deck_settings_section.split("."):
        section = section.get(key, {}) if isinstance(section, Mapping) else {}
    values = section if isinstance(section, Mapping) else {}
    fall_back = values.get("is_model_fallback_enabled", True)
    reaction = values.get("missing_presets_reaction", "log")
    return DeckSettings(
        waterfalls_fall_back=fall_back if isinstance(fall_back, bool) else True,
        missing_presets=reaction if isinstance(reaction, str) else "log",
    )
