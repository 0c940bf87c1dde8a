"""The layout of the main screen: its sizes, the contents of its bars, and the context of its commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from core.formatting import counted
from core.releases import NEWEST_RELEASE, is_beyond
from core.resolution import Status
from core.safe_text import safe
from core.verdict import count_keys, count_unknown_keys
from tui.command import CommandContext, CommandTable
from tui.labels import VERDICT_SYMBOLS, causes_label
from tui.live import TRIED_WIDTH
from tui.selection import OVERVIEW, ItemRef, parse_ref
from tui.session import Session
from tui.view_model import ViewModel
from tui.widgets.lines import Bar
from tui.widgets.runs import Run, Runs, Tone, width_of, wrap

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.protocols import MainScreenProtocol
    from tui.view_model import ViewModel

MIN_COLUMNS, MIN_ROWS = 60, 16
WIDE_LIST = 46
"""The width of a list from which on prices have all their decimals."""
_MAX_VERDICT = 2
"""The lines of the verdict, the whole of which is in the overview."""
_MIN_INSPECTOR = 34
"""The width of the inspector below which the lists do not grow for live checks."""


class Sizes(NamedTuple):
    """The widths of the panes and of the inspector, and the rows of a pane that is not current, in cells."""

    left: int
    inspector: int
    other_rows: int

    @classmethod
    def of(cls, columns: int, rows: int, *, tried: bool = False) -> Sizes:
        """The sizes for a terminal of so many columns and rows. Extra columns go to both sides.

        `tried`: with room for the column of live checks beside those that are shown without it.
        """
        left = min(max(34 + (columns - 80) * 55 // 100, 27), 130)
        if tried and columns - left - 3 - (TRIED_WIDTH + 1) >= _MIN_INSPECTOR:
            left += TRIED_WIDTH + 1
        # The inspector has a rule at its left, and a blank on both sides.
        other_rows = 0 if rows < 20 else 1 if rows < 28 else 2 if rows < 36 else 3
        return cls(left, columns - left - 3, other_rows)


def too_small(columns: int, rows: int) -> bool:
    """Whether a terminal is too small for the panes."""
    return columns < MIN_COLUMNS or rows < MIN_ROWS


def header_runs(session: Session, view: ViewModel, width: int) -> tuple[Runs, Runs]:
    """Left: the program and the tree, cut at its start. Right: the release and the profile."""
    active = view.catalog.active or "none"
    release, source = str(view.report.release), view.report.release_source
    right: list[Run] = [("release ", "dim"), (source if width >= 2 * len(source) + 50 else release, "")]
    if is_beyond(view.report.release):
        right.append((f" as {NEWEST_RELEASE}", "warn"))
    right += [("   profile ", "dim"), (active, "")]
    if session.looking:
        right.append((" (viewed, not active)", "accent"))
    if session.locked:
        right.append(("  read only", "dim"))
    right.append((" ", ""))
    name: Run = (" pipedeck", "accent")
    room = width - width_of((name, *right)) - 3
    tree = safe(session.tree_label)
    if len(tree) > room:
        tree = tree.removesuffix("/.pipelex/inference")  # what tells trees apart stays
    if len(tree) > room:
        tree = "…" + tree[len(tree) - max(room - 1, 0) :]
    return (name, (f"  {tree}", "")), tuple(right)


def verdict_lines(view: ViewModel, width: int, *, reading: bool) -> tuple[tuple[Runs, Runs], ...]:
    """The verdict in one line or two, each with a left and a right part.

    Right: the number of errors and warnings, and of set and required variables; those that a provider refused do not
    count as set. Where the verdict needs the room, it gives way: first the errors, which the list of problems counts
    too, then all of it. `reading`: the methods are still being read, so that the verdict says nothing of them yet.
    """
    verdict, sentence = view.live_results.report.verdict
    symbol, tone = VERDICT_SYMBOLS[verdict]
    good, required = count_keys(view.catalog)
    good -= len(view.live.refused_variables(view.catalog))
    unknown = count_unknown_keys(view.catalog)
    keys: Runs = (
        ("keys ", "dim"),
        (f"{good}/{required}", "" if good == required else "bad" if good + unknown < required else "warn"),
        (f" {unknown}?" if unknown else "", "warn"),
        (" ", ""),
    )
    counts: Runs = (("reading methods ...  " if reading else "", "dim"), (f"{causes_label(*view.severities)}   ", ""))
    left: Runs = ((f" {symbol} ", tone), (view.sentence(sentence), tone))
    for most in (1, _MAX_VERDICT):
        for right in ((*counts, *keys), keys, ()):
            lines = wrap(left, width - width_of(right) - 1, len(symbol) + 1)
            if len(lines) <= most:
                return tuple((line, () if number else right) for number, line in enumerate(lines))
    *shown, last = wrap(left, width - 3, len(symbol) + 1)[:_MAX_VERDICT]
    return (*((line, ()) for line in shown), ((*last, (" …", tone)), ()))


def show_verdict(screen: Screen[None], view: ViewModel, *, reading: bool) -> None:
    """Show the verdict; its second line only where there is one."""
    first, *rest = verdict_lines(view, screen.app.size.width, reading=reading)
    screen.query_one("#verdict", Bar).show(*first)
    screen.set_class(bool(rest), "-folded")
    if rest:
        screen.query_one("#verdict-rest", Bar).show(*rest[0])


def status_runs(session: Session, table: CommandTable, width: int) -> tuple[Runs, Runs]:
    """Left: how many edits are not written and their impact. Right: the keys that write and undo."""
    workspace = session.workspace
    history = workspace.history
    count = history.at - history.saved
    label = "not written"
    if history.saved >= 0 and count:
        label = f"{'undo of ' if count < 0 else ''}{counted(abs(count), 'edit')} not written"
    impact = workspace.impact
    tone: Tone = "bad" if impact.worsens or impact.errors_added else ""
    keys: list[Run] = []
    for name in ("review", "undo"):
        command = table.by_id[name]
        if command.keys:
            keys += [(table.grouped_key_labels(command), "accent"), (f" {command.label} ", "")]
    head: Run = (f" * {label}: ", "accent")
    room = width - width_of((head, *keys)) - 1
    return (head, (impact.summary(room), tone)), tuple(keys)


def pointed(screen: MainScreenProtocol) -> ItemRef:
    """The item to fix: on the overview that of the line under the cursor, elsewhere the selected one."""
    lines, ref = screen.inspector, screen.session.selected
    if ref != OVERVIEW or lines.cursor is None:
        return ref
    return parse_ref(lines.lines[lines.cursor].link)


def welcome_text(table: CommandTable, problems: int, *, fixable: bool) -> str:
    """The footer until the first key: the number of invalid settings, or the most useful keys."""
    if problems:
        count = counted(problems, "setting is", "settings are")
        return f"{count} not valid: see {table.key_labels('log')}"
    down, up, follow = (table.key_labels(id_).rpartition(" ")[2] for id_ in ("down", "up", "open"))
    go_to, help_ = (table.key_labels(id_).partition(" ")[0] for id_ in ("goto", "help"))
    fix = f"{table.key_labels('fix').partition(' ')[0]} fix, " if fixable else ""
    return f"first start? {down} {up} move, {follow} open, {fix}{go_to} go to, {help_} all keys"


def context_of(screen: MainScreenProtocol, *, checking: bool) -> CommandContext:
    """The context that decides which commands can run; `checking`: whether live checks are running."""
    session, view = screen.session, screen.session.view
    inside = screen.focused is screen.inspector
    return CommandContext(
        where="inspector" if inside else "pane",
        pane=session.pane,
        rows=min(screen.pane.table.shown, 1),
        links=int(screen.inspector.cursor is not None),
        filtered=_is_filtered(screen),
        back=session.history.has(-1),
        forward=session.history.has(1),
        profiles=len(view.catalog.profiles) if view is not None else 0,
        pipes=len(view.pipes) if view is not None else 0,
        reading_methods=session.reading_methods,
        colours=not screen.app.colourless,
        kind=session.selected.kind,
        fixable=view is not None and _has_problems(view, pointed(screen)),
        installable=view is not None and bool(install_commands(view, session.selected)),
        locked=session.locked,
        checking=checking,
        live_problem=view is not None and view.is_live_problem(session.selected),
        unwritten=session.unwritten,
        undo=session.edited and session.workspace.history.to_undo is not None,
        redo=session.edited and session.workspace.history.to_redo is not None,
    )


def _is_filtered(screen: MainScreenProtocol) -> bool:
    session = screen.session
    name = session.pane
    scoped = name in session.scopes or (name == "backends" and "models" in session.scopes)
    condition = name == "models" and (session.catalogue_filter.any or bool(session.marked))
    return bool(screen.pane.table.filter_text) or scoped or condition


def install_commands(view: ViewModel, ref: ItemRef) -> tuple[str, ...]:
    """The shell commands that install the packages missing for an item or its end; on the overview for all backends."""
    missing = view.missing_packages
    if not missing:
        return ()
    refs: Iterable[ItemRef] = ()
    if ref.kind == "overview":
        refs = missing
    elif ref in view.causes:
        refs = view.problems_behind(view.causes[ref])
    elif ref in view.problems:
        refs = (ref,)
    elif ref.kind == "backend":
        refs = view.problems_of(ref)
    elif ref in view.references and (spec := view.references[ref].spec) is not None:
        refs = view.problems_of(ItemRef("backend", "", spec.backend))
    return tuple(dict.fromkeys(str(missing[item].fix) for item in refs if item in missing))


def _has_problems(view: ViewModel, ref: ItemRef) -> bool:
    if ref.kind in ("problem", "cause") or view.problems_of(ref):
        return True
    return ref in view.references and view.references[ref].status in (Status.DEAD, Status.REFUSED, Status.SERVED)
