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
    """A text as it is read. Kept for the texts read last, so that reading one as a file does not parse it again."""
    return read_text(text)


def read_data(text: str) -> Data | Refusal:
    """The data of a text, not to be changed, or why it has none."""
    found = read_cached(text)
    if found.parse_error is None:
        return found.data
    try:
        return cast("Data", parse(text))
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        problem = read_toml(text.encode("utf-8", "surrogatepass")).parse_error
        where = f"line {problem.line}: {problem.message}" if problem else "it is no TOML"
        return Refusal("unreadable", f"The text cannot be read ({where}).", "Mend it as raw text first.")


def plan(text: str, command: c.Command) -> Plan | Refusal:
    """How to edit a text, or why not. Never raises. A command that changes nothing gives a plan without splices."""
    if isinstance(command, c.RawReplace):
        return _plan_raw(text, command)
    data = read_data(text)
    if isinstance(data, Refusal):
        return data
    newline = main_newline(text)
    whole = text if text.endswith("\n") or not text else text + newline
    context = PlanContext(scan(whole), data, newline)
    try:
        planner = _PLANNERS[type(command)]
        if isinstance(command, c.MoveKey) and _has_header(context, command.path):
            planner = move_table
        planned = planner(context, command)
    except RefusalError as refused:
        return refused.refusal
    return planned if whole == text else _settled(text, newline, planned)


def main_newline(text: str) -> str:
    """The line end that most lines of a text have; a line feed when it has none."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _has_header(context: PlanContext, path: Path) -> bool:
    return bool(sections_below(context.layout, path)) and find_value(context.layout, path) is None


def _settled(text: str, newline: str, planned: Plan) -> Plan:
    """A plan for a text with a last line end made one for the text that has none, and is to have none."""
    size = len(text)
    splices: list[Splice] = []
    for start, end, new in planned.splices:
        if splices and splices[-1].end == start:
            # Joined, so that the last splice alone decides how the text ends.
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
            # Whole lines go, so the line before them becomes the last, and loses its end.
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
    """The comments of a text as the scanner finds them."""
    return [text[start:end] for start, end in comment_spans(scan(text))]


def _difference(old: list[str], new: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    dropped, added = list(old), []
    for comment in new:
        if comment in dropped:
            dropped.remove(comment)
        else:
            added.append(comment)
    return tuple(dropped), tuple(added)


# Strings are walked over, so that a `#` in one is not taken for a comment.
_COMMENT = re.compile(rf"{ANY_STRING}|(\#[^\r\n]*+)")
_ELSEWHERE = "lines that it does not concern would change"
_FORBIDDEN = re.compile("[\x00\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Edited:
    """A text that passed the gate, its data, and the plan that made it."""

    text: str = field(repr=False)
    data: Data = field(repr=False)
    plan: Plan = field(repr=False)

    @property
    def changed(self) -> bool:
        """Whether the text differs from the one before."""
        return bool(self.plan.splices)


def apply(text: str, command: Command) -> Edited | Refusal:
    """Edit a text. Never raises: an edit that cannot be made, or does not give exactly the intended, is refused."""
    with _no_collection():
        planned = plan(text, command)
        if isinstance(planned, Refusal):
            return planned
        try:
            new = apply_splices(text, planned.splices)
        except ValueError as error:
            return _unsafe(str(error))
        judged = verify(text, new, planned, raw=isinstance(command, RawReplace))
        if isinstance(judged, Edited) and planned.windows and text.endswith("\n") and new.endswith("\n"):
            # The next edit is likely to be one of the same file.
            prepare_layout(scan(text), new, Span(planned.windows[0].start, planned.windows[-1].end))
        return judged


@contextmanager
def _no_collection() -> Iterator[None]:
    """Python's search for garbage put off: among the many small values of a long text it takes half of the time.

    Nothing here makes cycles, so none is missed.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def verify(old: str, new: str, planned: Plan, *, raw: bool = False) -> Edited | Refusal:
    """Whether a new text is what a plan promised: data, lines, comments, line ends.

    The data must be the intended one in type, value and order, as `tomli` reads it; a text that was TOML 1.0 must stay
    so. Every line outside of the windows must be the same to the byte; comments may only be dropped or added as the
    plan says; line ends and the end of the last line stay what they were, which `raw` leaves to the person.
    """
    problem = _lines_problem(old, new, planned) or _comments_problem(old, new, planned)
    if not problem and not raw:
        problem = _line_ends_problem(old, new)
    if not problem and _FORBIDDEN.search(new) and not _FORBIDDEN.search(old):
        problem = "a character that no file should hold would come in"
    if problem:
        return _unsafe(problem)
    data = read_data(new)
    if isinstance(data, Refusal):
        return _unsafe("the text could no longer be read")
    if not identical(data, planned.intended):
        return _unsafe("the data would not be what was meant")
    if not _stays_1_0(old, new, planned):
        return Refusal("unsafe", "Older releases of Pipelex could no longer read the text (TOML 1.1).", BY_HAND)
    return Edited(new, data, planned)


