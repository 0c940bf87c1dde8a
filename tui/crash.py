"""What is said when pipedeck itself fails: what happened and where in its code, and nothing of what the tree holds."""

from __future__ import annotations

import traceback
from pathlib import Path

from core.errors import PipedeckError

_HOME = Path(__file__).parent.parent


def crash_words(error: BaseException) -> tuple[str, ...]:
    """The lines to show. Values never: not even the error's own text, which may quote a file."""
    if isinstance(error, PipedeckError):
        return (str(error),)
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_HOME)]
    place = f" in {_place((ours or frames)[-1])}" if frames else ""
    return (
        "pipedeck had to stop: something in it went wrong, not in your files.",
        f"What happened: {type(error).__name__}{place}.",
        "Nothing was written. The command line may still answer: pipedeck validate",
    )


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    shown = path.relative_to(_HOME) if path.is_relative_to(_HOME) else Path(path.name)
    return f"{shown}:{frame.lineno} ({frame.name})"
