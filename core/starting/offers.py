"""Which providers can be chosen for a release, and which suggest themselves by the variables that are set."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import dataclass
from core.releases import Release
from core.starting.providers import INTERNAL, Provider, providers
from core.variables import Environment, State, Variable

KEYLESS = "ollama"
"""What is suggested when no key is set: it needs none."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider to choose: what it offers, the variables it needs with their state here, whether all are set.

    `speaks`: it serves language models, of which every tree needs one.
    """

    name: str
    title: str
    offers: str
    variables: tuple[Variable, ...]
    ready: bool
    speaks: bool


def offers(release: Release, environment: Environment) -> tuple[Offer, ...]:
    """The providers that a release can use, with the state of their variables; `internal` is always there, unasked."""
    return tuple(_offer(found, environment) for found in providers(release) if found.name != INTERNAL)


def preselected(found: Sequence[Offer]) -> tuple[str, ...]:
    """The providers whose variables are all set; Ollama, which needs none, when no language model is among them."""
    chosen = [offer for offer in found if offer.ready and offer.variables]
    if not any(offer.speaks for offer in chosen):
        chosen += [offer for offer in found if offer.name == KEYLESS]
    return tuple(offer.name for offer in chosen)


def _offer(found: Provider, environment: Environment) -> Offer:
    variables = tuple(environment.variable(name) for name in found.variables)
    # What a variable says that other programs set too, such as the region, is confirmed by another one.
    signed = not found.signs or any(_is_set(environment.variable(name)) for name in found.signs)
    ready = signed and all(map(_is_set, variables))
    return Offer(found.name, found.title, found.offers, variables, ready, found.speaks)


def _is_set(variable: Variable) -> bool:
    return variable.state is State.SET
