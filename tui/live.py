"""Live check results by backend and model, and their cells in tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core import formatting
from core.problems import Problem
from core.records import dataclass
from tui.widgets.runs import Run, Tone

if TYPE_CHECKING:
    from core.api import Report
    from core.catalog import Catalog
    from core.entities import ModelSpec
    from core.probes.availability import Tried, TriedIndex
    from core.probes.check_result import CheckResult
    from core.problems import Problem
    from core.traces.run_index import Ran

WORDS: Mapping[str, str] = {
    "ok": "ok",
    "missing_credential": "no key",
    "unauthorized": "bad key",
    "forbidden": "denied",
    "not_found": "no path",
    "rate_limited": "limited",
    "server_error": "fails",
    "timeout": "timeout",
    "dns": "no host",
    "refused": "down",
    "tls": "no TLS",
    "bad_response": "garbled",
    "not_checkable": "unasked",
    "cancelled": "stopped",
}
"""Labels of check statuses, of at most `TRIED_WIDTH` cells."""

TRIED_WIDTH: Final = 7
"""The width of the column of live checks: `12 min`, `bad key`."""

OLD_S = 900
"""The age in seconds from which a good result is shown as old."""

_TEMPORARY = frozenset({"rate_limited", "server_error", "timeout"})
_UNRELATED_FIELDS = frozenset({"enabled", "display_name"})
"""Fields of a backend that do not change the answer of its provider."""

CredentialIds = Callable[["Catalog", list[str]], Mapping[str, str]]
"""Returns a text for each backend that differs when its key or address differs."""


class Failure(NamedTuple):
    """Why a check failed, as a word for a column; `temporary`: a repeated check may soon have another result."""

    word: str
    temporary: bool = False


class InProgress(NamedTuple):
    """A check in progress: the label for the row of its backend, and the current step."""

    word: str
    text: str = ""


@dataclass(frozen=True)
class LiveResults:
    """A report merged with check results, for display: edits compare reports without them."""

    report: Report
    results: Mapping[str, CheckResult]
    index: TriedIndex | None = None
    by_problem: Mapping[Problem, CheckResult] | None = None

    def of(self, problem: Problem) -> CheckResult | None:
        """The check result behind a problem; None for a problem without one."""
        return self.by_problem.get(problem) if self.by_problem is not None else None

    def tried(self, spec: ModelSpec | None) -> Tried | None:
        """The outcome of the last check of a model; None without one."""
        return self.index.spec(spec) if self.index is not None and spec is not None else None

    def failure(self, spec: ModelSpec | None) -> Failure | None:
        """The way in which the last check of a model failed: for now, or until something is changed."""
        tried = self.tried(spec)
        if tried is None or spec is None or tried.state.value not in ("not_served", "failed"):
            return None
        if tried.state.value == "not_served":
            return Failure("absent")
        result = self.results[spec.backend]
        if not result.bad or result.finding.status.value == "cancelled":
            return None
        return Failure(word_of(result), temporary=is_temporary(result))

    def tried_cell(self, spec: ModelSpec | None) -> Run:
        """The cell of a model: the age of a check that confirms it, else why it does not."""
        tried, failure = self.tried(spec), self.failure(spec)
        if failure is not None:
            return failure.word, "warn" if failure.temporary else "bad"
        if tried is None or tried.state.value != "confirmed":
            return "", "dim"
        old = time.time() - tried.at > OLD_S
        return short_age(tried.at), "dim" if old else "good"


def merge_live_results(
    report: Report, results: Mapping[str, CheckResult], exposed: tuple[Problem, ...] = ()
) -> LiveResults:
    """Merge check results, and the problems of exposed files, into a report. Slow for large trees; for a thread too."""
    if not results:
        if report.knowledge is not None and report.knowledge.listed:  # by checks that no longer hold
            report = report.with_knowledge(replace(report.knowledge, listed={}))
        return LiveResults(report.with_live_problems(exposed) if exposed else report, {})
    from core.probes.availability import TriedIndex, listed_in
    from core.probes.live_problems import live_problems
    from core.rules.policy import policy_check_of_ids

    index = TriedIndex(report.catalog, report.resolutions, results.values())
    if report.knowledge is not None:
        pairs = ((results[name], comparison) for name, comparison in index.comparisons.items())
        listed = {key: at for result, comparison in pairs for key, at in listed_in(result, comparison)}
        report = report.with_knowledge(replace(report.knowledge, listed=listed, now=time.time()))
    against = policy_check_of_ids(report.catalog, report.lives)
    by_problem = {
        problem: result
        for result in results.values()
        for problem in live_problems(report.catalog, report.resolutions, [result], index.comparisons, against)
    }
    merged = report.with_live_problems((*by_problem, *exposed))
    _ = (merged.verdict, merged.causes)
    index.prepare()
    return LiveResults(merged, results, index, by_problem)


class CheckInputs(NamedTuple):
    """The inputs of an answer: the fields of its backend, and its key and address."""

    fields: Mapping[str, Any]
    credential_id: str


class ModelAnswer(NamedTuple):
    """The answer of a model: the result, its spec at that time, and the cost in USD."""

    result: CheckResult
    spec: ModelSpec
    cost: float | None


class Live:
    """The check results of an open tree, and the checks in progress. Not thread-safe."""

    def __init__(self) -> None:
        self.in_progress: dict[str, InProgress] = {}
        """The checks in progress by backend."""
        self.answering: tuple[str, str] | None = None
        """The backend and handle of the model that is called now."""
        self.exposed: tuple[Problem, ...] = ()
        """The problems of `.env` files that others may read, once they are known."""
        self.whose: CredentialIds | None = None
        """Compares keys and addresses; set by the first check."""
        self._results: dict[str, tuple[CheckResult, CheckInputs]] = {}
        self._answers: dict[tuple[str, str], tuple[ModelAnswer, CheckInputs]] = {}
        self._looked: tuple[object, dict[str, str]] = (None, {})

    def set_credential_ids(self, catalog: Catalog, ids: Mapping[str, str]) -> None:
        """Store the owner of coming answers by backend, to compute it once."""
        if self._looked[0] is not catalog.environment:
            self._looked = (catalog.environment, {})
        self._looked[1].update(ids)

    def take(self, catalog: Catalog, results: Iterable[CheckResult]) -> None:
        """Store results, each for the current fields and key of its backend.

        A cancelled check does not replace a previous result; what requests to models proved before still counts.
        """
        from core.probes.check_result import with_previous  # only after a live check

        for result in results:
            name = result.backend
            previous = self.result(catalog, name)
            if result.finding.status.value == "cancelled" and previous is not None:
                continue
            if (inputs := self._inputs(catalog, name)) is not None:
                self._results[name] = (with_previous(result, previous), inputs)

    def take_answer(self, catalog: Catalog, answer: ModelAnswer) -> None:
        """Store the answer of a model, and what it says about its backend."""
        from core.probes.check_result import of_backend

        name = answer.spec.backend
        if (inputs := self._inputs(catalog, name)) is not None:
            self._answers[name, answer.spec.handle] = (answer, inputs)
            result = answer.result if self.result(catalog, name) is not None else of_backend(answer.result)
            if result is not None:
                self.take(catalog, [result])

    def result(self, catalog: Catalog, name: str) -> CheckResult | None:
        """The last result of a backend; None when its fields or key have changed since."""
        result, inputs = self._results.get(name, (None, None))
        return result if inputs is not None and inputs == self._inputs(catalog, name) else None

    def results(self, catalog: Catalog) -> Mapping[str, CheckResult]:
        """The results that still hold."""
        results = ((name, self.result(catalog, name)) for name in self._results)
        return {name: result for name, result in results if result is not None}

    def answer(self, catalog: Catalog, spec: ModelSpec) -> ModelAnswer | None:
        """The last answer of a model; None when it, its backend or the key has changed since."""
        answer, inputs = self._answers.get((spec.backend, spec.handle), (None, None))
        if answer is None or answer.spec.fields != spec.fields:
            return None
        return answer if inputs is not None and inputs == self._inputs(catalog, spec.backend) else None

    def _inputs(self, catalog: Catalog, name: str) -> CheckInputs | None:
        """The current inputs of a backend's answer; None when it is gone."""
        backend = catalog.backends.get(name)
        if backend is None:
            return None
        fields = {key: value for key, value in backend.fields.items() if key not in _UNRELATED_FIELDS}
        return CheckInputs(fields, self._credential_id(catalog, name))

    def _credential_id(self, catalog: Catalog, name: str) -> str:
        """The owner of a backend's answers, from a cache per environment: edits do not change it."""
        if self.whose is None:
            return ""
        if self._looked[0] is not catalog.environment or name not in self._looked[1]:
            names = [key for key in dict.fromkeys((*self._results, name)) if key in catalog.backends]
            self.set_credential_ids(catalog, self.whose(catalog, names))
        return self._looked[1].get(name, "")

    @property
    def any(self) -> bool:
        """Whether there are results or checks in progress."""
        return bool(self._results or self.in_progress)

    def cell(self, catalog: Catalog, name: str) -> tuple[str, Tone]:
        """The cell of a backend: the age of an answer about its key, else what failed; `asking`."""
        if name in self.in_progress:
            return self.in_progress[name].word, "accent"
        result = self.result(catalog, name)
        if result is None:
            return "", "dim"
        if result.good:
            return short_age(result.at), "dim" if is_old(result) else "good"
        if result.inconclusive:
            return "no list", "warn"
        if result.proofs.key.value == "no":
            return short_age(result.at), "bad"  # the column of keys says that it is refused
        if not result.bad or result.finding.status.value == "cancelled":
            return word_of(result), "dim"
        return word_of(result), "warn" if is_temporary(result) else "bad"

    def fails(self, catalog: Catalog, name: str) -> bool:
        """Whether the last check of a backend failed, and repeating it will not help."""
        result = self.result(catalog, name)
        if result is None or not result.bad or result.finding.status.value == "cancelled":
            return False
        return not is_temporary(result)

    def refuses_key(self, catalog: Catalog, name: str) -> bool:
        """Whether the provider of a backend refused its key."""
        result = self.result(catalog, name)
        return result is not None and result.proofs.key.value == "no"

    def refused_variables(self, catalog: Catalog) -> Mapping[str, CheckResult]:
        """The variables with the keys of enabled backends that the provider refused, with the result that says so."""
        names = [name for name in self._results if name in catalog.enabled and self.refuses_key(catalog, name)]
        results = (self.result(catalog, name) for name in names)
        return {result.variable: result for result in results if result is not None and result.variable}


