"""Removing a backend: its table, and every route, default and fallback that names it."""

from __future__ import annotations

from core.edits.backends import SwitchBackend, require_backend
from core.edits.edit_session import EditSession
from core.edits.layered_files import LayeredFiles
from core.edits.model_tables import ModelTables
from core.edits.profile_fields import SetDefault, SetFallbackOrder
from core.edits.profiles import DeleteProfile
from core.edits.refused import EditLayer, EditRefusedError
from core.edits.routes import DeleteRoute, RetargetRoute
from core.entities import Profile
from core.records import dataclass

_OFFERED = 3


@dataclass(frozen=True, slots=True)
class RemoveBackend:
    """Remove a backend from `backends.toml` and from every profile; `file` deletes its file with its models too.

    `instead` takes its place in routes, defaults and orders. Without it those entries go, and a profile that did
    nothing but send to this backend goes whole.
    """

    backend: str
    instead: str | None = None
    file: bool = False

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"remove backend {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        require_backend(session, self.backend)
        if self.instead is not None:
            require_backend(session, self.instead)
            if self.instead == self.backend:
                raise EditRefusedError(f"`{self.instead}` is what is to be removed.", "Name another backend.")
        if session.where is EditLayer.OVERRIDE:
            raise EditRefusedError(
                "An override can turn a backend off, but not take it away.",
                "Turn it off, or remove it from the base.",
                offers=(EditLayer.BASE,),
                others=(SwitchBackend(self.backend, False),),
            )
        for profile in session.report.catalog.profiles.values():
            if named_in(profile, self.backend):
                self._clear(session, profile)
        LayeredFiles(session, "backends").drop((self.backend,), f"backend `{self.backend}`")
        self._file(session)

    def _clear(self, session: EditSession, profile: Profile) -> None:
        name = profile.name
        if self.instead is None and _only_to(profile, self.backend):
            if name == session.report.catalog.active:
                raise self._active(session, name)
            DeleteProfile(name).apply(session)
            session.note(f"profile `{name}` goes too: it sent everything to {self.backend}")
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
        others = [name for name in session.report.catalog.enabled if name not in (self.backend, "internal")][:_OFFERED]
        return EditRefusedError(
            f"Profile `{profile}`, which is active, sends everything to `{self.backend}`.",
            "Say which backend takes its place, or make another profile active first.",
            others=tuple(RemoveBackend(self.backend, name, self.file) for name in others),
        )

    def _file(self, session: EditSession) -> None:
        tables = ModelTables(session, self.backend)
        if not session.exists(tables.path):
            return
        if self.file:
            tables.open()
            session.delete_file(tables.path)
        else:
            session.note(f"{session.shown(tables.path)} stays, and is no longer read")


def named_in(profile: Profile, backend: str) -> bool:
    """Whether a profile names a backend anywhere."""
    routes = (*profile.routes, *profile.optional_routes)
    return backend in (profile.default, *(profile.fallback_order or ()), *(route.backend for route in routes))


def _only_to(profile: Profile, backend: str) -> bool:
    """Whether a profile sends nothing to any other backend."""
    routes = (*profile.routes, *profile.optional_routes)
    named = {profile.default, *(profile.fallback_order or ()), *(route.backend for route in routes)}
    return named - {None} == {backend}
