"""The table of commands: key bindings, the footer, the help screen and the go-to list are made from it."""

from __future__ import annotations

from typing import Final

from core.records import dataclass
from tui import reasons as why
from tui.reasons import DECK, CommandContext, Reason

LISTS: Final = ("backends", "models", "routes", "deck", "problems")
"""The lists of the main screen."""


@dataclass(frozen=True, slots=True)
class Command:
    """One item that can be done.

    `where` says in which part it is shown: `everywhere` on the main screen, `pane` (in all its lists), the name of one
    list, `inspector`, `start`, or `page`; `on_start` adds the start screen to `everywhere`. `footer` is its rank in
    the footer (0: not there).
    `by_widget` is the binding of the list widgets that handles its keys: they are told, not bound, by the screen.
    `told_with` names the command in whose line of the help page its keys are told.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[str, ...] = ("everywhere",)
    footer: int = 0
    disabled_reason: Reason = why.always
    by_widget: str = ""
    told_with: str = ""
    on_start: bool = False

    def is_in(self, now: CommandContext) -> bool:
        """Whether it belongs to the place where one is."""
        if now.where in self.where:
            return True
        if now.where == "page":
            return False
        return "everywhere" in self.where or (now.where == "pane" and now.pane in self.where)


COMMANDS: tuple[Command, ...] = (
    Command("down", ("down", "j"), "down", "move to the next or previous line", by_widget="list.down", on_start=True),
    Command("up", ("up", "k"), "up", "move to the previous line", by_widget="list.up", told_with="down", on_start=True),
    Command("page-down", ("pagedown",), "page", "move by a screen, or by half of one", by_widget="list.page_down"),
    Command("page-up", ("pageup",), "page back", "back by a screen", by_widget="list.page_up", told_with="page-down"),
    Command(
        "half-down", ("ctrl+d",), "half", "move by half a screen", by_widget="list.half_down", told_with="page-down"
    ),
    Command("half-up", ("ctrl+u",), "half back", "back by half", by_widget="list.half_up", told_with="page-down"),
    Command("first", ("g", "home"), "first", "go to the first or the last line", by_widget="list.first"),
    Command("last", ("G", "end"), "last", "go to the last line", by_widget="list.last", told_with="first"),
    Command(
        "open",
        ("enter",),
        "edit",
        "edit what is selected; follow a step of a trail, a cause, a problem",
        ("pane", "inspector"),
        1,
        why.links,
        by_widget="list.choose",
    ),
    Command(
        "inspect",
        ("l", "right", "tab"),
        "details",
        "go into the details of what is selected",
        ("pane",),
        2,
        why.in_pane,
    ),
    Command("leave", ("h", "left", "escape", "tab"), "list", "go back to the list", ("inspector",), 2),
    Command(
        "toggle",
        ("space",),
        "on/off",
        "turn the backend on or off",
        ("backends", "routes", "deck", "problems", "inspector"),
        2,
        why.on("backend", words="space turns backends on and off: press 1"),
    ),
    Command(
        "use-only",
        ("o",),
        "only this",
        "use only this backend: the others off, and served models in the place of what dies",
        ("pane", "inspector"),
        3,
        why.on("backend", words="o works on a backend: press 1"),
    ),
    Command(
        "add",
        ("a",),
        "add",
        "add a backend, a model, a route, a profile, a name of the deck",
        ("pane",),
        4,
        why.edit,
    ),
    Command(
        "repoint",
        ("m",),
        "repoint",
        "let it name another model, out of those that are served",
        ("pane", "inspector"),
        3,
        why.on(*DECK, "problem", words="m works in the deck and on problems of it: press 4"),
    ),
    Command(
        "move-down",
        ("J",),
        "down",
        "move the route down or up: the first pattern that takes a name wins",
        ("routes",),
        3,
        why.on("route", words="there is no route here"),
    ),
    Command(
        "move-up",
        ("K",),
        "up",
        "move the route up",
        ("routes",),
        0,
        why.on("route", words="there is no route here"),
        told_with="move-down",
    ),
    Command("duplicate", ("d",), "copy as", "copy it under another name", ("pane", "inspector"), 0, why.named),
    Command("delete", ("x",), "delete", "delete it, after showing who uses it", ("pane", "inspector"), 0, why.named),
    Command("rename", ("r",), "rename", "rename it, with every reference to it", ("pane", "inspector"), 0, why.named),
    Command(
        "fix",
        ("f",),
        "fix",
        "show what would mend it, and do that",
        ("pane", "inspector"),
        2,
        why.mends,
    ),
    Command(
        "raw",
        ("v",),
        "text",
        "the text of the file it is written in, to read and to edit",
        ("pane", "inspector", "page"),
    ),
    Command(
        "editor",
        ("E",),
        "editor",
        "the same in your own editor: $VISUAL or $EDITOR, at its line",
        ("pane", "inspector", "page"),
        0,
        why.edit,
    ),
    Command(
        "check",
        ("t",),
        "try",
        "ask the backend's provider: does it answer, is the key good; again: stop",
        ("backends", "routes", "problems", "inspector"),
        3,
        why.check,
    ),
    Command(
        "check-model",
        ("t",),
        "try",
        "ask the model for one word, after telling what that sends and may cost; again: stop",
        ("models", "deck"),
        11,
        why.check,
    ),
    Command("check-all", ("T",), "try all", "ask the providers of all backends that are on; again, or esc: stop"),
    Command(
        "served",
        ("i",),
        "served",
        "look through what the provider serves, and import from it",
        ("pane", "inspector"),
        0,
        why.served,
    ),
    Command("review", ("w",), "write", "look at all that is edited, and write it", ("everywhere",), 3, why.unwritten),
    Command(
        "undo",
        ("u",),
        "undo",
        "take the last edit back, also one that is written",
        ("everywhere", "page"),
        0,
        why.undo,
    ),
    Command("redo", ("ctrl+r",), "redo", "do the edit again that was undone last", ("everywhere", "page"), 0, why.redo),
    Command("vision", ("V",), "vision", "only models that read images, or all again", ("models",), 2),
    Command("key-set", ("K",), "key set", "only models of backends whose key is set, or all again", ("models",), 2),
    Command("structured", ("O",), "objects", "only models that give structured output, or all again", ("models",)),
    Command("served-now", ("N",), "served", "only models that are served now, or all again", ("models",)),
    Command(
        "next-type", ("greater_than_sign",), "type", "only models of the next type; after the last all", ("models",)
    ),
    Command("earlier-type", ("less_than_sign",), "type", "of the type before", ("models",), 0, told_with="next-type"),
    Command(
        "by-price",
        ("dollar_sign",),
        "price",
        "sort by what a call costs, the cheapest first",
        ("models",),
        3,
        why.rows,
    ),
    Command(
        "tokens",
        ("number_sign",),
        "tokens",
        "the input and output tokens of that call",
        ("models", "page"),
        0,
        why.priced,
    ),
    Command("mark", ("space",), "mark", "mark the model, to compare it with others", ("models",), 4, why.rows),
    Command(
        "zoom", ("z",), "zoom", "the list over the whole width, with more columns; and back", ("pane", "inspector")
    ),
    Command(
        "explain",
        ("e",),
        "explain",
        "why it ends where it does, what it is asked with, who uses it",
        ("everywhere", "page"),
        footer=3,
    ),
    Command(
        "layers",
        ("I",),
        "layers",
        "where each of its values comes from, and what stands below",
        ("everywhere", "page"),
        footer=7,
    ),
    Command(
        "drop",
        ("x",),
        "remove",
        "take the value in force away, so that the one below it counts",
        ("page",),
        0,
        why.on("value", words="x takes values away in the layers of a thing: I"),
    ),
    Command(
        "compare",
        ("c",),
        "compare",
        "models that are marked; profiles, releases, life without a backend or a key",
        ("everywhere", "page"),
        7,
    ),
    Command(
        "what-if",
        ("exclamation_mark",),
        "if down",
        "what becomes of everything when this backend is down, or this key lost",
        ("everywhere", "page"),
        disabled_reason=why.what_if,
    ),
    Command(
        "route-test", ("equals_sign",), "test", "type any name and see which route takes it", ("everywhere", "page")
    ),
    Command("keys", ("6",), "keys", "the keys: every variable, whether it is set and where", ("everywhere", "page")),
    Command(
        "export",
        ("Y",),
        "copy all",
        "copy or write all that is known of it: as text, as JSON, as TOML",
        ("everywhere", "page"),
        6,
    ),
    Command(
        "page-back", ("escape", "q", "h", "left", "left_square_bracket"), "back", "back to where you were", ("page",), 2
    ),
    Command("page-next", ("tab",), "next part", "go to the next part of the page", ("page",), 7),
    Command(
        "filter",
        ("slash",),
        "filter",
        "show only lines that hold some words; esc clears",
        ("pane",),
        3,
        why.in_pane,
    ),
    Command(
        "clear",
        ("escape",),
        "clear",
        "clear the filter, then what the list is narrowed to",
        ("pane",),
        4,
        why.list_filter,
    ),
    Command("sort", ("s",), "sort", "sort by the next column", ("pane",), 5, why.rows),
    Command("reverse", ("S",), "reverse", "sort the other way round", ("pane",), 0, why.rows),
    Command(
        "backends", ("1",), "backends", "the backends: who can be asked, and with which key", ("everywhere", "page")
    ),
    Command("models", ("2",), "models", "the models: who serves each, for what price", ("everywhere", "page")),
    Command("routes", ("3",), "routes", "the routes: which backend is asked for which model", ("everywhere", "page")),
    Command("deck", ("4",), "deck", "the deck: presets, aliases, waterfalls and choices", ("everywhere", "page")),
    Command("problems", ("5",), "problems", "the problems, by what causes them", ("everywhere", "page")),
    Command("overview", ("0",), "overview", "can it run, and if not, why", ("everywhere", "page"), 8),
    Command(
        "goto", ("colon", "ctrl+p"), "go to", "go to any name, or do any of these things", ("everywhere", "page"), 5
    ),
    Command(
        "profile",
        ("p",),
        "profile",
        "switch to another profile, or only look at it",
        footer=5,
        disabled_reason=why.profiles,
    ),
    Command(
        "back",
        ("left_square_bracket",),
        "back",
        "back to what you looked at before",
        footer=9,
        disabled_reason=why.back,
    ),
    Command("forward", ("right_square_bracket",), "forward", "forward again", disabled_reason=why.forward),
    Command("reload", ("R",), "read again", "read the files again", footer=10),
    Command(
        "redraw",
        ("ctrl+l",),
        "redraw",
        "paint the screen anew, when something else wrote on it",
        ("everywhere", "page"),
        on_start=True,
    ),
    Command(
        "pause",
        ("ctrl+z",),
        "shell",
        "go to the shell; its fg comes back to where you are",
        ("everywhere", "page"),
        on_start=True,
    ),
    Command(
        "theme",
        ("ctrl+t",),
        "colours",
        "dark, light, high contrast, or your terminal's own colours",
        ("everywhere", "page"),
        disabled_reason=why.colours,
        on_start=True,
    ),
    Command("demo", ("d",), "demo", "look around in a sample, in a throw-away copy", ("start",), 1),
    Command("path", ("o",), "another folder", "open a tree in another folder", ("start",), 2),
    Command("create", ("n",), "new", "make a tree here, with the providers you choose", ("start",), 3, why.create),
    Command(
        "copy", ("y",), "copy", "copy the name of what is selected, as it is written in files", ("everywhere", "page")
    ),
    Command("log", ("L",), "log", "what pipedeck did and said since it was started"),
    Command("help", ("question_mark",), "help", "this page", ("everywhere", "page"), footer=-2, on_start=True),
    Command("quit", ("q",), "quit", "leave pipedeck", footer=-1, on_start=True),
)
