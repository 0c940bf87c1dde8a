"""Input and results of a commit as plain values; each result states what is on the disk."""

from __future__ import annotations

import errno
import os
from enum import Enum
from typing import Final

from core.files.store.disk import ABSENT
from core.records import dataclass
from core.safe_text import safe

_ERROR_TEXTS: Final = {
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
    """The state of the disk after a commit, as shown to the user."""

    NOTHING = "nothing was written"
    ALL = "all was written"
    UNFINISHED = "recorded but not finished: a part may be written, and the next opening finishes or undoes it"
    UNKNOWN = "whether it was written is not known, as the disk could not be reread"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file changed by a commit; `old` and `new` are hashes or ABSENT.

    The rest is what it was before: its permission bits, owner and group, and for a link its target. `made` is the
    number of folders above a new file that did not exist.
    """

    path: str
    old: str
    new: str
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    link: str | None = None
    made: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A file to write: `base` is the `content_hash` it was edited from, or ABSENT; without `content` it is deleted.

    `restores` is the logged change of the file that this one undoes: a file or link that it removed is made again with
    its owner and mode, and the folders of one that it made go with it. Other new files have mode and owner of their
    neighbours.
    """

    path: str
    base: str
    content: bytes | None
    restores: WrittenFile | None = None

    @property
    def link(self) -> str | None:
        """The target of the link to be made."""
        return None if self.restores is None or self.content is None else self.restores.link


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs from the base of the edit."""

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        if self.actual == ABSENT:
            return f"{safe(self.path)} no longer exists"
        if self.expected == ABSENT:
            return f"{safe(self.path)} exists now"
        return f"{safe(self.path)} has changed on disk"


@dataclass(frozen=True, slots=True)
class Committed:
    """Everything is written and durable. `id` is the commit in the change log; empty when nothing had to change."""

    id: str
    files: tuple[WrittenFile, ...]
    notes: tuple[str, ...] = ()
    state: DiskState = DiskState.ALL

    @property
    def message(self) -> str:
        return _with_notes(self.state.value if self.files else "nothing had to be written", self.notes)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written because files changed since they were read."""

    changed: tuple[ChangedFile, ...]
    notes: tuple[str, ...] = ()
    state: DiskState = DiskState.NOTHING

    @property
    def message(self) -> str:
        files = ", ".join(str(changed) for changed in self.changed)
        return _with_notes(f"{self.state.value}: {files}", self.notes)


@dataclass(frozen=True, slots=True)
class Failed:
    """The commit failed; `state` says what is on the disk."""

    state: DiskState
    reason: str
    notes: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return _with_notes(f"{self.state.value}: {self.reason}", self.notes)


CommitResult = Committed | Conflict | Failed


class StoppedError(Exception):
    """Internal to the store: carries a result to the public function, which returns it."""

    def __init__(self, result: Conflict | Failed) -> None:
        super().__init__()
        self.result = result

    @property
    def reason(self) -> str:
        """Why it was stopped."""
        return self.result.reason if isinstance(self.result, Failed) else self.result.message


class ElsewhereError(StoppedError):
    """The lock was left by another machine; only the user can say whether that session has ended."""


def refuse(reason: str) -> StoppedError:
    """The error that stops a commit before anything is written."""
    return StoppedError(Failed(DiskState.NOTHING, reason))


def error_text(error: OSError | ValueError, path: str | None = None) -> str:
    """A system error as text, with its path. Safe to show."""
    if not isinstance(error, OSError):
        return "a path holds a character that no file name can have"
    code = error.errno or 0
    text = _ERROR_TEXTS.get(code) or (os.strerror(code).lower() if code else "the disk could not be used")
    subject = error.filename if path is None else path
    return f"{safe(os.fsdecode(subject))}: {text}" if isinstance(subject, str | bytes) else text


def _with_notes(text: str, notes: tuple[str, ...]) -> str:
    return "; ".join((text, *notes))
