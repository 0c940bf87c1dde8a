"""What is known of the providers from asking them: results by backend, and which are being asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from core import formatting
from core.records import dataclass
from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from core.api import Report
    from core.catalog import Catalog
    from core.entities import ModelSpec
    from core.probes.availability import Tried, TriedIndex
    from core.probes.check_result import CheckResult
    from core.problems import Problem

WORDS: Mapping[str, str] = {
    "ok": "ok",
    "missing_credential": "no key",
    "unauthorized": "key refused",
    "forbidden": "forbidden",
    "not_found": "wrong path",
    "rate_limited": "too often",
    "server_error": "it fails",
    "timeout": "no answer",
    "dns": "no such host",
    "refused": "nobody there",
    "tls": "no TLS",
    "bad_response": "odd answer",
    "not_checkable": "not asked",
    "cancelled": "cancelled",
}
"""What came of a check in so few letters that a column holds it."""

OLD_S = 900
"""From this age on, in seconds, a good answer is shown as something that was so, not as something that is."""

_PASSING = frozenset({"rate_limited", "server_error", "timeout"})
_NO_MATTER = frozenset({"enabled", "display_name"})
"""Fields of a backend that change nothing of what its provider would answer."""

Whose = Callable[["Catalog", list[str]], Mapping[str, str]]
"""For each of some backends a text that is another one when its key or address is another."""


class InProgress(NamedTuple):
    """A backend that is being asked: the word for its row, and what is done just now in words."""

    word: str
    words: str = ""


@dataclass(frozen=True)
class LiveResults:
    """One report together with what checks said of it. For showing: edits compare reports without it."""

    report: Report
    results: Mapping[str, CheckResult]
    index: TriedIndex | None = None
    by_problem: Mapping[Problem, CheckResult] | None = None

    def of(self, problem: Problem) -> CheckResult | None:
        """The result that a problem comes from; None for what is seen without asking."""
        return self.by_problem.get(problem) if self.by_problem is not None else None


def merge_live_results(report: Report, results: Mapping[str, CheckResult]) -> LiveResults:
    """Work results into a report. Takes its time where much is served, and may run in a thread."""
    if not results:
        return LiveResults(report, {})
    from core.probes.availability import TriedIndex
    from core.probes.live_problems import live_problems

    index = TriedIndex(report.catalog, report.resolutions, results.values())
    found = {
        problem: result
        for result in results.values()
        for problem in live_problems(report.catalog, report.resolutions, [result], index.comparisons)
    }
    told = report.with_live_problems(tuple(found))
    _ = (told.verdict, told.causes)
    index.prepare()
    return LiveResults(told, results, index, found)


class Asked(NamedTuple):
    """What an answer depends on: the fields of its backend that matter, and the key and address they come to."""

    fields: Mapping[str, Any]
    whose: str


class Answered(NamedTuple):
    """What came of asking one model for a word: the result, its model as it was written then, and the cost in USD."""

    result: CheckResult
    spec: ModelSpec
    cost: float | None


class Live:
    """Results of checks, and checks under way. One for each tree that is open; changed on the screen's turn only."""

    def __init__(self) -> None:
        self.in_progress: dict[str, InProgress] = {}
        """The backends that are asked now."""
        self.answering: tuple[str, str] | None = None
        """The backend and handle of the model that is asked for a word now."""
        self.whose: Whose | None = None
        """Tells keys and addresses apart; there once anything was asked."""
        self._results: dict[str, tuple[CheckResult, Asked]] = {}
        self._answers: dict[tuple[str, str], tuple[Answered, Asked]] = {}
        self._looked: tuple[object, dict[str, str]] = (None, {})

    def learn(self, catalog: Catalog, whose: Mapping[str, str]) -> None:
        """Take note of whose answers those to come will be, by backend: so it need not be worked out for each."""
        if self._looked[0] is not catalog.environment:
            self._looked = (catalog.environment, {})
        self._looked[1].update(whose)

    def take(self, catalog: Catalog, results: Iterable[CheckResult]) -> None:
        """Keep results in mind, each for its backend as it is written now and with the key it has now.

        What was cancelled takes nothing away: the answer before it stays, with its age.
        """
        for result in results:
            name = result.backend
            if result.finding.status.value == "cancelled" and self.result(catalog, name) is not None:
                continue
            if (asked := self._asked(catalog, name)) is not None:
                self._results[name] = (result, asked)

    def take_answer(self, catalog: Catalog, answer: Answered) -> None:
        """Keep in mind what one model answered."""
        name = answer.spec.backend
        if (asked := self._asked(catalog, name)) is not None:
            self._answers[name, answer.spec.handle] = (answer, asked)

    def result(self, catalog: Catalog, name: str) -> CheckResult | None:
        """The last result of a backend; none once it is written otherwise than it was asked, or its key is another."""
        result, asked = self._results.get(name, (None, None))
        return result if asked is not None and asked == self._asked(catalog, name) else None

    def results(self, catalog: Catalog) -> Mapping[str, CheckResult]:
        """Every result that still holds."""
        found = ((name, self.result(catalog, name)) for name in self._results)
        return {name: result for name, result in found if result is not None}

    def answer(self, catalog: Catalog, spec: ModelSpec) -> Answered | None:
        """What a model answered last; none once it or its backend is written otherwise, or the key is another."""
        answer, asked = self._answers.get((spec.backend, spec.handle), (None, None))
        if answer is None or answer.spec.fields != spec.fields:
            return None
        return answer if asked is not None and asked == self._asked(catalog, spec.backend) else None

    def _asked(self, catalog: Catalog, name: str) -> Asked | None:
        """As what a backend would be asked now: what its answer depends on. None when it is no longer there."""
        backend = catalog.backends.get(name)
        if backend is None:
            return None
        fields = {key: value for key, value in backend.fields.items() if key not in _NO_MATTER}
        return Asked(fields, self._whose(catalog, name))

    def _whose(self, catalog: Catalog, name: str) -> str:
        """Looked up once for each state of the variables: an edit leaves them alone."""
        if self.whose is None:
            return ""
        if self._looked[0] is not catalog.environment or name not in self._looked[1]:
            names = [one for one in dict.fromkeys((*self._results, name)) if one in catalog.backends]
            self.learn(catalog, self.whose(catalog, names))
        return self._looked[1].get(name, "")

    @property
    def any(self) -> bool:
        """Whether anything was asked, or is."""
        return bool(self._results or self.in_progress)

    def cell(self, catalog: Catalog, name: str) -> tuple[str, Tone]:
        """What a backend's row says of it: `+ ok 2 min ago`, `x key refused`, `. asking`."""
        if name in self.in_progress:
            return f". {self.in_progress[name].word}", "accent"
        result = self.result(catalog, name)
        if result is None:
            return "", "dim"
        if result.good:
            return f"+ {word_of(result)} {age(result)}", "dim" if is_old(result) else "good"
        if not result.bad or result.finding.status.value == "cancelled":
            return f"- {word_of(result)}", "dim"
        return (f"! {word_of(result)}", "warn") if is_passing(result) else (f"x {word_of(result)}", "bad")


