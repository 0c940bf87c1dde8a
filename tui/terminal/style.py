"""The style in force in a terminal, and the shortest code from one to another. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

_SEEN_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "53"})
"""Underline, reverse and their kind: attributes that show where there is no letter."""


class Style(NamedTuple):
    """Attributes, foreground and background as their codes; empty means the terminal's own."""

    attributes: tuple[str, ...] = ()
    ink: str = ""
    ground: str = ""

    @classmethod
    def parse(cls, codes: str) -> Style:
        """The style that a colour code, written from the beginning as Textual does, gives to what follows."""
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
        return cls(tuple(attributes), colours[0], colours[1])

    @property
    def on_blanks(self) -> tuple[object, ...]:
        """What of the style can be seen on a blank."""
        seen = tuple(attribute for attribute in self.attributes if attribute in _SEEN_ON_BLANKS)
        return (seen, self.ground, self.ink) if seen else (self.ground,)

    def after(self, before: Style) -> str:
        """The shortest code that brings a terminal from another style to this one; empty when they are the same."""
        if self == before:
            return ""
        if self == PLAIN:
            return "\x1b[0m"
        parts: list[str] = []
        if any(attribute not in self.attributes for attribute in before.attributes):
            parts, before = ["0"], PLAIN
        parts += [attribute for attribute in self.attributes if attribute not in before.attributes]
        if self.ink != before.ink:
            parts.append(self.ink or "39")
        if self.ground != before.ground:
            parts.append(self.ground or "49")
        return f"\x1b[{';'.join(parts)}m"


PLAIN: Final = Style()
