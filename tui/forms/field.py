"""A form as data: its fields, made anew from the view model after every edit. No widget here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from core.dialects.field_values import ANY, ValueKind, ValueSpec
from core.dialects.table_schema import Validator, anything
from core.edits.intent import Intent
from core.layers import Layers
from core.masking import masked
from core.records import dataclass
from tui.dialogs.pick import Choice
from tui.view_model import ViewModel
from tui.widgets.runs import Runs

Set = Callable[[object], Intent]
Picks = Callable[[], Sequence[Choice]]


@dataclass(frozen=True)
class Field:
    """One field. `set` makes the edit that gives it a value (None: it cannot be edited here), `unset` takes it away.

    `text` is what typing begins with, empty for a secret. `picks` are values to pick from; what is picked is set.
    `move` is the edit that moves it up (-1) or down (1) among its like, if that can be.
    """

    key: str
    label: str
    shown: str = ""
    text: str = ""
    origin: str = ""
    about: str = ""
    takes: ValueSpec = ANY
    test: Validator = anything
    set: Set | None = None
    unset: Intent | None = None
    picks: Picks | None = None
    move: Callable[[int], Intent | None] | None = None
    value: object = None
    below: str = ""
    """What it would be if its top layer were taken away."""
    fixed: str = ""
    """Why it cannot be edited here."""


@dataclass(frozen=True)
class Form:
    """The fields of one item under a title, and a few lines about it."""

    title: Runs
    fields: Sequence[Field]
    about: Sequence[Runs] = field(default=())


def shown_text(key: str, value: object) -> tuple[str, str]:
    """A value as it is shown, and as typing begins with it: a secret is shown masked and never typed over."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        word = "true" if value else "false"
        return word, word
    if isinstance(value, list):
        text = ", ".join(str(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{name} = {item}" for name, item in value.items())
    else:
        text = f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
    shown = masked(key, text)
    return shown, text if shown == text else ""


def origin_of(view: ViewModel, layers: Layers | None) -> str:
    """Where a value comes from: file and line, and what hides below it."""
    winner = layers.winner if layers is not None else None
    if layers is None or winner is None:
        return ""
    place = view.where(winner.place.location) if winner.place is not None else ""
    hidden = layers.stack[-2] if len(layers.stack) > 1 and layers.stack[-2].place is not None else None
    below = f", over {hidden.origin}" if hidden is not None else ""
    return f"{place or winner.origin}{below}"


def below_of(layers: Layers | None) -> str:
    """What a value becomes when its top layer is taken away."""
    restores = layers.restores if layers is not None else None
    if restores is None:
        return ""
    return "the release needs it" if restores.refused else f"without it: {restores.shown} ({restores.origin})"


def is_flag(one: Field) -> bool:
    """Whether a field is true or false."""
    return one.takes.kind is ValueKind.FLAG
