"""Commands that ask providers: one backend, all backends, or a model for one word; and that browse their models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.command import Command
from tui.commands import availability

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from tui.pages.page_screen import PageScreen
    from tui.screens.main import MainScreen


def check_selected(screen: MainScreen) -> None:
    """Ask the selected backend, or the selected model for one word; cancels a check that is running."""
    checks, view, ref = screen.checks, screen.session.view, screen.session.selected
    if checks.running:
        checks.cancel()
    elif view is None:
        return
    elif ref.kind == "backend":
        checks.start([ref.name])
    elif ref.kind == "problem":
        result = view.live_results.of(view.problems[ref])
        if result is not None:
            checks.start([result.backend])
        else:
            screen.show_status("t works on a backend or a model, or on a problem from a live check")
    elif (spec := _spec(screen)) is None:
        screen.show_status("it ends at no model that could answer")
    else:
        checks.try_model(spec)


def _spec(screen: MainScreen) -> ModelSpec | None:
    """The model at which the selected reference ends; of a handle that is not served the first that declares it."""
    view, ref = screen.session.view, screen.session.selected
    if view is None or ref not in view.references:
        return None
    return view.spec_of(ref) if ref.kind == "model" else view.references[ref].spec


def check_all(screen: MainScreen) -> None:
    """Ask all enabled backends; cancels a check that is running."""
    checks, view = screen.checks, screen.session.view
    if checks.running:
        checks.cancel()
    elif view is not None and view.catalog.enabled:
        checks.start(list(view.catalog.enabled))
    else:
        screen.show_status("no backend is enabled")


def browse(screen: MainScreen) -> None:
    """Browse the models that the selected backend's provider listed when it was last asked."""
    from tui.screens.served import ServedScreen

    view, name = screen.session.view, screen.session.selected.name
    result = view.live.result(view.catalog, name) if view is not None else None
    if view is None or result is None:
        screen.show_status("its models are not known yet: t requests the list")
    elif not result.listing.models:
        screen.show_status(f"it listed no models{': ' + result.listing.gap if result.listing.gap else ''}")
    else:
        screen.app.push_screen(ServedScreen(screen, name))


def ask_and_browse(screen: MainScreen, name: str) -> None:
    """Ask a backend that was just added for its models, then browse them."""
    view = screen.session.view
    if view is None or name not in view.catalog.backends:
        return

    def answered(finished: bool) -> None:
        result = view.live.result(view.catalog, name) if finished else None
        if result is not None and result.listing.models:
            browse(screen)

    screen.checks.start([name], answered)


def watch(screen: MainScreen | PageScreen[Any]) -> None:
    """Open the history of checks; on its page start or end repeated checks."""
    from tui.pages.watch_page import WatchScreen

    if isinstance(screen, WatchScreen):
        screen.toggle()
    elif screen.main.session.view is not None:
        screen.app.push_screen(WatchScreen(screen.main))


COMMANDS = (
    Command(
        "check",
        ("t",),
        "try",
        "check the backend live: reachable, key accepted; twice: cancel",
        ("backends", "routes", "problems", "inspector"),
        3,
        availability.check,
        check_selected,
    ),
    Command(
        "check-model",
        ("t",),
        "try",
        "request one word from the model, after showing request and cost; twice: cancel",
        ("models", "deck"),
        11,
        availability.check,
        check_selected,
    ),
    Command(
        "check-all",
        ("T",),
        "try all",
        "check all enabled backends live; twice, or esc: cancel",
        run=check_all,
    ),
    Command(
        "watch",
        ("W",),
        "watch",
        "the latency of the last checks; there: repeat the checks until a set time",
        ("everywhere", "page"),
        run=watch,
    ),
    Command(
        "served",
        ("i",),
        "served",
        "browse and import the models of the provider",
        ("pane", "inspector"),
        0,
        availability.served,
        browse,
    ),
)
