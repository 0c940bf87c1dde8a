"""Edits of routing profiles: activate, add, copy, rename, delete, and their fields."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from core.edits.edit_session import EditSession
from core.edits.entry_names import check_name, require_backend
from core.edits.intent import Edit, EditLayer, EditRefusedError
from core.edits.profile_tables import ACTIVE, BEHIND, ROUTES, ProfileEdit, ProfileTables
from core.records import dataclass
from core.toml.edit.toml_commands import RenameKey

_OFFERED = 3


@dataclass(frozen=True, slots=True)
class SwitchProfile(ProfileEdit, label="switch to profile {0.profile}"):
    """Make a profile the active one: in the file of its value.

    `local`: in the override file, where the release reads one (from 0.56 on) and no layer is named, so that the choice
    stays on this machine.
    """

    local: bool = False

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        layer = session.layer
        if self.local and layer is EditLayer.AUTO and session.report.catalog.behaviours.override_files:
            session.layer = EditLayer.OVERRIDE
        try:
            tables.files.put(ACTIVE, self.profile)
        finally:
            session.layer = layer


@dataclass(frozen=True, slots=True)
class AddProfile(Edit, label="add profile {0.profile}"):
    """A new profile. Without a description it gets one, as every release requires it."""

    profile: str
    default: str | None = None
    description: str | None = None
    routes: tuple[tuple[str, str], ...] = ()
    fallback_order: tuple[str, ...] = ()
    after: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = ProfileTables.of(session)
        check_profile_name(tables, self.profile)
        for backend in (*([self.default] if self.default else []), *(name for _, name in self.routes)):
            require_backend(session, backend)
        items: dict[str, object] = {"description": self._description(session)}
        if self.default:
            items["default"] = self.default
        if self.fallback_order:
            check_fallback_order(session, self.fallback_order)
            items["fallback_order"] = list(self.fallback_order)
        if self.routes:
            items[ROUTES] = dict(self.routes)
        tables.add(self.profile, items, self.after)

    def _description(self, session: EditSession) -> str:
        if self.description is not None:
            return self.description
        if self.default and not self.routes:
            shown = session.report.catalog.backends[self.default].display_name
            return f"Use {shown} backend for all its supported models"
        return "Custom routing"


@dataclass(frozen=True, slots=True)
class DuplicateProfile(ProfileEdit, label="copy profile {0.profile} to {0.name}"):
    """Copy a profile, routes and all, under another name."""

    name: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        check_profile_name(tables, self.name)
        tables.add(self.name, copy.deepcopy(dict(tables.merged(self.profile))), after=self.profile)


@dataclass(frozen=True, slots=True)
class RenameProfile(ProfileEdit, label="rename profile {0.profile} to {0.name}"):
    """Rename a profile, and the `active` keys that name it."""

    name: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        if self.name == self.profile:
            return
        check_profile_name(tables, self.name)
        keys = ("profiles", self.profile)
        for path in tables.files.in_place(keys, f"profile `{self.profile}`"):
            session.edit(path, RenameKey(keys, self.name))
        make_active_instead(tables, self.profile, self.name)


@dataclass(frozen=True, slots=True)
class DeleteProfile(ProfileEdit, label="delete profile {0.profile}"):
    """Delete a profile. `active` is the profile to activate if the deleted one is active."""

    active: str | None = None

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        following = self.active
        if self.profile == tables.active and following is None:
            other_profiles = usable_profiles(session, self.profile)[:_OFFERED]
            raise EditRefusedError(
                f"Profile `{self.profile}` is the active one.",
                "Give the profile to activate instead." if other_profiles else "Add another profile first.",
                alternatives=tuple(DeleteProfile(self.profile, name) for name in other_profiles),
            )
        if following is not None:
            tables.require(following)
            if following == self.profile:
                raise EditRefusedError(f"Profile `{following}` is the one to delete.", "Give another profile.")
        if following is not None and self.profile == tables.active:
            SwitchProfile(following).apply(session)
        make_active_instead(tables, self.profile, following or str(tables.active))
        tables.files.drop(("profiles", self.profile), f"profile `{self.profile}`")


# ---- what they share


def check_profile_name(tables: ProfileTables, name: str) -> None:
    """Raises EditRefusedError when a new profile cannot have this name."""
    check_name(name, "profile")
    if name in tables.all:
        raise EditRefusedError(f"Profile `{name}` already exists.", "Change it, or use another name.")


def check_fallback_order(session: EditSession, order: Sequence[str]) -> None:
    """Raise EditRefusedError if the release has no `fallback_order`, or an entry is no backend or a duplicate."""
    if not session.report.catalog.behaviours.fallback_order:
        raise EditRefusedError(
            f"Pipelex {session.report.release} refuses fallback_order (new in 0.15).",
            "Up to 0.14 the order of backends.toml is used.",
        )
    for backend in order:
        require_backend(session, backend)
        if list(order).count(backend) > 1:
            raise EditRefusedError(f"`{backend}` is in the order twice.", "Give it once.")


def make_active_instead(tables: ProfileTables, profile: str, name: str) -> None:
    """Let every file that makes a profile active, be it hidden by another, name another one."""
    for path in tables.files.paths:
        if tables.session.get(path, ACTIVE) == profile:
            tables.session.put(path, ACTIVE, name)


def usable_profiles(session: EditSession, without: str = "") -> tuple[str, ...]:
    """The profiles whose default or routes reach a backend that is on, in file order."""
    enabled = set(session.report.catalog.enabled)
    result = []
    for name, profile in session.report.catalog.profiles.items():
        reached = {profile.default, *(profile.fallback_order or ()), *(route.backend for route in profile.routes)}
        if name != without and enabled & reached:
            result.append(name)
    return tuple(result)


@dataclass(frozen=True, slots=True)
class SetProfileDescription(ProfileEdit, label="describe profile {0.profile}"):
    """Set the description of a profile."""

    description: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        put(tables, self.profile, "description", self.description)


@dataclass(frozen=True, slots=True)
class SetDefault(ProfileEdit):
    """Set the default backend of a profile; None removes it."""

    backend: str | None

    @property
    def label(self) -> str:
        return f"default of profile {self.profile}: {self.backend or 'none'}"

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        profile = tables.require(self.profile)
        if self.backend is not None:
            require_backend(session, self.backend)
            put(tables, self.profile, "default", self.backend)
        elif profile.default is not None:
            tables.files.drop(("profiles", self.profile, "default"), f"the default of profile `{self.profile}`")


@dataclass(frozen=True, slots=True)
class SetFallbackOrder(ProfileEdit, label="fallback order of profile {0.profile}"):
    """The backends that are tried in order when the default has no such model (from 0.15 on); none: no order."""

    order: tuple[str, ...]

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        profile = tables.require(self.profile)
        previous = set(profile.fallback_order or ())
        check_fallback_order(session, [name for name in self.order if name not in previous])
        if len(set(self.order)) < len(self.order):
            raise EditRefusedError("A backend is in the order twice.", "Give each once.")
        if self.order:
            put(tables, self.profile, "fallback_order", list(self.order))
        elif profile.fallback_order is not None:
            tables.files.drop(("profiles", self.profile, "fallback_order"), f"the order of profile `{self.profile}`")


def put(tables: ProfileTables, profile: str, key: str, value: object) -> None:
    """Give a key of a profile a value, in the file of its value."""
    tables.files.put_field(("profiles", profile), key, value, predecessors=BEHIND.get(key, ()))
