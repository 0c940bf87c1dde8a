"""What asking a backend's provider would send, and where: worked out without sending anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.files.state_folder import state_folder
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import PlanOptions, plan_checks
from core.probes.runner import skipped_result
from core.probes.trust import Trust
from tui.inspector.sheet import Sheet
from tui.labels import plain
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


def plan_of(main: MainScreen, view: ViewModel, backend: str) -> CheckPlan | None:
    """The plan that the key of `try` would carry out, without the stand-ins of the demo; None where there is none."""
    environ = main.session.request.environ
    trust = Trust(state_folder(os.environ if environ is None else environ))
    return next(iter(plan_checks(view.catalog, [backend], PlanOptions(trust=trust))), None)


def asking(out: Sheet, plan: CheckPlan, key: str, *, stand_in: bool = False) -> None:
    """Each request with what it is for and which headers it has, never a value; or why nothing would be sent."""
    out.heading(f"what {key} would send", "nothing is sent before you press it")
    if stand_in:
        out.text(("in this demo a stand-in on this machine answers for the provider", "dim"))
    if plan.verdict is not None:
        said, advice = skipped_result(plan).texts
        out.text(("nothing: ", "warn"), (plain(said), ""))
        if advice:
            out.text((f"  fix: {plain(advice)}", "dim"), hang=5)
    for ask in plan.requests:
        out.text((f"{ask.method} ", "accent"), (ask.url, ""))
        when = ", only if it lists no models" if ask.fallback else ""
        out.text((f"  {ask.purpose}{when}", "dim"))
        if ask.header_names:
            out.text((f"  headers: {', '.join(ask.header_names)}", "dim"))
    for note in plan.notes:
        out.text((f"note: {plain(note)}", "dim"))
