"""The floor: a Textual app with one DataTable of 500 rows and a Footer."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer

ROWS = 500


class Floor(App[None]):
    """A list app as in Textual's guide."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("model", "backend", "type", "in $", "out $", "context", "state")
        for number in range(ROWS):
            price, state = f"{number % 40 * 0.25:.2f}", "on" if number % 3 else "off"
            table.add_row(f"model-{number:04d}", f"backend-{number % 8}", "llm", price, price, "128k", state)


if __name__ == "__main__":
    Floor().run()
