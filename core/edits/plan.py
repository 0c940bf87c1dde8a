"""Planning an edit: an intent becomes steps and the contents they give, or a refusal. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.api import Report
from core.edits.desk import Desk
from core.edits.intent import Intent
from core.edits.refusals import NotDone, NotDoneError, Where
from core.edits.steps import Step
from core.files.view import View
from core.records import dataclass


@dataclass(frozen=True)
class Drawn:
    """An edit as worked out: the steps, what the touched files hold then (None: deleted), and what is to be known."""

    label: str
    steps: tuple[Step, ...] = field(repr=False)
    contents: Mapping[str, bytes | None] = field(repr=False)
    notes: tuple[str, ...] = ()
    befores: tuple[bytes | str, ...] = field(default=(), repr=False)
    """What each step was done to, as a view gives it."""


def draw(report: Report, view: View, intent: Intent, where: Where = Where.AUTO) -> Drawn | NotDone:
    """Work out an edit of the tree that `report` was made from, as `view` shows it. Never raises.

    An edit that changes nothing has no steps.
    """
    desk = Desk(report, view, where)
    try:
        intent.draw(desk)
    except NotDoneError as stopped:
        return stopped.not_done
    return Drawn(intent.label, tuple(desk.steps), dict(desk.contents), tuple(desk.notes), tuple(desk.befores))


__all__ = ["Drawn", "Intent", "draw"]
