"""The colours: dark, light, and those of the terminal itself. One accent; red, amber and green only for states."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="pipedeck-dark",
    dark=True,
    primary="#5fa8a0",
    secondary="#5fa8a0",
    accent="#6fc3b8",
    foreground="#d4d7dc",
    background="#15181d",
    surface="#15181d",
    panel="#22272f",
    success="#83bd75",
    warning="#dcae5c",
    error="#e5746c",
    variables={
        "text-muted": "#858d99",
        "text-accent": "#6fc3b8",
        "text-error": "#e5746c",
        "text-warning": "#dcae5c",
        "text-success": "#83bd75",
        "block-cursor-background": "#2f6660",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#2a313b",
        "block-cursor-blurred-foreground": "#d4d7dc",
        "block-cursor-blurred-text-style": "none",
    },
)

LIGHT = Theme(
    name="pipedeck-light",
    dark=False,
    primary="#1f6f68",
    secondary="#1f6f68",
    accent="#11645c",
    foreground="#22262c",
    background="#fafaf8",
    surface="#fafaf8",
    panel="#e6e8e6",
    success="#2c6e1f",
    warning="#855700",
    error="#ad2419",
    variables={
        "text-muted": "#646b75",
        "text-accent": "#11645c",
        "text-error": "#ad2419",
        "text-warning": "#855700",
        "text-success": "#2c6e1f",
        "block-cursor-background": "#1f6f68",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#d9dedb",
        "block-cursor-blurred-foreground": "#22262c",
        "block-cursor-blurred-text-style": "none",
    },
)

THEMES: Mapping[str, str] = {"dark": DARK.name, "light": LIGHT.name, "ansi": "ansi-dark"}
"""The themes by the names that people use; `ansi` is the terminal's own colours."""


def chosen(environ: Mapping[str, str]) -> str:
    """The theme that PIPEDECK_THEME names, else the dark one."""
    return THEMES.get(environ.get("PIPEDECK_THEME", "").strip().lower(), DARK.name)
