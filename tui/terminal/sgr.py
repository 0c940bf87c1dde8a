"""Styles of a terminal, one character each, and the shortest escape codes (SGR) from one style to another. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

_VISIBLE_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "53"})
"""Attributes that show without a letter: underline, reverse, strike and overline."""
NO_STYLE: Final = "\x00"
"""The style of a cell with unknown content."""
_MAX_STYLES: Final = 8000


class Style(NamedTuple):
    """Attributes, foreground (`ink`) and background (`ground`) as codes; empty: the terminal's default."""

    attributes: tuple[str, ...] = ()
    ink: str = ""
    ground: str = ""

    @classmethod
    def parse(cls, codes: str) -> Style:
        """The style of a complete SGR code, as Textual writes it."""
        attributes: list[str] = []
        colours = ["", ""]
        values = codes.split(";") if codes else []
        at = 0
        while at < len(values):
            value = values[at]
            if value in ("38", "48"):
                size = 5 if values[at + 1 : at + 2] == ["2"] else 3
                colours[value == "48"] = ";".join(values[at : at + size])
                at += size
                continue
            if value in ("0", ""):
                attributes, colours = [], ["", ""]
            elif len(value) > 1 and value[:-1] in ("3", "9"):
                colours[0] = "" if value == "39" else value
            elif len(value) > 1 and value[:-1] in ("4", "10"):
                colours[1] = "" if value == "49" else value
            else:
                attributes.append(value)
            at += 1
        return cls(tuple(attributes), colours[0], colours[1])

    @property
    def on_blanks(self) -> tuple[object, ...]:
        """The part of the style that is visible on a blank."""
        visible = tuple(attribute for attribute in self.attributes if attribute in _VISIBLE_ON_BLANKS)
        return (visible, self.ground, self.ink) if visible else (self.ground,)

    def after(self, before: Style) -> str:
        """The shortest code from style `before` to this one; empty when they are equal."""
        if self == before:
            return ""
        if self == PLAIN:
            return "\x1b[0m"
        changes: list[str] = []
        if any(attribute not in self.attributes for attribute in before.attributes):
            changes, before = ["0"], PLAIN
        changes += [attribute for attribute in self.attributes if attribute not in before.attributes]
        if self.ink != before.ink:
            changes.append(self.ink or "39")
        if self.ground != before.ground:
            changes.append(self.ground or "49")
        return f"\x1b[{';'.join(changes)}m"


PLAIN: Final = Style()


class Styles:
    """A table of styles by one character each, with cached codes between them."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Empty the table; its previous characters become invalid."""
        self._by_codes: dict[str, str] = {}
        self._by_style: dict[Style, str] = {}
        self._styles: dict[str, Style] = {NO_STYLE: PLAIN}
        self._codes: dict[str, str] = {}
        self._looks: dict[tuple[object, ...], int] = {}
        self.blanks: dict[str, int] = {NO_STYLE: -1}
        """The visible part of each style on a blank, as a number."""
        self.plain = self.of("")

    @property
    def full(self) -> bool:
        """Whether the table should be cleared."""
        return len(self._styles) > _MAX_STYLES

    def of(self, codes: str) -> str:
        """The character of the style of a complete SGR code."""
        character = self._by_codes.get(codes)
        if character is None:
            style = Style.parse(codes)
            character = self._by_style.get(style)
            if character is None:
                character = self._by_style[style] = chr(len(self._styles))
                self._styles[character] = style
                self.blanks[character] = self._looks.setdefault(style.on_blanks, len(self._looks))
            self._by_codes[codes] = character
        return character

    def is_flat(self, character: str) -> bool:
        """Whether a blank of this style shows its background only, as erased cells do."""
        return len(self._styles[character].on_blanks) == 1

    def between(self, before: str, after: str) -> str:
        """The shortest code from one style to another."""
        code = self._codes.get(before + after)
        if code is None:
            code = self._codes[before + after] = self._styles[after].after(self._styles[before])
        return code
