"""Keys: what they are called, which of them terminals can send, and which command each means where one is."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tui.actions import COMMANDS, LISTS, Command
from tui.reasons import CommandContext

if TYPE_CHECKING:
    from textual.binding import BindingType

_SIGNS: Final[Mapping[str, str]] = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    " ": "space",
}
"""Signs by the names Textual has for their keys."""

_WORDS: Final[Mapping[str, str]] = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "space": "space",
    "delete": "del",
    "backspace": "⌫",
    "shift+tab": "shift+tab",
}
_SAID: Final[Mapping[str, str]] = {
    **{name: sign for sign, name in _SIGNS.items() if sign != " "},
    **_WORDS,
}
_MEANT: Final[Mapping[str, str]] = {
    **_SIGNS,
    **{word: name for name, word in _WORDS.items()},
    "return": "enter",
    "esc": "escape",
    "pgdn": "pagedown",
    "pgup": "pageup",
}

_NAMED: Final = frozenset(
    ["escape", "enter", "tab", "shift+tab", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"]
    + ["left", "right", "up", "down"]
    + [f"f{number}" for number in range(2, 13)]
)
NEVER: Final[Mapping[str, str]] = {
    "ctrl+h": "terminals send backspace for it",
    "ctrl+m": "terminals send enter for it",
    "ctrl+i": "terminals send tab for it",
    "ctrl+j": "many terminals send enter for it",
    "ctrl+left_square_bracket": "terminals send esc for it",
    "ctrl+b": "tmux keeps it for itself",
    "ctrl+a": "GNU screen keeps it for itself",
    "ctrl+space": "many terminals cannot send it",
    "ctrl+backslash": "terminals end programs with it",
    "ctrl+c": "terminals interrupt programs with it",
    "f1": "terminals open their own help with it",
    "f10": "terminals open their own menu with it",
    "f11": "terminals fill the screen with it",
}
"""Keys that terminals cannot send, or that terminals and multiplexers keep, and why."""


def key_named(text: str) -> str:
    """The key that a person means by `/`, `esc`, `ctrl+x` or `F5`, as Textual calls it.

    Raises ValueError, saying what is wrong with it, for what is no key, and for keys that never reach a program.
    """
    written = text if text == " " else text.strip()
    if len(written) == 1:
        if written.isalnum() and written.isascii():
            return written
        if written in _MEANT:
            return _MEANT[written]
        raise ValueError("only letters, digits and signs of ASCII can be keys: others are not on every keyboard")
    *modifiers, last = written.lower().replace(" ", "").split("+")
    last = _MEANT.get(last, last)
    name = "+".join((*modifiers, last))
    if name in NEVER:
        raise ValueError(NEVER[name])
    if name in _NAMED or name in _SIGNS.values():
        return name
    if modifiers == ["ctrl"] and len(last) == 1 and last in string.ascii_lowercase:
        return name
    if modifiers and (last in _NAMED or len(last) == 1 or last in _SIGNS.values()):
        raise ValueError("many terminals cannot send it; write a plain key, or ctrl with a letter")
    raise ValueError("it is no key; write a letter, a sign, or a name such as enter, esc, pgdn, f5, ctrl+x")


def key_words(key: str) -> str:
    """A key as people say it: `/`, `esc`, `^x`."""
    if key.startswith("ctrl+") and len(key) == 6:
        return f"^{key[-1]}"
    return _SAID.get(key, key)


class CommandTable:
    """The commands with their keys: what bindings, footer, help and the go-anywhere list are made from."""

    def __init__(self, commands: Sequence[Command] = COMMANDS) -> None:
        self.commands = tuple(commands)
        self.by_id: Mapping[str, Command] = {command.id: command for command in self.commands}

    def for_part(self, part: str) -> tuple[Command, ...]:
        """The commands of a screen: of the `start` screen, of a `page`, or of the `main` one."""
        if part == "start":
            return tuple(command for command in self.commands if "start" in command.where or command.on_start)
        if part == "page":
            return tuple(command for command in self.commands if "page" in command.where or command.by_widget)
        return tuple(command for command in self.commands if {*command.where} - {"start", "page"})

    def bindings(self, part: str) -> list[BindingType]:
        """Textual's bindings: one for each key, as a key may mean two items in two places."""
        from textual.binding import Binding

        keys = dict.fromkeys(key for command in self.for_part(part) if not command.by_widget for key in command.keys)
        return [Binding(key, f"key('{key}')", show=False) for key in keys]

    @cached_property
    def list_keys(self) -> Mapping[str, str]:
        """The keys that lists handle themselves, for `App.set_keymap`: those that are not as they come."""
        given = {command.id: command.keys for command in COMMANDS}
        changed = (command for command in self.commands if command.by_widget and command.keys != given.get(command.id))
        return {command.by_widget: ",".join(command.keys) for command in changed}

    def meant(self, part: str, key: str, now: CommandContext) -> Command:
        """The command that a key means where one is: that of the place, else the first that has the key."""
        having = [command for command in self.for_part(part) if key in command.keys and not command.by_widget]
        return next((command for command in having if command.is_in(now)), having[0])

    def in_footer(self, now: CommandContext) -> Sequence[Command]:
        """The commands to tell of in the footer, the most useful first; help and quit (negative ranks) close it."""
        part = now.where if now.where in ("start", "page") else "main"
        shown = [command for command in self.for_part(part) if command.footer and command.is_in(now)]
        front = sorted((a for a in shown if a.footer > 0), key=lambda a: (a.disabled_reason(now) is not None, a.footer))
        return [*front, *sorted((a for a in shown if a.footer < 0), key=lambda a: a.footer)]

    def told_alone(self, id_: str) -> str:
        """The keys of one command as people say them."""
        return " ".join(map(key_words, self.by_id[id_].keys)) or "none"

    def told(self, command: Command) -> str:
        """The keys of a command, and of those that are told with it, as people say them."""
        together = (command, *(other for other in self.commands if other.told_with == command.id))
        return " ".join(key_words(key) for one in together for key in one.keys)


