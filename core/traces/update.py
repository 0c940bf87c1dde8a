"""Updates of a cached summary: which trace files grew, the newest first, and what was appended to them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from core.records import dataclass
from core.traces.summary import DAY_S, Gap, SummaryBuilder
from core.traces.trace_cache import FileState, TraceCache
from core.traces.trace_file import FileRead, Progress, head_of, open_trace, read_trace

SUFFIX: Final = ".ndjson"
SETTLED_S: Final = 2 * DAY_S
"""A folder of a run that nobody wrote to for so long is not looked at again,"""
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
    found = _files(cache, progress)
    if found is None:
        return Updated(cache, stopped=True)
    builder = SummaryBuilder(cache.summary, moment)
    newest: dict[str, int] = {}
    for file in found:
        newest[file.run] = max(file.changed, newest.get(file.run, 0))
    found.sort(key=lambda file: (-newest[file.run], file.run, -file.changed))
    states = dict(cache.files)
    by_path = {state.path: head for head, state in states.items()}
    size, cut, unread, stopped = 0, 0, 0, False
    unsettled: set[str] = {""}
    run, heads = "", list[str]()
    for file in found:
        if file.run != run:
            _settle(run, heads, states, unsettled)
            run, heads = file.run, []
        head = by_path.get(file.path, "")
        known = states.get(head)
        if known is not None and (known.inode, known.size, known.changed) == (file.inode, file.size, file.changed):
            cut += known.offset < known.size
            if not _is_settled(file, known.finished, moment):
                unsettled.add(file.run)
            continue
        if stopped:
            unsettled.add(file.run)
            continue
        try:
            head, start, done = _read(cache.folder, file, states, builder, progress)
            if start == 0 and done.offset and file.path in by_path:
                builder.note(Gap.RESTARTED)
        except OSError:
            unread += 1
            unsettled.add(file.run)
            continue
        cut += done.cut
        stopped = done.stopped
        if stopped or not _is_settled(file, done.finished, moment):
            unsettled.add(file.run)
        size += max(0, done.offset - start)
        if head:
            heads.append(head)
            seen = (-1, -1) if stopped else (file.size, file.changed)
            states[head] = FileState(file.path, file.inode, *seen, done.offset, done.finished)
    _settle(run, heads, states, unsettled)
    done_runs = newest.keys() - unsettled
    files = {head: state for head, state in states.items() if os.path.dirname(state.path) not in done_runs}
    present = {file.path for file in found if file.run not in done_runs}
    files = {head: state for head, state in files.items() if state.path in present}
    settled = cache.settled.with_more(map(_digest, done_runs)) if done_runs else cache.settled
    at = cache.at if stopped else moment
    after = TraceCache(cache.folder, builder.summary(), files, settled, at)
    return Updated(after, len(found), size, cut, unread, stopped)


def _is_settled(file: _Found, finished: bool, moment: float) -> bool:
    """Whether a file that was read is written to no more."""
    return moment - file.changed / 1e9 > (FINISHED_S if finished else SETTLED_S)


def _settle(run: str, heads: list[str], states: dict[str, FileState], unsettled: set[str]) -> None:
    """Drop the files of a run that is settled at once: there may be a hundred thousand."""
    if run not in unsettled:
        for head in heads:
            states.pop(head, None)


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
    """The trace files of a folder and of its run folders, without those of settled runs; None if it was stopped."""
    files, runs = list[_Found](), list[str]()
    for entry in _entries(cache.folder):
        try:
            if entry.is_dir(follow_symlinks=False):
                runs.append(entry.name)
            elif (found := _found(entry, "")) is not None:
                files.append(found)
        except OSError:
            continue  # removed in the meantime
    for number, run in enumerate(runs):
        if number % _STEP == _STEP - 1 and not progress(0):
            return None
        if _digest(run) in cache.settled:
            continue
        for entry in _entries(os.path.join(cache.folder, run)):
            try:
                if (found := _found(entry, run)) is not None:
                    files.append(found)
            except OSError:
                continue
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
    return _Found(run, entry.name, status.st_ino, status.st_size, status.st_mtime_ns)


def _digest(path: str) -> int:
    return int.from_bytes(hashlib.blake2b(os.fsencode(path), digest_size=8).digest())
