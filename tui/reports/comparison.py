"""Text of a comparison, and the table of all routing profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.change_groups import change_groups, headline, refused_files
from core.compare import Changed, Comparison, Outcome
from core.formatting import change, counted, usd
from core.resolution import Resolution
from core.what_if import ProfileSummary
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from tui.widgets.runs import Run

_MAX_CHANGES = 20
_MAX_MEMBERS = 12
STATES: Final[Mapping[str, tuple[str, str]]] = {"revisions": ("was", "now")}
"""The words for the two states, by the kind of comparison; of the others `now` and `then`."""
OUTCOME_MARKS: Final[Mapping[Outcome, Run]] = {
    Outcome.DIES: ("x ", "bad"),
    Outcome.REVIVES: ("+ ", "good"),
    Outcome.REFUSED: ("/ ", "bad"),
    Outcome.ACCEPTED: ("+ ", "good"),
    Outcome.MOVES: ("> ", "accent"),
    Outcome.KEY: ("o ", "warn"),
    Outcome.PRICE: ("$ ", "accent"),
    Outcome.NEW: ("+ ", "dim"),
    Outcome.GONE: ("- ", "dim"),
}


REFUSED_MARK: Final[Run] = ("x ", "bad")
"""The mark of files that a release refuses."""


def way_out(comparison: Comparison) -> str:
    """The command that carries the tree to a newer release that refuses or loses some of it; empty where none does."""
    newer = comparison.after.release > comparison.before.release
    if newer and (comparison.count(Outcome.DIES) or refused_files(comparison)):
        return "`pipedeck upgrade` carries the tree to the kit of another release"
    return ""


def print_comparison(comparison: Comparison, output: TextOutput) -> None:
    """Print a comparison."""
    output.line((comparison.first, "bold"), (" -> ", "dim"), (comparison.second, "bold"))
    was, now = STATES.get(comparison.kind, ("now", "then"))
    output.wrapped(f"  {was:<6}", comparison.before.verdict[1])
    if comparison.kind in ("backend", "key"):
        _outage(comparison, output)
    output.wrapped(f"  {now:<6}", comparison.after.verdict[1])
    if comparison.refuses is not None and comparison.kind != "key":
        output.wrapped("  ! ", f"the release would not start: {comparison.refuses.message}", "bad")
        if comparison.refuses.fix:
            output.wrapped("    ", f"fix: {comparison.refuses.fix}", "dim")
    if comparison.same:
        output.line("  nothing changes")
        return
    if comparison.kind == "releases":
        _print_releases(comparison, output)
        return
    output.wrapped("  ", f"presets and choices: {comparison.summary}")
    input_change, output_change = comparison.price_change
    if input_change or output_change:
        output.line(f"  mean price change per M: {signed(input_change)} input, {signed(output_change)} output")
    for title, changes in change_sections(comparison):
        _section(title, changes, output)


def _print_releases(comparison: Comparison, output: TextOutput) -> None:
    """Print the changes between two releases by cause, then the differences that have an effect."""
    output.wrapped("  here  ", headline(comparison) or "no name ends elsewhere")
    if advice := way_out(comparison):
        output.wrapped("  ", advice, "dim")
    for group in change_groups(comparison):
        output.line()
        mark = REFUSED_MARK if group.outcome is None else OUTCOME_MARKS[group.outcome]
        output.wrapped(mark, f"{group.effect}: {group.title}" if group.title else group.effect)
        if group.fix:
            output.wrapped("    fix: ", group.fix, "dim")
        members = tuple(group.files) or tuple(item.shown.reference for item in group.changes)
        more = f" and {len(members) - _MAX_MEMBERS} more (--json lists all)" if len(members) > _MAX_MEMBERS else ""
        output.wrapped("    ", ", ".join(members[:_MAX_MEMBERS]) + more, "dim")
    for item in comparison.differences:
        if not item.effect:
            continue
        output.line()
        output.wrapped("", item.behaviour.title)
        output.wrapped(f"  {comparison.first}  ", item.first, "dim")
        output.wrapped(f"  {comparison.second}  ", item.second, "dim")
        output.wrapped("  here: ", item.effect, "warn")
    if rest := sum(1 for item in comparison.differences if not item.effect):
        command = f"pipedeck releases {comparison.first} {comparison.second}"
        output.line()
        output.wrapped("", f"{counted(rest, 'difference')} without an effect here: {command}", "dim")


def _outage(comparison: Comparison, output: TextOutput) -> None:
    """Print the references that an outage hits while the backends are still on."""
    backends = ", ".join(comparison.removed) or "no enabled backend"
    if comparison.kind == "key":
        output.line("        needed by ", backends)
    if comparison.hit:
        output.wrapped("        ", hit_text(comparison))
    if comparison.kind == "key" and comparison.refuses is not None:
        output.wrapped("  ! ", f"the release does not start: {comparison.refuses.message}", "bad")
    if comparison.removed:
        output.line((f"        with {backends} off:", "dim"))


def hit_text(comparison: Comparison) -> str:
    """The numbers of references that an outage hits."""
    kinds = [item.kind.value for item in comparison.hit]
    used, models = sum(kind in ("preset", "choice") for kind in kinds), kinds.count("model")
    parts = ((used, counted(used, "preset or choice", "presets and choices")), (models, counted(models, "model")))
    return f"{' and '.join(text for count, text in parts if count) or 'no name'} end there and fail"


def change_sections(comparison: Comparison) -> Iterator[tuple[str, Sequence[Changed]]]:
    """The sections that have changes: title and changes, the worst first."""
    order = list(Outcome)
    sections = (comparison.used, comparison.names, comparison.models)
    for title, changes in zip(("presets and choices", "aliases and waterfalls", "models"), sections, strict=True):
        if changes:
            yield title, sorted(changes, key=lambda item: order.index(item.outcome))


def _section(title: str, changes: Sequence[Changed], output: TextOutput) -> None:
    output.line((f"{title} {len(changes)}", "dim"))
    shown = changes[:_MAX_CHANGES]
    width = min(30, max(len(item.shown.reference) for item in shown))
    for item in shown:
        saved = f"  by {item.saved_by}" if item.saved_by else ""
        mark, change = OUTCOME_MARKS[item.outcome], route_change(item)
        if width + len(change) + 4 > output.width:
            output.line(mark, item.shown.reference)
            output.entry(4, [change], saved.strip())
        else:
            output.entry(0, [mark, item.shown.reference.ljust(width), "  ", change], saved.strip())
    if len(changes) > _MAX_CHANGES:
        output.line((f"  and {len(changes) - _MAX_CHANGES} more (--json lists all)", "dim"))


def route_change(item: Changed) -> str:
    """The ends before and after, with the change of the price."""
    before, after = item.before, item.after
    if before is not None and after is not None and before.spec is not None and after.spec is not None:
        old, new = before.spec, after.spec
        if item.outcome is Outcome.KEY:
            return f"{new.backend}: {before.status} -> {after.status}"
        if old.handle == new.handle:
            change = f"{old.backend} -> {new.backend}" if old.backend != new.backend else new.backend
        else:
            change = f"{old.backend}/{old.handle} -> {new.backend}/{new.handle}"
        return f"{change}{_price_change(item)}"
    return f"{_end(before)} -> {_end(after)}"


def _price_change(item: Changed) -> str:
    before, after = item.prices
    if before == after:
        return ""
    return f", in {change(before.input, after.input)}, out {change(before.output, after.output)}"


def _end(resolution: Resolution | None) -> str:
    if resolution is None:
        return "undefined"
    spec = resolution.spec
    return f"{spec.backend}/{spec.handle}" if spec is not None else resolution.status.value


def signed(amount: float | None) -> str:
    """A change of a price: `+$0.40`, `-$2`; `?` when it is unknown."""
    if amount is None:
        return "?"
    return ("+" if amount > 0 else "") + usd(amount)


def print_survey(summaries: Sequence[ProfileSummary], output: TextOutput) -> None:
    """Print a table of the routing profiles: references and models served, changes against the active profile."""
    cells, tones = [], []
    for item in summaries:
        mark = "*" if item.active else " "
        served = str(item.used - item.dead)
        change = f"-{item.dies} +{item.revives}" if item.dies or item.revives else "="
        cells.append((mark + item.name, served, str(item.callable), str(item.models), change, item.verdict.value))
        bad = item.verdict.value in ("refused", "cannot_run")
        tones.append(("bold" if item.active else "", "", "", "", "", "bad" if bad else ""))
    heads = (" PROFILE", "ALIVE", "READY", "MODELS", "CHANGE", "VERDICT")
    output.table(heads, cells, tones, right=(1, 2, 3, 4), flexible=(0,))
    total = max((item.used for item in summaries), default=0)
    legend = f"* active; ALIVE, READY (its key is set) and CHANGE count presets and choices, {total} in all"
    output.wrapped("", legend, "dim")
