"""The address and the key that Pipelex's client of an sdk would use, and the faults that are known before a call.

Sources: the client factories of Pipelex 0.10.2 to 0.92.2, and the clients themselves (openai 3.57, anthropic 2.14,
mistralai 3.7, google-genai 3.4, typesafe-sdk 0.7, linkup-sdk 0.24). `tests/conformance/test_clients.py` asks the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from core.calls import Call, CallFault
from core.catalog import Catalog
from core.diagnostics import backend_codes
from core.diagnostics.diagnostic import Diagnostic
from core.dialects.backend_reader import ParsedBackend
from core.entities import Backend, ModelSpec
from core.masking import masked
from core.probes.address import Address, parse_address
from core.probes.check_status import Reason
from core.probes.cloud_credentials import aws_call, vertex_call
from core.probes.endpoint_faults import endpoint_fault
from core.probes.provider_choice import choose_provider
from core.probes.secret import FilledText, Secret, fill, fits_a_header, variable_value
from core.providers import table
from core.providers.provider import Endpoint, Provider
from core.providers.table import provider_of_sdk
from core.releases import Release, parse_release
from core.secret_texts import is_secret_key
from core.variables import placeholders

_FIRST_WITH_KEY_OF_FIELD: Final = Release(0, 75, 0)
"""Up to 0.74 the Linkup worker reads LINKUP_API_KEY, whatever `api_key` says."""
_FIRST_WITH_PORTKEY_FILLER: Final = Release(0, 26, 3)
"""Up to 0.26.2 the Portkey worker gives the client of OpenAI an empty key, beside its own headers."""
_REFUSES_EMPTY_KEYS: Final = (2, 34)
"""From this version on the client of OpenAI refuses an empty key when it is built."""
_DEFAULT_IF_EMPTY: Final = frozenset({"portkey", "pipelex-gateway"})
"""The providers for which Pipelex treats an empty endpoint as none."""
PLACEHOLDER_KEY: Final = "unused-no-auth-needed"
"""The key that Pipelex gives to the client of OpenAI for a backend without one (0.26.3 to 0.92.2)."""
_QUOTES: Final = ("\"'", "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb")


def backend_calls(catalog: Catalog, part: ParsedBackend) -> tuple[tuple[tuple[str, str], Call], ...]:
    """The calls of one backend by backend and sdk, with their faults."""
    calls = []
    for sdk in dict.fromkeys(spec.sdk for spec in part.specs if spec.sdk):
        specs = [spec for spec in part.specs if spec.sdk == sdk]
        calls.append(((part.backend.name, sdk), _Client(catalog, part.backend, sdk, specs).call()))
    return tuple(calls)


class _Client:
    """The client of one sdk, as Pipelex builds it for one backend."""

    def __init__(self, catalog: Catalog, backend: Backend, sdk: str, specs: list[ModelSpec]) -> None:
        self.catalog, self.backend, self.specs = catalog, backend, specs
        self.sdk, self.client = sdk, provider_of_sdk(sdk)

    def call(self) -> Call:
        client = self.client
        if self.backend.name in table.VERTEX.backends:
            return vertex_call(self.catalog, self.backend)
        if client is table.BEDROCK:
            return aws_call(self.catalog, self.sdk)
        if client is None or client is table.INTERNAL or client.endpoint is Endpoint.DERIVED:
            return Call()
        endpoint = self.endpoint()
        text = endpoint.text.reveal() if endpoint is not None else None
        host, _ = choose_provider(self.backend, self.specs, text if text is not None else self._redirected())
        if host is None or host is table.VERTEX:
            return Call()
        faults = [
            *self._endpoint_faults(client, host, endpoint),
            *self._key_faults(client, host, text),
            *self._field_faults(client),
        ]
        return Call(self._address(client, endpoint), tuple(faults))

    def endpoint(self) -> FilledText | None:
        """The endpoint of the tree with its variables filled; None where the client does not use it."""
        written = self.backend.text("endpoint")
        assert self.client is not None
        if written is None or self.client.endpoint is Endpoint.IGNORED:
            return None
        filled = fill(self.catalog, written)
        if not filled.text.reveal() and filled.fault is None and self.client.name in _DEFAULT_IF_EMPTY:
            return None
        return filled

    def _value(self, name: str) -> Secret | None:
        """The value of a variable that the tree does not name; one that is only assumed is none."""
        environment = self.catalog.environment
        named = name in self.catalog.variables_of(self.backend.name)
        assumed = environment.assume_set and not named and not environment.sources_of(name)
        return None if assumed else variable_value(self.catalog, name)

    def _redirected(self) -> str | None:
        """The base address from the environment, which the client uses where the tree has none."""
        assert self.client is not None
        values = (self._value(name) for name in self.client.base_variables)
        return next((value.reveal() for value in values if value is not None), None)

    def _address(self, client: Provider, endpoint: FilledText | None) -> str:
        """The base address of the calls for display; empty where it is unknown or holds a secret."""
        if endpoint is None:
            text = self._redirected() or client.base or ""
        elif (
            endpoint.fault is not None
            or self.catalog.environment.assume_set
            or any(map(is_secret_key, endpoint.variables))
        ):
            return ""
        else:
            text = endpoint.text.reveal()
        address = parse_address(text)
        if not isinstance(address, Address) or masked("", address.url) != address.url:
            return ""
        return address.url + base_suffix(client)

    # ---- the endpoint

    def _endpoint_faults(self, client: Provider, host: Provider, endpoint: FilledText | None) -> Iterator[CallFault]:
        if endpoint is None:
            if client.endpoint is Endpoint.REQUIRED and "endpoint" not in self.backend.fields:
                message = "there is no endpoint, and the client has no default"
                yield CallFault(
                    backend_codes.ENDPOINT_INVALID, "endpoint", message, 'write endpoint = "https://HOST/..."'
                )
        elif endpoint.fault is None and not (self.catalog.environment.assume_set and endpoint.variables):
            fault = endpoint_fault(client, host, endpoint.text.reveal())
            written = self.backend.text("endpoint") or ""
            if fault is not None and placeholders(written):
                # The value of a variable is never shown.
                fix = f"correct the value of {', '.join(endpoint.variables)}, or write the endpoint here"
                fault = replace(fault, repaired=None, fix=fix)
            elif fault is not None and masked("", fault.repaired or "") != (fault.repaired or ""):
                fault = replace(fault, repaired=None, fix="correct the endpoint")
            if fault is not None:
                yield fault

    # ---- the key

    def _key_faults(self, client: Provider, host: Provider, endpoint: str | None) -> Iterator[CallFault]:
        if client.key is None:
            return
        if client is table.LINKUP and self.catalog.release < _FIRST_WITH_KEY_OF_FIELD:
            if self._value("LINKUP_API_KEY") is None:
                message = "the worker reads LINKUP_API_KEY, whatever api_key says, and it is not set"
                fix = f"set LINKUP_API_KEY in the shell or in {self.catalog.environment.dotenv}"
                yield _key(backend_codes.KEY_MISSING, message, fix)
            return
        filled = fill(self.catalog, self.backend.text("api_key") or "")
        if filled.fault is not None:
            if filled.fault.reason is Reason.PLACEHOLDER:
                yield CallFault(None, "api_key", f"{filled.missing} has a placeholder value", "give it its real value")
        elif filled.text.reveal():
            yield from self._value_faults(filled)
            yield from self._filler_faults(client)
        else:
            yield from self._missing_key(client, host, endpoint)

    def _value_faults(self, filled: FilledText) -> Iterator[CallFault]:
        fault = value_fault(filled.text.reveal())
        if fault is None:
            return
        variables = [self.catalog.environment.variable(name) for name in filled.variables]
        if any(variable.spaced for variable in variables):
            yield CallFault(None, "api_key", fault, "")
        elif variables:
            names = " and ".join(variable.name for variable in variables)
            source = f" in {variables[0].source}" if variables[0].source not in (None, "shell") else ""
            yield _key(
                backend_codes.KEY_INVALID, f"the value of {names}{source} {fault}", f"set {names} to the key alone"
            )
        else:
            yield _key(backend_codes.KEY_INVALID, f"the key {fault}", "write the key alone, in a variable")

    def _filler_faults(self, client: Provider) -> Iterator[CallFault]:
        if client is not table.PORTKEY or self.catalog.release >= _FIRST_WITH_PORTKEY_FILLER:
            return
        if self._openai_refuses_empty_keys():
            message = "the worker builds the client of OpenAI with an empty key, which the installed version refuses"
            fix = 'install "openai<2.34", or Pipelex 0.26.3 or newer'
            yield CallFault(backend_codes.KEY_MISSING, "api_key", message, fix)

    def _missing_key(self, client: Provider, host: Provider, endpoint: str | None) -> Iterator[CallFault]:
        own = key_variables(self.catalog, client)
        if any(self._value(name) is not None for name in own):
            return
        keyless = host.key_optional or (endpoint is not None and _is_local(endpoint))
        variable = next(iter(host.kit_variables), f"{self.backend.name.upper()}_API_KEY")
        repaired = f"${{{variable}}}" if self._value(variable) is not None else None
        write = f'write api_key = "${{{variable}}}" in its table and set {variable}'
        if client.protocol == "openai" and self._client_refuses_no_key():
            message = "no key is named, and the client of OpenAI is not built without one"
            if keyless:
                dummy = 'write api_key = "none": a server without keys ignores it'
                yield CallFault(backend_codes.KEY_MISSING, "api_key", message, dummy, "none")
            else:
                yield replace(_key(backend_codes.KEY_MISSING, message, write), repaired=repaired)
        elif not keyless or not (client.protocol == "openai" or self._sends_empty_key(client)):
            message = f"no key is named, and {host.title} requires one"
            yield replace(_key(backend_codes.KEY_MISSING, message, write), repaired=repaired)

    def _sends_empty_key(self, client: Provider) -> bool:
        """Whether the client calls with the empty key of the tree; it refuses a call without any."""
        return client.protocol == "anthropic" and "api_key" in self.backend.fields

    def _client_refuses_no_key(self) -> bool:
        """Whether the client is built with no key at all, or with an empty one that its version refuses."""
        passed = self.catalog.behaviours.keyless_openai
        if passed == "none" and "api_key" in self.backend.fields:
            passed = "empty"
        if passed != "empty":
            return passed == "none"
        return self._openai_refuses_empty_keys()

    def _openai_refuses_empty_keys(self) -> bool:
        """Whether the installed client of OpenAI refuses an empty key; not where nothing is known of it."""
        packages = self.catalog.readiness.packages
        version = parse_release(packages.versions.get("openai", "")) if packages is not None else None
        return version is not None and (version.major, version.minor) >= _REFUSES_EMPTY_KEYS

    def _field_faults(self, client: Provider) -> Iterator[CallFault]:
        if client is not table.AZURE or self.backend.fields.get("api_version"):
            return
        by_http = any((spec.sdk or "").startswith("azure_rest") for spec in self.specs)
        if by_http or self._value("OPENAI_API_VERSION") is None:
            message = "there is no api_version, which Azure requires"
            fix = 'write api_version = "..." in its table, as your Azure resource names it'
            yield CallFault(backend_codes.FIELD_MISSING, "api_version", message, fix)


def _is_local(endpoint: str) -> bool:
    address = parse_address(endpoint)
    return isinstance(address, Address) and address.local


def key_variables(catalog: Catalog, client: Provider) -> tuple[str, ...]:
    """The variables from which a client reads its key where the tree has none."""
    if catalog.behaviours.keyless_openai != "none":
        return client.key_variables
    return {"openai": ("OPENAI_API_KEY",), "azure": ("AZURE_OPENAI_API_KEY",)}.get(client.name, client.key_variables)


def base_path(client: Provider, path: str) -> str:
    """The path of an endpoint as the client uses it: most add one slash at the end unless there is one."""
    return path.rstrip("/") if client.name == "azure" else path.removesuffix("/")


def base_suffix(client: Provider) -> str:
    """The path that Pipelex or the client adds to every endpoint before that of a call."""
    return {"azure": "/openai", "pipelex-manifold": "/v1"}.get(client.name, "")


def value_fault(key: str) -> str | None:
    """Why a value cannot be a key, in words that do not repeat it; None for one that can."""
    if key[:1] in _QUOTES[0] and key[-1:] == key[:1] and len(key) > 1:
        return "is in quotes, which providers take for part of the key"
    if fits_a_header(key):
        return "is a placeholder" if key.lower().startswith("placeholder") else None
    if any(character in _QUOTES[1] for character in key):
        return "has typographic quotes, as word processors write them"
    if any(character.isspace() for character in key):
        return "has blanks or line ends"
    return "has characters that no key has"


def _key(diagnostic: Diagnostic, message: str, fix: str) -> CallFault:
    return CallFault(diagnostic, "api_key", message, fix)
