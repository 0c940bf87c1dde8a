"""Lookup of references by a sigil, an address or a bare name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.references import Kind, parse_reference
from core.resolution import Resolution, Resolver

_DEFAULT_FAMILY = "llm"


def find_references(resolver: Resolver, resolutions: Sequence[Resolution], text: str) -> tuple[Resolution, ...]:
    """The references that match a text; never empty.

    `$x`, `@x`, `~x`, `preset:x`, `alias:x`, `waterfall:x` and `handle:x` match one kind, `llm/default/for_text` a
    choice, and a bare name every kind. Without a match the text is resolved as the model of an LLM preset.
    """
    exact = tuple(_matching(resolutions, text))
    return exact or (_resolve(resolver, text),)


def _resolve(resolver: Resolver, text: str) -> Resolution:
    resolution = resolver.text(text, _DEFAULT_FAMILY)
    if resolution.kind is Kind.PRESET and resolution.unresolved is not None:
        # In place of a model no preset counts, defined or not; a lookup asks for the preset itself.
        message = f"there is no preset `{resolution.name}`"
        unresolved = replace(resolution.unresolved, code="preset-unknown", message=message)
        return replace(resolution, unresolved=unresolved)
    return resolution


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
