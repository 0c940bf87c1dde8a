"""What is known before a tree is made: where it goes, for which release, which providers can be chosen there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from core.files.discover import Found
from core.files.store import CommitResult, state_folder
from core.files.tree import read_environment
from core.records import dataclass
from core.releases import Behaviours
from core.starting.offers import Offer, offers, preselected
from core.starting.place import occupied, place_for
from core.starting.plan import StartPlan, plan_init
from core.starting.writing import write_plan
from core.variables import Environment, State, Variable


@dataclass(frozen=True)
class Beginning:
    """A place for a new tree, the release it is for, and the variables as that release sees them there."""

    place: Found
    behaviours: Behaviours
    environment: Environment

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The providers that can be chosen."""
        return offers(self.behaviours.release, self.environment)

    @property
    def preselected(self) -> tuple[str, ...]:
        """The providers that suggest themselves."""
        return preselected(self.offers)

    @property
    def occupied(self) -> tuple[str, ...]:
        """What of a tree already stands there; nothing of it is ever written over."""
        return occupied(self.place)

    def plan(self, names: Sequence[str]) -> StartPlan:
        """The tree with these providers. Raises StartError."""
        return plan_init(self.behaviours, names)

    def unset(self, plan: StartPlan) -> tuple[Variable, ...]:
        """The variables of a plan that have no value here yet."""
        found = (self.environment.variable(name) for name in plan.variables)
        return tuple(variable for variable in found if variable.state is not State.SET)

    def write(self, plan: StartPlan) -> CommitResult:
        """Write a plan: all its files or none. Never raises OSError."""
        return write_plan(plan, self.place, state_folder(self.environment.shell))


def begin(path: str | None, behaviours: Behaviours, *, cwd: str, environ: Mapping[str, str]) -> Beginning:
    """What is known before a tree is made at `path` (a project, a `.pipelex` or an `inference` folder; default `cwd`).

    Raises NoTreeError when the path is a file. Writes nothing.
    """
    place = place_for(path, cwd=cwd, environ=environ)
    return Beginning(place, behaviours, read_environment(place, behaviours, environ))
