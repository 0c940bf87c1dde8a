"""Problems of files as a whole: missing, unreadable, not TOML, or newer TOML than the release reads."""

from __future__ import annotations

from dataclasses import replace

from core.diagnostics import file_codes
from core.entities import Place
from core.errors import Condition
from core.files.source import LayeredDocument, Source
from core.files.view import FORBIDDEN, GIVE_PERMISSION, IS_FOLDER, MISSING, NO_FOLDER
from core.masking import in_backend_file
from core.problems import Findings
from core.releases import Release
from core.toml.toml_0_5 import Refusal

_TOMLI_SINCE = Release(0, 12, 0)
_DECK_IS_OPENED_SINCE = Release(0, 11, 0)
"""0.10 asks whether a deck file exists before it opens it."""
_CONDITIONS = {
    MISSING: Condition.SPEC_MISSING,
    IS_FOLDER: Condition.FILE_IS_A_FOLDER,
    FORBIDDEN: Condition.FILE_FORBIDDEN,
    NO_FOLDER: Condition.NOT_A_FOLDER,
}
_BOM_IN_KEY = {
    "routing": Condition.ROUTING_SHAPE,
    "backends": Condition.BACKEND_NOT_A_TABLE,
    "deck": Condition.DECK_SHAPE,
    "spec": Condition.SPEC_NOT_A_TABLE,
    "settings": Condition.SETTINGS,
}
"""Up to 0.11 a byte order mark is read as part of the first key, which is then unknown."""
_OLD_READER = {
    "IndexError": Condition.OLD_READER_INDEX,
    "KeyError": Condition.OLD_READER_KEY,
    "TypeError": Condition.OLD_READER_TYPE,
    "AttributeError": Condition.OLD_READER_ATTRIBUTE,
    "ValueError": Condition.OLD_READER_VALUE,
    "OverflowError": Condition.OLD_READER_OVERFLOW,
    "RecursionError": Condition.OLD_READER_RECURSION,
}
"""The exceptions of the reader of 0.10 and 0.11 that are not its own error, by class."""
_SYNTAX_CONDITIONS = {
    "encoding": Condition.ENCODING,
    "nesting": Condition.NESTING,
    "number": Condition.NUMBER_SYNTAX,
}
"""Faults that the reader does not take for a syntax error, by kind."""
_SYNTAX_CODES = {
    "encoding": file_codes.FILE_ENCODING,
    "bom": file_codes.FILE_BOM,
    "too_large": file_codes.FILE_TOO_LARGE,
}


def report_document(document: LayeredDocument, findings: Findings, kind: str, content: str) -> bool:
    """Report the problems of a base file and its overrides. Returns whether there is data to read."""
    base = document.sources[0]
    if base.error == MISSING:
        findings.refuse(
            file_codes.BACKENDS_MISSING if kind == "backends" else file_codes.ROUTING_MISSING,
            Condition.BACKENDS_MISSING if kind == "backends" else Condition.ROUTING_MISSING,
            f"{base.shown} does not exist: there is no {content}",
            Place(base, ()),
            fix=f"create {base.shown}",
            cause=f"file {base.shown}",
            subject=base.shown,
        )
        return False
    for source in document.sources:
        report_source(source, findings, kind)
    return bool(document.data) or base.readable


def _unreadable(error: str, release: Release, kind: str) -> Condition:
    """The condition of a file that cannot be read. A deck file that does not exist is no deck; in 0.10 also a loop."""
    if kind == "deck" and (error == MISSING or (error not in _CONDITIONS and release < _DECK_IS_OPENED_SINCE)):
        return Condition.DECK_MISSING
    return _CONDITIONS.get(error, Condition.FILE_UNREADABLE)


def report_source(source: Source, findings: Findings, kind: str) -> bool:
    """Report the problems of one file. Returns whether there is data to read."""
    if source.error is not None:
        findings.refuse(
            file_codes.FILE_UNREADABLE,
            _unreadable(source.error, findings.release, kind),
            f"{source.shown} {source.error}",
            Place(source, ()),
            fix=GIVE_PERMISSION if source.error == FORBIDDEN else "replace it with a readable file",
            cause=f"file {source.shown}",
            subject=source.shown,
        )
        return False
    if source.document.parse_error is not None:
        _report_syntax(source, findings, kind)
        return bool(source.data)
    if source.refusal is not None:
        _report_newer_toml(source, source.refusal, findings, kind)
    return True


def _report_newer_toml(source: Source, refusal: Refusal, findings: Findings, kind: str) -> None:
    """Report TOML that the reader of 0.10 and 0.11 refuses."""
    findings.refuse(
        file_codes.TOML_TOO_NEW,
        _OLD_READER.get(refusal.error, Condition[f"{kind.upper()}_SYNTAX"]),
        f"{source.shown}:{refusal.line}: {refusal.feature}, which {findings.release} cannot read",
        Place(source, ()),
        fix="write it as TOML 0.5: arrays of one type, inline tables on one line",
        cause=f"file {source.shown}",
        subject=source.shown,
    )
    _move_to(findings, source, refusal.line, 1)


def _move_to(findings: Findings, source: Source, line: int, column: int) -> None:
    """Give the last problem a line and column instead of those of a key."""
    problem = findings.items[-1]
    assert problem.location is not None
    location = replace(problem.location, line=line, column=column, key="", path=())
    findings.items[-1] = replace(problem, location=location)


def _report_syntax(source: Source, findings: Findings, kind: str) -> None:
    """Report a file's syntax error at its line and column."""
    error = source.document.parse_error
    assert error is not None
    condition = _SYNTAX_CONDITIONS.get(error.kind, Condition[f"{kind.upper()}_SYNTAX"])
    if error.kind == "bom" and findings.release < _TOMLI_SINCE and _starts_with_key(source):
        condition = _BOM_IN_KEY[kind]
    if source.refusal is not None:
        condition = _OLD_READER.get(source.refusal.error, condition)
    findings.refuse(
        _SYNTAX_CODES.get(error.kind, file_codes.SYNTAX),
        condition,
        f"{source.shown}:{error.line}:{error.column}: {error.message}",
        Place(source, ()),
        cause=f"file {source.shown}",
        subject=source.shown,
    )
    _move_to(findings, source, error.line, error.column)
    text = source.document.text
    if text is not None and error.kind != "bom":  # no text shows what is wrong
        findings.items[-1] = replace(findings.items[-1], excerpt=error.caret(text, strict=in_backend_file(source.path)))


def _starts_with_key(source: Source) -> bool:
    line = (source.document.text or "").removeprefix("\ufeff").split("\n", 1)[0].strip()
    return bool(line) and line[0] not in "#["
