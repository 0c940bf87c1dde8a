"""Edit intents: the interface of an edit, the layer it goes to, and its refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Protocol

from core.records import dataclass
from core.toml.edit.toml_commands import Refusal


class Intent(Protocol):
    """An edit in domain terms: a frozen value that knows no file."""

    @property
    def label(self) -> str:
        """The edit in a few words, for the history and the log. Holds no value that may be a secret."""

    def apply(self, session: Any) -> None:
        """Make the edit in an `EditSession`. Raises EditRefusedError when it cannot be made."""


class Edit:
    """Base of the intents whose label is a format string over their fields, as in `label="delete alias {0.name}"`."""

    __slots__ = ()
    _label: ClassVar[str]

    def __init_subclass__(cls, label: str = "") -> None:
        if label:  # a dataclass with slots is created twice, the second time without the argument
            cls._label = label

    @property
    def label(self) -> str:
        return self._label.format(self)


class EditLayer(StrEnum):
    """The layer an edit goes to.

    `auto` edits the user's own files in place, and adds an override to files managed by Pipelex; `base` and `override`
    choose the layer explicitly.
    """

    AUTO = "auto"
    BASE = "base"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class EditRefused:
    """A refused edit; nothing has changed.

    `layers` are the layers in which the same edit would work, `alternatives` alternative edits with the same purpose.
    """

    reason: str
    instead: str
    file: str | None = None
    layers: tuple[EditLayer, ...] = ()
    alternatives: tuple[Intent, ...] = ()

    @property
    def message(self) -> str:
        """The reason and the advice in one line, after the file name."""
        prefix = f"{self.file}: " if self.file else ""
        return " ".join(sentence for sentence in (prefix + self.reason, self.instead) if sentence)


class EditRefusedError(Exception):
    """Carries an `EditRefused` to the caller of an edit. Never leaves a public function."""

    def __init__(
        self,
        reason: str,
        instead: str,
        *,
        file: str | None = None,
        layers: tuple[EditLayer, ...] = (),
        alternatives: tuple[Intent, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.refused = EditRefused(reason, instead[:1].upper() + instead[1:], file, layers, alternatives)

    @classmethod
    def from_refusal(cls, refusal: Refusal, file: str) -> EditRefusedError:
        """The error for a refused edit of the text of one file."""
        return cls(refusal.reason, refusal.instead, file=file)
