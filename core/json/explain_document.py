"""The JSON of `pipedeck explain`: the trails of a reference, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.api import Report
from core.defaults import Default
from core.entities import Layer, Place
from core.explain import Explanation, Setting
from core.json.document import Document, optional
from core.json.models_document import OfferDocument
from core.json.resolve_document import ReferenceDocument
from core.json.routes_document import LostDocument
from core.json.shared import LineDocument, PriceDocument, ProblemDocument, TreeDocument
from core.layers import Layers, LayerValue, Restored
from core.mentions import Node
from core.resolution import Status
from core.secret_texts import shown_name
from core.variables import State, Variable


class PositionDocument(LineDocument):
    """A line and column of a file; all null for a default of Pipelex."""

    def __init__(self, place: Place | None) -> None:
        super().__init__(place.location if place is not None else None)
        self.column: int | None = place.location.column if place is not None else None


class VariableDocument(Document):
    """A variable: its state, the source that wins, the sources it hides. Never its value."""

    def __init__(self, variable: Variable) -> None:
        self.name: str = shown_name(variable.name)
        self.state: State = variable.state
        self.source: str | None = variable.source
        self.hides: list[str] = list(variable.hidden)


class SettingDocument(PositionDocument):
    """A setting as requested (`requested`) and as it reaches the model (`sent`)."""

    def __init__(self, setting: Setting) -> None:
        self.key: str = setting.key
        self.requested: str = setting.requested
        self.sent: str = setting.sent
        self.note: str | None = setting.note or None
        super().__init__(setting.place)


class LayerDocument(PositionDocument):
    """The value of one layer. `layer` is null for a default of Pipelex."""

    def __init__(self, item: LayerValue) -> None:
        self.origin: str = item.origin
        self.layer: Layer | None = item.layer
        self.value: str = item.shown
        super().__init__(item.place)


class RestoredDocument(Document):
    """The value after its top layer is removed. `refused`: the release does not start without it."""

    def __init__(self, restored: Restored) -> None:
        self.value: str = restored.shown
        self.origin: str | None = restored.origin or None
        self.refused: bool = restored.refused


class ValueDocument(Document):
    """A value with its layers, the winning one last. `merged`: they add up. `hides`: a home file hidden entirely."""

    def __init__(self, layers: Layers) -> None:
        self.key: str = layers.key
        self.path: str = layers.path
        self.value: str = layers.shown
        self.merged: bool = layers.is_merged
        self.layers: list[LayerDocument] = [LayerDocument(item) for item in layers.stack]
        self.restores: RestoredDocument | None = optional(RestoredDocument, layers.restores)
        self.hides: str | None = layers.hides or None


class ExplainedDocument(ReferenceDocument):
    """A reference, explained. `others`: the same model of other backends. `near`: similar names."""

    def __init__(self, report: Report, item: Explanation) -> None:
        super().__init__(report, item.resolution)
        self.lost: list[LostDocument] = [LostDocument(lost) for lost in item.lost]
        self.variables: list[VariableDocument] = [VariableDocument(variable) for variable in item.variables]
        self.price: PriceDocument = PriceDocument(item.price)
        self.max_tokens: int | None = item.max_tokens
        self.settings: list[SettingDocument] = [SettingDocument(setting) for setting in item.settings]
        self.values: list[ValueDocument] = [ValueDocument(layers) for layers in item.values]
        self.others: list[OfferDocument] = [OfferDocument(offer) for offer in item.other_offers]
        self.near: list[str] = list(item.near)
        self.problems: list[ProblemDocument] = [ProblemDocument(problem) for problem in item.problems]


class ExplainedItemDocument(Document):
    """A backend or a profile with its values."""

    def __init__(self, node: Node, values: Sequence[Layers]) -> None:
        self.kind: str = node.kind
        self.name: str = node.name
        self.values: list[ValueDocument] = [ValueDocument(layers) for layers in values]


class DefaultDocument(PositionDocument):
    """The default of a pipe that names no model. `reference` is null where the deck has none: a pipe must name a model.

    `hides`: the default without the override.
    """

    def __init__(self, row: Default) -> None:
        spec = row.spec
        self.purpose: str = row.purpose
        self.family: str = row.family
        self.reference: str | None = row.says or None
        self.override: bool = row.override
        self.hides: str | None = row.hides or None
        self.status: Status | None = row.resolution.status if row.resolution is not None else None
        self.backend: str | None = spec.backend if spec is not None else None
        self.handle: str | None = spec.handle if spec is not None else None
        self.model_id: str | None = spec.model_id if spec is not None else None
        self.price: PriceDocument = PriceDocument(row.price)
        self.settings: list[SettingDocument] = [SettingDocument(setting) for setting in row.settings]
        super().__init__(row.place)


class ExplainDocument(TreeDocument):
    """Printed by `pipedeck explain --json`. `defaults` is filled when no reference is named."""

    def __init__(
        self,
        report: Report,
        explanations: Iterable[Explanation],
        values: Mapping[Node, Sequence[Layers]],
        defaults: Iterable[Default] = (),
    ) -> None:
        """Build the document of references, of backends and profiles with their `values`, and of defaults."""
        super().__init__(report)
        self.references: list[ExplainedDocument] = [ExplainedDocument(report, item) for item in explanations]
        self.items: list[ExplainedItemDocument] = [ExplainedItemDocument(*item) for item in values.items()]
        self.defaults: list[DefaultDocument] = [DefaultDocument(row) for row in defaults]
