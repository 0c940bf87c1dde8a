"""Fixes of models that have ended or end soon: point their names at the successor or another living model."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.candidates import Candidate, Need
from core.edits.edit_session import EditSession
from core.edits.fixes.fix_base import Fix
from core.edits.fixes.reference_fixes import repoint
from core.edits.refused_settings import change_refused
from core.entities import ModelSpec
from core.formatting import counted
from core.lives.life_rows import successors_among
from core.lives.lives import Lives
from core.mentions import Node, named_by
from core.problems import Problem
from core.records import dataclass
from core.references import Kind
from core.replacements import choice_named, entry_texts
from core.resolution import Resolution

_MAX_OFFERED = 3

Move = tuple[Node, int | None]
"""An entry that names a model; of a list the index of the one to replace."""


@dataclass(frozen=True, slots=True)
class MoveNames:
    """Point entries that name one model at another; settings that it refuses are changed with it, and noted."""

    moves: tuple[Move, ...]
    handle: str

    @property
    def label(self) -> str:
        return f"point {counted(len(self.moves), 'name')} at {self.handle}"

    def apply(self, session: EditSession) -> None:
        before = session.report
        for node, index in self.moves:
            repoint(before, node, index, self.handle).apply(session)
        session.advance()
        change_refused(session, before)


def ended(report: Report, problem: Problem) -> Iterator[Fix]:
    """Point every entry that names the model at a living one of the same abilities, a successor first."""
    lives, spec = report.lives, _spec_of(report, problem)
    if lives is None or spec is None:
        return
    users = [item for item in report.resolutions if item.spec is spec and item.kind is not Kind.MODEL]
    moves = tuple(move for item in users for move in _moves(report, item, spec))
    if not moves:
        return
    names = f"{moves[0][0].kind} `{moves[0][0].name}`" if len(moves) == 1 else counted(len(moves), "name")
    for candidate in _candidates(report, lives, spec, users)[:_MAX_OFFERED]:
        note = "; ".join((*candidate.reasons, *candidate.warnings))
        yield Fix(MoveNames(moves, candidate.text), f"point {names} at `{candidate.text}`", note=note)


def _spec_of(report: Report, problem: Problem) -> ModelSpec | None:
    for spec in report.catalog.declared.get(problem.subject or "", ()):
        if (spec.origin("model_id") or spec.place).location == problem.location:
            return spec
    return None


def _moves(report: Report, item: Resolution, spec: ModelSpec) -> Iterator[Move]:
    """The places of an entry that name the model itself."""
    node = Node(item.kind.value, item.family, item.name)
    texts, is_list = entry_texts(report, node)
    family = report.catalog.families.get(node.family)
    choice = choice_named(family, node.name) if family is not None and item.kind is Kind.CHOICE else None
    chosen = choice is not None and isinstance(choice.value, str)
    for index, text in enumerate(texts):
        named = named_by(report.resolver, text, node.family, choice=chosen)
        if named is not None and (named.kind, named.name) == (Kind.MODEL.value, spec.handle):
            yield node, index if is_list else None


def _candidates(report: Report, lives: Lives, spec: ModelSpec, users: list[Resolution]) -> list[Candidate]:
    """The living served models in place of a model: successors, then the nearest."""
    presets = [
        preset.fields
        for item in users
        if item.kind is Kind.PRESET
        and (family := report.catalog.families.get(item.family)) is not None
        and (preset := family.presets.get(item.name)) is not None
    ]
    need = Need(spec.model_type, spec, (spec.handle, *(item.name for item in users)), tuple(presets))
    served = {
        handle: other
        for (_, handle), other in report.serving.served.items()
        if other.model_type == spec.model_type and other is not spec and report.resolver.names.finds_itself(handle)
    }
    following = [id(other) for other in successors_among(lives, spec, served.values())]
    found = [
        Candidate(handle, other, need, report.catalog, other.backend in report.resolver.ready, lives)
        for handle, other in served.items()
        if not lives.rank(other)
    ]
    fitting = [candidate for candidate in found if candidate.fits]
    return sorted(
        fitting,
        key=lambda one: (following.index(id(one.spec)) if id(one.spec) in following else len(following), one.rank),
    )
