"""A TOML editor with line numbers and a highlighter that needs no parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual.widgets import TextArea

from core.safe_text import in_place

_TOKEN = re.compile(
    r"""(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\")?|'''(?:[^']|'(?!''))*(?:''')?|"(?:[^"\\]|\\.)*"?|'[^']*'?)"""
    r"""|(?P<comment>\#.*)|(?P<word>\b(?:true|false|inf|nan)\b|(?<![\w.-])[+-]?\d[\d_.:TZeE+-]*)"""
)
_HEADER = re.compile(r"\s*\[\[?[^\]=]*\]\]?")
_KEY = re.compile(r"""(?:^\s*|[{,]\s*)(?P<key>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def tokens(line: str) -> Iterator[tuple[int, int, str]]:
    """The tokens of a line: start, end and kind. Works on invalid TOML too."""
    header = _HEADER.match(line)
    start = 0
    if header is not None:
        yield 0, header.end(), "table"
        start = header.end()
    keys = [] if header is not None else [match.span("key") for match in _KEY.finditer(line)]
    inside = [match.span() for match in _TOKEN.finditer(line, start) if match.lastgroup in ("string", "comment")]
    for match in _TOKEN.finditer(line, start):
        if not any(first <= match.start() < last for first, last in keys):
            yield *match.span(), str(match.lastgroup)
    for first, last in keys:
        if not any(start < first < end for start, end in inside):
            yield first, last, "key"


class TomlText(TextArea):
    """A text area for TOML; read-only at first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "toml--string",
        "toml--comment",
        "toml--word",
        "toml--table",
        "toml--key",
    }
    DEFAULT_CSS = """
    TomlText {
        border: none;
        padding: 0;
        background: $surface;

        & > .toml--string { color: $text-success; }
        & > .toml--comment { color: $text-muted; }
        & > .toml--word { color: $text-warning; }
        & > .toml--table { color: $text-accent; text-style: bold; }
        & > .toml--key { color: $text-accent; }
        &:nocolor .text-area--cursor { text-style: reverse; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            show_line_numbers=True,
            read_only=True,
            soft_wrap=True,
            tab_behavior="indent",
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.show_cursor = True

    def get_line(self, line_index: int) -> Text:
        """A line with its tokens coloured."""
        line = Text(in_place(self.document.get_line(line_index)), end="", no_wrap=True)
        for start, end, kind in tokens(line.plain):
            line.stylize(self.get_component_rich_style(f"toml--{kind}", partial=True), start, end)
        return line
