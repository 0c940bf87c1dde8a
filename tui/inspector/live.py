"""The sections of live checks: outcome, requests, responses, and the three lists of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.formatting import counted, duration, usd
from core.secret_texts import HIDDEN
from tui.inspector.sheet import Sheet
from tui.live import age, is_old, is_temporary
from tui.selection import ItemRef
from tui.widgets.runs import Run, Tone

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from core.probes.availability import Comparison, Declared
    from core.probes.check_result import CheckResult
    from core.probes.exchange import Exchange
    from core.resolution import Resolution
    from core.traces.run_index import Ran

MAX_MODELS = 40
"""Models of each list that are shown; the screen of served models shows all."""

_HOW_FAR = {
    "look-up": "while the host's name was looked up",
    "proxy": "while connecting through the proxy",
    "connect": "while connecting",
    "handshake": "while a secure connection was made",
    "response": "after it was sent",
    "body": "in the middle of the answer",
}


def live_section(sheet: Sheet, name: str) -> None:
    """The section of a backend's live check; nothing without a check."""
    view = sheet.view
    live = view.live
    if name in live.in_progress:
        sheet.heading("live check", "esc cancels")
        sheet.text((". ", "accent"), (live.in_progress[name].text, ""))
        return
    result = live.result(view.catalog, name)
    if result is None:
        return
    sheet.heading("live check", age(result) + (", in a previous session" if result.cached else ""))
    _outcome(sheet, result)
    if result.exchanges or result.cached:
        sheet.field("proven", result.proofs.text)
    _measures(sheet, result)
    index = view.live_results.index
    if index is not None and index.results.get(name) is result and result.good:
        _lists(sheet, index.comparisons[name])
    for number, exchange in enumerate(result.exchanges):
        _exchange(sheet, exchange, number, len(result.exchanges))


def _outcome(sheet: Sheet, result: CheckResult) -> None:
    message, advice = result.texts
    sign, tone = _sign(result)
    sheet.text((f"{sign} ", tone), (message, ""))
    if result.good and is_old(result):
        sheet.text(("  it may have changed since: t repeats the check", "dim"))
    if advice and not result.good:
        sheet.text((f"  fix: {advice}", "dim"), hang=5)


def _sign(result: CheckResult) -> tuple[str, Tone]:
    if result.good:
        return "+", "dim" if is_old(result) else "good"
    if result.inconclusive:
        return "?", "warn"
    if not result.bad or result.finding.status.value == "cancelled":
        return "-", "dim"
    return ("!", "warn") if is_temporary(result) else ("x", "bad")


def _measures(sheet: Sheet, result: CheckResult) -> None:
    if result.latency is not None:
        sheet.field("latency", duration(result.latency))
    if result.host:
        sheet.field("host", result.host)
    if result.tries > 1:
        sheet.field("tries", str(result.tries))
    if result.request_id:
        sheet.field("request id", result.request_id)
    for name, value in result.facts:
        sheet.field(name, value)
    for note in result.notes:
        sheet.text(("note: ", "dim"), (note, ""))


def _exchange(sheet: Sheet, exchange: Exchange, number: int, count: int) -> None:
    sheet.heading("sent" if count == 1 else f"sent, {number + 1} of {count}", exchange.purpose)
    sheet.text((f"{exchange.method} {exchange.url}", ""))
    for name, value in exchange.sent:
        sheet.text((f"{name}: ", "dim"), (value, "dim" if value == HIDDEN else ""))
    if exchange.body:
        sheet.text((exchange.body, ""))
    if exchange.status is None:
        how = _HOW_FAR.get(exchange.phase, "before it was sent")
        sheet.heading("response", f"nothing in {duration(exchange.seconds)}")
        sheet.text((f"{exchange.message}, {how}" if exchange.message else how, "warn"))
        return
    sheet.heading("response", f"{counted(exchange.size, 'byte')} in {duration(exchange.seconds)}")
    tone: Tone = "good" if exchange.status < 300 and not exchange.excerpt else "warn"
    listed = f", {counted(exchange.listed, 'model')} in it" if exchange.listed is not None else ""
    sheet.text((f"HTTP {exchange.status}", tone), (listed, ""))
    for name, value in exchange.returned:
        sheet.text((f"{name}: ", "dim"), (value, ""))
    if exchange.request_id and exchange.request_id not in (value for _, value in exchange.returned):
        sheet.text(("request id: ", "dim"), (exchange.request_id, ""))
    if exchange.message:
        sheet.text(("it says: " if exchange.status >= 300 else "that is: ", "dim"), (exchange.message, ""))
    if exchange.excerpt:
        sheet.text(("it begins: ", "dim"), (exchange.excerpt, ""))


