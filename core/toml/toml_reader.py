"""Read TOML 1.1 text with `tomli`: a document holds the data, or the parse error beside the text."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import field
from functools import cached_property, lru_cache
from itertools import chain, compress
from typing import Any, cast
from weakref import WeakValueDictionary

import tomli

from core.records import dataclass
from core.toml.error_messages import explain_error
from core.toml.parse_error import ParseError, line_and_column
from core.toml.positions import Position, Positions, locate
from core.toml.scanner import ANY_STRING

# What TOML 1.1 added: the escapes `\e` and `\xHH`, times without seconds, and inline tables that run over several lines
# or end in a comma. These signs are searched first, at C speed; few texts have one, and only then is it read token by
# token, since a sign may as well stand in a comment, a string or an array. No sign looks further than over white space
# into the next line, so the search takes no more than a walk over the text.
_TABLE_SIGNS = (
    re.compile(r"\{[ \t]*+(?:#|\r?\n)"),
    re.compile(r"\n[ \t]*+[},]"),
    re.compile(r",[ \t]*+[#}]"),
    re.compile(r""",[ \t]*+\r?\n[ \t\r\n]*+(?:[#}]|(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+[=.])"""),
)
_TIME_SIGN = re.compile(r":(?<=[0-2][0-9]:)[0-5][0-9](?![0-9:])")
_TOKEN = re.compile(rf"""{ANY_STRING}|\#[^\n]*+|[\[\]{{}},\n]|[^\[\]{{}},\n"'\#]++""", re.VERBOSE)
# Neither the end of a longer time nor an offset such as `-08:00`.
_SHORT_TIME = re.compile(r"(?<![0-9:+-])[0-9]{2}:[0-9]{2}(?!:)")
_NEW_ESCAPE = re.compile(r"(?:[^\\]|\\[^ex])*+\\[ex]", re.DOTALL)


def fits_toml_1_0(text: str) -> bool:
    """Whether a text that a TOML 1.1 parser accepted is TOML 1.0 too."""
    suspicious = (
        ("\\" in text and ("\\e" in text or "\\x" in text))
        or _TIME_SIGN.search(text) is not None
        or ("{" in text and any(sign.search(text) for sign in _TABLE_SIGNS))
    )
    return not suspicious or not _needs_1_1(text)


def _needs_1_1(text: str) -> bool:
    opened: list[str] = []
    comma = False
    for token in _TOKEN.findall(text):
        first = token[0]
        if first == "#" or (token.isspace() and first != "\n"):
            continue
        if first in "[{":
            opened.append(first)
        elif first in "]}":
            if first == "}" and comma:
                return True
            if opened:
                opened.pop()
        elif first == "\n":
            if opened and opened[-1] == "{":
                return True
            continue
        elif first == '"':
            if _NEW_ESCAPE.match(token):
                return True
        elif first != "'" and _SHORT_TIME.search(token):
            return True
        comma = first == ","
    return False


LONG = 192 * 1024
"""From so many characters on: some 30 ms of the compiled parser, on slow machines 100; no file of a stock tree has so
many."""


def parse(text: str) -> dict[str, Any]:
    """The data of a text. Raises what `tomli.loads` raises: TOMLDecodeError, RecursionError and ValueError."""
    if len(text) >= LONG and threading.current_thread() is not threading.main_thread():
        return patient()(text)
    return tomli.loads(text)


@lru_cache(maxsize=1)
def patient() -> Callable[[str], dict[str, Any]]:
    """`tomli.loads` that gives way to other threads; the compiled one where its source is not installed."""
    import importlib.util
    from importlib.machinery import SourceFileLoader
    from pathlib import Path

    source = Path(tomli.__file__).with_name("_parser.py")
    if not source.exists():
        return tomli.loads
    name = "tomli._patient"
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, str(source)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.TOMLDecodeError = tomli.TOMLDecodeError  # type: ignore[attr-defined]
    return cast("Callable[[str], dict[str, Any]]", module.loads)


__all__ = ["MAX_BYTES", "MAX_DEPTH", "ParseError", "TomlDocument", "read_text", "read_toml"]

# A file larger than this is not parsed: no configuration is, and a person waits for it.
MAX_BYTES = 8 * 1024 * 1024
# The size of a whole number of 4,300 digits, the most that Python converts to text.
_MAX_BITS = 14_280
# Levels of tables and arrays. Deeper data is withheld, so whoever walks the data may recurse.
MAX_DEPTH = 100

_BOM_WORDS = "the file begins with a byte order mark, which Pipelex refuses: save it as UTF-8 without one"
_OTHER_UNICODE = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_NODES = frozenset((dict, list))
_DIGITS = re.compile(r"[0-9][0-9_]{999,}")
_OTHER_BASE = re.compile(r"0[xob][0-9A-Fa-f_]{3000,}")
_BRACKET = re.compile(rf"""{ANY_STRING}|\#[^\n]*+|([\[{{])|([\]}}])""", re.VERBOSE)


@dataclass(frozen=True)
class TomlDocument:
    """The text and data of a file, both complete when there is no parse error.

    `text` is the exact content, byte order mark and CRLF included; None when the bytes are not UTF-8 or too many.
    `data` is empty after a parse error, except for a byte order mark alone. `toml_1_0` says whether a TOML 1.0 parser
    accepts the text too; it is false when the text was not parsed.
    """

    text: str | None = field(repr=False)
    data: dict[str, object] = field(repr=False)
    parse_error: ParseError | None
    toml_1_0: bool

    @cached_property
    def positions(self) -> Positions:
        """Where its keys stand: looked up once, however often the same text is read again."""
        return locate(self.text or "")


def read_toml(raw: bytes) -> TomlDocument:
    """Read bytes as TOML 1.1 with `tomli`, as Pipelex does from 0.12 on. Never raises."""
    if len(raw) > MAX_BYTES:
        size = MAX_BYTES // (1024 * 1024)
        message = f"the file is larger than {size} MiB, the most that is read: it is hardly a configuration"
        return _refused(None, ParseError("too_large", message, 1, 1, None))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _refused(None, _encoding_error(raw, error))
    return read_text(text)


def read_text(text: str) -> TomlDocument:
    """Read a text likewise. Never raises."""
    known = _known.get(text)
    if known is None:
        known = _known[text] = _read(text)
    return known


_known: WeakValueDictionary[str, TomlDocument] = WeakValueDictionary()
"""What was read, as long as anybody holds it: a text that was judged before it is written is not parsed again."""


def _read(text: str) -> TomlDocument:
    bom = text.startswith("\ufeff")
    body = text[1:] if bom else text
    try:
        data: dict[str, object] = parse(body)
    except tomli.TOMLDecodeError as error:
        parse_error = _syntax_error(body, error)
    except RecursionError:
        parse_error = _nesting_error(body, _first_deep(body))
    except (ValueError, OverflowError):
        parse_error = _number_error(body)
    else:
        deep = _too_deep(data)
        if _OTHER_BASE.search(body) and _holds_huge_number(data):
            parse_error = _number_error(body)
        elif not deep:
            bom_error = ParseError("bom", _BOM_WORDS, 1, 1, 0) if bom else None
            return TomlDocument(text, data, bom_error, fits_toml_1_0(body))
        else:
            parse_error = _nesting_error(body, locate(body).nearest(deep))
    return _refused(text, _after_bom(parse_error) if bom else parse_error)


def _refused(text: str | None, parse_error: ParseError) -> TomlDocument:
    return TomlDocument(text, {}, parse_error, False)


def _after_bom(parse_error: ParseError) -> ParseError:
    """The same parse_error in the text that still has its byte order mark, which is a parse_error too."""
    message = f"{parse_error.message} (also, {_BOM_WORDS})"
    column = parse_error.column + (parse_error.line == 1)
    return ParseError(
        parse_error.kind,
        message,
        parse_error.line,
        column,
        None if parse_error.offset is None else parse_error.offset + 1,
    )


def _encoding_error(raw: bytes, error: UnicodeDecodeError) -> ParseError:
    at = error.start
    # All that stands before the refused byte is UTF-8.
    line, column = line_and_column(raw[:at].decode("utf-8"), len(raw[:at].decode("utf-8")))
    found = f"byte 0x{raw[at]:02X} at offset {at} (line {line})"
    name = next((name for mark, name in _OTHER_UNICODE if raw.startswith(mark)), None)
    if name:
        words = f"the file seems to be {name}: save it as UTF-8"
    elif error.reason == "unexpected end of data":
        words = f"the file ends in the middle of a character, {found}: it may have been cut off"
    else:
        words = f"the file is not UTF-8, {found}: save it as UTF-8"
    return ParseError("encoding", words, line, column, at)


def _syntax_error(text: str, error: tomli.TOMLDecodeError) -> ParseError:
    parsed = text.replace("\r\n", "\n")
    message, pos = explain_error(parsed, error.pos, error.msg)
    line, column = line_and_column(parsed, pos)
    return ParseError("syntax", message, line, column, _offset(text, line, column))


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _number_error(text: str) -> ParseError:
    """The one refusal of `tomli` that names no place: whole numbers of more digits than Python converts.

    `tomli` takes such a number in base 2, 8 or 16; Python then refuses to write it in any message.
    """
    found = _DIGITS.search(text) or _OTHER_BASE.search(text)
    offset = found.start() if found else 0
    line, column = line_and_column(text, offset)
    message = "a number with too many digits" if found else "a value that cannot be read"
    return ParseError("syntax", f"{message}: put it in quotes if it is text", line, column, offset if found else None)


def _nesting_error(text: str, at: Position) -> ParseError:
    message = f"tables or arrays are nested more than {MAX_DEPTH} levels deep: nothing in this file is read"
    return ParseError("nesting", message, at.line, at.column, _offset(text, at.line, at.column))


def _too_deep(data: dict[str, object]) -> tuple[str | int, ...]:
    """The path of a table or array deeper than `MAX_DEPTH`, empty when there is none."""
    # In C as far as it goes: this looks at each value of each file that is read.
    values: Iterable[object] = data.values()
    for _ in range(MAX_DEPTH + 1):
        values = tuple(values)
        found = list(compress(values, map(_NODES.__contains__, map(type, values))))
        nodes = cast("list[dict[str, object] | list[object]]", found)
        if not nodes:
            return ()
        values = chain.from_iterable([node.values() if isinstance(node, dict) else node for node in nodes])
    pending: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    while pending:
        path, node = pending.pop()
        if len(path) > MAX_DEPTH:
            return path
        keys = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in keys if isinstance(value, dict | list)]
    return ()


def _holds_huge_number(data: dict[str, object]) -> bool:
    """Whether a whole number anywhere has more digits than Python converts to text."""
    pending: list[object] = [data]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending += node.values()
        elif isinstance(node, list):
            pending += node
        elif isinstance(node, int) and node.bit_length() > _MAX_BITS:
            return True
    return False


def _first_deep(text: str) -> Position:
    """Where a text that `tomli` finds nested too deep seems to become so: in brackets, else in the points of a name."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[1] else -1 if found[2] else 0
        if depth > MAX_DEPTH:
            return Position(*line_and_column(text, found.start()))
    lines = text.split("\n")
    return Position(next((number for number, line in enumerate(lines, 1) if line.count(".") >= MAX_DEPTH), 1), 1)
