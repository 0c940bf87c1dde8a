"""The document of `keys`."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document

VariableState = Literal["set", "empty", "missing", "placeholder"]


class SourceDocument(Document):
    """What one source has of a variable."""

    source: str
    state: VariableState
    spaced: bool
    wins: bool


class NeedDocument(Document):
    """A backend that refers to a variable. `others` do as well; `filled`: it has what it needs."""

    name: str
    on: bool
    filled: bool
    others: list[str]


class KeyDocument(Document):
    """One variable, never its value. `line` is what to write into `.env`, the value to be added."""

    name: str
    state: VariableState
    spaced: bool
    source: str | None
    sources: list[SourceDocument]
    needed: bool
    fails: bool
    backends: list[NeedDocument]
    line: str | None
    finding: str | None
    fix: str | None


class KeysDocument(Document):
    """What `pipedeck keys --json` prints. `sources` in the order in which later ones win."""

    tree: str
    release: str
    sources: list[str]
    fails: int
    variables: list[KeyDocument]
