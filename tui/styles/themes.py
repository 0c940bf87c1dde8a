"""The colour themes: dark, light, high contrast, the terminal's own. One accent; red, amber and green for states.

All colours are in the palette of 256, so that they look the same in terminals without true colour.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace

from rich.console import Console
from textual import constants
from textual.theme import BUILTIN_THEMES, Theme


def _theme(
    name: str,
    *,
    dark: bool,
    accents: tuple[str, str],
    ground: tuple[str, str, str],
    states: tuple[str, str, str],
    muted: str,
    cursor: tuple[str, str, str],
    blurred: tuple[str, str],
) -> Theme:
    """A theme of its colours: `accents` of borders and texts; `ground`: text, background and panels; `states`: success,
    warning and error; `cursor` and `blurred`: background, text (and style) of the cursor with and without the focus.
    """
    success, warning, error = states
    variables = {"text-muted": muted, "text-accent": accents[1], "text-error": error}
    variables |= {"text-warning": warning, "text-success": success}
    for part, values in (("", cursor), ("blurred-", (*blurred, "none"))):
        for kind, value in zip(("background", "foreground", "text-style"), values, strict=True):
            variables[f"block-cursor-{part}{kind}"] = value
    return Theme(
        name=f"pipedeck-{name}",
        dark=dark,
        primary=accents[0],
        secondary=accents[0],
        accent=accents[1],
        foreground=ground[0],
        background=ground[1],
        surface=ground[1],
        panel=ground[2],
        success=success,
        warning=warning,
        error=error,
        variables=variables,
    )


DARK = _theme(
    "dark",
    dark=True,
    accents=("#5fafaf", "#5fd7d7"),
    ground=("#d0d0d0", "#1c1c1c", "#303030"),
    states=("#87af5f", "#d7af5f", "#ff8787"),
    muted="#8a8a8a",
    cursor=("#005f5f", "#ffffff", "none"),
    blurred=("#303030", "#d0d0d0"),
)
LIGHT = _theme(
    "light",
    dark=False,
    accents=("#005f5f", "#005f5f"),
    ground=("#262626", "#ffffff", "#e4e4e4"),
    states=("#005f00", "#875f00", "#af0000"),
    muted="#6c6c6c",
    cursor=("#005f5f", "#ffffff", "none"),
    blurred=("#dadada", "#262626"),
)
CONTRAST = _theme(
    "contrast",
    dark=True,
    accents=("#00ffff", "#00ffff"),
    ground=("#ffffff", "#000000", "#303030"),
    states=("#87ff00", "#ffff00", "#ffafaf"),
    muted="#d0d0d0",
    cursor=("#ffff00", "#000000", "bold"),
    blurred=("#444444", "#ffffff"),
)

_PLAIN_CURSOR = {
    "text-muted": "ansi_default",
    "block-cursor-blurred-foreground": "ansi_default",
    "block-cursor-blurred-background": "ansi_default",
    "block-cursor-blurred-text-style": "bold",
}

# Of the 16 colours only those that are legible in the default palettes of terminals: the bright ones on black; red,
# blue and magenta on white.
ANSI = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="pipedeck-ansi",
    accent="ansi_bright_cyan",
    error="ansi_bright_red",
    warning="ansi_bright_yellow",
    success="ansi_bright_green",
    variables={**BUILTIN_THEMES["ansi-dark"].variables, **_PLAIN_CURSOR},
)
ANSI_LIGHT = replace(
    BUILTIN_THEMES["ansi-light"],
    name="pipedeck-ansi-light",
    accent="ansi_blue",
    error="ansi_red",
    warning="ansi_magenta",
    success="ansi_default",
    variables={**BUILTIN_THEMES["ansi-light"].variables, **_PLAIN_CURSOR},
)

THEMES: Mapping[str, Theme] = {
    "dark": DARK,
    "light": LIGHT,
    "contrast": CONTRAST,
    "ansi": ANSI,
    "ansi-light": ANSI_LIGHT,
}
"""The themes by their names in the settings; the last two use the terminal's own colours."""

_TERMS_256 = ("256color", "kitty", "alacritty", "foot", "ghostty", "wezterm", "contour", "rio", "direct")
_LIGHT_GROUNDS = frozenset({"7", "15"})


def has_256_colours(environ: Mapping[str, str]) -> bool:
    """Whether a terminal has 256 colours, by TERM or COLORTERM (which SSH does not forward)."""
    return bool(environ.get("COLORTERM")) or any(name in environ.get("TERM", "") for name in _TERMS_256)


def with_256_colours(console: Console, environ: Mapping[str, str]) -> Console:
    """A console that sends colours as numbers of the palette of 256 colours, which the themes use: that is shorter.

    The same console where the terminal has no such palette, or TEXTUAL_COLOR_SYSTEM asks for something else.
    """
    if constants.COLOR_SYSTEM != "auto" or not console.color_system or not has_256_colours(environ):
        return console
    return Console(
        color_system="256",
        file=io.StringIO(),
        markup=False,
        highlight=False,
        emoji=False,
        force_terminal=True,
        legacy_windows=False,
        safe_box=False,
    )


def theme_for(name: str, environ: Mapping[str, str]) -> Theme:
    """The theme of a name; `auto` is chosen by the terminal's colours and background."""
    if name in THEMES:
        return THEMES[name]
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_GROUNDS
    if not has_256_colours(environ):
        return ANSI_LIGHT if light else ANSI
    return LIGHT if light else DARK
