"""The symbol and the tone of each status of a reference."""

from __future__ import annotations

from collections.abc import Mapping

from core.resolution import Status
from tui.widgets.runs import Tone

STATUS_SYMBOLS: Mapping[Status, str] = {
    Status.CALLABLE: "+",
    Status.SERVED: "o",
    Status.REFUSED: "/",
    Status.UNKNOWN: "?",
    Status.DEAD: "x",
}
STATUS_TONES: Mapping[Status, Tone] = {
    Status.CALLABLE: "good",
    Status.SERVED: "warn",
    Status.REFUSED: "bad",
    Status.UNKNOWN: "warn",
    Status.DEAD: "bad",
}
