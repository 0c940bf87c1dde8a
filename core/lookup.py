"""Finding references by what a person types: with a sigil, by address, or by name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.references import Kind, parse_reference
from core.resolution import Resolution, Resolver

_DEFAULT_FAMILY = "llm"


def find_references(resolver: Resolver, resolutions: Sequence[Resolution], text: str) -> tuple[Resolution, ...]:
    """The references that a text names; never empty.

    `$x`, `@x`, `~x`, `preset:x`, `alias:x`, `waterfall:x` and `handle:x` name a kind; `llm/default/for_text` a choice;
    a bare name everything of that name. A text that names nothing is answered as Pipelex would take it in a preset.
    """
    exact = tuple(_matching(resolutions, text))
    return exact or (_nothing(resolver, text),)


def _nothing(resolver: Resolver, text: str) -> Resolution:
    """The answer for a text that names nothing."""
    found = resolver.text(text, _DEFAULT_FAMILY)
    if found.kind is Kind.PRESET and found.unresolved is not None:
        # Where a model is expected a preset never counts, defined or not; a person who asks means the preset itself.
        unresolved = replace(found.unresolved, code="preset-unknown", message=f"there is no preset `{found.name}`")
        return replace(found, unresolved=unresolved)
    return found


def _matching(resolutions: Sequence[Resolution], text: str) -> Iterator[Resolution]:
    stripped = text.strip()
    parsed = parse_reference(stripped)
    for resolution in resolutions:
        if resolution.kind is Kind.CHOICE:
            if stripped in (resolution.reference, resolution.name):
                yield resolution
        elif parsed.explicit:
            if (resolution.kind is parsed.kind and resolution.name == parsed.name) or resolution.name == stripped:
                yield resolution
        elif resolution.name == stripped or f"{resolution.family}/{resolution.name}" == stripped:
            yield resolution
