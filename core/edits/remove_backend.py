"""Removing a backend: its table, and every route, default and fallback that names it."""

from __future__ import annotations

from core.edits.backends import SwitchBackend, require_backend
from core.edits.desk import Desk
from core.edits.model_tables import ModelTables
from core.edits.profile_fields import SetDefault, SetFallbackOrder
from core.edits.profiles import DeleteProfile
from core.edits.refusals import NotDoneError, Where
from core.edits.routes import DeleteRoute, RetargetRoute
from core.edits.shelf import Shelf
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

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        require_backend(desk, self.backend)
        if self.instead is not None:
            require_backend(desk, self.instead)
            if self.instead == self.backend:
                raise NotDoneError(f"`{self.instead}` is what is to be removed.", "Name another backend.")
        if desk.where is Where.OVERRIDE:
            raise NotDoneError(
                "An override can turn a backend off, but not take it away.",
                "Turn it off, or remove it from the base.",
                offers=(Where.BASE,),
                others=(SwitchBackend(self.backend, False),),
            )
        for profile in desk.report.catalog.profiles.values():
            if named_in(profile, self.backend):
                self._clear(desk, profile)
        Shelf(desk, "backends").drop((self.backend,), f"backend `{self.backend}`")
        self._file(desk)

    def _clear(self, desk: Desk, profile: Profile) -> None:
        name = profile.name
        if self.instead is None and _only_to(profile, self.backend):
            if name == desk.report.catalog.active:
                raise self._active(desk, name)
            DeleteProfile(name).draw(desk)
            desk.note(f"profile `{name}` goes too: it sent everything to {self.backend}")
            return
        for route in (*profile.routes, *profile.optional_routes):
            if route.backend == self.backend and self.instead is not None:
                RetargetRoute(name, route.pattern, self.instead).draw(desk)
            elif route.backend == self.backend:
                DeleteRoute(name, route.pattern).draw(desk)
        if self.backend in (profile.fallback_order or ()):
            SetFallbackOrder(name, self._order(profile)).draw(desk)
        if profile.default == self.backend:
            SetDefault(name, self.instead).draw(desk)

    def _order(self, profile: Profile) -> tuple[str, ...]:
        order = profile.fallback_order or ()
        if self.instead is not None and self.instead not in order:
            return tuple(self.instead if name == self.backend else name for name in order)
        return tuple(name for name in order if name != self.backend)

    def _active(self, desk: Desk, profile: str) -> NotDoneError:
        others = [name for name in desk.report.catalog.enabled if name not in (self.backend, "internal")][:_OFFERED]
        return NotDoneError(
            f"Profile `{profile}`, which is active, sends everything to `{self.backend}`.",
            "Say which backend takes its place, or make another profile active first.",
            others=tuple(RemoveBackend(self.backend, name, self.file) for name in others),
        )

    def _file(self, desk: Desk) -> None:
        tables = ModelTables(desk, self.backend)
        if not desk.exists(tables.path):
            return
        if self.file:
            tables.open()
            desk.delete_file(tables.path)
        else:
            desk.note(f"{desk.shown(tables.path)} stays, and is no longer read")


def named_in(profile: Profile, backend: str) -> bool:
    """Whether a profile names a backend anywhere."""
    routes = (*profile.routes, *profile.optional_routes)
    return backend in (profile.default, *(profile.fallback_order or ()), *(route.backend for route in routes))


def _only_to(profile: Profile, backend: str) -> bool:
    """Whether a profile sends nothing to any other backend."""
    routes = (*profile.routes, *profile.optional_routes)
    named = {profile.default, *(profile.fallback_order or ()), *(route.backend for route in routes)}
    return named - {None} == {backend}
