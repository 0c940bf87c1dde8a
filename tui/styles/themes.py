"""The colour themes: dark, light, high contrast, the terminal's own. One accent; red, amber and green for states.

All colours are in the palette of 256, so that they look the same in terminals without true colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="pipedeck-dark",
    dark=True,
    primary="#5fafaf",
    secondary="#5fafaf",
    accent="#5fd7d7",
    foreground="#d0d0d0",
    background="#1c1c1c",
    surface="#1c1c1c",
    panel="#303030",
    success="#87af5f",
    warning="#d7af5f",
    error="#ff8787",
    variables={
        "text-muted": "#8a8a8a",
        "text-accent": "#5fd7d7",
        "text-error": "#ff8787",
        "text-warning": "#d7af5f",
        "text-success": "#87af5f",
        "block-cursor-background": "#005f5f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#303030",
        "block-cursor-blurred-foreground": "#d0d0d0",
        "block-cursor-blurred-text-style": "none",
    },
)

LIGHT = Theme(
    name="pipedeck-light",
    dark=False,
    primary="#005f5f",
    secondary="#005f5f",
    accent="#005f5f",
    foreground="#262626",
    background="#ffffff",
    surface="#ffffff",
    panel="#e4e4e4",
    success="#005f00",
    warning="#875f00",
    error="#af0000",
    variables={
        "text-muted": "#6c6c6c",
        "text-accent": "#005f5f",
        "text-error": "#af0000",
        "text-warning": "#875f00",
        "text-success": "#005f00",
        "block-cursor-background": "#005f5f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#dadada",
        "block-cursor-blurred-foreground": "#262626",
        "block-cursor-blurred-text-style": "none",
    },
)

CONTRAST = Theme(
    name="pipedeck-contrast",
    dark=True,
    primary="#00ffff",
    secondary="#00ffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    success="#87ff00",
    warning="#ffff00",
    error="#ffafaf",
    variables={
        "text-muted": "#d0d0d0",
        "text-accent": "#00ffff",
        "text-error": "#ffafaf",
        "text-warning": "#ffff00",
        "text-success": "#87ff00",
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#444444",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-cursor-blurred-text-style": "none",
    },
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


def theme_for(name: str, environ: Mapping[str, str]) -> Theme:
    """The theme of a name; `auto` is chosen by the terminal's colours and background."""
    if name in THEMES:
        return THEMES[name]
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_GROUNDS
    if not has_256_colours(environ):
        return ANSI_LIGHT if light else ANSI
    return LIGHT if light else DARK
