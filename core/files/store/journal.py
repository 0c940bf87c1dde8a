"""The journal of a commit, stored in the tree: recovery cleans up, finishes or undoes the commit from it.

The other folders that the commit writes to, such as the home's or the target of a link, hold a `part`: the name of the
folder with the journal. Any project that uses such a folder finds the journal there.

A journal is signed with a key of the user: one that came with a tree, for example by `git clone`, could otherwise make
recovery overwrite or remove any file of the user. Unsigned journals are shown to the user and not acted on.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, replace
from enum import Enum
from typing import Final

from core.files.state_folder import FOLDER
from core.files.store.disk import (
    Disk,
    make_private_folder,
    opened,
    read_whole,
    remove,
    shown_path,
    sync_folder,
    write_new,
)
from core.files.store.lock import JOURNAL, JOURNAL_NEW, PART
from core.files.store.process import Process, parse_process
from core.records import dataclass

FORMAT: Final = 1
_MAX_NAME: Final = 180


class Phase(Enum):
    """Progress of a commit: contents are being staged, new contents are being placed, or old ones restored."""

    STAGE = "stage"
    APPLY = "apply"
    BACK = "back"


class WriteMethod(Enum):
    """The way in which a file gets its new content."""

    CREATE = "create"
    REPLACE = "replace"
    IN_PLACE = "in place"
    DELETE = "delete"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A file of a commit. `shown` is its display path, `real` its path without links; `old`, `new` are hashes."""

    shown: str
    real: str
    old: str
    new: str
    how: WriteMethod


@dataclass(frozen=True, slots=True)
class Journal:
    """A recorded commit. `folders` are those it creates, outermost first; `trusted`: the signature is ours."""

    id: str
    label: str
    stamp: str
    root: str
    who: Process
    phase: Phase
    entries: tuple[JournalEntry, ...]
    folders: tuple[str, ...] = ()
    trusted: bool = True

    def staged(self, folder: str, index: int) -> str:
        """The path of the staged new content. A file to delete is moved there before its removal."""
        if self.entries[index].how is WriteMethod.IN_PLACE:
            return os.path.join(folder, f"new.{index}")
        return self.sibling_path(index)

    def sibling_path(self, index: int, mark: str = "") -> str:
        """A temporary name in the folder of the file, so that a rename stays on one file system."""
        parent, name = os.path.split(self.entries[index].real)
        if len(os.fsencode(name)) > _MAX_NAME:
            name = "long"
        return os.path.join(parent, f".{name}.{self.id}.{index}{mark}.pipedeck")

    def saved(self, folder: str, index: int) -> str:
        """The path of the saved old content until the commit is complete."""
        return os.path.join(folder, f"old.{index}")

    def leftovers(self, folder: str) -> list[str]:
        """Every temporary file that this commit may have created."""
        paths: list[str] = []
        for index in range(len(self.entries)):
            paths += [self.sibling_path(index), self.sibling_path(index, ".back")]
            paths += [os.path.join(folder, f"new.{index}"), self.saved(folder, index)]
        return paths

    def parents(self) -> list[str]:
        """The folders with changed entries, without duplicates."""
        return list(dict.fromkeys(os.path.dirname(entry.real) for entry in self.entries))

    def other_folders(self) -> list[str]:
        """The folders other than the root that it changes and did not create: those of its parts."""
        folders: dict[str, None] = {}
        for folder in self.parents():
            while folder in self.folders:
                folder = os.path.dirname(folder)
            if folder != self.root:
                folders[folder] = None
        return list(folders)

    def at(self, phase: Phase) -> Journal:
        """The same commit in another phase."""
        return replace(self, phase=phase)


def journal_path(folder: str) -> str:
    """The path of the journal in the lock folder."""
    return os.path.join(folder, JOURNAL)


def write_journal(disk: Disk, folder: str, journal: Journal, key: bytes) -> None:
    """Replace the journal atomically; from the commit point on it is durable when this returns.

    The first one may be lost in a power cut: then at worst temporary files remain.
    """
    fresh = os.path.join(folder, JOURNAL_NEW)
    write_new(disk, fresh, encode(journal, key), durable=True)
    disk.rename(fresh, journal_path(folder))
    if journal.phase is not Phase.STAGE:
        sync_folder(disk, folder)


def read_journal(disk: Disk, root: str, folder: str, key: bytes) -> Journal | None:
    """The journal of a tree, or None. Raises OSError, or ValueError when it is invalid."""
    try:
        content = read_whole(disk, journal_path(folder))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return decode(content, root, key)


