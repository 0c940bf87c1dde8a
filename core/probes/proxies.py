"""The proxies of requests, from the variables that Pipelex's clients read, by the rules of the library of each client.

A lower-case name wins over an upper-case one, also with an empty value. This machine is not exempt from a proxy. The
rules of `NO_PROXY` differ: httpx2 reads networks, httpx 0.28 does not and fails to start with an IPv6 address in
brackets, and aiohttp and botocore take those of Python's `urllib`, without `ALL_PROXY`. Measured by
`python -m tests.conformance.proxies` with httpx 0.28.1, httpx2 2.16.2, aiohttp 3.14.5 and aiobotocore 3.10.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Final

from core.catalog import Catalog
from core.probes.address import Address, parse_address
from core.probes.proxy_patterns import httpx2_key, httpx_key, httpx_url, pattern_of
from core.providers import table
from core.providers.provider import Provider
from core.records import dataclass
from core.releases import Release
from core.safe_text import safe
from core.variables import Environment

PROXY_OFF: Final = "off"
"""The setting that ignores the variables."""
NO_PROXY: Final = "NO_PROXY"
_OPENAI_2_SINCE: Final = Release(0, 15, 0)


class Library(StrEnum):
    """The library below a client that sends its requests."""

    HTTPX = "httpx"
    HTTPX2 = "httpx2"
    AIOHTTP = "aiohttp"
    """That of Google's client, which builds one of httpx beside it and fails where that does."""
    BOTOCORE = "botocore"


_HTTPX2_SINCE: Final[Mapping[str, int]] = {"openai": 3, "anthropic": 1, "mistralai": 3}
"""The major version since which a package requires httpx2 in place of httpx."""


def library_of(provider: Provider, sdks: frozenset[str], catalog: Catalog) -> Library:
    """The library of the client that calls the models of some sdks of a provider."""
    if provider is table.BEDROCK:
        return _client_library("anthropic", catalog) if sdks == {"bedrock_anthropic"} else Library.BOTOCORE
    if provider is table.GOOGLE:
        return Library.AIOHTTP
    if provider is table.MISTRAL:
        return _client_library("mistralai", catalog)
    if provider is table.TYPESAFE:
        return Library.HTTPX2
    if provider in (table.FAL, table.HUGGING_FACE, table.LINKUP) or (sdks and all("_rest" in sdk for sdk in sdks)):
        return Library.HTTPX
    return _client_library("anthropic" if provider.protocol == "anthropic" else "openai", catalog)


def client_version(package: str, catalog: Catalog) -> str:
    """The version of the package of a client, as installed; that of its time if unknown, or an empty text.

    Releases up to 0.14 require `instructor` before 1.11, and by that version 1 of the client of OpenAI.
    """
    packages = catalog.readiness.packages
    version = packages.versions.get(package, "") if packages is not None else ""
    return version or ("1" if package == "openai" and catalog.release < _OPENAI_2_SINCE else "")


