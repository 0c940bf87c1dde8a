"""The faults of an endpoint for a client: no address that it can call, or a path that it adds itself or needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.calls import CallFault
from core.diagnostics import backend_codes
from core.diagnostics.diagnostic import Diagnostic
from core.probes.address import Address, parse_address
from core.probes.check_status import Reason
from core.providers import table
from core.providers.provider import Endpoint, Provider

_OPENAI_PATHS: Final = (
    "/chat/completions",
    "/chat",
    "/completions",
    "/responses",
    "/models",
    "/embeddings",
    "/images/generations",
    "/images",
)


def endpoint_fault(client: Provider, host: Provider, text: str) -> CallFault | None:
    """The fault of an endpoint for a client; `host` is the provider at the address."""
    invalid = backend_codes.ENDPOINT_INVALID
    write = 'write endpoint = "https://HOST/..."'
    if not text:
        default = client.base is not None and client.endpoint is not Endpoint.REQUIRED
        fix = f"remove the line, to call {client.base}, or {write}" if default else write
        return _endpoint(invalid, "the endpoint is empty: the client connects nowhere", fix)
    if text != text.strip() and client is not table.MANIFOLD:
        bare = text.strip()
        if isinstance(parse_address(bare), Address):
            return _endpoint(invalid, "the endpoint has blanks around it", f'write endpoint = "{bare}"', bare)
    address = parse_address(text.strip() if client is table.MANIFOLD else text)
    if address is Reason.BAD_URL:
        tolerated = "#" in text or not text.isascii()
        message, meant = _address_fault(text)
        write = f'write endpoint = "{meant}"' if meant is not None else write
        return replace(_endpoint(invalid, message, write, meant), fatal=not tolerated)
    return path_fault(client, host, address) if isinstance(address, Address) else None


def _address_fault(text: str) -> tuple[str, str | None]:
    """Why a text is no address that a client can call, and the address that was meant where that is clear."""
    if "://" not in text:
        for scheme in ("https", "http"):
            address = parse_address(f"{scheme}://{text}")
            if isinstance(address, Address) and (scheme == "http") is _is_own_server(address):
                return "the endpoint lacks `http://` or `https://`", f"{scheme}://{text}"
    bare = text.partition("?")[0]
    if bare != text and isinstance(parse_address(bare), Address):
        return "the endpoint has a query, which would precede the path of each call", bare
    if not text.lower().startswith(("http://", "https://")):
        return "the endpoint is no http or https address", None
    return "the endpoint is not an address", None


def path_fault(client: Provider, host: Provider, address: Address) -> CallFault | None:
    """The fault of an endpoint's path: one that the client adds itself, or one that it needs and does not add."""
    path = address.path.rstrip("/")
    if "//" in path:
        message = "the endpoint has an empty part, `//`, which few servers pass over"
        return replace(_path(message, address.origin + "/".join(["", *filter(None, path.split("/"))])), fatal=False)
    added = _added(client)
    ending = next((item for item in added if path.endswith(item)), None)
    if ending is not None:
        right = path.removesuffix(ending)
        repeated = next((item for item in added if right.endswith(item)), None)
        right = right.removesuffix(repeated) if repeated is not None else right
        return _path(f"the endpoint ends in `{ending}`, which the client adds itself", address.origin + right)
    if path.endswith("/v1/v1"):
        return _path("the endpoint has `/v1` twice", address.origin + path.removesuffix("/v1"))
    known = parse_address(host.base) if host.base else None
    if isinstance(known, Address) and path != known.path and client.name != "azure":
        same_host = host.owns_host(address.host, known.host) or (known.loopback and address.port == known.port)
        # Of the right path only a part is there: `/v1` of `/openai/v1`, or nothing.
        if same_host and (known.path.startswith(path) or known.path.endswith(path)):
            missing = known.path if not path else f"{known.path} in place of {path}"
            return _path(f"the endpoint lacks `{missing}`, which the client does not add", address.origin + known.path)
    if not path and client.protocol == "openai" and _is_own_server(address):
        message = "the endpoint has no path: the client adds no `/v1`, which most servers expect"
        return replace(_path(message, f"{address.origin}/v1"), fatal=False)
    return None


def _is_own_server(address: Address) -> bool:
    """Whether a host is on this machine or in its network; some public services have no path."""
    return address.loopback or "." not in address.host or address.host.replace(".", "").isdigit()


def _added(client: Provider) -> tuple[str, ...]:
    """The paths that a client adds to an endpoint, the longest first."""
    if client is table.AZURE:
        return ("/openai/v1", "/openai/deployments", "/openai")
    if client.protocol == "anthropic":
        return ("/v1/messages", "/messages", "/v1/models", "/v1")
    if client is table.TYPESAFE or client is table.MANIFOLD:
        return ("/v1",)
    return _OPENAI_PATHS


def _path(message: str, repaired: str) -> CallFault:
    return _endpoint(backend_codes.ENDPOINT_PATH, message, f'write endpoint = "{repaired}"', repaired)


def _endpoint(diagnostic: Diagnostic, message: str, fix: str, repaired: str | None = None) -> CallFault:
    return CallFault(diagnostic, "endpoint", message, fix, repaired)
