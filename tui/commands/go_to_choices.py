"""The choices of the go-to list: the names of the tree, and the commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.command import CommandContext, CommandTable
from tui.selection import ItemRef

if TYPE_CHECKING:
    from tui.dialogs.pick import Choice
    from tui.view_model import ViewModel

COMMAND, COMPARE = "action:", "compare:"
"""Prefixes of the keys of commands and of comparisons in the go-to list."""
LISTING = ("goto", "commands", "commands-beside")
"""The commands that list commands."""


def item_choices(view: ViewModel) -> list[Choice]:
    """Every name of the tree, and the profiles to compare with."""
    from tui.dialogs.pick import Choice
    from tui.panes.pane_spec import pipe_status, status_of

    def listed(section: str, items: Iterable[tuple[str, str, str]]) -> list[Choice]:
        return [Choice(key, name, note, section=section) for key, name, note in items]

    deck, models = view.deck.items(), view.models.items()
    return [
        *listed("deck", ((ref.key, item.reference, f"{ref.kind}, {status_of(view, item)[1]}") for ref, item in deck)),
        *listed(
            "backends",
            (
                (ItemRef("backend", "", name).key, name, f"backend, {'on' if backend.enabled else 'off'}")
                for name, backend in view.catalog.backends.items()
            ),
        ),
        *listed(
            "pipes",
            (
                (ref.key, ref.name, f"pipe of {ref.family}, {pipe_status(view, item)[0][1]}")
                for ref, item in view.pipes.items()
            ),
        ),
        *listed("models", ((ref.key, ref.name, f"model, {status_of(view, item)[1]}") for ref, item in models)),
        *listed("routes", ((ref.key, rule.pattern, f"route to {rule.backend}") for ref, rule in view.routes.items())),
        *listed("problems", ((ref.key, view.sentence(cause.title), "cause") for ref, cause in view.causes.items())),
        *listed(
            "profiles",
            (
                (f"{COMPARE}profile:{name}", name, "compare")
                for name in view.catalog.profiles
                if name != view.catalog.active
            ),
        ),
    ]


def command_choices(now: CommandContext, table: CommandTable) -> tuple[list[Choice], list[Choice]]:
    """The commands of a screen with their keys: those that can run, the ones of this place first; and those that
    cannot, with the reason."""
    from tui.dialogs.pick import Choice

    here: list[Choice] = []
    anywhere: list[Choice] = []
    disabled: list[Choice] = []
    for command in table.for_part(now.part):
        if not command.widget_binding and command.id not in LISTING:
            reason = command.disabled_reason(now)
            keys = f"key {table.key_labels(command.id)}" if command.keys else "no key"
            choice = Choice(COMMAND + command.id, f"{command.label}: {command.help}", keys)
            if reason:
                disabled.append(choice._replace(name=f"{command.label}: {reason}", section="not now"))
            elif command.is_in(now) and "everywhere" not in command.where:
                here.append(choice._replace(section="here"))
            else:
                anywhere.append(choice._replace(section="anywhere"))
    return [*here, *anywhere], disabled
