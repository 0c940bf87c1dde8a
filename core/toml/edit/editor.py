"""Edit a TOML text: plan a command, apply its splices, and verify the result with an independent parser."""

from __future__ import annotations

import gc
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import cast

import tomli

from core.records import dataclass
from core.toml.edit import toml_commands as c
from core.toml.edit.containers import comment_spans
from core.toml.edit.key_planner import delete, insert_key, move_key
from core.toml.edit.layout_queries import find_value, sections_below
from core.toml.edit.plain_data import Data, identical
from core.toml.edit.planning import PlanContext
from core.toml.edit.table_planner import add_table, move_table, rename
from core.toml.edit.text_layout import Path, Span, prepare_layout, scan
from core.toml.edit.toml_commands import (
    BY_HAND,
    Command,
    Plan,
    RawReplace,
    Refusal,
    RefusalError,
    Splice,
    apply_splices,
)
from core.toml.edit.value_planner import move_element, set_value
from core.toml.scanner import ANY_STRING
from core.toml.toml_reader import TomlDocument, fits_toml_1_0, parse, read_text, read_toml

_PLANNERS: dict[type, Callable[..., Plan]] = {
    c.SetValue: set_value,
    c.InsertKey: insert_key,
    c.DeleteKey: delete,
    c.RenameKey: rename,
    c.MoveKey: move_key,
    c.AddTable: add_table,
    c.MoveElement: move_element,
}


@lru_cache(maxsize=8)
def read_cached(text: str) -> TomlDocument:
    """A document, cached for the texts read last, so that reading one as a file needs no parse."""
    return read_text(text)


def read_data(text: str) -> Data | Refusal:
    """The data of a text, not to be modified, or the refusal when it is invalid."""
    document = read_cached(text)
    if document.parse_error is None:
        return document.data
    try:
        return cast("Data", parse(text))
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        problem = read_toml(text.encode("utf-8", "surrogatepass")).parse_error
        reason = f"line {problem.line}: {problem.message}" if problem else "it is not TOML"
        return Refusal("unreadable", f"The text cannot be read ({reason}).", "Fix it as raw text first.")


def plan(text: str, command: c.Command) -> Plan | Refusal:
    """The plan of a command, or a refusal. Never raises. A command without effect gives a plan without splices."""
    if isinstance(command, c.RawReplace):
        return _plan_raw(text, command)
    data = read_data(text)
    if isinstance(data, Refusal):
        return data
    newline = main_newline(text)
    complete = text if text.endswith("\n") or not text else text + newline
    context = PlanContext(scan(complete), data, newline)
    try:
        planner = _PLANNERS[type(command)]
        if isinstance(command, c.MoveKey) and _has_header(context, command.path):
            planner = move_table
        planned = planner(context, command)
    except RefusalError as refused:
        return refused.refusal
    return planned if complete == text else _without_final_newline(text, newline, planned)


