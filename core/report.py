"""The report: everything computed about one tree, each step when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from core.catalog import Catalog
from core.cause_groups import KEYS
from core.causes import Cause, file_under_causes
from core.diagnostics import backend_codes
from core.dialects.detect import Detection, detect
from core.incremental import Cache
from core.incremental.update_resolutions import resolve
from core.pipe_tally import NO_PIPES, PipeTally
from core.problems import Check, Problem, Severity, first_fatal
from core.records import dataclass
from core.releases import Release
from core.resolution import Resolution, Resolver, Status
from core.rules import RuleContext, check
from core.rules.installation import passed_over
from core.serving import Serving
from core.target import Target
from core.trail import Step, trail
from core.verdict import Verdict, judge

if TYPE_CHECKING:
    from core.lives.lives import Knowledge, Lives
    from core.methods import Methods
    from core.pipes import PipeAnswer, PipeAnswers
    from core.probes.check_result import CheckResult
    from core.traces.run_index import RecentRuns, RunIndex


_BY_SEVERITY = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Report:
    """The judgment of one tree, for one release and one profile. Later steps of the pipeline run when asked for."""

    catalog: Catalog
    serving: Serving = field(repr=False)
    resolver: Resolver = field(repr=False)
    detected: Detection
    boot_problems: tuple[Problem, ...] = field(repr=False)
    cache: Cache = field(repr=False, compare=False)
    """The results of this report, for the report of the next edit."""
    live_problems: tuple[Problem, ...] = field(default=(), repr=False)
    """The problems of live checks, if any were made, and of files that others may read, where that was looked up."""
    methods: Methods | None = field(default=None, repr=False, compare=False)
    """The method files of the project; None until they are read."""
    knowledge: Knowledge | None = field(default=None, repr=False, compare=False)
    """The index of lives and prices, where it was read."""
    recent_runs: RecentRuns | None = field(default=None, repr=False, compare=False)
    """The past runs of the project, where its traces were read and there are some."""

    @property
    def release(self) -> Release:
        return self.catalog.release

    @property
    def target(self) -> Target:
        """The release and installation that the report answers for."""
        catalog = self.catalog
        return Target(catalog.behaviours, self.detected, catalog.installation, catalog.tree)

    @property
    def release_source(self) -> str:
        """The release with its source, in one phrase: `0.92.2 in ./.venv`."""
        installation = self.catalog.installation
        if installation is not None and installation.release == self.release:
            return installation.text
        if not self.detected.named:
            return f"{self.release}, detected from the tree"
        return f"{self.release}, chosen by option or setting"

    @cached_property
    def fits(self) -> Release:
        """The last release whose shapes the tree has as edited; `detected` is that of the tree as it was read."""
        if self.detected.release >= self.release:
            return self.detected.release
        return detect(self.catalog.tree).release

    @property
    def started_in(self) -> str:
        """The folder that Pipelex is started in, in one phrase where it is not the project's; else empty."""
        paths = self.catalog.tree.paths
        if os.path.realpath(paths.start) == os.path.realpath(paths.project):
            return ""
        inside = os.path.relpath(paths.start, paths.project)
        folder = f"./{inside}" if not inside.startswith("..") else paths.start
        reads = ", which does not read this tree" if paths.skipped == paths.project else ""
        return f"as started in {folder}{reads}"

    @property
    def stops_at(self) -> Problem | None:
        """The problem at which the target release stops loading, if it does."""
        return first_fatal(self.boot_problems)

    @property
    def boots(self) -> bool:
        """Whether the target release would start."""
        return self.stops_at is None

    @cached_property
    def resolutions(self) -> tuple[Resolution, ...]:
        """Every reference of the tree, resolved."""
        return resolve(self.resolver, self.cache)

    @cached_property
    def _filed(self) -> tuple[tuple[Problem, ...], tuple[Cause, ...]]:
        catalog = self.catalog
        context = RuleContext(catalog, self.serving, self.resolver, self.resolutions, self.cache)
        checked = self.cache.reuse("check", (self.resolver,), lambda: check(context))
        dead = context.dead
        if self.pipes:
            from core.pipes import dead_pipes

            answers = self._pipe_answers
            dead = (*dead, *self.cache.reuse("dead pipes", (answers,), lambda: dead_pipes(answers.groups)))
        checked = (*checked, *passed_over(self.detected.notes), *self._pipe_problems)
        if self.lives is not None:
            from core.rules.lives import life_problems  # not before the first screen

            checked = (*checked, *life_problems(self.lives, self.resolutions, self.runs))
        if self.runs is not None:
            from core.rules.runs import run_problems  # only with traces, after the first screen

            checked = (*checked, *run_problems(self.runs))
        if catalog.tree.policy is not None:
            from core.rules.policy import policy_problems  # only with a file of its own

            checked = (*checked, *policy_problems(catalog, self.lives, self.resolutions, self.pipes, checked))
        ordered = sorted(checked, key=lambda problem: _BY_SEVERITY[problem.severity])
        problems = self.cache.same("problems", (*self.boot_problems, *ordered, *self.live_problems))
        placeholders = self.cache.same("placeholders", tuple(part.placeholders for part in catalog.parts.values()))
        names = (catalog.models, catalog.tree.backends, catalog.environment, catalog.profiles, catalog.active)
        inputs = (*names, catalog.routes, catalog.routing_problems, placeholders, problems, *dead)
        return self.cache.reuse("causes", inputs, lambda: file_under_causes(catalog, dead, problems))

    @property
    def pipes(self) -> tuple[PipeAnswer, ...]:
        """The answer for every pipe of the methods that uses a model; empty until the methods are read."""
        return self._pipe_answers.all if self.methods is not None and self.methods.read else ()

    @cached_property
    def _pipe_answers(self) -> PipeAnswers:
        from core.pipes import answer_pipes  # here and below: only in a project with methods, after the first screen

        assert self.methods is not None
        return answer_pipes(self.resolver, self.methods, self.cache)

    @cached_property
    def pipe_tally(self) -> PipeTally:
        """The number of pipes of the project, and of those that can run."""
        if not self.pipes:
            return NO_PIPES
        from core.pipes import tally

        return tally(self._pipe_answers.groups, self.failing)

    @cached_property
    def _pipe_problems(self) -> tuple[Problem, ...]:
        if self.methods is None or not self.methods.read:
            return ()
        from core.rules.pipes import pipe_problems

        return tuple(pipe_problems(self.resolver, self.methods, self._pipe_answers.groups, self.cache))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem: those of loading in the order of the release, then the others, errors first."""
        return self._filed[0]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes of the problems: fatal ones first, then by the references they kill."""
        return self._filed[1]

    @cached_property
    def verdict(self) -> tuple[Verdict, str]:
        """Whether it can run: a word for scripts and a sentence for display."""
        stop = self.stops_at
        told = stop.message if stop is not None else ""
        if stop is not None and stop.diagnostic in (backend_codes.VARIABLE_MISSING, backend_codes.KEY_MISSING):
            told = next((cause.title for cause in self.causes if cause.key == KEYS), told)
        severities = [cause.severity for cause in self.causes]
        counts = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
        return judge(self.problems, counts, told, self.boot_problems, self.resolutions, self.failing, self.pipe_tally)

    @cached_property
    def failing(self) -> tuple[Resolution, ...]:
        """The served references whose call fails, by the faults known here or by a live check."""
        errors = [problem for problem in self.live_problems if problem.severity is Severity.ERROR]
        if not errors:  # as always but after a live check
            return tuple([item for item in self.resolutions if item.status is Status.SERVED])
        backends = {problem.subject for problem in errors if problem.check is Check.BACKENDS}
        models = {(problem.subject, problem.location) for problem in errors if problem.check is Check.MODELS}
        handles = {handle for handle, _ in models}
        return tuple(
            item
            for item in self.resolutions
            if (spec := item.spec) is not None
            and not item.fails
            and (
                spec.backend in backends
                or item.status is Status.SERVED
                or (
                    spec.handle in handles  # a location is not looked up for nothing
                    and (spec.handle, (spec.origin("model_id") or spec.place).location) in models
                )
            )
        )

    @cached_property
    def lives(self) -> Lives | None:
        """The lives of the models according to the index, where it was read."""
        if self.knowledge is None:
            return None
        from core.lives.lives import Lives  # not before the first screen

        return Lives(self.catalog, self.knowledge)

    @cached_property
    def runs(self) -> RunIndex | None:
        """The recent runs of the models, names and pipes, where the traces were read."""
        if self.recent_runs is None:
            return None
        from core.traces.run_index import RowModels, RunIndex  # not before the first screen

        models = RowModels(self.catalog, self.serving, self.resolver, self.resolutions)
        return RunIndex(models, self.recent_runs)

    def with_runs(self, runs: RecentRuns | None) -> Report:
        """The report that takes past runs into account."""
        return replace(self, recent_runs=runs)

    def with_knowledge(self, knowledge: Knowledge | None) -> Report:
        """The report that takes the index of lives and prices into account."""
        return replace(self, knowledge=knowledge)

    def with_live(self, results: Iterable[CheckResult]) -> Report:
        """The report with the problems that live checks found."""
        from core.probes.live_problems import live_problems  # only after a live check
        from core.rules.policy import policy_check_of_ids

        against = policy_check_of_ids(self.catalog, self.lives)
        return self.with_live_problems(live_problems(self.catalog, self.resolutions, results, against=against))

    def with_live_problems(self, problems: tuple[Problem, ...]) -> Report:
        """The report with these problems of live checks."""
        return replace(self, live_problems=problems)

    def with_methods(self, methods: Methods) -> Report:
        """The report with the pipes of these methods."""
        return self if methods is self.methods else replace(self, methods=methods)

    def read_methods(self) -> Report:
        """The report with the methods of the project as they are on the disk now."""
        from core.project_methods import project_methods

        return self.with_methods(project_methods(self.catalog, self.methods))

    def trail(self, resolution: Resolution) -> tuple[Step, ...]:
        """Every step of a resolution."""
        return trail(self.resolver, resolution)
