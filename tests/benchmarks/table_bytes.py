"""Measures the bytes per key in our table and in Textual's DataTable, alone and with an inspector.

    python -m tests.benchmarks.table_bytes [--rows N] [--keys N] [--size COLUMNSxROWS]

Each program runs in a pseudo-terminal and gets the same keys, each after the output of the previous figures. The cursor
moves from the top far enough to scroll the list, so keys with and without scrolling are counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.pty_session import PtySession
from tests.benchmarks.table_apps import FIRST
from tests.support.environment import fenced

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS, KEYS = 5000, 60
NAMES = {
    "ours": "our Table",
    "stock": "DataTable",
    "pane": "our Table + Lines",
    "static": "our Table + Static, layout=False",
    "layout": "our Table + Static, with layout",
}


@dataclass(frozen=True)
class Figures:
    """The bytes of the start, of each cursor key and of each page key."""

    start: int
    cursor: Sequence[int]
    page: Sequence[int]

    @property
    def cursor_mean(self) -> float:
        """Bytes per cursor key, scrolling included."""
        return statistics.fmean(self.cursor)

    @property
    def cursor_still(self) -> float:
        """Bytes of a cursor key that does not scroll: the median of the first ten."""
        return statistics.median(self.cursor[:10])

    @property
    def page_mean(self) -> float:
        """Bytes per page key."""
        return statistics.fmean(self.page)


def measure(program: str, rows: int = ROWS, keys: int = KEYS, size: tuple[int, int] = (80, 24)) -> Figures:
    """Run figures of the small apps and press `keys` times down and ten times page down."""
    with TemporaryDirectory(prefix="pipedeck-table-") as home:
        environment = fenced(Path(home)) | {"PYTHONPATH": str(CHECKOUT), "COLORTERM": "truecolor"}
        argv = [sys.executable, "-m", "tests.benchmarks.table_apps", program, str(rows)]
        with PtySession(argv, environment, *size) as session:
            start = session.wait_for(FIRST[:20])
            cursor = [session.press("down") for _ in range(keys)]
            page = [session.press("pagedown") for _ in range(10)]
            session.press("ctrl+q")
    return Figures(start, cursor, page)


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.table_bytes", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--keys", type=int, default=KEYS)
    parser.add_argument("--size", default="80x24", metavar="COLUMNSxROWS")
    options = parser.parse_args()
    columns, _, lines = options.size.partition("x")
    title = f"bytes, {options.rows} rows at {options.size}"
    print(f"{title:<34}{'start':>8}{'cursor, still':>16}{'cursor, mean':>15}{'worst':>10}{'page, mean':>13}")
    results = {}
    for program, name in NAMES.items():
        figures = results[program] = measure(program, options.rows, options.keys, (int(columns), int(lines)))
        print(
            f"{name:<34}{figures.start:>8}{figures.cursor_still:>16.0f}{figures.cursor_mean:>15.0f}"
            f"{max(figures.cursor):>10}{figures.page_mean:>13.0f}"
        )
    ours, stock = results["ours"], results["stock"]
    print(
        f"our Table against DataTable: cursor, still {ours.cursor_still / stock.cursor_still:.3f}, "
        f"cursor, mean {ours.cursor_mean / stock.cursor_mean:.3f}, page {ours.page_mean / stock.page_mean:.3f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
