"""Endpoint addresses: parsing and checks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from core.probes.check_status import Reason
from core.records import dataclass
from core.secret_texts import HIDDEN

_PORTS: Final = {"http": 80, "https": 443}
# Compiled by their first use: the start of the app imports this module.
_FORM = (
    r"(?P<scheme>https?)://(?P<user>[^/?#]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#:\[\]@\\]+)(?::(?P<port>[0-9]{1,6}))?"
    r"(?P<path>/[^?#]*)?(?P<rest>[?#].*)?"
)
_HOST = r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?"
_ENCODED_IN_PATHS = r"[^!$-;=@-_a-z|~]|%(?![0-9A-Fa-f]{2})"
"""The characters that httpx 0.28 percent-encodes in a path."""
_LOCAL_NAMES: Final = (".local", ".lan", ".internal", ".intranet", ".home", ".home.arpa", ".localdomain", ".private")
"""Ends of names that no public name server knows."""
_SHARED_NETWORK: Final = "100.64.0.0/10"
"""The addresses of carriers and VPNs (RFC 6598)."""
_METADATA_HOSTS: Final = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address without user, query and fragment. `host` is lower case, without brackets."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def origin(self) -> str:
        """`https://host`, with the port unless it is the default."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and port for addresses and for the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address without a trailing slash."""
        return self.origin + self.path.rstrip("/")

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine, judged by its name."""
        return self.host == "localhost" or self.host.endswith(".localhost") or is_loopback(self.host)

    @property
    def safe_for_keys(self) -> bool:
        """Whether the connection is encrypted or stays on this machine."""
        return self.scheme == "https" or self.loopback

    @property
    def unspecified(self) -> bool:
        """Whether the host is `0.0.0.0` or `::`, which a server listens on; Linux connects it to this machine."""
        return is_unspecified(self.host)

    @property
    def local(self) -> bool:
        """Whether the host is this machine or in its network, judged by its name."""
        ip = _ip(self.host)
        if ip is None:
            # A number is an address in a short form: 134744072 is 8.8.8.8.
            alone = "." not in self.host and not self.host[0].isdigit()
            return self.loopback or alone or self.host.endswith(_LOCAL_NAMES)
        return ip.is_private or (ip.version == 4 and ip in ipaddress.ip_network(_SHARED_NETWORK))


@lru_cache(maxsize=256)
def parse_address(text: str) -> Address | Reason:
    """The address in a text, or the reason why it cannot be checked. Never raises."""
    match = re.fullmatch(_FORM, text, re.IGNORECASE)
    if match is None:
        return Reason.BAD_URL
    if match["user"]:
        return Reason.SECRET_IN_URL
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else _PORTS[scheme]
    host = _ascii_host(match["host"])
    path = match["path"] or ""
    # The clients drop a fragment. A query would end up before the path of a call, and a blank is a mistake.
    odd = (match["rest"] or "").startswith("?") or " " in path or not path.isprintable()
    if host is None or not 0 < port < 65536 or odd:
        return Reason.BAD_URL
    if host in _METADATA_HOSTS or is_blocked_address(host):
        return Reason.ADDRESS
    return Address(scheme, host, port, _client_path(path))


def _client_path(path: str) -> str:
    """A path as the clients send it: percent-encoded, without the segments `.` and `..`."""
    encoded = re.sub(_ENCODED_IN_PATHS, lambda match: quote(match[0], safe=""), path)
    if "/." not in encoded:
        return encoded
    segments: list[str] = []
    for segment in encoded.split("/"):
        if segment == ".." and segments not in ([], [""]):
            segments.pop()
        elif segment not in (".", ".."):
            segments.append(segment)
    return "/".join(segments)


def _ascii_host(text: str) -> str | None:
    """A host in lower case and IDNA form, which exposes look-alike letters. None if it is invalid."""
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError:
            return None
    try:
        host = text.encode("idna").decode("ascii").lower() if not text.isascii() else text.lower()
    except UnicodeError:
        return None
    return host if re.fullmatch(_HOST, host) and ".." not in host else None


def is_loopback(address: str) -> bool:
    """Whether an IP address is a loopback address. False for names."""
    ip = _ip(address)
    return ip is not None and ip.is_loopback


def is_unspecified(address: str) -> bool:
    """Whether an IP address is `0.0.0.0` or `::`. False for names."""
    ip = _ip(address)
    return ip is not None and ip.is_unspecified


def is_blocked_address(address: str) -> bool:
    """Whether an IP address is link-local, where clouds serve credentials, or not a unicast address."""
    ip = _ip(address)
    return ip is not None and (ip.is_link_local or ip.is_multicast)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = text.partition("%")[0]
    if ":" not in text and not text.replace(".", "").isdecimal():  # a name, as most are: no use of `ipaddress`
        return None
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


# Versions and words of paths, which are no secret wherever they come from.
_HARMLESS_PART = (
    r"v?[0-9]{1,4}(?:[.\-][0-9]{1,2}){0,2}(?:-?(?:preview|beta|alpha))?|v[0-9](?:beta|alpha)[0-9]?"
    r"|latest|preview|openai|api|models?"
)


def private_parts(values: Iterable[str]) -> tuple[str, ...]:
    """The parts of values of variables that are not shown in addresses: all but schemes, hosts, ports and versions."""
    parts: dict[str, None] = {}
    for value in values:
        for part in re.split(r"[/?&#=]+", re.sub(r"\A[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]*", "", value.strip())):
            if part and not re.fullmatch(_HARMLESS_PART, part):
                parts[part] = None
    return tuple(parts)


def without_parts(url: str, private: Sequence[str]) -> str:
    """An address for display: each part of its path and query that holds a private one is hidden."""
    origin = re.match(r"[a-z]+://[^/?#]*", url)
    start = origin.end() if origin else 0

    def shown(match: re.Match[str]) -> str:
        part = unquote(match[0])
        return HIDDEN if any(one == part or (len(one) >= 4 and one in part) for one in private) else match[0]

    return url[:start] + re.sub(r"[^/?&#=]+", shown, url[start:]) if private else url
