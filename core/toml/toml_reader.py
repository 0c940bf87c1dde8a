"""Read TOML 1.1 with `tomli`, as Pipelex does: a document holds the data, or the parse error beside the text."""

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
from core.toml.parse_error import ParseError, line_and_column
from core.toml.positions import Position, Positions, locate
from core.toml.scanner import ANY_STRING

# TOML 1.1 added the escapes `\e` and `\xHH`, times without seconds, and inline tables over several lines or with a
# trailing comma. A fast search finds hints of these first; only then is the text read token by token, as a hint may
# also be in a comment, a string or an array. No hint spans more than white space into the next line, so the search is
# linear.
_TABLE_HINTS = (
    re.compile(r"\{[ \t]*+(?:#|\r?\n)"),
    re.compile(r"\n[ \t]*+[},]"),
    re.compile(r",[ \t]*+[#}]"),
    re.compile(r""",[ \t]*+\r?\n[ \t\r\n]*+(?:[#}]|(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+[=.])"""),
)
_TIME_HINT = re.compile(r":(?<=[0-2][0-9]:)[0-5][0-9](?![0-9:])")
_TOKEN = re.compile(rf"""{ANY_STRING}|\#[^\n]*+|[\[\]{{}},\n]|[^\[\]{{}},\n"'\#]++""", re.VERBOSE)
# Neither the end of a longer time nor an offset such as `-08:00`.
_SHORT_TIME = re.compile(r"(?<![0-9:+-])[0-9]{2}:[0-9]{2}(?!:)")
_NEW_ESCAPE = re.compile(r"(?:[^\\]|\\[^ex])*+\\[ex]", re.DOTALL)


