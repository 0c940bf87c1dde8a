"""Comparing the id that a tree declares with the ids that a provider lists: each writes them in ways of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core.probes.served import Served
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name to look for in a list, with what is to be said when it is there; does it then count as served?"""

    name: str
    remark: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """How ids are compared.

    `served` gives the names under which a listed model counts; `declared` the names to look for, best first.
    """

    served: Callable[[Served], Iterable[str]]
    declared: Callable[[str], Iterable[Wanted]]


def _itself(model: Served) -> Iterable[str]:
    return (model.id, *model.aliases)


def _as_written(name: str) -> Iterable[Wanted]:
    return (Wanted(name),)


EXACT = Names(_itself, _as_written)
"""As most do: a dated id and its undated alias are two ids."""


def _google(name: str) -> str:
    return re.sub(r"^(?:models|tunedModels)/", "", name)


GOOGLE = Names(lambda model: (_google(model.id),), lambda name: (Wanted(_google(name)),))

VERTEX = Names(
    lambda model: (re.sub(r"^publishers/([^/]+)/models/", r"\1/", model.id),),
    lambda name: (Wanted(name), Wanted(f"google/{name}")),
)


def _ollama(name: str) -> str:
    """`host/namespace/model:tag` in full, in lower case (types/model/name.go of ollama)."""
    rest, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        rest, tag = name, "latest"
    parts = rest.split("/")
    full = ["registry.ollama.ai", "library"][: max(0, 3 - len(parts))] + parts
    return ("/".join(full) + ":" + tag).lower()


OLLAMA = Names(lambda model: (_ollama(model.id),), lambda name: (Wanted(_ollama(name)),))


def _openrouter_declared(name: str) -> Iterable[Wanted]:
    yield Wanted(name)
    base, colon, variant = name.rpartition(":")
    if colon and base:
        yield Wanted(base, f"listed without its variant `:{variant}`")


OPENROUTER = Names(_itself, _openrouter_declared)

_PROFILE = re.compile(r"^(?:us|eu|apac|global|us-gov|jp|au|ca)\.")


def _bedrock_declared(name: str) -> Iterable[Wanted]:
    yield Wanted(name)
    # An ARN names its model or profile at its end.
    tail = name.rpartition("/")[2]
    if name.startswith("arn:") and tail:
        yield Wanted(tail)
        name = tail
    if _PROFILE.match(name):
        remark = "listed as a base model, but there is no such inference profile here"
        yield Wanted(_PROFILE.sub("", name), remark, counts=False)


BEDROCK = Names(_itself, _bedrock_declared)


def _portkey_served(model: Served) -> Iterable[str]:
    """`X` as well as `@slug/X`."""
    yield model.id
    if model.id.startswith("@") and "/" in model.id:
        yield model.id.partition("/")[2]


PORTKEY = Names(_portkey_served, _as_written)
