"""The plan of a check: every request with its address, headers and purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Final, Protocol

from core.probes.address import Address, without_parts
from core.probes.answer import Answer
from core.probes.check_status import Finding
from core.probes.list_parsers import Parser, no_list
from core.probes.proxies import Route
from core.probes.secret import Scrubber, Secret
from core.probes.server_make import MAKES
from core.providers.provider import Paging, Provider, Role
from core.records import dataclass


class Signer(Protocol):
    """Signs a complete request with headers that prove the key."""

    @property
    def header_names(self) -> tuple[str, ...]: ...

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]: ...


class Grant(Protocol):
    """Makes the request body that exchanges a long-lived key for a short-lived one. Raises ValueError."""

    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Header:
    """One header. A secret value, or one filled from variables, is a `Secret`."""

    name: str
    value: str | Secret


@dataclass(frozen=True, slots=True)
class Request:
    """One planned request. Its address never contains a secret."""

    role: Role
    method: str
    address: Address
    target: str
    purpose: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    parse: Parser = no_list
    paging: Paging | None = None
    optional: bool = False
    group: str = ""
    item: str = ""
    signer: Signer | None = field(default=None, repr=False)
    grant: Grant | None = field(default=None, repr=False)
    is_served: Callable[[Answer], bool | None] | None = field(default=None, repr=False)
    """For one model: whether an answer shows that it is served; None if that is unknown."""
    is_answer: Callable[[Answer], bool] | None = field(default=None, repr=False)
    """For a completion: whether an answer has the shape of one."""
    extract_facts: Callable[[object], Iterable[tuple[str, str]]] | None = field(default=None, repr=False)
    """The labels and values of an answer to report."""
    variables: tuple[str, ...] = ()
    """The variables in its own headers."""
    any_body: bool = False
    """Whether an answer without JSON is accepted."""
    fallback: bool = False
    """Sent only if the provider lists nothing."""
    route: Route = Route()
    """The way to its address: the proxy, if any."""
    make: str = ""
    """The make of server that states more of its models here; sent only to that one."""
    suggests: str = ""
    """The endpoint that its answer would show to be the right one; sent only after a list that failed."""

    @property
    def url(self) -> str:
        return self.address.origin + self.target

    @property
    def condition(self) -> str:
        """The condition of sending it; empty for none."""
        if self.make:
            return f"the server is {MAKES[self.make].title}"
        return "the provider lists no models" if self.fallback else ""

    @property
    def header_names(self) -> tuple[str, ...]:
        """The names of the headers besides the common ones."""
        signed = self.signer.header_names if self.signer is not None else ()
        return (*(header.name for header in self.headers), *signed)


@dataclass(frozen=True, slots=True)
class KeyDestination:
    """A variable and the origin that its value is sent to; without a variable a host, for requests in the open."""

    variable: str
    origin: str


@dataclass(frozen=True)
class CheckPlan:
    """The plan of one backend. With a `verdict` nothing is sent: the outcome is already known."""

    backend: str
    provider: Provider | None = field(repr=False)
    requests: tuple[Request, ...] = ()
    verdict: Finding | None = None
    variables: tuple[str, ...] = ()
    """The variables used in headers or in the address."""
    sent: tuple[str, ...] = ()
    """The variables that prove the key, sent or used for a signature."""
    key_variable: str = ""
    """The variable to check if the key is rejected."""
    called: str = ""
    """The address that Pipelex calls for this backend."""
    notes: tuple[str, ...] = ()
    unapproved: tuple[KeyDestination, ...] = ()
    """Destinations without approval; the verdict is then CONSENT."""
    wrong_field: str = ""
    """The missing or invalid field of the backend, if that is the verdict."""
    scrub: Scrubber = field(default_factory=Scrubber, repr=False)
    private: tuple[str, ...] = field(default=(), repr=False)
    """The parts of addresses that come from variables, which are not shown."""
    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    literals: tuple[Secret, ...] = field(default=(), repr=False)
    """Secrets in the files of the backend, in headers or addresses: an answer may repeat them in the ids of models."""
    asked_model: str = ""
    """The id of the model that a completion asks for; empty for a check."""
    extra: str = ""
    """The missing extra of pipedeck."""
    dotenv: str = "./.env"
    """The `.env` file to write a missing variable into."""

    def shown(self, url: str) -> str:
        """An address of the plan for display."""
        return without_parts(url, self.private)

    @property
    def host(self) -> str:
        """The origin of the first request."""
        return self.requests[0].address.origin if self.requests else self.called

    @property
    def sends(self) -> bool:
        """Whether running the plan sends requests."""
        return self.verdict is None and bool(self.requests)


class UnsendableError(Exception):
    """Nothing can be sent for a backend, for the reason of a finding."""

    def __init__(self, finding: Finding, *, variable: str = "", field: str = "") -> None:
        super().__init__(finding.status.value)
        self.finding, self.variable, self.field = finding, variable, field


MAX_ITEMS: Final = 40
"""The maximum number of models of a backend that are requested individually."""
