"""The result of resolving a reference: its target or the reason for having none, and the names on the way."""

from __future__ import annotations

from enum import StrEnum

from core.diagnostics.unresolved import UnresolvedCode
from core.entities import ModelSpec, Place
from core.records import dataclass
from core.references import Kind
from core.routing import Match, RouteMethod


class Status(StrEnum):
    """How far a reference can be used: see the words in CONTRIBUTING."""

    CALLABLE = "callable"
    SERVED = "served"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The reason why a reference has no target. `names` are the handles that would have to be served."""

    code: UnresolvedCode
    message: str
    error: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a resolution: a name that was followed, and its location."""

    kind: Kind
    name: str
    place: Place | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The resolution of one reference.

    `reference` is its text in this release; `lookup` the text that Pipelex looks up for it (the model of a preset, the
    setting of a choice); `hops` are the names that were followed.
    """

    reference: str
    kind: Kind
    family: str
    name: str
    status: Status
    spec: ModelSpec | None
    lookup: str
    hops: tuple[Hop, ...]
    place: Place | None
    unresolved: Unresolved | None = None
    match: Match | None = None
    method: RouteMethod | None = None

    @property
    def alive(self) -> bool:
        return self.status is not Status.DEAD


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a name: a spec, or the reason why there is none."""

    spec: ModelSpec | None
    unresolved: Unresolved | None = None
    raised: bool = False
    """Whether Pipelex raises an exception instead of resolving to nothing."""
