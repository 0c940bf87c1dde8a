"""Updates of a cached summary: which trace files grew, the newest first, and what was appended to them."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from array import array
from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from core.records import dataclass
from core.traces.summary import DAY_S, Gap, SummaryBuilder
from core.traces.trace_cache import FileState, TraceCache
from core.traces.trace_file import FileRead, Progress, head_of, open_trace, read_trace

SUFFIX: Final = ".ndjson"
SETTLED_S: Final = 2 * DAY_S
"""A folder of a run without a write for so long is not read again,"""
FINISHED_S: Final = 60
"""and that of a finished run after so long: listing 106,000 folders takes 0.6 s, and their files 2.6 s."""
_STEP: Final = 1000
"""The folders listed between two calls of `progress`."""
_MAX_ENTRIES: Final = 1_000_000


def _go_on(_: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Updated:
    """A summary that is up to date. `cut`: files whose last line has no end yet; `unread`: those that cannot be read.

    `stopped`: the reading was stopped, and older files are missing. `files`: trace files looked at; `size`: the bytes
    read of them.
    """

    cache: TraceCache
    files: int = 0
    size: int = 0
    cut: int = 0
    unread: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    run: str
    name: str
    inode: int
    size: int
    changed: int

    @property
    def path(self) -> str:
        """The path below the folder of the traces; not stored, as there may be a hundred thousand files."""
        return os.path.join(self.run, self.name)


def update(cache: TraceCache, *, progress: Progress = _go_on, now: float | None = None) -> Updated:
    """Read what was added to the traces since a summary was made, the newest files first.

    A file is recognized by its first line, under any name: one that was renamed or copied counts once, and one that
    was replaced or emptied is read from its start, in addition to what it held before. Never raises.
    """
    moment = time.time() if now is None else now
    if not os.path.isdir(cache.folder):  # not mounted, perhaps: what was read would count again
        return Updated(cache)
    found = _files(cache, progress)
    if found is None:
        return Updated(cache, stopped=True)
    reader = _Reader(cache, progress, moment)
    settled, present = array("Q"), set[str]()
    for run, group in groupby(found, key=attrgetter("run")):
        files = list(group)
        reader.new.clear()
        done = [reader.read(file) for file in files]
        if run and all(done):  # its files are not remembered: there may be a hundred thousand
            settled.append(_digest(run))
            for head in reader.new:
                del reader.states[head]
        else:
            present.update(file.path for file in files)
    states = {head: state for head, state in reader.states.items() if state.path in present}
    after = TraceCache(
        cache.folder,
        reader.builder.summary(),
        states,
        cache.settled.with_more(settled) if settled else cache.settled,
        cache.at if reader.stopped else moment,
    )
    return Updated(after, len(found), reader.size, reader.cut, reader.unread, reader.stopped)


class _Reader:
    """Reads trace files, in the order of their runs."""

    def __init__(self, cache: TraceCache, progress: Progress, moment: float) -> None:
        self.builder = SummaryBuilder(cache.summary, moment)
        self.states = dict(cache.files)
        self.new: list[str] = []
        """The states that were added since the list was cleared."""
        self.size = 0
        self.cut = 0
        self.unread = 0
        self.stopped = False
        self._folder = cache.folder
        self._by_path = {state.path: head for head, state in cache.files.items()}
        self._progress = progress
        self._moment = moment

    def read(self, file: _Found) -> bool:
        """Read what is new in a file; whether it is read to its end and no longer written to."""
        known = self.states.get(self._by_path.get(file.path, ""))
        if known is not None and (known.inode, known.size, known.changed) == (file.inode, file.size, file.changed):
            self.cut += known.offset < known.size
            return _is_settled(file, known.finished, self._moment)
        if self.stopped:
            return False
        try:
            head, start, done = _read(self._folder, file, self.states, self.builder, self._progress)
        except OSError:
            self.unread += 1
            return False
        if start == 0 and done.offset and file.path in self._by_path:
            self.builder.note(Gap.RESTARTED)
        self.cut += done.cut
        self.stopped = done.stopped
        self.size += max(0, done.offset - start)
        if head:
            if head not in self.states:
                self.new.append(head)
            seen = (-1, -1) if done.stopped else (file.size, file.changed)
            self.states[head] = FileState(file.path, file.inode, *seen, done.offset, done.finished)
        return not done.stopped and _is_settled(file, done.finished, self._moment)


def _is_settled(file: _Found, finished: bool, moment: float) -> bool:
    """Whether a file that was read is no longer written to."""
    return moment - file.changed / 1e9 > (FINISHED_S if finished else SETTLED_S)


def _read(
    folder: str, file: _Found, states: Mapping[str, FileState], builder: SummaryBuilder, progress: Progress
) -> tuple[str, int, FileRead]:
    """Read the new part of a file: the digest of its first line, the offset that it was read from, and the end."""
    opened = open_trace(os.path.join(folder, file.path))
    if opened is None:
        raise OSError("not a regular file")
    with opened as trace:
        head = head_of(trace)
        if not head.digest:
            return "", 0, FileRead(0, cut=file.size > 0)
        known = states.get(head.digest)
        start = known.offset if known is not None else 0
        if start > os.fstat(trace.fileno()).st_size:
            builder.note(Gap.RESTARTED)
            return head.digest, start, FileRead(start)
        if known is not None and start == file.size:  # renamed, copied, or written anew with the same text
            return head.digest, start, FileRead(start, finished=known.finished)
        return head.digest, start, read_trace(trace, start, builder, progress, root=head.root)


def _files(cache: TraceCache, progress: Progress) -> list[_Found] | None:
    """The trace files of a folder and of its run folders, those of the newest run first; None if it was stopped.

    Settled runs are left out.
    """
    files, runs = list[_Found](), list[str]()
    for entry in _entries(cache.folder):
        try:
            if entry.is_dir(follow_symlinks=False):
                runs.append(entry.name)
            elif (found := _found(entry, "")) is not None:
                files.append(found)
        except OSError:
            continue  # removed in the meantime
    newest = {"": max((file.changed for file in files), default=0)}
    for number, run in enumerate(runs):
        if number % _STEP == _STEP - 1 and not progress(0):
            return None
        if _digest(run) in cache.settled:
            continue
        for entry in _entries(os.path.join(cache.folder, run)):
            try:
                if (found := _found(entry, run)) is not None:
                    files.append(found)
                    newest[run] = max(found.changed, newest.get(run, 0))
            except OSError:
                continue
    # Sorts that keep the order of equals take a third of the memory of one by all three.
    files.sort(key=attrgetter("changed"), reverse=True)
    files.sort(key=attrgetter("run"))
    files.sort(key=lambda file: newest[file.run], reverse=True)
    return files


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from islice(entries, _MAX_ENTRIES)
    except OSError:
        return


def _found(entry: os.DirEntry[str], run: str) -> _Found | None:
    """The trace file of an entry; None if it is none. Raises OSError."""
    if not entry.name.endswith(SUFFIX) or not entry.is_file(follow_symlinks=False):
        return None
    status = entry.stat(follow_symlinks=False)
    return _Found(run, sys.intern(entry.name), status.st_ino, status.st_size, status.st_mtime_ns)


def _digest(path: str) -> int:
    return int.from_bytes(hashlib.blake2b(os.fsencode(path), digest_size=8).digest())
