"""What is known of the providers from asking them: results by backend, and which are being asked. Imports nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from core.catalog import Catalog
    from core.probes.result import CheckResult
    from core.probes.tried import TriedIndex
    from tui.facts import Facts

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

_NO_MATTER = frozenset({"enabled", "display_name"})
"""Fields of a backend that change nothing of what its provider would answer."""


class Live:
    """Results of checks, and checks under way. One for each tree that is open; changed on the screen's turn only."""

    def __init__(self) -> None:
        self.under_way: dict[str, str] = {}
        """The backends that are asked now, each with what is done: `waits`, `asking`."""
        self._results: dict[str, CheckResult] = {}
        self._asked_as: dict[str, Mapping[str, Any]] = {}
        self._index: tuple[Facts, TriedIndex] | None = None

    def take(self, catalog: Catalog, results: Iterable[CheckResult]) -> None:
        """Keep results in mind, each for its backend as it is written now."""
        for result in results:
            if result.backend in catalog.backends:
                self._results[result.backend] = result
                self._asked_as[result.backend] = _fields(catalog, result.backend)
        self._index = None

    def result(self, facts: Facts, name: str) -> CheckResult | None:
        """The last result of a backend; none once it is written otherwise than it was asked."""
        result = self._results.get(name)
        if result is None or _fields(facts.catalog, name) != self._asked_as[name]:
            return None
        return result

    def index(self, facts: Facts) -> TriedIndex | None:
        """The results as seen from every thing of the tree; None when there are none."""
        if not self._results:
            return None
        if self._index is None or self._index[0] is not facts:
            from core.probes.tried import TriedIndex

            found = [self.result(facts, name) for name in self._results if name in facts.catalog.backends]
            results = [result for result in found if result is not None]
            self._index = (facts, TriedIndex(facts.catalog, facts.report.resolutions, results))
        return self._index[1]

    @property
    def any(self) -> bool:
        """Whether anything was asked, or is."""
        return bool(self._results or self.under_way)

    def cell(self, facts: Facts, name: str) -> tuple[str, Tone]:
        """What a backend's row says of it: `+ ok 2 min ago`, `x key refused`, `. asking`."""
        if name in self.under_way:
            return f". {self.under_way[name]}", "accent"
        result = self.result(facts, name)
        if result is None:
            return "", "dim"
        word = WORDS.get(result.finding.status.value, result.finding.status.value)
        if result.finding.reason is not None and result.finding.reason.value == "quota":
            word = "no credit"
        if result.good:
            return f"+ {word} {age(result)}", "good"
        return (f"x {word}", "bad") if result.bad else (f"- {word}", "dim")


def age(result: CheckResult) -> str:
    """How long ago a backend was asked, in words."""
    from core.probes.tried import age_words

    return age_words(time.time() - result.at)


def _fields(catalog: Catalog, name: str) -> Mapping[str, Any]:
    return {key: value for key, value in catalog.backends[name].fields.items() if key not in _NO_MATTER}
