"""The inspector: what is known of the selected item, line by line, with links to what it mentions."""

from __future__ import annotations

from tui.panes.thrifty import Thrifty
from tui.widgets.lines import Lines


class Inspector(Thrifty, Lines):
    """The right side of the main screen."""
