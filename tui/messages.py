"""Messages to screens and the app, one class per event. Threads post them; their handlers change state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from core.records import dataclass

if TYPE_CHECKING:
    from core.files.store import Recovery
    from core.probes.check_result import CheckResult
    from core.probes.runner import Event
    from core.scaffold import Scaffold
    from core.workspace import Workspace
    from tui.live import LiveResults
    from tui.view_model import ViewModel


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
    """The modules that edits need are imported: the disk can be watched and a draft be offered."""


class TreeSettled(Message):
    """No interrupted commit is left to decide on: a draft can be offered."""


@dataclass
class RecoveryFinished(Message):
    """An interrupted commit was finished or undone, or needs a decision."""

    recovery: Recovery


@dataclass
class TaskFinished(Message):
    """The running task of the queue has its result."""

    result: object


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
    """What switching to each of some profiles would change, by profile."""

    impacts: Mapping[str, str]


@dataclass
class PagePrepared(Message):
    """The slow part of a page is worked out, or a part of it."""

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
