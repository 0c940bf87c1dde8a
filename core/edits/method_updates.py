"""Edits of method files: the references of pipes follow what they name, and a pipe is pointed at another model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.dialects.deck_schema import family_of
from core.edits.edit_session import EditSession
from core.edits.intent import Edit, EditRefusedError
from core.edits.reference_text import choice_reference, model_reference
from core.formatting import counted
from core.mentions import HANDLE_KEYS, Mention, Node, pipe_mentions
from core.methods import Methods, Origin, Pipe
from core.records import dataclass
from core.toml.edit.toml_commands import InsertKey, SetValue

_SHOWN = 3


def pipe_uses(session: EditSession, node: Node) -> tuple[Mention, ...]:
    """The references of the project's own pipes to an item of the tree."""
    found = pipe_mentions(session.report.resolver, session.methods)
    return tuple(mention for pipe, mention in found if mention.target == node and pipe.origin is Origin.PROJECT)


def follow_in_methods(session: EditSession, node: Node, text_for: Callable[[Mention], str]) -> int:
    """Replace every reference of the project's pipes to an item; return their number.

    Files of others, and files that cannot be read, are left alone; a note names those that may still have the name.
    """
    matches = pipe_uses(session, node)
    for mention in matches:
        path = mention.source.path
        if session.get(path, mention.path) != mention.text:
            raise EditRefusedError(f"{mention.source.shown} has changed on the disk.", "Reload it first.")
        session.edit(path, SetValue(mention.path, text_for(mention)))
    _note_left(session, node)
    return len(matches)


def note_followers(session: EditSession, count: int) -> None:
    """Note how many references of pipes are updated."""
    if count:
        files = {path for path in session.contents if any(path == file.source.path for file in session.methods.read)}
        session.note(
            f"{counted(count, 'reference')} in {counted(len(files), 'method file')} follow{'s' * (count == 1)}"
        )


def note_lost_pipes(session: EditSession, node: Node) -> None:
    """Note every pipe that names an item which is to be deleted."""
    matches = pipe_uses(session, node)
    if matches:
        pipes = ", ".join(f"{mention.owner.name} ({_at(mention)})" for mention in matches)
        session.note(f"{counted(len(matches), 'pipe')} will not run: {pipes}")
    _note_left(session, node)


def _note_left(session: EditSession, node: Node) -> None:
    """Note where the name of an item stays: in packages and libraries, and in files that cannot be read."""
    methods = session.methods
    places = [_at(mention) for mention in _of_others(session, methods, node)]
    places += [file.source.shown for file in methods.broken if _has_name(file.source.document.text, node.name)]
    if places:
        shown = ", ".join(places[:_SHOWN])
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        session.note(f"`{node.name}` is still named in {shown}{more}, which pipedeck does not edit")
    if methods.cut_short:
        session.note(f"not all method files were looked at: {methods.cut_short}")


def _of_others(session: EditSession, methods: Methods, node: Node) -> Iterator[Mention]:
    for pipe, mention in pipe_mentions(session.report.resolver, methods):
        if mention.target == node and pipe.origin is not Origin.PROJECT:
            yield mention


def _has_name(text: str | None, name: str) -> bool:
    return text is None or name in text


def _at(mention: Mention) -> str:
    return str(mention.source.locate(mention.path))


@dataclass(frozen=True, slots=True)
class RepointPipe(Edit, label="point pipe {0.pipe} at {0.reference}"):
    """Point a pipe of a method file at another model; a table of settings keeps its other keys.

    `file` is the display path; `key` one of the pipe's keys, by default the one that names its model.
    """

    file: str
    pipe: str
    reference: str
    key: str = ""

    def apply(self, session: EditSession) -> None:
        pipe = self._find(session.methods)
        behaviours = session.report.catalog.behaviours
        wanted = self.key or next((key.key for key in pipe.keys), behaviours.model_keys[0])
        key = next((key for key in pipe.keys if key.key == wanted), None)
        path, family = pipe.source.path, family_of(pipe.model_type, behaviours)
        if key is None:
            text = choice_reference(session, self.reference, family)
            session.edit(path, InsertKey((*pipe.path, wanted), text, after="type"))
            return
        if isinstance(key.value, str):
            session.edit(path, SetValue(key.path, choice_reference(session, self.reference, family)))
            return
        names = [name for name in HANDLE_KEYS if isinstance(key.value, Mapping) and name in key.value]
        if not names:
            raise EditRefusedError(f"The settings of pipe `{self.pipe}` name no model.", f"Add `{HANDLE_KEYS[0]}`.")
        session.edit(path, SetValue((*key.path, names[0]), model_reference(session, self.reference, family)))

    def _find(self, methods: Methods) -> Pipe:
        for pipe in methods.pipes:
            if pipe.code == self.pipe and pipe.source.shown == self.file and pipe.origin is Origin.PROJECT:
                return pipe
        raise EditRefusedError(f"There is no pipe `{self.pipe}` in {self.file}.", "")
