"""Prompts of pipes: the inputs that a template reads, and whether it attaches the images inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_SIGIL = re.compile(rf"(?<![\w@$])(?:\$|@\??)({_NAME})")
_TAG = re.compile(r"\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}|\{#.*?#\}", re.DOTALL)
_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_CHAIN = re.compile(rf"(?<![\w.])({_NAME})(\s*(?:\|\s*[A-Za-z_]\w*(?:\([^()]*\))?\s*)*)")
_FILTER = re.compile(r"\|\s*([A-Za-z_]\w*)")
_BOUND = re.compile(r"^\s*(?:for\s+(.*?)\s+in\s|set\s+(\w+))", re.DOTALL)
WITH_IMAGES = "with_images"


class Read(NamedTuple):
    """An input that a template reads: its dotted path, and whether the filter `with_images` follows."""

    path: str
    with_images: bool

    @property
    def root(self) -> str:
        """The name of the input."""
        return self.path.split(".")[0]


def reads(template: str) -> tuple[Read, ...]:
    """Every value that a template may read from its inputs, each once: `$name`, `@name`, or in the tags of Jinja."""
    found: dict[str, bool] = {}
    for path, with_images in _reads(template):
        found[path] = found.get(path, False) or with_images
    return tuple(Read(path, with_images) for path, with_images in found.items())


def _reads(template: str) -> Iterator[tuple[str, bool]]:
    bound: set[str] = set()
    for match in _TAG.finditer(template):
        expression = match.group(1) or match.group(2) or ""
        binding = _BOUND.match(expression) if match.group(2) else None
        if binding is not None:
            names = re.findall(r"\w+", binding.group(1) or binding.group(2))
            bound.update(names)
            expression = expression[binding.end() :]
        for chain in _CHAIN.finditer(_TEXT.sub("''", expression)):
            if chain.group(1).split(".")[0] not in bound:
                yield chain.group(1), WITH_IMAGES in _FILTER.findall(chain.group(2))
    outside = _TAG.sub(" ", template).replace("$$", " ").replace("@@", " ")
    for sigil in _SIGIL.finditer(outside):
        yield sigil.group(1), False
