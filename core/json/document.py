"""The base of every JSON document, and its text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, TypeVar

from core.secret_texts import HIDDEN, certain_spans, hide_keys, rendered

_MASK: Final = HIDDEN.replace("•", "\\u2022")
T = TypeVar("T")
DocumentT = TypeVar("DocumentT", bound="Document")


class Document:
    """A JSON document, or a part of one: its keys are the attributes that `__init__` sets, printed in that order.

    Each is annotated there, so that one line states its name, its type and its value: a value of another type is an
    error of mypy, and `core.json.schemas` makes the schema from the annotations.
    """


def dump_json(document: object, *, indent: int | None = None) -> str:
    """The text of a document, with a line end. Control characters are escaped, words that look like keys hidden."""
    text = json.dumps(document, ensure_ascii=True, indent=indent, default=vars)
    # In the finished text, where a search takes a hundredth of the time of a walk through the document. An escape is
    # no part of the word behind it.
    text = re.sub(r"\\u.{4}|\\.|:?[A-Za-z0-9+/=_\-.~%]{11,}+", _hidden_word, text)
    return rendered(text, certain_spans(text), _MASK) + "\n"


def _hidden_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if word[0] == "\\" else hide_keys(word).replace(HIDDEN, _MASK)


def optional(document: Callable[[T], DocumentT], value: T | None) -> DocumentT | None:
    """The document of a value, if there is one."""
    return document(value) if value is not None else None
