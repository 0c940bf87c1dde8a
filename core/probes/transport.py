"""The HTTP transport of checks: one request at a time, with size and time limits and classified failures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from core import __version__
from core.probes.address import Address, is_blocked_address, is_loopback, is_unspecified
from core.probes.answer import Answer, BadJsonError, read_json
from core.probes.certificates import Certificates
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.decoding import UNREAD, Decoder, encodings
from core.probes.host_lookup import resolve_host
from core.probes.network_errors import SendError, network_finding
from core.probes.proxies import Proxy, Route
from core.probes.run_settings import Settings

if TYPE_CHECKING:
    # Imported by the functions that need it: the app reads stored results at its start, and `ssl` takes 4 MiB.
    import ssl

    import httpx

_DIRECT: Final = Route()
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
        self.proxied = False
        """Whether the connection is one to a proxy."""
        self.tunnels = False
        """Whether the proxy has not yet connected to the host."""
        self._stream: object = None

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Trace callback of the connection."""
        if event == "connection.connect_tcp.started":
            self.phase, self._stream = "proxy" if self.proxied else "connect", None
        elif event == "connection.connect_tcp.complete":
            self._stream = info.get("return_value")
        elif event == "connection.start_tls.started":
            self.phase, self.tunnels = "handshake", False
        elif event.endswith("send_request_headers.started") and not self.tunnels:
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
        self._context = _trusted(settings.certificates) if secure else None

    @staticmethod
    async def warm_up() -> None:
        """Import the modules of the first request, so that its time is the server's alone."""
        import anyio
        import httpx  # noqa: F401 - imported for its side effect

        anyio.get_current_task()

    async def send(
        self,
        method: str,
        address: Address,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        progress: Progress,
        route: Route = _DIRECT,
    ) -> Answer:
        """Send one request and read its answer. Raises SendError if there is none."""
        progress.phase = "look-up"
        progress.proxied, progress.tunnels = route.proxy is not None, False
        proxy = await self._proxy(route.proxy, progress) if route.proxy is not None else None
        # Without encryption the proxy passes on the request itself, so that its answer is that of the request.
        progress.tunnels = proxy is not None and address.scheme == "https"
        ips = [address.host] if proxy is not None else await self._resolve(address, route)
        for number, ip in enumerate(ips):
            last = number == len(ips) - 1
            try:
                connect = self._settings.connect if last else self._settings.connect / 2
                return await self._exchange(method, address, ip, target, headers, body, progress, connect, proxy)
            except SendError as error:
                # The next IP address of the host is tried only if nothing was sent to this one.
                if last or progress.phase != "connect":
                    raise
                progress.phase = error.phase
        raise SendError(Finding(CheckStatus.DNS), "look-up")

    async def _resolve(self, address: Address, route: Route) -> list[str]:
        """The IP addresses to connect to, resolved here so that each can be checked."""
        try:
            ips = await resolve_host(address.host, address.port)
        except OSError as error:
            finding = network_finding(error, "look-up")
            if finding.status is CheckStatus.DNS and route.unused:
                finding = Finding(CheckStatus.DNS, Reason.PROXY_UNUSED, route.unused)
            raise SendError(finding, "look-up") from None
        if any(map(is_blocked_address, ips)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        if not address.unspecified and any(map(is_unspecified, ips)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        if address.loopback and not all(map(is_loopback, ips)):
            raise SendError(Finding(CheckStatus.NOT_CHECKABLE, Reason.ADDRESS), "look-up")
        return ips

    @staticmethod
    async def _proxy(proxy: Proxy, progress: Progress) -> str:
        """The proxy's address with its host resolved here: httpx resolves it in a thread that blocks the exit."""
        progress.phase = "proxy"
        address = proxy.address
        if address is None:
            raise SendError(Finding(CheckStatus.REFUSED, Reason.PROXY), "proxy")
        try:
            ips = await resolve_host(address.host, address.port)
        except OSError as error:
            raise SendError(network_finding(error, "proxy"), "proxy") from None
        host = ips[0] if address.scheme == "http" else address.host  # its certificate is verified for the name
        return f"{address.scheme}://{proxy.credentials}{f'[{host}]' if ':' in host else host}:{address.port}"

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
                unread = set(encodings(response.headers.get("content-encoding", ""))) & UNREAD
                bad = Reason.ENCODING if unread else Reason.NOT_JSON
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
        decoder = Decoder(response.headers.get("content-encoding", ""), self._settings.max_bytes)
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_raw(_CHUNK_BYTES):
            # A fast sender must not block other requests.
            await asyncio.sleep(0)
            try:
                data = decoder.decode(chunk)
            except zlib.error:
                return b"".join(chunks), Reason.ENCODING
            size += len(data)
            chunks.append(data)
            if decoder.is_full or size > self._settings.max_bytes:
                return b"".join(chunks)[: self._settings.max_bytes], Reason.TOO_LARGE
        return b"".join(chunks), None


_SYSTEM_FILES: Final = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""The paths of the system's authorities where OpenSSL's own do not exist, as in truststore."""


def _trusted(certificates: Certificates) -> ssl.SSLContext:
    """The trusted authorities: those named, else those of the system, else those of certifi.

    Raises OSError if the file contains none.
    """
    import ssl

    if certificates.path:
        return ssl.create_default_context(cafile=certificates.file, capath=certificates.folder)
    paths = ssl.get_default_verify_paths()
    file = next(filter(os.path.isfile, (paths.openssl_cafile, *_SYSTEM_FILES)), None)
    if file is not None:
        return ssl.create_default_context(cafile=file)
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _no_certificates() -> ssl.SSLContext:
    """An empty context for plain http, which loads no certificates."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
