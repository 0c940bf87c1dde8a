"""The options of plans: approved destinations, stand-ins, proxy and certificates."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import field, replace

from core.catalog import Catalog
from core.probes.address import Address, parse_address
from core.probes.certificates import certificates_of
from core.probes.check_plan import CheckPlan, KeyDestination, UnsendableError
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.proxies import library_of, proxies_of
from core.probes.trust import is_own_destination
from core.providers.provider import Provider
from core.records import dataclass
from core.safe_text import safe


@dataclass(frozen=True)
class PlanOptions:
    """The options of a plan.

    `trust` holds the approved destinations of variables. `stand_ins` are servers on this machine in place of an
    origin, for the demo and for tests. `deep` adds requests for each model where a provider's list does not show them.
    `proxy` and `ca_file` are settings in place of the variables; the proxy `off` disables theirs.
    """

    trust: Container[KeyDestination] = ()
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    deep: bool = False
    proxy: str = field(default="", repr=False)
    ca_file: str = ""

    def __post_init__(self) -> None:
        for stand_in in self.stand_ins.values():
            address = parse_address(stand_in)
            if not isinstance(address, Address) or not address.loopback:
                raise ValueError("a stand-in must be on this machine")

    def _is_stand_in(self, origin: str) -> bool:
        addresses = map(parse_address, self.stand_ins.values())
        return any(isinstance(address, Address) and address.origin == origin for address in addresses)

    def approves(self, provider: Provider, pair: KeyDestination) -> bool:
        """Whether a destination needs no question."""
        if pair in self.trust or self._is_stand_in(pair.origin):
            return True
        address = parse_address(pair.origin)
        return isinstance(address, Address) and is_own_destination(provider, pair.variable, address)

    def routed(self, plan: CheckPlan, provider: Provider, sdks: frozenset[str], catalog: Catalog) -> CheckPlan:
        """The plan with the proxy of each request, and with notes on proxies and certificates.

        `sdks` are those of the models, which determine the client. Raises UnsendableError for a proxy with which no
        client can be built or none can call.
        """
        library = library_of(provider, sdks, catalog)
        packages = catalog.readiness.packages
        socks = packages is not None and packages.has("socksio")
        proxies = proxies_of(catalog.environment, self.proxy, library, socks=socks)
        for it in plan.requests:
            fault = proxies.fault(it.address) if not self._is_stand_in(it.address.origin) else None
            if fault is not None:
                reason = Reason.SOCKS if fault.socks else Reason.PROXY
                finding = Finding(CheckStatus.NOT_CHECKABLE, reason, f"{fault.variable}: {fault.reason}")
                raise UnsendableError(finding, variable=fault.variable)
        requests = tuple(
            it if self._is_stand_in(it.address.origin) else replace(it, route=proxies.route(it.address))
            for it in plan.requests
        )
        notes = dict.fromkeys(note for it in requests for note in it.route.notes(it.address))
        certificates = certificates_of(catalog, self.ca_file)
        if certificates.path and any(it.address.scheme == "https" for it in requests):
            notes[f"certificates of {safe(certificates.path)} ({certificates.source})"] = None
        return replace(plan, requests=requests, notes=(*plan.notes, *notes))
