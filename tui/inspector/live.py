"""What the inspector says of asking a provider: the outcome, what was sent, what came back, and the three lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.formatting import counted, duration, usd
from core.masking import HIDDEN
from tui.inspector.sheet import Sheet
from tui.live import age, is_old, is_passing
from tui.selection import ItemRef
from tui.widgets.runs import Tone

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from core.probes.availability import Comparison, Declared
    from core.probes.check_result import CheckResult
    from core.probes.exchange import Exchange

MOST = 40
"""Models that are shown of each list; the screen of what is served shows all."""

_HOW_FAR = {
    "look-up": "while the host's name was looked up",
    "connect": "while connecting",
    "handshake": "while a secure connection was made",
    "response": "after it was sent",
    "body": "in the middle of the answer",
}


def live_section(out: Sheet, name: str) -> None:
    """What asking a backend's provider said; nothing when it was never asked."""
    view = out.view
    live = view.live
    if name in live.in_progress:
        out.heading("live check", "esc cancels")
        out.text((". ", "accent"), (live.in_progress[name].words, ""))
        return
    result = live.result(view.catalog, name)
    if result is None:
        return
    out.heading("live check", age(result) + (", in an earlier session" if result.cached else ""))
    _outcome(out, result)
    _measures(out, result)
    index = view.live_results.index
    if index is not None and index.results.get(name) is result and result.good:
        _lists(out, index.comparisons[name])
    for number, exchange in enumerate(result.exchanges):
        _exchange(out, exchange, number, len(result.exchanges))


def _outcome(out: Sheet, result: CheckResult) -> None:
    said, advice = result.texts
    sign, tone = _sign(result)
    out.text((f"{sign} ", tone), (said, ""))
    if result.good and is_old(result):
        out.text(("  it may have changed since: t checks again", "dim"))
    if advice and not result.good:
        out.text((f"  fix: {advice}", "dim"), hang=5)


def _sign(result: CheckResult) -> tuple[str, Tone]:
    if result.good:
        return "+", "dim" if is_old(result) else "good"
    if not result.bad or result.finding.status.value == "cancelled":
        return "-", "dim"
    return ("!", "warn") if is_passing(result) else ("x", "bad")


def _measures(out: Sheet, result: CheckResult) -> None:
    if result.latency is not None:
        out.field("latency", duration(result.latency))
    if result.host:
        out.field("host", result.host)
    if result.tries > 1:
        out.field("tries", str(result.tries))
    if result.request_id:
        out.field("request id", result.request_id)
    for name, value in result.facts:
        out.field(name, value)
    for note in result.notes:
        out.text(("note: ", "dim"), (note, ""))


def _exchange(out: Sheet, exchange: Exchange, number: int, count: int) -> None:
    out.heading("sent" if count == 1 else f"sent, {number + 1} of {count}", exchange.purpose)
    out.text((f"{exchange.method} {exchange.url}", ""))
    for name, value in exchange.sent:
        out.text((f"{name}: ", "dim"), (value, "dim" if value == HIDDEN else ""))
    if exchange.body:
        out.text((exchange.body, ""))
    if exchange.status is None:
        how = _HOW_FAR.get(exchange.phase, "before it was sent")
        out.heading("came back", f"nothing in {duration(exchange.seconds)}")
        out.text((f"{exchange.message}, {how}" if exchange.message else how, "warn"))
        return
    out.heading("came back", f"{counted(exchange.size, 'byte')} in {duration(exchange.seconds)}")
    tone: Tone = "good" if exchange.status < 300 and not exchange.excerpt else "warn"
    listed = f", {counted(exchange.listed, 'model')} in it" if exchange.listed is not None else ""
    out.text((f"HTTP {exchange.status}", tone), (listed, ""))
    for name, value in exchange.returned:
        out.text((f"{name}: ", "dim"), (value, ""))
    if exchange.request_id and exchange.request_id not in (value for _, value in exchange.returned):
        out.text(("request id: ", "dim"), (exchange.request_id, ""))
    if exchange.message:
        out.text(("it says: " if exchange.status >= 300 else "that is: ", "dim"), (exchange.message, ""))
    if exchange.excerpt:
        out.text(("it begins: ", "dim"), (exchange.excerpt, ""))


