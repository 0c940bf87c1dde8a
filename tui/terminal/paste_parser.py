"""Textual's parser of terminal input with safe pastes: one ends at its end mark only, whatever keys it holds."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.message import Message


class PasteParser(XTermParser):
    """Reads keys as its base class, which takes an Escape within a paste for its end."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._tail = ""
        """The last characters, in which a mark may have begun."""
        self._pasted: list[str] | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """The messages of some input, which may end anywhere. Without any text there is none."""
        while data:
            mark = BRACKETED_PASTE_START if self._pasted is None else BRACKETED_PASTE_END
            at = (self._tail + data).find(mark)
            size = at + len(mark) - len(self._tail) if at >= 0 else len(data)
            part, data = data[:size], data[size:]
            self._tail = (self._tail + part)[1 - len(mark) :] if at < 0 else ""
            if self._pasted is None:
                yield from super().feed(part)
                self._pasted = [] if at >= 0 else None
                continue
            self._pasted.append(part)
            if at >= 0:
                text = "".join(self._pasted).removesuffix(mark).replace("\0", "")
                self._pasted = None
                for message in super().feed(mark):
                    if not isinstance(message, events.Paste):
                        yield message
                yield events.Paste(text)
