"""Writing a planned tree: all its files or none, and nothing over what exists."""

from __future__ import annotations

import contextlib
import os

from core.files.discover import Found
from core.files.store import ABSENT, Change, CommitResult, Committed, DiskState, Failed, commit
from core.safe_text import safe
from core.starting.plan import StartPlan


def write_plan(plan: StartPlan, place: Found, state: str) -> CommitResult:
    """Write the files of a plan as one change; a file that exists makes it a Conflict. Never raises OSError.

    `state` is the folder of `state_folder`. Folders that were made for nothing are removed again.
    """
    made = _missing(place.inference)
    try:
        os.makedirs(place.inference, exist_ok=True)
    except OSError as error:
        _remove(made)
        why = (error.strerror or "cannot be made").lower()
        return Failed(DiskState.NOTHING, f"the folder {safe(place.inference)}: {why}")
    changes = [Change(file.path, ABSENT, file.text.encode()) for file in plan.files]
    result = commit(changes, root=place.inference, state=state, label="create the tree")
    if not isinstance(result, Committed):
        _remove(made)
    return result


def _missing(folder: str) -> list[str]:
    """The folders on the way that do not exist, innermost first."""
    out = []
    while not os.path.lexists(folder):
        out.append(folder)
        folder = os.path.dirname(folder)
    return out


def _remove(folders: list[str]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
