"""The result of resolving a reference: its target or the reason for having none, and the names on the way."""

from __future__ import annotations

from enum import StrEnum

from core.diagnostics.unresolved import UnresolvedCode
from core.entities import ModelSpec, Place
from core.records import dataclass
from core.references import Kind
from core.refusals import Refusal
from core.routing import Match, RouteMethod


class Status(StrEnum):
    """The status of a reference: see the glossary in CONTRIBUTING."""

    CALLABLE = "callable"
    SERVED = "served"
    REFUSED = "refused"
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
    refusal: Refusal | None = None
    """Why the model refuses the settings."""

    @property
    def alive(self) -> bool:
        """Whether it ends at a model, which may still refuse the settings."""
        return self.status is not Status.DEAD

    @property
    def refused_words(self) -> str:
        """Why the model refuses the settings: `small of lab refuses reasoning_effort: ...`; empty where it does not."""
        if self.refusal is None or self.spec is None:
            return ""
        what = f"`{self.spec.handle}` of {self.spec.backend} refuses {self.refusal.key or 'every call'}"
        return f"{what}{' with structured output' if self.refusal.structured else ''}: {self.refusal.why}"

    @property
    def fails(self) -> bool:
        """Whether every call fails, whatever variables are set: it is dead or refused."""
        return self.status in (Status.DEAD, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a name: a spec, or the reason why there is none."""

    spec: ModelSpec | None
    unresolved: Unresolved | None = None
    raised: bool = False
    """Whether Pipelex raises an exception instead of resolving to nothing."""
