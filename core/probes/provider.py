"""What a row of the table of providers says: where a provider is, how it takes its key, and what to ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from core.probes import classify, names, shapes
from core.probes.classify import Classifier
from core.probes.names import Names
from core.probes.shapes import Parser
from core.records import dataclass


class Endpoint(StrEnum):
    """What becomes of the `endpoint` that a tree writes (read in Pipelex 0.92.2 and in the SDKs)."""

    HONOURED = "honoured"
    IGNORED = "ignored"
    REQUIRED = "required"
    DERIVED = "derived"


class Role(StrEnum):
    """What a request is for."""

    PROOF = "proof"
    """Whether the key is good; lists nothing."""
    LIST = "list"
    """What is served; the key is proven by another request."""
    BOTH = "both"
    """The list proves the key too."""
    ITEM = "item"
    """Whether one model is served."""
    TOKEN = "token"
    """A short-lived key in exchange for a long-lived one."""


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """The header that carries the key: `Authorization: Bearer KEY`, `x-api-key: KEY`."""

    name: str = "Authorization"
    scheme: str = "Bearer"


BEARER = KeyHeader()


@dataclass(frozen=True, slots=True)
class Paging:
    """How further pages are asked for: the query's key, and how many pages at most."""

    key: str
    most: int = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One request of a provider. `path` may hold `{base}`, `{origin}`, and what the provider's own fields give."""

    role: Role
    path: str
    why: str
    parse: Parser = shapes.openai
    paging: Paging | None = None
    optional: bool = False
    """Failing, it changes nothing but what is known of the models."""
    method: str = "GET"
    body: str = ""
    fallback: bool = False
    """Asked only when those before it list nothing: for providers that have moved their list."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider, as data. `classify` reads its errors; each row's `parse` reads its lists."""

    name: str
    title: str
    rows: tuple[Row, ...]
    base: str | None = None
    endpoint: Endpoint = Endpoint.HONOURED
    key: KeyHeader | None = BEARER
    key_optional: bool = False
    proves_key: bool = True
    """Whether its proof is refused to a wrong key. A server of unknown make may take any."""
    headers: tuple[tuple[str, str], ...] = ()
    classify: Classifier = classify.common
    names: Names = names.EXACT
    unlisted: str = ""
    """Why its list says nothing of the models of a tree, where that is so."""
    fixed: frozenset[str] = frozenset()
    """Ids that it always serves and never lists."""
    base_variables: tuple[str, ...] = ()
    """Variables by which its SDK goes elsewhere when the tree gives no endpoint."""
    key_variables: tuple[str, ...] = ()
    """Variables from which its SDK takes a key when the tree gives none."""
    kit_variables: tuple[str, ...] = ()
    """The variables that Pipelex's own trees name for it: sent to its own hosts without asking."""
    hosts: tuple[str, ...] = ()
    """Its own hosts besides that of `base`; one that begins with a dot stands for all that end so."""
    request_ids: tuple[str, ...] = ("x-request-id",)
    retried: bool = True
    """Whether it may be asked twice after a fault of its own."""
    completion: str = ""
    """Which form a real completion has: `chat`, `anthropic`, `google`, `azure`, `bedrock`; empty when none is made."""
    facts: tuple[tuple[str, str], ...] = ()
    """Fields of the proof that are worth telling, with what they are called."""

    def told(self, data: object) -> Iterator[tuple[str, str]]:
        """What the proof's answer tells of the account or the server. Texts of the provider, cut short."""
        inside = data.get("data") if isinstance(data, Mapping) else None
        for place in (inside, data):
            if isinstance(place, Mapping):
                for key, words in self.facts:
                    value = place.get(key)
                    if isinstance(value, str | int | float) and value != "":
                        yield words, str(value)[:60]


def is_own_host(provider: Provider, host: str, base_host: str) -> bool:
    """Whether a host belongs to a provider, going by its name."""
    return host == base_host or any(
        host.endswith(own) if own.startswith(".") else host == own for own in provider.hosts
    )
