"""Fixes of deck entries: settings beyond the model, exclusive keys, lists that are no waterfalls."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.constraints import fixed_temperature
from core.edits.choice_edits import OFF, SetChoiceOverride, SetInlineField
from core.edits.deck_entries import DeckEdit, EntryEdit
from core.edits.edit_session import EditSession
from core.edits.fixes.fix_base import DropInPlace, Fix, SetInPlace, place_of
from core.edits.fixes.key_fixes import key_or_value, missing_choice
from core.edits.fixes.name_tables import moved_names
from core.edits.fixes.reference_fixes import alternatives, repoint
from core.edits.intent import EditLayer
from core.edits.layered_files import is_managed
from core.edits.preset_edits import EXCLUSIVE, SetPresetField
from core.edits.reference_updates import renamed_text, rewrite, uses_of
from core.entities import Choice, Path
from core.files.source import Source
from core.mentions import Node
from core.problems import Problem
from core.records import dataclass
from core.references import Kind, written
from core.resolution import Resolution


def tokens(report: Report, problem: Problem) -> Iterator[Fix]:
    """Lower max_tokens to the limit of the model."""
    result = _settings_of(report, problem)
    if result is not None and result.spec is not None and result.spec.max_tokens is not None:
        limit = result.spec.max_tokens
        yield Fix(_set(result, "max_tokens", limit), f"write max_tokens = {limit}, the limit of the model")


def temperature(report: Report, problem: Problem) -> Iterator[Fix]:
    """Write the fixed temperature of the model; its behaviour does not change."""
    result = _settings_of(report, problem)
    fixed = fixed_temperature(report.catalog, result.spec) if result is not None and result.spec is not None else None
    if result is not None and fixed is not None and 0 <= fixed <= 1:
        value: object = int(fixed) if fixed == int(fixed) else fixed
        yield Fix(_set(result, "temperature", value), f"write temperature = {value}, the value of the model")


def _settings_of(report: Report, problem: Problem) -> Resolution | None:
    """The preset, or the choice with settings in place, that a problem is about."""
    path = problem.location.path[:-1] if problem.location is not None else ()
    for item in report.resolutions:
        if item.kind in (Kind.PRESET, Kind.CHOICE) and item.place is not None and item.place.path == path:
            return item
    return None


def _set(resolution: Resolution, key: str, value: object) -> SetPresetField | SetInlineField:
    if resolution.kind is Kind.PRESET:
        return SetPresetField(resolution.family, resolution.name, key, value)
    kind, _, choice_key = resolution.name.partition("/")
    return SetInlineField(resolution.family, kind, choice_key, key, value)


def invalid(report: Report, problem: Problem) -> Iterator[Fix]:
    """Fixes of what a release refuses in the deck."""
    source, path = place_of(report, problem) or (None, ())
    if source is None or not path:
        return
    yield from missing_choice(report, problem)
    yield from moved_names(report, path)
    value = source.value(path)
    if isinstance(value, list) and path[-2:-1] == ("aliases",):
        yield from _list(report, problem, source, path, value)
        return
    merged = report.catalog.tree.deck
    for other_key in EXCLUSIVE.get(str(path[-1]), ()):
        if merged.stack((*path[:-1], other_key)):
            yield from _one_of_two(report, problem, path, other_key)
            return
    yield from key_or_value(report, problem)


def _one_of_two(report: Report, problem: Problem, path: Path, other_key: str) -> Iterator[Fix]:
    """Remove one of two exclusive keys, preferably in the user's own file."""
    deck = report.catalog.tree.deck
    options = []
    for key in (str(path[-1]), other_key):
        files = [source.path for source in deck.stack((*path[:-1], key))]
        if len(files) == 1:
            options.append((is_managed(files[0]), files[0], key))
    for _, file, key in sorted(options, key=lambda option: option[0]):
        yield Fix(DropInPlace(file, (*path[:-1], key)), f"remove `{key}`", EditLayer.BASE)


@dataclass(frozen=True, slots=True)
class AliasToWaterfall(EntryEdit, label="make alias {0.name} a waterfall"):
    """Convert an alias that is a list (up to 0.14) to a waterfall (from 0.15 on), with its references."""

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        node = deck.node(Kind.ALIAS, self.family, self.name)
        if deck.places.behaviours.sigils:
            for mention in uses_of(session, node):
                text = renamed_text(session, mention, self.name)
                rewrite(session, mention, written(Kind.WATERFALL, self.name, deck.places.behaviours) if text else text)
        keys, new = (deck.keys(kind, self.family, self.name) for kind in (Kind.ALIAS, Kind.WATERFALL))
        for path in deck.files.paths_with(keys):
            value = session.get(path, keys)
            if isinstance(value, list):
                deck.files.note_ownership(path)
                notation = session.notation(path, keys)
                session.drop(path, keys)
                session.put(path, new, value, notation=notation)


def _list(report: Report, problem: Problem, source: Source, path: Path, value: list[object]) -> Iterator[Fix]:
    if not report.catalog.behaviours.waterfalls or not all(isinstance(item, str) for item in value):
        return
    name = str(path[-1])
    if len(value) == 1:
        yield Fix(
            SetInPlace(source.path, path, value[0], f"make {name} a single reference"),
            "write its single entry as the target",
        )
        return
    family = str(path[0]) if len(path) == 3 else "llm"
    section = report.catalog.families.get(family if len(path) == 3 else "global")
    if value and section is not None and name not in section.waterfalls:
        intent = AliasToWaterfall(family, name)
        yield Fix(intent, f"make `{name}` a waterfall, tried in the same order", EditLayer.BASE)


def override(report: Report, problem: Problem) -> Iterator[Fix]:
    """Correct or switch off an override that does not resolve."""
    choice = _override_at(report, problem)
    if choice is None or not isinstance(choice.value, str):
        return
    node = Node(Kind.CHOICE.value, choice.family, choice.name)
    for text in alternatives(report, node, choice.value):
        yield Fix(repoint(report, node, None, text), f"point the override at `{text}`")
    disable = SetChoiceOverride(choice.family, choice.key, None)
    yield Fix(disable, f'switch the override off: "{OFF}"')


def _override_at(report: Report, problem: Problem) -> Choice | None:
    path = problem.location.path if problem.location is not None else ()
    for family in report.catalog.families.values():
        for choice in family.choices:
            if choice.kind == "override" and choice.place.path == path:
                return choice
    return None
