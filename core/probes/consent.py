"""The approvals that a plan requires: variables for new hosts, and hosts that are called without encryption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.probes.address import Address, parse_address
from core.probes.check_plan import CheckPlan, KeyDestination, Request, UnsendableError
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.secret import Secret
from core.records import dataclass


def destinations(plan: CheckPlan) -> Iterator[KeyDestination]:
    """The hosts and the variables to approve, hosts first. Raises UnsendableError for a key in the open internet."""
    hosts = [host for request in plan.requests for host in _open_hosts(request)]
    yield from dict.fromkeys(KeyDestination("", host) for host in hosts)
    yield from dict.fromkeys(
        KeyDestination(name, request.address.origin) for request in plan.requests for name in plan.sent
    )


def _open_hosts(request: Request) -> Iterator[str]:
    """The hosts that receive a request in the open, or that only some systems connect to this machine."""
    address = request.address
    if address.unspecified:
        yield address.host
    secret = any(isinstance(header.value, Secret) for header in request.headers)
    if address.scheme == "https" or not (secret or request.signer is not None or request.grant is not None):
        return
    proxy = request.route.proxy.address if request.route.proxy is not None else None
    for receiver in (address, *((proxy,) if proxy is not None else ())):
        if receiver.loopback or receiver.unspecified:
            continue
        if not receiver.local:
            raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.PLAIN_HTTP), field="endpoint")
        yield receiver.host


def consent_finding(first: KeyDestination) -> Finding:
    """The verdict of a plan that waits for approvals, by the first of them."""
    if first.variable:
        return Finding(CheckStatus.NOT_CHECKABLE, Reason.CONSENT)
    unspecified = first.origin in ("0.0.0.0", "::")
    return Finding(CheckStatus.NOT_CHECKABLE, Reason.UNSPECIFIED if unspecified else Reason.OPEN_HOST)


@dataclass(frozen=True)
class Question:
    """One question to the user. A yes approves all its destinations."""

    pairs: tuple[KeyDestination, ...]

    @property
    def host(self) -> str:
        """The host or origin that it is about."""
        return self.pairs[-1].origin

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables to be sent."""
        return tuple(pair.variable for pair in self.pairs if pair.variable)

    @property
    def text(self) -> str:
        """The reason of the question."""
        first, names = self.pairs[0], " and ".join(self.variables)
        if first.variable:
            return f"{names} was never sent to {self.host}"
        if consent_finding(first).reason is Reason.UNSPECIFIED:
            sent = f", with {names}" if names else ""
            return f"{self.host} is the address that a server listens on, and this machine for most clients{sent}"
        return f"{names or 'a key'} would be sent to {self.host} without encryption"


def questions(plans: Iterable[CheckPlan]) -> list[Question]:
    """The questions about the destinations without approval: one for each host in the open, and each other variable."""
    left = list(dict.fromkeys(pair for plan in plans for pair in plan.unapproved))
    asked = []
    while left:
        first = left.pop(0)
        same = [pair for pair in left if not first.variable and host_of(pair) == first.origin]
        left = [pair for pair in left if pair not in same]
        asked.append(Question((first, *same)))
    return asked


def host_of(pair: KeyDestination) -> str:
    """The host of a destination, without scheme and port."""
    address = parse_address(pair.origin)
    return address.host if isinstance(address, Address) else pair.origin


def parse_host(text: str) -> KeyDestination | str:
    """The approval of a host as `HOST`, `HOST:PORT` or an address, or an error message."""
    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") and "://" not in text else text
    address = parse_address(bare if "://" in bare else f"http://{bare}")
    if not isinstance(address, Address):
        return "write it as HOST, such as 192.168.1.5"
    if not (address.local or address.unspecified):
        return "only hosts of the local network can be asked without encryption"
    return KeyDestination("", address.host)
