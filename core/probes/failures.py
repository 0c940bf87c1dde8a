"""Why no answer came: from an exception of the network, and from how far the request had come, to a status."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

from core.probes.status import CheckStatus, Finding, Reason

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


def timed_out(phase: str) -> Finding:
    """What it means that the time was over in this phase."""
    return Finding(CheckStatus.TIMEOUT, _PHASES.get(phase))


def explain(error: BaseException, phase: str) -> Finding:
    """What an exception means. Its text is not looked at: it may hold a header's value."""
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
        return timed_out(phase)
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
