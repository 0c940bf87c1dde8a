"""Proxies, certificates and open hosts, as Pipelex's clients and the user's approvals have them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from core.catalog import Catalog
from core.probes.address import Address, parse_address
from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.check_planner import plan_checks
from core.probes.consent import parse_host, questions
from core.probes.plan_options import PlanOptions
from core.probes.runner import skipped_result
from core.probes.surroundings import Certificates, certificates_of, proxies_of, proxy_fault
from core.variables import Environment
from tests.core.probes.check_runs import LONG_LIMITS, TrustAll, backend, outcome, plans_for, report_on, run_plans
from tests.core.probes.test_tls_and_proxies import context_of
from tests.support.fake_servers import Server, answer, black_hole, closed_port, models
from tests.support.trees import inspect, minimal

KEY = "sk-canary-key-of-the-surroundings"
HOSTS = ("http://127.0.0.1:9", "https://api.example", "https://a.example.com", "http://10.1.2.3", "https://[::1]:4")


def environment(**values: str) -> Environment:
    return Environment((("shell", values),))


def proxied(variables: Mapping[str, str], setting: str = "") -> str:
    """`P` for each host that is called through a proxy, and `-` for the others."""
    proxies = proxies_of(environment(**variables), setting)
    assert proxies.fault is None
    addresses = [parse_address(host) for host in HOSTS]
    return "".join("P" if isinstance(it, Address) and proxies.route(it).proxy is not None else "-" for it in addresses)


def plans_in(folder: Path, made: dict[str, str], variables: Mapping[str, str]) -> list[CheckPlan]:
    """The plans of a backend with these variables."""
    report = report_on(folder, made, **variables)
    return plan_checks(report.catalog, None, PlanOptions(trust=TrustAll()))


PROXY_ROWS: Sequence[tuple[dict[str, str], str]] = (
    ({}, "-----"),
    ({"HTTP_PROXY": "http://p:1"}, "P--P-"),
    ({"HTTP_PROXY": "p:1"}, "P--P-"),
    ({"HTTPS_PROXY": "HTTP://u:w@p:1/path"}, "-PP-P"),
    ({"https_proxy": "https://p:1"}, "-PP-P"),
    ({"Http_Proxy": "http://p:1"}, "P--P-"),
    ({"HTTP_PROXY": "p:1", "http_proxy": ""}, "-----"),
    ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "-----"),
    ({"http_proxy": "http://p:1", "REQUEST_METHOD": "GET"}, "P--P-"),
    ({"ALL_PROXY": "http://p:1", "NO_PROXY": "localhost,127.0.0.1,10.0.0.0/8,example.com,.api.example"}, "-P--P"),
    ({"ALL_PROXY": "http://p:1", "NO_PROXY": "*.example.com, api.example:443, [::1], EXAMPLE"}, "P--P-"),
    ({"ALL_PROXY": "http://p:1", "NO_PROXY": "api.example:80,::1"}, "PPPP-"),
    ({"ALL_PROXY": "http://p:1", "NO_PROXY": "https://api.example,http://a.example.com,a/b"}, "P-PPP"),
    ({"ALL_PROXY": "http://p:1", "no_proxy": "", "NO_PROXY": "*"}, "PPPPP"),
    ({"ALL_PROXY": "socks5://p:1", "HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "-----"),
)
"""Variables, and which of the hosts the client of 0.92.2 calls through a proxy."""


@pytest.mark.parametrize(("variables", "expected"), PROXY_ROWS)
def test_proxies_are_those_of_the_client(variables: dict[str, str], expected: str) -> None:
    assert proxied(variables) == expected
    assert proxied(variables, "off") == "-----"
    assert proxied(variables, "http://p:2") == "-PPP-"


def test_reason_of_an_unused_proxy_and_faults() -> None:
    far = parse_address("https://api.example/v1")
    assert isinstance(far, Address)
    for variables, setting, expected in (
        ({"HTTP_PROXY": "p:1"}, "", "HTTP_PROXY is set, but not for https addresses"),
        ({"https_proxy": "p:1", "NO_PROXY": "example"}, "", "https_proxy is set, but NO_PROXY excludes this host"),
        ({"ALL_PROXY": "p:1"}, "off", "ALL_PROXY is set, but turned off by the setting"),
    ):
        assert proxies_of(environment(**variables), setting).route(far).unused == expected
    for value, words in (("socks5://p:1", "socksio"), ("ftp://p:1", "not of the form"), ("http://p:99999", "not of")):
        fault = proxies_of(environment(ALL_PROXY=value)).fault
        assert fault is not None
        assert (fault[0], words in fault[1]) == ("ALL_PROXY", True)
    assert [proxy_fault(text) for text in ("", "off", "http://u:p@h:1")] == ["", "", ""]
    assert all(map(proxy_fault, ("h:1", "socks5://h:1", "http://")))


def catalog_with(folder: Path, release: str = "0.92.2", openai: str = "", **variables: str) -> Catalog:
    """A catalog of a project, in an environment with a version of the client of OpenAI if one is given."""
    files = dict(minimal(release))
    if openai:
        site = "../../.venv/lib/python3.11/site-packages"
        files |= {
            "../../.venv/pyvenv.cfg": "home = /usr/bin\n",
            f"{site}/pipelex-{release}.dist-info/METADATA": "Name: pipelex\n",
            f"{site}/openai-{openai}.dist-info/METADATA": "Name: openai\n",
            f"{site}/certifi/cacert.pem": "",
        }
    return inspect(folder, files, release=release, environ=variables).catalog


def test_certificates_of_variables(tmp_path: Path) -> None:
    both = catalog_with(tmp_path, SSL_CERT_FILE="/a.pem", SSL_CERT_DIR="/certs")
    assert certificates_of(both) == Certificates("/a.pem", None, "SSL_CERT_FILE")
    assert certificates_of(both, "/mine.pem").path == "/mine.pem"
    assert certificates_of(catalog_with(tmp_path, SSL_CERT_FILE="", SSL_CERT_DIR="/certs")).folder == "/certs"
    assert certificates_of(catalog_with(tmp_path)) == Certificates()


@pytest.mark.parametrize(
    ("release", "openai", "source"),
    [
        ("0.14.3", "1.109.1", "certifi, which openai 1.109.1 reads"),
        ("0.43.1", "2.8.0", "certifi, which openai 2.8.0 reads"),
        ("0.43.1", "3.3.0", ""),
        ("0.14.3", "", "certifi, which openai 1 reads"),
        ("0.43.1", "", ""),
        ("0.92.2", "10.0.0", ""),
    ],
)
def test_certificates_of_the_client(release: str, openai: str, source: str, tmp_path: Path) -> None:
    found = certificates_of(catalog_with(tmp_path, release, openai))
    assert found.source == source
    assert bool(found.path) is bool(source)
    assert found.path.startswith(str(tmp_path)) is bool(source and openai)
    named = catalog_with(tmp_path, release, openai, SSL_CERT_DIR="/certs")
    assert certificates_of(named).folder == "/certs"


def test_certificates_of_a_file_a_folder_and_the_system(tmp_path: Path) -> None:
    authority = trustme.CA()
    file, folder = tmp_path / "ca.pem", tmp_path / "certificates"
    authority.cert_pem.write_to_path(str(file))
    folder.mkdir()
    hashed = ["openssl", "x509", "-noout", "-subject_hash", "-in", str(file)]
    name = subprocess.run(hashed, capture_output=True, text=True, check=True).stdout.strip()
    (folder / f"{name}.0").write_bytes(file.read_bytes())
    with Server({"/v1/models": models("m0")}, context_of(authority.issue_cert("localhost"))) as server:
        local = backend("local", "openai", endpoint=f"https://localhost:{server.port}/v1")
        rows: tuple[tuple[dict[str, str], str], ...] = (
            ({"SSL_CERT_FILE": str(file)}, "ok/no_key"),
            ({"SSL_CERT_DIR": str(folder)}, "ok/no_key"),
            ({}, "tls/untrusted"),
        )
        for number, (variables, expected) in enumerate(rows):
            plans = plans_in(tmp_path / str(number), local, variables)
            trusted = certificates_of(catalog_with(tmp_path / f"tree-{number}", **variables))
            result = run_plans(plans, replace(LONG_LIMITS, certificates=trusted)).only
            assert outcome(result) == expected
            assert [note for note in result.notes if note.startswith("certificates of ")] == [
                f"certificates of {path} ({name})" for name, path in variables.items()
            ]


# ---- requests through proxies of the variables


def test_request_takes_the_proxy_of_the_variables_as_the_client_does(tmp_path: Path) -> None:
    with Server({"*": models("m0")}) as proxy, Server({"/v1/models": models("m0")}) as server:
        far = backend("far", "openai", endpoint="http://far.example:8080/v1")
        result = run_plans(plans_for(tmp_path / "a", far, HTTP_PROXY=f"http://u:word@127.0.0.1:{proxy.port}")).only
        assert (outcome(result), proxy.requests[0].headers["proxy-authorization"]) == ("ok/no_key", "Basic dTp3b3Jk")
        assert result.notes == (f"through the proxy {proxy.url} (HTTP_PROXY)",)
        # This machine too, unless NO_PROXY excludes it.
        local = backend("local", "openai", endpoint=f"{server.url}/v1")
        result = run_plans(plans_for(tmp_path / "b", local, HTTP_PROXY=proxy.url)).only
        assert (len(proxy.requests), len(server.requests)) == (2, 0)
        assert any("NO_PROXY=127.0.0.1" in note for note in result.notes)
        result = run_plans(plans_for(tmp_path / "c", local, HTTP_PROXY=proxy.url, NO_PROXY="127.0.0.0/8")).only
        assert (len(proxy.requests), len(server.requests), result.notes) == (2, 1, ())


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lookups that know this machine only, by its wildcard address too."""

    def look_up(host: str, port: int, **_: object) -> list[object]:
        if host not in ("127.0.0.1", "0.0.0.0"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.usefixtures("lookups")
def test_unknown_host_names_the_unused_proxy(tmp_path: Path) -> None:
    far = backend("far", "openai", endpoint="https://no-such-host.invalid/v1")
    result = run_plans(plans_for(tmp_path, far, HTTPS_PROXY="http://p:1", NO_PROXY=".invalid")).only
    assert outcome(result) == "dns/proxy_unused"
    assert result.texts[0] == "unknown host name: HTTPS_PROXY is set, but NO_PROXY excludes this host"


@pytest.mark.usefixtures("lookups")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_faults_of_the_proxy_are_told_apart(scheme: str, tmp_path: Path) -> None:
    far = backend("far", "openai", endpoint=f"{scheme}://far.example/v1")
    variable = f"{scheme.upper()}_PROXY"

    def through(address: str, name: str) -> str:
        plans = plans_in(tmp_path / name, far, {variable: address})
        return outcome(run_plans(plans, replace(LONG_LIMITS, per_check=1.0 if name == "hole" else 20)).only)

    assert through(f"http://127.0.0.1:{closed_port()}", "closed") == "refused/proxy"
    assert through("http://no-such-proxy.invalid:1", "unknown") == "refused/proxy_host"
    for status, reason in ((407, "proxy_key"), (502, "proxy_upstream"), (504, "proxy_upstream")):
        with Server({"*": answer(b"", status)}) as proxy:
            assert through(proxy.url, str(status)) == f"refused/{reason}"
    with Server({"*": answer(b"", 403)}) as proxy:
        assert through(proxy.url, "403") == ("forbidden" if scheme == "http" else "refused/proxy_refuses")
    with Server({"*": black_hole}) as proxy:
        assert through(proxy.url, "hole") == ("timeout/response" if scheme == "http" else "timeout/proxy")


def test_unusable_proxy_is_the_verdict(tmp_path: Path) -> None:
    (plan,) = plans_for(tmp_path, backend("far", "openai", endpoint="https://far.example/v1"), ALL_PROXY="socks5://p:1")
    result = skipped_result(plan)
    assert (outcome(result), result.bad, "ALL_PROXY" in result.texts[1]) == ("not_checkable/proxy", True, True)


# ---- hosts without encryption


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://192.168.1.5:8000/v1", "192.168.1.5"),
        ("http://100.64.1.1/v1", "100.64.1.1"),
        ("http://host.docker.internal:8000/v1", "host.docker.internal"),
        ("http://vllm:8000/v1", "vllm"),
        ("http://[fd00::1]:8000/v1", "fd00::1"),
        ("http://0.0.0.0:8000/v1", "0.0.0.0"),
        ("http://[::]:8000/v1", "::"),
    ],
)
def test_host_in_the_open_needs_one_yes(endpoint: str, expected: str, tmp_path: Path) -> None:
    lan = backend("lan", "openai", endpoint=endpoint, api_key="${LAN_KEY}")
    (plan,) = plans_for(tmp_path, lan, trust=(), LAN_KEY=KEY)
    (question,) = questions([plan])
    assert (plan.sends, question.pairs[0], question.variables) == (False, KeyDestination("", expected), ("LAN_KEY",))
    assert expected in question.text
    result = skipped_result(plan)
    assert (result.bad, f"check --allow-host {expected}" in result.texts[1], KEY in repr(result)) == (True, True, False)
    assert parse_host(expected) == question.pairs[0]
    (plan,) = plans_for(tmp_path, lan, trust=question.pairs, LAN_KEY=KEY)
    assert plan.sends


