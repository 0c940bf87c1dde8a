"""Commands of the dialogs that edit: the form, the review, the text of a file, the preview of one backend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.command import Command
from tui.commands import availability

if TYPE_CHECKING:
    from tui.screens.file_text import FileTextScreen
    from tui.screens.form import FormScreen
    from tui.screens.review import ReviewScreen
    from tui.screens.use_only import UseOnlyScreen


# ---- the form


def change_field(screen: FormScreen) -> None:
    """Change the field under the cursor: choose from a list, toggle, or type."""
    field = screen.field
    if field is None:
        return
    if field.choices is not None:
        screen.pick(field)
    elif field.is_boolean:
        flip_field(screen)
    else:
        screen.start_typing(field)


def flip_field(screen: FormScreen) -> None:
    """Toggle true and false."""
    if screen.field is not None:
        screen.edit(screen.field.set(screen.field.value is not True))


def unset_field(screen: FormScreen) -> None:
    """Remove the value of the field under the cursor."""
    if screen.field is not None and screen.field.unset is not None:
        screen.edit(screen.field.unset)


def move_field(by: int, screen: FormScreen) -> None:
    """Move an entry of a list down (1) or up (-1)."""
    field = screen.field
    intent = field.move(by) if field is not None and field.move is not None else None
    if intent is None:
        screen.show_status("at the end already")
    else:
        screen.edit(intent, at=screen.fields.index + by)


FORM = (
    Command("change", ("enter",), "change", "choose or type a value", ("form",), 1, availability.field, change_field),
    Command("flip", ("space",), "yes/no", "toggle true and false", ("form",), 3, availability.boolean, flip_field),
    Command("unset", ("x", "delete"), "remove", "remove the value", ("form",), 4, availability.removable, unset_field),
    Command(
        "entry-down",
        ("J",),
        "down",
        "move an entry of a list down or up",
        ("form",),
        7,
        availability.ordered,
        partial(move_field, 1),
    ),
    Command(
        "entry-up",
        ("K",),
        "up",
        "move an entry of a list up",
        ("form",),
        8,
        availability.ordered,
        partial(move_field, -1),
        listed_with="entry-down",
    ),
)


# ---- the review


def write(screen: ReviewScreen) -> None:
    """Write all edits."""
    screen.write()


def send(layer: str, screen: ReviewScreen) -> None:
    """Move the edit under the cursor to a layer."""
    from core.edits.intent import EditLayer

    screen.send(EditLayer(layer))


def next_file(screen: ReviewScreen) -> None:
    """Go to the next file of the review."""
    screen.next_file()


def next_hunk(screen: ReviewScreen) -> None:
    """Go to the next hunk of the review."""
    screen.next_hunk()


REVIEW = (
    Command("write", ("w",), "write", "write all edits", ("review",), 1, availability.unwritten, write),
    Command("next-file", ("tab",), "next file", "go to the next file", ("review",), 2, run=next_file),
    Command("next-hunk", ("n",), "hunk", "go to the next hunk, and unfold its file", ("review",), 2, run=next_hunk),
    Command(
        "to-base",
        ("b",),
        "to base",
        "make the edit in the base file",
        ("review",),
        3,
        availability.sendable,
        partial(send, "base"),
    ),
    Command(
        "to-override",
        ("o",),
        "to override",
        "make the edit in the override file",
        ("review",),
        4,
        availability.sendable,
        partial(send, "override"),
    ),
)


# ---- the text of a file


def edit_text(screen: FileTextScreen) -> None:
    """Start editing; the text is shown with its secrets."""
    screen.start_editing()


def apply_text(screen: FileTextScreen) -> None:
    """Make an edit of the typed text."""
    screen.apply()


def next_line(screen: FileTextScreen) -> None:
    """Move to the next line."""
    screen.area.action_cursor_down()


def previous_line(screen: FileTextScreen) -> None:
    """Move to the previous line."""
    screen.area.action_cursor_up()


def edge_of_text(last: bool, screen: FileTextScreen) -> None:
    """Go to the first or the last line."""
    screen.go_to(screen.line_count - 1 if last else 0)


FILE = (
    Command("edit-text", ("enter", "i"), "edit", "edit the text here", ("file",), 1, availability.edit, edit_text),
    Command("text-down", ("j",), "down", "move to the next or previous line", ("file",), run=next_line),
    Command("text-up", ("k",), "up", "move up", ("file",), run=previous_line, listed_with="text-down"),
    Command("text-first", ("g",), "first", "the first or last line", ("file",), run=partial(edge_of_text, False)),
    Command("text-last", ("G",), "last", "last", ("file",), run=partial(edge_of_text, True), listed_with="text-first"),
    Command("apply", ("ctrl+s",), "apply", "make an edit of the typed text", ("file-edit",), 1, run=apply_text),
)


# ---- the preview of one backend


def skip_replacement(screen: UseOnlyScreen) -> None:
    """Skip the replacement under the cursor, or accept it."""
    number = screen.number
    if number in screen.chosen:
        del screen.chosen[number]
    elif number in screen.offered:
        screen.chosen[number] = screen.offered[number]
    screen.show_chosen()


def accept_all(screen: UseOnlyScreen) -> None:
    """Accept all replacements, or none."""
    screen.chosen = {} if screen.chosen else dict(screen.offered)
    screen.show_chosen()


def pick_replacement(screen: UseOnlyScreen) -> None:
    """Choose another replacement."""
    if screen.number is not None:
        screen.pick(screen.number)


def apply_use_only(screen: UseOnlyScreen) -> None:
    """Close the preview and make the edit."""
    screen.dismiss(screen.intent)


USE_ONLY = (
    Command(
        "skip",
        ("space",),
        "skip",
        "let this name die, or accept its replacement again",
        ("use-only",),
        1,
        availability.replaceable,
        skip_replacement,
    ),
    Command(
        "replacement",
        ("enter",),
        "change",
        "choose another replacement",
        ("use-only",),
        3,
        availability.replaceable,
        pick_replacement,
    ),
    Command("accept-all", ("a",), "all or none", "accept all replacements, or none", ("use-only",), 4, run=accept_all),
    Command("apply-only", ("w", "o"), "apply", "make it one edit", ("use-only",), 4, run=apply_use_only),
)

COMMANDS = (*FORM, *REVIEW, *FILE, *USE_ONLY)