def fits_toml_1_0(text: str) -> bool:
    """Whether a text accepted by a TOML 1.1 parser is also valid TOML 1.0."""
    suspicious = (
        ("\\" in text and ("\\e" in text or "\\x" in text))
        or _TIME_HINT.search(text) is not None
        or ("{" in text and any(hint.search(text) for hint in _TABLE_HINTS))
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
"""Minimum length of a long text in characters: some 30 ms of the compiled parser, 100 on slow machines.

No stock file is as long.
"""


def parse(text: str) -> dict[str, Any]:
    """The data of a text. Raises what `tomli.loads` raises: TOMLDecodeError, RecursionError and ValueError.

    The compiled parser holds the interpreter lock until it is finished, a second for some megabytes, which blocks the
    screen. So threads parse long texts with its Python source: same results, half as fast, without blocking.
    """
    if len(text) >= LONG and threading.current_thread() is not threading.main_thread():
        return interruptible_loads()(text)
    return tomli.loads(text)


@lru_cache(maxsize=1)
def interruptible_loads() -> Callable[[str], dict[str, Any]]:
    """`tomli.loads` from its Python source; the compiled one where the source is not installed."""
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

# A file larger than this is not parsed: no configuration is that large, and the user would wait for it.
MAX_BYTES = 8 * 1024 * 1024
# The size of a whole number of 4,300 digits, the most that Python converts to text.
_MAX_BITS = 14_280
# Levels of tables and arrays that are kept, so that recursion over the data is safe. No schema has as many, so that
# what lies deeper is part of a value that is wrong or unknown as a whole.
MAX_DEPTH = 100
# Levels that `tomli` reads of arrays and inline tables.
READER_DEPTH = 400
# Levels of tables that Pipelex reads: it recurses with at least one call a level, of the 1,000 that Python allows.
_TABLE_DEPTH = 980

_BOM_MESSAGE = "the file begins with a byte order mark, which Pipelex refuses: save it as UTF-8 without one"
_OTHER_UNICODE = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_NODES = frozenset((dict, list))
_DIGITS = re.compile(r"[0-9][0-9_]{999,}")
_OTHER_BASE = re.compile(r"0[xob][0-9A-Fa-f_]{3000,}")
_BRACKET = rf"""(?x){ANY_STRING}|\#[^\n]*+|([\[{{])|([\]}}])"""


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
        """The positions of its keys, computed once per document."""
        return locate(self.text or "")


def read_toml(raw: bytes) -> TomlDocument:
    """Read bytes as TOML 1.1 with `tomli`, as Pipelex does from 0.12 on. Never raises."""
    if len(raw) > MAX_BYTES:
        size = MAX_BYTES // (1024 * 1024)
        message = f"the file is larger than {size} MiB, the most that is read: no configuration file is that large"
        return _failed(None, ParseError("too_large", message, 1, 1, None))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _failed(None, _encoding_error(raw, error))
    return read_text(text)


def read_text(text: str) -> TomlDocument:
    """Read a text as TOML 1.1. Never raises."""
    document = _documents.get(text)
    if document is None:
        document = _documents[text] = _read(text)
    return document


_documents: WeakValueDictionary[str, TomlDocument] = WeakValueDictionary()
"""Documents in use, by text: a text checked before it is written is parsed once."""


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
        deep = deeper_than(MAX_DEPTH, data)
        beyond = deep and deeper_than(_TABLE_DEPTH, data)
        if _OTHER_BASE.search(body) and _holds_huge_number(data):
            parse_error = _number_error(body)
        elif not beyond:
            if deep:
                _cut(data)
            bom_error = ParseError("bom", _BOM_MESSAGE, 1, 1, 0) if bom else None
            return TomlDocument(text, data, bom_error, fits_toml_1_0(body))
        else:
            parse_error = _nesting_error(body, locate(body).nearest(beyond))
    return _failed(text, _after_bom(parse_error) if bom else parse_error)


def _failed(text: str | None, parse_error: ParseError) -> TomlDocument:
    return TomlDocument(text, {}, parse_error, False)


def _after_bom(parse_error: ParseError) -> ParseError:
    """The same error in the text with its byte order mark, which is an error too."""
    message = f"{parse_error.message} (also, {_BOM_MESSAGE})"
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
    # Everything before the invalid byte is UTF-8.
    line, column = line_and_column(raw[:at].decode("utf-8"), len(raw[:at].decode("utf-8")))
    location = f"byte 0x{raw[at]:02X} at offset {at} (line {line})"
    name = next((name for mark, name in _OTHER_UNICODE if raw.startswith(mark)), None)
    if name:
        message = f"the file seems to be {name}: save it as UTF-8"
    elif error.reason == "unexpected end of data":
        message = f"the file ends in the middle of a character, {location}: it may be truncated"
    else:
        message = f"the file is not UTF-8, {location}: save it as UTF-8"
    return ParseError("encoding", message, line, column, at)


def _syntax_error(text: str, error: tomli.TOMLDecodeError) -> ParseError:
    parsed = text.replace("\r\n", "\n")
    from core.toml.error_messages import explain_error

    message, pos = explain_error(parsed, error.pos, error.msg)
    line, column = line_and_column(parsed, pos)
    return ParseError("syntax", message, line, column, _offset(text, line, column))


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _number_error(text: str) -> ParseError:
    """The error for integers with more digits than Python converts, for which `tomli` gives no position.

    `tomli` accepts such a number in base 2, 8 or 16; Python then cannot print it.
    """
    number = _DIGITS.search(text) or _OTHER_BASE.search(text)
    offset = number.start() if number else 0
    line, column = line_and_column(text, offset)
    message = "a number with too many digits" if number else "a value that cannot be read"
    return ParseError(
        "number", f"{message}: put it in quotes if it is a string", line, column, offset if number else None
    )


def _nesting_error(text: str, at: Position) -> ParseError:
    limit = f"nested deeper than the {READER_DEPTH} levels that Pipelex reads"
    message = f"tables or arrays are {limit}: nothing in this file is read"
    return ParseError("nesting", message, at.line, at.column, _offset(text, at.line, at.column))


def deeper_than(most: int, data: dict[str, object]) -> tuple[str | int, ...]:
    """The path of a table or array deeper than a number of levels, or an empty path."""
    # In C as far as it goes: this looks at each value of each file that is read.
    values: Iterable[object] = data.values()
    for _ in range(most + 1):
        values = tuple(values)
        containers = list(compress(values, map(_NODES.__contains__, map(type, values))))
        nodes = cast("list[dict[str, object] | list[object]]", containers)
        if not nodes:
            return ()
        values = chain.from_iterable([node.values() if isinstance(node, dict) else node for node in nodes])
    pending: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    while pending:
        path, node = pending.pop()
        if len(path) > most:
            return path
        keys = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in keys if isinstance(value, dict | list)]
    return ()


def _cut(data: dict[str, object]) -> None:
    """Empty the tables and arrays at `MAX_DEPTH`."""
    nodes: list[dict[str, object] | list[object]] = [data]
    for _ in range(MAX_DEPTH):
        inner = [node.values() if isinstance(node, dict) else node for node in nodes]
        nodes = [value for values in inner for value in values if isinstance(value, dict | list)]
    for node in nodes:
        node.clear()


def _holds_huge_number(data: dict[str, object]) -> bool:
    """Whether an integer anywhere has more digits than Python converts to text."""
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
    """The apparent position where a text exceeds the nesting limit: in brackets, otherwise in a dotted name."""
    depth = 0
    for token in re.finditer(_BRACKET, text):
        depth += 1 if token[1] else -1 if token[2] else 0
        if depth > READER_DEPTH:
            return Position(*line_and_column(text, token.start()))
    lines = text.split("\n")
    return Position(next((number for number, line in enumerate(lines, 1) if line.count(".") >= _TABLE_DEPTH), 1), 1)
