"""Concepts of methods: what a value of each is, as far as it decides what a model must read or write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

NATIVE: Final = "native"
_MAX_DEPTH: Final = 12
"""Concepts followed through `refines` and nested structures: a bound for cycles."""
_REFERENCE = re.compile(r"(?:[^\s\[\]?!]+->)?([A-Za-z_][\w.]*)(?:\[(\d*)\])?([?!])?")


class ContentKind(StrEnum):
    """The kind of the values of a concept."""

    TEXT = "text"
    IMAGE = "image"
    DOCUMENT = "document"
    STRUCTURED = "structured"
    DYNAMIC = "dynamic"
    """Known only when the pipe runs; text where nothing says otherwise."""
    UNKNOWN = "unknown"
    """Of a Python class, of a package, or not defined here."""


_NATIVES: Final[Mapping[str, ContentKind]] = {
    "Text": ContentKind.TEXT,
    "Markdown": ContentKind.TEXT,
    "LlmPrompt": ContentKind.TEXT,
    "ImgGenPrompt": ContentKind.TEXT,
    "Image": ContentKind.IMAGE,
    "PDF": ContentKind.DOCUMENT,
    "Document": ContentKind.DOCUMENT,
    "Dynamic": ContentKind.DYNAMIC,
    **dict.fromkeys(
        ("Anything", "Html", "TextAndImages", "Number", "YesNo", "Choice", "Rating", "Date", "Time", "Page", "JSON"),
        ContentKind.STRUCTURED,
    ),
    "SearchResult": ContentKind.STRUCTURED,
    "Composite": ContentKind.STRUCTURED,
}
"""The concepts of Pipelex itself, over all releases."""
_NATIVE_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "TextAndImages": {"images": "Image[]"},
    "Page": {"text_and_images": "TextAndImages", "page_view": "Image"},
}
"""The fields of native concepts that hold images."""


class Slot(NamedTuple):
    """A concept as an input or output names it: `Image`, `Image[]`, `Image[3]`, `shop.Photo?`.

    `length` is None for a single value, 0 for a list of any length, else the length of the list; whether a list of one
    is a list depends on the release.
    """

    concept: str
    length: int | None = None
    optional: bool = False


def read_slot(text: object) -> Slot | None:
    """Read an input or output; None for what is no concept."""
    if isinstance(text, Mapping):  # an input with more to say than its concept
        text = text.get("concept") or text.get("type")
    match = _REFERENCE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return None
    concept, inside, presence = match.groups()
    if "->" in match.group():
        concept = match.group().split("[")[0]  # of a package, whose concepts are not read
    count = None if inside is None else int(inside or 0)
    return Slot(concept, count, presence == "?")


class Concepts:
    """The concepts that method files define, by domain and name."""

    def __init__(self, tables: Mapping[tuple[str, str], object]) -> None:
        self.tables = tables
        self._kinds: dict[tuple[str, str], ContentKind] = {}

    def kind(self, concept: str, domain: str) -> ContentKind:
        """The kind of the values of a concept, as a pipe of a domain names it."""
        key = (concept, domain)
        if key not in self._kinds:
            self._kinds[key] = self._kind(concept, domain, _MAX_DEPTH)
        return self._kinds[key]

    def _find(self, concept: str, domain: str) -> tuple[str, str, object]:
        """The domain, name and table of a concept; `native` for one of Pipelex itself, None for an unknown one."""
        prefix, _, name = concept.rpartition(".")
        if prefix == NATIVE or (not prefix and name in _NATIVES):
            return NATIVE, name, None
        own = prefix or domain
        return own, name, self.tables.get((own, name))

    def _kind(self, concept: str, domain: str, depth: int) -> ContentKind:
        own, name, table = self._find(concept, domain)
        if own == NATIVE:
            return _NATIVES.get(name, ContentKind.UNKNOWN)
        if table is None or not depth:
            return ContentKind.UNKNOWN
        if isinstance(table, str):  # a description alone
            return ContentKind.TEXT
        if not isinstance(table, Mapping):
            return ContentKind.UNKNOWN
        refines = table.get("refines")
        if isinstance(refines, list):  # up to 0.10 a list
            refines = refines[0] if refines else None
        structure = table.get("structure")
        if isinstance(structure, Mapping) and structure:
            return ContentKind.STRUCTURED
        if isinstance(structure, str):  # a Python class
            return ContentKind.UNKNOWN
        slot = read_slot(refines)
        return self._kind(slot.concept, own, depth - 1) if slot is not None else ContentKind.TEXT

    def fields(self, concept: str, domain: str) -> Iterator[tuple[str, ContentKind]]:
        """The dotted paths of the images and documents in a structured concept."""
        yield from self._fields(concept, domain, "", _MAX_DEPTH)

    def _fields(self, concept: str, domain: str, path: str, depth: int) -> Iterator[tuple[str, ContentKind]]:
        if not depth:
            return
        own, name, table = self._find(concept, domain)
        slots: Iterator[tuple[str, Slot]]
        if own == NATIVE:
            slots = ((key, Slot(*_named(text))) for key, text in _NATIVE_FIELDS.get(name, {}).items())
        else:
            slots = _structure(table)
            refines = read_slot(table.get("refines")) if isinstance(table, Mapping) else None
            if refines is not None:
                yield from self._fields(refines.concept, own, path, depth - 1)
        for key, slot in slots:
            inner = f"{path}.{key}" if path else key
            kind = self._kind(slot.concept, own, depth - 1)
            if kind in (ContentKind.IMAGE, ContentKind.DOCUMENT):
                yield inner, kind
            elif kind is ContentKind.STRUCTURED:
                nested = list(self._fields(slot.concept, own, inner, depth - 1))
                # The contents of a list are attached with the list.
                yield from ([(inner, kind) for _, kind in nested[:1]] if slot.length is not None else nested)


def _named(text: str) -> Slot:
    slot = read_slot(text)
    assert slot is not None
    return slot


def _structure(table: object) -> Iterator[tuple[str, Slot]]:
    """The fields of a structure whose values are concepts."""
    structure = table.get("structure") if isinstance(table, Mapping) else None
    for key, field in structure.items() if isinstance(structure, Mapping) else ():
        if not isinstance(field, Mapping):
            continue
        if field.get("type") == "concept" and (slot := read_slot(field.get("concept_ref"))) is not None:
            yield str(key), slot
        elif field.get("type") == "list" and field.get("item_type") == "concept":
            slot = read_slot(field.get("item_concept_ref"))
            if slot is not None:
                yield str(key), slot._replace(length=0)
