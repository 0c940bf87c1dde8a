"""Fewer bytes for the same picture: colour codes that change nothing are not sent, and the mouse reports clicks only.

Textual sends every piece of text with its full style and a reset behind it. Over SSH half of what a key costs is that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.driver import Driver

    _Base = Driver
else:
    _Base = object

_TOKEN: Final = re.compile(r"\x1b\[([0-9;]*)m|\x1b\[[0-9;]*H|\x1b\[\?2026[hl]|(\x1b)|[^\x1b]+")


class Style(tuple[tuple[str, ...], str, str]):
    """What is in force in a terminal: attributes, foreground and background as their codes; empty: the default."""

    __slots__ = ()

    @classmethod
    def parse(cls, codes: str) -> Style:
        """The style that a whole colour code gives to a terminal that had none."""
        attributes: list[str] = []
        colours = ["", ""]
        parts = codes.split(";") if codes else []
        at = 0
        while at < len(parts):
            part = parts[at]
            if part in ("38", "48"):
                size = 5 if parts[at + 1 : at + 2] == ["2"] else 3
                colours[part == "48"] = ";".join(parts[at : at + size])
                at += size
                continue
            if part in ("0", ""):
                attributes, colours = [], ["", ""]
            elif len(part) > 1 and part[:-1] in ("3", "9"):
                colours[0] = "" if part == "39" else part
            elif len(part) > 1 and part[:-1] in ("4", "10"):
                colours[1] = "" if part == "49" else part
            else:
                attributes.append(part)
            at += 1
        return cls((tuple(attributes), colours[0], colours[1]))

    def after(self, before: Style) -> str:
        """The shortest code that brings a terminal from another style to this one."""
        if self == before:
            return ""
        if self == PLAIN:
            return "\x1b[0m"
        parts: list[str] = []
        if any(attribute not in self[0] for attribute in before[0]):
            parts, before = ["0"], PLAIN
        parts += [attribute for attribute in self[0] if attribute not in before[0]]
        for number, default in ((1, "39"), (2, "49")):
            if self[number] != before[number]:
                parts.append(self[number] or default)
        return f"\x1b[{';'.join(parts)}m"


PLAIN: Final = Style(((), "", ""))


class Thinner:
    """Rewrites what goes to one terminal, and remembers which style is in force there."""

    def __init__(self) -> None:
        self._shown: Style = PLAIN
        self._wanted: Style = PLAIN
        self._styles: dict[str, Style] = {}

    def thin(self, data: str) -> str:
        """The same picture with fewer bytes. Text is never touched; anything but styles, moves and frames resets first."""
        out: list[str] = []
        for match in _TOKEN.finditer(data):
            codes, other = match[1], match[2]
            if codes is not None:
                self._wanted = self._style(codes)
                continue
            token = match[0]
            if other is not None:
                # The beginning of a sequence of another kind. Erasing and leaving paint with the style in force.
                out.append(self._change(self._wanted))
            elif token[0] != "\x1b":
                out.append(self._change(self._wanted))
            out.append(token)
        return "".join(out)

    def _style(self, codes: str) -> Style:
        style = self._styles.get(codes)
        if style is None:
            if len(self._styles) > 4096:
                self._styles.clear()
            style = self._styles[codes] = Style.parse(codes)
        return style

    def _change(self, style: Style) -> str:
        code = style.after(self._shown)
        self._shown = style
        return code


class Thrift(_Base):
    """For a driver: fewer bytes out, and no reports of mouse moves in."""

    _thinner: Thinner | None = None

    def write(self, data: str) -> None:
        """Send it thinned."""
        if self._thinner is None:
            self._thinner = Thinner()
        super().write(self._thinner.thin(data))

    def _enable_mouse_support(self) -> None:
        """Clicks and the wheel only: reports of every move would cross the link for nothing."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Cells are fine enough; and this mode would stay on in the terminal afterwards."""


def thrifty(driver: type[Driver]) -> type[Driver]:
    """The same driver, sending less."""
    return type(f"Thrifty{driver.__name__}", (Thrift, driver), {})
