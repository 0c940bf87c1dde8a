"""Edits of single routes of a profile. Their order counts: the first matching pattern wins."""

from __future__ import annotations

from typing import Literal

from core.edits.edit_session import EditSession
from core.edits.entry_names import check_pattern, require_backend
from core.edits.intent import EditLayer, EditRefusedError
from core.edits.profile_tables import OPTIONAL, ROUTES, ProfileEdit, ProfileTables
from core.entities import Route
from core.records import dataclass
from core.toml.edit.layout_queries import NO_NOTATION, Notation
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RenameKey

Step = Literal["", "up", "down", "first", "last"]


@dataclass(frozen=True, slots=True)
class AddRoute(ProfileEdit, label="route {0.pattern} to {0.backend} in {0.profile}"):
    """Add a route from a pattern to a backend: last, or as `before`, `after` or `first` say.

    An optional route (from 0.15 on) counts only while its backend is on, and comes after all others.
    """

    pattern: str
    backend: str
    before: str | None = None
    after: str | None = None
    first: bool = False
    optional: bool = False

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        check_pattern(self.pattern)
        require_backend(session, self.backend)
        if self.optional:
            check_optional(session)
        result = tables.find(self.profile, self.pattern)
        if result is not None:
            raise EditRefusedError(
                f"Profile `{self.profile}` already has a route `{self.pattern}`, to `{result.backend}`.",
                "Change the backend of that route.",
                alternatives=(RetargetRoute(self.profile, self.pattern, self.backend),),
            )
        self.insert(session, tables)

    def insert(self, session: EditSession, tables: ProfileTables, notation: Notation = NO_NOTATION) -> None:
        """Write the route, with the comments of a notation."""
        kind = OPTIONAL if self.optional else ROUTES
        table: Path = ("profiles", self.profile, kind)
        path, before, after = self._place(session, tables, table)
        if not session.has(path, table):
            commented = notation.above or notation.behind
            tables.add_routes_table(path, self.profile, kind, {} if commented else {self.pattern: self.backend})
            if not commented:
                return
        tables.insert(path, (*table, self.pattern), self.backend, before=before, after=after, notation=notation)

    def _place(self, session: EditSession, tables: ProfileTables, table: Path) -> tuple[str, str | None, str | None]:
        """The file, and the route there that the new one goes before or behind."""
        files = tables.files
        paths = [path for path in files.paths_with(table) if session.get(path, table)]
        anchor = self.before if self.before is not None else self.after
        if anchor is not None:
            anchor_route = tables.route(self.profile, anchor)
            if anchor_route.optional != self.optional:
                raise EditRefusedError(
                    f"`{anchor}` is {'an optional' if anchor_route.optional else 'a plain'} route, and optional ones"
                    " come after all plain ones.",
                    "Give a route of the same kind.",
                )
            path = files.require_paths((*table, anchor), f"Route `{anchor}`")[0]
        elif self.first and paths:
            path = paths[0]
        elif session.layer is EditLayer.AUTO:
            path = (paths or files.require_paths(("profiles", self.profile), f"Profile `{self.profile}`")[:1])[-1]
        else:
            return files.target((*table, self.pattern)), None, None
        if session.layer is EditLayer.OVERRIDE and path != files.target((*table, self.pattern)):
            raise EditRefusedError(
                f"The routes of {session.shown(path)} come before those of an override.",
                "Add it to the base, or add it last.",
                layers=(EditLayer.BASE,),
            )
        files.note_ownership(path)
        if self.first and anchor is None:
            first = next(iter(_table(session, path, table)), None)
            return path, first, None
        return path, self.before, self.after


@dataclass(frozen=True, slots=True)
class RetargetRoute(ProfileEdit, label="route {0.pattern} to {0.backend} in {0.profile}"):
    """Change the backend of a route."""

    pattern: str
    backend: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        route = tables.route(self.profile, self.pattern)
        require_backend(session, self.backend)
        tables.files.put(tables.keys(route, self.profile), self.backend)


@dataclass(frozen=True, slots=True)
class RenamePattern(ProfileEdit, label="change route {0.pattern} to match {0.new} in {0.profile}"):
    """Change the pattern of a route, in place."""

    pattern: str
    new: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        route = tables.route(self.profile, self.pattern)
        if self.new == self.pattern:
            return
        check_pattern(self.new)
        result = tables.find(self.profile, self.new)
        if result is not None:
            raise EditRefusedError(
                f"Profile `{self.profile}` already has a route `{self.new}`, to `{result.backend}`.",
                "Delete one of the two.",
                alternatives=(DeleteRoute(self.profile, self.pattern),),
            )
        keys = tables.keys(route, self.profile)
        for path in tables.files.in_place(keys, f"route `{self.pattern}`"):
            session.edit(path, RenameKey(keys, self.new))


