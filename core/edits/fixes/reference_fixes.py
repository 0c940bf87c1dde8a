"""Fixes of dead references: wrong sigils, near names, served replacements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from core.api import Report
from core.candidates import Candidate, Need
from core.diagnostics.unresolved import CYCLES, EXHAUSTED, UNKNOWN_NAMES, UnresolvedCode
from core.edits.alias_edits import InsertEntry, ReplaceEntry, SetTarget
from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride, SetInlineField
from core.edits.fixes.fix_base import Fix
from core.edits.fixes.name_tables import moved_names
from core.edits.intent import EditLayer, Intent
from core.edits.layered_files import is_managed
from core.edits.preset_edits import SetPresetModel
from core.edits.refused_settings import WithSettings
from core.entities import GLOBAL, Choice, Preset
from core.mentions import Node
from core.problems import Problem
from core.references import SIGILS, Kind, parse_reference, written
from core.replacements import Replacement, replacements
from core.resolution import Resolution
from core.suggest import near

_DEFINED = (Kind.PRESET, Kind.ALIAS, Kind.WATERFALL, Kind.CHOICE)
_MAX_OFFERED = 3
_MISSPELLED = UNKNOWN_NAMES | EXHAUSTED | {UnresolvedCode.PRESET_AS_MODEL, UnresolvedCode.WRONG_TYPE}
"""Dead references for which a similar name may be meant."""


def dead(report: Report, problem: Problem) -> Iterator[Fix]:
    """Fix a dead reference in the entry that names the missing target."""
    resolution = _resolution(report, problem)
    code = resolution.unresolved.code if resolution is not None and resolution.unresolved is not None else None
    if resolution is None or code is None or code is UnresolvedCode.NAME_UNREACHABLE:
        return
    moved = tuple(moved_names(report, resolution.place.path[:-1])) if resolution.place is not None else ()
    if moved:
        yield from moved
        return
    if problem.cause is not None and problem.cause.startswith("unquoted "):
        return  # the name is right; where it is declared it lacks its quotes
    culprit = _culprit(report, resolution)
    if culprit is not None and code not in CYCLES:
        for index, text in _named(report, culprit):
            for alternative in alternatives(report, culprit, text, unknown=_is_unknown(report, code, text)):
                yield _repoint(report, problem, culprit, index, alternative)
    yield from _replaced(report, problem, resolution)


def _replaced(report: Report, problem: Problem, resolution: Resolution) -> Iterator[Fix]:
    """Point the entry behind a dead reference at the closest served models."""
    for item in _replacements(_Known(report)):
        if resolution not in item.revives:
            continue
        if item.adds and not _may_grow(report, item):
            return
        family = item.node.family if item.node.family != GLOBAL else "llm"
        for candidate in [result for result in item.candidates if result.fits][:_MAX_OFFERED]:
            note = "; ".join((*candidate.reasons, *candidate.warnings))
            intent: Intent
            if item.adds:
                intent = WithSettings(InsertEntry(family, item.node.name, candidate.text))
                description = f"add `{candidate.text}` to the end of {item.node.kind} `{item.node.name}`"
            else:
                intent = WithSettings(repoint(report, item.node, None, candidate.text))
                description = f"point {item.node.kind} `{item.node.name}` at `{candidate.text}`"
            yield Fix(intent, description, note=note)
        return


class _Known:
    """A report compared by identity, as the key of a cache."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.report is self.report

    def __hash__(self) -> int:
        return id(self.report)


@lru_cache(maxsize=1)
def _replacements(known: _Known) -> tuple[Replacement, ...]:
    return replacements(known.report, known.report)


def _may_grow(report: Report, replacement: Replacement) -> bool:
    """Whether one more entry at the end revives a list."""
    behaviours = report.catalog.behaviours
    unresolved = replacement.cut.own.unresolved
    if unresolved is not None and unresolved.code in CYCLES and behaviours.cycle_guard != "all":
        return False
    if replacement.node.kind == Kind.ALIAS:
        return behaviours.alias_lists
    hidden = not behaviours.sigils and replacement.node.name in report.catalog.families[replacement.node.family].aliases
    return report.catalog.settings.waterfalls_fall_back and not hidden


