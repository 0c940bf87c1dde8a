"""The record of a command, the context that decides whether it can run, and the table that all screens read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from core.records import dataclass
from tui.key_names import key_label

if TYPE_CHECKING:
    from textual.binding import BindingType

LISTS: Final = ("backends", "models", "routes", "deck", "problems", "methods")
"""The lists of the main screen."""

DIALOGS: Final[Mapping[str, str]] = {
    "form": "in a form",
    "form-typing": "while a value is typed",
    "review": "in the review",
    "file": "in the text of a file",
    "file-edit": "while a text is edited",
    "served": "in the list of served models",
    "served-filter": "in the filter of that list",
    "use-only": "in the preview of one backend",
    "create": "in the list of providers of a new tree",
    "route-tester": "in the route tester",
}
"""The dialogs with commands, and how help names them. A key without a command there is text or moves the cursor."""
TYPING: Final = ("form-typing", "file-edit", "served-filter", "route-tester")
"""Dialogs in which letters are text."""
LIST_DIALOGS: Final = ("form", "review", "served", "use-only", "create")
"""Dialogs whose list has the keys of lists."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The state that decides whether a command can run now."""

    where: str
    """`pane`, `inspector`, `start`, `page` for what is shown over the main screen, or one of the dialogs."""
    pane: str = ""
    rows: int = 0
    links: int = 0
    filtered: bool = False
    back: bool = False
    forward: bool = False
    profiles: int = 0
    colours: bool = True
    kind: str = ""
    """The kind of what is selected; in a form that of the field: `text`, `choice` or `boolean`."""
    locked: str = ""
    """Why nothing can be edited; empty when it can."""
    unwritten: bool = False
    fixable: bool = False
    """Whether a problem is selected, or an item that has one."""
    installable: bool = False
    """Whether a missing package is behind what is selected, or behind any problem on the overview."""
    undo: bool = False
    redo: bool = False
    checking: bool = False
    """Whether providers are being asked now."""
    live_problem: bool = False
    """Whether the selected problem was found by asking a provider."""
    priced: bool = False
    """Whether a page shows the cost of calls."""
    narrowable: bool = False
    """Whether a page can be filtered by words."""
    removable: bool = False
    """Whether the value of the selected field can be removed."""
    ordered: bool = False
    """Whether the selected field is part of an ordered list."""
    pipes: int = 0
    """The number of pipes that use a model; without any there is no list of methods."""
    reading_methods: bool = False
    invalid: str = ""
    """Why there is nothing to view or to write yet."""

    @property
    def part(self) -> str:
        """The screen: `main`, `start`, `page`, or a dialog."""
        return "main" if self.where in ("pane", "inspector") else self.where


Reason = Callable[[CommandContext], str | None]


