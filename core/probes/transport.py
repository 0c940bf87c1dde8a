"""The HTTP transport of checks: one request at a time, with size and time limits and classified failures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final

from core import __version__
from core.probes.address import Address, is_blocked_address, is_loopback, parse_address, resolve_host
from core.probes.answer import Answer, BadJsonError, read_json
from core.probes.check_status import CheckStatus, Finding, Reason
from core.records import dataclass

if TYPE_CHECKING:
    # Imported by the functions that need it: the app reads stored results at its start, and `ssl` takes 4 MiB.
    import ssl

    import httpx


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a run. Times are in seconds, sizes in bytes.

    This machine (`loopback`) answers soon or not at all. `proxy` is the address of a proxy to go through, though never
    to this machine. `ca_file` names a file of the certificates to believe, in place of the usual ones.
    """

    at_once: int = 6
    per_host: int = 2
    per_check: float = 10.0
    loopback: float = 3.0
    in_all: float = 30.0
    connect: float = 5.0
    most_bytes: int = 4 << 20
    retry: bool = True
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


_PHASES: Final = {
    "look-up": Reason.LOOK_UP,
    "connect": Reason.CONNECT,
    "handshake": Reason.HANDSHAKE,
    "waiting": Reason.WAITING,
    "body": Reason.BODY,
}
# OpenSSL's numbers (x509_vfy.h) for what may be wrong with a certificate.
_EXPIRED: Final = frozenset({9, 10})
_WRONG_HOST: Final = frozenset({62, 63, 64})


class SendError(Exception):
    """No answer came. It holds a finding and no text: texts of network errors repeat addresses and headers."""

    def __init__(self, finding: Finding, phase: str) -> None:
        super().__init__(finding.status.value)
        self.finding = finding
        self.phase = phase


def timeout_finding(phase: str) -> Finding:
    """What it means that the time was over in this phase."""
    return Finding(CheckStatus.TIMEOUT, _PHASES.get(phase))


def network_finding(error: BaseException, phase: str) -> Finding:
    """What an exception means. Its text is not looked at: it may hold a header's value."""
    import ssl

    chain = tuple(_chain(error))
    names = {type(link).__name__ for link in chain}
    if "ProxyError" in names:
        return Finding(CheckStatus.REFUSED, Reason.PROXY)
    for link in chain:
        if isinstance(link, socket.gaierror):
            return Finding(CheckStatus.DNS)
        if isinstance(link, ssl.SSLCertVerificationError):
            return Finding(CheckStatus.TLS, _certificate_reason(link))
        # "Wants to read" is no error but what it was waiting for when the time was over.
        if isinstance(link, ssl.SSLError) and not isinstance(link, ssl.SSLWantReadError | ssl.SSLWantWriteError):
            return Finding(CheckStatus.TLS)
        if isinstance(link, ConnectionRefusedError):
            return Finding(CheckStatus.REFUSED)
    # Both of httpx's and of the system; `TimeoutException` is httpx's base of all.
    if any(isinstance(link, TimeoutError) for link in chain) or any(name.endswith("Timeout") for name in names):
        return timeout_finding(phase)
    if phase == "handshake":
        return Finding(CheckStatus.TLS)
    if phase in ("look-up", "connect"):
        # No route, network down: nothing was reached.
        return Finding(CheckStatus.REFUSED)
    return Finding(CheckStatus.BAD_RESPONSE, Reason.RESET)


def _certificate_reason(error: ssl.SSLCertVerificationError) -> Reason:
    if error.verify_code in _EXPIRED:
        return Reason.EXPIRED
    return Reason.WRONG_HOST if error.verify_code in _WRONG_HOST else Reason.UNTRUSTED


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything behind it, each once."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
        waiting += [behind for behind in (link.__cause__, link.__context__) if behind is not None]


_MOST_HEADERS: Final = 100
_LONGEST_VALUE: Final = 1000
_AT_ONCE: Final = 1 << 16
_AS_USUAL: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"pipedeck/{__version__}",
}


