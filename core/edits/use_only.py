"""Using one backend only: the others off, a profile that sends everything to it, and dead references pointed to it."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report, inspect_again
from core.dialects.backend_reader import INTERNAL
from core.edits.add_backend import last_of_its_kind
from core.edits.apply import Applied, apply_intent
from core.edits.backends import SwitchBackend, require_backend
from core.edits.edit_session import EditSession
from core.edits.profile_fields import SetFallbackOrder
from core.edits.profiles import AddProfile, SwitchProfile
from core.edits.refused import EditLayer, EditRefused, EditRefusedError
from core.edits.repoint import Accepted, repoint_all
from core.entities import Profile
from core.files.view import Overlay, View
from core.records import dataclass
from core.replacements import Replacement, replacements


@dataclass(frozen=True, slots=True)
class UseOnly:
    """Use one backend and no other, but `internal`, which runs here and stays as it is.

    `accepted` says what is to be named by entries of the deck that would be dead: as `accept` makes it of proposed
    replacements, in part or whole. What is left out stays dead.
    """

    backend: str
    accepted: tuple[Accepted, ...] = ()

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"use only {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        require_backend(session, self.backend)
        catalog = session.report.catalog
        if not catalog.specs_by_backend.get(self.backend) and self.backend not in catalog.remote:
            raise EditRefusedError(f"Backend `{self.backend}` declares no model.", "Give it a model first.")
        for name, backend in catalog.backends.items():
            on = name == self.backend or (name == INTERNAL and backend.enabled)
            if backend.fields.get("enabled", True) is not on:
                SwitchBackend(name, on).apply(session)
        self._route(session)
        session.advance()
        repoint_all(session, self.accepted)

    def _route(self, session: EditSession) -> None:
        """Make a profile active that sends everything to the backend; one is added when there is none."""
        catalog = session.report.catalog
        usual = f"all_{self.backend}"
        names = dict.fromkeys((str(catalog.active), usual, *catalog.profiles))
        known = (catalog.profiles[name] for name in names if name in catalog.profiles)
        fitting = next((profile.name for profile in known if sends_all(profile, self.backend)), None)
        order = self._order(session)
        if fitting is None:
            fitting = _free_name(catalog.profiles, usual)
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
        kept = internal is not None and internal.enabled and bool(catalog.specs_by_backend.get(INTERNAL))
        if catalog.behaviours.default_miss != "order or drop" or not kept or self.backend == INTERNAL:
            return ()
        return (self.backend, INTERNAL)


def sends_all(profile: Profile, backend: str) -> bool:
    """Whether a profile sends everything to one backend, or to it and `internal`."""
    return profile.default == backend and all(
        route.backend in (backend, INTERNAL) for route in (*profile.routes, *profile.optional_routes)
    )


def _free_name(taken: Iterable[str], wanted: str) -> str:
    names, number, name = set(taken), 1, wanted
    while name in names:
        number += 1
        name = f"{wanted}_{number}"
    return name


def proposed(
    report: Report, view: View, backend: str, where: EditLayer = EditLayer.AUTO
) -> tuple[Replacement, ...] | EditRefused:
    """What would be dead when only a backend is used, and what could stand in; or why it cannot be used alone."""
    applied = apply_intent(report, view, UseOnly(backend), where)
    if not isinstance(applied, Applied):
        return applied
    return replacements(report, inspect_again(report, Overlay(view, dict(applied.contents))))
