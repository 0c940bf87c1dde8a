"""The providers chosen for a new tree, with handles that do not collide, and which model each tier of a family has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.records import dataclass
from core.releases import Behaviours, Release
from core.starting.providers import Model, Provider

LLM, IMAGES, PAGES, SEARCH, DOCUMENTS, JUDGMENTS = (
    "llm",
    "img_gen",
    "text_extractor",
    "search",
    "doc_gen",
    "judgment",
)


@dataclass(frozen=True)
class Lineup:
    """What a new tree is made of. Every handle is declared by one backend only."""

    behaviours: Behaviours
    providers: tuple[Provider, ...]

    @property
    def release(self) -> Release:
        return self.behaviours.release

    @property
    def speaking(self) -> tuple[Provider, ...]:
        """The providers that serve language models."""
        return tuple(provider for provider in self.providers if provider.speaks)

    def models(self, model_type: str) -> Iterator[tuple[Provider, Model]]:
        """The models of a type with the provider of each, in order."""
        for provider in self.providers:
            for model in provider.models:
                if model.model_type == model_type:
                    yield provider, model

    def tier(self, model_type: str, name: str) -> tuple[Model, ...]:
        """The models of a tier: one of each provider that has one, in order."""
        return tuple(model for _, model in self.models(model_type) if name in model.tiers)


def line_up(chosen: Sequence[Provider], behaviours: Behaviours) -> Lineup:
    """The chosen providers; a handle that an earlier one has gets the backend's name behind it.

    Otherwise the later backend would be on and never asked, as a name is routed to one backend only.
    """
    taken: set[str] = set()
    out = []
    for provider in chosen:
        models = []
        for model in provider.models:
            handle = model.handle
            if handle in taken:
                handle = f"{handle}-{provider.name.replace('_', '-')}"
            models.append(replace(model, handle=handle))
        taken.update(model.handle for model in models)
        out.append(replace(provider, models=tuple(models)))
    return Lineup(behaviours, tuple(out))
