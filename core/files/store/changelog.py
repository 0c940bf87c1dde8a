"""The log of commits to a tree, with the old contents, for undo in another session.

Each commit has one file with paths, hashes, time and label, and one file per old content. Mode 0600, limited in size.
The log belongs to one user: other users of the same tree have their own.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Final

from core.files.state_folder import tree_folder
from core.files.store.commit_results import WrittenFile
from core.files.store.disk import (
    ABSENT,
    Disk,
    content_hash,
    make_private_folder,
    read_whole,
    remove,
    replace_private,
    write_new,
)
from core.files.store.process import is_running
from core.masking import in_backend_file
from core.records import dataclass
from core.secret_texts import hide_keys
from core.toml.redaction import redact
from core.toml.text_diff import apply_patch, make_patch

FORMAT: Final = 1
MAX_COMMITS: Final = 200
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DAYS: Final = 90

_PATCH: Final = b"\x00pipedeck patch 1\n"
"""Prefix of an old content stored as a patch of the new one."""
_DIGITS: Final = 20
_MAX_SEARCHED: Final = 20
_DAY_NS: Final = 24 * 3600 * 10**9
SHOWN_DIGITS: Final = 12
"""The digits of an id that are shown and typed: too few to look like a key. Version 0.1 made ids of 16."""


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """A commit in the log. `stamp` orders them (nanoseconds since 1970), `reverts` is the id of the commit it undid."""

    id: str
    stamp: str
    label: str
    files: tuple[WrittenFile, ...]
    reverts: str = ""

    @property
    def shown_id(self) -> str:
        """The id as it is shown and typed."""
        return self.id[:SHOWN_DIGITS]

    @property
    def shown_reverts(self) -> str:
        """The id of the commit it undid, as it is shown."""
        return self.reverts[:SHOWN_DIGITS]

    @property
    def seconds(self) -> float:
        """The time in seconds since 1970."""
        return int(self.stamp) / 1e9


def log_folder(state: str, root: str) -> str:
    """The log folder of a tree."""
    return os.path.join(tree_folder(state, root), "log")


def record_commit(
    disk: Disk, folder: str, entry: LoggedCommit, contents: Iterable[tuple[bytes | None, bytes | None]]
) -> bool:
    """Record a commit before it happens, with the old and new content of its files. Raises OSError.

    False if it may contain a secret: that content is not stored, and the commit cannot be undone from the log.
    """
    make_private_folder(disk, folder)
    base = os.path.join(folder, f"{entry.stamp}-{entry.id}")
    complete = True
    try:
        for index, (old, new) in enumerate(contents):
            strict = in_backend_file(entry.files[index].path)
            stored = _stored_form(old, new, strict=strict) if old is not None else None
            if stored is not None:
                write_new(disk, f"{base}.{index}", stored, durable=False)
            complete = complete and (stored is not None or old is None)
        record = {"format": FORMAT, **asdict(entry), "label": hide_keys(entry.label)}
        replace_private(disk, f"{base}.json", json.dumps(record).encode())
    except OSError:
        with contextlib.suppress(OSError):
            remove_record(disk, folder, entry.stamp, entry.id, len(entry.files))
        raise
    return complete


def _stored_form(old: bytes, new: bytes | None, *, strict: bool) -> bytes | None:
    """The stored form of an old content: complete, or a patch of the new content if it holds a secret; None if neither.

    Undo requires the new content in place anyway, so the patch takes the rest from there.
    """
    text = _text(old)
    if redact(text, strict=strict) == text:
        return old
    parts = make_patch(_text(new), text, strict=strict) if new is not None else None
    return None if parts is None else _PATCH + json.dumps(parts).encode()


def _text(content: bytes) -> str:
    """A content as text; bytes that are not UTF-8 survive the round trip."""
    return content.decode("utf-8", "surrogateescape")


def remove_record(disk: Disk, folder: str, stamp: str, identity: str, files: int) -> None:
    """Remove the record of a commit that did not happen. Raises OSError."""
    base = os.path.join(folder, f"{stamp}-{identity}")
    remove(disk, f"{base}.json")
    for index in range(files):
        remove(disk, f"{base}.{index}")


def next_stamp(disk: Disk, folder: str) -> str:
    """A stamp after all in the log, even after the clock was set back."""
    newest = max(_groups(disk, folder), default="")
    latest = newest.partition("-")[0]
    now = max(time.time_ns(), int(latest) + 1 if latest.isdecimal() else 0)
    return f"{now:0{_DIGITS}}"


def sweep(disk: Disk, state: str, *roots: str) -> None:
    """Remove temporary files that processes which have ended left in the state folder. Raises OSError."""
    for folder in (state, *(part(state, root) for root in roots for part in (tree_folder, log_folder))):
        try:
            names = [name for name, _ in disk.sizes(folder)]
        except FileNotFoundError:
            continue
        for name in names:
            pid = name.removesuffix(".new").rpartition(".")[2]
            if name.endswith(".new") and not (pid.isdecimal() and is_running(int(pid))):
                remove(disk, os.path.join(folder, name))


def prune(disk: Disk, folder: str, *, commits: int = MAX_COMMITS, size: int = MAX_BYTES) -> None:
    """Remove the oldest records beyond the limits; the newest always stays. Raises OSError."""
    groups = _groups(disk, folder)
    oldest_allowed = f"{max(0, time.time_ns() - MAX_DAYS * _DAY_NS):0{_DIGITS}}"
    total = 0
    for number, name in enumerate(sorted(groups, reverse=True)):
        total += sum(bytes_of for _, bytes_of in groups[name])
        if number and (number >= commits or total > size or name < oldest_allowed):
            for file, _ in groups[name]:
                remove(disk, os.path.join(folder, file))


def history(root: str, state: str, *, disk: Disk | None = None, strict: bool = False) -> Iterator[LoggedCommit]:
    """The commits of this user to a tree, newest first. Damaged records are skipped.

    Never raises; if `strict`, raises OSError for a record that is there and cannot be read.
    """
    disk = disk or Disk()
    folder = log_folder(state, root)
    for name in sorted(_groups(disk, folder), reverse=True):
        try:
            entry = _read(disk, folder, name)
        except OSError as error:
            if strict and not isinstance(error, FileNotFoundError):
                raise
            continue
        if entry is not None:
            yield entry


def undone_ids(entries: Iterable[LoggedCommit]) -> frozenset[str]:
    """The ids of the commits that are undone; an undo that is itself undone does not count. Newest first."""
    undone: set[str] = set()
    for entry in entries:
        if entry.reverts and entry.id not in undone:
            undone.add(entry.reverts)
    return frozenset(undone)


def last(root: str, state: str, *, disk: Disk | None = None, strict: bool = False) -> LoggedCommit | None:
    """The newest commit that is neither an undo nor undone: the next one to undo. Raises as `history` does."""
    undone: set[str] = set()
    for entry in history(root, state, disk=disk, strict=strict):
        if entry.id in undone:
            continue  # undone, so a commit that it undid counts
        if entry.reverts:
            undone.add(entry.reverts)
        else:
            return entry
    return None


def old_content(entry: LoggedCommit, index: int, root: str, state: str, *, disk: Disk | None = None) -> bytes | None:
    """The content of a file before a commit; None when it is no longer stored or damaged. Never raises."""
    disk = disk or Disk()
    written = entry.files[index]
    if written.link is not None:
        with contextlib.suppress(OSError):
            content = read_whole(disk, os.path.join(os.path.dirname(written.path), written.link), follow=True)
            return content if content_hash(content) == written.old else None
        return None
    path = os.path.join(log_folder(state, root), f"{entry.stamp}-{entry.id}.{index}")
    with contextlib.suppress(OSError):
        content = read_whole(disk, path)
        if content_hash(content) == written.old:
            return content
        if content.startswith(_PATCH):
            new = read_whole(disk, written.path, follow=True)
            with contextlib.suppress(ValueError, KeyError, TypeError):
                text = apply_patch(_text(new), json.loads(content[len(_PATCH) :]))
                content = text.encode("utf-8", "surrogateescape")
                if content_hash(content) == written.old:
                    return content
    return None


def _groups(disk: Disk, folder: str) -> dict[str, list[tuple[str, int]]]:
    """The files of the log by commit."""
    groups: dict[str, list[tuple[str, int]]] = {}
    with contextlib.suppress(OSError):
        for name, size in disk.sizes(folder):
            base = name.partition(".")[0]
            if base.partition("-")[0].isdecimal():
                groups.setdefault(base, []).append((name, size))
    return groups


def _read(disk: Disk, folder: str, name: str) -> LoggedCommit | None:
    """A record; None if it is damaged. Raises OSError."""
    content = read_whole(disk, os.path.join(folder, f"{name}.json"))
    try:
        record = json.loads(content)
        if record["format"] != FORMAT:
            return None
        files = tuple(
            WrittenFile(
                str(item["path"]),
                str(item["old"]),
                str(item["new"]),
                mode=_number(item["mode"]),
                uid=_number(item.get("uid")),
                gid=_number(item.get("gid")),
                link=_target(item.get("link")),
                made=_number(item.get("made")) or 0,
            )
            for item in record["files"]
        )
        entry = LoggedCommit(
            str(record["id"]), str(record["stamp"]), str(record["label"]), files, str(record["reverts"])
        )
    except (ValueError, KeyError, TypeError):
        return None
    return entry if f"{entry.stamp}-{entry.id}" == name else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _target(value: object) -> str | None:
    return value if isinstance(value, str) else None


def undone_change(root: str, state: str, path: str, content: bytes | None) -> WrittenFile | None:
    """The logged change of a file that is undone by making it with this content, or by deleting it. Never raises.

    That is the removal of a file with the content, if it was the last change of its path; or the creation of the file.
    """
    entries = islice(history(root, state), _MAX_SEARCHED)
    for written in (written for entry in entries for written in entry.files if written.path == path):
        if written.new == ABSENT:
            return written if content is not None and written.old == content_hash(content) else None
        if content is not None or written.old == ABSENT:
            return None if content is not None else written
    return None


def is_undoable(entry: LoggedCommit, root: str, state: str, *, disk: Disk | None = None) -> bool:
    """Whether every old content that a revert needs is still stored. Never raises."""
    return all(
        written.old == ABSENT or old_content(entry, index, root, state, disk=disk) is not None
        for index, written in enumerate(entry.files)
    )
