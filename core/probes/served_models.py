"""Models as a provider lists them, and the comparison of their ids with declared ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from core.providers.provider import IdFormat
from core.records import dataclass

MAX_MODELS: Final = 20_000
MAX_ID_LENGTH: Final = 512


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a provider serves. Values that the provider does not state are None or empty.

    `costs` are USD per million tokens under Pipelex's names; `context` and `max_output` are tokens; `lifecycle` is the
    provider's own word (`deprecated`, `retired`, `legacy`), `until` its date; `group` is the provider behind a gateway.
    All texts come from the provider and go through `core.safe_text.safe` before display.
    """

    id: str
    aliases: tuple[str, ...] = ()
    title: str | None = None
    context: int | None = None
    max_output: int | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    costs: tuple[tuple[str, float], ...] = ()
    lifecycle: str | None = None
    until: str | None = None
    uses: tuple[str, ...] = ()
    """Its operations in the provider's terms: `generateContent`, `completion_chat`."""
    group: str = ""

    @property
    def retiring(self) -> bool:
        """Whether the provider retires or has retired it."""
        return self.lifecycle in ("deprecated", "retired", "legacy", "sunset") or self.until is not None


@dataclass(frozen=True, slots=True)
class IdCandidate:
    """An id to look up in a list, a note for a match, and whether a match counts as served."""

    name: str
    note: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class IdMatching:
    """The comparison of ids.

    `served` returns the ids of a listed model; `declared` the candidates of a declared id, best first.
    """

    served: Callable[[Served], Iterable[str]]
    declared: Callable[[str], Iterable[IdCandidate]]


def _itself(model: Served) -> Iterable[str]:
    return (model.id, *model.aliases)


def _as_written(name: str) -> Iterable[IdCandidate]:
    return (IdCandidate(name),)


EXACT = IdMatching(_itself, _as_written)
"""The usual comparison: a dated id and its undated alias are two ids."""


def _google(name: str) -> str:
    return re.sub(r"^(?:models|tunedModels)/", "", name)


COMPATIBLE = IdMatching(
    lambda model: (*_itself(model), _google(model.id)),
    lambda name: (IdCandidate(name), IdCandidate(_google(name))),
)
"""Google's compatible address, and proxies in front of it, list `models/NAME` and answer to both forms."""

GOOGLE = IdMatching(lambda model: (_google(model.id),), lambda name: (IdCandidate(_google(name)),))

VERTEX = IdMatching(
    lambda model: (re.sub(r"^publishers/([^/]+)/models/", r"\1/", model.id),),
    lambda name: (IdCandidate(name), IdCandidate(f"google/{name}")),
)


def _ollama(name: str) -> str:
    """The full form `host/namespace/model:tag` in lower case (types/model/name.go of ollama)."""
    base, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        base, tag = name, "latest"
    parts = base.split("/")
    full = ["registry.ollama.ai", "library"][: max(0, 3 - len(parts))] + parts
    return ("/".join(full) + ":" + tag).lower()


OLLAMA = IdMatching(lambda model: (_ollama(model.id),), lambda name: (IdCandidate(_ollama(name)),))


_ROUTING_VARIANTS: Final = frozenset({"nitro", "floor", "online", "exacto"})
"""The variants that OpenRouter takes for any model. Others, such as `:free`, are models of their own."""


def _openrouter_declared(name: str) -> Iterable[IdCandidate]:
    yield IdCandidate(name)
    base, colon, variant = name.rpartition(":")
    if colon and base:
        note = f"listed without its variant `:{variant}`"
        yield IdCandidate(base, note, counts=variant in _ROUTING_VARIANTS)


OPENROUTER = IdMatching(_itself, _openrouter_declared)

_PROFILE = re.compile(r"^(?:us|eu|apac|global|us-gov|jp|au|ca)\.")


def _bedrock_declared(name: str) -> Iterable[IdCandidate]:
    yield IdCandidate(name)
    # An ARN ends in its model or profile.
    tail = name.rpartition("/")[2]
    if name.startswith("arn:") and tail:
        yield IdCandidate(tail)
        name = tail
    if _PROFILE.match(name):
        note = "listed as a base model, but without this inference profile"
        yield IdCandidate(_PROFILE.sub("", name), note, counts=False)


BEDROCK = IdMatching(_itself, _bedrock_declared)


def _portkey_served(model: Served) -> Iterable[str]:
    """Both `X` and `@slug/X`."""
    yield model.id
    if model.id.startswith("@") and "/" in model.id:
        yield model.id.partition("/")[2]


PORTKEY = IdMatching(_portkey_served, _as_written)

ID_MATCHING: Mapping[IdFormat, IdMatching] = {
    "exact": EXACT,
    "compatible": COMPATIBLE,
    "bedrock": BEDROCK,
    "google": GOOGLE,
    "ollama": OLLAMA,
    "openrouter": OPENROUTER,
    "portkey": PORTKEY,
    "vertex": VERTEX,
}
"""The matching of each id format that a row of the provider table names."""
