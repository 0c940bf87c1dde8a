"""The proxies and certificates of requests, from the variables that Pipelex's clients read.

The rules are those of httpx2, the library below OpenAI's client since its version 3: `NO_PROXY` may name networks, and
a lower-case name wins over an upper-case one, also with an empty value. This machine is not exempt from a proxy.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from core.catalog import Catalog
from core.probes.address import Address, parse_address
from core.records import dataclass
from core.releases import Release
from core.variables import Environment

PROXY_OFF: Final = "off"
"""The setting that ignores the variables."""
NO_PROXY: Final = "NO_PROXY"
_CLIENT_2_SINCE: Final = Release(0, 15, 0)


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
        address = parse_address(f"{scheme.lower()}://{host}")
        return address if isinstance(address, Address) else None

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
        """Notes on the way to an address: proxy, certificates, encryption."""
        if self.proxy is not None:
            yield f"through the proxy {self.proxy.shown} ({self.proxy.source})"
            if address.loopback:
                yield f"{NO_PROXY}={address.host} would exclude this machine from the proxy, also for Pipelex"
        elif self.unused and not address.loopback:
            yield self.unused


@dataclass(frozen=True)
class Proxies:
    """The proxies by scheme (`http`, `https`, `all`), and the hosts that are called directly."""

    by_scheme: tuple[tuple[str, Proxy], ...] = ()
    bypassed: tuple[str, ...] = ()
    setting: Proxy | None = None
    """A proxy in place of those of the variables. It is never used for this machine."""
    off: bool = False
    """Whether the setting disables them."""

    @property
    def fault(self) -> tuple[str, str] | None:
        """The variable that keeps the clients from being built, with the reason."""
        if self.setting is not None or self.off or "*" in self.bypassed:
            return None
        for _, proxy in self.by_scheme:
            if proxy.url.lower().startswith("socks5"):
                return proxy.source, "a SOCKS proxy needs the package socksio, which neither client requires"
            if proxy.address is None:
                return proxy.source, "its value is not of the form http://HOST:PORT"
        return None

    def route(self, address: Address) -> Route:
        """The way to an address."""
        if self.setting is not None:
            return Route(self.setting if not address.loopback else None)
        named = dict(self.by_scheme)
        proxy = named.get(address.scheme) or named.get("all")
        if proxy is None:
            other = next(iter(named.values()), None)
            return Route(unused=f"{other.source} is set, but not for {address.scheme} addresses" if other else "")
        if self.off:
            return Route(unused=f"{proxy.source} is set, but turned off by the setting")
        if any(_matches(entry, address) for entry in self.bypassed):
            return Route(unused=f"{proxy.source} is set, but {NO_PROXY} excludes this host")
        return Route(proxy)


def proxy_fault(setting: str) -> str:
    """The fault of a setting, or an empty text. The address is not repeated: it may contain a password."""
    usable = setting in ("", PROXY_OFF) or ("://" in setting and Proxy(setting, "").address is not None)
    return "" if usable else "the proxy's address is not of the form http://HOST:PORT"


def proxies_of(environment: Environment, setting: str = "") -> Proxies:
    """The proxies of the variables, or of a setting: an address, or `off`."""
    if setting and setting != PROXY_OFF:
        return Proxies(setting=Proxy(setting, "the setting"))
    values = dict(_proxy_variables(environment))
    found = [
        (scheme, Proxy(value if "://" in value else f"http://{value}", name))
        for scheme in ("http", "https", "all")
        for name, value in [values.get(scheme, ("", ""))]
        if value
    ]
    bypassed = tuple(entry for item in values.get("no", ("", ""))[1].split(",") if (entry := item.strip().lower()))
    return Proxies(tuple(found), bypassed, off=setting == PROXY_OFF)


def _proxy_variables(environment: Environment) -> Iterator[tuple[str, tuple[str, str]]]:
    """Kind, and name with value of each variable `*_proxy`; the last one wins. As `urllib.request.getproxies`."""
    names = [name for name in environment.names if name.lower().endswith("_proxy")]
    in_cgi = "REQUEST_METHOD" in environment.names
    for name in sorted(names, key=str.islower):
        kind, value = name.lower().removesuffix("_proxy"), environment.filled("${env:" + name + "}")
        filled = value if not value.startswith("${") else ""
        if name.islower() or (filled and not (in_cgi and kind == "http")):
            yield kind, (name, filled)


def _matches(entry: str, address: Address) -> bool:
    """Whether an entry of `NO_PROXY` in lower case names the host of an address."""
    if entry == "*":
        return True
    scheme, colons, host = entry.rpartition("://")
    if colons and scheme not in ("all", address.scheme):
        return False
    network = _network(host)
    if network is not None:
        try:
            return ipaddress.ip_address(address.host) in network
        except ValueError:
            return False
    match = re.fullmatch(r"(\[[^\]]*\]|[^:/]*)(?::(\d+))?", host)
    if match is None or (match[2] and int(match[2]) != address.port):
        return False
    name = match[1].strip("[]")
    if name.startswith(("*.", ".")):
        return address.host.endswith("." + name.lstrip("*."))
    exact = address.host == name
    return exact or (not colons and name != "localhost" and bool(name) and address.host.endswith("." + name))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Certificates:
    """The file or folder of trusted authorities, with its source; neither for those of the system."""

    file: str | None = None
    folder: str | None = None
    source: str = ""

    @property
    def path(self) -> str:
        """The path of either, or an empty text."""
        return self.file or self.folder or ""


def certificates_of(catalog: Catalog, setting: str = "") -> Certificates:
    """Those of a setting, else of SSL_CERT_FILE, else of SSL_CERT_DIR, else those of the client."""
    environment = catalog.environment
    if setting:
        return Certificates(file=setting, source="the setting")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        value = environment.filled("${env:" + name + "}")
        if value and not value.startswith("${"):
            return Certificates(value, None, name) if name == "SSL_CERT_FILE" else Certificates(None, value, name)
    return _of_client(catalog)


def _of_client(catalog: Catalog) -> Certificates:
    """Those of the client of OpenAI: up to its version 2 (httpx) of the package certifi, then (httpx2) of the system.

    Releases up to 0.14 require `instructor` before 1.11, and by that version 1 of the client.
    """
    packages, installation = catalog.readiness.packages, catalog.installation
    version = packages.versions.get("openai", "") if packages is not None else ""
    version = version or ("1" if catalog.release < _CLIENT_2_SINCE else "")
    if not re.match(r"[12]\b", version):
        return Certificates()
    source = f"certifi, which openai {version} reads"
    for folder in installation.environment.site_packages if installation and installation.environment else ():
        if (file := Path(folder, "certifi", "cacert.pem")).is_file():
            return Certificates(str(file), None, source)
    import certifi

    return Certificates(certifi.where(), None, source)
