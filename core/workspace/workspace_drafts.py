"""Drafts: the unsaved edits of a workspace, stored against crashes and lost connections.

A draft holds steps with hashes of their preconditions and results; no whole file, and no value that may be a secret."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any, Final, cast

import tomli

from core.edits.steps import CreateFile, DeleteFile, EditText, Step, text_of
from core.files.store import Draft, DraftProblem, drop_draft, load_draft, save_draft
from core.masking import below_item, has_secret, in_backend_file
from core.records import dataclass
from core.secret_texts import hide_keys
from core.toml.edit import toml_commands as c
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RawReplace
from core.toml.edit.value_planner import comments_in
from core.toml.redaction import redact
from core.toml.text_diff import apply_patch, make_patch
from core.workspace.history import Contents, HistoryEntry
from core.workspace.preconditions import AppliedStep, Fingerprint, fingerprint
from core.workspace.workspace import Workspace
from core.workspace.workspace_results import Restored, UnfinishedText

_COMMANDS: Mapping[str, type] = {kind.__name__: kind for kind in c.Command.__args__}
Json = dict[str, Any]
_SALT_BYTES: Final = 8
"""In hexadecimal as long as a salt of `blake2b` may be."""


def encode(applied_step: AppliedStep, before: str | None) -> Json | None:
    """A step as JSON; None when it holds what may be a secret. `before` is the text that it was done to."""
    step = applied_step.step
    strict = in_backend_file(step.path)
    sealed = (
        applied_step.before
        if isinstance(applied_step.before, Fingerprint)
        else fingerprint(os.urandom(8).hex(), before, step)
    )
    result: Json = {"path": step.path, "salt": sealed.salt, "digest": sealed.digest}
    if isinstance(step, DeleteFile):
        return {**result, "kind": "delete"}
    if isinstance(step, CreateFile):
        return (
            None if redact(step.text, strict=strict) != step.text else {**result, "kind": "create", "text": step.text}
        )
    command = step.command
    if isinstance(command, c.RawReplace):
        if redact(command.text, strict=strict) == command.text:
            return {**result, "kind": "raw", "text": command.text}
        # A secret that the file has anyway is not kept: only what was changed around it.
        parts = make_patch(before, command.text, strict=strict) if before is not None else None
        return None if parts is None else {**result, "kind": "patch", "parts": parts}
    values = {field.name: getattr(command, field.name) for field in fields(command)}
    path: Path = values["path"]
    below = below_item(path, strict=strict)
    if any(has_secret(below, values.get(key), strict=strict) for key in ("value", "items") if key in values):
        return None
    if has_secret("", [str(key) for key in path]):
        return None
    if isinstance(values.get("text"), str) and redact(f"# {values['text']}", strict=strict) != f"# {values['text']}":
        return None
    comments = [*values.get("above", ()), values.get("behind", ""), *comments_in(values.get("written") or "0")]
    if any(redact(comment, strict=strict) != comment for comment in comments):
        return None
    encoded = {key: _plain(list(value) if isinstance(value, tuple) else value) for key, value in values.items()}
    return {**result, "kind": type(command).__name__, "fields": encoded}


def decode(saved: Json, before: Callable[[str], str | None]) -> AppliedStep:
    """A step from JSON. Raises ValueError, KeyError or TypeError when it is not a valid step.

    `before` returns the current text of a file. A step stored as a patch of another text becomes a conflict.
    """
    path, kind = str(saved["path"]), saved["kind"]
    sealed = Fingerprint(str(saved["salt"]), str(saved["digest"]))
    step: Step
    if kind == "delete":
        step = DeleteFile(path)
    elif kind == "create":
        step = CreateFile(path, str(saved["text"]))
    elif kind == "raw":
        step = EditText(path, c.RawReplace(str(saved["text"])))
    elif kind == "patch":
        text = before(path)
        fits = text is not None and fingerprint(sealed.salt, text, EditText(path, c.RawReplace(""))) == sealed
        step = EditText(path, c.RawReplace(apply_patch(text or "", saved["parts"]) if fits else ""))
    else:
        if not isinstance(saved["fields"], dict):
            raise ValueError("the fields are not a table")
        values = {key: _value(value) for key, value in saved["fields"].items()}
        values |= {key: tuple(values[key]) for key in ("path", "above") if key in values}
        step = EditText(path, _COMMANDS[kind](**values))
    return AppliedStep(step, sealed)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list):
        return {"list": [_plain(item) for item in value]}
    if isinstance(value, Mapping):
        return {"table": [[key, _plain(item)] for key, item in value.items()]}
    return {"toml": str(value).replace(" ", "T") if not isinstance(value, float) else str(value)}


def _value(value: object) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, inner)] = value.items()
    if kind == "list":
        return [_value(item) for item in inner]
    if kind == "table":
        return {str(key): _value(item) for key, item in inner}
    return tomli.loads(f"value = {inner}")["value"]


def unfinished_content(workspace: Workspace, typed: UnfinishedText) -> Json:
    """Encode unfinished text as JSON, without the text if it adds a possible secret."""
    content = workspace.view.content(typed.path)
    applied_step = AppliedStep(EditText(typed.path, RawReplace(typed.text)), content)
    return {"path": typed.path, "line": typed.line, "step": encode(applied_step, _text_at(workspace, typed.path))}


def unfinished_label(workspace: Workspace, saved: Json) -> str:
    """The label of unfinished text."""
    return f"unfinished text of {workspace.shown(str(saved['path']))}"


def decode_unfinished(workspace: Workspace, saved: Json) -> tuple[UnfinishedText | None, str]:
    """The unfinished text of a draft for the edited tree, and a note about it.

    None: the text was not stored, or cannot be restored. Raises ValueError, KeyError or TypeError when it is invalid.
    """
    step = saved["step"]
    if step is None:
        return None, ""
    path, line = str(saved["path"]), int(saved["line"])
    applied_step = decode(step, partial(_text_at, workspace))
    command = getattr(applied_step.step, "command", None)
    if not isinstance(applied_step.before, Fingerprint) or not isinstance(command, RawReplace):
        raise ValueError("no text")
    fits = fingerprint(applied_step.before.salt, _text_at(workspace, path), applied_step.step) == applied_step.before
    if fits:
        return UnfinishedText(path, command.text, line), ""
    changed = f"{workspace.shown(path)} has changed since then"
    if step["kind"] == "patch":
        return None, f"{changed}, so the unfinished text is dropped"
    return UnfinishedText(path, command.text, line), f"{changed}: applying this text would undo that"


def _text_at(workspace: Workspace, path: str) -> str | None:
    return _text(workspace.view.content(path))


def _text(content: object) -> str | None:
    text = text_of(content) if isinstance(content, bytes) else None
    return text if isinstance(text, str) else None


FORMAT = 1


@dataclass(frozen=True)
class FoundDraft:
    """A draft found on the disk: its edits, and those with values that were not stored."""

    draft: Draft
    labels: tuple[str, ...]
    withheld: tuple[str, ...]
    typed: str = ""
    """The label of unfinished text in the draft; empty if there is none."""


def write_draft(workspace: Workspace, *, typed: UnfinishedText | None = None) -> DraftProblem | None:
    """Write a draft of the unsaved edits and of unfinished text. Never raises.

    Without either the draft is dropped.
    """
    if not workspace.dirty and typed is None:
        return remove_own_draft(workspace)
    return save_draft(workspace.root, workspace.state, draft_content(workspace, typed))


def remove_own_draft(workspace: Workspace) -> DraftProblem | None:
    """Drop this session's draft of the tree. That of another session which still runs stays."""
    result = load_draft(workspace.root, workspace.state)
    if result is None or (isinstance(result, Draft) and result.alive is not False and not result.is_own):
        return None
    return drop_draft(workspace.root, workspace.state)


