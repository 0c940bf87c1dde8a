"""The last line: the keys that are of use now, as many as there is room for. Pure."""

from __future__ import annotations

from tui.actions import Action
from tui.keys import DEFAULT, ActionTable, key_words
from tui.reasons import Situation
from tui.widgets.runs import Run, Runs, width_of

GAP = "  "


def footer_runs(now: Situation, width: int, table: ActionTable = DEFAULT) -> Runs:
    """Keys and labels; help and quit always, the others in order of their use; dim what cannot be done now."""
    actions = [action for action in table.in_footer(now) if action.keys]
    last = [action for action in actions if action.footer < 0]
    first = [action for action in actions if action.footer > 0]
    room = width - 2 - sum(_width(action) for action in last)
    shown: list[Action] = []
    for action in first:
        if _width(action) <= room:
            shown.append(action)
            room -= _width(action)
    runs: list[Run] = [(" ", "")]
    for action in (*shown, *last):
        possible = action.why_not(now) is None
        runs.append((_key(action), "accent" if possible else "dim"))
        runs.append((f" {action.label}{GAP}", "" if possible else "dim"))
    return tuple(runs)


def _key(action: Action) -> str:
    return key_words(action.keys[0])


def _width(action: Action) -> int:
    return width_of(((_key(action), ""),)) + 1 + len(action.label) + len(GAP)
