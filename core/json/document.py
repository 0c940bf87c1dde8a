"""The base of every JSON document, and its text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
DocumentT = TypeVar("DocumentT", bound="Document")


class Document:
    """A JSON document, or a part of one: its keys are the attributes that `__init__` sets, printed in that order.

    Each is annotated there, so that one line states its name, its type and its value: a value of another type is an
    error of mypy, and `core.json.schemas` makes the schema from the annotations.
    """


def dump_json(document: object, *, indent: int | None = None) -> str:
    """The text of a document, with a line end. Control characters are escaped."""
    return json.dumps(document, ensure_ascii=True, indent=indent, default=vars) + "\n"


def optional(document: Callable[[T], DocumentT], value: T | None) -> DocumentT | None:
    """The document of a value, if there is one."""
    return document(value) if value is not None else None
