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
    """A model that a provider serves. What the provider does not state is None or empty, and never guessed.

    `costs` are USD per million tokens under Pipelex's names; `context` and `max_output` are tokens; `lifecycle` is the
    provider's own word (`deprecated`, `retired`, `legacy`), `until` its date; `group` tells apart what one gateway
    lists for several providers. Every text is the provider's: it goes through `core.safe_text.safe` before it is shown.
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
    """What it can be asked for, in the provider's words: `generateContent`, `completion_chat`."""
    group: str = ""

    @property
    def going(self) -> bool:
        """Whether the provider says that it is, or will be, taken away."""
        return self.lifecycle in ("deprecated", "retired", "legacy", "sunset") or self.until is not None


@dataclass(frozen=True, slots=True)
class IdCandidate:
    """A name to look for in a list, with what is to be said when it is there; does it then count as served?"""

    name: str
    remark: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class IdMatching:
    """How ids are compared.

    `served` gives the names under which a listed model counts; `declared` the names to look for, best first.
    """

    served: Callable[[Served], Iterable[str]]
    declared: Callable[[str], Iterable[IdCandidate]]


def _itself(model: Served) -> Iterable[str]:
    return (model.id, *model.aliases)


def _as_written(name: str) -> Iterable[IdCandidate]:
    return (IdCandidate(name),)


EXACT = IdMatching(_itself, _as_written)
"""As most do: a dated id and its undated alias are two ids."""


def _google(name: str) -> str:
    return re.sub(r"^(?:models|tunedModels)/", "", name)


GOOGLE = IdMatching(lambda model: (_google(model.id),), lambda name: (IdCandidate(_google(name)),))

VERTEX = IdMatching(
    lambda model: (re.sub(r"^publishers/([^/]+)/models/", r"\1/", model.id),),
    lambda name: (IdCandidate(name), IdCandidate(f"google/{name}")),
)


def _ollama(name: str) -> str:
    """`host/namespace/model:tag` in full, in lower case (types/model/name.go of ollama)."""
    rest, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        rest, tag = name, "latest"
    parts = rest.split("/")
    full = ["registry.ollama.ai", "library"][: max(0, 3 - len(parts))] + parts
    return ("/".join(full) + ":" + tag).lower()


OLLAMA = IdMatching(lambda model: (_ollama(model.id),), lambda name: (IdCandidate(_ollama(name)),))


def _openrouter_declared(name: str) -> Iterable[IdCandidate]:
    yield IdCandidate(name)
    base, colon, variant = name.rpartition(":")
    if colon and base:
        yield IdCandidate(base, f"listed without its variant `:{variant}`")


OPENROUTER = IdMatching(_itself, _openrouter_declared)

_PROFILE = re.compile(r"^(?:us|eu|apac|global|us-gov|jp|au|ca)\.")


def _bedrock_declared(name: str) -> Iterable[IdCandidate]:
    yield IdCandidate(name)
    # An ARN names its model or profile at its end.
    tail = name.rpartition("/")[2]
    if name.startswith("arn:") and tail:
        yield IdCandidate(tail)
        name = tail
    if _PROFILE.match(name):
        remark = "listed as a base model, but there is no such inference profile here"
        yield IdCandidate(_PROFILE.sub("", name), remark, counts=False)


BEDROCK = IdMatching(_itself, _bedrock_declared)


def _portkey_served(model: Served) -> Iterable[str]:
    """`X` as well as `@slug/X`."""
    yield model.id
    if model.id.startswith("@") and "/" in model.id:
        yield model.id.partition("/")[2]


PORTKEY = IdMatching(_portkey_served, _as_written)

ID_MATCHING: Mapping[IdFormat, IdMatching] = {
    "exact": EXACT,
    "bedrock": BEDROCK,
    "google": GOOGLE,
    "ollama": OLLAMA,
    "openrouter": OPENROUTER,
    "portkey": PORTKEY,
    "vertex": VERTEX,
}
"""The matching of each id format that a row of the provider table names."""
