"""Adding a backend: its table, its file with defaults and models, and what makes it reachable, as one edit."""

from __future__ import annotations

from core.dialects.backend_reader import GATEWAY
from core.dialects.field_values import describe
from core.dialects.model_schema import BACKEND
from core.edits.backends import SwitchBackend, placeholder
from core.edits.edit_session import EditSession
from core.edits.layered_files import LayeredFiles
from core.edits.model_tables import ModelTables
from core.edits.models import Fields
from core.edits.new_names import check_new_name
from core.edits.profile_tables import ProfileTables
from core.edits.profiles import AddProfile
from core.edits.refused import EditLayer, EditRefusedError
from core.edits.routes import AddRoute
from core.masking import is_secret_key
from core.records import dataclass
from core.variables import placeholders

_FIRST = ("display_name", "enabled", "endpoint", "api_key")


@dataclass(frozen=True, slots=True)
class AddBackend:
    """Add a backend, with its models.

    `variable` names the variable that holds its key; `fields` are further keys of its table. `defaults` is what its
    models inherit, such as `(("sdk", "openai"),)`, which is taken when there is nothing else. With `routes` every model
    that would not be served otherwise gets an exact route in the active profile, with `profile` there is one more
    profile, `all_NAME`, that sends everything to it.
    """

    backend: str
    endpoint: str | None = None
    variable: str | None = None
    models: tuple[tuple[str, Fields], ...] = ()
    defaults: Fields = ()
    fields: Fields = ()
    on: bool = True
    routes: bool = True
    profile: bool = False

    def __repr__(self) -> str:
        return f"AddBackend({self.backend!r}, ...)"  # the fields may hold a secret

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"add backend {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        self._check(session)
        self._write_file(session)
        self._write_table(session)
        session.advance()
        if self.profile:
            self._add_profile(session)
        if self.routes and self.on:
            self._add_routes(session)

    # ---- checks

    def _check(self, session: EditSession) -> None:
        name, catalog = self.backend, session.report.catalog
        check_new_name(name, "backend")
        if name in catalog.backends:
            raise EditRefusedError(
                f"There is a backend `{name}` already.",
                "Turn it on, or take another name.",
                others=(SwitchBackend(name, True),),
            )
        if "/" in name or "\\" in name or name.startswith("."):
            raise EditRefusedError(f"`{name}` cannot be the name of a file.", "Take another name.")
        if name == GATEWAY and catalog.behaviours.gateway == "retired":
            raise EditRefusedError(f"Pipelex {session.report.release} refuses `{GATEWAY}`.", "Take another name.")
        handles = [handle for handle, _ in self.models]
        twice = next((handle for handle in handles if handles.count(handle) > 1), None)
        if twice is not None:
            raise EditRefusedError(f"The model `{twice}` is named twice.", "Name it once.")
        declares = bool(handles) or bool(session.data(ModelTables(session, name).path))
        if self.on and not declares and catalog.behaviours.empty_backend_refused:
            raise EditRefusedError(
                f"Pipelex {session.report.release} refuses a backend that is on and declares no model.",
                "Give it a model, or add it off.",
                others=(AddBackend(name, self.endpoint, self.variable, (), self.defaults, self.fields, on=False),),
            )

    # ---- the three files

    def _write_file(self, session: EditSession) -> None:
        """The backend's file. It has no override: it is made whatever layer the rest goes to."""
        tables = ModelTables(session, self.backend)
        where, session.where = session.where, EditLayer.AUTO
        try:
            if not session.exists(tables.path):
                tables.create(dict(self.defaults) or {"sdk": "openai"})
            elif self.defaults:
                session.note(f"{session.shown(tables.path)} is there already: its defaults stay as they are")
            for handle, fields in self.models:
                tables.add(handle, dict(fields))
        finally:
            session.where = where

    def _write_table(self, session: EditSession) -> None:
        items: dict[str, object] = {"enabled": self.on}
        if self.endpoint is not None:
            items["endpoint"] = self.endpoint
        if self.variable is not None:
            items["api_key"] = placeholder(session, self.variable)
        items.update(self.fields)
        self._check_fields(session, items)
        ordered = sorted(items, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
        files = LayeredFiles(session, "backends")
        session.put(files.target((self.backend,)), (self.backend,), {key: items[key] for key in ordered}, header=True)

    def _check_fields(self, session: EditSession, items: dict[str, object]) -> None:
        """Raises EditRefusedError for the first key that the release would refuse, and notes a literal secret.

        A placeholder in a field that describes the backend is among them: none of those takes a text.
        """
        report = session.report
        environment = report.catalog.environment
        filled = {key: environment.filled(value) if isinstance(value, str) else value for key, value in items.items()}
        for fault in BACKEND.validate(filled, report.release):
            key = str(fault.path[0])
            found = describe(items[key], fault.expected)
            raise EditRefusedError(f"`{key}` would be {found}, expected {fault.expected}.", f"Give {fault.expected}.")
        for key, value in items.items():
            if isinstance(value, str) and value and is_secret_key(key) and not placeholders(value):
                session.note("the secret itself is written into the file: a variable, as in ${NAME}, keeps it out")

    # ---- reaching it

    def _add_profile(self, session: EditSession) -> None:
        name = f"all_{self.backend}"
        if name not in session.report.catalog.profiles:
            AddProfile(name, self.backend, after=last_of_its_kind(session)).apply(session)

    def _add_routes(self, session: EditSession) -> None:
        tables = ProfileTables.of(session)
        if tables.active not in tables.all:
            session.note("no profile is active, so nothing is sent to it yet")
            return
        serving = session.report.serving
        for spec in session.report.catalog.specs_by_backend.get(self.backend, ()):
            server = serving.spec(spec.model_type, spec.handle)
            if server is None and tables.find(str(tables.active), spec.handle) is None:
                AddRoute(str(tables.active), spec.handle, self.backend).apply(session)
            elif server is not None and server.backend != self.backend:
                session.note(f"`{spec.handle}` goes on being served by {server.backend}: add a route to send it here")


def last_of_its_kind(session: EditSession) -> str | None:
    """The last profile that sends everything to one backend, which a new one of this kind goes behind."""
    names = [name for name in session.report.catalog.profiles if name.startswith("all_")]
    return names[-1] if names else None
