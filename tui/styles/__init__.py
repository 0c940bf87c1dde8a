"""The themes and the style sheets of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FIRST: Final = Path(__file__).with_name("app.tcss")
"""The layout of the first frame."""
DIALOGS: Final = Path(__file__).with_name("dialogs.tcss")
"""The layout of every other screen."""
