"""Edits of routing profiles: which one is active, and adding, copying, renaming and deleting them."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from core.edits.backends import require_backend
from core.edits.desk import Desk
from core.edits.new_names import check_new_name
from core.edits.profile_tables import ACTIVE, ROUTES, ProfileTables
from core.edits.refusals import NotDoneError
from core.records import dataclass
from core.toml.edit.commands import RenameKey

_OFFERED = 3


@dataclass(frozen=True, slots=True)
class SwitchProfile:
    """Make a profile the active one. As an override (from 0.56 on) the choice stays on this machine."""

    profile: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"switch to profile {self.profile}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(desk)
        tables.require(self.profile)
        tables.shelf.put(ACTIVE, self.profile)


@dataclass(frozen=True, slots=True)
class AddProfile:
    """A new profile. Without a description it gets one, as every release requires it."""

    profile: str
    default: str | None = None
    description: str | None = None
    routes: tuple[tuple[str, str], ...] = ()
    fallback_order: tuple[str, ...] = ()
    after: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"add profile {self.profile}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(desk)
        check_profile_name(tables, self.profile)
        for backend in (*([self.default] if self.default else []), *(name for _, name in self.routes)):
            require_backend(desk, backend)
        items: dict[str, object] = {"description": self._description(desk)}
        if self.default:
            items["default"] = self.default
        if self.fallback_order:
            check_fallback_order(desk, self.fallback_order)
            items["fallback_order"] = list(self.fallback_order)
        if self.routes:
            items[ROUTES] = dict(self.routes)
        tables.add(self.profile, items, self.after)

    def _description(self, desk: Desk) -> str:
        if self.description is not None:
            return self.description
        if self.default and not self.routes:
            shown = desk.report.catalog.backends[self.default].display_name
            return f"Use {shown} backend for all its supported models"
        return "Custom routing"


@dataclass(frozen=True, slots=True)
class DuplicateProfile:
    """Copy a profile, routes and all, under another name."""

    profile: str
    name: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"copy profile {self.profile} to {self.name}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(desk)
        tables.require(self.profile)
        check_profile_name(tables, self.name)
        tables.add(self.name, copy.deepcopy(dict(tables.merged(self.profile))), after=self.profile)


@dataclass(frozen=True, slots=True)
class RenameProfile:
    """Give a profile another name; what makes it active follows."""

    profile: str
    name: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"rename profile {self.profile} to {self.name}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(desk)
        tables.require(self.profile)
        if self.name == self.profile:
            return
        check_profile_name(tables, self.name)
        keys = ("profiles", self.profile)
        for path in tables.shelf.in_place(keys, f"profile `{self.profile}`"):
            desk.edit(path, RenameKey(keys, self.name))
        make_active_instead(tables, self.profile, self.name)


@dataclass(frozen=True, slots=True)
class DeleteProfile:
    """Delete a profile; `active` names the one that becomes active when this one is."""

    profile: str
    active: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"delete profile {self.profile}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        tables = ProfileTables.of(desk)
        tables.require(self.profile)
        following = self.active
        if self.profile == tables.active and following is None:
            others = usable_profiles(desk, self.profile)[:_OFFERED]
            raise NotDoneError(
                f"Profile `{self.profile}` is the active one.",
                "Say which one is to be active in its place." if others else "Add another profile first.",
                others=tuple(DeleteProfile(self.profile, name) for name in others),
            )
        if following is not None:
            tables.require(following)
            if following == self.profile:
                raise NotDoneError(f"Profile `{following}` is what is to be deleted.", "Name another one.")
        if following is not None and self.profile == tables.active:
            SwitchProfile(following).draw(desk)
        make_active_instead(tables, self.profile, following or str(tables.active))
        tables.shelf.drop(("profiles", self.profile), f"profile `{self.profile}`")


# ---- what they share


def check_profile_name(tables: ProfileTables, name: str) -> None:
    """Raises NotDoneError when a new profile cannot have this name."""
    check_new_name(name, "profile")
    if name in tables.all:
        raise NotDoneError(f"There is a profile `{name}` already.", "Change that one, or take another name.")


def check_fallback_order(desk: Desk, order: Sequence[str]) -> None:
    """Raises NotDoneError where a release has no `fallback_order`, or an entry is no backend or stands there twice."""
    if not desk.report.catalog.behaviours.fallback_order:
        raise NotDoneError(
            f"Pipelex {desk.report.release} refuses a fallback_order; it came with 0.15.",
            "Up to 0.14 the other backends are tried in the order of backends.toml.",
        )
    for backend in order:
        require_backend(desk, backend)
        if list(order).count(backend) > 1:
            raise NotDoneError(f"`{backend}` stands in the order twice.", "Name it once.")


def make_active_instead(tables: ProfileTables, profile: str, name: str) -> None:
    """Let every file that makes a profile active, be it hidden by another, name another one."""
    for path in tables.shelf.paths:
        if tables.desk.get(path, ACTIVE) == profile:
            tables.desk.put(path, ACTIVE, name)


def usable_profiles(desk: Desk, without: str = "") -> tuple[str, ...]:
    """The profiles whose default or routes reach a backend that is on, in file order."""
    enabled = set(desk.report.catalog.enabled)
    out = []
    for name, profile in desk.report.catalog.profiles.items():
        reached = {profile.default, *(profile.fallback_order or ()), *(route.backend for route in profile.routes)}
        if name != without and enabled & reached:
            out.append(name)
    return tuple(out)