def remove_draft(workspace: Workspace) -> DraftProblem | None:
    """Delete the draft of the tree, of any session. Never raises."""
    return drop_draft(workspace.root, workspace.state)


def find_draft(workspace: Workspace) -> FoundDraft | DraftProblem | None:
    """Find the draft of a previous session, or None. Never raises.

    A session that ends between writing its edits and dropping their draft leaves one of which nothing is unwritten: it
    counts as none, and is dropped.
    """
    result = load_draft(workspace.root, workspace.state)
    if not isinstance(result, Draft):
        return result
    if result.is_own:
        return None
    try:
        if _is_written(workspace, result.content):
            if result.alive is False:
                drop_draft(workspace.root, workspace.state)
            return None
        moments = _moments(result.content)
        labels = tuple(str(entry["label"]) for entry in moments)
        withheld = tuple(str(entry["label"]) for entry in moments if entry["withheld"])
        typed_texts = _typed(result.content)
        typed = unfinished_label(workspace, typed_texts) if typed_texts is not None else ""
        if typed_texts is not None and typed_texts["step"] is None:
            withheld = (*withheld, typed)
    except (KeyError, TypeError, ValueError):
        return DraftProblem("the draft is damaged, or from another version of pipedeck")
    return FoundDraft(result, labels, withheld, typed)


