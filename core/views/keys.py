"""The JSON document of `keys`."""

from __future__ import annotations

from core.api import Report
from core.keys import KeyRow, keys
from core.masking import shown_name
from core.views.parts import Json


def keys_document(report: Report) -> Json:
    """Everything that `keys --json` says. Never a value."""
    rows = keys(report)
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "sources": [label for label, _ in report.catalog.environment.sources],
        "fails": sum(1 for row in rows if row.fails),
        "variables": [_row(row) for row in rows],
    }


def _row(row: KeyRow) -> Json:
    return {
        "name": row.shown,
        "state": row.state.value,
        "spaced": row.spaced,
        "source": row.source,
        "sources": [
            {"source": item.source, "state": item.state.value, "spaced": item.spaced, "wins": item is row.sources[-1]}
            for item in row.sources
        ],
        "needed": row.needed,
        "fails": row.fails,
        "backends": [
            {
                "name": need.backend,
                "on": need.on,
                "filled": need.filled,
                "others": [shown_name(name) for name in need.others],
            }
            for need in row.needs
        ],
        "line": row.line or None,
        "finding": row.finding or None,
        "fix": row.fix or None,
    }
