"""What the panes and the inspector ask of one report, looked up once: indexes over it, and nothing that can change."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.dialects.deck_shape import family_of
from core.entities import GLOBAL, Location, ModelSpec
from core.problems import Check, Problem, Severity
from core.resolution import Resolution, Status
from core.routing import DEFAULT, FALLBACK
from core.variables import Variable
from tui.checks.live import Heard, Live
from tui.route_facts import RouteFact, route_facts
from tui.things import Thing
from tui.widgets.rows import Row
from tui.words import plain, where

if TYPE_CHECKING:
    from core.catalogue import Offer
    from core.defaults import Default

_HEARD = ("causes", "problems", "severities", "_behind", "_about")
"""What depends on what was heard of the providers."""

MANY_MODELS = 1500
MANY_NAMES = 3000
MANY_FILES = 500
MUCH_TEXT = 1024 * 1024


class Facts:
    """Indexes over a report. Everything is worked out when it is first asked for, and then kept."""

    def __init__(self, report: Report, active: str | None) -> None:
        self.report = report
        self.catalog = report.catalog
        self.active = active
        """The profile that the tree itself makes active."""
        self.live = Live()
        """What asking the providers said: the session's, which changes as answers come."""
        self.heard = Heard(report, {})
        """The report with what was heard of the providers until now: it is what is shown of problems."""
        self.kept: dict[object, object] = {}
        """What the list of models has worked out of this report: lists that are narrowed again and again."""
        self._lists: dict[str, Sequence[Row]] = {}
        self._counts: dict[str | None, tuple[int, int]] = {}
        found = self.catalog.tree.found
        inside = found.inference.removeprefix(found.project.rstrip("/") + "/")
        self.folder = inside if inside != found.inference else ""

    def hearing(self, heard: Heard) -> Facts:
        """The same facts with what was heard of the providers; what does not depend on that is not worked out again."""
        if not heard.results and not self.heard.results:
            return self
        other = copy.copy(self)
        other.heard = heard
        other.kept = {}
        other._lists = {}
        for name in _HEARD:
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def large(self) -> bool:
        """Whether working anything out takes longer than a key may: then it is done in a thread."""
        sources = self.catalog.tree.sources
        return (
            len(self.catalog.specs) >= MANY_MODELS
            or len(self.report.resolutions) >= MANY_NAMES
            or len(sources) >= MANY_FILES
            or sum(len(source.document.text or "") for source in sources) >= MUCH_TEXT
        )

    def work_out(self) -> None:
        """Work out what the lists and the inspector ask for, so that no key waits for it."""
        _ = (self.problems, self.severities, self.dead, self._users, self._about, self._behind)
        for source in self.catalog.tree.sources:
            source.positions.nearest(())

    def listed(self, name: str, make: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        """The rows of a list, made once; what was heard of providers has an age, so with that they are made anew."""
        if self.heard.results:
            return make()
        if name not in self._lists:
            self._lists[name] = make()
        return self._lists[name]

    # References.

    @cached_property
    def references(self) -> Mapping[Thing, Resolution]:
        """Every reference of the tree by the thing it is."""
        out: dict[Thing, Resolution] = {}
        for resolution in self.report.resolutions:
            out.setdefault(Thing(resolution.kind.value, resolution.family, resolution.name), resolution)
        return out

    @cached_property
    def models(self) -> Mapping[Thing, Resolution]:
        """The handles of the tree."""
        return {thing: found for thing, found in self.references.items() if thing.kind == "model"}

    @cached_property
    def deck(self) -> Mapping[Thing, Resolution]:
        """Presets, aliases, waterfalls and choices: presets first, as they are what methods name."""
        order = {"preset": 0, "choice": 1, "alias": 2, "waterfall": 3}
        found = [(thing, item) for thing, item in self.references.items() if thing.kind != "model"]
        return dict(sorted(found, key=lambda pair: order[pair[0].kind]))

    def reference(self, kind: str, family: str, name: str) -> Thing | None:
        """The thing that a name means to a reference of a family: its own family's, else the common one."""
        for space in (family, GLOBAL):
            thing = Thing(kind, space, name)
            if thing in self.references:
                return thing
        if kind == "model":
            return next((thing for thing in self.models if thing.name == name), None)
        return None

    def spec_of(self, thing: Thing) -> ModelSpec | None:
        """The spec to show for a handle: the one that serves it, else the first that declares it."""
        resolution = self.references.get(thing)
        if resolution is not None and resolution.spec is not None:
            return resolution.spec
        return next(iter(self.declaring(thing)), None)

    def declaring(self, thing: Thing) -> tuple[ModelSpec, ...]:
        """Every spec of a handle, on whichever backend."""
        specs = self.catalog.declared.get(thing.name, ())
        same = tuple(spec for spec in specs if self.model_thing(spec) == thing)
        return same or specs

    def model_thing(self, spec: ModelSpec) -> Thing:
        """The handle that a spec declares."""
        return Thing("model", family_of(spec.model_type, self.catalog.behaviours), spec.handle)

    @cached_property
    def _users(self) -> Mapping[tuple[str, str], tuple[Thing, ...]]:
        found: dict[tuple[str, str], dict[Thing, None]] = {}
        for thing, resolution in self.deck.items():
            for hop in resolution.hops[1:]:
                found.setdefault((hop.kind.value, hop.name), {})[thing] = None
        return {key: tuple(things) for key, things in found.items()}

    def users(self, thing: Thing) -> tuple[Thing, ...]:
        """The names of the deck whose trail passes here."""
        found = self._users.get((thing.kind, thing.name), ())
        return tuple(user for user in found if thing.family in (user.family, GLOBAL) and user != thing)

    # The catalogue is imported when it is first asked for, which is after the first picture.

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Every model of every backend."""
        from core.catalogue import offers

        return offers(self.report)

    @cached_property
    def defaults(self) -> tuple[Default, ...]:
        """What a pipe gets that names no model, for each kind of work."""
        from core.defaults import defaults

        return defaults(self.report)

    # Backends.

    @cached_property
    def served_by(self) -> Mapping[str, int]:
        """How many handles each backend serves."""
        return Counter(spec.backend for spec in self.report.serving.served.values())

    def variables(self, backend: str) -> tuple[Variable, ...]:
        """The variables that a backend refers to, with their states."""
        return tuple(self.catalog.environment.variable(name) for name in self.catalog.variables_of(backend))

    def served_of(self, backend: str | None) -> tuple[int, int]:
        """How many handles are served, and of how many: of one backend's, or of all."""
        if backend not in self._counts:
            things = set(self.models)
            if backend is not None:
                things &= {self.model_thing(spec) for spec in self.catalog.specs_by_backend.get(backend, ())}
            self._counts[backend] = sum(self.models[one].spec is not None for one in things), len(things)
        return self._counts[backend]

    # Routes.

    @cached_property
    def routes(self) -> Mapping[Thing, RouteFact]:
        """The rules of the profile that is looked at, in the order in which they are tried."""
        return {fact.thing: fact for fact in route_facts(self.catalog, self.report.serving)}

    def route(self, name: str, backend: str) -> Thing | None:
        """The rule that a step of a trail names: by its pattern, or by `(default)` and the like and its backend."""
        for thing, fact in self.routes.items():
            if fact.pattern == name or (name == "(default)" and thing.family == "default"):
                return thing
        if name in (f"({FALLBACK})", f"({DEFAULT})"):
            return next((t for t, f in self.routes.items() if t.family == "fallback" and f.backend == backend), None)
        return None

    # Problems.

    @cached_property
    def causes(self) -> Mapping[Thing, Cause]:
        """The causes by the thing each is."""
        return {Thing("cause", "", cause.key): cause for cause in self.heard.report.causes}

    @cached_property
    def problems(self) -> Mapping[Thing, Problem]:
        """Every problem by a name that stays the same as long as the problem does."""
        out: dict[Thing, Problem] = {}
        for problem in self.heard.report.problems:
            name = f"{problem.code} {problem.location or ''} {problem.message}"
            thing = Thing("problem", "", name)
            number = 1
            while thing in out:
                number += 1
                thing = Thing("problem", str(number), name)
            out[thing] = problem
        return out

    def is_heard(self, thing: Thing) -> bool:
        """Whether a thing is a problem that a provider told of when it was asked."""
        return thing.kind == "problem" and thing in self.problems and self.heard.of(self.problems[thing]) is not None

    @cached_property
    def _behind(self) -> Mapping[str, tuple[Thing, ...]]:
        out: dict[str, list[Thing]] = {}
        for thing, problem in self.problems.items():
            if problem.severity is not Severity.INFO:
                out.setdefault(problem.cause or f"{problem.code} {problem.message}", []).append(thing)
        return {key: tuple(things) for key, things in out.items()}

    def problems_behind(self, cause: Cause) -> tuple[Thing, ...]:
        """The problems that a cause gathers."""
        return self._behind.get(cause.key, ())

    @cached_property
    def _about(self) -> Mapping[Thing, tuple[Thing, ...]]:
        out: dict[Thing, list[Thing]] = {}
        for thing, problem in self.problems.items():
            subject = self.subject(problem)
            if subject is not None:
                out.setdefault(subject, []).append(thing)
        return {thing: tuple(found) for thing, found in out.items()}

    def problems_of(self, thing: Thing) -> tuple[Thing, ...]:
        """The problems that are about a thing."""
        return self._about.get(thing, ())

    def subject(self, problem: Problem) -> Thing | None:
        """The thing that a problem is about, where one is listed."""
        if problem.reference is not None:
            return self.reference(*problem.reference)
        subject = problem.subject or ""
        if problem.check is Check.ROUTING:
            return next((t for t, f in self.routes.items() if f.pattern == subject), None) or self._backend(subject)
        if problem.check is Check.MODELS:
            return self._model_at(subject, problem.location) or self._backend(subject)
        if problem.check is Check.BACKENDS:
            return self._backend(subject) or self._backend_at(problem.location)
        return next((thing for thing in self.deck if thing.name == subject), None)

    def _backend(self, name: str) -> Thing | None:
        return Thing("backend", "", name) if name in self.catalog.backends else None

    def _backend_at(self, location: Location | None) -> Thing | None:
        """The backend whose table a place is in."""
        if location is None:
            return None
        table = location.key.split(".")[0].strip("\"'")
        return self._backend(table)

    def _model_at(self, handle: str, location: Location | None) -> Thing | None:
        specs = self.catalog.declared.get(handle, ())
        for spec in specs:
            if location is None or location.file.endswith(f"/{spec.backend}.toml"):
                return self.model_thing(spec)
        return self.model_thing(specs[0]) if specs else None

    # Counts and words.

    @cached_property
    def severities(self) -> tuple[int, int]:
        """How many causes are errors, and how many are warnings."""
        causes = self.heard.report.causes
        errors = sum(1 for cause in causes if cause.severity is Severity.ERROR)
        return errors, len(causes) - errors

    @cached_property
    def dead(self) -> int:
        """How many names of the deck are dead."""
        return sum(1 for item in self.deck.values() if item.status is Status.DEAD)

    def where(self, location: Location | None) -> str:
        """A place as file and line, the file as it is called within the tree."""
        return where(location, self.folder)

    def told(self, sentence: str) -> str:
        """A sentence of `core` for the screen, files in it as they are called within the tree."""
        words = plain(sentence)
        return words.replace(f"{self.folder}/", "") if self.folder else words

    def exists(self, thing: Thing) -> bool:
        """Whether the report has such a thing."""
        holders: Mapping[str, Mapping[Thing, object]] = {
            "route": self.routes,
            "cause": self.causes,
            "problem": self.problems,
        }
        if thing.kind == "overview":
            return True
        if thing.kind == "backend":
            return thing.name in self.catalog.backends
        if thing.kind == "profile":
            return thing.name in self.catalog.profiles
        return thing in holders.get(thing.kind, self.references)

    def title(self, thing: Thing) -> str:
        """What a thing is called: a reference as it is written, a problem by its message."""
        if thing in self.references:
            return self.references[thing].reference
        if thing in self.routes:
            return self.routes[thing].pattern
        if thing in self.causes:
            return self.causes[thing].title
        if thing in self.problems:
            return self.problems[thing].message
        return thing.name
