"""Problems of models whose last run failed, by the traces of past runs."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.history_codes import MODEL_RUNS_FAIL
from core.formatting import counted
from core.problems import Problem
from core.rules.context import problem
from core.traces import RECENT_DAYS
from core.traces.run_index import RunIndex


def run_problems(runs: RunIndex) -> Iterator[Problem]:
    """A problem for each model whose last run failed."""
    for spec, ran in runs.models():
        if ran.failed_last:
            totals = ran.totals
            counts = f"{counted(totals.errors, 'error')} and {counted(totals.calls, 'call')} in {RECENT_DAYS} days"
            yield problem(
                MODEL_RUNS_FAIL,
                f"runs that call `{spec.handle}` fail: the last one {ran.age}, {counts}",
                spec.origin("model_id") or spec.place,
                fix="ask the model with a live check, or run the pipe again",
                subject=spec.handle,
                calls=totals.calls + totals.errors,
            )
