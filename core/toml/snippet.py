"""The lines of a TOML text that write one thing, as a text of its own, with literal secrets hidden."""

from __future__ import annotations

from collections.abc import Iterator

from core.toml.edit.layout import Layout, Path, Section, scan
from core.toml.hide import hidden


def snippet(text: str, path: Path) -> str:
    """What a text says of a key path: its table and those below it, or its line under the header that it stands in.

    Comments inside are kept, blank lines at the end are not; empty when the text says nothing of the path. Never
    raises; of a text that is no TOML it is a guess.
    """
    layout = scan(text)
    found = ""
    for part in _parts(layout, path):
        gap = "\n" if found and part.lstrip().startswith("[") else ""
        found += gap + part.strip("\n") + "\n"
    return hidden(found.replace("\r\n", "\n"))


def _parts(layout: Layout, path: Path) -> Iterator[str]:
    for section in layout.sections:
        if len(section.path) >= len(path) and section.path[: len(path)] == path and section.header >= 0:
            yield _lines(layout, section.header, section.stop)
        elif path[: len(section.path)] == section.path:
            yield from _pairs(layout, section, path)


def _pairs(layout: Layout, section: Section, path: Path) -> Iterator[str]:
    """The pairs of a section that write the path or what is below it, with the header above the first of them."""
    told = section.header < 0
    for number in range(section.first, section.stop):
        statement = layout.statements[number]
        if statement.kind != "pair":
            continue
        full = layout.full(section, statement)
        if full[: len(path)] == path or path[: len(full)] == full:
            if not told:
                yield _lines(layout, section.header, section.header + 1)
                told = True
            yield _lines(layout, number, number + 1)


def _lines(layout: Layout, first: int, stop: int) -> str:
    while stop > first + 1 and layout.statements[stop - 1].kind in ("blank", "comment"):
        stop -= 1
    return layout.text[layout.statements[first].start : layout.statements[stop - 1].end]
