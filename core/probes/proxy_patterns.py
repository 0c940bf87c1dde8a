"""The patterns that httpx 0.28 and httpx2 make of proxies and of the entries of `NO_PROXY`."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from core.probes.address import Address
from core.records import dataclass

if TYPE_CHECKING:
    # Imported by the function that needs it: the app reads stored results at its start.
    import httpx


@dataclass(frozen=True, slots=True)
class Pattern:
    """The addresses of a proxy or of an entry of `NO_PROXY`. `host` may start with `*.` or `*`; an empty one is any."""

    scheme: str
    host: str
    port: int | None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None

    @property
    def priority(self) -> tuple[int, ...]:
        """Its place among the patterns: the most specific first."""
        if self.network is not None:
            return self.port is None, 1, self.network.num_addresses, 0, -len(self.scheme)
        return self.port is None, 0 if self.host else 2, 0, -len(self.host), -len(self.scheme)

    def matches(self, address: Address) -> bool:
        """Whether it is for an address. The default port of a scheme is none."""
        default = Address(address.scheme, address.host, address.port).netloc == _bracketed(address.host)
        if self.scheme not in ("", address.scheme) or self.port not in (None, None if default else address.port):
            return False
        if self.network is not None:
            try:
                return ipaddress.ip_address(address.host) in self.network
            except ValueError:
                return False
        if self.host.startswith("*."):
            return address.host.endswith(self.host[1:])
        if self.host.startswith("*"):
            return address.host == self.host[1:] or address.host.endswith("." + self.host[1:])
        return self.host in ("", address.host)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def httpx_url(text: str) -> httpx.URL | None:
    """A text as httpx reads it; None if it does not."""
    import httpx

    try:
        return httpx.URL(text)
    except httpx.InvalidURL:
        return None


def pattern_of(key: str, *, networks: bool) -> Pattern | None:
    """The pattern of a key; None for one that is skipped."""
    url = httpx_url(key)
    if url is None:
        return None
    host = url.raw_host.decode("ascii", "replace")
    scheme = "" if url.scheme == "all" else url.scheme
    prefix = url.path.removeprefix("/")
    if networks and prefix and _is_ip(host):
        try:
            return Pattern(scheme, host, url.port, ipaddress.ip_network(f"{host}/{prefix}", strict=False))
        except ValueError:
            return None
    return Pattern(scheme, "" if host == "*" else host, url.port)


def httpx_key(entry: str) -> str:
    """The key of an entry of `NO_PROXY` in httpx 0.28."""
    if "://" in entry:
        return entry
    if _is_ip(entry):
        return f"all://[{entry}]" if ":" in entry else f"all://{entry}"
    return f"all://{entry}" if entry.lower() == "localhost" else f"all://*{entry}"


def httpx2_key(entry: str) -> str:
    """The same in httpx2; empty for an entry that is skipped."""
    if "://" not in entry and _is_ip(entry) and ":" in entry:
        address, slash, subnet = entry.partition("/")
        return f"all://[{address}]{slash}{subnet}"
    if "://" in entry or _is_ip(entry):
        return httpx_key(entry)
    if entry.startswith("[") or (entry.startswith("*.") and "/" not in entry):
        return f"all://{entry}"
    return httpx_key(entry) if "/" not in entry else ""


def _is_ip(entry: str) -> bool:
    try:
        ipaddress.ip_address(entry.partition("/")[0])
    except ValueError:
        return False
    return True