def always(_: CommandContext) -> str | None:
    """The command can always run."""
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """An action of the app: its keys, its texts, and the handler, which is called with the screen that has the focus.

    `disabled_reason` says why it cannot run in a context, or None. `where` names the parts it belongs to: `everywhere`
    on the main screen, `pane` (all lists), the name of one list, `inspector`, `start`, `page`, or a dialog; `on_start`
    adds the start screen to `everywhere`. `footer` is its rank in the footer (0: not shown there).
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: tuple[str, ...] = ("everywhere",)
    footer: int = 0
    disabled_reason: Reason = always
    run: Callable[[Any], None] | None = None
    """None: the list widgets have a binding for it, which is `widget_binding`."""
    widget_binding: str = ""
    listed_with: str = ""
    """The command in whose line of the help page its keys are shown."""
    on_start: bool = False
    closes_pages: bool = False
    """Whether it runs on the main screen: a page or dialog where it is used is closed first."""
    after_edits: bool = False
    """Whether it waits for the running task."""
    dialog_footer: int = 0
    """Its rank in the footer of dialogs, if that is another one."""
    footer_label: Callable[[CommandContext], str] | None = None
    """The label in the footer, where it depends on the selection."""

    def is_in(self, now: CommandContext) -> bool:
        """Whether it belongs to the part that has the focus."""
        if now.where in self.where:
            return True
        if now.where == "page" or now.where in DIALOGS:
            return False
        return "everywhere" in self.where or (now.where == "pane" and now.pane in self.where)

    def label_in(self, now: CommandContext) -> str:
        """Its label in a context, of one or two words."""
        return self.footer_label(now) if self.footer_label is not None else self.label

    def rank(self, now: CommandContext) -> int:
        """Its rank in the footer of the part that has the focus."""
        return self.dialog_footer or self.footer if now.where in DIALOGS else self.footer


class CommandTable:
    """The commands with their keys: the source of bindings, footer, help and palette."""

    def __init__(self, commands: Sequence[Command], changed: frozenset[str] = frozenset()) -> None:
        """`changed`: the ids of the commands that do not have their default keys."""
        self.commands = tuple(commands)
        self._changed = changed
        self.by_id: Mapping[str, Command] = {command.id: command for command in self.commands}

    def for_part(self, part: str) -> tuple[Command, ...]:
        """The commands of a screen: of the `start` screen, of a `page`, of a dialog, or of the `main` one."""
        if part == "start":
            return tuple(command for command in self.commands if "start" in command.where or command.on_start)
        if part == "page" or part in DIALOGS:
            lists = part == "page" or part in LIST_DIALOGS
            return tuple(c for c in self.commands if part in c.where or (lists and c.widget_binding))
        return tuple(command for command in self.commands if {*command.where} - {"start", "page", *DIALOGS})

    def bindings(self, parts: Sequence[str], *, priority: bool = False) -> list[BindingType]:
        """Textual's bindings: one for each key, as a key may mean two items in two places."""
        from textual.binding import Binding

        keys = dict.fromkeys(
            key
            for part in parts
            for command in self.for_part(part)
            if not command.widget_binding
            for key in command.keys
        )
        return [Binding(key, f"key('{key}')", show=False, priority=priority) for key in keys]

    def run(self, id_: str, screen: object) -> None:
        """Run a command on a screen without asking whether it can run."""
        if (run := self.by_id[id_].run) is not None:
            run(screen)

    @cached_property
    def list_keys(self) -> Mapping[str, str]:
        """The keys that lists handle themselves, for `App.set_keymap`: those that are not as they come."""
        changed = (command for command in self.commands if command.id in self._changed and command.widget_binding)
        return {command.widget_binding: ",".join(command.keys) for command in changed}

    @cached_property
    def list_bindings(self) -> Mapping[str, str]:
        """The bindings of the list widgets, by key."""
        bound = (command for command in self.commands if command.widget_binding)
        return {key: command.widget_binding for command in bound for key in command.keys}

    def command_for(self, key: str, now: CommandContext) -> Command | None:
        """The command that a key means where one is: that of the place, else the first that has the key."""
        having = [command for command in self.for_part(now.part) if key in command.keys and not command.widget_binding]
        return next((command for command in having if command.is_in(now)), having[0] if having else None)

    def in_footer(self, now: CommandContext) -> Sequence[Command]:
        """The commands for the footer, the most useful first; help and quit (negative ranks) close it."""
        shown = [(command.rank(now), command) for command in self.for_part(now.part) if command.is_in(now)]
        front = [(command.disabled_reason(now) is not None, rank, command) for rank, command in shown if rank > 0]
        last = [(True, rank, command) for rank, command in shown if rank < 0]
        return [command for *_, command in (*sorted(front, key=itemgetter(0, 1)), *sorted(last, key=itemgetter(1)))]

    def key_labels(self, id_: str) -> str:
        """The keys of one command as displayed."""
        return " ".join(map(key_label, self.by_id[id_].keys)) or "none"

    def grouped_key_labels(self, command: Command) -> str:
        """The displayed keys of a command and of its group."""
        together = (command, *(other for other in self.commands if other.listed_with == command.id))
        return " ".join(key_label(key) for first_command in together for key in first_command.keys)

    def with_keys(self, changes: Mapping[str, tuple[str, ...]]) -> tuple[CommandTable, tuple[tuple[str, str], ...]]:
        """The table with other keys for some commands, and the conflicts: pairs of the id of a command and a sentence.

        A key set for a command is removed from the commands that have it by default in the same place. When two
        commands have the same key, the first keeps it.
        """
        problems: list[tuple[str, str]] = []
        assigned: dict[str, tuple[str, ...]] = {}
        by_id = self.by_id
        for id_, keys in changes.items():
            kept = []
            for key in dict.fromkeys(keys):
                rivals = (name for name, theirs in assigned.items() if key in theirs and _meet(by_id[id_], by_id[name]))
                if rival := next(rivals, ""):
                    problems.append((id_, f"{key_label(key)} is the key of {rival} already, which keeps it"))
                else:
                    kept.append(key)
            assigned[id_] = tuple(kept)
        commands = []
        for command in self.commands:
            if command.id in assigned:
                commands.append(replace(command, keys=assigned[command.id]))
                continue
            lost = {key for id_, keys in assigned.items() if _meet(command, by_id[id_]) for key in keys}
            left = tuple(key for key in command.keys if key not in lost)
            if not left:
                rival = next(id_ for id_, keys in assigned.items() if lost & set(keys) & set(command.keys))
                sentence = f"this takes the only key of {command.id}, which is now reached by the go-to list"
                problems.append((rival, sentence))
            commands.append(replace(command, keys=left) if left != command.keys else command)
        changed = {new.id for new, old in zip(commands, self.commands, strict=True) if new.keys != old.keys}
        return CommandTable(commands, frozenset(changed)), tuple(problems)


def places_of(command: Command) -> frozenset[str]:
    """The contexts of the keys of a command, except the start screen."""
    also: tuple[str, ...] = ("page",) if command.widget_binding else ()
    if command.widget_binding and command.run is None:
        also += LIST_DIALOGS
    return frozenset(
        place
        for where in (*command.where, *also)
        for place in {"everywhere": (*LISTS, "inspector"), "pane": LISTS}.get(where, (where,))
    )


def _meet(left: Command, right: Command) -> bool:
    """Whether there is a place where both count."""
    on_start = ("start" in left.where or left.on_start) and ("start" in right.where or right.on_start)
    return on_start or bool(places_of(left) & places_of(right))
