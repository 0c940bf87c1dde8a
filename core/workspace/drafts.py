"""Drafts of a workspace: the edits that are not written, kept against a crash or a dropped line.

A draft holds steps and hashes of what they took for granted and came to, no file and no value that may be a secret.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from core.edits.steps import CreateFile, DeleteFile, EditText, Step, text_of
from core.files.store import Draft, DraftProblem, drop_draft, load_draft, save_draft
from core.records import dataclass
from core.toml.edit.toml_commands import RawReplace
from core.workspace.encoding import Json, decode, encode
from core.workspace.history import Contents, Moment
from core.workspace.replay import Done
from core.workspace.results import Restored, Typed
from core.workspace.unfinished_text import typed_again, typed_content, typed_label
from core.workspace.workspace import Workspace

FORMAT = 1


@dataclass(frozen=True)
class Unwritten:
    """A draft that was found: the edits in it, and which of them hold something that was not kept."""

    draft: Draft
    labels: tuple[str, ...]
    withheld: tuple[str, ...]
    typed: str = ""
    """What was typed and not made an edit yet, in words; empty when nothing was."""


def keep_draft(workspace: Workspace, *, typed: Typed | None = None, take_over: bool = False) -> DraftProblem | None:
    """Keep the edits that are not written, and what is `typed` and no edit yet. Never raises.

    Without either the draft is dropped.
    """
    if not workspace.dirty and typed is None:
        return forget_draft(workspace)
    return save_draft(workspace.root, workspace.state, draft_content(workspace, typed), take_over=take_over)


def forget_draft(workspace: Workspace) -> DraftProblem | None:
    """Drop this session's draft of the tree. That of another session which still runs stays."""
    found = load_draft(workspace.root, workspace.state)
    if found is None or (isinstance(found, Draft) and found.alive is not False and not found.mine):
        return None
    return drop_draft(workspace.root, workspace.state)


def discard_draft(workspace: Workspace) -> DraftProblem | None:
    """Drop the draft of the tree, whoever left it. Never raises."""
    return drop_draft(workspace.root, workspace.state)


def find_draft(workspace: Workspace) -> Unwritten | DraftProblem | None:
    """The draft that an earlier session left of this tree, None without one. Never raises.

    A session that ends between writing its edits and dropping their draft leaves one of which nothing is unwritten: it
    counts as none, and is dropped.
    """
    found = load_draft(workspace.root, workspace.state)
    if not isinstance(found, Draft):
        return found
    if found.mine:
        return None
    try:
        if _is_written(workspace, found.content):
            if found.alive is False:
                drop_draft(workspace.root, workspace.state)
            return None
        moments = _moments(found.content)
        labels = tuple(str(moment["label"]) for moment in moments)
        withheld = tuple(str(moment["label"]) for moment in moments if moment["withheld"])
        kept = _typed(found.content)
        typed = typed_label(workspace, kept) if kept is not None else ""
        if kept is not None and kept["step"] is None:
            withheld = (*withheld, typed)
    except (KeyError, TypeError, ValueError):
        return DraftProblem("the draft is damaged, or of another version of pipedeck")
    return Unwritten(found, labels, withheld, typed)


def restore_draft(workspace: Workspace, found: Unwritten) -> Restored | DraftProblem:
    """Do the edits of a draft again on the tree as it is now. Never raises.

    Edits that conflict with what the disk has now are left out and named; nothing is written.
    """

    def before(path: str) -> str | None:
        content = workspace.view.content(path)
        text = text_of(content) if isinstance(content, bytes) else None
        return text if isinstance(text, str) else None

    def moments() -> Iterator[Moment]:
        # One by one: what a text was changed from is known once the edits before it are done.
        for moment in _moments(found.draft.content):
            yield Moment(str(moment["label"]), tuple(decode(step, before) for step in moment["steps"]), {})

    history = workspace.history
    try:
        restored = workspace.resume(moments(), found.withheld)
        kept = _typed(found.draft.content)
        if kept is None:
            return restored
        typed, note = typed_again(workspace, kept)
        return replace(restored, typed=typed, notes=(note,) if note else ())
    except (KeyError, TypeError, ValueError):
        workspace.return_to(history)
        return DraftProblem("the draft is damaged, or of another version of pipedeck")


def draft_content(workspace: Workspace, typed: Typed | None = None) -> Json:
    """The edits that are not written, and what is typed and no edit yet, as JSON."""
    history = workspace.history
    moments: list[Moment] = []
    if not workspace.dirty:
        pass
    elif 0 <= history.saved <= history.at:
        moments = list(history.moments[history.saved : history.at])
    else:
        moments = [Moment("undo what was written", _as_texts(workspace, workspace.pending), {})]
    content: Json = {"version": FORMAT, "moments": [_encoded(moment) for moment in moments]}
    if typed is None:
        return {**content, "result": _result(workspace)}
    return {**content, "typed": typed_content(workspace, typed)}


def _result(workspace: Workspace) -> list[Json]:
    """What tells later whether the files came to hold what they were to hold."""
    out = []
    for path, content in workspace.pending.items():
        salt = secrets.token_hex(hashlib.blake2b.SALT_SIZE // 2)
        out.append({"path": path, "salt": salt, "digest": _digest(salt, content)})
    return out


def _is_written(workspace: Workspace, content: object) -> bool:
    """Whether the disk has everything that a draft is about. Raises ValueError, KeyError or TypeError for none."""
    files = content.get("result") if isinstance(content, dict) else None
    return bool(files) and all(
        _digest(str(file["salt"]), workspace.disk_content(str(file["path"]))) == file["digest"]
        for file in cast("list[Json]", files)
    )


def _digest(salt: str, content: bytes | str | None) -> str:
    """A salted hash of what a file holds; the same for every way in which there is none."""
    if not isinstance(content, bytes):
        return ""
    return hashlib.blake2b(content, digest_size=16, salt=salt.encode()).hexdigest()


def _encoded(moment: Moment) -> Json:
    steps = [encode(done, _before(done)) for done in moment.done]
    kept = [step for step in steps if step is not None]
    return {"label": moment.label, "steps": kept, "withheld": len(steps) - len(kept)}


def _before(done: Done) -> str | None:
    text = text_of(done.before) if isinstance(done.before, bytes) else None
    return text if isinstance(text, str) else None


def _as_texts(workspace: Workspace, pending: Contents) -> tuple[Done, ...]:
    out = []
    for path, content in pending.items():
        before = workspace.disk_content(path)
        step: Step
        if content is None:
            step = DeleteFile(path)
        elif isinstance(before, bytes):
            step = EditText(path, RawReplace(content.decode("utf-8", "replace")))
        else:
            step = CreateFile(path, content.decode("utf-8", "replace"))
        out.append(Done(step, before))
    return tuple(out)


def _typed(content: object) -> Json | None:
    return content.get("typed") if isinstance(content, dict) else None


def _moments(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or content["version"] != FORMAT:
        raise ValueError("another version")
    return cast("list[dict[str, Any]]", content["moments"])
