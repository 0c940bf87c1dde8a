"""TOML text of new files: pairs, headers and comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.toml.edit.toml_writer import render, render_key

WIDTH = 78


def pairs(items: Mapping[str, object]) -> list[str]:
    """The `key = value` lines of a table."""
    return [f"{render_key(name)} = {render(value, flat=True)}" for name, value in items.items()]


def header(*names: str) -> str:
    """The `[table]` line."""
    return f"[{'.'.join(map(render_key, names))}]"


def comment(text: str) -> list[str]:
    """A text as comment lines: paragraphs are wrapped, indented lines are kept as they are."""
    import textwrap

    lines: list[str] = []
    paragraph: list[str] = []

    def fill() -> None:
        lines.extend(textwrap.wrap(" ".join(paragraph), WIDTH, break_on_hyphens=False))
        paragraph.clear()

    for line in text.strip("\n").splitlines():
        if line and not line.startswith(" "):
            paragraph.append(line)
        else:
            fill()
            lines.append(line)
    fill()
    return [f"# {line}".rstrip() for line in lines]


def table(path: str, fields: Mapping[str, object], description: str = "") -> list[str]:
    """The lines of a table below a comment; none without fields. `path` separates the names by dots."""
    return [*comment(description), header(*path.split(".")), *pairs(fields)] if fields else []


def document(*blocks: Iterable[str]) -> str:
    """A file of blocks of lines, separated by empty lines. Empty blocks are omitted."""
    filled = [lines for block in blocks if (lines := list(block))]
    return "\n\n".join("\n".join(lines) for lines in filled) + "\n"
