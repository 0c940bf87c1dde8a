"""Fixes of whole files: text that is no TOML, a byte order mark, TOML that older readers refuse."""

from __future__ import annotations

from collections.abc import Iterator

import tomli

from core.api import Report
from core.diagnostics import file_codes
from core.edits.fixes.fix import Fix, place_of
from core.edits.fixes.syntax import fix_syntax
from core.edits.in_place import ReplaceText
from core.problems import Problem
from core.toml import toml_0_5
from core.toml.edit.containers import comment_spans
from core.toml.edit.text_layout import scan
from core.toml.edit.toml_commands import Splice, apply_splices
from core.toml.edit.toml_writer import render
from core.toml.positions import locate
from core.toml.reader import fits_toml_1_0, read_toml

_MAX_WORDS = 3


def syntax(report: Report, problem: Problem) -> Iterator[Fix]:
    """Text whose mistakes are all plain: the whole file can be read after the fix."""
    source, _ = place_of(report, problem) or (None, ())
    if source is None or source.document.text is None:
        return
    fixed = fix_syntax(source.document.text)
    if fixed is not None:
        shown = "; ".join(fixed.words[:_MAX_WORDS])
        more = f"; and {len(fixed.words) - _MAX_WORDS} more" if len(fixed.words) > _MAX_WORDS else ""
        yield Fix(problem.code, ReplaceText(source.path, fixed.text, f"fix {source.shown}"), shown + more)


def toml_1_0(report: Report, problem: Problem) -> Iterator[Fix]:
    """Values that need TOML 1.1, written on one line as every reader takes them. Not where comments would be lost."""
    source = next((one for one in report.catalog.tree.sources if one.shown == problem.subject), None)
    if source is None or source.document.text is None:
        return
    new = as_toml_1_0(source.document.text)
    if new is None:
        return
    if problem.diagnostic is file_codes.TOML_TOO_NEW and toml_0_5.refused(read_toml(new.encode()), locate(new)):
        return
    what = f"write {source.shown} in TOML 1.0"
    yield Fix(problem.code, ReplaceText(source.path, new, what), "write each inline table on one line")


def as_toml_1_0(text: str) -> str | None:
    """A text with every value that needs TOML 1.1 written anew; None when there is none, or a comment would be lost."""
    if text.startswith("\ufeff"):
        return None
    layout = scan(text)
    comments = comment_spans(layout)
    splices = []
    for statement in layout.statements:
        if statement.kind != "pair":
            continue
        start, end = statement.value_start, statement.value_end
        value = text[start:end]
        if fits_toml_1_0(f"x = {value}\n"):
            continue
        if any(start <= at < end for at, _ in comments):
            return None
        splices.append(Splice(start, end, render(tomli.loads(f"x = {value}\n")["x"], flat=True)))
    new = apply_splices(text, splices)
    return new if splices and fits_toml_1_0(new) else None