def word_of(result: CheckResult) -> str:
    """What came of a check, in a word or two."""
    if result.finding.reason is not None and result.finding.reason.value == "quota":
        return "no credit"
    return WORDS.get(result.finding.status.value, result.finding.status.value)


def is_passing(result: CheckResult) -> bool:
    """Whether it may be otherwise a minute later."""
    return result.finding.status.value in _PASSING and word_of(result) != "no credit"


def is_old(result: CheckResult) -> bool:
    """Whether it was so long ago that it may well be otherwise now."""
    return time.time() - result.at > OLD_S


def age(result: CheckResult) -> str:
    """How long ago a backend was asked, in words."""
    return formatting.age(time.time() - result.at)


def tried_cell(tried: Tried, result: CheckResult) -> tuple[str, str, Tone] | None:
    """Sign, word and tone of something that would be callable, once its provider was asked: `tried 2 min`.

    None when that said nothing of it.
    """
    state = tried.state.value
    if state == "confirmed":
        words = tried.age().removesuffix(" ago").replace("just now", "now")
        return "+", f"tried {words.partition(' day')[0] + ' d' if ' day' in words else words}", "good"
    if state == "not_served":
        return "x", "not served", "bad"
    if state == "failed" and result.bad and result.finding.status.value != "cancelled":
        return ("!", word_of(result), "warn") if is_passing(result) else ("x", word_of(result), "bad")
    return None
