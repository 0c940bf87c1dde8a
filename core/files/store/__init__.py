"""Writing a tree: several files as one change, what a crash cut off, the log of changes, drafts."""

from core.files.state_folder import state_folder
from core.files.store.changelog import Logged, history, is_undoable, last, old_content
from core.files.store.commit import LOCK_WAIT, commit, revert
from core.files.store.disk import ABSENT, Disk, OsDisk, content_hash
from core.files.store.recovery import (
    Busy,
    Clean,
    Decision,
    LeftOver,
    Recovered,
    Recovery,
    Unfinished,
    is_pending,
    recover,
)
from core.files.store.results import (
    Change,
    CommitResult,
    Committed,
    Conflict,
    DiskState,
    Failed,
    Moved,
    Written,
)
from core.files.store.saved_draft import Draft, DraftProblem, drop_draft, load_draft, save_draft
from core.files.store.staging import Holds

__all__ = [
    "ABSENT",
    "LOCK_WAIT",
    "Busy",
    "Change",
    "Clean",
    "CommitResult",
    "Committed",
    "Conflict",
    "Decision",
    "Disk",
    "DiskState",
    "Draft",
    "DraftProblem",
    "Failed",
    "Holds",
    "LeftOver",
    "Logged",
    "Moved",
    "OsDisk",
    "Recovered",
    "Recovery",
    "Unfinished",
    "Written",
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
    "revert",
    "save_draft",
    "state_folder",
]
