"""The parts of editing a file's text: where an item is written, excerpts, drafts of typed text, the external editor."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.app import SuspendNotSupported
from textual.screen import Screen
from textual.timer import Timer

from core.entities import Location
from core.records import dataclass
from tui.selection import DECK_KINDS, ItemRef
from tui.shutdown import temporary_folder
from tui.terminal.foreground import ending, run_in_foreground
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from core.workspace import UnfinishedText
    from tui.base_app import BaseApp
    from tui.session import Session


class Written(NamedTuple):
    """A file by its path and as it is called, and a line of it, counted from 1.

    `in_tree`: whether it is a file of the tree. Others, as a `.env`, are shown only: their edits would be stored.
    """

    path: str
    shown: str
    line: int
    in_tree: bool = True


def written_at(view: ViewModel, ref: ItemRef) -> Written | None:
    """The place of an item in its file; None when it is in no file that could be read."""
    location = _location(view, ref)
    if location is None:
        return None
    tree = view.catalog.tree
    source = next((one for one in tree.sources if one.shown == location.file), None)
    if source is not None:
        return Written(source.path, source.shown, location.line)
    path = Path(tree.paths.project, Path(location.file).expanduser())
    return Written(str(path), location.file, location.line, in_tree=False) if path.is_file() else None


def written_there(view: ViewModel, place: str) -> Written | None:
    """The file and line of the tree that are shown as this place; None when they are of no file of the tree."""
    for source in view.catalog.tree.sources:
        before, _, after = view.location_text(Location(source.shown, 0, 1, "", source.layer)).rpartition(":0")
        line = place.removeprefix(before + ":").removesuffix(after)
        if place == f"{before}:{line}{after}" and line.isdecimal():
            return Written(source.path, source.shown, int(line))
    return None


def _location(view: ViewModel, ref: ItemRef) -> Location | None:
    if ref.kind in (*DECK_KINDS, "pipe") and ref in view.references:
        place = view.references[ref].place
        return place.location if place is not None else None
    if ref.kind == "backend" and ref.name in view.catalog.backends:
        return view.catalog.backends[ref.name].place.location
    if ref.kind == "model":
        spec = view.spec_of(ref)
        return spec.place.location if spec is not None else None
    if ref.kind == "route" and ref in view.routes:
        return view.routes[ref].place.location
    if ref.kind == "profile" and ref.name in view.catalog.profiles:
        return view.catalog.profiles[ref.name].place.location
    if ref.kind == "problem" and ref in view.problems:
        return view.problems[ref].location
    if ref.kind == "cause" and ref in view.causes:
        problems = view.problems_behind(view.causes[ref])
        return view.causes[ref].location or (view.problems[problems[0]].location if problems else None)
    return None


MAX_LINES = 1000
MAX_CHARACTERS = 64 * 1024
"""Of a part: a text area wraps all of it, at once. A longer line is shown cut."""


@dataclass(frozen=True)
class Part:
    """Some lines of a text: those from number `first` on (from 0), without those behind `last`."""

    lines: tuple[str, ...]
    first: int
    last: int
    total: int
    cut: bool
    """Whether a line is shown only in part: then nothing here can be edited."""

    @property
    def text(self) -> str:
        """The text on screen."""
        return "\n".join(self.lines)

    @property
    def is_whole_file(self) -> bool:
        """Whether it is all of the text."""
        return len(self.lines) == self.total and not self.cut

    @property
    def description(self) -> str:
        """`lines 1,001 to 3,000 of 690,004`; empty when it is all."""
        return "" if self.is_whole_file else f"lines {self.first + 1:,} to {self.last:,} of {self.total:,}"

    def near_end(self, row: int) -> bool:
        """Whether a row of it is at an end beyond which the text continues."""
        return (row <= 0 and self.first > 0) or (row >= len(self.lines) - 1 and self.last < self.total)


def part_of(lines: Sequence[str], line: int) -> Part:
    """The largest part around a line (from 0) that may be shown."""
    total = len(lines)
    if total <= MAX_LINES and sum(map(len, lines)) <= MAX_CHARACTERS:
        return Part(tuple(lines), 0, total, total, False)
    line = min(max(line, 0), total - 1)
    first, last, size = line, line + 1, len(lines[line])
    while last - first < MAX_LINES:
        above = len(lines[first - 1]) if first > 0 else None
        below = len(lines[last]) if last < total else None
        grown = False
        if above is not None and size + above <= MAX_CHARACTERS:
            first, size, grown = first - 1, size + above, True
        if below is not None and last - first < MAX_LINES and size + below <= MAX_CHARACTERS:
            last, size, grown = last + 1, size + below, True
        if not grown:
            break
    shown = tuple(text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + " ..." for text in lines[first:last])
    return Part(shown, first, last, total, size > MAX_CHARACTERS)


def with_part(lines: Sequence[str], part: Part, typed: str) -> str:
    """The text of these lines with typed text in place of a part."""
    if part.is_whole_file:
        return typed
    return "\n".join([*lines[: part.first], typed, *lines[part.last :]])


KEEP_AFTER_S: Final = 1.0


class Typing:
    """Unfinished text on a screen: `look` returns text that is not an edit yet, or None."""

    def __init__(self, screen: Screen[None], session: Session, look: Callable[[], UnfinishedText | None]) -> None:
        self._screen = screen
        self._session = session
        self._look = look
        self._timer: Timer | None = None
        self._kept = False

    def begin(self) -> None:
        """Register as the source of typed text of the session."""
        self._session.typed = self._look

    def soon(self) -> None:
        """Something was typed: it is kept before long."""
        if self._timer is None:
            self._timer = self._screen.set_timer(KEEP_AFTER_S, self.keep)

    def keep(self) -> None:
        """Keep it now."""
        self._timer = None
        self._kept = True
        self._session.keep()

    def over(self) -> None:
        """Remove the typed text, which is applied or discarded, from the draft."""
        if self._session.typed == self._look:
            self._session.typed = lambda: None
        if self._kept:
            self._kept = False
            self._session.keep()


_PLUS = ("vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "mg", "ne", "kak")
_COLON = ("hx", "helix", "zed", "subl")


def command_of(environ: Mapping[str, str], path: str, line: int) -> list[str]:
    """The command that opens a file at a line: $VISUAL, else $EDITOR, else vi. Raises ValueError for a bad one."""
    name = next((name for name in ("VISUAL", "EDITOR") if environ.get(name, "").strip()), "")
    try:
        command = shlex.split(environ[name]) if name else ["vi"]
    except ValueError as error:
        raise ValueError(f"${name}: {error}") from None
    program = Path(command[0]).name
    if program in _PLUS:
        return [*command, f"+{line}", path]
    if program in _COLON:
        return [*command, f"{path}:{line}"]
    if program in ("code", "codium", "cursor"):
        return [*command, "--wait", "--goto", f"{path}:{line}"]
    return [*command, path]


class Outside(NamedTuple):
    """The result of the user's editor: the text as it was saved, None without any, and what went wrong."""

    text: str | None
    problem: str = ""


def edit_outside(app: BaseApp, text: str, name: str, line: int) -> Outside:
    """Edit a text in the user's editor, while the app is suspended. Never raises, however the editor ends."""
    with temporary_folder("pipedeck-") as folder:
        path = folder / name
        path.write_bytes(text.encode("utf-8"))
        path.chmod(0o600)
        try:
            command = command_of(os.environ, str(path), line)
            problem = _run(app, command)
        except SuspendNotSupported:
            return Outside(None, "no editor can be opened on this terminal")
        except ValueError as error:
            return Outside(None, f"the editor cannot be started: {error}")
        try:
            return Outside(path.read_bytes().decode("utf-8"), problem)
        except (OSError, UnicodeDecodeError):
            return Outside(None, problem or "discarded: the editor's file is not UTF-8 text")


def _run(app: BaseApp, command: Sequence[str]) -> str:
    """Run an editor: what went wrong. An exception inside of `suspend` would leave the terminal to the shell."""
    problem = ""
    with app.suspend():
        try:
            status = run_in_foreground(command)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            problem = f"the editor cannot be started: {command[0]}: {reason}; set $VISUAL or $EDITOR"
        else:
            problem = f"the editor {ending(status)}" if status else ""
    app.redraw()
    return problem
