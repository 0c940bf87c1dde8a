"""What the panes and the inspector ask of one report, looked up once: indexes over it, and nothing that can change."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.dialects.deck_schema import family_of
from core.entities import GLOBAL, Location, ModelSpec
from core.problems import Check, Problem, Severity
from core.resolution import Resolution, Status
from core.route_check import Rule, rules
from core.routing import DEFAULT, FALLBACK
from core.safe_text import safe
from core.variables import Variable
from tui.labels import plain, where
from tui.live import Live, LiveResults
from tui.selection import ItemRef
from tui.widgets.rows import Row

if TYPE_CHECKING:
    from core.catalogue import Offer
    from core.defaults import Default

_HEARD = ("causes", "problems", "severities", "_behind", "_about")
"""What depends on what was heard of the providers."""

MANY_MODELS = 1500
MANY_NAMES = 3000
MANY_FILES = 500
MUCH_TEXT = 1024 * 1024


class ViewModel:
    """Indexes over a report. Everything is worked out when it is first asked for, and then kept."""

    def __init__(self, report: Report, active: str | None) -> None:
        self.report = report
        self.catalog = report.catalog
        self.active = active
        """The profile that the tree itself makes active."""
        self.live = Live()
        """What asking the providers said: the session's, which changes as answers come."""
        self.live_results = LiveResults(report, {})
        """The report with what was heard of the providers until now: it is what is shown of problems."""
        self.kept: dict[object, object] = {}
        """What the list of models has worked out of this report: lists that are narrowed again and again."""
        self._lists: dict[str, Sequence[Row]] = {}
        self._counts: dict[str | None, tuple[int, int]] = {}
        found = self.catalog.tree.paths
        inside = found.inference.removeprefix(found.project.rstrip("/") + "/")
        self.folder = inside if inside != found.inference else ""

    def with_live_results(self, live_results: LiveResults) -> ViewModel:
        """The same view model with other live results; what does not depend on them is reused."""
        if not live_results.results and not self.live_results.results:
            return self
        other = copy.copy(self)
        other.live_results = live_results
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
        if self.live_results.results:
            return make()
        if name not in self._lists:
            self._lists[name] = make()
        return self._lists[name]

    # References.

    @cached_property
    def references(self) -> Mapping[ItemRef, Resolution]:
        """Every reference of the tree by the item it is."""
        out: dict[ItemRef, Resolution] = {}
        for resolution in self.report.resolutions:
            out.setdefault(ItemRef(resolution.kind.value, resolution.family, resolution.name), resolution)
        return out

    @cached_property
    def models(self) -> Mapping[ItemRef, Resolution]:
        """The handles of the tree."""
        return {ref: found for ref, found in self.references.items() if ref.kind == "model"}

    @cached_property
    def deck(self) -> Mapping[ItemRef, Resolution]:
        """Presets, aliases, waterfalls and choices: presets first, as they are what methods name."""
        order = {"preset": 0, "choice": 1, "alias": 2, "waterfall": 3}
        found = [(ref, item) for ref, item in self.references.items() if ref.kind != "model"]
        return dict(sorted(found, key=lambda pair: order[pair[0].kind]))

    def reference(self, kind: str, family: str, name: str) -> ItemRef | None:
        """The item that a name means to a reference of a family: its own family's, else the common one."""
        for space in (family, GLOBAL):
            ref = ItemRef(kind, space, name)
            if ref in self.references:
                return ref
        if kind == "model":
            return next((ref for ref in self.models if ref.name == name), None)
        return None

    def spec_of(self, ref: ItemRef) -> ModelSpec | None:
        """The spec to show for a handle: the one that serves it, else the first that declares it."""
        resolution = self.references.get(ref)
        if resolution is not None and resolution.spec is not None:
            return resolution.spec
        return next(iter(self.declaring(ref)), None)

    def declaring(self, ref: ItemRef) -> tuple[ModelSpec, ...]:
        """Every spec of a handle, on whichever backend."""
        specs = self.catalog.declared.get(ref.name, ())
        same = tuple(spec for spec in specs if self.model_ref(spec) == ref)
        return same or specs

    def model_ref(self, spec: ModelSpec) -> ItemRef:
        """The handle that a spec declares."""
        return ItemRef("model", family_of(spec.model_type, self.catalog.behaviours), spec.handle)

    @cached_property
    def _users(self) -> Mapping[tuple[str, str], tuple[ItemRef, ...]]:
        found: dict[tuple[str, str], dict[ItemRef, None]] = {}
        for ref, resolution in self.deck.items():
            for hop in resolution.hops[1:]:
                found.setdefault((hop.kind.value, hop.name), {})[ref] = None
        return {key: tuple(refs) for key, refs in found.items()}

    def users(self, ref: ItemRef) -> tuple[ItemRef, ...]:
        """The names of the deck whose trail passes here."""
        found = self._users.get((ref.kind, ref.name), ())
        return tuple(user for user in found if ref.family in (user.family, GLOBAL) and user != ref)

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
            refs = set(self.models)
            if backend is not None:
                refs &= {self.model_ref(spec) for spec in self.catalog.specs_by_backend.get(backend, ())}
            self._counts[backend] = sum(self.models[one].spec is not None for one in refs), len(refs)
        return self._counts[backend]

    # Routes.

    @cached_property
    def routes(self) -> Mapping[ItemRef, Rule]:
        """The rules of the profile that is looked at, in the order in which they are tried."""
        return {
            ItemRef("route", rule.kind, rule.pattern if rule.kind in ("route", "optional") else rule.backend): rule
            for rule in rules(self.catalog, self.report.serving)
        }

    def route(self, name: str, backend: str) -> ItemRef | None:
        """The rule that a step of a trail names: by its pattern, or by `(default)` and the like and its backend."""
        for ref, rule in self.routes.items():
            if rule.pattern == name or (name == "(default)" and ref.family == "default"):
                return ref
        if name in (f"({FALLBACK})", f"({DEFAULT})"):
            return next((t for t, f in self.routes.items() if t.family == "fallback" and f.backend == backend), None)
        return None

    # Problems.

    @cached_property
    def causes(self) -> Mapping[ItemRef, Cause]:
        """The causes by the item each is."""
        return {ItemRef("cause", "", cause.key): cause for cause in self.live_results.report.causes}

    @cached_property
    def problems(self) -> Mapping[ItemRef, Problem]:
        """Every problem by a name that stays the same as long as the problem does."""
        out: dict[ItemRef, Problem] = {}
        for problem in self.live_results.report.problems:
            name = f"{problem.code} {problem.location or ''} {problem.message}"
            ref = ItemRef("problem", "", name)
            number = 1
            while ref in out:
                number += 1
                ref = ItemRef("problem", str(number), name)
            out[ref] = problem
        return out

    def is_live_problem(self, ref: ItemRef) -> bool:
        """Whether an item is a problem that a provider told of when it was asked."""
        return ref.kind == "problem" and ref in self.problems and self.live_results.of(self.problems[ref]) is not None

    @cached_property
    def _behind(self) -> Mapping[str, tuple[ItemRef, ...]]:
        out: dict[str, list[ItemRef]] = {}
        for ref, problem in self.problems.items():
            if problem.severity is not Severity.INFO:
                out.setdefault(problem.cause or f"{problem.code} {problem.message}", []).append(ref)
        return {key: tuple(refs) for key, refs in out.items()}

    def problems_behind(self, cause: Cause) -> tuple[ItemRef, ...]:
        """The problems that a cause gathers."""
        return self._behind.get(cause.key, ())

    @cached_property
    def _about(self) -> Mapping[ItemRef, tuple[ItemRef, ...]]:
        out: dict[ItemRef, list[ItemRef]] = {}
        for ref, problem in self.problems.items():
            subject = self.subject(problem)
            if subject is not None:
                out.setdefault(subject, []).append(ref)
        return {ref: tuple(found) for ref, found in out.items()}

    def problems_of(self, ref: ItemRef) -> tuple[ItemRef, ...]:
        """The problems that are about an item."""
        return self._about.get(ref, ())

    def subject(self, problem: Problem) -> ItemRef | None:
        """The item that a problem is about, where one is listed."""
        if problem.reference is not None:
            return self.reference(*problem.reference)
        subject = problem.subject or ""
        if problem.check is Check.ROUTING:
            return next((t for t, f in self.routes.items() if f.pattern == subject), None) or self._backend(subject)
        if problem.check is Check.MODELS:
            return self._model_at(subject, problem.location) or self._backend(subject)
        if problem.check is Check.BACKENDS:
            return self._backend(subject) or self._backend_at(problem.location)
        return next((ref for ref in self.deck if ref.name == subject), None)

    def _backend(self, name: str) -> ItemRef | None:
        return ItemRef("backend", "", name) if name in self.catalog.backends else None

    def _backend_at(self, location: Location | None) -> ItemRef | None:
        """The backend whose table a place is in."""
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

    # Counts and words.

    @cached_property
    def severities(self) -> tuple[int, int]:
        """How many causes are errors, and how many are warnings."""
        causes = self.live_results.report.causes
        errors = sum(1 for cause in causes if cause.severity is Severity.ERROR)
        return errors, len(causes) - errors

    @cached_property
    def dead(self) -> int:
        """How many names of the deck are dead."""
        return sum(1 for item in self.deck.values() if item.status is Status.DEAD)

    def where(self, location: Location | None) -> str:
        """A place as file and line, the file as it is called within the tree."""
        return where(location, self.folder)

    def sentence(self, sentence: str) -> str:
        """A sentence of `core` for the screen, files in it as they are called within the tree."""
        words = plain(sentence)
        return words.replace(f"{self.folder}/", "") if self.folder else words

    def exists(self, ref: ItemRef) -> bool:
        """Whether the report has such an item."""
        holders: Mapping[str, Mapping[ItemRef, object]] = {
            "route": self.routes,
            "cause": self.causes,
            "problem": self.problems,
        }
        if ref.kind == "overview":
            return True
        if ref.kind == "backend":
            return ref.name in self.catalog.backends
        if ref.kind == "profile":
            return ref.name in self.catalog.profiles
        return ref in holders.get(ref.kind, self.references)

    def copied_text(self, ref: ItemRef) -> str:
        """What is copied of an item: its name as files have it, the message and fix of a problem, the verdict."""
        if ref in self.problems:
            problem = self.problems[ref]
            texts = (self.where(problem.location), plain(problem.message), problem.fix and plain(problem.fix))
            return safe(": ".join(filter(None, texts)))
        if ref.kind == "overview":
            return safe(plain(self.live_results.report.verdict[1]))
        return safe(self.title(ref))

    def title(self, ref: ItemRef) -> str:
        """What an item is called: a reference as it is written, a problem by its message."""
        if ref in self.references:
            return self.references[ref].reference
        if ref in self.routes:
            return self.routes[ref].pattern
        if ref in self.causes:
            return self.causes[ref].title
        if ref in self.problems:
            return self.problems[ref].message
        return ref.name