def main_newline(text: str) -> str:
    """The most frequent line end of a text; a line feed by default."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _has_header(context: PlanContext, path: Path) -> bool:
    return bool(sections_below(context.layout, path)) and find_value(context.layout, path) is None


def _without_final_newline(text: str, newline: str, planned: Plan) -> Plan:
    """Adapt the plan for a text with a final line end to the text without one, which stays without one."""
    size = len(text)
    splices: list[Splice] = []
    for start, end, new in planned.splices:
        if splices and splices[-1].end == start:
            # Joined, so that the last splice alone determines the end of the text.
            start, new = splices[-1].start, splices.pop().text + new
        splices.append(Splice(start, end, new))
    windows = [Span(min(start, size), min(end, size)) for start, end in planned.windows]
    if splices and splices[-1].end > size:
        start, _, new = splices.pop()
        if start > size:
            splices.append(Splice(size, size, newline + new.removesuffix("\n").removesuffix("\r")))
        elif new:
            splices.append(Splice(start, size, new.removesuffix("\n").removesuffix("\r")))
        else:
            # Complete lines go, so the preceding line becomes the last and loses its line end.
            start = len(text[:start].removesuffix("\n").removesuffix("\r"))
            splices.append(Splice(start, size, ""))
        first = splices[-1].start
        windows = [window for window in windows if window.start < first]
        if not windows or windows[-1].end <= first:
            windows.append(Span(first, size))
        else:
            windows[-1] = Span(windows[-1].start, size)
    return Plan(tuple(splices), planned.intended, tuple(windows), planned.dropped, planned.added)


def _plan_raw(text: str, command: c.RawReplace) -> Plan | Refusal:
    new = command.text
    data = read_data(new)
    if isinstance(data, Refusal):
        return data
    old_lines, new_lines = text.splitlines(keepends=True), new.splitlines(keepends=True)
    splices: list[Splice] = []
    offsets = [0]
    for line in old_lines:
        offsets.append(offsets[-1] + len(line))
    for kind, first, last, start, stop in SequenceMatcher(None, old_lines, new_lines, False).get_opcodes():
        if kind != "equal":
            splices.append(Splice(offsets[first], offsets[last], "".join(new_lines[start:stop])))
    dropped, added = _difference(comments_of(text), comments_of(new))
    windows = tuple(Span(start, end) for start, end, _ in splices)
    return Plan(tuple(splices), data, windows, dropped, added)


def comments_of(text: str) -> list[str]:
    """The comments of a text."""
    return [text[start:end] for start, end in comment_spans(scan(text))]


def _difference(old: list[str], new: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    dropped, added = list(old), []
    for comment in new:
        if comment in dropped:
            dropped.remove(comment)
        else:
            added.append(comment)
    return tuple(dropped), tuple(added)


# Strings are matched too, so that a `#` inside of one is no comment.
_COMMENT = re.compile(rf"{ANY_STRING}|(\#[^\r\n]*+)")
_UNRELATED_LINES = "unrelated lines would change"
_FORBIDDEN = re.compile("[\x00\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Edited:
    """A verified text with its data and the plan that made it."""

    text: str = field(repr=False)
    data: Data = field(repr=False)
    plan: Plan = field(repr=False)

    @property
    def changed(self) -> bool:
        """Whether the text differs from the previous one."""
        return bool(self.plan.splices)


def apply(text: str, command: Command) -> Edited | Refusal:
    """Edit a text. Never raises: an edit that is not possible, or fails verification, is refused."""
    with _suspended_gc():
        planned = plan(text, command)
        if isinstance(planned, Refusal):
            return planned
        try:
            new = apply_splices(text, planned.splices)
        except ValueError as error:
            return _unsafe(str(error))
        judged = verify(text, new, planned, raw=isinstance(command, RawReplace))
        if isinstance(judged, Edited) and planned.windows and text.endswith("\n") and new.endswith("\n"):
            # The next edit is likely to be in the same file.
            prepare_layout(scan(text), new, Span(planned.windows[0].start, planned.windows[-1].end))
        return judged


@contextmanager
def _suspended_gc() -> Iterator[None]:
    """Suspend garbage collection, which takes half of the time for the many small values of a long text."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def verify(old: str, new: str, planned: Plan, *, raw: bool = False) -> Edited | Refusal:
    """Verify a new text against its plan: data, lines, comments, line ends.

    The data must equal the intended data in type, value and order, as `tomli` reads it; TOML 1.0 must stay TOML 1.0.
    Lines outside of the windows must be identical to the byte, and comments may change only as the plan says. Line ends
    and the end of the last line stay as they were, unless `raw` leaves them to the user.
    """
    problem = _lines_problem(old, new, planned) or _comments_problem(old, new, planned)
    if not problem and not raw:
        problem = _line_ends_problem(old, new)
    if not problem and _FORBIDDEN.search(new) and not _FORBIDDEN.search(old):
        problem = "it would introduce a forbidden character"
    if problem:
        return _unsafe(problem)
    data = read_data(new)
    if isinstance(data, Refusal):
        return _unsafe("the text could no longer be read")
    if not identical(data, planned.intended):
        return _unsafe("the data would not be as intended")
    if not _stays_1_0(old, new, planned):
        return Refusal("unsafe", "Older releases of Pipelex could no longer read the text (TOML 1.1).", BY_HAND)
    return Edited(new, data, planned)


