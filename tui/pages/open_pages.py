"""Open pages about an item, from the main screen or from another page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.usage import usage
from tui.dialogs.pick import GroupedPickScreen
from tui.pages.comparison_pages import compare_by_key, compare_in
from tui.pages.comparison_questions import choices, down, lost
from tui.pages.explanations import ExplanationData, cause_page, defaults_page, explain_page, problem_page, route_page
from tui.pages.exports import Export, explained, export_of, node_of, overview_export, rules_export
from tui.pages.layers_page import LayersScreen, has_layers
from tui.pages.model_comparison import ModelComparisonScreen, marked_offers, same_model
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page
from tui.selection import ItemRef
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.base_app import CommandScreen
    from tui.screens.main import MainScreen


def open_explanation(main: MainScreen, ref: ItemRef, opener: CommandScreen[None]) -> None:
    """Open the explanation of an item: of a problem that of its subject, of the overview the defaults."""
    view, session = main.session.view, main.session
    if view is None:
        return
    if isinstance(opener, PageScreen) and (refusal := opener.explain_refusal):
        opener.show_status(refusal)
        return
    subject = explained(view, ref) or ref
    if subject.kind in ("cause", "problem") and view.exists(subject):
        page = cause_page if subject.kind == "cause" else problem_page
        _push(PageScreen(main, partial(page, subject), subject=subject))
    elif subject in view.routes:
        _push(PageScreen(main, partial(route_page, subject), subject=subject))
    elif explained(view, subject) is not None:

        def build(view: ViewModel, width: int, data: ExplanationData | None) -> Page:
            return explain_page(view, subject, session.tokens, width, data or ExplanationData())

        _push(PageScreen(main, build, partial(_explanation_data, main, subject), subject))
    else:
        _push(PageScreen(main, lambda view, width, _: defaults_page(view, session.tokens, width)))


def _push(screen: PageScreen[Any]) -> None:
    screen.explains = True
    screen.main.app.push_screen(screen)


def _explanation_data(main: MainScreen, subject: ItemRef, view: ViewModel) -> ExplanationData:
    """The users of an item, and the requests of a live check. Method files are read once for each report."""
    graph = main.session.usage
    if graph is None or graph.report is not view.report:
        graph = main.session.usage = usage(view.report)
    uses = graph.of(node_of(view, subject))
    if subject.kind != "backend":
        return ExplanationData(graph, uses)
    from tui.pages.explanations import check_plan

    demo = main.session.request.stand_ins is not None
    return ExplanationData(graph, uses, check_plan(main, view, subject.name), main.table.key_labels("check"), demo)


def open_layers(main: MainScreen, ref: ItemRef, opener: CommandScreen[None]) -> None:
    """Open the layers of an item."""
    view = main.session.view
    if view is None:
        return
    subject = ref if has_layers(ref) else explained(view, ref)
    if subject is None or not has_layers(subject):
        opener.show_status("only backends, models, routes and deck names have layers: press 1 to 4")
    else:
        main.app.push_screen(LayersScreen(main, subject))


def open_comparison(main: MainScreen, ref: ItemRef, opener: CommandScreen[None]) -> None:
    """Compare models when one is selected; otherwise pick what to compare the present state with."""
    view = main.session.view
    if view is None:
        return
    if ref.kind == "model":
        marked = main.session.marked_in(view)
        offers = marked_offers(view, marked) if len(marked) > 1 else same_model(view, ref)
        if len(offers) > 1:
            main.app.push_screen(ModelComparisonScreen(main, offers))
        else:
            opener.show_status("only one backend offers it: mark other models with space, then c")
        return

    def take(key: str | None) -> None:
        if key is not None:
            compare_by_key(main, key)

    main.app.push_screen(GroupedPickScreen("compare the current state with", choices(view)), take)


def open_outage(main: MainScreen, ref: ItemRef, opener: CommandScreen[None]) -> None:
    """Open the comparison with a backend down, or with a variable lost."""
    view = main.session.view
    if ref.kind == "variable":
        compare_in(main, lost(ref.name))
    elif view is None or ref.kind != "backend":
        return
    elif ref.name not in view.catalog.enabled:
        opener.show_status(f"{ref.name} is off already: nothing would change")
    else:
        compare_in(main, down(ref.name))


def export_from(screen: MainScreen | PageScreen[Any]) -> Export | None:
    """The export of a page, or of the selected item."""
    if isinstance(screen, PageScreen):
        return screen.page.export if screen.page is not None else None
    view, ref = screen.session.view, screen.session.selected
    if view is None:
        return None
    if ref in view.routes:
        return rules_export(view, ref)
    subject = explained(view, ref)
    return export_of(view, subject) if subject is not None else overview_export(view)
