"""What the keys that open pages do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from core.usage import usage
from tui.dialogs.pick import PickScreen
from tui.pages.comparing import compare_by_key, compare_in
from tui.pages.content import Page
from tui.pages.defaults import defaults_page
from tui.pages.explain import Known, explain_page, explained, export_of, node_of
from tui.pages.export import Export, offer
from tui.pages.keys import KeysScreen
from tui.pages.layers import LayersScreen, has_layers
from tui.pages.overview import overview_export
from tui.pages.page import PageScreen
from tui.pages.problems import cause_page, problem_page
from tui.pages.questions import choices, down, lost
from tui.pages.rules import route_page, rules_export
from tui.pages.sides import SidesScreen, marked_offers, same_model
from tui.pages.tester import TesterScreen
from tui.selection import OVERVIEW, ItemRef
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.faces.main import MainFace


def _explain(main: MainFace) -> None:
    _explain_thing(main, main.session.selected, main.tell)


def _explain_thing(main: MainFace, ref: ItemRef, _: Callable[[str], None]) -> None:
    """Open the explanation of an item; of a problem that of what it is about, of the overview the defaults."""
    view, session = main.session.view, main.session
    if view is None:
        return
    subject = explained(view, ref) or ref
    if subject.kind in ("cause", "problem") and view.exists(subject):
        page = cause_page if subject.kind == "cause" else problem_page
        _push(PageScreen(main, partial(page, subject), subject=subject))
    elif subject in view.routes:
        _push(PageScreen(main, partial(route_page, subject), subject=subject))
    elif explained(view, subject) is not None:

        def build(view: ViewModel, width: int, known: Known | None) -> Page:
            return explain_page(view, subject, session.tokens, width, known or Known())

        _push(PageScreen(main, build, partial(_known, main, subject), subject))
    else:
        _push(PageScreen(main, lambda view, width, _: defaults_page(view, session.tokens, width)))


def _push(screen: PageScreen[Any]) -> None:
    screen.explains = True
    screen.main.app.push_screen(screen)


def _known(main: MainFace, subject: ItemRef, view: ViewModel) -> Known:
    """Who uses what, and what asking would send. The method files are read once for each report."""
    found = main.session.usage
    if found is None or found.report is not view.report:
        found = main.session.usage = usage(view.report)
    uses = found.of(node_of(view, subject))
    if subject.kind != "backend":
        return Known(found, uses)
    from tui.pages.asking import plan_of

    demo = main.session.request.stand_ins is not None
    return Known(found, uses, plan_of(main, view, subject.name), main.table.told_alone("check"), demo)


def _layers(main: MainFace) -> None:
    _layers_of_thing(main, main.session.selected, main.tell)


def _layers_of_thing(main: MainFace, ref: ItemRef, tell: Callable[[str], None]) -> None:
    """Open the layers of an item."""
    view = main.session.view
    if view is None:
        return
    subject = ref if has_layers(ref) else explained(view, ref)
    if subject is None or not has_layers(subject):
        tell("layers are of backends, models, routes and names of the deck: press 1 to 4")
    else:
        main.app.push_screen(LayersScreen(main, subject))


def _compare(main: MainFace) -> None:
    _compare_thing(main, main.session.selected if main.session.pane == "models" else OVERVIEW, main.tell)


def _compare_thing(main: MainFace, ref: ItemRef, tell: Callable[[str], None]) -> None:
    """Compare models when one is at hand, else pick what to compare what is now with."""
    view = main.session.view
    if view is None:
        return
    if ref.kind == "model":
        marked = main.session.marked_in(view)
        found = marked_offers(view, marked) if len(marked) > 1 else same_model(view, ref)
        if len(found) > 1:
            main.app.push_screen(SidesScreen(main, found))
            return
        tell("one backend alone offers it: mark other models with space, then c")
        return

    def take(key: str | None) -> None:
        if key is not None:
            compare_by_key(main, key)

    main.app.push_screen(PickScreen("compare what is now with", choices(view)), take)


def _what_if(main: MainFace) -> None:
    _without(main, main.session.selected, main.tell)


def _without(main: MainFace, ref: ItemRef, tell: Callable[[str], None]) -> None:
    """Open the page of what becomes of everything without a backend, or without the value of a variable."""
    view = main.session.view
    if ref.kind == "variable":
        compare_in(main, lost(ref.name))
        return
    if view is None or ref.kind != "backend":
        return
    if ref.name not in view.catalog.enabled:
        tell(f"{ref.name} is off already: nothing would change")
    else:
        compare_in(main, down(ref.name))


def _route_test(main: MainFace) -> None:
    view, ref = _selected(main)
    if view is not None:
        main.app.push_screen(TesterScreen(main, view, ref.name if ref.kind == "model" else ""))


def _keys(main: MainFace) -> None:
    view, _ = _selected(main)
    if view is not None:
        main.app.push_screen(KeysScreen(main))


def _export(main: MainFace) -> None:
    view, ref = _selected(main)
    if view is not None:
        offer(main.app, _export_of(view, ref))


def _export_of(view: ViewModel, ref: ItemRef) -> Export:
    subject = explained(view, ref)
    if ref in view.routes:
        return rules_export(view, ref)
    return export_of(view, subject) if subject is not None else overview_export(view)


def _selected(main: MainFace) -> tuple[ViewModel | None, ItemRef]:
    return main.session.view, main.session.selected


OPENING: Mapping[str, Callable[[MainFace], None]] = {
    "explain": _explain,
    "layers": _layers,
    "compare": _compare,
    "what-if": _what_if,
    "route-test": _route_test,
    "keys": _keys,
    "export": _export,
}

ON_THINGS: Mapping[str, Callable[[MainFace, ItemRef, Callable[[str], None]], None]] = {
    "explain": _explain_thing,
    "layers": _layers_of_thing,
    "compare": _compare_thing,
    "what-if": _without,
}
"""The pages that are about an item, opened from wherever it is named; the last argument says why one is not."""

__all__ = ["ON_THINGS", "OPENING", "choices", "compare_by_key"]