@dataclass(frozen=True, slots=True)
class MoveRoute(ProfileEdit):
    """Put a route before or behind another one of its kind, one step up or down, or to an end."""

    pattern: str
    step: Step = ""
    before: str | None = None
    after: str | None = None

    @property
    def label(self) -> str:
        position = self.step or (f"before {self.before}" if self.before is not None else f"behind {self.after}")
        return f"move route {self.pattern} {position} in {self.profile}"

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        route = tables.route(self.profile, self.pattern)
        before, after = self._beside(tables, route)
        anchor = before if before is not None else after
        if anchor is None or anchor == self.pattern:
            return
        anchor_route = tables.route(self.profile, anchor)
        if anchor_route.optional != route.optional:
            raise EditRefusedError(
                "Optional routes always come after all plain ones.",
                f"Make `{self.pattern}` {'a plain' if route.optional else 'an optional'} route first.",
                alternatives=(SetRouteOptional(self.profile, self.pattern, not route.optional),),
            )
        keys, anchor_keys = tables.keys(route, self.profile), tables.keys(anchor_route, self.profile)
        path = tables.files.in_place(keys, f"route `{self.pattern}`")[0]
        anchor_path = tables.files.require_paths(anchor_keys, f"Route `{anchor}`")[0]
        if anchor_path != path:
            raise EditRefusedError(
                f"`{self.pattern}` is in {session.shown(path)} and `{anchor}` in {session.shown(anchor_path)}; the"
                " routes of the base come first.",
                "Move it among the routes of its own file.",
            )
        tables.move(path, keys, before=before, after=after)

    def _beside(self, tables: ProfileTables, route: Route) -> tuple[str | None, str | None]:
        """The route to move before, or the one to move after; neither if nothing changes."""
        profile = tables.require(self.profile)
        order = [item.pattern for item in (profile.optional_routes if route.optional else profile.routes)]
        at = order.index(route.pattern)
        if not self.step:
            return self.before, self.after if self.before is None else None
        if self.step in ("up", "first"):
            place = at - 1 if self.step == "up" else 0
            return (order[place], None) if at > 0 else (None, None)
        place = at + 1 if self.step == "down" else len(order) - 1
        return (None, order[place]) if at < len(order) - 1 else (None, None)


@dataclass(frozen=True, slots=True)
class SetRouteOptional(ProfileEdit):
    """Let a route count only while its backend is on (from 0.15 on), or always. It goes to the end of its new kind."""

    pattern: str
    optional: bool

    @property
    def label(self) -> str:
        return f"make route {self.pattern} {'optional' if self.optional else 'plain'} in {self.profile}"

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        route = tables.route(self.profile, self.pattern)
        if route.optional == self.optional:
            return
        if self.optional:
            check_optional(session)
        keys = tables.keys(route, self.profile)
        notation = session.notation(tables.files.in_place(keys, f"route `{self.pattern}`")[-1], keys)
        DeleteRoute(self.profile, self.pattern).apply(session)
        session.advance()
        added = AddRoute(self.profile, self.pattern, route.backend, optional=self.optional)
        added.insert(session, ProfileTables.of(session), notation)


@dataclass(frozen=True, slots=True)
class DeleteRoute(ProfileEdit, label="delete route {0.pattern} of {0.profile}"):
    """Delete a route, and its table if that is then empty and without comments."""

    pattern: str

    def change(self, session: EditSession, tables: ProfileTables) -> None:
        route = tables.route(self.profile, self.pattern)
        keys = tables.keys(route, self.profile)
        for path in tables.files.in_place(keys, f"route `{self.pattern}`"):
            session.drop(path, keys)
            tables.drop_if_empty(path, self.profile, str(keys[2]))


def check_optional(session: EditSession) -> None:
    """Raises EditRefusedError where a release has no optional routes, and leaves a note where it ignores them."""
    release, rule = session.report.release, session.report.catalog.behaviours.optional_routes
    if rule == "refused":
        raise EditRefusedError(f"Pipelex {release} refuses optional_routes (new in 0.15).", "Make it a plain route.")
    if rule == "ignored":
        session.note(f"Pipelex {release} accepts optional routes, but ignores them")


def _table(session: EditSession, path: str, keys: Path) -> dict[str, object]:
    table = session.get(path, keys)
    return table if isinstance(table, dict) else {}
