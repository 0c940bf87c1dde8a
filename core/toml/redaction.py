"""Redaction of secrets in TOML text, valid or not, as `core.masking` judges them; all else stays as it is."""

from __future__ import annotations

import re
from typing import Final

from core.masking import KeyPath, below_item, is_hidden_number, is_short_word, masked, masked_line, names_secret
from core.secret_texts import HIDDEN, hidden_text, hide_keys
from core.toml.scanner import KeyPart, read_key

_MULTI_LINE = r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"{3,5}' r"|'''(?:[^']++|'(?!''))*+'{3,5}"
_STRING: Final = re.compile(_MULTI_LINE + r"""|"(?!"")(?:[^"\\\n]++|\\[^\n])*+"|'(?!'')[^'\n]*+'""")
_SCALAR: Final = re.compile(
    r"true|false|[+-]?(?:inf|nan)|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9:.]+(?:[Zz]|[+-][0-9:]+)?)?"
    r"|[0-9]{2}:[0-9:.]+|0[xob][0-9A-Fa-f_]+|[+-]?[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][+-]?[0-9_]+)?"
)
_GAP: Final = re.compile(r"[ \t\r\n]*+")
_STATEMENT_END: Final = re.compile(r"[ \t]*+(#[^\n]*+)?\r?(?:\n|\Z)")
_COMMENTED_PAIR: Final = re.compile(r"#[#\s]*+(?=(?:[A-Za-z0-9_.\-]++|\"[^\"]++\")[ \t]*+=(?!=)[ \t]*+\S)")
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN[^\n]*PRIVATE KEY-----[\s\S]*?(?:-----END[^\n]*|\Z)")
_MAX_DEPTH: Final = 90
_ONE_DOT: Final = "•"


def redact_line(line: str, *, strict: bool = False) -> str:
    """A line of the same length with dots for all that is not known to be harmless: it could not be parsed."""
    return masked_line(line, strict=strict, mask=_ONE_DOT)


def redact(text: str, *, strict: bool) -> str:
    """A TOML text, valid or not, with every secret replaced by `HIDDEN`; the number of lines stays the same.

    `strict`: it is a file of backends (`core.masking.in_backend_file`). Values are shown as `core.masking.masked` shows
    them; a statement that is no TOML line by line, by `masked_line`.
    The result may contain control characters: it must pass `core.safe_text.safe` like any text of a file.
    """
    return _Redaction(text, strict).result()


class _BrokenError(Exception):
    """A statement is no TOML."""


class _Redaction:
    """The walk through one text: statement by statement, collecting what is replaced."""

    def __init__(self, text: str, strict: bool) -> None:
        self.text = text
        self.strict = strict
        self.edits: list[tuple[int, int, str]] = []
        self._valid: bool | None = None
        self._private = [match.span() for match in _PRIVATE_KEY.finditer(text)] if "PRIVATE KEY-----" in text else []

    def result(self) -> str:
        """The redacted text."""
        text = self.text
        table: KeyPath = ()
        pos = 1 if text.startswith("\ufeff") else 0
        after_broken = False
        while pos < len(text):
            end = text.find("\n", pos) + 1 or len(text)
            done = len(self.edits)
            try:
                table, pos = self._statement(pos, end, table)
                after_broken = after_broken and not text.startswith("[", pos)
            except _BrokenError:
                del self.edits[done:]
                line = text[pos:end].removesuffix("\n")
                # In a list or text that does not end, the lines after a secret are secret too.
                shown = masked_line(line, strict=after_broken or (self.strict and not is_short_word(line)))
                if self._is_private(pos, end):
                    shown = HIDDEN
                after_broken = after_broken or shown != line or names_secret(line)
                self._replace(pos, pos + len(line), shown)
                pos = end
        pieces: list[str] = []
        at = 0
        for start, stop, shown in self.edits:
            pieces += (text[at:start], shown)
            at = stop
        return "".join((*pieces, text[at:]))

    def _replace(self, start: int, end: int, shown: str) -> None:
        if self.text[start:end] != shown:
            self.edits.append((start, end, shown))

    def _is_private(self, start: int, end: int) -> bool:
        return any(first < end and start < last for first, last in self._private)

    @property
    def valid(self) -> bool:
        """Whether the whole text is TOML: only then a string over several lines ends where it seems to."""
        if self._valid is None:
            self._valid = is_toml(self.text)
        return self._valid

    def _statement(self, pos: int, end: int, table: KeyPath) -> tuple[KeyPath, int]:
        """Redact the statement at an offset: the table it leaves and the offset behind it. Raises _BrokenError."""
        text = self.text
        at = pos
        while at < end and text[at] in " \t":
            at += 1
        first = text[at : at + 1]
        if first == "[":
            is_array = text.startswith("[[", at)
            at, parts = self._key(at + 1 + is_array)
            close = "]]" if is_array else "]"
            if not text.startswith(close, at):
                raise _BrokenError
            table = tuple(part.name for part in parts)
            at += len(close)
        elif first not in ("#", "\n", "\r", ""):
            at, parts = self._key(at)
            at = self._pair_value(at, (*table, *(part.name for part in parts)), 0)
        match = _STATEMENT_END.match(text, at)
        if match is None:
            raise _BrokenError
        if match[1] is not None:
            self._comment(match.start(1), match.end(1))
        return table, match.end()

    def _key(self, pos: int) -> tuple[int, list[KeyPart]]:
        end, parts = read_key(self.text, pos)
        if not parts:
            raise _BrokenError
        written = self.text[pos:end]
        if "\\" in written and any(hide_keys(part.name) != part.name for part in parts):
            self._replace(pos, end, f'"{HIDDEN}"')
        else:
            self._replace(pos, end, hide_keys(written))
        return end, parts

    def _pair_value(self, pos: int, path: KeyPath, depth: int) -> int:
        if not self.text.startswith("=", pos) or depth > _MAX_DEPTH:
            raise _BrokenError
        pos += 1
        while self.text[pos : pos + 1] in (" ", "\t"):
            pos += 1
        return self._value(pos, path, depth)

    def _value(self, pos: int, path: KeyPath, depth: int) -> int:
        """Redact the value at an offset; the offset behind it. Raises _BrokenError."""
        text = self.text
        first = text[pos : pos + 1]
        if first == "[":
            pos = self._gap(pos + 1)
            while not text.startswith("]", pos):
                if depth > _MAX_DEPTH:
                    raise _BrokenError
                pos = self._gap(self._value(pos, path, depth + 1))
                if text.startswith(",", pos):
                    pos = self._gap(pos + 1)
                elif not text.startswith("]", pos):
                    raise _BrokenError
            return pos + 1
        if first == "{":
            pos = self._gap(pos + 1)
            while not text.startswith("}", pos):
                pos, parts = self._key(pos)
                pos = self._gap(self._pair_value(pos, (*path, *(part.name for part in parts)), depth + 1))
                if text.startswith(",", pos):
                    pos = self._gap(pos + 1)
                elif not text.startswith("}", pos):
                    raise _BrokenError
            return pos + 1
        if first in ("'", '"'):
            return self._string(pos, path)
        match = _SCALAR.match(text, pos)
        if match is None:
            raise _BrokenError
        if match[0] not in ("true", "false"):
            hidden = is_hidden_number(below_item(path, strict=self.strict))
            self._replace(pos, match.end(), HIDDEN if hidden else hide_keys(match[0]))
        return match.end()

    def _string(self, pos: int, path: KeyPath) -> int:
        match = _STRING.match(self.text, pos)
        if match is None:
            raise _BrokenError
        written = match[0]
        quote = written[:3] if written[:3] in ('"""', "'''") else written[:1]
        if len(quote) == 3 and not self.valid:
            raise _BrokenError
        inner = written[len(quote) : -len(quote)]
        value = inner
        if quote[0] == '"' and "\\" in inner:
            value = _decoded(written)
        elif len(quote) == 3:
            value = inner.removeprefix("\r").removeprefix("\n").replace("\r\n", "\n")
        shown = masked(below_item(path, strict=self.strict), value, strict=self.strict)
        if shown != value:
            escaped = shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
            if len(quote) == 3:
                # A line that ends with a backslash adds nothing to the text.
                self._replace(pos, match.end(), f'"""{escaped}' + "\\\n" * written.count("\n") + '"""')
            else:
                mark = quote if quote == '"' or "'" not in shown else '"'
                self._replace(pos, match.end(), mark + (escaped if mark == '"' else shown) + mark)
        return match.end()

    def _gap(self, pos: int) -> int:
        """The offset behind white space and comments, which are redacted."""
        while True:
            match = _GAP.match(self.text, pos)
            pos = match.end() if match else pos
            if not self.text.startswith("#", pos):
                return pos
            end = self.text.find("\n", pos)
            end = end if end >= 0 else len(self.text)
            self._comment(pos, end)
            pos = end

    def _comment(self, start: int, end: int) -> None:
        comment = self.text[start:end]
        pair = _COMMENTED_PAIR.match(comment) if self.strict else None
        if self._is_private(start, end):
            shown = "# " + HIDDEN
        elif pair is not None:
            shown = pair[0] + masked_line(comment[pair.end() :])
        else:
            shown = hidden_text(comment)
        self._replace(start, end, shown)


def is_toml(text: str) -> bool:
    """Whether a text is TOML, a byte order mark apart."""
    import tomli

    try:
        tomli.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(written: str) -> str:
    """The text of a written string; as it is written, when it is no TOML."""
    import tomli

    try:
        return str(tomli.loads(f"v = {written}\n")["v"])
    except ValueError:
        raise _BrokenError from None
