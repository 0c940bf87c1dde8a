"""A walk through the app on huge trees: every kind of screen, by real keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.trust.huge_trees import make_huge
from tests.tui.app_driver import AppDriver, open_app, request_for

WALK: Final[Sequence[tuple[str, str]]] = (
    ("panes", "1 2 3 4 5 0"),
    ("moving", "4 down down pagedown end home 2 end home down"),
    ("the details", "4 end l end h"),
    ("a filter", "2 slash m 9 9 backspace backspace enter escape"),
    ("sorting", "2 s s"),
    ("navigation", "colon m 1 2 escape"),
    ("an edit", "1 home space"),
    ("undo and redo", "u ctrl+r"),
    ("another model", "4 home m m 5 enter"),
    ("a form", "2 home enter down escape"),
    ("the text", "2 v G g enter x escape escape escape"),
    ("the review", "w pagedown escape"),
)
"""Each part with its keys. It makes two edits and ends on the main screen."""


@asynccontextmanager
async def open_huge(
    kind: str, root: Path, home: Path, share: float = 1.0, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[AppDriver]:
    """Run the app on a huge tree of a kind, or of a share of its size."""
    make_huge(root, kind, share=share)
    async with open_app(request_for(root, home, OPENAI_API_KEY="k"), size) as app:
        yield app