def drop_journal(disk: Disk, folder: str, journal: Journal) -> None:
    """Remove the journal durably, as one that reappears after a power cut would overwrite newer edits; then its parts.

    Without the journal a part means nothing, so what becomes of them does not matter.
    """
    remove(disk, os.path.join(folder, JOURNAL_NEW))
    remove(disk, journal_path(folder))
    if journal.phase is not Phase.STAGE:
        sync_folder(disk, folder)
    for other in journal.other_folders():
        with contextlib.suppress(OSError):
            remove(disk, os.path.join(other, FOLDER, PART))


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a commit in a folder: the id of its journal, and the root of the tree that has it."""

    id: str
    root: str


def write_part(disk: Disk, folder: str, journal: Journal) -> None:
    """Record the commit in another lock folder. A half-written part counts as none: no file was staged there yet."""
    content = json.dumps({"format": FORMAT, "id": journal.id, "root": journal.root}).encode()
    write_new(disk, os.path.join(folder, PART), content, durable=False)


def sync_part(disk: Disk, folder: str) -> None:
    """Make the part in a lock folder durable. Raises OSError."""
    with opened(disk, os.path.join(folder, PART), os.O_RDONLY) as fd:
        disk.fsync(fd)
    sync_folder(disk, folder)


def read_part(disk: Disk, folder: str) -> Part | None:
    """The part in a lock folder; None without a valid one. Raises OSError."""
    try:
        fields = json.loads(read_whole(disk, os.path.join(folder, PART)))
        part = Part(_text(fields["id"]), _text(fields["root"]))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return part if part.id.isalnum() and os.path.isabs(part.root) else None


def encode(journal: Journal, key: bytes) -> bytes:
    """The journal as signed JSON. Paths inside of the tree are relative, so that the tree can be moved."""
    fields: dict[str, object] = {
        "format": FORMAT,
        "id": journal.id,
        "label": journal.label,
        "stamp": journal.stamp,
        "root": journal.root,
        "who": asdict(journal.who),
        "phase": journal.phase.value,
        "entries": [
            {
                "shown": entry.shown,
                "real": shown_path(journal.root, entry.real),
                "old": entry.old,
                "new": entry.new,
                "how": entry.how.value,
            }
            for entry in journal.entries
        ],
        "folders": [shown_path(journal.root, path) for path in journal.folders],
    }
    return json.dumps({**fields, "mac": _sign(fields, key)}, indent=1).encode()


def decode(content: bytes, root: str, key: bytes) -> Journal:
    """The journal from its JSON, for a tree now at `root`. Raises ValueError when it is invalid."""
    try:
        fields = json.loads(content)
        mac = fields.pop("mac")
        if fields["format"] != FORMAT:
            raise ValueError("written by another version of pipedeck")
        who = parse_process(fields["who"])
        if who is None:
            raise ValueError("its writer is missing")
        entries = tuple(
            JournalEntry(
                _text(item["shown"]),
                os.path.join(root, _text(item["real"])),
                _text(item["old"]),
                _text(item["new"]),
                WriteMethod(item["how"]),
            )
            for item in fields["entries"]
        )
        folders = tuple(os.path.join(root, _text(path)) for path in fields["folders"])
        label, stamp, identity = _text(fields["label"]), _text(fields["stamp"]), _text(fields["id"])
        if not (identity.isalnum() and stamp.isalnum()):
            raise ValueError("its name is invalid")
        phase = Phase(fields["phase"])
        outside = any(os.path.isabs(item["real"]) for item in fields["entries"])
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is incomplete") from error
    import hmac  # with OpenSSL

    ours = bool(key) and isinstance(mac, str) and hmac.compare_digest(mac.encode(), _sign(fields, key).encode())
    # A copy of a tree must not finish the commit of the original in shared files.
    moved = fields["root"] != root and outside
    return Journal(identity, label, stamp, root, who, phase, entries, folders, trusted=ours and not moved)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _sign(fields: dict[str, object], key: bytes) -> str:
    import hashlib  # with OpenSSL, 0.6 MiB: for commits only
    import hmac

    text = json.dumps(fields, sort_keys=True).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest() if key else ""


_KEY_BYTES: Final = 32


def signing_key(disk: Disk, state: str) -> bytes:
    """The secret that authenticates this user's journals, created on first use.

    Empty when none can be stored: recovery then needs confirmation.
    """
    path = os.path.join(state, "key")
    with contextlib.suppress(OSError):
        key = read_whole(disk, path)
        if len(key) == _KEY_BYTES:
            return key
    temporary = f"{path}.{os.getpid()}.new"
    try:
        make_private_folder(disk, state)
        write_new(disk, temporary, os.urandom(_KEY_BYTES), durable=True)
        try:
            disk.link(temporary, path)
        except FileExistsError:
            pass  # another session was faster: use its key
        except OSError:
            disk.rename(temporary, path)  # a file system without hard links
        key = read_whole(disk, path)
    except OSError:
        key = b""
    finally:
        with contextlib.suppress(OSError):
            remove(disk, temporary)
    return key if len(key) == _KEY_BYTES else b""


def existing_key(disk: Disk, state: str) -> bytes:
    """The key, if there is one, without creating it."""
    with contextlib.suppress(OSError):
        key = read_whole(disk, os.path.join(state, "key"))
        return key if len(key) == _KEY_BYTES else b""
    return b""
