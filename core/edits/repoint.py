"""Pointing entries of the deck at other models: what was proposed for dead references, as one edit."""

from __future__ import annotations

from collections.abc import Iterable

from core.edits.edit_session import EditSession
from core.edits.fixes.references import repoint
from core.edits.intent import Intent
from core.edits.refused import EditRefusedError
from core.edits.waterfalls import InsertEntry
from core.entities import GLOBAL
from core.mentions import Node
from core.records import dataclass
from core.references import Kind
from core.replacements import Replacement

Accepted = tuple[Node, str]
"""An entry of the deck, and what it is to name; a list gets that as one more entry."""


@dataclass(frozen=True, slots=True)
class Repoint:
    """Let entries of the deck name other models, each where that belongs."""

    accepted: tuple[Accepted, ...]

    @property
    def label(self) -> str:
        """See `Intent`."""
        if len(self.accepted) != 1:
            return f"point {len(self.accepted)} names elsewhere"
        [(node, text)] = self.accepted
        return f"point {node.kind} {node.name} at {text}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        repoint_all(session, self.accepted)


def accept(found: Iterable[Replacement]) -> tuple[Accepted, ...]:
    """The nearest candidate of each replacement that has one."""
    return tuple((one.node, one.best.text) for one in found if one.best is not None)


def repoint_all(session: EditSession, accepted: Iterable[Accepted]) -> None:
    """Do it on a session, entry by entry, in the order of the deck."""
    places = {Node(item.kind.value, item.family, item.name): at for at, item in enumerate(session.report.resolutions)}
    for node, text in sorted(accepted, key=lambda one: places.get(one[0], len(places))):
        _intent(session, node, text).apply(session)


def _intent(session: EditSession, node: Node, text: str) -> Intent:
    family = session.report.catalog.families.get(node.family)
    if family is None or not _exists(session, node):
        raise EditRefusedError(f"There is no {node.kind} `{node.name}`.", "Look at the names there are.")
    alias = family.aliases.get(node.name) if node.kind == Kind.ALIAS.value else None
    if node.kind == Kind.WATERFALL.value or (alias is not None and alias.is_list):
        return InsertEntry(node.family if node.family != GLOBAL else "llm", node.name, text)
    return repoint(session.report, node, None, text)


def _exists(session: EditSession, node: Node) -> bool:
    family = session.report.catalog.families[node.family]
    if node.kind == Kind.CHOICE.value:
        return any(choice.name == node.name for choice in family.choices)
    tables = {
        Kind.ALIAS.value: family.aliases,
        Kind.WATERFALL.value: family.waterfalls,
        Kind.PRESET.value: family.presets,
    }
    return node.name in tables.get(node.kind, {})
