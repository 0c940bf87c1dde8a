"""Cuts: the fewest entries of a deck that have to name something else for every dead reference to live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.entities import Choice, Family, Preset
from core.mentions import Node, named_by
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status

_ENTRIES = (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET, Kind.CHOICE)
_FOLLOWED = (Kind.ALIAS.value, Kind.WATERFALL.value)


@dataclass(frozen=True, slots=True)
class Cut:
    """An entry that names nothing served: whatever is dead through it lives when it names something else.

    `texts` is what it names now, `revives` every dead reference that comes to life with it, its own first. A list is
    not changed but for one more entry at its end.
    """

    node: Node
    own: Resolution
    texts: tuple[str, ...]
    is_list: bool
    revives: tuple[Resolution, ...]


def cuts(report: Report) -> tuple[Cut, ...]:
    """The cuts of a tree; those that revive most come first.

    An entry all of whose targets are handles that nobody serves can only be revived by an edit of its own; all others
    follow one of these. Of names that only lead round in a circle one is cut.
    """
    dead = {
        Node(item.kind.value, item.family, item.name): item
        for item in report.resolutions
        if item.status is Status.DEAD and item.kind in _ENTRIES
    }
    through: dict[Node, list[Node]] = {}
    leaves: list[Node] = []
    for node in dead:
        targets = [target for target in _targets(report, node) if target in dead and target != node]
        for target in targets:
            through.setdefault(target, []).append(node)
        if not targets:
            leaves.append(node)
    found: list[Cut] = []
    covered: set[Node] = set()
    for node in (*leaves, *dead):
        if node in covered:
            continue
        revived = list(_followers(node, through))
        covered.update(revived)
        texts, is_list = entry_texts(report, node)
        found.append(Cut(node, dead[node], texts, is_list, tuple(dead[one] for one in revived)))
    return tuple(sorted(found, key=lambda cut: -len(cut.revives)))


def _followers(node: Node, through: Mapping[Node, list[Node]]) -> Iterator[Node]:
    """A node and all that leads to it, nearest first."""
    seen = {node}
    waiting = [node]
    for one in waiting:
        yield one
        for user in through.get(one, ()):
            if user not in seen:
                seen.add(user)
                waiting.append(user)


def _targets(report: Report, node: Node) -> Iterator[Node]:
    """The entries that an entry follows."""
    texts, _ = entry_texts(report, node)
    chosen = node.kind == Kind.CHOICE.value and isinstance(_value(report, node), str)
    for text in texts:
        target = named_by(report.resolver, text, node.family, choice=chosen)
        if target is not None and (target.kind in _FOLLOWED or (chosen and target.kind == Kind.PRESET.value)):
            yield target


def entry_texts(report: Report, node: Node) -> tuple[tuple[str, ...], bool]:
    """What an entry of the deck names, and whether it is a list tried in order."""
    family = report.catalog.families.get(node.family)
    if family is None:
        return (), False
    if node.kind == Kind.ALIAS.value:
        alias = family.aliases[node.name]
        return alias.targets, alias.is_list
    if node.kind == Kind.WATERFALL.value:
        return family.waterfalls[node.name].entries, True
    if node.kind == Kind.PRESET.value:
        return (family.presets[node.name].reference,), False
    value = _value(report, node)
    return ((value,) if isinstance(value, str) else (value.reference,)) if value is not None else (), False


def _value(report: Report, node: Node) -> str | Preset | None:
    family = report.catalog.families.get(node.family)
    choice = choice_named(family, node.name) if family is not None else None
    return choice.value if choice is not None else None


def choice_named(family: Family, name: str) -> Choice | None:
    """The choice of a family by its name, such as `default/for_text`."""
    return next((choice for choice in family.choices if choice.name == name), None)
