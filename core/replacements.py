"""Replacements: the entries to point elsewhere so that every dead reference resolves, and the candidates for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from core.api import Report
from core.candidates import Candidate, Need
from core.entities import GLOBAL, Choice, Family, ModelSpec, Preset
from core.mentions import Node, named_by
from core.records import dataclass
from core.references import Kind, parse_reference
from core.refusals import Settings
from core.releases import Behaviours
from core.resolution import Resolution, Status
from core.rules.policy import policy_check

_ENTRIES = (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET, Kind.CHOICE)
_FOLLOWED = (Kind.ALIAS.value, Kind.WATERFALL.value)


@dataclass(frozen=True, slots=True)
class Cut:
    """A dead entry whose new target revives every reference that is dead because of it.

    `texts`: its present targets. `revives`: the revived references, its own first. A list only gets one more entry at
    its end.
    """

    node: Node
    own: Resolution
    texts: tuple[str, ...]
    is_list: bool
    revives: tuple[Resolution, ...]


def cuts(report: Report) -> tuple[Cut, ...]:
    """The cuts of a tree, those that revive the most first.

    An entry whose targets are all unserved handles needs an edit of its own; all others follow one of these. Of a cycle
    one entry is cut.
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
    result: list[Cut] = []
    covered: set[Node] = set()
    for node in (*leaves, *dead):
        if node in covered:
            continue
        revived = list(_followers(node, through))
        covered.update(revived)
        texts, is_list = entry_texts(report, node)
        result.append(Cut(node, dead[node], texts, is_list, tuple(dead[one] for one in revived)))
    return tuple(sorted(result, key=lambda cut: -len(cut.revives)))


def _followers(node: Node, through: Mapping[Node, list[Node]]) -> Iterator[Node]:
    """A node and its users, direct and indirect, nearest first."""
    seen = {node}
    queue = [node]
    for item in queue:
        yield item
        for user in through.get(item, ()):
            if user not in seen:
                seen.add(user)
                queue.append(user)


def _targets(report: Report, node: Node) -> Iterator[Node]:
    """The entries that an entry follows."""
    texts, _ = entry_texts(report, node)
    chosen = node.kind == Kind.CHOICE.value and isinstance(_value(report, node), str)
    for text in texts:
        target = named_by(report.resolver, text, node.family, choice=chosen)
        if target is not None and (target.kind in _FOLLOWED or (chosen and target.kind == Kind.PRESET.value)):
            yield target


def entry_texts(report: Report, node: Node) -> tuple[tuple[str, ...], bool]:
    """The targets of a deck entry, and whether they are a list tried in order."""
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


