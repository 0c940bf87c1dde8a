"""The counts of a run, from which its last line, its document and its exit status are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.probes.availability import Comparison
from core.probes.check_result import CheckResult
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """The backends of a run by result, each in one of four counts, and the models in use that are not served."""

    good: int
    bad: int
    inconclusive: int
    not_checkable: int
    unserved: int

    @property
    def failed(self) -> bool:
        """Whether a backend or a model in use failed."""
        return bool(self.bad or self.unserved)


def count_results(results: Sequence[CheckResult], comparisons: Iterable[Comparison] = ()) -> CheckCounts:
    """The counts of results and of their comparisons."""
    return CheckCounts(
        sum(result.good for result in results),
        sum(result.bad for result in results),
        sum(result.inconclusive for result in results),
        sum(not (result.good or result.bad or result.inconclusive) for result in results),
        sum(bool(item.users) for comparison in comparisons for item in comparison.not_served),
    )
