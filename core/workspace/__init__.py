"""The workspace: a tree under edit. Propose, accept, undo, look at the difference, write, keep a draft."""

from core.files.store import DraftProblem
from core.workspace.diffs import DiffLine, FileDiff
from core.workspace.history import History, HistoryEntry
from core.workspace.proposal import Proposal
from core.workspace.replay import Conflict, ConflictSide
from core.workspace.workspace import Workspace
from core.workspace.workspace_drafts import (
    FoundDraft,
    find_draft,
    remove_draft,
    remove_own_draft,
    restore_draft,
    write_draft,
)
from core.workspace.workspace_results import (
    NeedsConsent,
    NotSaved,
    Refreshed,
    Restored,
    Saved,
    SaveResult,
    UnfinishedText,
)

__all__ = [
    "Conflict",
    "ConflictSide",
    "DiffLine",
    "DraftProblem",
    "FileDiff",
    "FoundDraft",
    "History",
    "HistoryEntry",
    "NeedsConsent",
    "NotSaved",
    "Proposal",
    "Refreshed",
    "Restored",
    "SaveResult",
    "Saved",
    "UnfinishedText",
    "Workspace",
    "find_draft",
    "remove_draft",
    "remove_own_draft",
    "restore_draft",
    "write_draft",
]
