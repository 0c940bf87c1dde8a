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
_MAX_FAILURES: Final = 10_000
"""Failures that wait for the name of their pipe."""
_STEP: Final = 8 << 20
"""The bytes between two calls of `progress`."""
_CLOCK_S: Final = 3600.0
"""An event so much later than its file was written comes from another clock."""

K = TypeVar("K")
V = TypeVar("V")
Progress = Callable[[int], bool]
"""Takes the bytes read since the last call; returns whether to go on."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """The end of reading a file. `offset`: of the first byte that is not read; `cut`: its last line has no end."""

    offset: int
    cut: bool = False
    stopped: bool = False


def open_trace(path: str) -> BinaryIO | None:
    """Open a regular file; None for anything else, such as a link or a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb", buffering=1 << 18)


def head_of(file: BinaryIO) -> str:
    """A digest of the first line, which identifies a file under any name; empty while the line is not complete."""
    file.seek(0)
    line = file.readline(_MAX_HEAD)
    whole = line.endswith(b"\n") or len(line) == _MAX_HEAD
    return hashlib.blake2b(line, digest_size=8).hexdigest() if whole else ""


def read_trace(file: BinaryIO, offset: int, builder: SummaryBuilder, progress: Progress) -> FileRead:
    """Add the events from an offset on to a summary."""
    written = os.fstat(file.fileno()).st_mtime
    events = _Events(builder, written)
    read, told, cut, stopped = offset, offset, False, False
    for line, size, whole in _lines(file, offset):
        if not whole:
            cut = True
            break
        if size > MAX_LINE:
            builder.note(Gap.TOO_LONG)
        else:
            events.add(line, read)
        read += size
        if len(events.failures) >= _MAX_FAILURES:
            events.add_failures(file, offset)
            file.seek(read)
        if read - told >= _STEP:
            goes_on, told = progress(read - told), read
            if not goes_on:
                stopped = True
                break
    events.add_failures(file, offset)
    if not stopped:
        stopped = not progress(read - told)
    return FileRead(read, cut, stopped)


def _lines(file: BinaryIO, offset: int) -> Iterator[tuple[bytes, int, bool]]:
    """The lines from an offset on, each with its size and whether it has an end; of one too long only the start."""
    file.seek(offset)
    while line := file.readline(MAX_LINE):
        size, part = len(line), line
        while not part.endswith(b"\n") and len(part) == MAX_LINE and (part := file.readline(MAX_LINE)):
            size += len(part)
        yield line, size, (part or line).endswith(b"\n")


class _Events:
    """The events of a file on their way into a summary."""

    def __init__(self, builder: SummaryBuilder, written: float) -> None:
        self.failures: list[tuple[Failure, int | None]] = []
        """Failures, with the offsets at which their pipes start, where those are known."""
        self._builder = builder
        self._written = written
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._starts: OrderedDict[str, int] = OrderedDict()

    def add(self, line: bytes, offset: int) -> None:
        """Add the event of a line."""
        kind = kind_of(line)
        if kind == START:
            _remember(self._starts, node_of(line), offset)
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
            elif isinstance(found, Failure):
                self.failures.append((found, self._starts.get(found.node)))
            else:
                self._add_call(found)

    def _add_call(self, call: Call) -> None:
        if call.event in self._recent:
            self._builder.note(Gap.REPEATED)
        elif call.dry:
            self._builder.note(Gap.DRY)
        else:
            _remember(self._recent, call.event, None)
            at = self._moment(call.at)
            self._builder.add(row_of_call(call, at), totals_of_call(call, at))

    def add_failures(self, file: BinaryIO, before: int) -> None:
        """Add the failures, by their pipes; those that start before an offset are looked up from the beginning.

        A controller fails with a pipe that it calls, and is not counted.
        """
        unknown = {failure.node for failure, offset in self.failures if offset is None}
        starts = dict(_starts_before(file, before, unknown)) if unknown and before else {}
        for failure, offset in self.failures:
            start = _start_at(file, offset) if offset is not None else starts.get(failure.node)
            if start is None or not start.controller:
                at = self._moment(failure.at)
                self._builder.add(row_of_failure(start, at), Totals(errors=1))
        self.failures.clear()

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


def _start_at(file: BinaryIO, offset: int) -> Start | None:
    file.seek(offset)
    return _start_of(file.readline(MAX_LINE))


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
