"""Small apps for measuring widgets: python -m tests.benchmarks.table_apps {ours|stock|pane|static} [ROWS]."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from tui.widgets.lines import Line, Lines
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("model", "model", 24, flex=1),
    Column("backend", "backend", 12, priority=1),
    Column("type", "type", 4, priority=5),
    Column("in $", "input", 6, align="right", priority=2),
    Column("out $", "output", 6, align="right", priority=3),
    Column("context", "context", 7, align="right", priority=4),
    Column("state", "state", 5),
)
_BACKENDS = ("anthropic", "openai", "azure_openai", "bedrock", "mistral", "google", "openrouter", "internal")
_MODELS = ("claude-4.5-sonnet", "gpt-5.1-mini", "mistral-large", "gemini-3-pro", "qwen3-235b", "llama-4", "deepseek-v3")
FIRST = "claude-4.5-sonnet-0000"


def cells(number: int) -> tuple[str, ...]:
    """The texts of one row."""
    return (
        f"{_MODELS[number % 7]}-{number:04d}",
        _BACKENDS[number % 8],
        "llm",
        f"{number % 40 * 0.25:.2f}",
        f"{number % 60:.2f}",
        f"{(number % 10 + 1) * 16}k",
        "on" if number % 3 else "off",
    )


def rows(count: int) -> list[Row]:
    """Rows as in the models pane, every third one dimmed."""
    return [Row(f"{number}", cells(number), tone="" if number % 3 else "dim") for number in range(count)]


def details(number: int) -> list[Line]:
    """The lines of an inspector for a row: a title, a trail, values."""
    model, backend, _, input_price, output_price, context, state = cells(number)
    return [
        Line(((model, "heading"),)),
        Line(((("callable", "good") if state == "on" else ("DEAD  no enabled backend serves it", "bad")),)),
        Line(),
        Line(((f"$writing-{number % 24:02d}", "accent"),), link="preset"),
        Line((("  `- @default-premium", ""),), link="alias"),
        Line(((f"    `- {model}", ""),), link="model"),
        Line(((f"       {backend}", ""),), link="backend"),
        Line(),
        Line((("  price       ", ""), (f"{input_price} / {output_price} per million", ""))),
        Line((("  context     ", ""), (context, ""))),
        Line((("  source      ", ""), (f"backends/{backend}.toml:{number + 12}", ""))),
        Line((("  used by     ", ""), (f"{number % 9} presets, {number % 4} aliases", ""))),
    ]


class Plain(App[None]):
    """The base of the apps: without animations."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", priority=True)]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.animation_level = "none"


class Ours(Plain):
    """Our table alone; `f` filters, `F` clears the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "narrow('claude')"), Binding("F", "narrow('')")]

    def compose(self) -> ComposeResult:
        yield Table(COLUMNS, rows(self.count))

    def action_narrow(self, text: str) -> None:
        self.query_one(Table).filter(text)


class Stock(Plain):
    """Textual's DataTable with the same rows."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "narrow('claude')"), Binding("F", "narrow('')")]

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for column in COLUMNS:
            table.add_column(column.title, width=column.width)
        self.action_narrow("")

    def action_narrow(self, text: str) -> None:
        table = self.query_one(DataTable)
        table.clear()
        texts = (cells(number) for number in range(self.count))
        table.add_rows(row for row in texts if text in row[0])


class Pane(Plain):
    """Our table and an inspector that follows its cursor."""

    CSS = "Table { width: 32; } Lines, #detail { width: 1fr; height: 100%; background: $surface; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Table(COLUMNS, rows(self.count), follow=self.follow)
            yield self.inspector()

    def inspector(self) -> Widget:
        return Lines()

    def follow(self, key: str | None) -> None:
        self.inspect(details(int(key or 0)))

    def inspect(self, lines: Sequence[Line]) -> None:
        self.query_one(Lines).set_lines(lines)


class PaneStatic(Pane):
    """The same with a stock `Static` of fixed size, updated without a layout."""

    lay_out = False

    def inspector(self) -> Widget:
        return Static(id="detail", markup=False)

    def inspect(self, lines: Sequence[Line]) -> None:
        text = "\n".join("".join(part for part, _ in line.spans) for line in lines)
        self.query_one("#detail", Static).update(Content(text), layout=self.lay_out)


class PaneLayout(PaneStatic):
    """The same with the layout that `Static.update` does by default."""

    lay_out = True


APPS = {"ours": Ours, "stock": Stock, "pane": Pane, "static": PaneStatic, "layout": PaneLayout}

if __name__ == "__main__":
    APPS[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 5000).run()
