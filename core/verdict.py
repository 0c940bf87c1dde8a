"""The verdict on a tree (a keyword and a sentence), its five checks, and the stages of loading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Literal, TypeAlias

from core.catalog import Catalog
from core.diagnostics import settings_codes, start_codes
from core.formatting import counted
from core.pipe_tally import NO_PIPES, PipeTally
from core.problems import Check, Problem, Severity, Stage, first_fatal
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status
from core.variables import State

CheckState: TypeAlias = Literal["fatal", "error", "warning", "unknown", "ok"]


class Verdict(StrEnum):
    """Whether a configuration can run."""

    REFUSED = "refused"
    CANNOT_RUN = "cannot_run"
    DEGRADED = "degraded"
    WARNINGS = "warnings"
    OK = "ok"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """The verdict for people."""
        return _VERDICT_WORDS[self]


_VERDICT_WORDS = {
    Verdict.REFUSED: "does not start",
    Verdict.CANNOT_RUN: "cannot run",
    Verdict.DEGRADED: "runs in part",
    Verdict.WARNINGS: "can run, with warnings",
    Verdict.OK: "can run",
    Verdict.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the references of a kind and family, by status."""

    total: int = 0
    callable: int = 0
    served: int = 0
    refused: int = 0
    unknown: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class StageReport:
    """A stage of loading: a summary of its input, the layers read, and the problem at which the release stops."""

    stage: Stage
    read: str
    layers: tuple[str, ...]
    problems: int
    stops: Problem | None


_UNKNOWABLE = (start_codes.FIRST_START_UNKNOWN, settings_codes.SETTINGS_PLUGIN_UNKNOWN)
"""Problems of a start that nothing here can foresee."""


def tallies(resolutions: Sequence[Resolution]) -> Mapping[tuple[str, str], Tally]:
    """The tally of each (kind, family)."""
    # attrgetter and Counter run in C: a tree may have 100,000 references.
    counts = Counter(map(attrgetter("kind._value_", "family", "status._value_"), resolutions))
    buckets: dict[tuple[str, str], dict[str, int]] = {}
    for (kind, family, status), count in counts.items():
        bucket = buckets.setdefault((kind, family), {"total": 0})
        bucket["total"] += count
        bucket[status] = count
    return {key: Tally(**bucket) for key, bucket in buckets.items()}


def judge(
    problems: Sequence[Problem],
    causes: tuple[int, int],
    stop: str,
    boot: Sequence[Problem],
    resolutions: Sequence[Resolution],
    failing: Sequence[Resolution] = (),
    pipes: PipeTally = NO_PIPES,
) -> tuple[Verdict, str]:
    """The verdict and its sentence. `causes`: how many are errors, and warnings; `stop`: why the
    release does not start, or empty.

    `failing` end at models that take the settings, but whose call fails here. The `pipes` of a project, if it has any,
    decide whether it can run at all; else its presets do.
    """
    if stop:
        return Verdict.REFUSED, f"does not start: {stop}"
    unknowable = next((item for item in boot if item.diagnostic in _UNKNOWABLE), None)
    if unknowable is not None:
        return Verdict.UNKNOWN, f"unknown: {unknowable.message}"
    if any(problem.diagnostic is settings_codes.EXECUTION_HOSTED for problem in problems):
        return Verdict.WARNINGS, "runs on the hosted Pipelex API: this tree is not used"
    used = [item for item in resolutions if item.family == "llm" and item.kind in (Kind.PRESET, Kind.CHOICE)]
    presets = tallies(used).get(("preset", "llm"), Tally())
    failed = sum(1 for item in failing if item.kind is Kind.PRESET and item.family == "llm")
    lost, words = _losses(presets, failed)
    choices = [item for item in used if item.kind is Kind.CHOICE]
    none = bool(choices) and all(item.fails or item in failing for item in choices)
    if pipes.total:
        words = "; ".join(filter(None, (pipes.words, words)))
    if not pipes.able + pipes.unknown if pipes.total else _none_runs(presets, lost, none):
        return (
            Verdict.CANNOT_RUN,
            f"cannot run: {words if pipes.total or presets.total else 'no default LLM is served'}",
        )
    errors, warnings = causes
    unknown = ""
    if presets.unknown:
        listed = any(item.status is Status.UNKNOWN and item.spec is None for item in used)
        named = f"{presets.unknown} of {presets.total} LLM presets"
        unknown = f"only a server can tell of {named}" if listed else f"the keys of {named} cannot be checked here"
    if errors:
        reason = words or counted(errors, "error")
        return Verdict.DEGRADED, f"runs in part: {reason}{unknown and f'; {unknown}'}"
    if unknown:
        return Verdict.WARNINGS, f"unknown: {unknown}"
    said = f": {pipes.words}" if pipes.total else ""
    if warnings:
        return Verdict.WARNINGS, f"can run, with {counted(warnings, 'warning')}{said}"
    return Verdict.OK, f"can run{said}"


