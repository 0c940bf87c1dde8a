"""Problems of used models that have ended or end soon, by published data: one cause for each horizon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.diagnostics.life_codes import MODEL_ENDED, MODEL_ENDS_SOON
from core.entities import ModelSpec
from core.lives.lives import SOON_DAYS, LifeState, Lives, horizon_text
from core.problems import Problem
from core.references import Kind
from core.resolution import Resolution
from core.rules.context import problem


def life_problems(lives: Lives, resolutions: Sequence[Resolution]) -> Iterator[Problem]:
    """A problem for each ended or soon ending model that names of the deck use.

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
        found = [(spec, used) for spec, used in users.values() if _is_in(lives, spec, state)]
        cause = "said " + horizon_text(len(found), sum(len(used) for _, used in found), days)
        for spec, used in found:
            successor = "point them at its successor or at another living model"
            yield problem(
                diagnostic,
                f"{lives.text(spec)}: {_names(used)}",
                spec.origin("model_id") or spec.place,
                fix=successor if len(used) > 1 else successor.replace("them", "it"),
                cause=cause,
                subject=spec.handle,
            )


def _is_in(lives: Lives, spec: ModelSpec, state: LifeState) -> bool:
    if lives.state(spec) is not state:
        return False
    end = lives.end(spec)
    return state is LifeState.ENDED or (end is not None and end.days <= SOON_DAYS)


def _names(used: Sequence[Resolution]) -> str:
    shown = ", ".join(item.reference for item in used[:3])
    more = f" and {len(used) - 3} more" if len(used) > 3 else ""
    return f"{shown}{more} {'ends' if len(used) == 1 else 'end'} there"
