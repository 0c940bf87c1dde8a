"""Edits of settings that a model refuses, and edits that repoint a name together with its settings."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.edits.choice_edits import SetInlineField
from core.edits.deck_entries import DeckEdit
from core.edits.edit_session import EditSession
from core.edits.intent import Edit, EditLayer, EditRefusedError, Intent
from core.edits.preset_edits import SetPresetField, UnsetPresetField
from core.entities import Choice, Preset
from core.mentions import Node
from core.records import dataclass
from core.references import Kind
from core.refusals import Settings, accepted_changes
from core.resolution import Resolution

Change = tuple[str, object]
"""A key of some settings with its new value; None removes the key."""


@dataclass(frozen=True, slots=True)
class ChangeSettings(Edit, label="change the settings of {0.node.kind} {0.node.name}"):
    """Change keys of a preset, or of a choice with inline settings, so that its model takes them."""

    node: Node
    changes: tuple[Change, ...]

    def apply(self, session: EditSession) -> None:
        """Removals first, as one key may exclude another. Raises EditRefusedError where a file cannot be changed."""
        for key, value in sorted(self.changes, key=lambda change: change[1] is not None):
            if self.node.kind == Kind.PRESET.value:
                _change_preset(session, self.node, key, value)
            else:
                _change_inline(session, self.node, key, value)
            session.advance()


@dataclass(frozen=True, slots=True)
class WithSettings:
    """An edit that points names elsewhere; settings that their new models refuse are changed with it, and noted."""

    intent: Intent

    @property
    def label(self) -> str:
        return self.intent.label

    def apply(self, session: EditSession) -> None:
        before = session.report
        self.intent.apply(session)
        session.advance()
        change_refused(session, before)


def change_refused(session: EditSession, before: Report) -> None:
    """Change the settings that a model refuses in the session's tree and did not refuse in `before`; note each.

    A change that cannot be made in the layer of the session is made in the file itself; what stays refused is noted.
    """
    former = {_node(item) for item in before.resolutions if item.refusal is not None}
    for node in [_node(item) for item in refused(session.report) if _node(item) not in former]:
        item = next(item for item in session.report.resolutions if _node(item) == node)
        if item.refusal is None:
            continue  # a previous change of the preset behind it was enough
        intent = change_of(session.report, item)
        label = f"{item.kind.value} `{item.name}`"
        if intent is None or not _applied(session, intent):
            session.note(f"{label} stays refused: {item.refused_words}")
            continue
        words = "; ".join(_words(change) for change in intent.changes)
        session.note(f"{label}: {words}. {item.refused_words}")


def refused(report: Report) -> Iterator[Resolution]:
    """The presets and choices whose model refuses the settings, presets first."""
    named = [item for item in report.resolutions if item.refusal is not None]
    for kind in (Kind.PRESET, Kind.CHOICE):
        yield from (item for item in named if item.kind is kind)


def change_of(report: Report, item: Resolution) -> ChangeSettings | None:
    """The smallest change of its settings after which a model takes a preset or choice; None where there is none."""
    holder = _holder(report, item)
    if holder is None or item.spec is None or item.refusal is None:
        return None
    node, settings = holder
    backend = report.catalog.backends.get(item.spec.backend)
    changes = accepted_changes(report.release, item.spec, backend, settings, structured=item.refusal.structured)
    return ChangeSettings(node, tuple(changes.items())) if changes else None


def change_sentence(intent: ChangeSettings) -> str:
    """The label of a change: `remove reasoning_effort of preset quick`."""
    words = "; ".join(_words(change, done=False) for change in intent.changes)
    return f"{words} of {intent.node.kind} `{intent.node.name}`"


def _words(change: Change, *, done: bool = True) -> str:
    key, value = change
    if value is None:
        return f"{key} removed" if done else f"remove {key}"
    return f"{key} set to {value}" if done else f"set {key} to {value}"


def _holder(report: Report, item: Resolution) -> tuple[Node, Settings] | None:
    """The entry that holds the settings of a reference."""
    family = report.catalog.families[item.family]
    preset = next((hop.name for hop in item.hops if hop.kind is Kind.PRESET), None)
    if preset is not None:
        return Node(Kind.PRESET.value, item.family, preset), family.presets[preset].fields
    choice = _choice(report, _node(item))
    if choice is not None and isinstance(choice.value, Preset):
        return _node(item), choice.value.fields
    return None


def _applied(session: EditSession, intent: ChangeSettings) -> bool:
    layers = dict.fromkeys((session.layer, EditLayer.BASE))
    outer = session.layer
    try:
        for layer in layers:
            session.layer = layer
            try:
                intent.apply(session)
            except EditRefusedError:
                continue
            return True
        return False
    finally:
        session.layer = outer


def _change_preset(session: EditSession, node: Node, key: str, value: object) -> None:
    if value is None:
        UnsetPresetField(node.family, node.name, key).apply(session)
    else:
        SetPresetField(node.family, node.name, key, value).apply(session)


def _change_inline(session: EditSession, node: Node, key: str, value: object) -> None:
    choice = _choice(session.report, node)
    assert choice is not None
    if value is not None:
        SetInlineField(choice.family, choice.kind, choice.key, key, value).apply(session)
        return
    deck = DeckEdit.of(session)
    family = deck.places.section(choice.family).family
    deck.files.drop((*deck.places.choice(family, choice.kind, choice.key), key), f"`{key}` of choice `{choice.name}`")


def _choice(report: Report, node: Node) -> Choice | None:
    choices = report.catalog.families[node.family].choices
    return next((choice for choice in choices if choice.name == node.name), None)


def _node(item: Resolution) -> Node:
    return Node(item.kind.value, item.family, item.name)
