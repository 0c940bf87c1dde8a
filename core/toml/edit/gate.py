"""Judges an edited text by an independent parser before anybody sees it: no edit of a TOML text gets around this."""

from __future__ import annotations

import gc
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from functools import lru_cache

from core.records import dataclass
from core.toml.edit.commands import Command, RawReplace
from core.toml.edit.intent import Data, same
from core.toml.edit.layout import Span, foresee, scan
from core.toml.edit.plan import document, parsed, plan
from core.toml.edit.plans import BY_HAND, Plan, Refusal, apply_splices
from core.toml.scan import ANY_STRING
from core.toml.strict import fits_toml_1_0

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
        judged = judge(text, new, planned, raw=isinstance(command, RawReplace))
        if isinstance(judged, Edited) and planned.windows and text.endswith("\n") and new.endswith("\n"):
            # The next edit is likely to be one of the same file.
            foresee(scan(text), new, Span(planned.windows[0].start, planned.windows[-1].end))
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


def judge(old: str, new: str, planned: Plan, *, raw: bool = False) -> Edited | Refusal:
    """Whether a new text is what a plan promised: data, lines, comments, line ends.

    The data must be the intended one in type, value and order, as `tomli` reads it; a text that was TOML 1.0 must stay
    so. Every line outside of the windows must be the same to the byte; comments may only be dropped or added as the
    plan says; line ends and the end of the last line stay what they were, which `raw` leaves to the person.
    """
    fault = _lines_fault(old, new, planned) or _comments_fault(old, new, planned)
    if not fault and not raw:
        fault = _line_ends_fault(old, new)
    if not fault and _FORBIDDEN.search(new) and not _FORBIDDEN.search(old):
        fault = "a character that no file should hold would come in"
    if fault:
        return _unsafe(fault)
    data = parsed(new)
    if isinstance(data, Refusal):
        return _unsafe("the text could no longer be read")
    if not same(data, planned.intended):
        return _unsafe("the data would not be what was meant")
    if not _stays_1_0(old, new, planned):
        return Refusal("unsafe", "Older releases of Pipelex could no longer read the text (TOML 1.1).", BY_HAND)
    return Edited(new, data, planned)


def _unsafe(fault: str) -> Refusal:
    return Refusal("unsafe", f"The edit was given up, as {fault}; nothing has changed.", BY_HAND)


def _lines_fault(old: str, new: str, planned: Plan) -> str:
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


def _comments_fault(old: str, new: str, planned: Plan) -> str:
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
    known = document(text)
    return known.toml_1_0 if known.fault is None else fits_toml_1_0(text)


def _line_ends_fault(old: str, new: str) -> str:
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
