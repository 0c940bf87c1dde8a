"""The view model: indexes over one report, for the panes, the inspector and the pages."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.dialects.deck_schema import family_of
from core.entities import GLOBAL, Location, ModelSpec
from core.problems import Check, Problem
from core.resolution import Resolution, Status
from core.route_check import Rule, rules
from core.routing import DEFAULT, FALLBACK
from core.safe_text import safe
from core.variables import Variable
from tui.labels import location_text, plain
from tui.live import Live, LiveResults, ProblemIndex
from tui.selection import ItemRef
from tui.widgets.table_model import Row

if TYPE_CHECKING:
    from core.catalogue import Offer
    from core.defaults import Default
    from core.explain import Explanation
    from core.lives.lives import Lives
    from core.pipes import PipeAnswer, PipeCall
    from core.upgrade.marks import DriftMarks

    ShownModel = tuple[ItemRef, Resolution, ModelSpec | None]

MANY_MODELS = 1500
MANY_NAMES = 3000
MANY_FILES = 500
MUCH_TEXT = 1024 * 1024


class ViewModel:
    """Indexes over a report and its live results. Each is built at its first use."""

    def __init__(self, report: Report, active: str | None) -> None:
        self.report = report
        self.catalog = report.catalog
        self.active = active
        """The profile that the tree itself makes active."""
        self.live = Live()
        """The check results of the session, which change as answers come."""
        self.live_results = LiveResults(report, {})
        """The report with the check results so far: its problems are shown."""
        self._problem_index = ProblemIndex(self.live_results)
        self._informed = report
        self.marks: DriftMarks | None = None
        """What differs from the kit of the installed Pipelex; None until it is known, or without one."""
        self._forget()
        self._counts: dict[str | None, tuple[int, int]] = {}
        paths = self.catalog.tree.paths
        folder = paths.inference.removeprefix(paths.project.rstrip("/") + "/")
        self.folder = folder if folder != paths.inference else ""
        """The inference folder relative to the project; empty outside of it."""

    def with_live_results(self, live_results: LiveResults) -> ViewModel:
        """The same view model with other live results; what does not depend on them is reused."""
        if live_results.report is self.report and self.live_results.report is self.report:
            return self
        view = copy.copy(self)
        view.live_results = live_results
        view._problem_index = ProblemIndex(live_results)
        view._forget()
        return view

    def with_marks(self, marks: DriftMarks | None) -> ViewModel:
        """The same view model with the marks of drift."""
        view = copy.copy(self)
        view.marks = marks
        view._forget()
        return view

    @property
    def lives(self) -> Lives | None:
        """What the index says about the models; live checks that list a model count."""
        return self.live_results.report.lives

    @property
    def listed_report(self) -> Report:
        """The report to make proposals from: without the problems of live checks, with the models that they list."""
        if self._informed.knowledge is not self.live_results.report.knowledge:
            self._informed = self.report.with_knowledge(self.live_results.report.knowledge)
        return self._informed

    def _forget(self) -> None:
        """Start with empty caches."""
        self.__dict__.pop("offers", None)  # what live checks list counts in it
        self.model_rows: dict[object, Row] = {}
        """Rows of the list of models, by all that they show."""
        self.shown_models: tuple[object, Sequence[ShownModel]] | None = None
        """The last filter of the list of models, and the models that pass it."""
        self.explained: tuple[ItemRef, Explanation] | None = None
        """The last explanation."""
        self._lists: dict[str, Sequence[Row]] = {}

    @cached_property
    def large(self) -> bool:
        """Whether the indexes take longer to build than a key may: then a thread builds them."""
        sources = self.catalog.tree.sources
        return (
            len(self.catalog.specs) >= MANY_MODELS
            or len(self.report.resolutions) >= MANY_NAMES
            or len(sources) >= MANY_FILES
            or sum(len(source.document.text or "") for source in sources) >= MUCH_TEXT
        )

    def work_out(self) -> None:
        """Build the indexes of the lists and the inspector, so that no key waits for them."""
        index = self._problem_index
        _ = (index.severities, index.by_cause, index.by_subject(self.subject), self.dead, self._users)
        for source in self.catalog.tree.sources:
            source.positions.nearest(())

    def listed(self, name: str, make: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        """The rows of a list, from a cache unless there are live results, whose ages change."""
        if self.live_results.results:
            return make()
        if name not in self._lists:
            self._lists[name] = make()
        return self._lists[name]

    # References.

    @cached_property
    def references(self) -> Mapping[ItemRef, Resolution]:
        """Every reference of the tree by item."""
        references: dict[ItemRef, Resolution] = {}
        for resolution in self.report.resolutions:
            references.setdefault(ItemRef(resolution.kind.value, resolution.family, resolution.name), resolution)
        for ref, answer in self.pipes.items():
            if (followed := self.followed(answer.worst)) is not None:
                references[ref] = followed
        return references

    @cached_property
    def pipes(self) -> Mapping[ItemRef, PipeAnswer]:
        """The pipes of the methods that use a model; none until the methods are read."""
        return {ItemRef("pipe", item.pipe.source.shown, item.pipe.code): item for item in self.report.pipes}

    def followed(self, call: PipeCall) -> Resolution | None:
        """The resolution of a pipe's call, in the family of the deck that it passes."""
        resolution, named = call.resolution, call.named
        return replace(resolution, family=named.family) if resolution is not None and named is not None else None

    @cached_property
    def models(self) -> Mapping[ItemRef, Resolution]:
        """The handles of the tree."""
        return {ref: resolution for ref, resolution in self.references.items() if ref.kind == "model"}

    @cached_property
    def deck(self) -> Mapping[ItemRef, Resolution]:
        """Presets, choices, aliases and waterfalls, in this order: methods name presets."""
        order = {"preset": 0, "choice": 1, "alias": 2, "waterfall": 3}
        names = [(ref, resolution) for ref, resolution in self.references.items() if ref.kind in order]
        return dict(sorted(names, key=lambda pair: order[pair[0].kind]))

    def reference(self, kind: str, family: str, name: str) -> ItemRef | None:
        """The item that a reference of a family names: an item of that family, else one without a family."""
        for space in (family, GLOBAL):
            ref = ItemRef(kind, space, name)
            if ref in self.references:
                return ref
        if kind == "model":
            return next((ref for ref in self.models if ref.name == name), None)
        return None

    def spec_of(self, ref: ItemRef) -> ModelSpec | None:
        """The spec of a handle: the served one, else the first declared."""
        resolution = self.references.get(ref)
        if resolution is not None and resolution.spec is not None:
            return resolution.spec
        return next(iter(self.declaring(ref)), None)

    def declaring(self, ref: ItemRef) -> tuple[ModelSpec, ...]:
        """Every spec of a handle, of all backends."""
        specs = self.catalog.declared.get(ref.name, ())
        same = tuple(spec for spec in specs if self.model_ref(spec) == ref)
        return same or specs

    def model_ref(self, spec: ModelSpec) -> ItemRef:
        """The handle that a spec declares."""
        return ItemRef("model", family_of(spec.model_type, self.catalog.behaviours), spec.handle)

    @cached_property
    def _users(self) -> Mapping[tuple[str, str], tuple[tuple[ItemRef, str], ...]]:
        """The users of each kind and name, each with the family in which it names them."""
        users: dict[tuple[str, str], dict[tuple[ItemRef, str], None]] = {}
        named = [(ref, resolution) for ref, resolution in self.deck.items()]
        for ref, answer in self.pipes.items():
            named += [(ref, followed) for call in answer.calls if (followed := self.followed(call)) is not None]
        for ref, resolution in named:
            for hop in resolution.hops[1:]:
                users.setdefault((hop.kind.value, hop.name), {})[ref, resolution.family] = None
        return {key: tuple(refs) for key, refs in users.items()}

    def users(self, ref: ItemRef) -> tuple[ItemRef, ...]:
        """The names of the deck and the pipes whose trail passes through an item."""
        users = self._users.get((ref.kind, ref.name), ())
        return tuple(user for user, family in users if ref.family in (family, GLOBAL) and user != ref)

    # The catalogue is imported lazily: the first screen does not need it.

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Every model of every backend."""
        from core.catalogue import offers

        return offers(self.listed_report)

    @cached_property
    def defaults(self) -> tuple[Default, ...]:
        """The default model of each kind of work, for pipes that name none."""
        from core.defaults import defaults

        return defaults(self.report)

    # Backends.

    @cached_property
    def served_by(self) -> Mapping[str, int]:
        """The number of handles served by each backend."""
        return Counter(spec.backend for spec in self.report.serving.served.values())

    def variables(self, backend: str) -> tuple[Variable, ...]:
        """The variables of a backend, with their states."""
        return tuple(self.catalog.environment.variable(name) for name in self.catalog.variables_of(backend))

    def served_of(self, backend: str | None) -> tuple[int, int]:
        """The numbers of served and of all handles; of one backend, or in total."""
        if backend not in self._counts:
            refs = set(self.models)
            if backend is not None:
                refs &= {self.model_ref(spec) for spec in self.catalog.specs_by_backend.get(backend, ())}
            self._counts[backend] = sum(self.models[ref].spec is not None for ref in refs), len(refs)
        return self._counts[backend]

    # Routes.

    @cached_property
    def routes(self) -> Mapping[ItemRef, Rule]:
        """The routing rules of the viewed profile, in the order in which they are tried."""
        return {
            ItemRef("route", rule.kind, rule.pattern if rule.kind in ("route", "optional") else rule.backend): rule
            for rule in rules(self.catalog, self.report.serving)
        }

    def route(self, name: str, backend: str) -> ItemRef | None:
        """The rule named by a step of a trail: by pattern, or by `(default)` and the like with a backend."""
        for ref, rule in self.routes.items():
            if rule.pattern == name or (name == "(default)" and ref.family == "default"):
                return ref
        if name in (f"({FALLBACK})", f"({DEFAULT})"):
            return next(
                (ref for ref, rule in self.routes.items() if rule.kind == "fallback" and rule.backend == backend), None
            )
        return None

    # Problems.

    @property
    def causes(self) -> Mapping[ItemRef, Cause]:
        """The causes by item."""
        return self._problem_index.causes

    @property
    def problems(self) -> Mapping[ItemRef, Problem]:
        """The problems by item."""
        return self._problem_index.problems

    @property
    def severities(self) -> tuple[int, int]:
        """The number of causes that are errors, and of the other ones."""
        return self._problem_index.severities

    def is_live_problem(self, ref: ItemRef) -> bool:
        """Whether an item is a problem found by a live check."""
        return ref.kind == "problem" and ref in self.problems and self.live_results.of(self.problems[ref]) is not None

    def problems_behind(self, cause: Cause) -> tuple[ItemRef, ...]:
        """The problems behind a cause."""
        return self._problem_index.by_cause.get(cause.key, ())

    def problems_of(self, ref: ItemRef) -> tuple[ItemRef, ...]:
        """The problems about an item."""
        return self._problem_index.by_subject(self.subject).get(ref, ())

    @property
    def missing_packages(self) -> Mapping[ItemRef, Problem]:
        """The problems of packages that are not installed, by item."""
        return self._problem_index.missing_packages

    def subject(self, problem: Problem) -> ItemRef | None:
        """The item that a problem is about; None when no list has it."""
        if problem.reference is not None:
            pipe = ItemRef(*problem.reference)
            return pipe if pipe in self.pipes else self.reference(*problem.reference)
        subject = problem.subject or ""
        if problem.check is Check.ROUTING:
            route = next((ref for ref, rule in self.routes.items() if rule.pattern == subject), None)
            return route or self._backend(subject)
        if problem.check is Check.MODELS:
            return self._model_at(subject, problem.location) or self._backend(subject)
        if problem.check is Check.BACKENDS:
            return self._backend(subject) or self._backend_at(problem.location) or self._user_of(subject)
        if problem.check is Check.METHODS:
            return next((ref for ref in self.pipes if ref.name == subject), None)
        return next((ref for ref in self.deck if ref.name == subject), None)

    def _backend(self, name: str) -> ItemRef | None:
        return ItemRef("backend", "", name) if name in self.catalog.backends else None

    def _user_of(self, variable: str) -> ItemRef | None:
        """The first backend that needs a variable."""
        names = (name for name in self.catalog.enabled if variable in self.catalog.variables_of(name))
        return next((ItemRef("backend", "", name) for name in names), None) if variable else None

    def _backend_at(self, location: Location | None) -> ItemRef | None:
        """The backend whose table contains a location."""
        if location is None:
            return None
        table = location.key.split(".")[0].strip("\"'")
        return self._backend(table)

    def _model_at(self, handle: str, location: Location | None) -> ItemRef | None:
        specs = self.catalog.declared.get(handle, ())
        for spec in specs:
            if location is None or location.file.endswith(f"/{spec.backend}.toml"):
                return self.model_ref(spec)
        return self.model_ref(specs[0]) if specs else None

    # Counts and labels.

    @cached_property
    def dead(self) -> int:
        """The number of dead names of the deck."""
        return sum(1 for item in self.deck.values() if item.status is Status.DEAD)

    @cached_property
    def refused(self) -> int:
        """The number of names of the deck whose model refuses their settings."""
        return sum(1 for item in self.deck.values() if item.status is Status.REFUSED)

    def location_text(self, location: Location | None) -> str:
        """A location as file and line, the file relative to the tree."""
        return location_text(location, self.folder)

    def sentence(self, sentence: str) -> str:
        """A sentence of `core` for the screen: without backticks, files relative to the tree, keys for commands."""
        text = plain(sentence.replace("(`keys`)", "(press 6)").replace("(`keys --lines`)", "(press 6)"))
        return text.replace(f"{self.folder}/", "") if self.folder else text

    def exists(self, ref: ItemRef) -> bool:
        """Whether the report has such an item."""
        if ref.kind == "overview":
            return True
        if ref.kind == "backend":
            return ref.name in self.catalog.backends
        if ref.kind == "profile":
            return ref.name in self.catalog.profiles
        indexes: Mapping[str, Mapping[ItemRef, object]] = {
            "route": self.routes,
            "cause": self.causes,
            "problem": self.problems,
            "pipe": self.pipes,
        }
        return ref in indexes.get(ref.kind, self.references)

    def copied_text(self, ref: ItemRef) -> str:
        """The text to copy for an item: its name, the message and fix of a problem, or the verdict."""
        if ref in self.problems:
            problem = self.problems[ref]
            texts = (self.location_text(problem.location), plain(problem.message), problem.fix and plain(problem.fix))
            return safe(": ".join(filter(None, texts)))
        if ref.kind == "overview":
            return safe(plain(self.live_results.report.verdict[1]))
        return safe(self.title(ref))

    def title(self, ref: ItemRef) -> str:
        """The title of an item: a reference as written, a problem by its message."""
        if ref in self.pipes:
            return self.pipes[ref].pipe.code
        if ref in self.references:
            return self.references[ref].reference
        if ref in self.routes:
            return self.routes[ref].pattern
        if ref in self.causes:
            return self.causes[ref].title
        if ref in self.problems:
            return self.problems[ref].message
        return ref.name
