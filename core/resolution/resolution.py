"""The ends of resolution: what may be expected of a reference, why it is dead, and the way to it."""

from __future__ import annotations

from enum import StrEnum

from core.entities import ModelSpec, Place
from core.records import dataclass
from core.references import Kind
from core.routing import Match, RouteMethod


class Status(StrEnum):
    """What may be expected of a reference."""

    CALLABLE = "callable"
    SERVED = "served"
    UNKNOWN = "unknown"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a reference ends at nothing. `names` are the handles that would have to be served."""

    code: str
    message: str
    error: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from name to name: what was followed, and where it is written."""

    kind: Kind
    name: str
    place: Place | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where one reference ends.

    `reference` is how the thing is written in this release; `lookup` the text that Pipelex looks up for it (a preset's
    model, a choice's setting); `hops` the names that were followed.
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
    """The end of following a name: a spec, or the reason why it ends at nothing."""

    spec: ModelSpec | None
    unresolved: Unresolved | None = None
    raised: bool = False
    """Whether Pipelex raises here, rather than resolving to nothing."""
