"""Edits that point dead references at other models, and the switch to a single backend."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report, update_report, without_assumption
from core.dialects.backend_reader import INTERNAL
from core.edits.alias_edits import InsertEntry
from core.edits.backend_edits import SwitchBackend, last_of_its_kind
from core.edits.edit_session import Applied, EditSession, apply_intent
from core.edits.entry_names import require_backend
from core.edits.fixes.reference_fixes import repoint
from core.edits.intent import Edit, EditLayer, EditRefused, EditRefusedError, Intent
from core.edits.profile_edits import AddProfile, SetFallbackOrder, SwitchProfile
from core.edits.refused_settings import change_refused
from core.entities import GLOBAL, Profile
from core.files.view import Overlay, View
from core.formatting import counted
from core.mentions import Node
from core.records import dataclass
from core.references import Kind
from core.replacements import Replacement, replacements

Accepted = tuple[Node, str]
"""An entry of the deck, and its new target; a list gets that as one more entry."""


@dataclass(frozen=True, slots=True)
class Repoint:
    """Let entries of the deck name other models, each where that belongs."""

    accepted: tuple[Accepted, ...]

    @property
    def label(self) -> str:
        if len(self.accepted) != 1:
            return f"point {counted(len(self.accepted), 'name')} elsewhere"
        [(node, text)] = self.accepted
        return f"point {node.kind} {node.name} at {text}"

    def apply(self, session: EditSession) -> None:
        before = session.report
        repoint_all(session, self.accepted)
        session.advance()
        change_refused(session, before)


def accept(replacements: Iterable[Replacement]) -> tuple[Accepted, ...]:
    """The nearest candidate of each replacement that has one."""
    return tuple((item.node, item.best.text) for item in replacements if item.best is not None)


def repoint_all(session: EditSession, accepted: Iterable[Accepted]) -> None:
    """Do it on a session, entry by entry, in the order of the deck."""
    places = {Node(item.kind.value, item.family, item.name): at for at, item in enumerate(session.report.resolutions)}
    for node, text in sorted(accepted, key=lambda pair: places.get(pair[0], len(places))):
        _intent(session, node, text).apply(session)


def _intent(session: EditSession, node: Node, text: str) -> Intent:
    family = session.report.catalog.families.get(node.family)
    if family is None or not _exists(session, node):
        raise EditRefusedError(f"There is no {node.kind} `{node.name}`.", "Check the name.")
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


@dataclass(frozen=True, slots=True)
class UseOnly(Edit, label="use only {0.backend}"):
    """Enable one backend and disable all others, except `internal`, which runs locally.

    `accepted` gives the new targets of dead deck entries, all or some of those from `accept`; the others stay dead.
    Settings that the new models refuse are changed, and noted.
    """

    backend: str
    accepted: tuple[Accepted, ...] = ()

    def apply(self, session: EditSession) -> None:
        require_backend(session, self.backend)
        before = session.report
        catalog = before.catalog
        if not catalog.specs_by_backend.get(self.backend) and self.backend not in catalog.remote:
            raise EditRefusedError(f"Backend `{self.backend}` declares no model.", "Add a model first.")
        for name, backend in catalog.backends.items():
            on = name == self.backend or (name == INTERNAL and backend.enabled)
            if backend.fields.get("enabled", True) is not on:
                SwitchBackend(name, on).apply(session)
        self._route(session)
        session.advance()
        repoint_all(session, self.accepted)
        session.advance()
        change_refused(session, before)

    def _route(self, session: EditSession) -> None:
        """Activate a profile that sends everything to the backend; add one if missing."""
        catalog = session.report.catalog
        default_name = f"all_{self.backend}"
        names = dict.fromkeys((str(catalog.active), default_name, *catalog.profiles))
        profiles = (catalog.profiles[name] for name in names if name in catalog.profiles)
        fitting = next((profile.name for profile in profiles if sends_all(profile, self.backend)), None)
        order = self._order(session)
        if fitting is None:
            fitting = _free_name(catalog.profiles, default_name)
            AddProfile(fitting, self.backend, fallback_order=order, after=last_of_its_kind(session)).apply(session)
            session.advance()
        elif order and not catalog.profiles[fitting].fallback_order:
            SetFallbackOrder(fitting, order).apply(session)
            session.note(
                f"profile `{fitting}` gets a fallback_order: without it Pipelex {session.report.release} drops models"
                f" of `{INTERNAL}`"
            )
        if fitting != catalog.active:
            SwitchProfile(fitting).apply(session)

    def _order(self, session: EditSession) -> tuple[str, ...]:
        """The order that keeps `internal` served where a model that the default lacks is dropped (0.16 and 0.17)."""
        catalog = session.report.catalog
        internal = catalog.backends.get(INTERNAL)
        keeps_internal = internal is not None and internal.enabled and bool(catalog.specs_by_backend.get(INTERNAL))
        if catalog.behaviours.default_miss != "order or drop" or not keeps_internal or self.backend == INTERNAL:
            return ()
        return (self.backend, INTERNAL)


def sends_all(profile: Profile, backend: str) -> bool:
    """Whether a profile sends everything to one backend, or to it and `internal`."""
    return profile.default == backend and all(
        route.backend in (backend, INTERNAL) for route in (*profile.routes, *profile.optional_routes)
    )


def _free_name(existing: Iterable[str], base: str) -> str:
    names, number, name = set(existing), 1, base
    while name in names:
        number += 1
        name = f"{base}_{number}"
    return name


def proposed(
    report: Report, view: View, backend: str, layer: EditLayer = EditLayer.AUTO
) -> tuple[Replacement, ...] | EditRefused:
    """The replacements of references that die when only one backend is used, or the refusal of that edit."""
    report = without_assumption(report, view)
    applied = apply_intent(report, view, UseOnly(backend), layer)
    if not isinstance(applied, Applied):
        return applied
    return replacements(report, update_report(report, Overlay(view, dict(applied.contents))))
