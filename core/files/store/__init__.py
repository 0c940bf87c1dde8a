"""Write a tree: atomic commits of several files, recovery after a crash, the change log, drafts."""

from core.files.state_folder import state_folder
from core.files.store.changelog import LoggedCommit, history, is_undoable, last, old_content, undone_change, undone_ids
from core.files.store.commit import LOCK_WAIT, commit, revert
from core.files.store.commit_results import (
    Change,
    ChangedFile,
    CommitResult,
    Committed,
    Conflict,
    DiskState,
    Failed,
    WrittenFile,
)
from core.files.store.commit_target import removal_notes
from core.files.store.disk import ABSENT, Disk, content_hash
from core.files.store.recovery import (
    Busy,
    Clean,
    Decision,
    InterruptedCommit,
    InterruptedFile,
    Recovered,
    Recovery,
    is_pending,
    recover,
    settle,
)
from core.files.store.saved_draft import Draft, DraftProblem, drop_draft, load_draft, save_draft
from core.files.store.staging import ContentState

__all__ = [
    "ABSENT",
    "LOCK_WAIT",
    "Busy",
    "Change",
    "ChangedFile",
    "Clean",
    "CommitResult",
    "Committed",
    "Conflict",
    "ContentState",
    "Decision",
    "Disk",
    "DiskState",
    "Draft",
    "DraftProblem",
    "Failed",
    "InterruptedCommit",
    "InterruptedFile",
    "LoggedCommit",
    "Recovered",
    "Recovery",
    "WrittenFile",
    "commit",
    "content_hash",
    "drop_draft",
    "history",
    "is_pending",
    "is_undoable",
    "last",
    "load_draft",
    "old_content",
    "recover",
    "removal_notes",
    "revert",
    "save_draft",
    "settle",
    "state_folder",
    "undone_change",
    "undone_ids",
]
