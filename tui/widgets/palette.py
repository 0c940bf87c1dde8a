"""The colours of tones, taken from the theme in force: looked up once for all widgets, where CSS would do so for each.

As component classes, nine tones of seven widgets were matched against every rule of the style sheet at each start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import Theme

from tui.widgets.runs import Tone

_INKS: Final[Mapping[Tone, str]] = {
    "dim": "text-muted",
    "bad": "text-error",
    "warn": "text-warning",
    "good": "text-success",
    "accent": "text-accent",
}


class Palette:
    """What each tone looks like in one theme."""

    def __init__(self, theme: Theme, variables: Mapping[str, str], colourless: bool) -> None:
        self.theme = theme
        self._variables = variables
        self._colourless = colourless
        self._styles: dict[tuple[Tone, bool], Style] = {}

    def style(self, tone: Tone, focused: bool) -> Style:
        """The style of a tone in a widget that has the focus or not; only the cursor's differs."""
        style = self._styles.get((tone, focused))
        if style is None:
            style = self._styles[(tone, focused)] = self._make(tone, focused)
        return style

    def _make(self, tone: Tone, focused: bool) -> Style:
        if tone == "header":
            return self._mix("foreground", "panel", "bold underline" if self._colourless else "bold")
        if tone == "cursor":
            of = "block-cursor" if focused else "block-cursor-blurred"
            text_style = "reverse" if self._colourless and focused else self._variables[f"{of}-text-style"]
            return self._mix(f"{of}-foreground", f"{of}-background", text_style)
        return self._mix(_INKS.get(tone, "foreground"), "surface", "bold" if tone == "heading" else "")

    def _mix(self, ink: str, ground: str, text_style: str) -> Style:
        under = Color(0, 0, 0)
        for name in ("background", "surface", ground):
            under += self._colour(name, under)
        over = under + self._colour(ink, under)
        return Style.from_color(over.rich_color, under.rich_color) + Style.parse(text_style)

    def _colour(self, name: str, under: Color) -> Color:
        """The colour of a variable: `#8a8a8a`, `ansi_default 50%`, `transparent`, or `auto 60%`, which contrasts."""
        word, _, share = self._variables[name].partition(" ")
        alpha = float(share.rstrip("%")) / 100 if share else 1.0
        return under.get_contrast_text(alpha) if word == "auto" else Color.parse(word).multiply_alpha(alpha)


_known: WeakKeyDictionary[App[Any], Palette] = WeakKeyDictionary()


def palette_of(app: App[Any]) -> Palette:
    """The palette of the theme that an app has now; the same one as long as that theme is in force."""
    theme = app.current_theme
    palette = _known.get(app)
    if palette is None or palette.theme is not theme:
        palette = _known[app] = Palette(theme, app.get_css_variables(), app.no_color)
    return palette
