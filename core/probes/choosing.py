"""Which provider a backend is: told by the sdk of its models, then by the host that it calls, then by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from core.entities import Backend, ModelSpec
from core.probes import table
from core.probes.address import Address, parse_address
from core.probes.provider import Provider

# Every sdk that a release knows, by its beginning; the longest that fits counts.
_BY_SDK: Final[Mapping[str, Provider]] = {
    "openai": table.OPENAI,
    "openrouter": table.OPENROUTER,
    "blackboxai": table.BLACKBOX,
    "azure": table.AZURE,
    "anthropic": table.ANTHROPIC,
    "bedrock": table.BEDROCK,
    "mistral": table.MISTRAL,
    "google": table.GOOGLE,
    "portkey": table.PORTKEY,
    "gateway": table.GATEWAY,
    "manifold": table.MANIFOLD,
    "fal": table.FAL,
    "huggingface": table.HUGGING_FACE,
    "linkup": table.LINKUP,
    "typesafe": table.TYPESAFE,
    "pypdfium2": table.INTERNAL,
    "docling": table.INTERNAL,
    "reportlab": table.INTERNAL,
}
# For a backend that declares no model: what its name means in Pipelex's own trees.
_BY_NAME: Final[Mapping[str, Provider]] = {
    "azure_openai": table.AZURE,
    "anthropic": table.ANTHROPIC,
    "minimax": table.ANTHROPIC,
    "bedrock": table.BEDROCK,
    "mistral": table.MISTRAL,
    "google": table.GOOGLE,
    "portkey": table.PORTKEY,
    "pipelex_gateway": table.GATEWAY,
    "pipelex_manifold": table.MANIFOLD,
    "fal": table.FAL,
    "huggingface": table.HUGGING_FACE,
    "linkup": table.LINKUP,
    "typesafe": table.TYPESAFE,
    "internal": table.INTERNAL,
}
_NAMED_OPENAI: Final[Mapping[str, Provider]] = {
    "groq": table.GROQ,
    "xai": table.XAI,
    "ollama": table.OLLAMA,
    "openrouter": table.OPENROUTER,
    "scaleway": table.SCALEWAY,
    "blackboxai": table.BLACKBOX,
    "perplexity": table.PERPLEXITY,
    "pipelex_inference": table.INFERENCE,
    "openai": table.OPENAI,
}
# Providers that speak as OpenAI does, by the host of their endpoint.
_OPENAI_HOSTS: Final[Mapping[str, Provider]] = {
    "api.openai.com": table.OPENAI,
    "api.groq.com": table.GROQ,
    "api.x.ai": table.XAI,
    "openrouter.ai": table.OPENROUTER,
    "api.scaleway.ai": table.SCALEWAY,
    "api.blackbox.ai": table.BLACKBOX,
    "api.perplexity.ai": table.PERPLEXITY,
    "inference.pipelex.com": table.INFERENCE,
    "ollama.com": table.OLLAMA,
    "api.portkey.ai": table.COMPATIBLE,
}
_ANTHROPIC_HOSTS: Final[Mapping[str, Provider]] = {
    "api.anthropic.com": table.ANTHROPIC,
    "api.minimax.io": table.MINIMAX,
    "api.minimaxi.com": table.MINIMAX,
}
OLLAMA_PORT: Final = 11434


def family_of_sdk(sdk: str) -> Provider | None:
    """The provider whose client an sdk uses, before the host is looked at."""
    found = [beginning for beginning in _BY_SDK if sdk == beginning or sdk.startswith(beginning + "_")]
    return _BY_SDK[max(found, key=len)] if found else None


def choose(
    backend: Backend, specs: Sequence[ModelSpec], endpoint: str | None
) -> tuple[Provider | None, frozenset[str]]:
    """The provider of a backend, and the sdks of its models that belong to another one and are not looked at.

    `endpoint` is the address with its variables filled. None for an sdk that is unknown here and has no endpoint.
    """
    sdks = [spec.sdk for spec in specs if spec.sdk]
    families = Counter(family.name for family in map(family_of_sdk, sdks) if family is not None)
    if backend.name == "vertexai" and (not families or families.most_common(1)[0][0] == "openai"):
        return table.VERTEX, frozenset()
    if families:
        name = families.most_common(1)[0][0]
        first = next(family for family in map(family_of_sdk, sdks) if family is not None and family.name == name)
        others = frozenset(sdk for sdk in sdks if family_of_sdk(sdk) is not first)
        return _by_host(first, backend, endpoint), _real_others(first, others)
    if sdks:
        return (table.COMPATIBLE if endpoint else None), frozenset()
    known = _BY_NAME.get(backend.name) or _NAMED_OPENAI.get(backend.name)
    if known is not None:
        family = table.OPENAI if backend.name in _NAMED_OPENAI else known
        return _by_host(family, backend, endpoint), frozenset()
    return (table.COMPATIBLE if endpoint else None), frozenset()


def _real_others(first: Provider, sdks: frozenset[str]) -> frozenset[str]:
    """Image models of a router go through an sdk of their own to the same place."""
    same = {"openai": ("openrouter", "blackboxai"), "openrouter": ("openai",), "blackboxai": ("openai",)}
    return frozenset(sdk for sdk in sdks if not sdk.startswith(same.get(first.name, ("\0",))))


def _by_host(family: Provider, backend: Backend, endpoint: str | None) -> Provider:
    """The row for the host that is really called."""
    speaks_openai = family in (table.OPENAI, table.OPENROUTER, table.BLACKBOX)
    if not speaks_openai and family is not table.ANTHROPIC:
        return family
    if not endpoint:
        # Without an endpoint the client's own default is called, whatever the backend is called.
        return table.OPENAI if speaks_openai else family
    address = parse_address(endpoint)
    host = address.host if isinstance(address, Address) else ""
    if not speaks_openai:
        return _ANTHROPIC_HOSTS.get(host, table.ANTHROPIC_COMPATIBLE)
    if isinstance(address, Address) and (address.port == OLLAMA_PORT or backend.name == "ollama"):
        return table.OLLAMA
    return _OPENAI_HOSTS.get(host, table.COMPATIBLE)
