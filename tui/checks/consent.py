"""Questions before something is sent: a key for a new host, and the cost of a completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.formatting import duration, usd
from core.probes.completion import PROMPT, CompletionPlan
from core.probes.consent import Question
from core.probes.trust import Trust
from tui.dialogs.ask import AskScreen, Option
from tui.live import ModelAnswer
from tui.widgets.lines import Line
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol


def ask_about_hosts(
    screen: MainScreenProtocol,
    asked: Sequence[Question],
    agree: Callable[[Question], None],
    on_answer: Callable[[bool], None],
) -> None:
    """Ask about each host that a key would be sent to for the first time; esc means no.

    `agree` gets each approved question; `on_answer` gets at the end whether there was one.
    """
    left: list[Question] = list(asked)
    said_yes: list[Question] = []

    def ask() -> None:
        if not left:
            on_answer(bool(said_yes))
            return
        question = left.pop(0)

        def answer(key: str | None) -> None:
            if key:
                agree(question)
                said_yes.append(question)
            ask()

        lines = [
            Line(((f"{question.text}.", "heading"),)),
            Line((("A tree that somebody else wrote can name any variable and any host.", "dim"),)),
        ]
        options = [Option("", "do not send it"), Option("send", "send it, also in future")]
        title = "send a key to a new host?" if question.variables else "ask this host?"
        screen.app.push_screen(AskScreen(title, lines, options), answer)

    ask()


def agree(screen: MainScreenProtocol, trust: Trust, question: Question) -> None:
    """Note the approval."""
    failed = trust.approve(*question.pairs)
    if failed:
        screen.show_status(failed)


def ask_about_model(screen: MainScreenProtocol, completion: CompletionPlan, on_answer: Callable[[str], None]) -> None:
    """Show the request and the cost of a one-word completion; `on_answer` gets `send`, `list` or nothing."""
    plan, spec = completion.plan, completion.spec
    lines = [
        _said("sends", ("one request of 15 tokens: ", ""), (f'"{PROMPT}"', "heading")),
        _said("to", (f"{plan.requests[-1].method} {plan.shown(plan.requests[-1].url)}", "")),
        _said("with", (", ".join(plan.sent) if plan.sent else "no key", ""), (" in its headers", "dim")),
        _said("back", (completion.tokens_text, "")),
        _said("costs", (completion.cost_text, "heading"), _prices(completion)),
        *(_said("note", (note, "dim")) for note in plan.notes),
    ]
    options = [
        Option("", "send nothing"),
        Option("send", "send it", completion.cost_text),
        Option("list", f"only ask {spec.backend} what it serves", "costs nothing"),
    ]
    title = f"ask {spec.handle} of {spec.backend} for one word?"
    screen.app.push_screen(AskScreen(title, lines, options), lambda key: on_answer(key or ""))


def _said(name: str, *runs: Run) -> Line:
    return Line(((f"{name:<6}", "dim"), *runs), "", 6)


def _prices(completion: CompletionPlan) -> Run:
    costs = completion.spec.costs
    if completion.estimate is None:
        return (": the tree states none", "dim")
    return (f", at ${costs['input']:g} in and ${costs['output']:g} out per million tokens", "dim")


def describe_answer(answer: ModelAnswer) -> str:
    """The result of asking a model for a word, in one line."""
    result, handle = answer.result, answer.spec.handle
    if not result.good:
        message, advice = result.texts
        return f"{handle}: {message}" + (f": {advice}" if advice else "")
    facts = dict(result.facts)
    parts = [f"{handle} answered in {duration(result.seconds)}"]
    if facts.get("answered by"):
        parts[0] += f" as {facts['answered by']}"
    if answer.cost is not None:
        parts.append(usd(answer.cost))
    return ", ".join(parts)
