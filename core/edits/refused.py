"""Why an edit is not made, what to do instead, and in which other layer it would work."""

from __future__ import annotations

from enum import StrEnum

from core.edits.intent import Intent
from core.records import dataclass
from core.toml.edit.toml_commands import Refusal


class EditLayer(StrEnum):
    """The layer an edit goes to.

    `auto` edits what is the person's own in place, and lays an override over what Pipelex owns; `base` and `override`
    are the person's word against that.
    """

    AUTO = "auto"
    BASE = "base"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class EditRefused:
    """An edit that is not made; nothing has changed.

    `offers` are the layers in which the same edit would work, `others` other edits that would do what was wanted.
    """

    reason: str
    instead: str
    file: str | None = None
    offers: tuple[EditLayer, ...] = ()
    others: tuple[Intent, ...] = ()

    @property
    def message(self) -> str:
        """Both sentences in one, with the file they are about."""
        about = f"{self.file}: " if self.file else ""
        return " ".join(part for part in (about + self.reason, self.instead) if part)


class EditRefusedError(Exception):
    """Carries a `EditRefused` out of the depths of an edit. Never leaves a public function."""

    def __init__(
        self,
        reason: str,
        instead: str,
        *,
        file: str | None = None,
        offers: tuple[EditLayer, ...] = (),
        others: tuple[Intent, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.refused = EditRefused(reason, instead[:1].upper() + instead[1:], file, offers, others)


def from_text(refusal: Refusal, file: str) -> EditRefusedError:
    """The refusal of an edit of one text, with the file it is in."""
    return EditRefusedError(refusal.reason, refusal.instead, file=file)
