"""Edits of what a routing profile says of itself: its description, its default, and the order behind that."""

from __future__ import annotations

from core.edits.backends import require_backend
from core.edits.edit_session import EditSession
from core.edits.profile_tables import BEHIND, ProfileTables
from core.edits.profiles import check_fallback_order
from core.edits.refused import EditRefusedError
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class SetProfileDescription:
    """Say in words what a profile is for."""

    profile: str
    description: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"describe profile {self.profile}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(session)
        tables.require(self.profile)
        put(tables, self.profile, "description", self.description)


@dataclass(frozen=True, slots=True)
class SetDefault:
    """Name the backend that gets what no route of a profile takes; None: nobody does."""

    profile: str
    backend: str | None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"default of profile {self.profile}: {self.backend or 'none'}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(session)
        profile = tables.require(self.profile)
        if self.backend is not None:
            require_backend(session, self.backend)
            put(tables, self.profile, "default", self.backend)
        elif profile.default is not None:
            tables.files.drop(("profiles", self.profile, "default"), f"the default of profile `{self.profile}`")


@dataclass(frozen=True, slots=True)
class SetFallbackOrder:
    """The backends that are tried in order when the default has no such model (from 0.15 on); none: no order."""

    profile: str
    order: tuple[str, ...]

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"fallback order of profile {self.profile}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(session)
        profile = tables.require(self.profile)
        known = set(profile.fallback_order or ())
        check_fallback_order(session, [name for name in self.order if name not in known])
        if len(set(self.order)) < len(self.order):
            raise EditRefusedError("A backend stands in the order twice.", "Name each once.")
        if self.order:
            put(tables, self.profile, "fallback_order", list(self.order))
        elif profile.fallback_order is not None:
            tables.files.drop(("profiles", self.profile, "fallback_order"), f"the order of profile `{self.profile}`")


def put(tables: ProfileTables, profile: str, key: str, value: object) -> None:
    """Give a key of a profile a value, in the file where it belongs."""
    tables.files.put_field(("profiles", profile), key, value, behind=BEHIND.get(key, ()))
