"""Endpoint addresses: parsing, checks, and host name resolution."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import threading
from concurrent.futures import Future
from typing import Final

from core.probes.check_status import Reason
from core.records import dataclass

_PORTS: Final = {"http": 80, "https": 443}
_FORM = re.compile(
    r"(?P<scheme>https?)://(?P<user>[^/?#]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#:\[\]@\\]+)(?::(?P<port>[0-9]{1,6}))?"
    r"(?P<path>/[^?#]*)?(?P<rest>[?#].*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?")
_PATH = re.compile(r"[!-~]*")
_METADATA_HOSTS: Final = frozenset({"metadata.google.internal", "metadata.goog", "instance-data"})


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address without user, query and fragment. `host` is in lower case, without brackets."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def origin(self) -> str:
        """`https://host`, with the port where it is not the usual one."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and port as they stand in an address and in the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without a slash at its end."""
        return self.origin + self.path.rstrip("/")

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine, going by its name."""
        return self.host == "localhost" or self.host.endswith(".localhost") or is_loopback(self.host)

    @property
    def safe_for_keys(self) -> bool:
        """Whether nobody on the way can read what is sent."""
        return self.scheme == "https" or self.loopback


def parse_address(text: str) -> Address | Reason:
    """The address in a text, or why it is none that can be asked. Never raises."""
    found = _FORM.fullmatch(text)
    if found is None:
        return Reason.BAD_URL
    if found["user"]:
        return Reason.SECRET_IN_URL
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    host = _ascii_host(found["host"])
    path = found["path"] or ""
    if host is None or not 0 < port < 65536 or found["rest"] or not _PATH.fullmatch(path):
        return Reason.BAD_URL
    if host in _METADATA_HOSTS or is_blocked_address(host):
        return Reason.ADDRESS
    return Address(scheme, host, port, path)


def _ascii_host(text: str) -> str | None:
    """A host in lower case and ASCII: letters that look like others show what they are. None when it is none."""
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError:
            return None
    try:
        host = text.encode("idna").decode("ascii").lower() if not text.isascii() else text.lower()
    except UnicodeError:
        return None
    return host if _HOST.fullmatch(host) and ".." not in host else None


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own. False for names."""
    found = _ip(address)
    return found is not None and found.is_loopback


def is_blocked_address(address: str) -> bool:
    """Whether an IP address is link-local, as those are where clouds keep credentials, or none to connect to."""
    found = _ip(address)
    return found is not None and (found.is_link_local or found.is_multicast or found.is_unspecified)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


async def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order to try them. Raises OSError when there are none.

    The look-up runs in a thread that is left behind when the caller gives up: not in one of the loop's own, which are
    waited for at the end of a run and of the process.
    """
    done: Future[list[str]] = Future()
    threading.Thread(target=_ask, args=(host, port, done), name="look-up", daemon=True).start()
    return await asyncio.wrap_future(done)


def _ask(host: str, port: int, done: Future[list[str]]) -> None:
    found: list[str] = []
    failed: OSError | None = None
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    except OSError as error:
        failed = error
    except ValueError:  # a name that cannot be written as one
        failed = socket.gaierror(socket.EAI_NONAME, "no such name")
    finally:
        # The caller may be gone already; a cancelled future takes no result.
        if done.set_running_or_notify_cancel():
            if found:
                done.set_result(found)
            else:
                done.set_exception(failed or socket.gaierror(socket.EAI_NONAME, "no address"))
