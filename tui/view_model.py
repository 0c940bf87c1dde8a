"""The view model: a report with its live results, as the panes, the inspector and the pages show it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.entities import Location, ModelSpec
from core.problems import Check, Problem
from core.resolution import Resolution
from core.safe_text import safe
from tui.labels import location_text, plain
from tui.live import Live, LiveResults
from tui.report_index import ItemIndex, ProblemIndex
from tui.selection import ItemRef
from tui.widgets.table_model import Row

if TYPE_CHECKING:
    from core.catalogue import Offer
    from core.defaults import Default
    from core.explain import Explanation
    from core.lives.lives import Lives
    from core.upgrade.marks import DriftMarks
    from tui.price_columns import PriceColumn

    ShownModel = tuple[ItemRef, Resolution, ModelSpec | None]

MANY_MODELS = 1500
MANY_NAMES = 3000
MANY_FILES = 500
MUCH_TEXT = 1024 * 1024


class ViewModel(ItemIndex):
    """The items and problems of a report and its live results, with the texts and lists that the screen shows."""

    def __init__(self, report: Report, active: str | None) -> None:
        super().__init__(report)
        self.active = active
        """The profile that the tree itself makes active."""
        self.live = Live()
        """The check results of the session, which change as answers come."""
        self.live_results = LiveResults(report, {})
        """The report with the check results so far: its problems are shown."""
        self._problem_index = ProblemIndex(report)
        self._listed_report = report
        self.marks: DriftMarks | None = None
        """The drift from the kit of the installed Pipelex; None until it is known, or without one."""
        self._clear_caches()
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
        view._problem_index = ProblemIndex(live_results.report)
        view._clear_caches()
        return view

    def with_marks(self, marks: DriftMarks | None) -> ViewModel:
        """The same view model with the marks of drift."""
        view = copy.copy(self)
        view.marks = marks
        view._clear_caches()
        return view

    @property
    def lives(self) -> Lives | None:
        """The lives of the models: of the index, and of live checks that list a model."""
        return self.live_results.report.lives

    @property
    def listed_report(self) -> Report:
        """The report to make proposals from: without the problems of live checks, with the models that they list."""
        if self._listed_report.knowledge is not self.live_results.report.knowledge:
            self._listed_report = self.report.with_knowledge(self.live_results.report.knowledge)
        return self._listed_report

    def _clear_caches(self) -> None:
        """Clear what depends on live results and marks."""
        self.__dict__.pop("offers", None)  # what live checks list counts in it
        self.model_rows: dict[object, Row] = {}
        """Rows of the list of models, by all that they show."""
        self.shown_models: tuple[object, Sequence[ShownModel]] | None = None
        """The last filter of the list of models, and the models that pass it."""
        self.price_columns: dict[bool, tuple[PriceColumn, PriceColumn]] = {}
        """The columns of their prices, rounded to cents and not."""
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

    def build_indexes(self) -> None:
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

    # Labels.

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
