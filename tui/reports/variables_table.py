"""Table of the variables that a tree needs, with their states and findings."""

from __future__ import annotations

from collections.abc import Sequence

from core.formatting import counted
from core.keys import KeyRow
from core.masking import shown_name
from core.variables import State
from tui.reports.text_output import TextOutput

_TONES = {State.SET: "good", State.EMPTY: "bad", State.MISSING: "bad", State.PLACEHOLDER: "warn"}
_MAX_BACKENDS = 3


def print_keys(rows: Sequence[KeyRow], order: str, output: TextOutput, *, everything: bool) -> None:
    """Print a table of the needed variables, or of `everything`, with their findings."""
    shown = [row for row in rows if row.needed or everything]
    hidden = len(rows) - len(shown)
    if shown:
        cells = [(row.shown, _state(row), row.source or "-", _backends(row)) for row in shown]
        tones = [("", "warn" if row.spaced else _TONES[row.state], "dim", "dim") for row in shown]
        output.table(("VARIABLE", "STATE", "FROM", "NEEDED BY"), cells, tones, flexible=(0, 3))
    elif not rows:
        output.line("the tree refers to no variable")
    for row in shown:
        if row.finding:
            output.wrapped(("! ", "warn"), f"{row.shown}: {row.finding}")
            output.wrapped("  ", f"fix: {row.fix}", "dim")
    failing = sum(1 for row in rows if row.fails)
    needed = sum(1 for row in rows if row.needed)
    summary = f"{needed - failing} of {needed} required variables set; sources, the last wins: {order}"
    output.line((summary, "dim"))
    if hidden:
        output.line((f"{counted(hidden, 'more is', 'more are')} needed by disabled backends (--all)", "dim"))


def _state(row: KeyRow) -> str:
    return "spaced" if row.spaced and row.state is State.SET else row.state.value


def _backends(row: KeyRow) -> str:
    needs = sorted(row.needs, key=lambda need: not need.on)
    names = [need.backend if need.on else f"{need.backend} (off)" for need in needs]
    text = ", ".join(names[:_MAX_BACKENDS]) + (f" +{len(names) - _MAX_BACKENDS}" if len(names) > _MAX_BACKENDS else "")
    others = dict.fromkeys(name for need in needs for name in need.others)
    return f"{text}; or {', '.join(map(shown_name, others))}" if others else text
