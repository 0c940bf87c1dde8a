"""The JSON of `pipedeck recover`: interrupted changes, and their outcome."""

from __future__ import annotations

from typing import Literal

from core.files.store import Busy, Clean, InterruptedCommit, InterruptedFile, Recovered, Recovery
from core.json.document import Document

RecoveryResult = Literal["finished", "undone", "left", "undecided", "busy", "nothing"]


class InterruptedFileDocument(Document):
    """A file of an interrupted change; `old` and `new`: paths of its two contents, null where there is none."""

    def __init__(self, file: InterruptedFile) -> None:
        self.file: str = file.path
        self.holds: str = file.holds.value
        self.old: str | None = file.old
        self.new: str | None = file.new


class RecoveryDocument(Document):
    """An interrupted change; `files` are listed while a decision is needed."""

    def __init__(self, outcome: Recovery) -> None:
        self.change: str | None = None if isinstance(outcome, Busy | Clean) else outcome.label or None
        self.result: RecoveryResult = _result(outcome)
        self.message: str = outcome.message
        files = outcome.files if isinstance(outcome, InterruptedCommit) else ()
        self.files: list[InterruptedFileDocument] = [InterruptedFileDocument(file) for file in files]


def _result(outcome: Recovery) -> RecoveryResult:
    if isinstance(outcome, Recovered):
        return outcome.outcome
    if isinstance(outcome, InterruptedCommit):
        return "undecided"
    return "busy" if isinstance(outcome, Busy) else "nothing"