def _lists(sheet: Sheet, comparison: Comparison) -> None:
    _declared(sheet, f"{len(comparison.served)} declared and served", comparison.served)
    _declared(sheet, f"{len(comparison.not_served)} declared, not served", comparison.not_served)
    if comparison.unknown:
        _declared(sheet, f"{len(comparison.unknown)} declared, not known", comparison.unknown, comparison.gap)
    sheet.heading(
        f"{len(comparison.undeclared)} served, not declared", "i lists and imports" if comparison.undeclared else ""
    )
    for model in comparison.undeclared[:MAX_MODELS]:
        sheet.text(("+ ", "dim"), (model.id, ""))
    _more(sheet, len(comparison.undeclared))


def _declared(sheet: Sheet, title: str, items: tuple[Declared, ...], note: str = "") -> None:
    sheet.heading(title, note)
    for item in items[:MAX_MODELS]:
        bad = item.state.value == "not_served"
        comment = f"  {item.note}" if item.note else ""
        users = f"  used by {', '.join(item.users)}" if bad and item.users else ""
        sheet.text(
            (
                ("x " if item.users else "! ") if bad else "+ " if item.state.value == "served" else "? ",
                "bad" if bad else "dim",
            ),
            (item.spec.handle, "accent"),
            (comment + users, "dim"),
            link=sheet.view.model_ref(item.spec),
        )
    _more(sheet, len(items))


def _more(sheet: Sheet, count: int) -> None:
    if count > MAX_MODELS:
        sheet.text((f"and {count - MAX_MODELS} more", "dim"))


# ---- of one model


def ran_line(sheet: Sheet, ran: Ran | None) -> None:
    """One line about the past runs of a name, a model or a pipe; none without any."""
    if ran is not None:
        sheet.text(("! ", "warn") if ran.failed_last else ("+ ", "good"), (ran.text, ""), hang=2)


def ran_of(sheet: Sheet, resolution: Resolution) -> Ran | None:
    """The past runs of a reference."""
    runs = sheet.view.report.runs
    return runs.of_name(resolution) if runs is not None else None


def tried_line(sheet: Sheet, spec: ModelSpec | None) -> None:
    """One line about the model of a reference: the result of its live check, and its age."""
    index = sheet.view.live_results.index
    tried = index.spec(spec) if index is not None and spec is not None else None
    if spec is not None and sheet.view.live.answering == (spec.backend, spec.handle):
        sheet.text((". ", "accent"), ("asked for one word ...  ", ""), ("esc cancels", "dim"))
    if spec is not None:
        _answered_line(sheet, spec)
    if tried is None or spec is None:
        return
    marks: dict[str, Run] = {"confirmed": ("+ tried ", "good"), "unknown": ("? tried ", "dim")}
    text = tried.text or "unknown"
    sheet.text(
        marks.get(tried.state.value, ("x tried ", "bad")),
        (f"{tried.age()}: {text}", ""),
        link=ItemRef("backend", "", spec.backend),
    )


def _answered_line(sheet: Sheet, spec: ModelSpec) -> None:
    answer = sheet.view.live.answer(sheet.view.catalog, spec)
    if answer is None:
        return
    sign, tone = _sign(answer.result)
    word = f"in {duration(answer.result.seconds)}" if answer.result.good else answer.result.texts[0]
    cost = f", {usd(answer.cost)}" if answer.cost is not None else ""
    sheet.text(
        (f"{sign} {'answered' if answer.result.good else 'asked'} ", tone), (f"{age(answer.result)}: {word}{cost}", "")
    )


def answer_section(sheet: Sheet, spec: ModelSpec | None) -> None:
    """The section of a model's one-word completion; nothing without a request."""
    answer = sheet.view.live.answer(sheet.view.catalog, spec) if spec is not None else None
    if answer is None or spec is None:
        return
    result = answer.result
    sheet.heading("live answer", age(result))
    if result.good:
        sheet.text(("+ ", "good"), (f"answered in {duration(result.seconds)}", ""))
    else:
        _outcome(sheet, result)
    model = dict(result.facts).get("answered by", "")
    if model and not model.startswith((spec.model_id, spec.handle)):
        sheet.text(("! ", "warn"), (f"another model answered: {model}", ""))
    _measures(sheet, result)
    if answer.cost is not None:
        sheet.field("cost", usd(answer.cost), "by the tree's prices")
    for number, exchange in enumerate(result.exchanges):
        _exchange(sheet, exchange, number, len(result.exchanges))
