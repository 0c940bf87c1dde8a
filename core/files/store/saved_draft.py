"""Saved drafts: unwritten edits, kept in case the process or connection ends.

One per tree, mode 0600, in the state folder. The caller provides the content, which must hold no secret.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from typing import Final

from core.files.state_folder import tree_folder
from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, read_whole, remove, replace_private
from core.files.store.process import Process, parse_process, this_process
from core.records import dataclass

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A saved draft. `alive`: the process that saved it still runs (None when it is on another machine)."""

    content: object
    seconds: float
    process: Process
    alive: bool | None

    @property
    def process_label(self) -> str:
        """The user, host and process that saved it."""
        return f"{self.process.user}@{self.process.host}, process {self.process.pid}"

    @property
    def is_own(self) -> bool:
        """Whether this process saved it."""
        return self.alive is True and self.process.pid == os.getpid()


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """A draft could not be saved, read or removed; the reason as text."""

    reason: str

    @property
    def message(self) -> str:
        return self.reason


def draft_path(root: str, state: str) -> str:
    """The path of the draft of a tree."""
    return os.path.join(tree_folder(state, root), "draft.json")


def save_draft(root: str, state: str, content: object, *, disk: Disk | None = None) -> DraftProblem | None:
    """Save a draft, replacing the previous one atomically. `content` is any JSON value. Never raises OSError.

    The draft of another running session is not replaced. Raises TypeError or ValueError when the
    content is not JSON. Not flushed to the disk: it protects against the end of the process, not a power cut.
    """
    disk = disk or Disk()
    path = draft_path(root, state)
    record = {"format": FORMAT, "root": os.path.realpath(root), "seconds": time.time(), "who": asdict(this_process())}
    text = json.dumps({**record, "content": content}, allow_nan=False)
    try:
        before = load_draft(root, state, disk=disk)
        if isinstance(before, Draft) and before.alive is not False and not before.is_own:
            return DraftProblem(f"another session has a draft of this tree ({before.process})")
        make_private_folder(disk, os.path.dirname(path))
        replace_private(disk, path, text.encode())
    except OSError as error:
        return DraftProblem(f"the draft could not be saved ({error_text(error)})")
    return None


def load_draft(root: str, state: str, *, disk: Disk | None = None) -> Draft | DraftProblem | None:
    """The draft of a tree, or None when there is none. Never raises."""
    disk = disk or Disk()
    try:
        record = json.loads(read_whole(disk, draft_path(root, state)))
        if not isinstance(record, dict) or "format" not in record:
            return DraftProblem("the draft is damaged")
        if record["format"] != FORMAT:
            return DraftProblem("the draft was saved by another version of pipedeck")
        process = parse_process(record["who"])
        if process is None or not isinstance(record["seconds"], int | float):
            return DraftProblem("the draft is damaged")
        return Draft(record["content"], float(record["seconds"]), process, _alive(process))
    except FileNotFoundError:
        return None
    except OSError as error:
        return DraftProblem(f"the draft could not be read ({error_text(error)})")
    except (ValueError, KeyError, RecursionError):
        return DraftProblem("the draft is damaged")


def drop_draft(root: str, state: str, *, disk: Disk | None = None) -> DraftProblem | None:
    """Remove the draft of a tree, if there is one. Never raises."""
    try:
        remove(disk or Disk(), draft_path(root, state))
    except NotADirectoryError:
        return None
    except OSError as error:
        return DraftProblem(f"the draft could not be removed ({error_text(error)})")
    return None


def _alive(process: Process) -> bool | None:
    me = this_process()
    if process.host != me.host:
        return None  # another machine or container: its process ids mean nothing here
    if me.boot and process.boot and process.boot != me.boot:
        return False
    return _runs(process.pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
