"""Fixes of pipes: name another model in the method file."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.edits.fixes.fix_base import Fix
from core.edits.method_updates import RepointPipe
from core.methods import Origin
from core.pipes import PipeAnswer, PipeCall
from core.prices import price_of
from core.problems import Problem
from core.references import Kind
from core.resolution import Status
from core.rules.pipes import names_for, nearest_model
from core.suggest import near


def pipe(report: Report, problem: Problem) -> Iterator[Fix]:
    """Point the pipe at a near name, or at the nearest callable model that does what it needs.

    Where the pipe names something of the deck that is dead, that is the one to fix.
    """
    for answer in report.pipes:
        if problem.reference != ("pipe", answer.pipe.source.shown, answer.pipe.code):
            continue
        for call in answer.calls:
            if _is_wanting(call) and answer.pipe.origin is Origin.PROJECT:
                yield from _models(report, answer, call)


def _is_wanting(call: PipeCall) -> bool:
    named = call.named
    if named is None or call.lacks or named.status is Status.REFUSED:
        return True
    passed = any(hop.kind in (Kind.PRESET, Kind.ALIAS, Kind.WATERFALL) and hop.place for hop in named.hops)
    return named.status is Status.DEAD and call.key is not None and not passed


def _models(report: Report, answer: PipeAnswer, call: PipeCall) -> Iterator[Fix]:
    """The near names of one that is defined nowhere, then the nearest model."""
    key = call.key.key if call.key is not None else ""
    similar = near(call.text, names_for(report.resolver, call))
    for name in similar:
        intent = RepointPipe(answer.pipe.source.shown, answer.pipe.code, name, key)
        yield Fix(intent, f"point pipe `{answer.pipe.code}` at `{name}`")
    best = nearest_model(report.resolver, answer, call)
    if best is None or best.handle in similar:
        return
    abilities = [lack.need.ability.value for lack in call.lacks]
    reason = f", which reads {' and '.join(abilities)}" if abilities and "captions of images" not in abilities else ""
    yield Fix(
        RepointPipe(answer.pipe.source.shown, answer.pipe.code, best.handle, key),
        f"point pipe `{answer.pipe.code}` at `{best.handle}`{reason}",
        note=price_of(best).text,
    )
