"""What goes into a commit and what comes out: plain values, each saying in words what is on the disk now."""

from __future__ import annotations

import errno
import os
from enum import Enum
from typing import Final

from core.files.store.disk import ABSENT
from core.records import dataclass
from core.safe_text import safe

_WORDS: Final = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "not permitted",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk reported an input/output error",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files on this machine",
    errno.ENOLCK: "the file system cannot lock files",
}


class DiskState(Enum):
    """What a commit left on the disk, in the words a person is told."""

    NOTHING = "nothing was written"
    ALL = "all was written"
    UNFINISHED = "recorded but not finished: a part may be written, and the next opening finishes or undoes it"
    UNKNOWN = "whether it was written is not known, as the disk could not be read again"


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it shall be: `base` is the hash (`content_hash`) it was edited from, or ABSENT; no `content` deletes.

    `mode` is for a file that does not exist yet; without it the umask decides.
    """

    path: str
    base: str
    content: bytes | None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that a commit changed; `old` and `new` are hashes or ABSENT, `mode` the permission bits it had before."""

    path: str
    old: str
    new: str
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is no longer what the edit was based on."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        if self.found == ABSENT:
            return f"{safe(self.path)} no longer exists"
        if self.expected == ABSENT:
            return f"{safe(self.path)} exists now"
        return f"{safe(self.path)} has changed on disk"


@dataclass(frozen=True, slots=True)
class Committed:
    """Everything is written and durable. `id` names the commit in the change log; empty when nothing had to change."""

    id: str
    files: tuple[WrittenFile, ...]
    notes: tuple[str, ...] = ()
    state: DiskState = DiskState.ALL

    @property
    def message(self) -> str:
        return _with_notes(self.state.value if self.files else "nothing had to be written", self.notes)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written, as files moved since they were read."""

    moved: tuple[ChangedFile, ...]
    notes: tuple[str, ...] = ()
    state: DiskState = DiskState.NOTHING

    @property
    def message(self) -> str:
        files = ", ".join(str(moved) for moved in self.moved)
        return _with_notes(f"{self.state.value}: {files}", self.notes)


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done as asked; `state` says what is on the disk all the same."""

    state: DiskState
    reason: str
    notes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return _with_notes(f"{self.state.value}: {self.reason}", self.notes)


CommitResult = Committed | Conflict | Failed


class StoppedError(Exception):
    """Inside the store only: carries the result out of the depths. Never leaves a public function."""

    def __init__(self, result: Conflict | Failed) -> None:
        super().__init__()
        self.result = result


class ElsewhereError(StoppedError):
    """The lock was left by another machine, and only a person can say whether that session is gone."""


def refuse(reason: str) -> StoppedError:
    """Stop before anything was written."""
    return StoppedError(Failed(DiskState.NOTHING, reason))


def error_text(error: OSError | ValueError, path: str | None = None) -> str:
    """An error of the system in words, with the path it is about. Safe to show."""
    if not isinstance(error, OSError):
        return "a path holds a character that no file name can have"
    code = error.errno or 0
    words = _WORDS.get(code) or (os.strerror(code).lower() if code else "the disk could not be used")
    about = error.filename if path is None else path
    return f"{safe(os.fsdecode(about))}: {words}" if isinstance(about, str | bytes) else words


def _with_notes(text: str, notes: tuple[str, ...]) -> str:
    return "; ".join((text, *notes))