def _lists(out: Sheet, found: Comparison) -> None:
    _declared(out, f"{len(found.served)} declared and served", found.served)
    _declared(out, f"{len(found.not_served)} declared, not served", found.not_served)
    if found.unknown:
        _declared(out, f"{len(found.unknown)} declared, not known", found.unknown, found.gap)
    out.heading(f"{len(found.undeclared)} served, not declared", "i lists and imports" if found.undeclared else "")
    for model in found.undeclared[:MOST]:
        out.text(("+ ", "dim"), (model.id, ""))
    _more(out, len(found.undeclared))


def _declared(out: Sheet, title: str, items: tuple[Declared, ...], note: str = "") -> None:
    out.heading(title, note)
    for item in items[:MOST]:
        bad = item.state.value == "not_served"
        remark = f"  {item.note}" if item.note else ""
        users = f"  used by {', '.join(item.users)}" if bad and item.users else ""
        out.text(
            (
                ("x " if item.users else "! ") if bad else "+ " if item.state.value == "served" else "? ",
                "bad" if bad else "dim",
            ),
            (item.spec.handle, "accent"),
            (remark + users, "dim"),
            link=out.view.model_ref(item.spec),
        )
    _more(out, len(items))


def _more(out: Sheet, count: int) -> None:
    if count > MOST:
        out.text((f"and {count - MOST} more", "dim"))


# ---- of one model


def tried_line(out: Sheet, spec: ModelSpec | None) -> None:
    """One line about the model at which a name ends: what asking its provider said of it, and when."""
    index = out.view.live_results.index
    tried = index.spec(spec) if index is not None and spec is not None else None
    if spec is not None and out.view.live.answering == (spec.backend, spec.handle):
        out.text((". ", "accent"), ("asked for one word ...  ", ""), ("esc cancels", "dim"))
    if spec is not None:
        _answered_line(out, spec)
    if tried is None or spec is None:
        return
    sign: str
    tone: Tone
    sign, tone = {"confirmed": ("+", "good"), "unknown": ("?", "dim")}.get(tried.state.value, ("x", "bad"))  # type: ignore[assignment]
    words = tried.text or "not told"
    out.text((f"{sign} tried ", tone), (f"{tried.age()}: {words}", ""), link=ItemRef("backend", "", spec.backend))


def _answered_line(out: Sheet, spec: ModelSpec) -> None:
    answer = out.view.live.answer(out.view.catalog, spec)
    if answer is None:
        return
    sign, tone = _sign(answer.result)
    word = f"in {duration(answer.result.seconds)}" if answer.result.good else answer.result.texts[0]
    cost = f", {usd(answer.cost)}" if answer.cost is not None else ""
    out.text(
        (f"{sign} {'answered' if answer.result.good else 'asked'} ", tone), (f"{age(answer.result)}: {word}{cost}", "")
    )


def answer_section(out: Sheet, spec: ModelSpec | None) -> None:
    """What a model answered when it was asked for a word; nothing when it never was."""
    answer = out.view.live.answer(out.view.catalog, spec) if spec is not None else None
    if answer is None or spec is None:
        return
    result = answer.result
    out.heading("live answer", age(result))
    if result.good:
        out.text(("+ ", "good"), (f"answered in {duration(result.seconds)}", ""))
    else:
        _outcome(out, result)
    told = dict(result.facts)
    other = told.get("answered by", "")
    if other and not other.startswith((spec.model_id, spec.handle)):
        out.text(("! ", "warn"), (f"another model answered: {other}", ""))
    _measures(out, result)
    if answer.cost is not None:
        out.field("cost", usd(answer.cost), "by the tree's prices")
    for number, exchange in enumerate(result.exchanges):
        _exchange(out, exchange, number, len(result.exchanges))
