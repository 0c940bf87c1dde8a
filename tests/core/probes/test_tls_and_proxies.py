"""TLS certificates of every kind, and a third-party proxy with a password."""

from __future__ import annotations

import datetime
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from core.probes.certificates import Certificates
from tests.cli.process import environment
from tests.core.probes.check_runs import LONG_LIMITS, SHORT_LIMITS, backend, outcome, plans_for, run_plans
from tests.support.fake_servers import Server, black_hole, closed_port, models
from tests.support.polling import listens, until


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority."""
    return trustme.CA()


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def run_check(folder: Path, certificate: trustme.LeafCert, ca: trustme.CA, host: str = "localhost") -> str:
    """The outcome of asking an https server with this certificate, believing this authority."""
    file = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    with Server({"/v1/models": models("m0")}, context_of(certificate)) as server:
        plans = plans_for(folder, backend("local", "openai", endpoint=f"https://{host}:{server.port}/v1"))
        return outcome(run_plans(plans, replace(LONG_LIMITS, certificates=Certificates(str(file)))).only)


def test_valid_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    assert run_check(tmp_path, authority.issue_cert("localhost"), authority) == "ok/no_key"


def test_valid_certificate_for_an_ip_address(tmp_path: Path, authority: trustme.CA) -> None:
    assert run_check(tmp_path, authority.issue_cert("127.0.0.1"), authority, "127.0.0.1") == "ok/no_key"


def test_certificate_of_an_unknown_authority(tmp_path: Path, authority: trustme.CA) -> None:
    assert run_check(tmp_path, trustme.CA().issue_cert("localhost"), authority) == "tls/untrusted"


def test_certificate_for_another_host(tmp_path: Path, authority: trustme.CA) -> None:
    assert run_check(tmp_path, authority.issue_cert("other.example"), authority) == "tls/wrong_host"
    assert run_check(tmp_path, authority.issue_cert("127.0.0.2"), authority, "127.0.0.1") == "tls/wrong_host"


def test_expired_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    old = authority.issue_cert("localhost", not_after=yesterday)
    assert run_check(tmp_path, old, authority) == "tls/expired"


def test_https_to_a_port_of_plain_http(tmp_path: Path) -> None:
    with Server({"/*": models("m0")}) as server:
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"https://127.0.0.1:{server.port}/v1"))
        assert outcome(run_plans(plans, SHORT_LIMITS).only) in ("tls", "timeout/handshake")


def test_plain_http_to_a_port_of_https(tmp_path: Path, authority: trustme.CA) -> None:
    with Server({"/*": models("m0")}, context_of(authority.issue_cert("127.0.0.1"))) as server:
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"http://127.0.0.1:{server.port}/v1"))
        assert outcome(run_plans(plans).only) == "bad_response/reset"


def test_silent_port_times_out_in_the_handshake(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"https://127.0.0.1:{port}/v1"))
        assert outcome(run_plans(plans, SHORT_LIMITS).only) == "timeout/handshake"


def test_invalid_certificate_file_raises(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    plans = plans_for(tmp_path, backend("local", "openai", endpoint="https://127.0.0.1:1/v1"))
    for file in ("ca.pem", "missing.pem"):
        with pytest.raises(OSError, match=r".*"):
            run_plans(plans, replace(SHORT_LIMITS, certificates=Certificates(str(tmp_path / file))))


# ---- a proxy


@pytest.fixture(scope="module")
def proxy() -> Iterator[int]:
    """proxy.py with a password. Gives its port."""
    port = closed_port()
    options = ["--hostname", "127.0.0.1", "--port", str(port), "--basic-auth", "user:word", "--log-level", "CRITICAL"]
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", *options, "--num-workers", "1", "--num-acceptors", "1", "--threadless"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def through(folder: Path, port: int, scheme: str, user: str = "user:word@") -> str:
    """The outcome of asking a host, that only the proxy could look up, through the proxy."""
    far = backend("far", "openai", endpoint=f"{scheme}://no-such-host.invalid/v1")
    plans = plans_for(folder, far, proxy=f"http://{user}127.0.0.1:{port}")
    return outcome(run_plans(plans).only)


def test_wrong_proxy_password(proxy: int, tmp_path: Path) -> None:
    assert through(tmp_path, proxy, "https", "user:wrong@") == "refused/proxy_key"
    assert through(tmp_path, proxy, "http", "") == "refused/proxy_key"


def test_proxy_without_access_to_the_host(proxy: int, tmp_path: Path) -> None:
    assert through(tmp_path, proxy, "https") == "refused/proxy_upstream"


def test_unreachable_proxy(tmp_path: Path) -> None:
    assert through(tmp_path, closed_port(), "https") == "refused/proxy"


def test_loopback_bypasses_the_proxy(tmp_path: Path) -> None:
    with Server({"/*": black_hole}) as hole, Server({"/v1/models": models("m0")}) as server:
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"{server.url}/v1"), proxy=hole.url)
        got = run_plans(plans)
        assert outcome(got.only) == "ok/no_key"
        assert hole.requests == []


def test_proxy_receives_the_host_name(tmp_path: Path) -> None:
    with Server({"*": models("m0")}) as server:
        far = backend("far", "openai", endpoint="http://far.example:8080/v1")
        got = run_plans(plans_for(tmp_path, far, proxy=server.url))
        assert outcome(got.only) == "ok/no_key"
        (request,) = server.requests
        assert request.target == "http://far.example:8080/v1/models"
        assert request.headers["host"] == "far.example:8080"
