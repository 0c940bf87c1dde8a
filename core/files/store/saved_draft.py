"""Drafts: what a person has edited and not written yet, kept against a crash or a dropped line.

One per tree, 0600 in the state folder. The content is the caller's, and must hold no secret.
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
from core.files.store.lock import Process, parse_process, this_process
from core.records import dataclass

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved. `alive`: the process that saved it still runs (None when it is on another machine)."""

    content: object
    seconds: float
    holder: Process
    alive: bool | None

    @property
    def process_label(self) -> str:
        """Who saved it: user, host and process."""
        return f"{self.holder.user}@{self.holder.host}, process {self.holder.pid}"

    @property
    def mine(self) -> bool:
        """Whether this very process saved it."""
        return self.alive is True and self.holder.pid == os.getpid()


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """A draft could not be saved, read or dropped; what it is, in words."""

    reason: str

    @property
    def message(self) -> str:
        return self.reason


def draft_path(root: str, state: str) -> str:
    """Where the draft of a tree is, if there is one."""
    return os.path.join(tree_folder(state, root), "draft.json")


def save_draft(
    root: str, state: str, content: object, *, take_over: bool = False, disk: Disk | None = None
) -> DraftProblem | None:
    """Keep a draft, replacing the earlier one in one step. `content` is anything JSON can hold. Never raises OSError.

    The draft of another session that still runs is replaced only with `take_over`. Raises TypeError or ValueError when
    the content is no JSON. Not forced to the platter: it guards against the end of the process, not of the power.
    """
    disk = disk or Disk()
    path = draft_path(root, state)
    record = {"format": FORMAT, "root": os.path.realpath(root), "seconds": time.time(), "who": asdict(this_process())}
    text = json.dumps({**record, "content": content}, allow_nan=False)
    try:
        if not take_over:
            before = load_draft(root, state, disk=disk)
            if isinstance(before, Draft) and before.alive is not False and not before.mine:
                return DraftProblem(f"another session keeps a draft of this tree ({before.holder})")
        make_private_folder(disk, os.path.dirname(path))
        replace_private(disk, path, text.encode())
    except OSError as error:
        return DraftProblem(f"the draft could not be saved ({error_text(error)})")
    return None


def load_draft(root: str, state: str, *, disk: Disk | None = None) -> Draft | DraftProblem | None:
    """The draft of a tree, or None when there is none. Never raises."""
    disk = disk or Disk()
    try:
        found = json.loads(read_whole(disk, draft_path(root, state)))
        if not isinstance(found, dict) or "format" not in found:
            return DraftProblem("the draft is damaged")
        if found["format"] != FORMAT:
            return DraftProblem("the draft was saved by another version of pipedeck")
        holder = parse_process(found["who"])
        if holder is None or not isinstance(found["seconds"], int | float):
            return DraftProblem("the draft is damaged")
        return Draft(found["content"], float(found["seconds"]), holder, _alive(holder))
    except FileNotFoundError:
        return None
    except OSError as error:
        return DraftProblem(f"the draft could not be read ({error_text(error)})")
    except (ValueError, KeyError, RecursionError):
        return DraftProblem("the draft is damaged")


def drop_draft(root: str, state: str, *, disk: Disk | None = None) -> DraftProblem | None:
    """Forget the draft of a tree, if there is one. Never raises."""
    try:
        remove(disk or Disk(), draft_path(root, state))
    except NotADirectoryError:
        return None
    except OSError as error:
        return DraftProblem(f"the draft could not be removed ({error_text(error)})")
    return None


def _alive(holder: Process) -> bool | None:
    me = this_process()
    if holder.host != me.host:
        return None  # another machine, or another container of this one, whose process numbers mean nothing here
    if me.boot and holder.boot and holder.boot != me.boot:
        return False
    return _runs(holder.pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
