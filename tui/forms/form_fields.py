"""Fields of a form as data: the value, its origin, the values it takes, and the edit that changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from core.dialects.field_values import ANY, ValueKind, ValueSpec, value_spec
from core.dialects.table_schema import Field as Rule
from core.dialects.table_schema import Validator, anything
from core.edits.intent import Intent
from core.layers import Layers
from core.masking import masked
from core.records import dataclass
from tui.dialogs.pick import Choice
from tui.forms.field_descriptions import FIELDS, value_means
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


def is_boolean(one: Field) -> bool:
    """Whether a field is true or false."""
    return one.takes.kind is ValueKind.FLAG


@dataclass(frozen=True)
class FieldFactory:
    """What the fields of one item are made from.

    `values` are those in force, `layers` say where each comes from. `set` and `unset` make the edits of a key.
    """

    view: ViewModel
    values: Mapping[str, object]
    layers: Mapping[str, Layers]
    set: Callable[[str, object], Intent]
    unset: Callable[[str], Intent]

    def field(self, key: str, rule: Rule | None, *, picks: Picks | None = None, value: object = None) -> Field:
        """The field of a key that the release has a rule for, or of one that takes anything."""
        given = self.values.get(key, value)
        test = rule.test if rule is not None else anything
        what = value_spec(test) if rule is not None else _like(given)
        shown, text = shown_text(key, given)
        layers = self.layers.get(key)
        own = layers is not None and any(layer.place is not None for layer in layers.stack)
        return Field(
            key=key,
            label=key,
            shown=shown,
            text=text,
            origin=origin_of(self.view, layers) if layers is not None else "",
            about=FIELDS.get(key.rpartition(".")[2], FIELDS.get(key.partition(".")[0], "")),
            takes=what,
            test=test,
            set=self._setter(key),
            unset=self.unset(key) if own else None,
            picks=picks or _words(key, what),
            value=given,
            below=below_of(layers) if own else "",
        )

    def _setter(self, key: str) -> Set:
        return lambda value: self.set(key, value)

    def table(self, key: str, value: object) -> Iterator[Field]:
        """One field for each key of a table, as deep as one level."""
        inside = value if isinstance(value, Mapping) else {}
        for name, item in inside.items():
            path = f"{key}.{name}"
            shown, text = shown_text(str(name), item)
            yield Field(
                key=path,
                label=path,
                shown=shown,
                text=text,
                origin=origin_of(self.view, self.layers.get(key)),
                about=FIELDS.get(key, ""),
                takes=_like(item),
                set=self._setter(path),
                unset=self.unset(path),
                value=item,
            )


def _like(value: object) -> ValueSpec:
    """What is taken where any value may stand: one like the one that is there."""
    if isinstance(value, bool):
        return ValueSpec(ValueKind.FLAG, "true or false")
    if isinstance(value, int | float):
        return ValueSpec(ValueKind.NUMBER, "a number")
    if isinstance(value, list):
        return ValueSpec(ValueKind.LIST, "a list, with commas between")
    return ANY


def _words(key: str, what: ValueSpec) -> Picks | None:
    if what.kind is not ValueKind.WORD:
        return None
    return lambda: [Choice(word, word, value_means(key, word)) for word in what.choices]
