"""The edit session: applies one intent to texts in memory, step by step, before anything is written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from core.api import Report, update_report, without_assumption
from core.edits.intent import EditLayer, EditRefused, EditRefusedError, Intent
from core.edits.steps import CreateFile, DeleteFile, EditText, Step, perform, text_of
from core.files.source import known_document
from core.files.view import Overlay, View
from core.methods import NO_METHODS, Methods
from core.project_methods import project_methods
from core.records import dataclass
from core.safe_text import safe
from core.secret_texts import hidden_text
from core.toml.edit.editor import comments_of, read_data
from core.toml.edit.layout_queries import NO_NOTATION, Notation, notation_of
from core.toml.edit.plain_data import Data, has, identical, value_at
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import (
    AddTable,
    Command,
    Comments,
    DeleteKey,
    InsertKey,
    RawReplace,
    Refusal,
    SetValue,
)

_SHOWN_COMMENTS = 3


class EditSession:
    """Texts under edit. Every write goes through the gate of `core.toml.edit`; a refusal raises EditRefusedError."""

    def __init__(
        self, report: Report, view: View, layer: EditLayer = EditLayer.AUTO, *, follow_methods: bool = True
    ) -> None:
        self.report = report
        self.layer = layer
        self.follow_methods = follow_methods
        self.steps: list[Step] = []
        self.previous_contents: list[bytes | str] = []
        """The content each step was applied to, as a view returns it."""
        self.notes: list[str] = []
        self.contents: dict[str, bytes | None] = {}
        self._beneath = view
        self._view = Overlay(view, self.contents)
        self._shown = {source.path: source.shown for source in report.catalog.tree.sources}

    # ---- reading

    def shown(self, path: str) -> str:
        """The display path of a file."""
        cached = self._shown.get(path)
        if cached is not None:
            return cached
        tree = self.report.catalog.tree
        for near in tree.sources:
            if os.path.dirname(near.path) == os.path.dirname(path):
                return os.path.join(os.path.dirname(near.shown), os.path.basename(path))
        project = tree.paths.project.rstrip("/") + "/"
        return path.removeprefix(project)

    def exists(self, path: str) -> bool:
        """Whether a file exists, as edited so far."""
        return self._view.lexists(path)

    def text(self, path: str) -> str:
        """The text of a file as edited so far. Raises EditRefusedError if it is missing."""
        text = text_of(self._view.content(path))
        if isinstance(text, Refusal):
            raise EditRefusedError.from_refusal(text, self.shown(path))
        return text

    def data(self, path: str) -> Data:
        """The data of a file as edited so far; empty if it is missing. Raises EditRefusedError on a broken file."""
        if not self.exists(path):
            return {}
        document = known_document(self._view.content(path))
        if document is not None:
            return document.data
        data = read_data(self.text(path))
        if isinstance(data, Refusal):
            raise EditRefusedError.from_refusal(data, self.shown(path))
        return data

    def readable(self, path: str) -> bool:
        """Whether a file, as edited so far, can be read and edited."""
        try:
            self.data(path)
        except EditRefusedError:
            return False
        return True

    def has(self, path: str, keys: Path) -> bool:
        """Whether a file sets a key path, as edited so far. A broken file sets nothing."""
        return self.readable(path) and has(self.data(path), keys)

    def get(self, path: str, keys: Path) -> object:
        """The value of a key path in a file, or None when it has none."""
        data = self.data(path)
        return value_at(data, keys) if has(data, keys) else None

    @cached_property
    def _methods(self) -> Methods:
        return project_methods(self.report.catalog)

    @property
    def methods(self) -> Methods:
        """The methods whose references follow, as edited so far; none where methods are left alone."""
        if not self.follow_methods:
            return NO_METHODS
        return (self.report.methods or self._methods).reread(Overlay(self._beneath, dict(self.contents)))

    def reread(self) -> Report:
        """The report of the tree as edited so far."""
        return update_report(self.report, Overlay(self._beneath, dict(self.contents)))

    def advance(self) -> None:
        """Make `report` that of the tree as edited so far, for an edit that continues from there."""
        self.report = self.reread()

    # ---- writing

    def note(self, text: str) -> None:
        """Add a note about this edit for the user, once."""
        if text not in self.notes:
            self.notes.append(text)

    def note_lost_comments(self) -> None:
        """Note the comments that are deleted with what they belong to: in no file that remains, and written nowhere."""
        before, after = Counter[str](), Counter[str]()
        edits = [step for step in self.steps if isinstance(step, EditText)]
        by_hand = {step.path for step in edits if isinstance(step.command, RawReplace)}
        for path, content in self.contents.items():
            old = self._beneath.content(path) if self._beneath.lexists(path) else b""
            texts = text_of(old), text_of(content or b"")
            if content is None or path in by_hand or any(isinstance(text, Refusal) for text in texts):
                continue
            for found, text in zip((before, after), texts, strict=True):
                found.update(comments_of(str(text)))
        lost = [safe(hidden_text(comment)) for comment in before - after if comment.strip("# \t")]
        if lost:
            shown = ", ".join(f"`{comment}`" for comment in lost[:_SHOWN_COMMENTS])
            more = f" and {len(lost) - _SHOWN_COMMENTS} more" if len(lost) > _SHOWN_COMMENTS else ""
            self.note(f"{'a comment goes' if len(lost) == 1 else 'comments go'} with it: {shown}{more}")

    def _refuse_before_first_start(self, path: str) -> None:
        """A file in a home that the kit is still copied to: written now, it would keep the start from copying."""
        tree = self.report.catalog.tree
        if tree.filled and path.startswith(f"{tree.home}/"):
            raise EditRefusedError(
                f"{self.shown(path)} does not exist yet: the first start of Pipelex copies its kit to {tree.home}.",
                "Run `pipelex init` first, or create a tree in the project with `pipedeck init`.",
            )

    def _do(self, step: Step) -> None:
        self._refuse_before_first_start(step.path)
        before = self._view.content(step.path)
        applied_step = perform(before, step)
        if isinstance(applied_step, Refusal):
            raise EditRefusedError.from_refusal(applied_step, self.shown(step.path))
        if isinstance(applied_step, bytes) and applied_step == before:
            return
        self.steps.append(step)
        self.previous_contents.append(before)
        self.contents[step.path] = applied_step

    def edit(self, path: str, command: Command) -> None:
        """Do one command to the text of a file. A command that changes nothing leaves no step."""
        self._do(EditText(path, command))

    def create(self, path: str, text: str = "") -> None:
        """Make a file."""
        self._do(CreateFile(path, text))

    def delete_file(self, path: str) -> None:
        """Delete a file, if it exists."""
        if self.exists(path):
            self._do(DeleteFile(path))

    def put(
        self,
        path: str,
        keys: Path,
        value: object,
        *,
        before: str | None = None,
        after: str | None = None,
        header: bool = False,
        notation: Notation = NO_NOTATION,
    ) -> None:
        """Set a key path of a file, replacing any value; the file and parent tables are created.

        A table is changed key by key, so that the comments in it stay; a new one is written inline, but with a header
        of its own at the top of a file, or when `header` says so. `notation` is that of a value from another place,
        whose comments come with it.
        """
        above, behind, written = notation.above, notation.behind, notation.value
        if not self.exists(path):
            self.create(path)
        data = self.data(path)
        if has(data, keys):
            self._replace(path, keys, value_at(data, keys), value)
            if above or behind:
                self.edit(path, SetValue(keys, value, above, behind))
        elif isinstance(value, Mapping) and (header or len(keys) == 1):
            self.edit(path, AddTable(keys, value, before, after))
        elif len(keys) == 1 or isinstance(_table(data, keys[:-1]), Mapping):
            self.edit(path, InsertKey(keys, value, before, after, above, behind, written))
        elif notation != NO_NOTATION:
            self.edit(path, AddTable(keys[:-1], {}))
            self.edit(path, InsertKey(keys, value, None, None, above, behind, written))
        else:
            self.edit(path, AddTable(keys[:-1], {str(keys[-1]): value}))

    def _replace(self, path: str, keys: Path, old: object, value: object) -> None:
        if identical(old, value):
            return
        if not isinstance(old, dict):
            self.edit(path, SetValue(keys, value))
            return
        if not isinstance(value, Mapping):
            try:
                self.edit(path, SetValue(keys, value))
            except EditRefusedError:  # a table of several lines
                self.edit(path, DeleteKey(keys))
                self.put(path, keys, value)
            return
        for key in old:
            if key not in value:
                self.edit(path, DeleteKey((*keys, key)))
        for key, item in value.items():
            self.put(path, (*keys, key), item)

    def add_table(
        self,
        path: str,
        keys: Path,
        items: Mapping[str, object],
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Add a table next to another one, or at the end of the file where its notation does not allow a neighbour."""
        try:
            self.edit(path, AddTable(keys, items, before, after))
        except EditRefusedError:
            if before is None and after is None:
                raise
            self.edit(path, AddTable(keys, items))

    def notation(self, path: str, keys: Path) -> Notation:
        """The notation of a key in a file, to be written elsewhere with its comments."""
        return notation_of(self.text(path), keys)

    def drop(self, path: str, keys: Path, comments: Comments = "attached") -> None:
        """Delete a key path of a file, if set, with its own comments."""
        if not self.has(path, keys):
            return
        self.edit(path, DeleteKey(keys, comments))


