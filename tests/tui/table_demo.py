"""A test app with a `Table` and a `Lines` that records their messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Cell, NumberCell
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("model", "model", 16, flex=2, max_width=40),
    Column("backend", "backend", 12, priority=1),
    Column("in $", "input", 8, align="right", priority=2),
    Column("source", "source", 20, flex=1, priority=3),
)

MODELS = (
    Row(
        "opus",
        ("claude-4.6-opus", "anthropic", NumberCell("5", 5.0), "anthropic.toml:12"),
        search="claude opus anthropic",
    ),
    Row("sonnet", ("claude-4.5-sonnet", "anthropic", NumberCell("3", 3.0), "anthropic.toml:40"), tone="dim"),
    Row("gpt", ("gpt-5.6-sol", "openai", NumberCell("1.25", 1.25, "warn"), "openai.toml:7")),
    Row("mistral", ("mistral-large", ("mistral", "bad"), NumberCell("0.50", 0.5), "mistral.toml:3")),
    Row("local", ("llama-4-scout", "internal", NumberCell("?", None), "internal.toml:1")),
    Row("gemini", ("gemini-3-pro", "google", NumberCell("10", 10.0), "google.toml:5")),
)


def _cells(number: int) -> tuple[Cell, ...]:
    return f"model-{number}", f"backend-{number % 7}", NumberCell(f"{number}", number)


def many(count: int) -> list[Row]:
    """Enough rows to scroll."""
    return [
        Row(f"key-{number}", (f"model-{number}", f"backend-{number % 7}", NumberCell(f"{number}", number)))
        for number in range(count)
    ]


class Demo(App[None]):
    """A table at the left, and an inspector at the right if it has lines."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Table { width: 1fr; } Lines { width: 26; height: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", priority=True),
        Binding("f", "narrow('4')"),
        Binding("F", "narrow('')"),
        Binding("s", "sort"),
        Binding("R", "redraw"),
    ]

    def __init__(
        self, rows: Sequence[Row] = MODELS, lines: Sequence[Line] | None = None, columns: Sequence[Column] = COLUMNS
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.table = Table(columns, rows, empty="no models yet")
        self.lines = Lines(lines) if lines is not None else None
        self.told: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        shown: list[Widget] = [self.table, *([self.lines] if self.lines else [])]
        yield Horizontal(*shown)

    def on_table_highlighted(self, event: Table.Highlighted) -> None:
        self.told.append(("highlighted", event.key))

    def on_table_opened(self, event: Table.Opened) -> None:
        self.told.append(("opened", event.key))

    def on_lines_followed(self, event: Lines.Followed) -> None:
        self.told.append(("followed", (event.index, event.link)))

    def action_narrow(self, text: str) -> None:
        self.table.filter(text)

    def action_sort(self) -> None:
        column, reverse = self.table.sorted_by
        self.table.sort("input", reverse=column == "input" and not reverse)

    def action_redraw(self) -> None:
        self.screen.refresh(layout=True)
        self.table.refresh()


if __name__ == "__main__":
    Demo(many(300), [Line(((f"line {number}", ""),), link="x" if number % 3 else "") for number in range(60)]).run()
