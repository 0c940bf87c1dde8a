"""Text of a comparison, and the table of all routing profiles."""

from __future__ import annotations

from collections.abc import Sequence

from core.compare import (
    Changed,
    Comparison,
    Outcome,
)
from core.prices import difference, dollars
from core.resolution import Resolution
from core.what_if import ProfileSummary
from tui.reports.text_output import TextOutput

_SHOWN = 20
FATE_SIGNS = {
    Outcome.DIES: ("x ", "bad"),
    Outcome.REVIVES: ("+ ", "good"),
    Outcome.MOVES: ("> ", "accent"),
    Outcome.KEY: ("o ", "warn"),
    Outcome.PRICE: ("$ ", "accent"),
    Outcome.NEW: ("+ ", "dim"),
    Outcome.GONE: ("- ", "dim"),
}


def print_comparison(found: Comparison, output: TextOutput) -> None:
    """One comparison, as text."""
    output.line((found.first, "bold"), (" -> ", "dim"), (found.second, "bold"))
    output.wrapped("  now   ", found.before.verdict[1])
    if found.kind in ("backend", "key"):
        _outage(found, output)
    output.wrapped("  then  ", found.after.verdict[1])
    if found.refuses is not None and found.kind != "key":
        output.wrapped("  ! ", f"the release would not start: {found.refuses.message}", "bad")
        if found.refuses.fix:
            output.wrapped("    ", f"fix: {found.refuses.fix}", "dim")
    if found.same:
        output.line("  nothing changes")
        return
    output.wrapped("  ", f"presets and choices: {found.summary}")
    inward, outward = found.price_change
    if inward or outward:
        output.line(f"  prices move by {signed(inward)} in, {signed(outward)} out per M on average")
    _section("presets and choices", found.used, output)
    _section("aliases and waterfalls", found.names, output)
    _section("models", found.models, output)
    for item in found.differences:
        output.line()
        output.wrapped("", item.behaviour.title)
        output.wrapped(f"  {found.first}  ", item.first, "dim")
        output.wrapped(f"  {found.second}  ", item.second, "dim")
        if item.effect:
            output.wrapped("  here: ", item.effect, "warn")


def _outage(found: Comparison, output: TextOutput) -> None:
    """What is hit before anybody has turned anything off."""
    taken = ", ".join(found.removed) or "no backend that is on"
    if found.kind == "key":
        output.line("        needed by ", taken)
    if found.hit:
        used = [item for item in found.hit if item.kind.value in ("preset", "choice")]
        models = sum(1 for item in found.hit if item.kind.value == "model")
        output.wrapped("        ", f"{len(used)} presets and choices and {models} models end there: they fail")
    if found.kind == "key" and found.refuses is not None:
        output.wrapped("  ! ", f"the release does not start: {found.refuses.message}", "bad")
    if found.removed:
        output.line((f"        with {taken} off:", "dim"))


def _section(title: str, changes: Sequence[Changed], output: TextOutput) -> None:
    if not changes:
        return
    output.line((f"{title} {len(changes)}", "dim"))
    order = list(Outcome)
    shown = sorted(changes, key=lambda item: order.index(item.outcome))[:_SHOWN]
    width = min(30, max(len(item.shown.reference) for item in shown))
    for item in shown:
        saved = f"  by {item.saved_by}" if item.saved_by else ""
        way = way_words(item)
        if width + len(way) + 4 > output.width:
            output.line(FATE_SIGNS[item.outcome], item.shown.reference)
            output.entry(4, [way], saved.strip())
        else:
            output.entry(0, [FATE_SIGNS[item.outcome], item.shown.reference.ljust(width), "  ", way], saved.strip())
    if len(changes) > _SHOWN:
        output.line((f"  and {len(changes) - _SHOWN} more (--json lists all)", "dim"))


def way_words(item: Changed) -> str:
    """From where to where, and what that does to the price."""
    before, after = item.before, item.after
    if before is not None and after is not None and before.spec is not None and after.spec is not None:
        one, other = before.spec, after.spec
        if item.outcome is Outcome.KEY:
            return f"{other.backend}: {before.status} -> {after.status}"
        if one.handle == other.handle:
            way = f"{one.backend} -> {other.backend}" if one.backend != other.backend else other.backend
        else:
            way = f"{one.backend}/{one.handle} -> {other.backend}/{other.handle}"
        return f"{way}{_price_words(item)}"
    return f"{_end(before)} -> {_end(after)}"


def _price_words(item: Changed) -> str:
    before, after = item.prices
    if before == after:
        return ""
    return f", in {difference(before.input, after.input)}, out {difference(before.output, after.output)}"


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "not there"
    spec = resolution.spec
    return f"{spec.backend}/{spec.handle}" if spec is not None else resolution.status.value


def signed(amount: float | None) -> str:
    """A change of a price: `+$0.40`, `-$2`; `?` when it is unknown."""
    if amount is None:
        return "?"
    return ("+" if amount > 0 else "") + dollars(amount)


def print_survey(summaries: Sequence[ProfileSummary], output: TextOutput) -> None:
    """Print a table of the routing profiles: references and models served, changes against the active profile."""
    cells, tones = [], []
    for item in summaries:
        mark = "*" if item.active else " "
        alive = str(item.used - item.dead)
        change = f"-{item.dies} +{item.revives}" if item.dies or item.revives else "="
        cells.append((mark + item.name, alive, str(item.callable), str(item.models), change, item.verdict.value))
        bad = item.verdict.value in ("refused", "cannot_run")
        tones.append(("bold" if item.active else "", "", "", "", "", "bad" if bad else ""))
    heads = (" PROFILE", "ALIVE", "READY", "MODELS", "CHANGE", "VERDICT")
    output.table(heads, cells, tones, right=(1, 2, 3, 4), flexible=(0,))
    total = max((item.used for item in summaries), default=0)
    told = f"* active; ALIVE, READY (its key is set) and CHANGE count presets and choices, {total} in all"
    output.wrapped("", told, "dim")
