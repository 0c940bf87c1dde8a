"""Routing profiles on a session: finding one, its tables of routes, and writing a new one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from core.edits.edit_session import EditSession
from core.edits.intent import Edit, EditRefusedError
from core.edits.layered_files import LayeredFiles
from core.entities import Profile, Route
from core.records import dataclass
from core.suggest import did_you_mean, some_of
from core.toml.edit.editor import plan
from core.toml.edit.layout_queries import NO_NOTATION, Notation, attached, comments_start, find_value
from core.toml.edit.text_layout import Path, scan
from core.toml.edit.toml_commands import AddTable, DeleteKey, InsertKey, MoveKey, Plan

ROUTES, OPTIONAL = "routes", "optional_routes"
ACTIVE: Path = ("active",)
BEHIND: Mapping[str, tuple[str, ...]] = {"default": ("description",), "fallback_order": ("default", "description")}
"""The keys of a profile after which a new key is written."""


@dataclass(frozen=True, slots=True)
class ProfileTables:
    """The tables of `routing_profiles.toml` and its override, as edited so far."""

    session: EditSession
    files: LayeredFiles

    @classmethod
    def of(cls, session: EditSession) -> ProfileTables:
        """Those of the tree under edit."""
        return cls(session, LayeredFiles(session, "routing"))

    @property
    def all(self) -> Mapping[str, Profile]:
        """The profiles by name."""
        return self.session.report.catalog.profiles

    @property
    def active(self) -> str | None:
        """The name of the active profile."""
        return self.session.report.catalog.active

    def require(self, name: str) -> Profile:
        """A profile by name. Raises EditRefusedError if it is missing."""
        if name not in self.all:
            hint = f"There are: {some_of(self.all)}." if self.all else "Add one first."
            raise EditRefusedError(f"There is no profile `{name}`.", did_you_mean(name, self.all) or hint)
        return self.all[name]

    def route(self, profile: str, pattern: str) -> Route:
        """A route of a profile by pattern. Raises EditRefusedError if it is missing."""
        result = self.find(profile, pattern)
        if result is None:
            patterns = [route.pattern for route in self.routes_of(profile)]
            hint = f"There are: {some_of(patterns)}." if patterns else "The profile has no routes."
            raise EditRefusedError(
                f"Profile `{profile}` has no route `{pattern}`.", did_you_mean(pattern, patterns) or hint
            )
        return result

    def find(self, profile: str, pattern: str) -> Route | None:
        """The route of a profile with this pattern, if there is one."""
        return next((route for route in self.routes_of(profile) if route.pattern == pattern), None)

    def routes_of(self, profile: str) -> tuple[Route, ...]:
        """All routes of a profile, the optional ones last."""
        result = self.require(profile)
        return (*result.routes, *result.optional_routes)

    def keys(self, route: Route, profile: str) -> Path:
        """The key path of a route."""
        return ("profiles", profile, OPTIONAL if route.optional else ROUTES, route.pattern)

    def merged(self, name: str) -> Mapping[str, object]:
        """A profile's table as its files together give it."""
        tables = self.session.report.catalog.tree.routing.data.get("profiles")
        table = tables.get(name) if isinstance(tables, Mapping) else None
        if not isinstance(table, Mapping):
            raise EditRefusedError(f"Profile `{name}` is not a table.", "Fix it in the text editor first.")
        return table

    # ---- writing

    def add(self, name: str, items: Mapping[str, object], after: str | None = None) -> None:
        """Write a new profile, its routes below headers of their own, behind a profile of the same file or the last."""
        path = self.files.target(("profiles", name))
        if not self.session.exists(path):
            self.session.create(path)
        neighbour = after if after is not None and self.session.has(path, ("profiles", after)) else None
        flat = {key: value for key, value in items.items() if not isinstance(value, Mapping)}
        self.session.add_table(path, ("profiles", name), flat, after=neighbour)
        for key, value in items.items():
            if isinstance(value, Mapping):
                self.session.edit(path, AddTable(("profiles", name, key), value))
        if self.active is None:
            self.session.put(path, ACTIVE, name)

    def add_routes_table(self, path: str, profile: str, kind: str, routes: Mapping[str, object]) -> None:
        """Add a missing table of routes: the plain ones before the optional ones."""
        above = kind == ROUTES and self.session.has(path, ("profiles", profile, OPTIONAL))
        self.session.add_table(path, ("profiles", profile, kind), routes, before=OPTIONAL if above else None)

    def insert(
        self,
        path: str,
        keys: Path,
        value: object,
        *,
        before: str | None,
        after: str | None,
        notation: Notation = NO_NOTATION,
    ) -> None:
        """Write a new route into a table that a file has, with the comments of a notation."""
        above, behind = notation.above, notation.behind
        if before is None or not self._headed(path, (*keys[:-1], before)):
            self.session.edit(path, InsertKey(keys, value, before, after, above, behind))
            return
        self.session.edit(path, InsertKey(keys, value, None, before, above, behind))
        self.session.edit(path, MoveKey((*keys[:-1], before), after=str(keys[-1])))

    def move(self, path: str, keys: Path, *, before: str | None, after: str | None) -> None:
        """Put a route of a file before or behind another one there."""
        if before is None or not self._headed(path, (*keys[:-1], before)):
            self.session.edit(path, MoveKey(keys, before, after))
            return
        self.session.edit(path, MoveKey(keys, after=before))
        self.session.edit(path, MoveKey((*keys[:-1], before), after=str(keys[-1])))

    def _headed(self, path: str, keys: Path) -> bool:
        """Whether comments above a key are about the keys below it too, so that a new first one belongs under them."""
        layout = scan(self.session.text(path))
        place = find_value(layout, keys)
        if place is None or place.holder is not None or comments_start(layout, place.number) == place.number:
            return False
        return attached(layout, place.number) == place.number

    def drop_if_empty(self, path: str, profile: str, kind: str) -> None:
        """Delete an empty table of routes, unless it has comments."""
        keys: Path = ("profiles", profile, kind)
        table = self.session.get(path, ("profiles", profile))
        if self.session.get(path, keys) != {} or not isinstance(table, Mapping) or len(table) == 1:
            return
        planned = plan(self.session.text(path), DeleteKey(keys, "attached"))
        if isinstance(planned, Plan) and not planned.dropped:
            self.session.edit(path, DeleteKey(keys))


@dataclass(frozen=True, slots=True)
class ProfileEdit(Edit, ABC):
    """Base of the edits of an existing profile."""

    profile: str

    def apply(self, session: EditSession) -> None:
        tables = ProfileTables.of(session)
        tables.require(self.profile)
        self.change(session, tables)

    @abstractmethod
    def change(self, session: EditSession, tables: ProfileTables) -> None:
        """Make the edit in the tables of the profile."""
