"""Reading one trace file from an offset: line by line, with bounded memory."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

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
"""Events of a file that are remembered, to count one that is written twice once."""
_MAX_FAILURES: Final = 10_000
"""Failures whose pipes are looked up at once."""
_STEP: Final = 8 << 20
"""The bytes between two calls of `tell`."""
_CLOCK_S: Final = 3600.0
"""An event so much later than its file was written comes from another clock."""

Tell = Callable[[int], bool]
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


def read_trace(file: BinaryIO, offset: int, builder: SummaryBuilder, tell: Tell) -> FileRead:
    """Add the events from an offset on to a summary."""
    written = os.fstat(file.fileno()).st_mtime
    recent: OrderedDict[int, None] = OrderedDict()
    failures: list[Failure] = []
    read, told, cut, stopped = offset, offset, False, False
    for line, size, whole in _lines(file, offset):
        if not whole:
            cut = True
            break
        read += size
        if size > MAX_LINE:
            builder.note(Gap.TOO_LONG)
        else:
            _add(line, builder, written, recent, failures)
        if len(failures) >= _MAX_FAILURES:
            _add_failures(file, read, failures, builder, written)
            failures.clear()
            file.seek(read)
        if read - told >= _STEP:
            going, told = tell(read - told), read
            if not going:
                stopped = True
                break
    _add_failures(file, read, failures, builder, written)
    if not stopped:
        stopped = not tell(read - told)
    return FileRead(read, cut, stopped)


def _lines(file: BinaryIO, offset: int) -> Iterator[tuple[bytes, int, bool]]:
    """The lines from an offset on, each with its size and whether it has an end; of one too long only the start."""
    file.seek(offset)
    while line := file.readline(MAX_LINE):
        size, part = len(line), line
        while not part.endswith(b"\n") and len(part) == MAX_LINE and (part := file.readline(MAX_LINE)):
            size += len(part)
        yield line, size, (part or line).endswith(b"\n")


def _add(
    line: bytes, builder: SummaryBuilder, written: float, recent: OrderedDict[int, None], failures: list[Failure]
) -> None:
    kind = kind_of(line)
    if kind not in (USAGE, ERROR):
        if line.strip() and kind not in KINDS:
            builder.note(Gap.UNKNOWN_KIND if kind else Gap.UNREADABLE)
        return
    try:
        found = read_call(line) if kind == USAGE else read_failure(line)
    except (ValueError, RecursionError):
        builder.note(Gap.UNREADABLE)
        return
    if found is None:
        builder.note(Gap.UNKNOWN_SHAPE)
    elif isinstance(found, Failure):
        failures.append(found)
    elif found.event in recent:
        builder.note(Gap.REPEATED)
    elif found.dry:
        builder.note(Gap.DRY)
    else:
        recent[found.event] = None
        if len(recent) > _MAX_RECENT:
            recent.popitem(last=False)
        _add_call(found, builder, written)


def _add_call(call: Call, builder: SummaryBuilder, written: float) -> None:
    at = _moment(call.at, builder, written)
    builder.add(row_of_call(call, at), totals_of_call(call, at))


def _moment(at: float, builder: SummaryBuilder, written: float) -> float:
    """The time of an event; that of the last write of its file where the event is later than it."""
    if at <= written + _CLOCK_S:
        return at
    builder.note(Gap.CLOCK)
    return written


def _add_failures(file: BinaryIO, end: int, failures: list[Failure], builder: SummaryBuilder, written: float) -> None:
    """Add failures, with the pipes that their nodes started as. A controller fails with a pipe that it calls."""
    if not failures:
        return
    nodes = {failure.node for failure in failures}
    starts: dict[str, Start] = {}
    position = 0
    for line, size, _ in _lines(file, 0):
        position += size
        if size <= MAX_LINE and kind_of(line) == START:
            try:
                start = read_start(line)
            except (ValueError, RecursionError):
                continue
            if start is not None and start.node in nodes:
                starts[start.node] = start
        if position >= end:
            break
    for failure in failures:
        start = starts.get(failure.node)
        if start is None or not start.controller:
            at = _moment(failure.at, builder, written)
            builder.add(row_of_failure(start, at), Totals(errors=1))