def places_of(command: Command) -> frozenset[str]:
    """The places where the keys of a command count, the start screen apart."""
    also = ("page",) if command.by_widget else ()
    return frozenset(
        place
        for where in (*command.where, *also)
        for place in {"everywhere": (*LISTS, "inspector"), "pane": LISTS}.get(where, (where,))
    )


def with_keys(changes: Mapping[str, tuple[str, ...]]) -> tuple[CommandTable, tuple[tuple[str, str], ...]]:
    """The table of commands with other keys, and what came of it that its owner should know: pairs of the id of an
    command and a sentence.

    A key given to a command is removed from the commands that have it by default in the same place. When two commands
    are given the same key, the first keeps it.
    """
    said: list[tuple[str, str]] = []
    given: dict[str, tuple[str, ...]] = {}
    by_id = {command.id: command for command in COMMANDS}
    for id_, keys in changes.items():
        kept = []
        for key in dict.fromkeys(keys):
            rival = next(
                (other for other, theirs in given.items() if key in theirs and _meet(by_id[id_], by_id[other])), ""
            )
            if rival:
                said.append((id_, f"{key_words(key)} is given to {rival} already, which keeps it"))
            else:
                kept.append(key)
        given[id_] = tuple(kept)
    commands = []
    for command in COMMANDS:
        if command.id in given:
            commands.append(replace(command, keys=given[command.id]))
            continue
        taken = {key for id_, keys in given.items() if _meet(command, by_id[id_]) for key in keys}
        left = tuple(key for key in command.keys if key not in taken)
        if not left:
            takers = [id_ for id_, keys in given.items() if taken & set(keys) & set(command.keys)]
            said.append((takers[0], f"this takes the only key of {command.id}, which is now reached by the go-to list"))
        commands.append(replace(command, keys=left) if left != command.keys else command)
    return CommandTable(commands), tuple(said)


def _meet(one: Command, other: Command) -> bool:
    """Whether there is a place where both count."""
    on_start = ("start" in one.where or one.on_start) and ("start" in other.where or other.on_start)
    return on_start or bool(places_of(one) & places_of(other))


DEFAULT: Final = CommandTable()
"""The commands with the keys they come with."""
