"""Copying and keeping what is known: as text and as JSON, the same as the command line gives, and as TOML."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.formatting import counted
from core.records import dataclass
from core.safe_text import safe
from tui.dialogs.ask import AskScreen, Option
from tui.reports.text_output import TextOutput
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.base_app import BaseApp

WIDTH = 80
"""Columns of a text that is copied: those of the command line's output in a pipe."""


@dataclass(frozen=True)
class Export:
    """What can be copied or written. `name` is what a file with it would be called, `command` what prints the same.

    `text` writes the text, `document` makes what is written as JSON, `toml` gives the TOML, secrets hidden, if any.
    """

    name: str
    command: str
    text: Callable[[TextOutput], object]
    document: Callable[[], object]
    toml: Callable[[], str] | None = None

    def plain(self) -> str:
        """The text, as a pipe gets it."""
        stream = io.StringIO()
        self.text(PlainOutput(stream, {}))
        return stream.getvalue()

    def json(self) -> str:
        """The JSON, indented."""
        return json.dumps(self.document(), ensure_ascii=True, indent=2, default=str) + "\n"


class PlainOutput(TextOutput):
    """Output for a file or the clipboard: 80 columns, no colours."""

    @property
    def width(self) -> int:
        """How many columns there are."""
        return WIDTH


def offer(app: BaseApp, export: Export) -> None:
    """Ask in which form something is wanted, and copy or write it."""
    options = [
        Option("copy text", "copy as text"),
        Option("copy json", "copy as JSON"),
        *([Option("copy toml", "copy as TOML", "secrets hidden")] if export.toml is not None else []),
        Option("write text", f"write {free_name(export.name, 'txt')}", "here, as text"),
        Option("write json", f"write {free_name(export.name, 'json')}", "here, as JSON"),
    ]
    lines = [Line((("The command line gives the same: ", "dim"), (export.command, "")))]

    def take(answer: str | None) -> None:
        match answer:
            case "copy text":
                app.copy(export.plain())
            case "copy json":
                app.copy(export.json())
            case "copy toml":
                app.copy(export.toml() if export.toml is not None else "")
            case "write text":
                app.say(write(export.name, "txt", export.plain()))
            case "write json":
                app.say(write(export.name, "json", export.json()))

    app.push_screen(AskScreen("copy or write", lines, options), take)


def free_name(name: str, ending: str) -> str:
    """The name of a file that is not there yet."""
    number, found = 1, f"pipedeck-{name}.{ending}"
    while Path(found).exists() and number < 1000:
        number += 1
        found = f"pipedeck-{name}-{number}.{ending}"
    return found


def write(name: str, ending: str, text: str) -> str:
    """Write a new file into the current folder. Returns what to say about it."""
    path = Path(free_name(name, ending))
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name cannot be written"
        return f"not written: {path}: {reason}"
    return f"wrote {safe(str(path.resolve()))}, {counted(len(text), 'character')}"
