"""Commands that ask providers: one backend, all backends, or a model for one word; and that browse their models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.command import Command
from tui.commands import availability

if TYPE_CHECKING:
    from core.entities import ModelSpec
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
            screen.show_status("t asks about a backend or a model: this is not about what a provider said")
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
    """Ask all backends that are on; cancels a check that is running."""
    checks, view = screen.checks, screen.session.view
    if checks.running:
        checks.cancel()
    elif view is not None and view.catalog.enabled:
        checks.start(list(view.catalog.enabled))
    else:
        screen.show_status("no backend is on")


def browse(screen: MainScreen) -> None:
    """Browse the models that the selected backend's provider listed when it was last asked."""
    from tui.screens.served import ServedScreen

    view, name = screen.session.view, screen.session.selected.name
    result = view.live.result(view.catalog, name) if view is not None else None
    if view is None or result is None:
        screen.show_status("what it serves is not known yet: t asks it")
    elif not result.listing.models:
        screen.show_status(f"it listed no models{': ' + result.listing.gap if result.listing.gap else ''}")
    else:

        def left(review: bool | None) -> None:
            if review:
                screen.run_command(screen.table.by_id["review"])

        screen.app.push_screen(ServedScreen(screen, name), left)


COMMANDS = (
    Command(
        "check",
        ("t",),
        "try",
        "ask the backend's provider: does it answer, is the key good; twice: stop",
        ("backends", "routes", "problems", "inspector"),
        3,
        availability.check,
        check_selected,
    ),
    Command(
        "check-model",
        ("t",),
        "try",
        "ask the model for one word, after showing what that sends and may cost; twice: stop",
        ("models", "deck"),
        11,
        availability.check,
        check_selected,
    ),
    Command(
        "check-all",
        ("T",),
        "try all",
        "ask the providers of all backends that are on; twice, or esc: stop",
        run=check_all,
    ),
    Command(
        "served",
        ("i",),
        "served",
        "look through what the provider serves, and import from it",
        ("pane", "inspector"),
        0,
        availability.served,
        browse,
    ),
)