def _table(data: Data, keys: Path) -> object:
    return value_at(data, keys) if has(data, keys) else None


@dataclass(frozen=True)
class Applied:
    """The result of an intent: its steps, the new contents of the touched files (None: deleted), and notes."""

    label: str
    steps: tuple[Step, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    notes: tuple[str, ...] = ()
    previous_contents: tuple[bytes | str, ...] = field(default=(), repr=False)
    """The content each step was applied to, as a view returns it."""


def apply_intent(
    report: Report,
    view: View,
    intent: Intent,
    layer: EditLayer = EditLayer.AUTO,
    *,
    follow_methods: bool = True,
) -> Applied | EditRefused:
    """Apply an intent to the tree of `report`, as `view` shows it, in memory. Never raises.

    An edit that changes nothing has no steps. With `follow_methods` the method files of the project are edited too.
    "The active profile" is that of the tree, even where `report` assumes another one.
    """
    session = EditSession(without_assumption(report, view), view, layer, follow_methods=follow_methods)
    try:
        intent.apply(session)
    except EditRefusedError as stopped:
        return stopped.refused
    session.note_lost_comments()
    return Applied(
        intent.label,
        tuple(session.steps),
        dict(session.contents),
        tuple(session.notes),
        tuple(session.previous_contents),
    )


__all__ = ["Applied", "Intent", "apply_intent"]