def _unsafe(problem: str) -> Refusal:
    return Refusal("unsafe", f"The edit was given up, as {problem}; nothing has changed.", BY_HAND)


def _lines_problem(old: str, new: str, planned: Plan) -> str:
    """Whether anything outside of the windows differs, each line looked for at the very offset where it must be."""
    at = place = 0
    left = list(planned.splices)
    for start, end in planned.windows:
        if not at <= start <= end <= len(old) or not (_begins_line(old, start) and _begins_line(old, end)):
            return _ELSEWHERE
        size = end - start
        while left and start <= left[0].start and left[0].end <= end:
            splice = left.pop(0)
            size += len(splice.text) - (splice.end - splice.start)
        if not _matches(old, at, start, new, place):
            return _ELSEWHERE
        place += start - at + size
        at = end
    ended = place + len(old) - at == len(new)
    return "" if not left and ended and _matches(old, at, len(old), new, place) else _ELSEWHERE


def _matches(old: str, start: int, end: int, new: str, place: int) -> bool:
    return new.startswith(old[start:end], place)


def _begins_line(text: str, offset: int) -> bool:
    """Whether a line begins at an offset, or none of its characters but its end stand behind it."""
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
    """The comments of a text, each with how often it stands there. Not to be changed."""
    return Counter([comment for comment in _COMMENT.findall(text) if comment] if "#" in text else [])


def _is_1_0(text: str) -> bool:
    known = read_cached(text)
    return known.toml_1_0 if known.parse_error is None else fits_toml_1_0(text)


def _line_ends_problem(old: str, new: str) -> str:
    if old and new and old.endswith("\n") != new.endswith("\n"):
        return "the end of the last line would change"
    old_crlf, new_crlf = old.count("\r\n"), new.count("\r\n")
    bare = new.count("\n") - new_crlf
    if (new_crlf and not old_crlf) or (bare and old_crlf and old_crlf == old.count("\n")):
        return "its lines would no longer all end in the same way"
    return ""


def _stays_1_0(old: str, new: str, planned: Plan) -> bool:
    """Whether a text that was TOML 1.0 still is: by its signs everywhere, and by a strict parser where it changed."""
    if not _is_1_0(old):
        return True
    if not _is_1_0(new):
        return False
    shift = 0
    changed: list[str] = []
    left = list(planned.splices)
    for start, end in planned.windows:
        begin = start + shift
        while left and left[0].end <= end:
            splice = left.pop(0)
            shift += len(splice.text) - (splice.end - splice.start)
        changed.append(new[begin : end + shift])
    # Parts of a text are read in a fraction of the time; only when they make no sense alone, the whole is.
    return all(map(_is_strict, changed)) or _is_strict(new)


def _is_strict(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return False
    return True
