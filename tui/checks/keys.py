"""What the keys of checks do: ask one backend or all, or a model for a word; look through what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from tui.faces.main import MainFace


def check_one(screen: MainFace) -> None:
    """`t`: ask the selected backend, or the selected model for one word; while something is asked, stop that."""
    checks, facts, thing = screen.checks, screen.session.facts, screen.session.thing
    if checks.running:
        checks.cancel()
        return
    if facts is None:
        return
    if thing.kind == "backend":
        checks.start([thing.name])
        return
    if thing.kind == "problem":
        found = facts.heard.of(facts.problems[thing])
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
    facts, thing = screen.session.facts, screen.session.thing
    if facts is None or thing not in facts.references:
        return None
    return facts.spec_of(thing) if thing.kind == "model" else facts.references[thing].spec


def check_all(screen: MainFace) -> None:
    """`T`: ask all that are on; while they are asked, stop that."""
    checks, facts = screen.checks, screen.session.facts
    if checks.running:
        checks.cancel()
    elif facts is not None and facts.catalog.enabled:
        checks.start(list(facts.catalog.enabled))
    else:
        screen.tell("no backend is on")


def browse(screen: MainFace) -> None:
    """Look through what a backend's provider serves, as it was told when it was last asked."""
    from tui.screens.served import ServedScreen

    facts, name = screen.session.facts, screen.session.thing.name
    result = facts.live.result(facts.catalog, name) if facts is not None else None
    if facts is None or result is None:
        screen.tell("what it serves is not known yet: t asks it")
    elif not result.listing.models:
        screen.tell(f"it listed no models{': ' + result.listing.why if result.listing.why else ''}")
    else:

        def left(review: bool | None) -> None:
            if review:
                screen.do(screen.table.by_id["review"])

        screen.app.push_screen(ServedScreen(screen, name), left)
