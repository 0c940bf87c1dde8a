"""Plans an edit of a TOML text: a command becomes ordered splices and the data they must give, or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import cast

import tomli

from core.toml.edit import commands as c
from core.toml.edit.cuts import delete
from core.toml.edit.draft import Draft
from core.toml.edit.find import find_value, sections_below
from core.toml.edit.inside import comment_spans
from core.toml.edit.intent import Data
from core.toml.edit.layout import Path, Span, scan
from core.toml.edit.lines import insert_key, move_key
from core.toml.edit.names import rename
from core.toml.edit.plans import Plan, Refusal, Refused, Splice
from core.toml.edit.remarks import set_comment
from core.toml.edit.tables import add_table, append_table, move_table
from core.toml.edit.values import insert_element, move_element, set_value
from core.toml.parse import parse
from core.toml.read import TomlDocument, read_text, read_toml

_PLANNERS: dict[type, Callable[..., Plan]] = {
    c.SetValue: set_value,
    c.InsertKey: insert_key,
    c.DeleteKey: delete,
    c.RenameKey: rename,
    c.MoveKey: move_key,
    c.AddTable: add_table,
    c.AppendTable: append_table,
    c.DeleteTable: delete,
    c.RenameTable: rename,
    c.MoveTable: move_table,
    c.InsertElement: insert_element,
    c.MoveElement: move_element,
    c.SetComment: set_comment,
}


@lru_cache(maxsize=8)
def document(text: str) -> TomlDocument:
    """A text as it is read. Kept for the texts read last, so that reading one as a file does not parse it again."""
    return read_text(text)


def parsed(text: str) -> Data | Refusal:
    """The data of a text, not to be changed, or why it has none."""
    found = document(text)
    if found.fault is None:
        return found.data
    try:
        return cast("Data", parse(text))
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        fault = read_toml(text.encode("utf-8", "surrogatepass")).fault
        where = f"line {fault.line}: {fault.message}" if fault else "it is no TOML"
        return Refusal("unreadable", f"The text cannot be read ({where}).", "Mend it as raw text first.")


def plan(text: str, command: c.Command) -> Plan | Refusal:
    """How to edit a text, or why not. Never raises. A command that changes nothing gives a plan without splices."""
    if isinstance(command, c.RawReplace):
        return _plan_raw(text, command)
    data = parsed(text)
    if isinstance(data, Refusal):
        return data
    newline = main_newline(text)
    whole = text if text.endswith("\n") or not text else text + newline
    draft = Draft(scan(whole), data, newline)
    try:
        if isinstance(command, c.MoveKey) and _has_header(draft, command.path):
            command = c.MoveTable(command.path, command.before, command.after)
        planned = _PLANNERS[type(command)](draft, command)
    except Refused as refused:
        return refused.refusal
    return planned if whole == text else _settled(text, newline, planned)


def main_newline(text: str) -> str:
    """The line end that most lines of a text have; a line feed when it has none."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _has_header(draft: Draft, path: Path) -> bool:
    return bool(sections_below(draft.layout, path)) and find_value(draft.layout, path) is None


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
    data = parsed(new)
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
