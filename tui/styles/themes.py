"""The colours: dark, light, and those of the terminal itself. One accent; red, amber and green only for states.

All are of the palette of 256 colours, so that they look the same in terminals that know no others.
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

# The stock one has the same green for what is selected and for what is well.
ANSI = replace(BUILTIN_THEMES["ansi-dark"], name="pipedeck-ansi", accent="ansi_cyan")

THEMES: Mapping[str, str] = {"dark": DARK.name, "light": LIGHT.name, "ansi": ANSI.name}
"""The themes by the names that people use; `ansi` is the terminal's own colours."""


def chosen(environ: Mapping[str, str]) -> str:
    """The theme that PIPEDECK_THEME names, else the dark one."""
    return THEMES.get(environ.get("PIPEDECK_THEME", "").strip().lower(), DARK.name)
