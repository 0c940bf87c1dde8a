"""Edits that add backends and models to a tree, with routes to what no route reaches."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import field

from core.dialects.backend_reader import GATEWAY
from core.dialects.model_schema import BACKEND
from core.edits.backend_edits import SwitchBackend, last_of_its_kind, placeholder
from core.edits.edit_session import EditSession
from core.edits.entry_names import check_name, wrong_value
from core.edits.intent import Edit, EditLayer, EditRefusedError
from core.edits.layered_files import LayeredFiles
from core.edits.model_edits import Fields, models_of
from core.edits.model_tables import ModelTables
from core.edits.profile_edits import AddProfile
from core.edits.profile_tables import ProfileTables
from core.edits.route_edits import AddRoute
from core.formatting import counted
from core.records import dataclass
from core.secret_texts import is_secret_key
from core.variables import placeholders

_FIRST = ("display_name", "enabled", "endpoint", "api_key")


@dataclass(frozen=True, slots=True)
class AddBackend(Edit, label="add backend {0.backend}"):
    """Add a backend, with its models. Models that its file already has are kept as they are.

    `variable` names the variable that holds its key; `fields` are further keys of its table. `defaults` is what its
    models inherit, such as `(("sdk", "openai"),)`, which is used when there is nothing else. With `routes` every model
    that would not be served otherwise gets an exact route in the active profile, with `profile` there is one more
    profile, `all_NAME`, that sends everything to it.
    """

    backend: str
    endpoint: str | None = None
    variable: str | None = None
    models: tuple[tuple[str, Fields], ...] = field(default=(), repr=False)  # these three may hold a secret
    defaults: Fields = field(default=(), repr=False)
    fields: Fields = field(default=(), repr=False)
    on: bool = True
    routes: bool = True
    profile: bool = False

    def apply(self, session: EditSession) -> None:
        self._check(session)
        self._write_file(session)
        self._write_table(session)
        session.advance()
        if self.profile:
            self._add_profile(session)
        if self.routes and self.on:
            reach_models(session, self.backend)

    # ---- checks

    def _check(self, session: EditSession) -> None:
        name, catalog = self.backend, session.report.catalog
        check_name(name, "backend")
        if name in catalog.backends:
            raise EditRefusedError(
                f"Backend `{name}` already exists.",
                "Turn it on, or use another name.",
                alternatives=(SwitchBackend(name, True),),
            )
        if "/" in name or "\\" in name or name.startswith("."):
            raise EditRefusedError(f"`{name}` is not a valid file name.", "Use another name.")
        if name == GATEWAY and catalog.behaviours.gateway == "retired":
            raise EditRefusedError(f"Pipelex {session.report.release} refuses `{GATEWAY}`.", "Use another name.")
        handles = [handle for handle, _ in self.models]
        duplicate = next((handle for handle in handles if handles.count(handle) > 1), None)
        if duplicate is not None:
            raise EditRefusedError(f"The model `{duplicate}` is listed twice.", "List it once.")
        declares = bool(handles) or bool(ModelTables(session, name).handles)
        if self.on and not declares and catalog.behaviours.empty_backend_refused:
            raise EditRefusedError(
                f"Pipelex {session.report.release} refuses an enabled backend without models.",
                "Add a model, or add the backend turned off.",
                alternatives=(
                    AddBackend(name, self.endpoint, self.variable, (), self.defaults, self.fields, on=False),
                ),
            )

    # ---- the three files

    def _write_file(self, session: EditSession) -> None:
        """The backend's file. It has no override: it is made whatever layer the rest goes to."""
        tables = ModelTables(session, self.backend)
        layer, session.layer = session.layer, EditLayer.AUTO
        try:
            if not session.exists(tables.path):
                tables.create(dict(self.defaults) or {"sdk": "openai"})
            elif self.defaults:
                session.note(f"{session.shown(tables.path)} already exists: its defaults are unchanged")
            kept = tables.handles
            for handle, fields in self.models:
                if handle not in kept:
                    tables.add(handle, dict(fields))
        finally:
            session.layer = layer

    def _write_table(self, session: EditSession) -> None:
        items: dict[str, object] = {"enabled": self.on}
        if self.endpoint is not None:
            items["endpoint"] = self.endpoint
        if self.variable is not None:
            items["api_key"] = placeholder(session, self.variable)
        elif self._needs_dummy_key(session):
            items["api_key"] = "none"
        items.update(self.fields)
        self._check_fields(session, items)
        ordered = sorted(items, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
        files = LayeredFiles(session, "backends")
        session.put(files.target((self.backend,)), (self.backend,), {key: items[key] for key in ordered}, header=True)

    def _needs_dummy_key(self, session: EditSession) -> bool:
        """Whether the client of a server without keys is not built without one: up to 0.26.2."""
        sdk = dict(self.defaults).get("sdk", "openai")
        return sdk == "openai" and session.report.catalog.behaviours.keyless_openai != "dummy"

    def _check_fields(self, session: EditSession, items: dict[str, object]) -> None:
        """Raises EditRefusedError for the first key that the release would refuse, and notes a literal secret.

        A placeholder in a field that describes the backend is among them: none of those takes a text.
        """
        report = session.report
        environment = report.catalog.environment
        filled = {key: environment.filled(value) if isinstance(value, str) else value for key, value in items.items()}
        for fault in BACKEND.validate(filled, report.release):
            key = str(fault.path[0])
            raise wrong_value(f"`{key}`", items[key], fault.expected)
        for key, value in items.items():
            if isinstance(value, str) and value and is_secret_key(key) and not placeholders(value):
                session.note("the secret is written into the file: use a variable, ${NAME}, to keep it out")

    # ---- reaching it

    def _add_profile(self, session: EditSession) -> None:
        name = f"all_{self.backend}"
        if name not in session.report.catalog.profiles:
            AddProfile(name, self.backend, after=last_of_its_kind(session)).apply(session)


@dataclass(frozen=True, slots=True)
class ImportModels(Edit, label="import {0.count} to {0.backend}"):
    """Declare models at a backend, with routes to those that no route reaches.

    A backend that is off because it has no models is turned on.
    """

    backend: str
    models: tuple[tuple[str, Fields], ...] = field(repr=False)

    @property
    def count(self) -> str:
        return counted(len(self.models), "model")

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        first = not tables.handles
        for handle, fields in self.models:
            tables.add(handle, dict(fields))
        if self.backend not in session.report.catalog.enabled:
            if not first:
                session.note(f"`{self.backend}` is off: turn it on to call them")
                return
            SwitchBackend(self.backend, True).apply(session)
        session.advance()
        reach_models(session, self.backend, {handle for handle, _ in self.models})


def reach_models(session: EditSession, backend: str, handles: Container[str] | None = None) -> None:
    """Route the models of a backend that no route of the active profile reaches; `handles`: these only."""
    tables = ProfileTables.of(session)
    if tables.active not in tables.all:
        session.note("no profile is active, so nothing is routed to it yet")
        return
    active = str(tables.active)
    report = session.report
    specs = {spec.handle: spec for spec in report.catalog.specs_by_backend.get(backend, ())}
    for handle, spec in specs.items():
        if handles is not None and handle not in handles:
            continue
        server = report.serving.spec(spec.model_type, handle)
        route = tables.find(active, handle)
        if server is not None and server.backend != backend:
            session.note(f"`{handle}` is still served by {server.backend}: add a route to send it here")
        elif server is None and route is not None:
            session.note(f"`{handle}` has a route to {route.backend}: change that to send it here")
        elif server is None:
            AddRoute(active, handle, backend).apply(session)
