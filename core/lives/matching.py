"""Matching of a backend's models to the index: the service that a backend calls, and the listed form of an id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from core.catalog import Catalog
from core.lives.index import Index, ModelLife, normal_id
from core.lives.services import BY_NAME, SERVICES
from core.probes.address import Address, parse_address
from core.probes.provider_choice import choose_provider
from core.providers.provider import Provider
from core.providers.table import BY_BACKEND, COMPATIBLE

MAKERS: Final = "makers"
"""The service of routers that name a model as its maker does."""
_MAKERS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"(?:gpt-\d|o\d(?:-|$)|chatgpt-|text-embedding-|dall-e)"), "openai"),
    (re.compile(r"gemini-"), "vertex"),
    (re.compile(r"grok-"), "xai"),
    (re.compile(r"(?:mistral|magistral|ministral|codestral|devstral|pixtral|voxtral)-"), "mistral"),
    (re.compile(r"deepseek-"), "deepseek"),
    (re.compile(r"minimax-"), "minimax"),
)
_PREFIXES: Final[Mapping[str, re.Pattern[str]]] = {
    "google": re.compile(r"(?:models|tunedmodels)/"),
    "vertex": re.compile(r"(?:publishers/[^/]+/models/|google/)"),
    "fireworks": re.compile(r"accounts/fireworks/models/"),
    MAKERS: re.compile(r"(?:@[\w.-]+/)?(?:(?:openai|anthropic|google|mistral|x-ai|xai|mistralai)/)?"),
}
"""Prefixes of ids that name no model, by service."""
_REGION: Final = re.compile(r"(?:us|eu|apac|global|us-gov|jp|au|ca)\.(?=[a-z0-9-]+\.)")
_DATE: Final = re.compile(r"[-@](?:20\d{6}|20\d\d-\d\d-\d\d|2[3-9](?:0[1-9]|1[0-2]))$")
_VARIANT: Final = re.compile(r":(?:nitro|floor|online|exacto)$")
"""Variants of OpenRouter that are no models of their own; their prices depend on the chosen provider."""


def service_of(catalog: Catalog, backend_name: str) -> str:
    """The service that a backend calls, by sdk, host and, where the address is not known here, by name; or empty."""
    backend = catalog.backends[backend_name]
    part = catalog.parts.get(backend_name)
    specs = part.specs if part is not None else ()
    written = backend.text("endpoint")
    endpoint = catalog.environment.filled(written) if written else None
    known = endpoint if endpoint and "${" not in endpoint else None
    if written and known is None:
        named = BY_BACKEND.get(backend_name)
        return _service(named) if named is not None else ""
    provider, _ = choose_provider(backend, specs, known)
    if provider is COMPATIBLE and known is not None:
        return _by_host(known)
    return _service(provider) if provider is not None else ""


def _service(provider: Provider) -> str:
    if provider.ids == "portkey":
        return MAKERS
    return provider.name if provider.name in BY_NAME else ""


def _by_host(endpoint: str) -> str:
    address = parse_address(endpoint)
    if not isinstance(address, Address):
        return ""
    for service in SERVICES:
        for host in service.hosts:
            if address.host == host or (host.startswith(".") and address.host.endswith(host)):
                return service.name
    return ""


def match(index: Index, service: str, model_id: str) -> ModelLife | None:
    """The facts of a model by its id; None where no listed id is certain to be the same model."""
    key = normal_id(model_id)
    if prefix := _PREFIXES.get(service):
        key = key[found.end() :] if (found := prefix.match(key)) else key
    if service == MAKERS:
        service = next((maker for pattern, maker in _MAKERS if pattern.match(key)), "")
    if service == "bedrock":
        key = key.rpartition("/")[2] if key.startswith("arn:") else key
    if (service, key) in index:
        return index.facts(service, key)
    if service in ("bedrock", "openrouter"):
        # A region or a routing variant has prices of its own; the rest is that of the model.
        form = (_REGION if service == "bedrock" else _VARIANT).sub("", key)
        return index.facts(service, form, exact=False)
    facts = index.facts(service, _DATE.sub("", key), exact=False)
    # The undated name may be another version by now: a dated one ends with it at the latest.
    return replace(facts, limits=(), inputs=(), outputs=()) if facts is not None and facts.lives else None
