"""An input line that shows control characters in a safe form, and no secrets."""

from __future__ import annotations

import re
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.widgets import Input

from core.safe_text import in_place
from core.secret_texts import all_of, key_spans
from tui.widgets.refused_paste import LinesRefused


class SafeInput(Input):
    """An input line whose control characters are shown escaped, as file names and pasted text may contain them.

    Words that look like keys are shown as dots, with `password` all that is no variable.
    """

    JOINS_LINES: ClassVar[bool] = False
    """Whether pasted lines are words of one."""

    def __init__(
        self, value: str | None = None, *, placeholder: str = "", id: str | None = None, select_on_focus: bool = False
    ) -> None:
        super().__init__(value, placeholder=placeholder, compact=True, id=id, select_on_focus=select_on_focus)
        self.cursor_blink = False

    @property
    def _value(self) -> Text:
        return Text(in_place(_dotted(self.value, whole=self.password)), no_wrap=True, overflow="ignore", end="")

    def on_paste(self, event: events.Paste) -> None:
        """Insert one line, without blank ones around it; refuse several."""
        lines = [line for line in event.text.splitlines() if line.strip()]
        if self.JOINS_LINES:
            lines = [" ".join(lines)]
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(LinesRefused(len(lines)))
        elif lines and event.text.splitlines()[:1] != lines:
            event.prevent_default()
            event.stop()
            self.insert_text_at_cursor(lines[0])


def _dotted(text: str, *, whole: bool) -> str:
    """A text of the same length for an input line: dots for words that look like keys, if `whole` for all literals.

    The beginning of a placeholder, which is being typed, is shown.
    """
    if whole and re.fullmatch(r"\$(?:\{[A-Za-z0-9_:]*)?", text):
        return text
    for start, end in all_of(text) if whole else key_spans(text, in_paths=False):
        text = text[:start] + "•" * (end - start) + text[end:]
    return text