def wrong_type(report: Report, problem: Problem) -> Iterator[Fix]:
    """A preset or choice that ends at a model of another type, up to 0.17: the nearest one of its own."""
    place = problem.location.path if problem.location is not None else ()
    for item in report.resolutions:
        if item.kind not in (Kind.PRESET, Kind.CHOICE) or item.place is None or item.place.path != place:
            continue
        node = Node(item.kind.value, item.family, item.name)
        family = report.catalog.families[item.family]
        if family.model_type is None or not _takes_model(report, node):
            return
        need = Need(family.model_type, None, (item.name, item.lookup))
        ready = report.resolver.ready
        matches = [
            Candidate(handle, spec, need, report.catalog, spec.backend in ready, report.lives)
            for (_, handle), spec in report.serving.served.items()
            if spec.model_type == family.model_type
        ]
        for candidate in sorted((one for one in matches if one.fits), key=lambda one: one.rank)[:_MAX_OFFERED]:
            yield _repoint(report, problem, node, None, candidate.text)
        return


def _takes_model(report: Report, node: Node) -> bool:
    """Whether a choice may name a model, not only a preset."""
    choice = choice_of(report, node) if node.kind == Kind.CHOICE else None
    if choice is None or not isinstance(choice.value, str):
        return True
    return choice.kind == "default" and report.catalog.behaviours.choice_strings != "presets"


def _is_unknown(report: Report, code: UnresolvedCode, text: str) -> bool:
    """Whether a reference may be mistyped: its name is defined nowhere."""
    name = parse_reference(text).name if report.catalog.behaviours.sigils else text
    return name not in report.catalog.declared and code in _MISSPELLED


def _resolution(report: Report, problem: Problem) -> Resolution | None:
    matches = (item for item in report.resolutions if (item.kind.value, item.family, item.name) == problem.reference)
    return next(matches, None)


def _culprit(report: Report, resolution: Resolution) -> Node | None:
    """The last entry in the trail of a dead reference, which names the missing target."""
    for hop in reversed(resolution.hops):
        if hop.kind in _DEFINED and hop.place is not None:
            in_space = hop.kind in (Kind.ALIAS, Kind.WATERFALL) and not report.catalog.behaviours.sigils
            return Node(hop.kind.value, GLOBAL if in_space else resolution.family, hop.name)
    return None


def _named(report: Report, node: Node) -> Iterator[tuple[int | None, str]]:
    """The references of an entry; for a list with their indexes."""
    family = report.catalog.families.get(node.family)
    if family is None:
        return
    if node.kind == Kind.PRESET:
        yield None, family.presets[node.name].reference
    elif node.kind == Kind.ALIAS:
        alias = family.aliases[node.name]
        if alias.is_list and not report.catalog.behaviours.alias_lists:
            return
        for index, text in enumerate(alias.targets):
            yield (index if alias.is_list else None), text
    elif node.kind == Kind.WATERFALL:
        yield from enumerate(family.waterfalls[node.name].entries)
    elif (choice := choice_of(report, node)) is not None:
        yield None, choice.value if isinstance(choice.value, str) else choice.value.reference


def choice_of(report: Report, node: Node) -> Choice | None:
    """The choice of a node."""
    family = report.catalog.families.get(node.family)
    return next((choice for choice in family.choices if choice.name == node.name), None) if family is not None else None


def alternatives(report: Report, node: Node, text: str, *, unknown: bool = True) -> Iterator[str]:
    """Corrections of a dead reference: the same name with another sigil, then near names."""
    choice = choice_of(report, node) if node.kind == Kind.CHOICE else None
    chooses = choice is not None and isinstance(choice.value, str)
    seen = {text.strip()}
    for alternative in _otherwise(report, node, text, chooses):
        if alternative not in seen and _works(report, node, alternative, choice):
            seen.add(alternative)
            yield alternative
    if not unknown:
        return
    name = parse_reference(text).name if report.catalog.behaviours.sigils else text.strip().lstrip("".join(SIGILS))
    candidates = dict(_pool(report, node, chooses))
    for suggestion in near(name, candidates):
        for alternative in candidates[suggestion]:
            if alternative not in seen and _works(report, node, alternative, choice):
                seen.add(alternative)
                yield alternative


