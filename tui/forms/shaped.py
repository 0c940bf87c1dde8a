"""Fields made from the shape that a release has for a table: what each key takes, its bounds, its known values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.dialects.field_values import ANY, ValueKind, ValueSpec, value_spec
from core.dialects.table_schema import Field as Rule
from core.dialects.table_schema import anything
from core.edits.intent import Intent
from core.layers import Layers
from core.records import dataclass
from tui.dialogs.pick import Choice
from tui.forms.field import Field, Picks, Set, below_of, origin_of, shown_text
from tui.forms.meanings import FIELDS, value_means
from tui.view_model import ViewModel


@dataclass(frozen=True)
class Shaped:
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
