"""The findings of requests without an answer, by the exception of the network."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from core.probes.check_status import CheckStatus, Finding, Reason

if TYPE_CHECKING:
    # Imported by the functions that need it: the app reads stored results at its start, and `ssl` takes 4 MiB.
    import ssl

_PHASES: Final = {
    "look-up": Reason.LOOK_UP,
    "proxy": Reason.PROXY,
    "connect": Reason.CONNECT,
    "handshake": Reason.HANDSHAKE,
    "response": Reason.RESPONSE,
    "body": Reason.BODY,
}
# Error numbers of OpenSSL (x509_vfy.h).
_EXPIRED: Final = frozenset({9, 10})
_WRONG_HOST: Final = frozenset({62, 63, 64})
_NO_ROUTE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_NAME_SERVER: Final = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})


class SendError(Exception):
    """A request without an answer. It has a finding and no text: texts of network errors repeat headers."""

    def __init__(self, finding: Finding, phase: str) -> None:
        super().__init__(finding.status.value)
        self.finding = finding
        self.phase = phase


def timeout_finding(phase: str) -> Finding:
    """The finding of a timeout in this phase."""
    return Finding(CheckStatus.TIMEOUT, _PHASES.get(phase))


def network_finding(error: BaseException, phase: str) -> Finding:
    """The finding of an exception. Its text is not used: it may contain a header value."""
    import ssl

    chain = tuple(_chain(error))
    names = {type(link).__name__ for link in chain}
    timed_out = any(isinstance(link, TimeoutError) for link in chain) or any(name.endswith("Timeout") for name in names)
    if "ProxyError" in names:
        return Finding(CheckStatus.REFUSED, _proxy_reason(chain))
    if phase == "proxy":
        if any(isinstance(link, socket.gaierror) for link in chain):
            return Finding(CheckStatus.REFUSED, Reason.PROXY_HOST)
        return timeout_finding(phase) if timed_out else Finding(CheckStatus.REFUSED, Reason.PROXY)
    for link in chain:
        if isinstance(link, socket.gaierror):
            return Finding(CheckStatus.DNS, Reason.NAME_SERVER if link.errno in _NAME_SERVER else None)
        if isinstance(link, ssl.SSLCertVerificationError):
            return Finding(CheckStatus.TLS, _certificate_reason(link))
        # "Wants to read" is the state of the connection at a timeout, not an error.
        if isinstance(link, ssl.SSLError) and not isinstance(link, ssl.SSLWantReadError | ssl.SSLWantWriteError):
            return Finding(CheckStatus.TLS, _handshake_reason(link))
        if isinstance(link, ConnectionRefusedError):
            return Finding(CheckStatus.REFUSED)
    # Both httpx's and the system's timeouts.
    if timed_out:
        return timeout_finding(phase)
    if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in chain):
        return Finding(CheckStatus.REFUSED, Reason.NO_ROUTE)
    if phase == "handshake":
        return Finding(CheckStatus.TLS)
    if phase in ("look-up", "connect"):
        return Finding(CheckStatus.REFUSED)
    # The text of a line that is no HTTP/1.1, such as the first bytes of TLS or HTTP/2.
    foreign = any(str(link) in ("illegal request line", "illegal status line") for link in chain)
    return Finding(CheckStatus.BAD_RESPONSE, Reason.OTHER_PROTOCOL if foreign else Reason.RESET)


def _proxy_reason(chain: Iterable[BaseException]) -> Reason:
    """The reason of a proxy that does not connect, by the status with which the text of its error starts."""
    statuses = [str(link)[:4] for link in chain if type(link).__name__ == "ProxyError"]
    status = next((int(text) for text in statuses if text[:3].isdigit() and text[3:] in ("", " ")), 0)
    if status == 407:
        return Reason.PROXY_KEY
    if status in (400, 401, 403, 405):
        return Reason.PROXY_REFUSES
    return Reason.PROXY_UPSTREAM if status else Reason.PROXY


def _handshake_reason(error: ssl.SSLError) -> Reason | None:
    name = (getattr(error, "reason", None) or "").upper()
    if name in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return Reason.PLAIN_PORT
    if "CERTIFICATE_REQUIRED" in name or "ALERT_BAD_CERTIFICATE" in name:
        return Reason.CLIENT_CERTIFICATE
    return Reason.HTTP2_ONLY if "NO_APPLICATION_PROTOCOL" in name else None


def _certificate_reason(error: ssl.SSLCertVerificationError) -> Reason:
    if error.verify_code in _EXPIRED:
        return Reason.EXPIRED
    return Reason.WRONG_HOST if error.verify_code in _WRONG_HOST else Reason.UNTRUSTED


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and its causes and contexts, each once."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        link = pending.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            pending += link.exceptions
        pending += [behind for behind in (link.__cause__, link.__context__) if behind is not None]
