"""The HTTP transport of checks: one request at a time, with size and time limits and classified failures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import zlib
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final

from core import __version__
from core.probes.address import Address, is_blocked_address, is_loopback, parse_address
from core.probes.answer import Answer, BadJsonError, read_json
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.host_lookup import resolve_host
from core.probes.network_errors import SendError, network_finding
from core.records import dataclass

if TYPE_CHECKING:
    # Imported by the functions that need it: the app reads stored results at its start, and `ssl` takes 4 MiB.
    import ssl

    import httpx


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits of a run. Times are in seconds, sizes in bytes.

    `per_check` limits one check, `total` all of them. `concurrency` checks start at once; one without an answer after
    `slow` seconds lets the next one start. `proxy` is the address of a proxy for other machines. `ca_file` is a file
    of CA certificates to trust instead of the default ones.
    """

    concurrency: int = 6
    per_host: int = 2
    slow: float = 1.0
    per_check: float = 10.0
    total: float = 30.0
    connect: float = 5.0
    max_bytes: int = 4 << 20
    retry: bool = True
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


_MAX_HEADERS: Final = 100
_MAX_VALUE: Final = 1000
_CHUNK_BYTES: Final = 1 << 16
_COMMON_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"pipedeck/{__version__}",
}


class Progress:
    """The phase of a request, which determines the meaning of a timeout."""

    def __init__(self) -> None:
        self.phase = "look-up"
        self._stream: object = None

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Trace callback of the connection."""
        if event == "connection.connect_tcp.started":
            self.phase, self._stream = "connect", None
        elif event == "connection.connect_tcp.complete":
            self._stream = info.get("return_value")
        elif event == "connection.start_tls.started":
            self.phase = "handshake"
        elif event.endswith("send_request_headers.started"):
            self.phase = "response"

    async def abandon(self) -> None:
        """Close the connection. httpx leaves it open after a cancelled handshake, until garbage collection."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            with contextlib.suppress(Exception):
                await close()


