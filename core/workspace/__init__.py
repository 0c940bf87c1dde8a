"""The workspace: a tree under edit. Propose, accept, undo, look at the difference, write, keep a draft."""

from core.files.store import DraftProblem
from core.workspace.diffs import DiffLine, FileDiff
from core.workspace.drafts import (
    Unwritten,
    discard_draft,
    find_draft,
    forget_draft,
    keep_draft,
    restore_draft,
)
from core.workspace.history import History, Moment
from core.workspace.proposal import Proposal
from core.workspace.replay import Conflict, Side
from core.workspace.results import NeedsConsent, NotSaved, Refreshed, Restored, Saved, SaveResult, Typed
from core.workspace.workspace import Workspace

__all__ = [
    "Conflict",
    "DiffLine",
    "DraftProblem",
    "FileDiff",
    "History",
    "Moment",
    "NeedsConsent",
    "NotSaved",
    "Proposal",
    "Refreshed",
    "Restored",
    "SaveResult",
    "Saved",
    "Side",
    "Typed",
    "Unwritten",
    "Workspace",
    "discard_draft",
    "find_draft",
    "forget_draft",
    "keep_draft",
    "restore_draft",
]
