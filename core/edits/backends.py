"""Edits of backends: on and off, the fields of their tables, and variables in the place of keys."""

from __future__ import annotations

import re

from core.edits.edit_session import EditSession
from core.edits.layered_files import LayeredFiles
from core.edits.refused import EditLayer, EditRefusedError
from core.edits.values import SetValueAt, UnsetAt
from core.files.outline import dotted
from core.records import dataclass
from core.suggest import did_you_mean
from core.variables import State

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def require_backend(session: EditSession, name: str) -> None:
    """Raises EditRefusedError when `backends.toml` has no such backend."""
    backends = session.report.catalog.backends
    if name not in backends:
        raise EditRefusedError(f"There is no backend `{name}`.", did_you_mean(name, backends) or "Add it first.")


@dataclass(frozen=True, slots=True)
class SwitchBackend:
    """Turn a backend on or off."""

    backend: str
    on: bool

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"turn {self.backend} {'on' if self.on else 'off'}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        require_backend(session, self.backend)
        if (
            session.where is EditLayer.AUTO
            and session.report.catalog.backends[self.backend].fields.get("enabled", True) is self.on
        ):
            return  # a backend without the key is on
        LayeredFiles(session, "backends").put_field((self.backend,), "enabled", self.on)


@dataclass(frozen=True, slots=True)
class SetBackendField:
    """Give a key of a backend's table a value; None takes the key out. Keys that Pipelex does not know are kept."""

    backend: str
    key: str
    value: object

    def __repr__(self) -> str:
        return f"SetBackendField({self.backend!r}, {self.key!r}, ...)"  # the value may be a secret

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"{self.key} of {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        require_backend(session, self.backend)
        address = dotted(("backends", self.backend, self.key))
        if self.value is not None:
            SetValueAt(address, self.value).apply(session)
        elif self.key in session.report.catalog.backends[self.backend].fields:
            UnsetAt(address).apply(session)


@dataclass(frozen=True, slots=True)
class UseVariable:
    """Let a key of a backend come from a variable, as `${NAME}`: the value itself stays out of the file."""

    backend: str
    variable: str
    key: str = "api_key"

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"{self.key} of {self.backend} from a variable"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        SetBackendField(self.backend, self.key, placeholder(session, self.variable)).apply(session)


def placeholder(session: EditSession, variable: str) -> str:
    """`${NAME}`, with a note when the variable is not set here. Raises EditRefusedError when it can be no variable."""
    if not _VARIABLE.fullmatch(variable):
        raise EditRefusedError(
            "That is not the name of a variable.", "Write one of letters, digits and `_`, such as OPENAI_API_KEY."
        )
    if session.report.catalog.environment.variable(variable).state in (State.MISSING, State.EMPTY):
        session.note(f"`{variable}` is not set here: put {variable}=... into ./.env, or export it")
    return f"${{{variable}}}"
