"""Messages to screens and the app, one class per event. Threads post them; their handlers change state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from core.records import dataclass
from tui.labels import plain

if TYPE_CHECKING:
    from core.api import Report
    from core.edits.fixes.fix_base import Fix
    from core.edits.intent import EditLayer, EditRefused, Intent
    from core.files.store import Recovery
    from core.lives.lives import Knowledge
    from core.methods import Methods
    from core.past_runs import ReadTraces
    from core.probes.check_result import CheckResult
    from core.probes.runner import Event
    from core.problems import Problem
    from core.replacements import Replacement
    from core.scaffold import Scaffold
    from core.traces.run_index import RecentRuns
    from core.upgrade.marks import DriftMarks
    from core.workspace import History, Proposal, Refreshed, SaveResult, Workspace
    from tui.live import LiveResults
    from tui.selection import ItemRef
    from tui.view_model import ViewModel
    from tui.widgets.lines import Line


class DemoRequested(Message):
    """A request to open the sample."""


@dataclass
class OpenRequested(Message):
    """A request to open the tree at a path."""

    path: str


@dataclass
class TreeCreated(Message):
    """A new tree, to be opened."""

    scaffold: Scaffold


class ReloadRequested(Message):
    """A request to reload the files."""


class EditingImported(Message):
    """The workspace is imported: the disk can be watched and a draft be offered."""


@dataclass
class ExposureFound(Message):
    """The `.env` files that others may read are known, for the report of a view."""

    view: ViewModel
    problems: tuple[Problem, ...]


@dataclass
class IndexRead(Message):
    """The index of lives and prices was read; `view` is the view model that has it, `notes` are for the user."""

    knowledge: Knowledge | None
    notes: Sequence[str]
    view: ViewModel


@dataclass
class DriftFound(Message):
    """The drift of the tree of a report from the installed kit is known; None without a kit."""

    view: ViewModel
    marks: DriftMarks | None


@dataclass
class TracesProgressed(Message):
    """The traces of the project are being read: `size` bytes so far."""

    size: int


@dataclass
class TracesRead(Message):
    """The traces of the project are read, or with `done` unset their summary of the last reading.

    `view` is the view model with their recent runs.
    """

    traces: ReadTraces
    runs: RecentRuns | None
    view: ViewModel
    done: bool


@dataclass
class MethodsRead(Message):
    """The method files of the project are read."""

    workspace: Workspace
    methods: Methods


class TreeSettled(Message):
    """No interrupted commit is left to decide on: a draft can be offered."""


@dataclass
class RecoveryFinished(Message):
    """Interrupted commits were finished or undone, or need a decision; empty if there were none."""

    recoveries: tuple[Recovery, ...]


@dataclass
class TaskFinished(Message):
    """The running task of the queue has its result, which is handed on to the screen that asked."""

    result: Message


@dataclass
class EditMade(Message):
    """An edit is proposed; the queue accepts it before the message is handed on. Then `select` is shown."""

    intent: Intent
    select: ItemRef | None
    proposal: Proposal


@dataclass
class EditRejected(Message):
    """An edit is refused."""

    intent: Intent
    select: ItemRef | None
    refusal: EditRefused

    @property
    def has_offers(self) -> bool:
        """Whether it can be made in another layer or in another way."""
        return bool(self.refusal.layers or self.refusal.alternatives)


@dataclass
class HistoryStepped(Message):
    """An edit was undone or redone; without `moved` there was none."""

    moved: bool
    message: str


@dataclass
class EditMoved(Message):
    """An edit was moved to another layer, or could not be."""

    layer: EditLayer
    refusal: EditRefused | None


@dataclass
class EditsSaved(Message):
    """The edits are written, or could not be."""

    result: SaveResult


@dataclass
class FilesRefreshed(Message):
    """Changes on disk are merged; with conflicts nothing is, and the user is asked first."""

    before: History
    refreshed: Refreshed
    prefix: str = ""
    """Text before the message."""
    notice: str = ""
    """Text in place of the message."""

    @property
    def message(self) -> str:
        """The changed files and the notes."""
        if self.notice:
            return self.notice
        parts = [plain(part) for part in (self.refreshed.message, *self.refreshed.notes) if part]
        return self.prefix + ("; ".join(parts) or "nothing has changed on disk")


@dataclass
class ProfileViewed(Message):
    """The workspace is viewed as if a profile were active; None: as it is."""

    profile: str | None


@dataclass
class ImpactFound(Message):
    """The impact of an edit that is not made yet, with the report after it; or why it is refused."""

    text: str
    after: Report | None


@dataclass
class UseOnlyPrepared(Message):
    """The preview of using one backend only: the edit without replacements, and replacements of what dies."""

    backend: str
    bare: Proposal
    replacements: tuple[Replacement, ...]


@dataclass
class DeletionPrepared(Message):
    """The deletion of an item is prepared, before the user is asked."""

    view: ViewModel
    ref: ItemRef
    intent: Intent
    result: Proposal | EditRefused


@dataclass
class FixesFound(Message):
    """The fixes of an item, as options with the impact and a preview of each, and the fixes of all its problems."""

    fixes: Sequence[Fix]
    options: Sequence[tuple[str, str, str, Sequence[Line]]]
    """The index of the fix, its sentence, its impact, and what it changes."""
    every: Sequence[Fix]
    none: str
    """Why there is none, where there is none."""


EditResult = EditMade | EditRejected | HistoryStepped | EditMoved | EditsSaved | FilesRefreshed


@dataclass
class DiskChecked(Message):
    """The files on disk were compared with those of the workspace."""

    workspace: Workspace
    changed: tuple[str, ...]
    branch: str
    poll: bool
    """Whether the kernel gives no notice of some folders, so that they have to be polled."""


@dataclass
class ImpactsFound(Message):
    """The impact of switching to each of some profiles, by profile."""

    impacts: Mapping[str, str]


@dataclass
class PagePrepared(Message):
    """The slow part of a page is prepared, or a part of it."""

    view: ViewModel
    result: object


@dataclass
class SecretsHidden(Message):
    """The lines of a file, as they are and with their secrets hidden; `line` gets the cursor, from 0."""

    line: int
    lines: Sequence[str]
    hidden: Sequence[str]


@dataclass
class LiveResultsMerged(Message):
    """Check results were merged into a report, or could not be; that took `seconds`."""

    view: ViewModel
    results: LiveResults | Exception
    seconds: float


@dataclass
class ChecksPlanned(Message):
    """The requests of a check job are planned."""

    job: int


@dataclass
class CheckProgressed(Message):
    """A check of a job has reached another stage."""

    job: int
    event: Event


@dataclass
class ChecksFinished(Message):
    """All checks of a job have ended; `failure` says why results could not be stored."""

    job: int
    results: Sequence[CheckResult]
    failure: str


@dataclass
class ChecksFailed(Message):
    """A check job failed before anything was sent."""

    job: int
    error: Exception


CheckMessage = ChecksPlanned | CheckProgressed | ChecksFinished | ChecksFailed
