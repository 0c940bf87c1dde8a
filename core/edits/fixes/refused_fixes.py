"""Fixes of refused settings: change them, or name the nearest model that takes them."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.candidates import Candidate, Need
from core.edits.fixes.fix_base import Fix
from core.edits.fixes.reference_fixes import repoint
from core.edits.intent import EditLayer
from core.edits.refused_settings import change_of, change_sentence
from core.entities import Preset
from core.mentions import Node
from core.problems import Problem
from core.references import Kind
from core.replacements import choice_named
from core.resolution import Resolution

_MAX_OFFERED = 3


def refused(report: Report, problem: Problem) -> Iterator[Fix]:
    """Change the setting, else point the preset or choice at a model of the same abilities that takes it.

    Where a choice names a preset, the preset is the one to fix.
    """
    matches = (item for item in report.resolutions if (item.kind.value, item.family, item.name) == problem.reference)
    item = next(matches, None)
    if item is None or item.spec is None or item.refusal is None:
        return
    change = change_of(report, item) if not item.refusal.structured else None
    if change is not None:
        # A key can only be removed where it is set; another value may go to a file over it.
        layer = EditLayer.BASE if any(value is None for _, value in change.changes) else EditLayer.AUTO
        yield Fix(change, change_sentence(change), layer, item.refusal.why)
    yield from _other_models(report, problem, item)


def _other_models(report: Report, problem: Problem, item: Resolution) -> Iterator[Fix]:
    assert item.spec is not None
    node = Node(item.kind.value, item.family, item.name)
    family = report.catalog.families[item.family]
    choice = choice_named(family, item.name) if item.kind is Kind.CHOICE else None
    if choice is not None and isinstance(choice.value, str):
        return
    settings = family.presets[item.name].fields if choice is None else {}
    if choice is not None and isinstance(choice.value, Preset):
        settings = choice.value.fields
    need = Need(item.spec.model_type, item.spec, (item.spec.handle, item.name), (settings,))
    ready = report.resolver.ready
    candidates = [
        Candidate(handle, spec, need, report.catalog, spec.backend in ready, report.lives)
        for (_, handle), spec in report.serving.served.items()
        if spec.model_type == item.spec.model_type and report.resolver.names.finds_itself(handle)
    ]
    fitting = sorted((one for one in candidates if one.fits and not one.refused), key=lambda one: one.rank)
    for candidate in fitting[:_MAX_OFFERED]:
        note = "; ".join((*candidate.reasons, *candidate.warnings))
        sentence = f"point {node.kind} `{node.name}` at `{candidate.text}`, which takes the settings"
        yield Fix(repoint(report, node, None, candidate.text), sentence, note=note)
