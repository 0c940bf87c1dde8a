"""Problems by published data: used models that have ended or end soon, a cause for each horizon; and prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.diagnostics.life_codes import MODEL_ENDED, MODEL_ENDS_SOON, PRICE_DIFFERS
from core.entities import ModelSpec
from core.formatting import counted, price_factor, usd
from core.lives.life_rows import LifeRow
from core.lives.lives import SOON_DAYS, LifeState, Lives, horizon_text
from core.lives.price_check import PriceCheck
from core.problems import Problem, Severity
from core.references import Kind
from core.resolution import Resolution
from core.rules.context import problem
from core.traces import RECENT_DAYS

if TYPE_CHECKING:
    from core.traces.run_index import RunIndex


def life_problems(lives: Lives, resolutions: Sequence[Resolution], runs: RunIndex | None = None) -> Iterator[Problem]:
    """A problem for each ended or soon ending model that names of the deck use; one cause for those that were called.

    A model that a live check lists has not ended.
    """
    users: dict[int, tuple[ModelSpec, list[Resolution]]] = {}
    for item in resolutions:
        if item.spec is not None and item.kind is not Kind.MODEL:
            users.setdefault(id(item.spec), (item.spec, []))[1].append(item)
    for diagnostic, state, days in (
        (MODEL_ENDED, LifeState.ENDED, None),
        (MODEL_ENDS_SOON, LifeState.ENDS, SOON_DAYS),
    ):
        found = [(spec, used, _calls(runs, spec)) for spec, used in users.values() if _is_in(lives, spec, state)]
        for models in ([item for item in found if item[2]], [item for item in found if not item[2]]):
            calls = sum(item[2] for item in models)
            cause = "said " + horizon_text(len(models), sum(len(used) for _, used, _ in models), days, calls)
            for spec, used, own_calls in models:
                called = f", called {counted(own_calls, 'time')} in {RECENT_DAYS} days" if own_calls else ""
                yield problem(
                    diagnostic,
                    f"{lives.text(spec)}: {_listed([item.reference for item in used])}{called}",
                    spec.origin("model_id") or spec.place,
                    fix="repoint to the successor or to another living model",
                    cause=cause,
                    subject=spec.handle,
                    calls=own_calls,
                )


def _calls(runs: RunIndex | None, spec: ModelSpec) -> int:
    """The recent calls of a model."""
    ran = runs.of_model(spec) if runs is not None else None
    return ran.totals.calls if ran is not None else 0


def row_problems(lives: Lives, rows: Iterable[LifeRow]) -> Iterator[Problem]:
    """A problem for each row with an end, whatever the days until then; a note where no name of the deck uses it."""
    codes = {LifeState.ENDED: MODEL_ENDED, LifeState.ENDS: MODEL_ENDS_SOON}
    for row in rows:
        if row.state in codes:
            spec = row.spec
            yield problem(
                codes[row.state],
                f"{lives.text(spec)}: {_listed(row.names) if row.names else 'no name of the deck uses it'}",
                spec.origin("model_id") or spec.place,
                severity=None if row.names else Severity.INFO,
                fix=f"use {row.follows}" if row.follows else "point its names at a living model" if row.names else None,
                subject=spec.handle,
            )


def price_problems(checks: Iterable[PriceCheck]) -> Iterator[Problem]:
    """A problem for each price that differs, with the price of each source."""
    for check in checks:
        spec = check.spec
        listed = ", ".join(
            f"{usd(one.input)} / {usd(one.output)} by {' and '.join(map(str, one.origins))}" for one in check.listed
        )
        yield problem(
            PRICE_DIFFERS,
            f"`{spec.handle}` of {spec.backend} costs `{usd(check.price.input)} / {usd(check.price.output)}` in the"
            f" file, {listed}: off by {price_factor(check.factor)}",
            spec.origin("costs") or spec.place,
            fix=f"`pipedeck prices --take {spec.backend}/{spec.handle}`, or keep the price of your contract",
            subject=spec.handle,
        )


def _is_in(lives: Lives, spec: ModelSpec, state: LifeState) -> bool:
    if lives.state(spec) is not state:
        return False
    end = lives.end(spec)
    return state is LifeState.ENDED or (end is not None and end.days <= SOON_DAYS)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} {'ends' if len(names) == 1 else 'end'} there"
