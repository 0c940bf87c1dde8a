"""The JSON of `pipedeck pipes`: the pipes of a project, their models, needs and prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.api import Report
from core.json.document import optional
from core.json.shared import EndDocument, LocationDocument, PipeTallyDocument, PriceDocument, RanDocument, TreeDocument
from core.json.uses_document import UnreadDocument
from core.methods import Origin
from core.pipes import PipeAnswer, PipeCall
from core.prices import UNKNOWN, price_of
from core.resolution import Status

if TYPE_CHECKING:
    from core.traces.run_index import RunIndex


class LackDocument(LocationDocument):
    """Something a pipe needs that its model does not do. `certain`: in every run."""

    def __init__(self, call: PipeCall, number: int) -> None:
        lack = call.lacks[number]
        self.needs: str = lack.need.ability.value
        self.source: str = lack.need.source
        self.why: str = lack.why
        self.certain: bool = lack.need.certain
        super().__init__(call.pipe.source.locate(lack.need.path))


class PipeCallDocument(LocationDocument):
    """A call of a pipe. `reference` is what names its model; `named`: whether the pipe does, or a default of the deck.

    `price` is in USD per million tokens.
    """

    def __init__(self, call: PipeCall) -> None:
        self.reference: str | None = call.text or None
        self.named: bool = call.key is not None
        super().__init__(call.place.location)
        self.status: Status = call.status
        self.end: EndDocument | None = EndDocument(call.named) if call.named is not None else None
        self.price: PriceDocument = PriceDocument(price_of(call.spec) if call.spec is not None else UNKNOWN)
        refused = call.named.refused_words if call.named is not None else ""
        unresolved = call.named.unresolved if call.named is not None else None
        self.why: str | None = refused or (unresolved.message if unresolved is not None else None)
        self.lacks: list[LackDocument] = [LackDocument(call, number) for number in range(len(call.lacks))]


class PipeDocument(LocationDocument):
    """A pipe that uses a model. `origin`: only pipes of the project are counted and edited. `ran`: its past runs."""

    def __init__(self, answer: PipeAnswer, runs: RunIndex | None) -> None:
        self.pipe: str = answer.pipe.code
        self.domain: str = answer.pipe.domain
        self.type: str = answer.pipe.type
        self.origin: Origin = answer.pipe.origin
        super().__init__(answer.pipe.location)
        self.status: Status = answer.status
        self.ran: RanDocument | None = optional(
            RanDocument, runs.of_pipe(answer.pipe.code, answer.specs) if runs else None
        )
        self.unknown_keys: list[str] = [key.key for key in answer.foreign]
        self.calls: list[PipeCallDocument] = [PipeCallDocument(call) for call in answer.calls]


class PipesDocument(TreeDocument):
    """Printed by `pipedeck pipes --json`."""

    def __init__(self, report: Report, pipes: Iterable[PipeAnswer]) -> None:
        super().__init__(report)
        methods = report.methods
        self.counts: PipeTallyDocument = PipeTallyDocument(report.pipe_tally)
        self.files: int = len(methods.files) if methods is not None else 0
        self.unread: list[UnreadDocument] = [
            UnreadDocument(file, why) for file, why in (methods.unread if methods is not None else ())
        ]
        self.cut_short: str | None = (methods.cut_short or None) if methods is not None else None
        self.pipes: list[PipeDocument] = [PipeDocument(answer, report.runs) for answer in pipes]