@pytest.mark.parametrize("endpoint", ["http://h.example/v1", "http://134744072/v1", "http://8.8.8.8/v1"])
def test_key_is_never_sent_in_the_open_to_the_internet(endpoint: str, tmp_path: Path) -> None:
    (plan,) = plans_for(tmp_path, backend("b", "openai", endpoint=endpoint, api_key="${LAN_KEY}"), LAN_KEY=KEY)
    assert (plan.verdict is not None, outcome(skipped_result(plan))) == (True, "not_checkable/plain_http")
    assert isinstance(parse_host(endpoint), str)
    assert parse_host("a b") == "write it as HOST, such as 192.168.1.5"


def test_proxy_on_another_machine_receives_a_key_in_the_open(tmp_path: Path) -> None:
    local = backend("local", "openai", endpoint="http://localhost:8000/v1", api_key="${LAN_KEY}")
    (plan,) = plans_for(tmp_path / "a", local, trust=(), LAN_KEY=KEY, HTTP_PROXY="http://10.0.0.9:3128")
    assert plan.unapproved[0] == KeyDestination("", "10.0.0.9")
    (plan,) = plans_for(tmp_path / "b", local, LAN_KEY=KEY, HTTP_PROXY="http://proxy.example:3128")
    assert outcome(skipped_result(plan)) == "not_checkable/plain_http"


@pytest.mark.usefixtures("lookups")
def test_unspecified_address_is_asked_after_a_yes(tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        lan = backend("lan", "openai", endpoint=f"http://0.0.0.0:{server.port}/v1", api_key="${LAN_KEY}")
        result = run_plans(plans_for(tmp_path, lan, LAN_KEY=KEY)).only
        assert (outcome(result), server.requests[0].headers["authorization"]) == ("ok/key_unproven", f"Bearer {KEY}")
