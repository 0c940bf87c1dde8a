"""Lines of TOML that a new file is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.toml.edit.render import render, render_key

WIDTH = 78


def pairs(items: Mapping[str, object]) -> list[str]:
    """Lines of `key = value`."""
    return [f"{render_key(name)} = {render(value, flat=True)}" for name, value in items.items()]


def header(*names: str) -> str:
    """The line that begins a table."""
    return f"[{'.'.join(map(render_key, names))}]"


def comment(text: str) -> list[str]:
    """A text as lines of a comment: paragraphs are filled, lines that begin with a space stay as they are."""
    import textwrap

    out: list[str] = []
    paragraph: list[str] = []

    def fill() -> None:
        out.extend(textwrap.wrap(" ".join(paragraph), WIDTH, break_on_hyphens=False))
        paragraph.clear()

    for line in text.strip("\n").splitlines():
        if line and not line.startswith(" "):
            paragraph.append(line)
        else:
            fill()
            out.append(line)
    fill()
    return [f"# {line}".rstrip() for line in out]


def document(*blocks: Iterable[str]) -> str:
    """A file: blocks of lines with an empty line between them; empty blocks are left out."""
    kept = [lines for block in blocks if (lines := list(block))]
    return "\n\n".join("\n".join(lines) for lines in kept) + "\n"
