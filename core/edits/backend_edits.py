"""Edits of backends: enable, set fields, add, remove."""

from __future__ import annotations

import re
from dataclasses import field

from core.edits.address_edits import SetValueAt, UnsetAt
from core.edits.edit_session import EditSession
from core.edits.entry_names import require_backend
from core.edits.intent import Edit, EditLayer, EditRefusedError
from core.edits.layered_files import LayeredFiles
from core.edits.model_tables import ModelTables
from core.edits.profile_edits import DeleteProfile, SetDefault, SetFallbackOrder
from core.edits.route_edits import DeleteRoute, RetargetRoute
from core.entities import Profile
from core.files.outline import dotted
from core.records import dataclass
from core.variables import State

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SwitchBackend:
    """Turn a backend on or off."""

    backend: str
    on: bool

    @property
    def label(self) -> str:
        return f"turn {self.backend} {'on' if self.on else 'off'}"

    def apply(self, session: EditSession) -> None:
        require_backend(session, self.backend)
        if (
            session.layer is EditLayer.AUTO
            and session.report.catalog.backends[self.backend].fields.get("enabled", True) is self.on
        ):
            return  # a backend without the key is on
        LayeredFiles(session, "backends").put_field((self.backend,), "enabled", self.on)


@dataclass(frozen=True, slots=True)
class SetBackendField(Edit, label="{0.key} of {0.backend}"):
    """Set a key of a backend's table; None removes it. Keys unknown to Pipelex are allowed."""

    backend: str
    key: str
    value: object = field(repr=False)  # may be a secret

    def apply(self, session: EditSession) -> None:
        require_backend(session, self.backend)
        address = dotted(("backends", self.backend, self.key))
        if self.value is not None:
            SetValueAt(address, self.value).apply(session)
        elif self.key in session.report.catalog.backends[self.backend].fields:
            UnsetAt(address).apply(session)


@dataclass(frozen=True, slots=True)
class UseVariable(Edit, label="{0.key} of {0.backend} from a variable"):
    """Set a key of a backend to a variable, `${NAME}`, so that the value stays out of the file."""

    backend: str
    variable: str
    key: str = "api_key"

    def apply(self, session: EditSession) -> None:
        SetBackendField(self.backend, self.key, placeholder(session, self.variable)).apply(session)


def placeholder(session: EditSession, variable: str) -> str:
    """Return `${NAME}`, and note an unset variable. Raises EditRefusedError on an invalid name."""
    if not _VARIABLE.fullmatch(variable):
        raise EditRefusedError("That is not a variable name.", "Use letters, digits and `_`, such as OPENAI_API_KEY.")
    environment = session.report.catalog.environment
    if environment.variable(variable).state in (State.MISSING, State.EMPTY):
        session.note(f"`{variable}` is not set here: add {variable}=... to {environment.dotenv}, or export it")
    return f"${{{variable}}}"


def last_of_its_kind(session: EditSession) -> str | None:
    """The last profile that sends everything to one backend, which a new one of this kind goes behind."""
    names = [name for name in session.report.catalog.profiles if name.startswith("all_")]
    return names[-1] if names else None


_OFFERED = 3


@dataclass(frozen=True, slots=True)
class RemoveBackend(Edit, label="remove backend {0.backend}"):
    """Remove a backend from `backends.toml` and from every profile; `file` deletes its file with its models too.

    `instead` takes its place in routes, defaults and orders. Without it those entries go, and a profile that did
    nothing but send to this backend is deleted.
    """

    backend: str
    instead: str | None = None
    file: bool = False

    def apply(self, session: EditSession) -> None:
        require_backend(session, self.backend)
        if self.instead is not None:
            require_backend(session, self.instead)
            if self.instead == self.backend:
                raise EditRefusedError(f"`{self.instead}` is the backend to remove.", "Give another backend.")
        if session.layer is EditLayer.OVERRIDE:
            raise EditRefusedError(
                "An override can turn a backend off, but not remove it.",
                "Turn it off, or remove it from the base.",
                layers=(EditLayer.BASE,),
                alternatives=(SwitchBackend(self.backend, False),),
            )
        for profile in session.report.catalog.profiles.values():
            if self.backend in _backends_of(profile):
                self._clear(session, profile)
        LayeredFiles(session, "backends").drop((self.backend,), f"backend `{self.backend}`")
        self._file(session)

    def _clear(self, session: EditSession, profile: Profile) -> None:
        name = profile.name
        if self.instead is None and _backends_of(profile) <= {None, self.backend}:
            if name == session.report.catalog.active:
                raise self._active(session, name)
            DeleteProfile(name).apply(session)
            session.note(f"profile `{name}` is deleted too: it sent everything to {self.backend}")
            return
        for route in (*profile.routes, *profile.optional_routes):
            if route.backend == self.backend and self.instead is not None:
                RetargetRoute(name, route.pattern, self.instead).apply(session)
            elif route.backend == self.backend:
                DeleteRoute(name, route.pattern).apply(session)
        if self.backend in (profile.fallback_order or ()):
            SetFallbackOrder(name, self._order(profile)).apply(session)
        if profile.default == self.backend:
            SetDefault(name, self.instead).apply(session)

    def _order(self, profile: Profile) -> tuple[str, ...]:
        order = profile.fallback_order or ()
        if self.instead is not None and self.instead not in order:
            return tuple(self.instead if name == self.backend else name for name in order)
        return tuple(name for name in order if name != self.backend)

    def _active(self, session: EditSession, profile: str) -> EditRefusedError:
        other_backends = [name for name in session.report.catalog.enabled if name not in (self.backend, "internal")][
            :_OFFERED
        ]
        return EditRefusedError(
            f"The active profile `{profile}` sends everything to `{self.backend}`.",
            "Give the backend that replaces it, or activate another profile first.",
            alternatives=tuple(RemoveBackend(self.backend, name, self.file) for name in other_backends),
        )

    def _file(self, session: EditSession) -> None:
        tables = ModelTables(session, self.backend)
        if not session.exists(tables.path):
            return
        if self.file:
            tables.open()
            session.delete_file(tables.path)
        else:
            session.note(f"{session.shown(tables.path)} is kept, but no longer read")


def _backends_of(profile: Profile) -> set[str | None]:
    """The backends that a profile names anywhere; None stands for a missing default."""
    routes = (*profile.routes, *profile.optional_routes)
    return {profile.default, *(profile.fallback_order or ()), *(route.backend for route in routes)}
