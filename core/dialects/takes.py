"""What a key takes, told apart for those who ask a person for a value: its kind, its words, the values there are."""

from __future__ import annotations

from enum import StrEnum

from core.dialects.shape import Test
from core.records import dataclass


class Kind(StrEnum):
    """The kinds of values that a person is asked for in different ways."""

    FLAG = "true or false"
    WORD = "one of some words"
    NUMBER = "a number"
    LIST = "a list"
    TABLE = "a table"
    TEXT = "a text"


@dataclass(frozen=True, slots=True)
class Takes:
    """What a key takes. `words` say it as the release would; `choices` are the words there are, if they are listed."""

    kind: Kind
    words: str = ""
    choices: tuple[str, ...] = ()


ANY = Takes(Kind.TEXT)
_ONE_OF = "one of "


def takes(test: Test) -> Takes:
    """What a test lets through, by what it answers to a value that nothing lets through."""
    words = test(object())
    if words is None:
        return ANY
    if words.startswith(_ONE_OF):
        return Takes(Kind.WORD, words, _listed(words))
    if words.startswith("a list"):
        inside = test([object()]) or words
        return Takes(Kind.LIST, inside, _listed(inside))
    for kind, beginning in ((Kind.FLAG, "true or false"), (Kind.TABLE, "a table")):
        if words.startswith(beginning):
            return Takes(kind, words)
    return Takes(Kind.NUMBER if "number" in words else Kind.TEXT, words)


def _listed(words: str) -> tuple[str, ...]:
    _, found, names = words.partition(_ONE_OF)
    return tuple(names.split(", ")) if found else ()


def value_of(text: str, what: Takes) -> object:
    """The value that a text stands for where such is taken. What it cannot stand for stays the text it is."""
    typed = text.strip()
    if what.kind is Kind.FLAG:
        return {"true": True, "false": False}.get(typed.lower(), typed)
    if what.kind is Kind.LIST:
        return [part.strip() for part in typed.split(",") if part.strip()]
    if what.kind is Kind.NUMBER:
        for read in (int, float):
            try:
                return read(typed)
            except ValueError:
                continue
    return typed
