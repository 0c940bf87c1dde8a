"""Steps as plain JSON and back, for drafts. A value that may be a secret is left out, never written."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import tomli

from core.edits.steps import CreateFile, DeleteFile, EditText, Step
from core.toml.edit import toml_commands as c
from core.toml.edit.text_layout import Path
from core.toml.redaction import has_secret, redact
from core.toml.text_diff import apply_patch, make_patch
from core.workspace.replay import Done, Seal, seal

_COMMANDS: Mapping[str, type] = {kind.__name__: kind for kind in c.Command.__args__}
Json = dict[str, Any]


def encode(done: Done, before: str | None) -> Json | None:
    """A step as JSON; None when it holds what may be a secret. `before` is the text that it was done to."""
    step = done.step
    sealed = done.before if isinstance(done.before, Seal) else seal(secrets.token_hex(8), before, step)
    out: Json = {"path": step.path, "salt": sealed.salt, "digest": sealed.digest}
    if isinstance(step, DeleteFile):
        return {**out, "kind": "delete"}
    if isinstance(step, CreateFile):
        return None if redact(step.text) != step.text else {**out, "kind": "create", "text": step.text}
    command = step.command
    if isinstance(command, c.RawReplace):
        if redact(command.text) == command.text:
            return {**out, "kind": "raw", "text": command.text}
        # A secret that the file has anyway is not kept: only what was changed around it.
        parts = make_patch(before, command.text) if before is not None else None
        return None if parts is None else {**out, "kind": "patch", "parts": parts}
    values = {field.name: getattr(command, field.name) for field in fields(command)}
    path: Path = values["path"]
    name = next((str(key) for key in reversed(path) if isinstance(key, str)), "")
    if any(has_secret(name, values.get(key)) for key in ("value", "items") if key in values):
        return None
    if isinstance(values.get("text"), str) and redact(f"# {values['text']}") != f"# {values['text']}":
        return None
    encoded = {key: _plain(list(value) if key == "path" else value) for key, value in values.items()}
    return {**out, "kind": type(command).__name__, "fields": encoded}


def decode(found: Json, before: Callable[[str], str | None]) -> Done:
    """A step from JSON. Raises ValueError, KeyError or TypeError when it is none.

    `before` gives the text of a file as it is now. Where what was kept is only the change of another text, the step
    does not fit any more, and is found to conflict.
    """
    path, kind = str(found["path"]), found["kind"]
    sealed = Seal(str(found["salt"]), str(found["digest"]))
    step: Step
    if kind == "delete":
        step = DeleteFile(path)
    elif kind == "create":
        step = CreateFile(path, str(found["text"]))
    elif kind == "raw":
        step = EditText(path, c.RawReplace(str(found["text"])))
    elif kind == "patch":
        text = before(path)
        fits = text is not None and seal(sealed.salt, text, EditText(path, c.RawReplace(""))) == sealed
        step = EditText(path, c.RawReplace(apply_patch(text or "", found["parts"]) if fits else ""))
    else:
        values = {key: _value(value) for key, value in found["fields"].items()}
        values["path"] = tuple(values["path"])
        step = EditText(path, _COMMANDS[kind](**values))
    return Done(step, sealed)


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
