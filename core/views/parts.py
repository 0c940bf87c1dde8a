"""What several documents are made of."""

from __future__ import annotations

from core.entities import Location

Json = dict[str, object]


def place_document(location: Location | None) -> Json:
    """A place: the file relative to the project, the line and column from 1, the key in dotted form."""
    if location is None:
        return {"file": None, "line": None, "column": None, "key": None}
    return {"file": location.file, "line": location.line, "column": location.column, "key": location.key or None}
