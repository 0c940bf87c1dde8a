"""The plan of a check: every request with its address, headers and purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Final, Protocol

from core.probes.address import Address
from core.probes.answer import Answer
from core.probes.check_status import Finding
from core.probes.list_parsers import Parser, no_list
from core.probes.secret import Scrubber, Secret
from core.providers.provider import Paging, Provider, Role
from core.records import dataclass


class Signer(Protocol):
    """Whatever has to see a whole request before it can say which headers prove the key."""

    @property
    def header_names(self) -> tuple[str, ...]: ...

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]: ...


class Grant(Protocol):
    """Makes the body by which a long-lived key is exchanged for a short-lived one. Raises ValueError."""

    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Header:
    """One header. A value that is a secret, or was put together from variables, is a `Secret`."""

    name: str
    value: str | Secret


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as planned. Its address never holds a secret."""

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
    """For one model: whether an answer means that it is served; None when it says nothing of it."""
    extract_facts: Callable[[object], Iterable[tuple[str, str]]] | None = field(default=None, repr=False)
    """What of an answer is worth telling, each with what it is called."""
    any_body: bool = False
    """Whether an answer that is no JSON will do."""
    fallback: bool = False
    """Asked only when the provider lists nothing."""

    @property
    def url(self) -> str:
        return self.address.origin + self.target

    @property
    def header_names(self) -> tuple[str, ...]:
        """The names of the headers that are sent besides the usual ones."""
        signed = self.signer.header_names if self.signer is not None else ()
        return (*(header.name for header in self.headers), *signed)


@dataclass(frozen=True, slots=True)
class KeyDestination:
    """A variable and the origin that its value would be sent to."""

    variable: str
    origin: str


@dataclass(frozen=True)
class CheckPlan:
    """What asking one backend means. With a `verdict` nothing is sent: the answer is known already."""

    backend: str
    provider: Provider | None = field(repr=False)
    requests: tuple[Request, ...] = ()
    verdict: Finding | None = None
    variables: tuple[str, ...] = ()
    """The variables whose values are used, whether in a header or in the address."""
    sent: tuple[str, ...] = ()
    """Those of them that prove the key, sent or by signature."""
    key_variable: str = ""
    """The variable to look at when the key is refused."""
    called: str = ""
    """The address that Pipelex itself would call for this backend."""
    notes: tuple[str, ...] = ()
    unapproved: tuple[KeyDestination, ...] = ()
    """Pairs for which nobody has said yes yet: then the verdict is that nothing is sent."""
    wrong_field: str = ""
    """The field of the backend that is missing or wrong, when that is the verdict."""
    scrub: Scrubber = field(default_factory=Scrubber, repr=False)
    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    extra: str = ""
    """The extra of pipedeck that would have to be installed."""

    @property
    def host(self) -> str:
        """The origin of the first request."""
        return self.requests[0].address.origin if self.requests else self.called

    @property
    def sends(self) -> bool:
        """Whether running it sends anything."""
        return self.verdict is None and bool(self.requests)


MAX_ITEMS: Final = 40
"""Of a backend whose models are asked for one by one, at most so many are."""