def word_of(result: CheckResult) -> str:
    """The label of a result."""
    if result.finding.reason is not None and result.finding.reason.value == "quota":
        return "unpaid"
    return WORDS.get(result.finding.status.value, result.finding.status.value)


def is_temporary(result: CheckResult) -> bool:
    """Whether a repeated check may soon have another result."""
    return result.finding.status.value in _TEMPORARY and word_of(result) != "unpaid"


def is_old(result: CheckResult) -> bool:
    """Whether a result is too old to be shown as current."""
    return time.time() - result.at > OLD_S


def age(result: CheckResult) -> str:
    """The age of a result."""
    return formatting.age(time.time() - result.at)


def short_age(at: float) -> str:
    """The age of a check at `at` (unix time) for a column: `now`, `12 min`, `3 h`, `2 d`."""
    return _short(formatting.age(time.time() - at))


def _short(age_label: str) -> str:
    label = age_label.removesuffix(" ago").replace("just now", "now")
    return f"{label.partition(' day')[0]} d" if " day" in label else label


def ran_cell(ran: Ran) -> Run:
    """The cell of a name after a run: `ran 2 h`, `ran 12m`."""
    text = f"ran {_short(ran.age)}"
    if len(text) > TRIED_WIDTH:
        text = text.replace(" min", "m").replace(" h", "h").replace(" d", "d")
    return ("failed", "warn") if ran.failed_last else (text, "good")