class Progress:
    """How far a request has come: what a time-out means depends on it."""

    def __init__(self) -> None:
        self.phase = "look-up"
        self._stream: object = None

    async def trace(self, event: str, told: Mapping[str, object]) -> None:
        """Told by the connection itself."""
        if event == "connection.connect_tcp.started":
            self.phase, self._stream = "connect", None
        elif event == "connection.connect_tcp.complete":
            self._stream = told.get("return_value")
        elif event == "connection.start_tls.started":
            self.phase = "handshake"
        elif event.endswith("send_request_headers.started"):
            self.phase = "waiting"

    async def abandon(self) -> None:
        """Close the connection. httpx leaves one open whose handshake is cancelled, until memory is tidied up."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            with contextlib.suppress(Exception):
                await close()


class Transport:
    """Sends requests under the settings of a run. One for each run; not for use in several loops."""

    def __init__(self, settings: Settings, *, secure: bool) -> None:
        """`secure`: whether anything goes to an https address, so that certificates have to be read.

        Raises OSError when the file of certificates cannot be used.
        """
        for name in ("httpx", "httpcore"):
            # They tell whole addresses at INFO, and more below.
            logging.getLogger(name).setLevel(logging.WARNING)
        self._settings = settings
        self._context = _certificates(settings.ca_file) if secure or settings.proxy else None

    @staticmethod
    async def warm_up() -> None:
        """Import now what the first request would, so that its time is the server's alone."""
        import anyio
        import httpx  # noqa: F401 - imported to be there

        anyio.get_current_task()

    async def send(
        self, method: str, address: Address, target: str, headers: Mapping[str, str], body: bytes, progress: Progress
    ) -> Answer:
        """Send one request and read its answer. Raises SendError when none comes; cancelled, it leaves at once."""
        proxied = self._settings.proxy is not None and not address.loopback
        progress.phase = "look-up"
        proxy = await self._proxy() if proxied else None
        places = [address.host] if proxied else await self._places(address)
        for number, place in enumerate(places):
            last = number == len(places) - 1
            try:
                connect = self._settings.connect if last else self._settings.connect / 2
                return await self._exchange(method, address, place, target, headers, body, progress, connect, proxy)
            except SendError as error:
                if proxied and error.finding == Finding(CheckStatus.REFUSED):
                    raise SendError(Finding(CheckStatus.REFUSED, Reason.PROXY), error.phase) from None
                # The next address of the same host is tried only when nothing was sent to this one.
                if last or progress.phase != "connect":
                    raise
                progress.phase = error.phase
        raise SendError(Finding(CheckStatus.DNS), "look-up")

    async def _places(self, address: Address) -> list[str]:
        """The addresses to connect to, looked up here so that each can be judged."""
        try:
            found = await resolve_host(address.host, address.port)
        except OSError as error:
            raise SendError(network_finding(error, "look-up"), "look-up") from None
        if any(map(is_blocked_address, found)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        if address.loopback and not all(map(is_loopback, found)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        return found

    async def _proxy(self) -> str:
        """The proxy's address with its host looked up here: httpx would do that in a thread nobody can leave."""
        assert self._settings.proxy is not None
        before, at, _ = self._settings.proxy.partition("://")[2].rpartition("@")
        address = _proxy_address(self._settings.proxy)
        assert address is not None
        try:
            found = await resolve_host(address.host, address.port)
        except OSError:
            raise SendError(Finding(CheckStatus.REFUSED, Reason.PROXY), "look-up") from None
        host = f"[{found[0]}]" if ":" in found[0] else found[0]
        return f"http://{before}{at}{host}:{address.port}"

    async def _exchange(
        self,
        method: str,
        address: Address,
        place: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        progress: Progress,
        connect: float,
        proxy: str | None,
    ) -> Answer:
        import httpx

        host = f"[{place}]" if ":" in place else place
        url = f"{address.scheme}://{host}:{address.port}{target}"
        extensions: dict[str, object] = {"trace": progress.trace}
        if address.scheme == "https" and place != address.host:
            # The certificate is judged for the host that was meant, not for the number behind it.
            extensions["sni_hostname"] = address.host
        started = time.monotonic()
        try:
            async with self._client(httpx.Timeout(None, connect=connect), proxy) as client:
                request = client.build_request(
                    method,
                    url,
                    headers={**_AS_USUAL, **headers, "Host": address.netloc},
                    content=body or None,
                    extensions=extensions,
                )
                response = await client.send(request, stream=True)
                try:
                    first = time.monotonic() - started
                    progress.phase = "body"
                    raw, bad = await self._body(response)
                finally:
                    await response.aclose()
        except asyncio.CancelledError:
            await progress.abandon()
            raise
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError, ExceptionGroup) as error:
            # No cause: its text may hold a header's value.
            raise SendError(network_finding(error, progress.phase), progress.phase) from None
        data: object = None
        if bad is None:
            try:
                data = read_json(raw)
            except BadJsonError:
                bad = Reason.NOT_JSON
        kept = {name.lower(): value[:_LONGEST_VALUE] for name, value in list(response.headers.items())[:_MOST_HEADERS]}
        return Answer(response.status_code, kept, raw, data, bad, first, time.monotonic() - started)

    def _client(self, timeout: httpx.Timeout, proxy: str | None) -> httpx.AsyncClient:
        import httpx

        return httpx.AsyncClient(
            verify=self._context if self._context is not None else _no_certificates(),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            # No connection is used twice: two hosts may share an address, but not a certificate.
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            proxy=proxy,
        )

    async def _body(self, response: httpx.Response) -> tuple[bytes, Reason | None]:
        """The bytes of an answer, unpacked, up to the limit; with them what is wrong with the whole of it."""
        most = self._settings.most_bytes
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            return b"", Reason.ENCODING
        packed = encoding not in ("", "identity")
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
        parts: list[bytes] = []
        size = 0
        async for chunk in response.aiter_raw(_AT_ONCE):
            # A fast sender must not keep the others from their turn.
            await asyncio.sleep(0)
            try:
                part = unpacker.decompress(chunk, most + 1 - size) if unpacker is not None else chunk
            except zlib.error:
                return b"".join(parts), Reason.ENCODING
            size += len(part)
            parts.append(part)
            if size > most:
                return b"".join(parts)[:most], Reason.TOO_LARGE
        return b"".join(parts), None


def _certificates(ca_file: str | None) -> ssl.SSLContext:
    """The authorities that are believed. Raises OSError when the file holds none."""
    import ssl

    if ca_file is not None:
        return ssl.create_default_context(cafile=ca_file)
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _no_certificates() -> ssl.SSLContext:
    """For plain http: nobody would be believed, and nothing has to be read."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def proxy_fault(proxy: str) -> str:
    """What is wrong with the address of a proxy; empty when nothing is. It is not repeated: it may hold a password."""
    return "" if _proxy_address(proxy) is not None else "the proxy's address is not of the form http://HOST:PORT"


def _proxy_address(proxy: str) -> Address | None:
    scheme, _, rest = proxy.partition("://")
    address = parse_address(f"http://{rest.rpartition('@')[2]}".rstrip("/"))
    return address if scheme.lower() == "http" and isinstance(address, Address) and not address.path else None
