"""The one table of actions. Key bindings, the footer, the help screen and the go-anywhere list are all made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides whether an action can be done now."""

    where: str
    """`pane`, `inspector` or `start`."""
    pane: str = ""
    rows: int = 0
    links: int = 0
    narrowed: bool = False
    back: bool = False
    forward: bool = False
    profiles: int = 0
    colours: bool = True


Reason = Callable[[Situation], str | None]


def _always(_: Situation) -> str | None:
    return None


def _back(now: Situation) -> str | None:
    return None if now.back else "nothing to go back to"


def _forward(now: Situation) -> str | None:
    return None if now.forward else "nothing to go forward to"


def _narrowed(now: Situation) -> str | None:
    return None if now.narrowed else "nothing is narrowed here"


def _in_pane(now: Situation) -> str | None:
    return None if now.where == "pane" else "this works in a list: press 1 to 5"


def _rows(now: Situation) -> str | None:
    if now.where != "pane":
        return _in_pane(now)
    return None if now.rows else "this list is empty"


def _links(now: Situation) -> str | None:
    if now.where == "pane":
        return None if now.rows else "this list is empty"
    return None if now.links else "nothing to follow here"


def _profiles(now: Situation) -> str | None:
    return None if now.profiles > 1 else "this tree has no other profile"


def _colours(now: Situation) -> str | None:
    return None if now.colours else "NO_COLOR is set"


def _later(_: Situation) -> str | None:
    return "creating a tree comes with a later version"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done.

    `where` says in which part it is shown: `everywhere`, `pane`, `inspector` or `start`. `footer` is its rank in the
    footer (0: not there). `by_widget` marks keys that the focused widget handles itself: they are told, not bound.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[str, ...] = ("everywhere",)
    footer: int = 0
    why_not: Reason = _always
    by_widget: bool = False

    @property
    def shown_keys(self) -> str:
        """Its keys as people say them."""
        return " ".join(KEY_WORDS.get(key, key) for key in self.keys)


KEY_WORDS = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "ctrl+p": "^p",
    "ctrl+d": "^d",
    "ctrl+u": "^u",
    "ctrl+l": "^l",
}

ACTIONS: tuple[Action, ...] = (
    Action("move", ("down", "up", "j", "k"), "move", "move to the next or previous line", by_widget=True),
    Action(
        "page",
        ("pagedown", "pageup", "ctrl+d", "ctrl+u"),
        "page",
        "move by a screen, or by half of one",
        by_widget=True,
    ),
    Action("ends", ("g", "G", "home", "end"), "ends", "go to the first or the last line", by_widget=True),
    Action(
        "open",
        ("enter",),
        "open",
        "follow the line: a step of a trail, a cause, a problem",
        ("pane", "inspector"),
        1,
        _links,
        by_widget=True,
    ),
    Action(
        "inspect", ("l", "right", "tab"), "details", "go into the details of what is selected", ("pane",), 2, _in_pane
    ),
    Action("leave", ("h", "left", "escape", "tab"), "list", "go back to the list", ("inspector",), 2),
    Action("filter", ("slash",), "filter", "show only lines that hold some words; esc clears", ("pane",), 3, _in_pane),
    Action(
        "clear", ("escape",), "clear", "clear the filter, then what the list is narrowed to", ("pane",), 4, _narrowed
    ),
    Action("sort", ("s",), "sort", "sort by the next column", ("pane",), 5, _rows),
    Action("reverse", ("S",), "reverse", "sort the other way round", ("pane",), 0, _rows),
    Action("backends", ("1",), "backends", "the backends: who can be asked, and with which key"),
    Action("models", ("2",), "models", "the models: who serves each, for what price"),
    Action("routes", ("3",), "routes", "the routes: which backend is asked for which model"),
    Action("deck", ("4",), "deck", "the deck: presets, aliases, waterfalls and choices"),
    Action("problems", ("5",), "problems", "the problems, by what causes them"),
    Action("overview", ("0",), "overview", "can it run, and if not, why", footer=8),
    Action("goto", ("colon", "ctrl+p"), "go to", "go to any name, or do any of these things", footer=6),
    Action(
        "profile", ("p",), "profile", "look at the tree as if another profile were active", footer=7, why_not=_profiles
    ),
    Action("back", ("left_square_bracket",), "back", "back to what you looked at before", footer=9, why_not=_back),
    Action("forward", ("right_square_bracket",), "forward", "forward again", why_not=_forward),
    Action("reload", ("r",), "reload", "read the files again", footer=10),
    Action("redraw", ("ctrl+l",), "redraw", "paint the screen anew, when something else wrote on it"),
    Action("theme", ("T",), "colours", "dark, light, or your terminal's own colours", why_not=_colours),
    Action("demo", ("d",), "demo", "look around in a sample, in a throw-away copy", ("start",), 1),
    Action("path", ("o",), "another folder", "open a tree in another folder", ("start",), 2),
    Action("create", ("n",), "new", "create a tree here", ("start",), 3, _later),
    Action("help", ("question_mark",), "help", "this page", footer=-2),
    Action("quit", ("q",), "quit", "leave pipedeck", footer=-1),
)

BY_ID = {action.id: action for action in ACTIONS}


def for_part(part: str) -> tuple[Action, ...]:
    """The actions of a screen: those of the `start` screen, or those of the `main` one."""
    if part == "start":
        return tuple(a for a in ACTIONS if "start" in a.where or a.id in ("move", "help", "quit", "theme", "redraw"))
    return tuple(action for action in ACTIONS if "start" not in action.where)


def bindings(part: str) -> list[BindingType]:
    """Textual's bindings for the actions of a screen: one for each key, as a key may mean two things in two places."""
    keys = dict.fromkeys(key for action in for_part(part) if not action.by_widget for key in action.keys)
    return [Binding(key, f"key('{key}')", show=False) for key in keys]


def meant(part: str, key: str, now: Situation) -> Action:
    """The action that a key means where one is: that of the place, else the first that has the key."""
    having = [action for action in for_part(part) if key in action.keys and not action.by_widget]
    here = (action for action in having if now.where in action.where or "everywhere" in action.where)
    return next(here, having[0])


def in_footer(now: Situation) -> Sequence[Action]:
    """The actions to tell of in the footer, the most useful first; help and quit (negative ranks) close it."""
    shown = [
        action
        for action in for_part("start" if now.where == "start" else "main")
        if action.footer and (now.where in action.where or "everywhere" in action.where)
    ]
    front = sorted((a for a in shown if a.footer > 0), key=lambda a: (a.why_not(now) is not None, a.footer))
    return [*front, *sorted((a for a in shown if a.footer < 0), key=lambda a: a.footer)]
