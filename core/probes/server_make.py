"""The make of a server that was not written by the owner of its API, recognized by its answers.

Sources: the list answers of LiteLLM 1.106, vLLM 0.11, llama.cpp b6500, Ollama 0.12 and LM Studio 0.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from core.probes.answer import Answer
from core.probes.served_models import Served
from core.providers.provider import IdFormat
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class ServerMake:
    """A make with its rules.

    `gap` is the reason why its list does not show that a model is not served; empty if it does.
    """

    title: str
    owners: frozenset[str] = frozenset()
    """The values of `owned_by` in its list."""
    headers: tuple[str, ...] = ()
    """The prefixes of response headers that only it sends, and values of the header `server`."""
    ids: IdFormat = "exact"
    details: str = ""
    """The path at which it states kinds and limits, below the endpoint, or below the origin after `{origin}`."""
    gap: str = ""


MAKES: Final[Mapping[str, ServerMake]] = {
    "litellm": ServerMake("LiteLLM", headers=("x-litellm-",), details="/model/info"),
    "vllm": ServerMake("vLLM", frozenset({"vllm"})),
    "llama.cpp": ServerMake(
        "llama.cpp",
        frozenset({"llamacpp"}),
        ("llama.cpp",),
        gap="llama.cpp answers any name with the model that it has loaded",
    ),
    "ollama": ServerMake("Ollama", frozenset({"library"}), ids="ollama"),
    "lm-studio": ServerMake(
        "LM Studio",
        frozenset({"organization_owner", "organization-owner"}),
        details="{origin}/api/v0/models",
        gap="LM Studio may answer any name with the model that it has loaded",
    ),
}
"""Every make by its name."""

UNKNOWN_MAKE: Final = "a server of unknown make may serve models that it does not list"
WILDCARD: Final = "the list has wildcards, which stand for any name"


def recognize(answer: Answer) -> str:
    """The name of the make in `MAKES` that an answer comes from; empty if it is unknown."""
    owners = frozenset(_owners(answer.data))
    server = answer.headers.get("server", "").lower()
    for name, make in MAKES.items():
        if owners and owners <= make.owners:
            return name
        if any(server.startswith(prefix) or _has(answer.headers, prefix) for prefix in make.headers):
            return name
    return ""


def _has(headers: Iterable[str], prefix: str) -> bool:
    return prefix.endswith("-") and any(name.startswith(prefix) for name in headers)


def _owners(data: object) -> Iterable[str]:
    items = data.get("data") if isinstance(data, Mapping) else None
    for item in items[:200] if isinstance(items, list) else ():
        owner = item.get("owned_by") if isinstance(item, Mapping) else None
        yield owner if isinstance(owner, str) else ""


def list_gap(make: str, models: Sequence[Served], *, lists_all: bool) -> str:
    """The reason why a list does not show that a model is not served; empty if it does.

    `lists_all`: whether the provider is known to list all its models, whatever the make.
    """
    if any(model.id.endswith("*") for model in models):
        return WILDCARD
    if lists_all:
        return ""
    return MAKES[make].gap if make in MAKES else UNKNOWN_MAKE
