"""The inspector: what is known of the selected item, line by line, with links to what it mentions."""

from __future__ import annotations

from tui.widgets.lines import Lines


class Inspector(Lines):
    """The right side of the main screen."""

    FIXED_SIZE = True
