"""Indexes over one report: its items and how they refer to each other, and its problems and causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from core.api import Report
from core.causes import Cause
from core.diagnostics.installation_codes import PACKAGE_MISSING
from core.dialects.deck_schema import family_of
from core.entities import GLOBAL, ModelSpec
from core.problems import Problem, Severity
from core.resolution import Resolution, Status
from core.route_check import Rule, rules
from core.routing import DEFAULT, FALLBACK
from core.variables import Variable
from tui.selection import ItemRef

if TYPE_CHECKING:
    from core.pipes import PipeAnswer, PipeCall


class ItemIndex:
    """The references, backends, routes and pipes of one report. Each index is built at its first use."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.catalog = report.catalog
        self._counts: dict[str | None, tuple[int, int]] = {}

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

    # Counts of names.

    @cached_property
    def dead(self) -> int:
        """The number of dead names of the deck."""
        return sum(1 for item in self.deck.values() if item.status is Status.DEAD)

    @cached_property
    def refused(self) -> int:
        """The number of names of the deck whose model refuses their settings."""
        return sum(1 for item in self.deck.values() if item.status is Status.REFUSED)


Groups = Mapping[ItemRef, tuple[ItemRef, ...]]


class ProblemIndex:
    """The causes and problems of one report, live results included. Each index is built at its first use."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._by_subject: Groups | None = None

    @cached_property
    def causes(self) -> Mapping[ItemRef, Cause]:
        """The causes by item."""
        return {ItemRef("cause", "", cause.key): cause for cause in self.report.causes}

    @cached_property
    def problems(self) -> Mapping[ItemRef, Problem]:
        """The problems by item; the name of an item is the same in every report that has the problem."""
        problems: dict[ItemRef, Problem] = {}
        for problem in self.report.problems:
            name = f"{problem.code} {problem.location or ''} {problem.message}"
            ref = ItemRef("problem", "", name)
            number = 1
            while ref in problems:
                number += 1
                ref = ItemRef("problem", str(number), name)
            problems[ref] = problem
        return problems

    @cached_property
    def missing_packages(self) -> Mapping[ItemRef, Problem]:
        """The problems of packages that are not installed, by item."""
        if not self.report.catalog.uninstalled:
            return {}
        return {ref: problem for ref, problem in self.problems.items() if problem.diagnostic is PACKAGE_MISSING}

    @cached_property
    def by_cause(self) -> Mapping[str, tuple[ItemRef, ...]]:
        """The problems behind each cause, by the key of the cause; information is left out."""
        groups: dict[str, list[ItemRef]] = {}
        for ref, problem in self.problems.items():
            if problem.severity is not Severity.INFO:
                groups.setdefault(problem.cause or f"{problem.code} {problem.message}", []).append(ref)
        return {key: tuple(refs) for key, refs in groups.items()}

    @cached_property
    def severities(self) -> tuple[int, int]:
        """The number of causes that are errors, and of the other ones."""
        causes = self.report.causes
        errors = sum(1 for cause in causes if cause.severity is Severity.ERROR)
        return errors, len(causes) - errors

    def by_subject(self, subject_of: Callable[[Problem], ItemRef | None]) -> Groups:
        """The problems about each item. `subject_of` is not stored: a cycle would keep the view model alive."""
        if self._by_subject is None:
            groups: dict[ItemRef, list[ItemRef]] = {}
            for ref, problem in self.problems.items():
                if (subject := subject_of(problem)) is not None:
                    groups.setdefault(subject, []).append(ref)
            self._by_subject = {subject: tuple(refs) for subject, refs in groups.items()}
        return self._by_subject
