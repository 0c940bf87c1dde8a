"""The document of `init`."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document


class NewVariableDocument(Document):
    """A variable that a new tree needs, and its state here. Never its value."""

    name: str
    state: Literal["set", "empty", "missing", "placeholder"]
    source: str | None


class NewBackendDocument(Document):
    """A backend of a new tree."""

    name: str
    title: str
    variables: list[NewVariableDocument]


class NewFileDocument(Document):
    """A file of a new tree; `path` is inside of the `inference` folder."""

    path: str
    text: str


class InitDocument(Document):
    """What `pipedeck init --json` prints.

    `written` is false with `--dry-run`. `gaps` are the families of models for which the release wants a default that no
    backend of the tree can fill. `verdict` and `summary` are those of `validate`, with every variable taken for set.
    """

    tree: str
    release: str
    profile: str
    written: bool
    backends: list[NewBackendDocument]
    files: list[NewFileDocument]
    gaps: list[str]
    remarks: list[str]
    verdict: Literal["refused", "cannot_run", "degraded", "warnings", "ok"] | None
    summary: str | None
