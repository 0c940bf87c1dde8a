"""The pane of models: every handle that a backend declares, who serves it, for what price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.entities import ModelSpec
from core.resolution import Resolution, Status
from tui.facts import Facts
from tui.panes.spec import PaneSpec
from tui.things import Thing
from tui.widgets.columns import Column
from tui.widgets.rows import Row
from tui.words import STATUS_SIGNS, STATUS_TONES, prices, tokens

COLUMNS = (
    Column("", "sign", 1),
    Column("model", "name", 17, flex=3, most=48),
    Column("in $", "input", 5, align="right", priority=1),
    Column("out $", "output", 5, align="right", priority=1),
    Column("backend", "backend", 12, flex=1, most=26, priority=2),
    Column("max", "max", 6, align="right", priority=3),
    Column("status", "status", 8, priority=4),
    Column("type", "type", 14, priority=5),
)


def rows(facts: Facts, scope: Thing | None = None) -> Sequence[Row]:
    """One row for each handle (of each type), in file order, the dead last; of one backend only when narrowed to it."""
    return [_row(facts, thing, resolution, spec) for thing, resolution, spec in _shown(facts, scope)]


def _shown(facts: Facts, scope: Thing | None) -> Iterator[tuple[Thing, Resolution, ModelSpec | None]]:
    if scope is None:
        for thing, resolution in sorted(facts.models.items(), key=lambda item: item[1].status is Status.DEAD):
            yield thing, resolution, facts.spec_of(thing)
        return
    seen: set[Thing] = set()
    for spec in facts.catalog.specs_by_backend.get(scope.name, ()):
        thing = facts.model_thing(spec)
        if thing in facts.models and thing not in seen:
            seen.add(thing)
            yield thing, facts.models[thing], spec


def _row(facts: Facts, thing: Thing, resolution: Resolution, spec: ModelSpec | None) -> Row:
    status = resolution.status
    given, taken = prices(spec)
    if resolution.spec is not None:
        backend = resolution.spec.backend
    else:
        backend = " ".join(dict.fromkeys(f"({other.backend})" for other in facts.declaring(thing)))
    tone = STATUS_TONES[status]
    return Row(
        thing.key,
        (
            (STATUS_SIGNS[status], tone),
            thing.name,
            given,
            taken,
            backend,
            tokens(spec.max_tokens if spec is not None else None),
            (status.value, "" if status is Status.CALLABLE else tone),
            (spec.model_type if spec is not None else "", "dim"),
        ),
        tone="dim" if status is Status.DEAD else "",
    )


def counts(facts: Facts, scope: Thing | None = None) -> str:
    """`28 of 551 served`, or of one backend: `of anthropic 28 of 28`."""
    shown = [resolution for _, resolution, _ in _shown(facts, scope)]
    alive = sum(1 for resolution in shown if resolution.spec is not None)
    return f"of {scope.name}  {alive} of {len(shown)}" if scope is not None else f"{alive} of {len(shown)} served"


PANE = PaneSpec("models", 2, "Models", COLUMNS, rows, counts, "no models: no backend declares any")