def _otherwise(report: Report, node: Node, text: str, chooses: bool) -> Iterator[str]:
    """The same name with the sigils of other kinds."""
    behaviours = report.catalog.behaviours
    if not behaviours.sigils:
        if text[:1] in SIGILS:
            yield text[1:]
        name = text
    else:
        parsed = parse_reference(text)
        name = parsed.name
        yield name
        yield written(Kind.ALIAS, name, behaviours)
        yield written(Kind.WATERFALL, name, behaviours)
    if chooses:
        yield written(Kind.PRESET, name, behaviours)
    else:
        family = report.catalog.families.get(node.family)
        preset = family.presets.get(name) if family is not None else None
        if preset is not None:
            yield preset.reference


def _pool(report: Report, node: Node, chooses: bool) -> Iterator[tuple[str, list[str]]]:
    """The existing names, each with its written references."""
    behaviours = report.catalog.behaviours
    result: dict[str, list[str]] = {}
    family = report.catalog.families.get(node.family)
    space = report.catalog.families.get(GLOBAL) if not behaviours.sigils else family
    for _, handle in report.serving.served:
        result.setdefault(handle, []).append(handle)
    if space is not None:
        for kind, names in ((Kind.ALIAS, space.aliases), (Kind.WATERFALL, space.waterfalls)):
            for name in names:
                result.setdefault(name, []).append(written(kind, name, behaviours))
    if chooses and family is not None:
        for name in family.presets:
            result.setdefault(name, []).append(written(Kind.PRESET, name, behaviours))
    yield from result.items()


def _works(report: Report, node: Node, text: str, choice: Choice | None) -> bool:
    """Whether a reference would resolve at an entry, without a cycle."""
    resolver = report.resolver
    if choice is not None and isinstance(choice.value, str):
        changed = Choice(choice.family, choice.kind, choice.key, text, choice.place)
        if choice.kind == "override" and not report.catalog.behaviours.sigils:
            return text in report.catalog.families[choice.family].presets and resolver.choice(changed).alive
        return resolver.choice(changed).alive
    result = resolver.text(text, node.family)
    model_type = resolver.names.type_of(node.family)
    return result.alive and (model_type is None or result.spec is None or result.spec.model_type == model_type)


def _repoint(report: Report, problem: Problem, node: Node, index: int | None, text: str) -> Fix:
    noun = node.kind if node.kind != Kind.CHOICE else "choice"
    sentence = f"point {noun} `{node.name}` at `{text}`"
    return Fix(WithSettings(repoint(report, node, index, text)), sentence, _where(report, node, index))


def repoint(report: Report, node: Node, index: int | None, text: str) -> Intent:
    """The edit that points an entry at another name; of a list its entry of an index."""
    family = node.family if node.family != GLOBAL else "llm"
    if index is not None:
        return ReplaceEntry(family, node.name, index, text)
    if node.kind == Kind.ALIAS:
        return SetTarget(family, node.name, text)
    if node.kind == Kind.PRESET:
        return SetPresetModel(family, node.name, text)
    choice = choice_of(report, node)
    assert choice is not None
    if isinstance(choice.value, Preset):
        return SetInlineField(family, choice.kind, choice.key, choice.value.handle_key, text)
    return (SetChoiceDefault if choice.kind == "default" else SetChoiceOverride)(family, choice.key, text)


def _where(report: Report, node: Node, index: int | None) -> EditLayer:
    """The base, where a list of Pipelex's own would only be appended to."""
    deck = report.catalog.tree.deck
    if index is None or not deck.concatenated:
        return EditLayer.AUTO
    family = report.catalog.families[node.family]
    entry = family.waterfalls[node.name] if node.kind == Kind.WATERFALL else family.aliases[node.name]
    stack = deck.stack(entry.place.path)
    return EditLayer.BASE if any(is_managed(source.path) for source in stack) else EditLayer.AUTO
