"""What the inspector says of asking a provider: the outcome, what was sent, what came back, and the three lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.checks.live import age
from tui.details.sheet import Sheet
from tui.things import Thing

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from core.probes.answer import Exchange
    from core.probes.availability import Comparison, Declared
    from core.probes.result import CheckResult

MOST = 40
"""Models that are shown of each list; the screen of what is served shows all."""


def live_section(out: Sheet, name: str) -> None:
    """What asking a backend's provider said; nothing when it was never asked."""
    live = out.facts.live
    if name in live.under_way:
        out.heading("live check", f"{live.under_way[name]} ...")
        return
    result = live.result(out.facts, name)
    if result is None:
        return
    out.heading("live check", age(result) + (", in an earlier session" if result.cached else ""))
    said, advice = result.words
    sign = "+" if result.good else "x" if result.bad else "-"
    out.text((f"{sign} ", "good" if result.good else "bad" if result.bad else "dim"), (said, ""))
    if advice and not result.good:
        out.text((f"  fix: {advice}", "dim"), hang=5)
    _measures(out, result)
    index = live.index(out.facts)
    if index is not None and name in index.comparisons and result.good:
        _lists(out, index.comparisons[name])
    _exchanges(out, result)


def _measures(out: Sheet, result: CheckResult) -> None:
    if result.latency is not None:
        out.field("latency", f"{result.latency:.2f} s")
    if result.host:
        out.field("host", result.host)
    if result.tries:
        out.field("tries", str(result.tries))
    if result.request_id:
        out.field("request id", result.request_id)
    for name, value in result.facts:
        out.field(name, value)
    for note in result.notes:
        out.text(("note: ", "dim"), (note, ""))


def _exchanges(out: Sheet, result: CheckResult) -> None:
    for exchange in result.exchanges:
        _exchange(out, exchange)


def _exchange(out: Sheet, exchange: Exchange) -> None:
    out.heading("sent", exchange.why)
    out.text((f"{exchange.method} {exchange.url}", ""))
    if exchange.headers:
        out.text((f"headers: {', '.join(exchange.headers)}", "dim"))
    if exchange.status is None:
        out.text((f"no answer: it came as far as {exchange.phase or 'nowhere'}", "warn"))
    else:
        out.text((f"came back: {exchange.status}, {exchange.size} bytes in {exchange.seconds:.2f} s", ""))
    if exchange.said:
        out.text(("it says: ", "dim"), (exchange.said, ""))


def _lists(out: Sheet, found: Comparison) -> None:
    _declared(out, f"{len(found.served)} declared and served", found.served)
    _declared(out, f"{len(found.not_served)} declared, not served", found.not_served)
    if found.unknown:
        _declared(out, f"{len(found.unknown)} declared, not known", found.unknown, found.why)
    out.heading(f"{len(found.undeclared)} served, not declared", "i lists and imports" if found.undeclared else "")
    for model in found.undeclared[:MOST]:
        out.text(("+ ", "dim"), (model.id, ""))
    _more(out, len(found.undeclared))


def _declared(out: Sheet, title: str, items: tuple[Declared, ...], note: str = "") -> None:
    out.heading(title, note)
    for item in items[:MOST]:
        bad = item.state.value == "not_served"
        remark = f"  {item.remark}" if item.remark else ""
        users = f"  used by {', '.join(item.users)}" if bad and item.users else ""
        out.text(
            (
                ("x " if item.users else "! ") if bad else "+ " if item.state.value == "served" else "? ",
                "bad" if bad else "dim",
            ),
            (item.spec.handle, "accent"),
            (remark + users, "dim"),
            link=out.facts.model_thing(item.spec),
        )
    _more(out, len(items))


def _more(out: Sheet, count: int) -> None:
    if count > MOST:
        out.text((f"and {count - MOST} more", "dim"))


def tried_line(out: Sheet, spec: ModelSpec | None) -> None:
    """One line about the model at which a name ends: what asking its provider said of it, and when."""
    index = out.facts.live.index(out.facts)
    tried = index.spec(spec) if index is not None and spec is not None else None
    if tried is None or spec is None:
        return
    sign, tone = {"confirmed": ("+", "good"), "unknown": ("?", "dim")}.get(tried.state.value, ("x", "bad"))
    words = tried.words or "not told"
    out.text(
        (f"{sign} tried ", "good" if tone == "good" else "bad" if tone == "bad" else "dim"),
        (f"{tried.age()}: {words}", ""),
        link=Thing("backend", "", spec.backend),
    )
