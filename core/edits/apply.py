"""Planning an edit: an intent becomes steps and the contents they give, or a refusal. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.api import Report
from core.edits.edit_session import EditSession
from core.edits.intent import Intent
from core.edits.refused import EditLayer, EditRefused, EditRefusedError
from core.edits.steps import Step
from core.files.view import View
from core.records import dataclass


@dataclass(frozen=True)
class Applied:
    """An edit as worked out: the steps, what the touched files hold then (None: deleted), and what is to be known."""

    label: str
    steps: tuple[Step, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    notes: tuple[str, ...] = ()
    befores: tuple[bytes | str, ...] = field(default=(), repr=False)
    """What each step was done to, as a view gives it."""


def apply_intent(
    report: Report, view: View, intent: Intent, where: EditLayer = EditLayer.AUTO
) -> Applied | EditRefused:
    """Work out an edit of the tree that `report` was made from, as `view` shows it. Never raises.

    An edit that changes nothing has no steps.
    """
    session = EditSession(report, view, where)
    try:
        intent.apply(session)
    except EditRefusedError as stopped:
        return stopped.refused
    return Applied(
        intent.label, tuple(session.steps), dict(session.contents), tuple(session.notes), tuple(session.befores)
    )


__all__ = ["Applied", "Intent", "apply_intent"]