@dataclass(frozen=True)
class Replacement:
    """One entry to repoint, with its candidates."""

    cut: Cut
    need: Need
    died: bool
    """Whether the entry was alive in the report before."""
    _report: Report = field(repr=False)

    @property
    def node(self) -> Node:
        """The entry."""
        return self.cut.node

    @property
    def behaviours(self) -> Behaviours:
        """The behaviours of the target release."""
        return self._report.catalog.behaviours

    @property
    def revives(self) -> tuple[Resolution, ...]:
        """The revived references, its own included."""
        return self.cut.revives

    def living(self, after: Report) -> int:
        """The number of `revives` that are alive after the edit, with settings that their models accept."""
        names = {(item.kind, item.family, item.name) for item in self.revives}
        return sum(1 for item in after.resolutions if not item.fails and (item.kind, item.family, item.name) in names)

    @property
    def adds(self) -> bool:
        """Whether the replacement is appended to a list."""
        return self.cut.is_list

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The served models of its type that the policy allows, nearest first."""
        return tuple(sorted(self._candidates(), key=lambda item: item.rank))

    @cached_property
    def best(self) -> Candidate | None:
        """The nearest candidate that fits."""
        return min((item for item in self._candidates() if item.fits), key=lambda item: item.rank, default=None)

    def _candidates(self) -> Iterator[Candidate]:
        report = self._report
        ready = report.resolver.ready
        against = policy_check(report.catalog, report.lives)
        for text, spec in _names(report, self.node, self.need.model_type):
            if not against(spec):
                yield Candidate(text, spec, self.need, report.catalog, spec.backend in ready, report.lives)


def replacements(before: Report, after: Report) -> tuple[Replacement, ...]:
    """The entries to repoint so that every dead reference of `after` lives, those that revive the most first.

    `before`: the report with the previous targets, or the same report. Pure.
    """
    served = {(item.kind, item.family, item.name): item for item in before.resolutions if item.alive}
    out = []
    for cut in cuts(after):
        old = served.get((cut.own.kind, cut.own.family, cut.own.name))
        need = _need(after, cut, old.spec if old is not None else None)
        out.append(Replacement(cut, need, old is not None, after))
    return tuple(out)


def _need(report: Report, cut: Cut, spec: ModelSpec | None) -> Need:
    users = [preset for item in cut.revives if (preset := _settings(report, item)) is not None]
    model_type = _type(report, cut, users, spec)
    names = [parse_reference(text).name if report.catalog.behaviours.sigils else text for text in cut.texts]
    if spec is None:
        declared = (declared_spec for name in names for declared_spec in report.catalog.declared.get(name, ()))
        spec = next((declared_spec for declared_spec in declared if declared_spec.model_type == model_type), None)
    used_names = [name for name in (cut.node.name, *names) if cut.node.kind != Kind.CHOICE.value or name in names]
    return Need(model_type, spec, tuple(dict.fromkeys(used_names)), tuple(preset.fields for preset in users))


def settings_through(report: Report, kind: str, family: str, name: str) -> tuple[Settings, ...]:
    """The settings of a preset or choice, or of those that go through an alias or a waterfall; each once."""
    own = [item for item in report.resolutions if (item.kind, item.family, item.name) == (kind, family, name)]
    users = (item for item in report.resolutions if any((hop.kind, hop.name) == (kind, name) for hop in item.hops))
    found = [preset.fields for item in (*own, *users) if (preset := _settings(report, item)) is not None]
    return tuple(fields for number, fields in enumerate(found) if fields not in found[:number])


def _settings(report: Report, item: Resolution) -> Preset | None:
    """The preset of a reference, or the inline settings of a choice."""
    family = report.catalog.families.get(item.family)
    if family is None:
        return None
    if item.kind is Kind.PRESET:
        return family.presets.get(item.name)
    choice = choice_named(family, item.name) if item.kind is Kind.CHOICE else None
    return choice.value if choice is not None and isinstance(choice.value, Preset) else None


def _type(report: Report, cut: Cut, users: list[Preset], spec: ModelSpec | None) -> str:
    """The model type of an entry: its family's; up to 0.17, where names are shared, that of its users."""
    names = report.resolver.names
    family_type = names.type_of(cut.node.family) if cut.node.family != GLOBAL else None
    if family_type is not None:
        return family_type
    for item in cut.revives:
        item_type = names.type_of(item.family) if item.family != GLOBAL else None
        if item_type is not None:
            return item_type
    return spec.model_type if spec is not None else _declared_type(report, cut)


def _declared_type(report: Report, cut: Cut) -> str:
    for text in cut.texts:
        for spec in report.catalog.declared.get(parse_reference(text).name, ()):
            return spec.model_type
    return "llm"


def _names(report: Report, node: Node, model_type: str) -> Iterator[tuple[str, ModelSpec]]:
    """The possible targets of an entry with their models: handles, or presets where only these are allowed."""
    if node.kind == Kind.CHOICE.value and _wants_preset(report, node):
        for item in report.resolutions:
            if item.kind is Kind.PRESET and item.family == node.family and item.spec is not None:
                yield item.name, item.spec
        return
    served: Mapping[tuple[str, str], ModelSpec] = report.serving.served
    for (_, handle), spec in served.items():
        if spec.model_type == model_type and report.resolver.names.finds_itself(handle):
            yield handle, spec


def _wants_preset(report: Report, node: Node) -> bool:
    """Whether a choice must be a preset: every one in 0.10, overrides up to 0.17."""
    behaviours = report.catalog.behaviours
    family = report.catalog.families.get(node.family)
    choice = choice_named(family, node.name) if family is not None else None
    if choice is None or not isinstance(choice.value, str) or behaviours.sigils:
        return False
    return behaviours.choice_strings == "presets" or choice.kind == "override"