class Transport:
    """Sends the requests of one run in one event loop.

    Unlike httpx by default it follows no redirects (which pass on keys such as `x-api-key`), reads no proxies or keys
    from the environment, limits the size and time of answers, and resolves hosts without blocking the exit.
    """

    def __init__(self, settings: Settings, *, secure: bool) -> None:
        """`secure`: whether a request uses https, so that certificates are loaded.

        Raises OSError when the certificate file is not usable.
        """
        for name in ("httpx", "httpcore"):
            # They log complete URLs at INFO.
            logging.getLogger(name).setLevel(logging.WARNING)
        self._settings = settings
        self._context = _certificates(settings.ca_file) if secure or settings.proxy else None

    @staticmethod
    async def warm_up() -> None:
        """Import the modules of the first request, so that its time is the server's alone."""
        import anyio
        import httpx  # noqa: F401 - imported for its side effect

        anyio.get_current_task()

    async def send(
        self, method: str, address: Address, target: str, headers: Mapping[str, str], body: bytes, progress: Progress
    ) -> Answer:
        """Send one request and read its answer. Raises SendError if there is none."""
        proxied = self._settings.proxy is not None and not address.loopback
        progress.phase = "look-up"
        proxy = await self._proxy() if proxied else None
        ips = [address.host] if proxied else await self._resolve(address)
        for number, ip in enumerate(ips):
            last = number == len(ips) - 1
            try:
                connect = self._settings.connect if last else self._settings.connect / 2
                return await self._exchange(method, address, ip, target, headers, body, progress, connect, proxy)
            except SendError as error:
                if proxied and error.finding == Finding(CheckStatus.REFUSED):
                    raise SendError(Finding(CheckStatus.REFUSED, Reason.PROXY), error.phase) from None
                # The next IP address of the host is tried only if nothing was sent to this one.
                if last or progress.phase != "connect":
                    raise
                progress.phase = error.phase
        raise SendError(Finding(CheckStatus.DNS), "look-up")

    async def _resolve(self, address: Address) -> list[str]:
        """The IP addresses to connect to, resolved here so that each can be checked."""
        try:
            ips = await resolve_host(address.host, address.port)
        except OSError as error:
            raise SendError(network_finding(error, "look-up"), "look-up") from None
        if any(map(is_blocked_address, ips)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        if address.loopback and not all(map(is_loopback, ips)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        return ips

    async def _proxy(self) -> str:
        """The proxy's address with its host resolved here: httpx resolves it in a thread that blocks the exit."""
        assert self._settings.proxy is not None
        before, at, _ = self._settings.proxy.partition("://")[2].rpartition("@")
        address = _proxy_address(self._settings.proxy)
        assert address is not None
        try:
            ips = await resolve_host(address.host, address.port)
        except OSError:
            raise SendError(Finding(CheckStatus.REFUSED, Reason.PROXY), "look-up") from None
        host = f"[{ips[0]}]" if ":" in ips[0] else ips[0]
        return f"http://{before}{at}{host}:{address.port}"

    async def _exchange(
        self,
        method: str,
        address: Address,
        ip: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        progress: Progress,
        connect: float,
        proxy: str | None,
    ) -> Answer:
        import httpx

        host = f"[{ip}]" if ":" in ip else ip
        url = f"{address.scheme}://{host}:{address.port}{target}"
        extensions: dict[str, object] = {"trace": progress.trace}
        if address.scheme == "https" and ip != address.host:
            # The certificate is verified for the host name, not for the IP address.
            extensions["sni_hostname"] = address.host
        started = time.monotonic()
        try:
            async with self._client(httpx.Timeout(None, connect=connect), proxy) as client:
                request = client.build_request(
                    method,
                    url,
                    headers={**_COMMON_HEADERS, **headers, "Host": address.netloc},
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
            # No cause: its text may contain a header value.
            raise SendError(network_finding(error, progress.phase), progress.phase) from None
        data: object = None
        if bad is None:
            try:
                data = read_json(raw)
            except BadJsonError:
                bad = Reason.NOT_JSON
        answer_headers = {
            name.lower(): value[:_MAX_VALUE] for name, value in list(response.headers.items())[:_MAX_HEADERS]
        }
        return Answer(response.status_code, answer_headers, raw, data, bad, first, time.monotonic() - started)

    def _client(self, timeout: httpx.Timeout, proxy: str | None) -> httpx.AsyncClient:
        import httpx

        return httpx.AsyncClient(
            verify=self._context if self._context is not None else _no_certificates(),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            # Connections are not reused: two hosts may share an IP address, but not a certificate.
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            proxy=proxy,
        )

    async def _body(self, response: httpx.Response) -> tuple[bytes, Reason | None]:
        """The decompressed body up to the limit, and the reason if it is not complete."""
        limit = self._settings.max_bytes
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            return b"", Reason.ENCODING
        compressed = encoding not in ("", "identity")
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32) if compressed else None
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_raw(_CHUNK_BYTES):
            # A fast sender must not block other requests.
            await asyncio.sleep(0)
            try:
                data = decompressor.decompress(chunk, limit + 1 - size) if decompressor is not None else chunk
            except zlib.error:
                return b"".join(chunks), Reason.ENCODING
            size += len(data)
            chunks.append(data)
            if size > limit:
                return b"".join(chunks)[:limit], Reason.TOO_LARGE
        return b"".join(chunks), None


def _certificates(ca_file: str | None) -> ssl.SSLContext:
    """The trusted authorities. Raises OSError if the file contains none."""
    import ssl

    if ca_file is not None:
        return ssl.create_default_context(cafile=ca_file)
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _no_certificates() -> ssl.SSLContext:
    """An empty context for plain http, which loads no certificates."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def proxy_fault(proxy: str) -> str:
    """The fault of a proxy address, or an empty text. The address is not repeated: it may contain a password."""
    return "" if _proxy_address(proxy) is not None else "the proxy's address is not of the form http://HOST:PORT"


def _proxy_address(proxy: str) -> Address | None:
    scheme, _, remaining = proxy.partition("://")
    address = parse_address(f"http://{remaining.rpartition('@')[2]}".rstrip("/"))
    return address if scheme.lower() == "http" and isinstance(address, Address) and not address.path else None
