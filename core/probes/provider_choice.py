"""The provider of a backend, derived from the provider table: by sdk, then by called host, then by backend name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.entities import Backend, ModelSpec
from core.probes.address import Address, parse_address
from core.providers.provider import Provider
from core.providers.table import (
    ANTHROPIC,
    ANTHROPIC_COMPATIBLE,
    BY_BACKEND,
    BY_NAME,
    COMPATIBLE,
    OPENAI,
    PROVIDERS,
    VERTEX,
    provider_of_sdk,
)


def choose_provider(
    backend: Backend, specs: Sequence[ModelSpec], endpoint: str | None
) -> tuple[Provider | None, frozenset[str]]:
    """The provider of a backend, and the sdks of its models that call another provider.

    `endpoint` is the address with its variables filled. None for an unknown sdk without an endpoint.
    """
    sdks = [spec.sdk for spec in specs if spec.sdk]
    counts = Counter(row.name for row in map(provider_of_sdk, sdks) if row is not None)
    client = BY_NAME[counts.most_common(1)[0][0]] if counts else None
    named = BY_BACKEND.get(backend.name)
    if named is VERTEX and client in (None, OPENAI):
        return VERTEX, frozenset()
    if client is not None:
        other_sdks = frozenset(sdk for sdk in sdks if not _same_service(client, provider_of_sdk(sdk)))
        return _at_host(client, backend, endpoint), other_sdks
    if named is not None and not sdks:
        return _at_host(named, backend, endpoint), frozenset()
    return (COMPATIBLE if endpoint else None), frozenset()


def _same_service(client: Provider, other: Provider | None) -> bool:
    """Whether two clients call the same service: routers have image models with an sdk of their own."""
    return other is client or (other is not None and other.protocol != "" and other.protocol == client.protocol)


def _at_host(client: Provider, backend: Backend, endpoint: str | None) -> Provider:
    """The provider at the called host, for clients that several providers share."""
    if not client.protocol:
        return client
    owner, unknown = (OPENAI, COMPATIBLE) if client.protocol == "openai" else (ANTHROPIC, ANTHROPIC_COMPATIBLE)
    if not endpoint:
        # The client then calls its own default address, regardless of the backend's name.
        return owner
    address = parse_address(endpoint)
    if not isinstance(address, Address):
        return unknown
    rows = [row for row in PROVIDERS if row.protocol == client.protocol and row.base]
    return next((row for row in rows if _serves(row, address, backend)), unknown)


def _serves(row: Provider, address: Address, backend: Backend) -> bool:
    base = parse_address(row.base or "")
    if not isinstance(base, Address):
        return False
    if base.loopback:
        # A server on the user's own hosts is recognized by its port or by the backend's name.
        return address.port == base.port or backend.name in row.backend_names or row.owns_host(address.host, "")
    return row.owns_host(address.host, base.host)
