"""One use of a thing, and all the uses of one."""

from __future__ import annotations

from dataclasses import field

from core.entities import Location, Path, Place
from core.mentions import Node
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which something is used.

    `user` is who uses it and `label` how that is written; `role` what for (see `Mention`; `takes` is a route whose
    pattern takes a model's name, `unnamed` a pipe that names no model and so gets a default). `via` are the names
    between the two, nearest to the user first; empty for a direct use. `now` says whether the user's trail really
    passes here today: a later entry of a waterfall is named and not passed, nor is a profile that is not active.
    `in_force` is false when a later file hides this place. `file` and `path` are what a rename edits: the last part of
    the path when `is_key`, else the value, which reads `text`.
    """

    user: Node
    label: str
    role: str
    text: str
    place: Place
    file: str
    path: Path
    is_key: bool = False
    via: tuple[Node, ...] = ()
    in_force: bool = True
    now: bool = True
    note: str = ""

    @property
    def location(self) -> Location:
        """Where it is written."""
        return self.place.location

    @property
    def direct(self) -> bool:
        """Whether the name itself stands there."""
        return not self.via


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that uses one thing. `declared` are the places that define it, which a rename changes too."""

    node: Node
    label: str
    declared: tuple[Use, ...] = ()
    tree: tuple[Use, ...] = ()
    methods: tuple[Use, ...] = ()
    served: tuple[Node, ...] = field(default=(), repr=False)
    """For a backend: the references that end at one of its models."""

    @property
    def all(self) -> tuple[Use, ...]:
        """The uses in the tree and in methods, direct ones first within each."""
        return (*self.tree, *self.methods)

    @property
    def rename(self) -> tuple[Use, ...]:
        """Every place where the name itself is written: what a rename has to change, and nothing else.

        Values are changed before keys, since the keys are parts of the paths of the values.
        """
        said = (*self.declared, *self.all) if self.node.kind != "choice" else ()
        places = [use for use in said if use.direct and use.role not in ("takes", "unnamed", "placeholder")]
        return tuple(sorted(places, key=lambda use: use.is_key))