def _none_runs(presets: Tally, lost: int, no_choice: bool) -> bool:
    return lost == presets.total if presets.total else no_choice


def _losses(presets: Tally, failed: int) -> tuple[int, str]:
    """The number of presets that no call can use, and a text: `1 of 21 LLM presets dead, 2 refused`."""
    fail = "fails" if failed == 1 else "fail"
    rows = [(presets.dead, "dead"), (presets.refused, "refused"), (failed, fail)]
    (first, word), *others = [row for row in rows if row[0]] or [(0, "")]
    text = ", ".join([f"{first} of {presets.total} LLM presets {word}", *(f"{count} {said}" for count, said in others)])
    return presets.dead + presets.refused + failed, text if word else ""


_CHECK_OF = {
    Kind.ALIAS: Check.ALIASES,
    Kind.WATERFALL: Check.ALIASES,
    Kind.PRESET: Check.PRESETS,
    Kind.CHOICE: Check.PRESETS,
}
"""The check of each kind of reference."""


def checks(
    problems: Sequence[Problem], resolutions: Sequence[Resolution], pipes: PipeTally = NO_PIPES
) -> Mapping[Check, tuple[CheckState, tuple[Problem, ...]]]:
    """Each of the checks with its status and its problems; that of methods only where there are any.

    The status is `fatal`, `error`, `warning`, `unknown` where a reference cannot be checked here, or `ok`.
    """
    unknown = {_CHECK_OF.get(item.kind) for item in resolutions if item.status is Status.UNKNOWN}
    states: dict[Check, tuple[CheckState, tuple[Problem, ...]]] = {}
    for check in Check:
        matching = tuple(problem for problem in problems if problem.check is check)
        if check is Check.METHODS and not (matching or pipes.total):
            continue
        status: CheckState
        if any(problem.fatal for problem in matching):
            status = "fatal"
        elif any(problem.severity is Severity.ERROR for problem in matching):
            status = "error"
        elif any(problem.severity is Severity.WARNING for problem in matching):
            status = "warning"
        elif check in unknown or (check is Check.METHODS and pipes.unknown):
            status = "unknown"
        else:
            status = "ok"
        states[check] = (status, matching)
    return states


def count_keys(catalog: Catalog) -> tuple[int, int]:
    """The number of variables of the enabled backends that are set, and of those that they need.

    Unset alternatives of a placeholder are not needed while one of them is set.
    """
    names = dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend))
    set_names = {name for name in names if catalog.environment.variable(name).state is State.SET}
    wanting = {name for backend in catalog.enabled for name in catalog.wanting(backend)}
    return len(set_names), len(set_names | wanting)


def count_unknown_keys(catalog: Catalog) -> int:
    """The number of variables of the enabled backends that are secrets whose value is unknown here."""
    names = {name for backend in catalog.enabled for name in catalog.wanting(backend)}
    return sum(catalog.environment.variable(name).state is State.UNKNOWN for name in names)


def load_report(
    catalog: Catalog, boot: Sequence[Problem], resolutions: Sequence[Resolution]
) -> tuple[StageReport, ...]:
    """The stages of loading, under the names of the seed document."""
    tree = catalog.tree
    enabled = len(catalog.enabled)
    specs = sum(len(catalog.specs_by_backend.get(name, ())) for name in catalog.enabled)
    presets = sum(len(family.presets) for family in catalog.families.values())
    aliases = sum(len(family.aliases) for family in catalog.families.values())
    callable_ = sum(1 for item in resolutions if item.status is Status.CALLABLE)
    readings = (
        (Stage.BACKENDS, f"{counted(len(catalog.backends), 'backend')}, {enabled} on", tree.backends.sources),
        (
            Stage.SPECS,
            f"{counted(specs, 'model')} of {counted(enabled, 'backend')}",
            tuple(tree.specs[n] for n in catalog.enabled if n in tree.specs),
        ),
        (
            Stage.ROUTING,
            f"{counted(len(catalog.profiles), 'profile')}, active: {catalog.active or 'none'}",
            tree.routing.sources,
        ),
        (
            Stage.DECK,
            f"{counted(presets, 'preset')}, {counted(aliases, 'alias')} in {counted(len(tree.deck.sources), 'file')}",
            tree.deck.sources,
        ),
        (Stage.FINAL, f"{callable_} of {counted(len(resolutions), 'reference')} callable", ()),
    )
    stop = first_fatal(boot)
    return tuple(
        StageReport(
            stage,
            read,
            tuple(dict.fromkeys(source.layer.value for source in sources if source.error is None)),
            sum(1 for problem in boot if problem.stage is stage),
            stop if stop is not None and stop.stage is stage else None,
        )
        for stage, read, sources in readings
    )