def restore_draft(workspace: Workspace, found_draft: FoundDraft) -> Restored | DraftProblem:
    """Replay the edits of a draft on the current tree. Never raises.

    Edits that conflict with what the disk has now are left out and named; nothing is written.
    """

    def moments() -> Iterator[HistoryEntry]:
        # One by one: what a text was changed from is known once the edits before it are done.
        for entry in _moments(found_draft.draft.content):
            yield HistoryEntry(
                str(entry["label"]), tuple(decode(step, partial(_text_at, workspace)) for step in entry["steps"]), {}
            )

    history = workspace.history
    try:
        restored = workspace.resume(moments(), found_draft.withheld)
        typed_texts = _typed(found_draft.draft.content)
        if typed_texts is None:
            return restored
        typed, note = decode_unfinished(workspace, typed_texts)
        return replace(restored, typed=typed, notes=(note,) if note else ())
    except (KeyError, TypeError, ValueError):
        workspace.return_to(history)
        return DraftProblem("the draft is damaged, or from another version of pipedeck")


def draft_content(workspace: Workspace, typed: UnfinishedText | None = None) -> Json:
    """Encode the unsaved edits and unfinished text as JSON."""
    history = workspace.history
    moments: list[HistoryEntry] = []
    if not workspace.dirty:
        pass
    elif 0 <= history.saved <= history.at:
        moments = list(history.entries[history.saved : history.at])
    else:
        moments = [HistoryEntry("undo written edits", _as_texts(workspace, workspace.pending), {})]
    content: Json = {"version": FORMAT, "moments": [_encoded(entry) for entry in moments]}
    if typed is None:
        return {**content, "result": _result(workspace)}
    return {**content, "typed": unfinished_content(workspace, typed)}


def _result(workspace: Workspace) -> list[Json]:
    """The hashes that show after a crash whether the edits were written."""
    result = []
    for path, content in workspace.pending.items():
        salt = os.urandom(_SALT_BYTES).hex()
        result.append({"path": path, "salt": salt, "digest": _digest(salt, content)})
    return result


def _is_written(workspace: Workspace, content: object) -> bool:
    """Whether the disk has everything that a draft is about. Raises ValueError, KeyError or TypeError for none."""
    files = content.get("result") if isinstance(content, dict) else None
    return bool(files) and all(
        _digest(str(file["salt"]), workspace.disk_content(str(file["path"]))) == file["digest"]
        for file in cast("list[Json]", files)
    )


def _digest(salt: str, content: bytes | str | None) -> str:
    """A salted hash of a file's content; empty if the file is missing."""
    if not isinstance(content, bytes):
        return ""
    import hashlib  # with OpenSSL

    return hashlib.blake2b(content, digest_size=16, salt=salt.encode()).hexdigest()


def _encoded(entry: HistoryEntry) -> Json:
    """An edit; without any of its steps where one is not kept, as half of an edit is none."""
    steps = [encode(applied_step, _text(applied_step.before)) for applied_step in entry.applied_steps]
    withheld = steps.count(None)
    return {"label": hide_keys(entry.label), "steps": [] if withheld else steps, "withheld": withheld}


def _as_texts(workspace: Workspace, pending: Contents) -> tuple[AppliedStep, ...]:
    result = []
    for path, content in pending.items():
        before = workspace.disk_content(path)
        step: Step
        if content is None:
            step = DeleteFile(path)
        elif isinstance(before, bytes):
            step = EditText(path, RawReplace(content.decode("utf-8", "replace")))
        else:
            step = CreateFile(path, content.decode("utf-8", "replace"))
        result.append(AppliedStep(step, before))
    return tuple(result)


def _typed(content: object) -> Json | None:
    return content.get("typed") if isinstance(content, dict) else None


def _moments(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or content["version"] != FORMAT:
        raise ValueError("another version")
    return cast("list[dict[str, Any]]", content["moments"])