def _unsafe(problem: str) -> Refusal:
    return Refusal("unsafe", f"The edit was refused: {problem}. Nothing has changed.", BY_HAND)


def _lines_problem(old: str, new: str, planned: Plan) -> str:
    """Whether text outside of the windows differs, with each line compared at its expected offset."""
    old_offset = new_offset = 0
    remaining = list(planned.splices)
    for start, end in planned.windows:
        if not old_offset <= start <= end <= len(old) or not (_begins_line(old, start) and _begins_line(old, end)):
            return _UNRELATED_LINES
        size = end - start
        while remaining and start <= remaining[0].start and remaining[0].end <= end:
            splice = remaining.pop(0)
            size += len(splice.text) - (splice.end - splice.start)
        if not _matches(old, old_offset, start, new, new_offset):
            return _UNRELATED_LINES
        new_offset += start - old_offset + size
        old_offset = end
    ended = new_offset + len(old) - old_offset == len(new)
    return "" if not remaining and ended and _matches(old, old_offset, len(old), new, new_offset) else _UNRELATED_LINES


def _matches(old: str, start: int, end: int, new: str, offset: int) -> bool:
    return new.startswith(old[start:end], offset)


def _begins_line(text: str, offset: int) -> bool:
    """Whether a line begins or ends at an offset."""
    return (
        offset == 0
        or text[offset - 1] == "\n"
        or text[offset : offset + 2] in ("", "\n", "\r\n")
        or (text[offset] == "\n")
    )


def _comments_problem(old: str, new: str, planned: Plan) -> str:
    expected = Counter(_comments(old))
    expected.subtract(planned.dropped)
    expected.update(planned.added)
    return (
        ""
        if +expected == _comments(new) and min(expected.values(), default=0) >= 0
        else ("comments would be lost or changed")
    )


@lru_cache(maxsize=4)
def _comments(text: str) -> Counter[str]:
    """The comments of a text with their counts. Not to be modified."""
    return Counter([comment for comment in _COMMENT.findall(text) if comment] if "#" in text else [])


def _is_1_0(text: str) -> bool:
    document = read_cached(text)
    return document.toml_1_0 if document.parse_error is None else fits_toml_1_0(text)


def _line_ends_problem(old: str, new: str) -> str:
    if old and new and old.endswith("\n") != new.endswith("\n"):
        return "the end of the last line would change"
    old_crlf, new_crlf = old.count("\r\n"), new.count("\r\n")
    bare = new.count("\n") - new_crlf
    if (new_crlf and not old_crlf) or (bare and old_crlf and old_crlf == old.count("\n")):
        return "its line ends would become mixed"
    return ""


def _stays_1_0(old: str, new: str, planned: Plan) -> bool:
    """Whether a TOML 1.0 text still is: by its characters everywhere, and by a strict parser where it changed."""
    if not _is_1_0(old):
        return True
    if not _is_1_0(new):
        return False
    shift = 0
    changed: list[str] = []
    remaining = list(planned.splices)
    for start, end in planned.windows:
        begin = start + shift
        while remaining and remaining[0].end <= end:
            splice = remaining.pop(0)
            shift += len(splice.text) - (splice.end - splice.start)
        changed.append(new[begin : end + shift])
    # Parsing only the changed parts is much faster; if one is invalid alone, parse everything.
    return all(map(_parses_strictly, changed)) or _parses_strictly(new)


def _parses_strictly(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return False
    return True
