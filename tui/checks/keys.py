"""What the keys of checks do: ask one backend or all, or a model for a word; look through what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from tui.faces.main import MainFace


def check_one(screen: MainFace) -> None:
    """`t`: ask the selected backend, or the selected model for one word; while something is asked, stop that."""
    checks, view, ref = screen.checks, screen.session.view, screen.session.selected
    if checks.running:
        checks.cancel()
        return
    if view is None:
        return
    if ref.kind == "backend":
        checks.start([ref.name])
        return
    if ref.kind == "problem":
        found = view.live_results.of(view.problems[ref])
        if found is not None:
            checks.start([found.backend])
        else:
            screen.tell("t asks about a backend or a model: this is not about what a provider said")
        return
    spec = _spec(screen)
    if spec is None:
        screen.tell("it ends at no model that could answer")
    else:
        checks.try_model(spec)


def _spec(screen: MainFace) -> ModelSpec | None:
    """The model at which what is selected ends; of a handle that nobody serves the first that declares it."""
    view, ref = screen.session.view, screen.session.selected
    if view is None or ref not in view.references:
        return None
    return view.spec_of(ref) if ref.kind == "model" else view.references[ref].spec


def check_all(screen: MainFace) -> None:
    """`T`: ask all that are on; while they are asked, stop that."""
    checks, view = screen.checks, screen.session.view
    if checks.running:
        checks.cancel()
    elif view is not None and view.catalog.enabled:
        checks.start(list(view.catalog.enabled))
    else:
        screen.tell("no backend is on")


def browse(screen: MainFace) -> None:
    """Look through what a backend's provider serves, as it was told when it was last asked."""
    from tui.screens.served import ServedScreen

    view, name = screen.session.view, screen.session.selected.name
    result = view.live.result(view.catalog, name) if view is not None else None
    if view is None or result is None:
        screen.tell("what it serves is not known yet: t asks it")
    elif not result.listing.models:
        screen.tell(f"it listed no models{': ' + result.listing.gap if result.listing.gap else ''}")
    else:

        def left(review: bool | None) -> None:
            if review:
                screen.do(screen.table.by_id["review"])

        screen.app.push_screen(ServedScreen(screen, name), left)
