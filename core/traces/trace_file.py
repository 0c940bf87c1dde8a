"""Reading one trace file from an offset: line by line, with bounded memory."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from typing import BinaryIO, Final, TypeVar

from core.records import dataclass
from core.traces.events import (
    ENDS,
    ERROR,
    KINDS,
    START,
    USAGE,
    Call,
    Failure,
    Start,
    kind_of,
    node_of,
    read_call,
    read_failure,
    read_start,
)
from core.traces.summary import (
    Gap,
    SummaryBuilder,
    Totals,
    row_of_call,
    row_of_failure,
    totals_of_call,
)

MAX_LINE: Final = 4 << 20
"""A longer line is skipped: a report of usage has some 2 KB."""
_MAX_HEAD: Final = 64 << 10
_MAX_RECENT: Final = 4096
"""Calls of a file that are remembered, to count one that is written twice once; and starts of pipes."""
_MAX_PENDING: Final = 10_000
"""Calls and failures that wait for the start of their pipe."""
_DIRECT: Final = b'"workflow_id":"direct"'
"""In the first line of a run in one process, which writes nothing after the end of its first pipe."""
_STEP: Final = 8 << 20
"""The bytes between two calls of `progress`."""
_CLOCK_S: Final = 3600.0
"""An event so much later than its file was written comes from another clock."""

K = TypeVar("K")
V = TypeVar("V")
Progress = Callable[[int], bool]
"""Takes the bytes read since the last call; returns whether to continue."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """The end of reading a file. `offset`: of the first byte that is not read; `cut`: its last line has no end.

    `finished`: the run has ended, and nothing more will be written.
    """

    offset: int
    cut: bool = False
    stopped: bool = False
    finished: bool = False


def open_trace(path: str) -> BinaryIO | None:
    """Open a regular file; None for anything else, such as a link or a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb", buffering=1 << 18)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a trace: its digest, empty while the line is not complete, and the pipe that the run is of.

    `root`: its node, where nothing is written after its end.
    """

    digest: str
    root: str = ""


def head_of(file: BinaryIO) -> Head:
    """The first line of a file, whose digest identifies it under any name."""
    file.seek(0)
    line = file.readline(_MAX_HEAD)
    if not line.endswith(b"\n") and len(line) < _MAX_HEAD:
        return Head("")
    root = node_of(line) if kind_of(line) == START and _DIRECT in line else ""
    return Head(hashlib.blake2b(line, digest_size=8).hexdigest(), root)


def read_trace(file: BinaryIO, offset: int, builder: SummaryBuilder, progress: Progress, *, root: str = "") -> FileRead:
    """Add the events from an offset on to a summary. The run has finished with the end of the pipe `root`."""
    written = os.fstat(file.fileno()).st_mtime
    events = _Events(builder, written, root, before=offset)
    read, told, cut, stopped = offset, offset, False, False
    for line, size, whole in _lines(file, offset):
        if not whole:
            cut = True
            break
        if size > MAX_LINE:
            builder.note(Gap.TOO_LONG)
        else:
            events.add(line)
        read += size
        if len(events.pending) >= _MAX_PENDING:
            events.add_pending(file)
            file.seek(read)
        if read - told >= _STEP:
            goes_on, told = progress(read - told), read
            if not goes_on:
                stopped = True
                break
    events.add_pending(file)
    if not stopped:
        stopped = not progress(read - told)
    return FileRead(read, cut, stopped, events.finished and not cut)


def _lines(file: BinaryIO, offset: int) -> Iterator[tuple[bytes, int, bool]]:
    """The lines from an offset on, each with its size and whether it has an end; of one too long only the start."""
    file.seek(offset)
    while line := file.readline(MAX_LINE):
        size, part = len(line), line
        while not part.endswith(b"\n") and len(part) == MAX_LINE and (part := file.readline(MAX_LINE)):
            size += len(part)
        yield line, size, (part or line).endswith(b"\n")


class _Events:
    """The events of a file from an offset (`before`) on, on their way into a summary."""

    def __init__(self, builder: SummaryBuilder, written: float, root: str, before: int) -> None:
        self.pending: list[Call | Failure] = []
        """Those of pipes that start before the offset."""
        self.finished = False
        self._builder = builder
        self._written = written
        self._root = root
        self._before = before
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._starts: OrderedDict[str, Start] = OrderedDict()

    def add(self, line: bytes) -> None:
        """Add the event of a line."""
        kind = kind_of(line)
        self.finished = kind in ENDS and self._root != "" and node_of(line) == self._root
        if kind == START:
            if (start := _start_of(line)) is not None:
                _remember(self._starts, start.node, start)
        elif kind not in (USAGE, ERROR):
            if line.strip() and kind not in KINDS:
                self._builder.note(Gap.UNKNOWN_KIND if kind else Gap.UNREADABLE)
        else:
            try:
                found = read_call(line) if kind == USAGE else read_failure(line)
            except (ValueError, RecursionError):
                self._builder.note(Gap.UNREADABLE)
                return
            if found is None:
                self._builder.note(Gap.UNKNOWN_SHAPE)
            elif self._before and found.node not in self._starts:
                self.pending.append(found)
            else:
                self._add(found, self._starts.get(found.node))

    def _add(self, found: Call | Failure, start: Start | None) -> None:
        """Add a call or a failure. A controller fails with a pipe that it calls, and is not counted."""
        if isinstance(found, Call):
            self._add_call(found, start)
        elif start is None or not start.controller:
            at = self._moment(found.at)
            self._builder.add(row_of_failure(start, at), Totals(errors=1, last_error=at))

    def _add_call(self, call: Call, start: Start | None) -> None:
        if call.event in self._recent:
            self._builder.note(Gap.REPEATED)
        elif call.dry:
            self._builder.note(Gap.DRY)
        else:
            _remember(self._recent, call.event, None)
            at = self._moment(call.at)
            self._builder.add(row_of_call(call, start, at), totals_of_call(call, at))

    def add_pending(self, file: BinaryIO) -> None:
        """Add what waits for its pipe, which is looked up from the beginning of the file."""
        if self.pending:
            starts = dict(_starts_before(file, self._before, {found.node for found in self.pending}))
            for found in self.pending:
                self._add(found, starts.get(found.node))
            self.pending.clear()

    def _moment(self, at: float) -> float:
        """The time of an event; that of the last write of its file where the event is later than it."""
        if at <= self._written + _CLOCK_S:
            return at
        self._builder.note(Gap.CLOCK)
        return self._written


def _remember(recent: OrderedDict[K, V], key: K, value: V) -> None:
    recent[key] = value
    if len(recent) > _MAX_RECENT:
        recent.popitem(last=False)


def _start_of(line: bytes) -> Start | None:
    try:
        return read_start(line)
    except (ValueError, RecursionError):
        return None


def _starts_before(file: BinaryIO, end: int, nodes: Collection[str]) -> Iterator[tuple[str, Start]]:
    """The starts of some nodes before an offset."""
    position = 0
    for line, size, _ in _lines(file, 0):
        if position >= end:
            return
        position += size
        if kind_of(line) == START and node_of(line) in nodes and (start := _start_of(line)) is not None:
            yield start.node, start
