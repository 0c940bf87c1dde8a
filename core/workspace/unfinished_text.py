"""A text that somebody was typing in place of a file's and had not made an edit yet, as a draft keeps it."""

from __future__ import annotations

from core.edits.steps import EditText, text_of
from core.toml.edit.toml_commands import RawReplace
from core.workspace.encoding import Json, decode, encode
from core.workspace.replay import Done, Seal, seal
from core.workspace.results import Typed
from core.workspace.workspace import Workspace


def typed_content(workspace: Workspace, typed: Typed) -> Json:
    """What is typed, as JSON; without the text when that holds what may be a secret and the file does not."""
    content = workspace.view.content(typed.path)
    done = Done(EditText(typed.path, RawReplace(typed.text)), content)
    return {"path": typed.path, "line": typed.line, "step": encode(done, _text(workspace, typed.path))}


def typed_label(workspace: Workspace, found: Json) -> str:
    """What was typed, in words."""
    return f"what was typed into {workspace.shown(str(found['path']))}"


def typed_again(workspace: Workspace, found: Json) -> tuple[Typed | None, str]:
    """What was typed, for the tree as edited now, and what is to be known about it. None: it was not kept, or cannot
    be had again. Raises ValueError, KeyError or TypeError when it is none.
    """
    step = found["step"]
    if step is None:
        return None, ""
    path, line = str(found["path"]), int(found["line"])
    done = decode(step, lambda path: _text(workspace, path))
    command = getattr(done.step, "command", None)
    if not isinstance(done.before, Seal) or not isinstance(command, RawReplace):
        raise ValueError("no text")
    fits = seal(done.before.salt, _text(workspace, path), done.step) == done.before
    if fits:
        return Typed(path, command.text, line), ""
    changed = f"{workspace.shown(path)} has changed since"
    if step["kind"] == "patch":
        return None, f"{changed}, so what was typed into it is left out"
    return Typed(path, command.text, line), f"{changed}: to take this would undo that"


def _text(workspace: Workspace, path: str) -> str | None:
    content = workspace.view.content(path)
    text = text_of(content) if isinstance(content, bytes) else None
    return text if isinstance(text, str) else None
