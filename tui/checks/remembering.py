"""What providers said in earlier sessions, shown again as long as key and address are the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from core.files.store.state import state_folder
from core.probes import cache
from core.probes.planning import Terms, plan_checks
from core.probes.result import CheckResult
from core.probes.trust import Trust
from tui.checks.terms import environ_of, whose, whose_of
from tui.facts import Facts

if TYPE_CHECKING:
    from tui.faces.main import MainFace


def remembered(screen: MainFace, facts: Facts) -> tuple[list[CheckResult], Mapping[str, str]]:
    """The results of earlier sessions that still hold, and whose they are. Sends nothing; to be called in a thread."""
    root, state = facts.catalog.tree.found.inference, state_folder(environ_of(screen))
    names = [name for name in cache.kept_names(root, state) if name in facts.catalog.backends]
    plans = plan_checks(facts.catalog, names, Terms(trust=Trust(state)))
    return cache.kept_results(root, state, plans), whose_of(plans)


def show_remembered(screen: MainFace, found: tuple[list[CheckResult], Mapping[str, str]]) -> None:
    """Show results of earlier sessions, beside those of this one."""
    facts, live = screen.session.facts, screen.session.live
    results, theirs = found
    if facts is None or not results:
        return
    live.whose = live.whose or partial(whose, Terms())
    live.learn(facts.catalog, {name: text for name, text in theirs.items() if live.result(facts.catalog, name) is None})
    live.take(facts.catalog, [result for result in results if live.result(facts.catalog, result.backend) is None])
    screen.panes["backends"].show_again()
    screen.show_thing(screen.session.thing, keep_place=True)
    screen.checks.hearing.soon()
