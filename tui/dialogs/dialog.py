"""The screen class that all dialogs share: a box over the main screen under a title line."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def is_open(screen: Screen[Any]) -> bool:
    """Whether a screen is still shown: it may have been left while a thread worked for it."""
    return screen.is_attached and screen in screen.app.screen_stack
