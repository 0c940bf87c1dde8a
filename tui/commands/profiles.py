"""The command that switches to another profile, or only looks at it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.command import Command
from tui.commands import availability

if TYPE_CHECKING:
    from core.workspace import Workspace
    from tui.dialogs.pick import ProfilesScreen
    from tui.screens.main import MainScreen

NOTIFY_EVERY_S = 0.3
_NAMES = 34
"""The cells of the list beside the effects, at least."""


def switch_profile(screen: MainScreen) -> None:
    """Pick a profile, and make it the active one or look at the tree as if it were."""
    from core.edits.profile_edits import SwitchProfile
    from tui.dialogs.pick import LOOK, Choice, ProfilesScreen

    session, view = screen.session, screen.session.view
    if view is None:
        return
    catalog = view.catalog

    def answer(key: str | None) -> None:
        if key is None:
            return
        if session.locked or key.startswith(LOOK):
            screen.editing.look_at(key.removeprefix(LOOK))
            return
        screen.editing.look_at(None)
        if key != view.active:
            screen.editing.do(SwitchProfile(key, local=True))

    choices = [
        Choice(name, name + (" (active)" if name == view.active else ""), profile.description)
        for name, profile in catalog.profiles.items()
    ]
    picker = ProfilesScreen(choices, current=catalog.active, locked=bool(session.locked))
    screen.app.push_screen(picker, answer)
    names = [name for name in catalog.profiles if name != view.active]
    if not session.locked:
        task = partial(_find_impacts, picker, session.workspace, names)
        screen.run_worker(task, thread=True, group="profiles", exit_on_error=False)


def _find_impacts(picker: ProfilesScreen, workspace: Workspace, names: Sequence[str]) -> None:
    """Add the effects of each profile to the picker while it is shown. Runs in a thread."""
    from core.edits.profile_edits import SwitchProfile
    from core.workspace import Proposal
    from tui.messages import ImpactsFound

    impacts: dict[str, str] = {}
    width = picker.app.size.width - _NAMES
    notified = time.monotonic()
    for name in names:
        if not picker.is_attached:
            return
        proposal = workspace.propose(SwitchProfile(name, local=True))
        if isinstance(proposal, Proposal):
            impacts[name] = proposal.impact.summary(width)
        if impacts and (name == names[-1] or time.monotonic() - notified > NOTIFY_EVERY_S):
            picker.post_message(ImpactsFound(dict(impacts)))
            notified = time.monotonic()


COMMANDS = (
    Command(
        "profile",
        ("p",),
        "profile",
        "switch to another profile, or preview it",
        footer=5,
        disabled_reason=availability.profiles,
        run=switch_profile,
    ),
)
