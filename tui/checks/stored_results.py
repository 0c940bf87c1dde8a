"""Check results of earlier sessions, shown again as long as key and address are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.files.state_folder import state_folder
from core.probes import result_cache
from core.probes.check_planner import PlanOptions, plan_checks
from core.probes.check_result import CheckResult
from core.probes.trust import Trust
from tui.checks.terms import whose, whose_of
from tui.messages import StoredResultsLoaded
from tui.session import Session
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol


def load_stored_results(session: Session, view: ViewModel) -> StoredResultsLoaded:
    """The results of earlier sessions that still hold, and whose they are. Sends nothing; to be called in a thread."""
    root, state = view.catalog.tree.paths.inference, state_folder(session.environ)
    names = [name for name in result_cache.cached_backends(root, state) if name in view.catalog.backends]
    plans = plan_checks(view.catalog, names, PlanOptions(trust=Trust(state)))
    return StoredResultsLoaded(result_cache.load_results(root, state, plans), whose_of(plans))


def show_stored_results(screen: MainScreenProtocol, results: Sequence[CheckResult], owners: Mapping[str, str]) -> None:
    """Show results of earlier sessions, beside those of this one."""
    view, live = screen.session.view, screen.session.live
    if view is None or not results:
        return
    live.whose = live.whose or partial(whose, PlanOptions())
    live.set_owners(
        view.catalog, {name: text for name, text in owners.items() if live.result(view.catalog, name) is None}
    )
    live.take(view.catalog, [result for result in results if live.result(view.catalog, result.backend) is None])
    screen.panes["backends"].show_again()
    screen.show_item(screen.session.selected, keep_place=True)
