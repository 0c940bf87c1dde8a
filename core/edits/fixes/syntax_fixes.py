"""Fixes of broken TOML files: one small change of a line for each plain mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import tomli

from core.api import Report
from core.diagnostics import file_codes
from core.edits.fixes.fix_base import Fix, ReplaceText, place_of
from core.problems import Problem
from core.records import dataclass
from core.suggest import latin
from core.toml import toml_0_5
from core.toml.edit.containers import comment_spans
from core.toml.edit.text_layout import scan
from core.toml.edit.toml_commands import Splice, apply_splices
from core.toml.edit.toml_writer import render
from core.toml.parse_error import ParseError
from core.toml.toml_reader import fits_toml_1_0, read_toml

MAX_FIXES = 40
MAX_CHARACTERS = 256 * 1024
"""Longer texts are not fixed: every attempt parses the whole text."""
MAX_IN_LINE = 2_000
_KEY = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_BEGIN = rf"[ \t]*{_DOTTED}[ \t]*=[ \t]*"
_STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_COMMENT = r"(?P<tail>[ \t]*(?:#.*)?)"
_FLAG = re.compile(r"(?<![\w\"'.-])(true|false|yes|no|on|off)(?![\w\"'.-])", re.IGNORECASE)
_ELEMENT = re.compile(
    rf"[ \t]*(?:(?:{_STRING}|\{{[^\n]*\}}|\[[^\n]*\]|[-+0-9.eE_]+|true|false)[ \t]*,?[ \t]*)+(?:#.*)?"
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A parseable text and the changes made to it, described without values."""

    text: str
    descriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of a fault, with the text before and after it, and the column of the fault."""

    before: str
    text: str
    after: str
    number: int
    column: int

    def put(self, text: str) -> str:
        return self.before + text + self.after


LineFix = tuple[str, str]
"""A changed text, and the description of the change."""


def fix_syntax(text: str) -> Fixed | None:
    """The text with every mistake fixed, or None where one is not plain. Nothing but the lines of mistakes changes."""
    if len(text) > MAX_CHARACTERS:
        return None
    descriptions: list[str] = []
    if text.startswith("\ufeff"):
        text = text.removeprefix("\ufeff")
        descriptions.append("remove the byte order mark")
    for _ in range(MAX_FIXES):
        fault = read_toml(text.encode("utf-8", "surrogatepass")).parse_error
        if fault is None:
            return Fixed(text, tuple(descriptions)) if descriptions else None
        result = _fix_line(text, fault) if fault.kind == "syntax" else None
        if result is None:
            return None
        text = result[0]
        descriptions.append(result[1])
    return None


def _fix_line(text: str, fault: ParseError) -> LineFix | None:
    """The first change that gets the reader past the line of the fault."""
    line = _line_of(text, fault)
    if len(line.text) > MAX_IN_LINE:
        return None
    for rule in _RULES:
        for new, description in rule(line):
            after = read_toml(new.encode("utf-8", "surrogatepass")).parse_error
            if after is None or (after.line, after.column) > _reach(line, text, new, within=rule in _WITHIN):
                return new, f"line {line.number}: {description}"
    return None


def _reach(line: _Line, old: str, new: str, *, within: bool) -> tuple[int, int]:
    """The place beyond which the next mistake must be for a change to have fixed this one."""
    if within:
        return (line.number, line.column)
    # A line more closes a bracket; right behind it would stand an element that belongs into it.
    added = new.count("\n") > old.count("\n")
    if not added:
        return (line.number + 1, 0)
    same = next((at for at, (item, other) in enumerate(zip(old, new, strict=False)) if item != other), len(old))
    return (new.count("\n", 0, same) + 3, 0)


def _line_of(text: str, fault: ParseError) -> _Line:
    lines = text.splitlines(keepends=True) or [""]
    number = min(fault.line, len(lines))
    full_line = lines[number - 1]
    body = full_line.rstrip("\r\n")
    before = "".join(lines[: number - 1])
    return _Line(before, body, full_line[len(body) :] + "".join(lines[number:]), number, fault.column)


# ---- rules, each giving changed texts


def _colon(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"([ \t]*{_DOTTED})[ \t]*:[ \t]*(.*)", line.text):
        yield line.put(f"{match[1]} = {match[2]}"), "write = for :"


def _equals(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"([ \t]*{_DOTTED})[ \t]*={{2,3}}[ \t]*(.*)", line.text):
        yield line.put(f"{match[1]} = {match[2]}"), "write a single ="
    if match := re.fullmatch(
        rf"([ \t]*{_DOTTED})[ \t]+({_STRING}|[0-9.]+|true|false|\[.*\]|\{{.*\}}){_COMMENT}", line.text
    ):
        yield line.put(f"{match[1]} = {match[2]}{match['tail']}"), "add the missing ="


def _words(line: _Line) -> Iterator[LineFix]:
    spellings = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
    match = _FLAG.match(line.text, line.column - 1)
    if match is not None and match[0] not in ("true", "false"):
        new = spellings[match[0].lower()]
        yield line.put(line.text[: match.start()] + new + line.text[match.end() :]), f"write {new}"


def _unquoted(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"({_BEGIN})(\$\{{[^}}\"'\n]+\}}){_COMMENT}", line.text):
        yield line.put(f'{match[1]}"{match[2]}"{match["tail"]}'), "put the placeholder in quotes"
    match = re.fullmatch(rf"({_BEGIN})([@$~]?[A-Za-z_][\w.:/@-]*){_COMMENT}", line.text)
    if match and match[2].lower() not in ("none", "null", "nil"):
        yield line.put(f'{match[1]}"{match[2]}"{match["tail"]}'), "put the text in quotes"


def _quote(line: _Line) -> Iterator[LineFix]:
    """A quote that is missing at one end of a value that fills the rest of its line."""
    for quote in "\"'":
        if match := re.fullmatch(rf"({_BEGIN}){quote}([^{quote}#\\\n]+?)[ \t]*", line.text):
            yield line.put(f"{match[1]}{quote}{match[2]}{quote}"), f"close the text with {quote}"
        if match := re.fullmatch(rf"({_BEGIN})([^\"'#\s\[{{][^\"'#\n]*){quote}{_COMMENT}", line.text):
            yield line.put(f"{match[1]}{quote}{match[2]}{quote}{match['tail']}"), f"open the text with {quote}"
        if match := re.fullmatch(rf"([ \t]*){quote}([^{quote}=\n]+?)([ \t]*=.*)", line.text):
            yield line.put(f"{match[1]}{quote}{match[2]}{quote}{match[3]}"), f"close the name with {quote}"


def _curly(line: _Line) -> Iterator[LineFix]:
    straight = re.sub("[\u2018\u2019\u201a\u201b`\u00b4]", "'", re.sub("[\u201c-\u201f\u00ab\u00bb]", '"', line.text))
    if straight != line.text:
        yield line.put(straight), "write straight quotes"
    if match := re.fullmatch(r"([ \t]*\[{1,2}[^\[\]#\n]+\]{1,2}|[^=\[\]#\"'\n]+)((?:[ \t]*[=#].*)?)", line.text):
        plain = latin(match[1])
        if plain.isascii() and plain != match[1]:
            yield line.put(plain + match[2]), "write the name in ASCII letters"


def _header(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"([ \t]*)(\[{{1,2}})([^\[\]#\n]+?)[ \t]*(\]?){_COMMENT}", line.text):
        closing = "]" * len(match[2])
        if match[4] != closing:
            yield (
                line.put(f"{match[1]}{match[2]}{match[3]}{closing}{match['tail']}"),
                f"close the header with {closing}",
            )
        name = match[3].strip()
        if not re.search("[\"'. \t]", name):
            yield line.put(f'{match[1]}{match[2]}"{name}"{closing}{match["tail"]}'), "put the name in quotes"


def _number(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"({_BEGIN})([+-]?[0-9]+),([0-9]+){_COMMENT}", line.text):
        yield line.put(f"{match[1]}{match[2]}.{match[3]}{match['tail']}"), "write a decimal point"
    at = line.column - 1
    if match := re.compile(r"([+-]?)\.([0-9])").match(line.text, at):
        yield (
            line.put(line.text[:at] + f"{match[1]}0.{match[2]}" + line.text[match.end() :]),
            "write 0 before the point",
        )


def _trailing_character(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(rf"(.*?)[ \t]*[,;]{_COMMENT}", line.text):
        yield line.put(f"{match[1]}{match['tail']}"), "remove the character at the end"


def _comment(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(r"([ \t]*)(?://|;|--|%)[ \t]*(.*)", line.text):
        yield line.put(f"{match[1]}# {match[2]}".rstrip()), "begin the comment with #"
    if match := re.fullmatch(r"(.*?[ \t])//[ \t]*(.*)", line.text):
        yield line.put(f"{match[1]}# {match[2]}"), "begin the comment with #"


def _name(line: _Line) -> Iterator[LineFix]:
    if match := re.fullmatch(r"([ \t]*)([^\s\"'=#\[\]{}][^\"'=#\[\]{}]*?)([ \t]*=[ \t]*\S.*)", line.text):
        yield line.put(f'{match[1]}"{match[2]}"{match[3]}'), "put the name in quotes"


def _bracket(line: _Line) -> Iterator[LineFix]:
    """Close an open bracket after the last line that can belong to it."""
    at = line.column - 1
    opened = line.text[at : at + 1]
    if opened not in ("[", "{"):
        return
    closing = "]" if opened == "[" else "}"
    match = re.fullmatch(rf"(.*?)([ \t]*,)?{_COMMENT}", line.text)
    description = f"close the bracket with {closing}"
    if match is not None and match[1].rstrip() and not match[1].rstrip().endswith(opened):
        space = " " if opened == "{" else ""
        yield line.put(f"{match[1]}{space}{closing}{match['tail']}"), description
    if opened == "[":
        yield from ((text, description) for text in _closed_below(line))


def _closed_below(line: _Line) -> Iterator[str]:
    """The text with `]` behind each of the lines that may be elements: no element makes a line of its own elsewhere."""
    newline = "\r\n" if "\r\n" in line.after else "\n"
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    remaining = line.after.splitlines(keepends=True)
    for index in range(1, len(remaining)):
        text = remaining[index].rstrip("\r\n")
        if _ELEMENT.fullmatch(text):
            head = line.text + "".join(remaining[: index + 1])
            head = head if head.endswith("\n") else head + newline
            yield line.before + head + indent + "]" + newline + "".join(remaining[index + 1 :])
        elif text.strip() and not text.lstrip().startswith("#"):
            return


def _brace(line: _Line) -> Iterator[LineFix]:
    """A brace that is not closed on the line above."""
    above = line.before.rstrip("\r\n \t")
    start = above.rfind("\n") + 1
    match = re.fullmatch(rf"(.*\{{[^}}\n]*?)([ \t]*,)?{_COMMENT}", above[start:])
    if match is not None and re.match(rf"[ \t]*(?:\[|{_DOTTED}[ \t]*=)", line.text):
        closed = above[:start] + match[1] + " }" + match["tail"]
        yield closed + line.before[len(above) :] + line.text + line.after, "close the bracket above with }"


def _comma(line: _Line) -> Iterator[LineFix]:
    """Elements of an array with nothing between them, on one line or on two."""
    at = line.column - 1
    head = line.text[:at].rstrip()
    if head and head[-1] in "\"'0123456789}]" and line.text[at : at + 1] not in ("", "]", "}"):
        yield line.put(head + ", " + line.text[at:]), "add the missing comma"
    above = line.before.rstrip("\r\n")
    if not line.text[:at].strip() and above[-1:] in ('"', "'", "}", "]", *"0123456789"):
        ends = line.before[len(above) :]
        yield above + "," + ends + line.text + line.after, "add the missing comma above"


def _duplicate(line: _Line) -> Iterator[LineFix]:
    """A statement repeated verbatim in its table."""
    text = line.text.strip()
    if not re.match(rf"{_DOTTED}[ \t]*=", text):
        return
    for above in reversed(line.before.splitlines()):
        if above.lstrip().startswith("["):
            return
        if above.strip() == text:
            ended = re.match(r"\r?\n", line.after)
            yield line.before + line.after[ended.end() if ended else 0 :], "remove the duplicate line"
            return


_RULES: tuple[Callable[[_Line], Iterator[LineFix]], ...] = (
    _duplicate,
    _words,
    _number,
    _colon,
    _equals,
    _curly,
    _header,
    _bracket,
    _brace,
    _comma,
    _trailing_character,
    _comment,
    _quote,
    _unquoted,
    _name,
)
_WITHIN = (_words, _number, _comma)
"""Rules that change one value among others of a line, which may hold further mistakes."""


_MAX_WORDS = 3


def syntax(report: Report, problem: Problem) -> Iterator[Fix]:
    """Text whose mistakes are all plain: the whole file can be read after the fix."""
    source, _ = place_of(report, problem) or (None, ())
    if source is None or source.document.text is None:
        return
    fixed = fix_syntax(source.document.text)
    if fixed is not None:
        shown = "; ".join(fixed.descriptions[:_MAX_WORDS])
        more = f"; and {len(fixed.descriptions) - _MAX_WORDS} more" if len(fixed.descriptions) > _MAX_WORDS else ""
        yield Fix(ReplaceText(source.path, fixed.text, f"fix {source.shown}"), shown + more)


def toml_1_0(report: Report, problem: Problem) -> Iterator[Fix]:
    """Rewrite TOML 1.1 values as TOML 1.0, on one line, unless comments would be lost."""
    source = next((item for item in report.catalog.tree.sources if item.shown == problem.subject), None)
    if source is None or source.document.text is None:
        return
    new = as_toml_1_0(source.document.text)
    if new is None:
        return
    if problem.diagnostic is file_codes.TOML_TOO_NEW and toml_0_5.refusal(new, trims_lines=False):
        return
    label = f"write {source.shown} in TOML 1.0"
    yield Fix(ReplaceText(source.path, new, label), "write each inline table on one line")


def as_toml_1_0(text: str) -> str | None:
    """Rewrite all TOML 1.1 values of a text; None if there are none, or a comment would be lost."""
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