def _client_library(package: str, catalog: Catalog) -> Library:
    major = re.match(r"\d+", client_version(package, catalog))
    old = major is not None and int(major[0]) < _HTTPX2_SINCE[package]
    return Library.HTTPX if old else Library.HTTPX2


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `source` is the variable or option that names it; its `url` may contain a password."""

    url: str = field(repr=False)
    source: str

    @property
    def address(self) -> Address | None:
        """Its address, None if it is not of the form http://HOST:PORT."""
        scheme, _, rest = self.url.partition("://")
        host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        address = parse_address(f"{scheme.lower()}://{host.removesuffix(':')}")
        return address if isinstance(address, Address) and "://" not in rest else None

    @property
    def credentials(self) -> str:
        """The user and password with `@`, if any."""
        before, at, _ = re.split(r"[/?#]", self.url.partition("://")[2], maxsplit=1)[0].rpartition("@")
        return before + at

    @property
    def shown(self) -> str:
        """Its origin, without user and password."""
        address = self.address
        return address.origin if address is not None else "an unusable address"


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a request: through a proxy, or directly although one is set, with the reason."""

    proxy: Proxy | None = None
    unused: str = ""

    def notes(self, address: Address) -> Iterator[str]:
        """Notes on the way to an address: the proxy, or why there is none."""
        if self.proxy is not None:
            yield f"through the proxy {self.proxy.shown} ({self.proxy.source})"
            if address.loopback:
                yield f"{NO_PROXY}={address.host} would exclude this machine from the proxy, also for Pipelex"
        elif self.unused and not address.loopback:
            yield self.unused


@dataclass(frozen=True, slots=True)
class ProxyFault:
    """The variable that stops the calls of a client, with the reason; `socks` if it stops those of pipedeck only."""

    variable: str
    reason: str
    socks: bool = False


_HTTPX: Final = (Library.HTTPX, Library.HTTPX2)
_FORM: Final = "its value is not of the form http://HOST:PORT"


@dataclass(frozen=True)
class Proxies:
    """The proxies by scheme (`http`, `https`, `all`), and the hosts that are called directly."""

    by_scheme: Mapping[str, Proxy] = field(default_factory=dict)
    bypassed: str = ""
    """The value of `NO_PROXY`."""
    bypassed_by: str = NO_PROXY
    """The variable with it, which may be in lower case."""
    library: Library = Library.HTTPX2
    socks: bool = False
    """Whether the client can call through a SOCKS proxy."""
    setting: Proxy | None = None
    """A proxy in place of those of the variables. It is never used for this machine."""
    off: bool = False
    """Whether the setting disables them."""

    def fault(self, address: Address) -> ProxyFault | None:
        """The fault that keeps the client from being built, or from calling an address."""
        if self.setting is not None or self.off:
            return None
        if self.library is not Library.BOTOCORE and "*" not in self._entries:
            for fault in self._httpx_faults():
                return fault
        proxy = self.route(address).proxy
        if proxy is None or proxy.address is not None:
            return None
        if proxy.url.startswith("socks5"):
            return ProxyFault(proxy.source, "pipedeck sends nothing through a SOCKS proxy", socks=True)
        return ProxyFault(proxy.source, _FORM)

    def _httpx_faults(self) -> Iterator[ProxyFault]:
        for proxy in self.by_scheme.values():
            url = httpx_url(proxy.url if "://" in proxy.url else f"http://{proxy.url}")
            if url is None or url.scheme not in ("http", "https", "socks5", "socks5h"):
                yield ProxyFault(proxy.source, _FORM)
            elif url.scheme.startswith("socks") and not self.socks:
                yield ProxyFault(
                    proxy.source, "a SOCKS proxy needs the package socksio, which the client does not require"
                )
        if self.library in (Library.HTTPX, Library.AIOHTTP):
            for entry in self._entries:
                if httpx_url(httpx_key(entry)) is None:
                    reason = (
                        f"the client of Pipelex stops at its entry {safe(entry)[:60]}: leave out brackets, write ::1"
                    )
                    yield ProxyFault(self.bypassed_by, reason)

    @property
    def _entries(self) -> tuple[str, ...]:
        return tuple(entry for item in self.bypassed.split(",") if (entry := item.strip()))

    def route(self, address: Address) -> Route:
        """The way to an address."""
        if self.setting is not None:
            return Route(self.setting if not address.loopback else None)
        named, by_httpx = self.by_scheme, self.library in _HTTPX
        proxy = named.get(address.scheme) or (named.get("all") if by_httpx else None)
        if proxy is None:
            other = next(iter(named.values()), None)
            return Route(unused=f"{other.source} is set, but not for {address.scheme} addresses" if other else "")
        if self.off:
            return Route(unused=f"{proxy.source} is set, but turned off by the setting")
        if self.library is Library.AIOHTTP and proxy.url.lower().startswith("https://"):
            return Route(unused=f"{proxy.source} is set, but the client ignores the proxies of https")
        if self._httpx_bypasses(address) if by_httpx else self._urllib_bypasses(address):
            return Route(unused=f"{proxy.source} is set, but {self.bypassed_by} excludes this host")
        return Route(proxy)

    def _httpx_bypasses(self, address: Address) -> bool:
        """Whether the first pattern for an address is one of `NO_PROXY`."""
        if "*" in self._entries:
            return True
        networks = self.library is Library.HTTPX2
        make = httpx2_key if networks else httpx_key
        keys = dict.fromkeys((f"{scheme}://" for scheme in self.by_scheme), False)
        keys |= dict.fromkeys((key for entry in self._entries if (key := make(entry))), True)
        patterns = [(it, bypasses) for key, bypasses in keys.items() if (it := pattern_of(key, networks=networks))]
        ordered = sorted(patterns, key=lambda pair: pair[0].priority)
        return next((bypasses for pattern, bypasses in ordered if pattern.matches(address)), False)

    def _urllib_bypasses(self, address: Address) -> bool:
        # Imported here: it imports `ssl`, which takes 4 MiB.
        import urllib.request

        # botocore names the port of an address, aiohttp the host alone.
        host = address.netloc if self.library is Library.BOTOCORE else address.host
        return bool(urllib.request.proxy_bypass_environment(host, {"no": self.bypassed}))  # type: ignore[attr-defined]


def proxy_fault(setting: str) -> str:
    """The fault of a setting, or an empty text. The address is not repeated: it may contain a password."""
    usable = setting in ("", PROXY_OFF) or ("://" in setting and Proxy(setting, "").address is not None)
    return "" if usable else "the proxy's address is not of the form http://HOST:PORT"


def proxies_of(
    environment: Environment, setting: str = "", library: Library = Library.HTTPX2, *, socks: bool = False
) -> Proxies:
    """The proxies of the variables for a client, or those of a setting: an address, or `off`."""
    if setting and setting != PROXY_OFF:
        return Proxies(setting=Proxy(setting, "the setting"))
    values = dict(_proxy_variables(environment))
    found = {
        scheme: Proxy(_whole(value, library), name)
        for scheme in ("http", "https", "all")
        for name, value in [values.get(scheme, ("", ""))]
        if value
    }
    name, bypassed = values.get("no", (NO_PROXY, ""))
    return Proxies(found, bypassed, name, library, socks, off=setting == PROXY_OFF)


def _whole(value: str, library: Library) -> str:
    """The address of a proxy as a library completes it."""
    if library is Library.AIOHTTP:
        return f"http:{value}" if value.startswith("//") else value
    if library is Library.BOTOCORE:
        lead = "" if value.startswith(("http:", "https:")) else "http:" if value.startswith("//") else "http://"
        return lead + value
    return value if "://" in value else f"http://{value}"


def _proxy_variables(environment: Environment) -> Iterator[tuple[str, tuple[str, str]]]:
    """Kind, and name with value of each variable `*_proxy`; the last one wins. As `urllib.request.getproxies`."""
    names = [name for name in environment.names if name.lower().endswith("_proxy")]
    in_cgi = "REQUEST_METHOD" in environment.names
    for name in sorted(names, key=str.islower):
        kind, value = name.lower().removesuffix("_proxy"), environment.filled("${env:" + name + "}")
        filled = value if not value.startswith("${") else ""
        if name.islower() or (filled and not (in_cgi and kind == "http")):
            yield kind, (name, filled)
