"""Text of the answers about pipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.pipes import PipeAnswer, PipeCall
from core.prices import price_of
from core.resolution import Status
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.traces.run_index import Ran, RunIndex

MARKS = {
    Status.CALLABLE: ("ok", "good"),
    Status.SERVED: ("!", "warn"),
    Status.UNKNOWN: ("?", "warn"),
    Status.REFUSED: ("x", "bad"),
    Status.DEAD: ("x", "bad"),
}
"""The mark and tone of each status."""
WORDS = {
    Status.CALLABLE: "can run",
    Status.SERVED: "not callable here",
    Status.UNKNOWN: "unknown",
    Status.REFUSED: "refused",
    Status.DEAD: "dead",
}
"""Each status of a pipe in words."""


def call_text(call: PipeCall) -> str:
    """The reference of a call, and the model at its end: `$writing -> gpt-4o of openai`."""
    named = call.text or "no model"
    if call.key is None and call.text:
        named = f"default {call.text}"
    spec = call.spec
    return named if spec is None else f"{named} -> {spec.handle} of {spec.backend}"


def reasons(answer: PipeAnswer) -> list[str]:
    """Why a pipe cannot run, or may not."""
    found = [
        f"the release does not know {f'the type {key.value}' if key.key == 'type' else f'the key `{key.key}`'}"
        for key in answer.foreign
    ]
    for call in answer.calls:
        named = call.named
        if named is None:
            found.append(f"the deck has no default for {answer.pipe.type}")
        elif named.unresolved is not None:
            found.append(named.unresolved.message)
        elif named.refusal is not None:
            found.append(named.refused_words)
        elif named.status is Status.SERVED:
            found.append("its variables are not set, or its call is known to fail here: see `pipedeck explain`")
        found += [
            f"{'needs' if lack.need.certain else 'may need'} {lack.need.ability} (`{lack.need.source}`):"
            f" the model {lack.why}"
            for lack in call.lacks
        ]
    return list(dict.fromkeys(found))


def print_pipes(answers: Sequence[PipeAnswer], output: TextOutput, runs: RunIndex | None = None) -> None:
    """Print each pipe with its calls, its past runs, and the reasons why it cannot run."""
    for answer in answers:
        mark, tone = MARKS[answer.status]
        calls = list(dict.fromkeys((call_text(call), _price(call)) for call in answer.calls))
        location = answer.calls[0].place.location if answer.calls else answer.pipe.location
        output.entry(2, [(mark.ljust(3), tone), answer.pipe.code, (f"  {answer.pipe.type}", "dim")], str(location))
        for text, price in calls:
            output.line("       ", text, (f"  {price}" if price else "", "dim"))
        if runs is not None and (ran := runs.of_pipe(answer.pipe.code, answer.specs)) is not None:
            output.wrapped("       ", ran.text, ran_tone(ran))
        for reason in reasons(answer):
            output.line("       ", (reason, tone))


def ran_tone(ran: Ran) -> str:
    """The tone of past runs: of a failed last run, and of others."""
    return "warn" if ran.failed_last else "good"


def _price(call: PipeCall) -> str:
    return price_of(call.spec).text if call.spec is not None else ""
