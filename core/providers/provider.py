"""The shape of a provider row: recognition, address, key, requests and formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, Literal

from core.records import dataclass

ListFormat = Literal["openai", "anthropic", "mistral", "google", "openrouter", "xai", "typesafe", "any", "no list"]
"""The format of a list of models; parsed by `core.probes.list_parsers`."""
ErrorFormat = Literal["common", "azure", "fal", "google", "minimax", "portkey", "scaleway", "xai"]
"""The format of error answers; classified by `core.probes.classify`."""
IdFormat = Literal["exact", "compatible", "bedrock", "google", "ollama", "openrouter", "portkey", "vertex"]
"""The form of model ids in lists; compared by `core.probes.model_ids`."""
CompletionFormat = Literal["", "chat", "anthropic", "google", "azure", "bedrock"]
"""The format of a completion request; empty when none is made."""
Protocol = Literal["", "openai", "anthropic"]
"""The API of a provider that is called by another provider's sdk, so that the host identifies it."""

GROUP_HEADER: Final = "x-portkey-provider"
"""The header that names the provider behind Portkey."""


class Endpoint(StrEnum):
    """The use of the `endpoint` field of a backend (read in Pipelex 0.92.2 and in the SDKs)."""

    HONOURED = "honoured"
    IGNORED = "ignored"
    REQUIRED = "required"
    DERIVED = "derived"


class Role(StrEnum):
    """The purpose of a request."""

    PROOF = "proof"
    """Proves the key and lists no models."""
    LIST = "list"
    """Lists the served models; another request proves the key."""
    BOTH = "both"
    """Lists the served models and proves the key."""
    ITEM = "item"
    """Checks whether one model is served."""
    TOKEN = "token"
    """Exchanges a long-lived key for a short-lived one."""


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """The header of the key: `Authorization: Bearer KEY`, `x-api-key: KEY`."""

    name: str = "Authorization"
    scheme: str = "Bearer"


@dataclass(frozen=True, slots=True)
class Paging:
    """The query key of the next page, and the maximum number of pages."""

    key: str
    max_pages: int = 20


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """One request of a provider. `path` may contain `{base}`, `{origin}` and fields of the backend in braces."""

    role: Role
    path: str
    purpose: str
    format: ListFormat = "openai"
    paging: Paging | None = None
    optional: bool = False
    """Whether its failure has no effect on the status of the backend."""
    fallback: bool = False
    """Whether it is sent only when the previous requests list nothing."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as data."""

    name: str
    title: str
    requests: tuple[RequestTemplate, ...] = ()
    backends: tuple[str, ...] = ()
    """The backend names of the provider in Pipelex's own trees, where they differ from `name`."""
    sdks: tuple[str, ...] = ()
    """The prefixes of its sdk names; the longest matching prefix of all rows identifies the provider."""
    protocol: Protocol = ""
    base: str | None = None
    hosts: tuple[str, ...] = ()
    """Its hosts besides that of `base`. A leading dot matches every subdomain."""
    endpoint: Endpoint = Endpoint.HONOURED
    key: KeyHeader | None = KeyHeader()
    key_prefixes: tuple[str, ...] = ()
    """The prefixes of its keys. Texts with such a prefix are masked everywhere."""
    key_optional: bool = False
    proves_key: bool = True
    """Whether a successful request proves the key. Servers of unknown make may accept any key."""
    lists_all: bool = True
    """Whether its list shows every model that it serves. Servers of unknown make may answer other names too."""
    headers: tuple[tuple[str, str], ...] = ()
    sends_headers: bool = True
    """Whether its client sends the headers of a model (0.24.1 to 0.92.2: `tests.conformance.recording_clients`)."""
    errors: ErrorFormat = "common"
    ids: IdFormat = "exact"
    unlisted: str = ""
    """The reason why its list does not show which models of a tree are served, if so."""
    always_served: frozenset[str] = frozenset()
    """Model ids that it serves and does not list."""
    base_variables: tuple[str, ...] = ()
    """Variables from which its SDK reads the base address when the tree has no endpoint."""
    key_variables: tuple[str, ...] = ()
    """Variables from which its SDK reads the key when the tree has none."""
    kit_variables: tuple[str, ...] = ()
    """The key variables in Pipelex's own trees, sent to its own hosts without confirmation; the first in new trees."""
    request_ids: tuple[str, ...] = ("x-request-id",)
    """Response headers that identify a request, in order of preference."""
    retried: bool = True
    """Whether a request may be repeated after a server error."""
    completion: CompletionFormat = ""
    """The format of completion requests, where the protocol does not imply it."""
    facts: tuple[tuple[str, str], ...] = ()
    """Fields of the proof to report, each with its label."""

    @property
    def backend_names(self) -> tuple[str, ...]:
        """The backend names of the provider in Pipelex's own trees."""
        return self.backends or (self.name.replace("-", "_"),)

    @property
    def completion_format(self) -> CompletionFormat:
        """The format of completion requests."""
        implied: Mapping[Protocol, CompletionFormat] = {"": "", "openai": "chat", "anthropic": "anthropic"}
        return self.completion or implied[self.protocol]

    def account_facts(self, data: object) -> Iterator[tuple[str, str]]:
        """The label and value of each reported field of the account or server, truncated."""
        nested = data.get("data") if isinstance(data, Mapping) else None
        for table in (nested, data):
            if isinstance(table, Mapping):
                for key, label in self.facts:
                    value = table.get(key)
                    if isinstance(value, str | int | float) and value != "":
                        yield label, str(value)[:60]

    @property
    def ignores_endpoint(self) -> bool:
        """Whether its client calls an address of its own, whatever the tree names."""
        return self.endpoint in (Endpoint.IGNORED, Endpoint.DERIVED)

    def calls(self, host: str) -> bool:
        """Whether a host belongs to the provider, with that of its own address."""
        return self.owns_host(host, (self.base or "").partition("://")[2].partition("/")[0])

    def owns_host(self, host: str, base_host: str) -> bool:
        """Whether a host belongs to the provider, judged by its name."""
        return host == base_host or any(
            host.endswith(own) if own.startswith(".") else host == own for own in self.hosts
        )
