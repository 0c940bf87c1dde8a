"""Rewriting the seed document's `[models.NAME]` tables to the form that the release reads."""

from __future__ import annotations

import re

from core.dialects.model_schema import FLAT_DEFAULTS, SEED_TABLE, is_seed_dialect
from core.edits.edit_session import EditSession
from core.edits.model_tables import ModelTables
from core.edits.refused import EditRefusedError
from core.records import dataclass
from core.toml.edit.editor import read_data
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Layout, Statement, scan
from core.toml.edit.toml_commands import BY_HAND, DeleteKey, InsertKey, RawReplace, Splice, apply_splices

_DOT = re.compile(r"[ \t]*\.[ \t]*")


@dataclass(frozen=True, slots=True)
class RewriteSeedModels:
    """Write `[models.X]` as `[X]`, and shared defaults as the release has them; comments and order stay."""

    backend: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"rewrite [models.X] of {self.backend or 'all backends'}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        specs = session.report.catalog.tree.specs
        names = [
            name for name, source in specs.items() if self.backend in (None, name) and is_seed_dialect(source.data)
        ]
        if not names:
            file = specs[self.backend].shown if self.backend is not None and self.backend in specs else None
            raise EditRefusedError("No models are kept under [models.X] here.", "Leave it as it is.", file=file)
        for name in names:
            _rewrite(ModelTables(session, name))


def _rewrite(tables: ModelTables) -> None:
    session, path = tables.session, tables.open()
    data = session.data(path)
    inner = data[SEED_TABLE]
    assert isinstance(inner, dict)
    conflict = next((name for name in inner if name in data or name in ("defaults", *FLAT_DEFAULTS)), None)
    if conflict is not None:
        raise EditRefusedError(
            f"`{conflict}` has a meaning of its own at the top of the file.",
            "Rename the model first.",
            file=session.shown(path),
        )
    text = session.text(path)
    lifted = apply_splices(text, _splices(scan(text)))
    wanted: dict[str, object] = {}
    for key, value in data.items():
        wanted.update(inner if key == SEED_TABLE else {key: value})
    found = read_data(lifted)
    if not isinstance(found, dict) or not identical(found, wanted):
        raise EditRefusedError(
            "Its tables are written in a way that cannot be rewritten.", BY_HAND, file=session.shown(path)
        )
    session.edit(path, RawReplace(lifted))
    _defaults(tables)


def _splices(layout: Layout) -> list[Splice]:
    """Cuts `models.` out of every header and key that begins with it, and lines that say `[models]` alone."""
    out: list[Splice] = []
    under = False
    for statement in layout.statements:
        if statement.kind in ("table", "tables"):
            under = statement.names == (SEED_TABLE,)
        if not statement.parts or statement.parts[0].name != SEED_TABLE:
            continue
        if statement.kind == "pair" and (under or _in_table(layout, statement)):
            continue
        if len(statement.parts) > 1:
            out.append(Splice(statement.parts[0].start, _behind_dot(layout, statement), ""))
        elif statement.kind == "table":
            end = statement.comment if statement.comment >= 0 else statement.end
            out.append(Splice(statement.start, end, ""))
    return out


def _in_table(layout: Layout, statement: Statement) -> bool:
    root = layout.sections[0]
    last = layout.statements[root.stop - 1].end if root.stop > root.first else 0
    return statement.start >= last


def _behind_dot(layout: Layout, statement: Statement) -> int:
    match = _DOT.match(layout.text, statement.parts[0].end)
    assert match is not None
    return match.end()


def _defaults(tables: ModelTables) -> None:
    """Defaults that stand in the form of another release, written as this one has them."""
    session, path = tables.session, tables.path
    data = session.data(path)
    table = data.get("defaults")
    if tables.flat and isinstance(table, dict):
        names = {field: key for key, field in FLAT_DEFAULTS.items()}
        if any(field not in names for field in table):
            session.note(f"{session.shown(path)}: [defaults] holds what this release has no default for; it stays")
            return
        for field, value in table.items():
            if names[field] not in data:
                session.edit(path, InsertKey((names[field],), value))
        session.drop(path, ("defaults",), "keep")
    elif not tables.flat and any(key in data for key in FLAT_DEFAULTS):
        found = {field: data[key] for key, field in FLAT_DEFAULTS.items() if key in data}
        for key in FLAT_DEFAULTS:
            if key in data:
                session.edit(path, DeleteKey((key,)))
        if isinstance(table, dict):
            for field, value in found.items():
                if field not in table:
                    session.edit(path, InsertKey(("defaults", field), value))
        else:
            first = next((key for key, value in session.data(path).items() if isinstance(value, dict)), None)
            session.add_table(path, ("defaults",), found, before=first)
