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
from core.probes.certificates import Certificates, certificates_of
from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.check_planner import plan_checks
from core.probes.consent import parse_host, questions
from core.probes.plan_options import PlanOptions
from core.probes.proxies import Library, library_of, proxies_of, proxy_fault
from core.probes.runner import skipped_result
from core.providers.table import BY_NAME
from core.variables import Environment
from tests.core.probes.check_runs import LONG_LIMITS, TrustAll, backend, outcome, plans_for, report_on, run_plans, tree
from tests.core.probes.proxy_rows import GOOGLE_HOSTS, GOOGLE_ROWS, HOSTS, PROXY_ROWS, ProxyRow
from tests.core.probes.test_tls_and_proxies import context_of
from tests.support.fake_servers import Server, answer, black_hole, closed_port, models
from tests.support.trees import inspect, minimal

KEY = "sk-canary-key-of-the-surroundings"


def environment(**values: str) -> Environment:
    return Environment((("shell", values),))


def proxied(
    variables: Mapping[str, str], library: Library = Library.HTTPX2, setting: str = "", hosts: Sequence[str] = HOSTS
) -> str:
    """For each host `P` for a call through a proxy, `-` for a direct one, `x` for none."""
    proxies = proxies_of(environment(**variables), setting, library)
    addresses = [it for host in hosts if isinstance(it := parse_address(host), Address)]
    return "".join("x" if proxies.fault(it) else "P" if proxies.route(it).proxy else "-" for it in addresses)


def plans_in(folder: Path, made: dict[str, str], variables: Mapping[str, str]) -> list[CheckPlan]:
    """The plans of a backend with these variables."""
    report = report_on(folder, made, **variables)
    return plan_checks(report.catalog, None, PlanOptions(trust=TrustAll()))


@pytest.mark.parametrize("row", PROXY_ROWS, ids=lambda row: " ".join(map("=".join, row.variables.items())))
def test_proxies_are_those_of_the_client(row: ProxyRow) -> None:
    assert proxied(row.variables, Library.HTTPX2) == row.httpx2
    assert proxied(row.variables, Library.HTTPX) == row.httpx
    assert proxied(row.variables, Library.BOTOCORE) == row.botocore
    assert proxied(row.variables, setting="off") == "-------"
    assert proxied(row.variables, setting="http://p:2") == "-PPP---"


@pytest.mark.parametrize(("variables", "expected"), GOOGLE_ROWS)
def test_proxies_are_those_of_the_client_of_google(variables: Mapping[str, str], expected: str) -> None:
    assert proxied(variables, Library.AIOHTTP, hosts=GOOGLE_HOSTS) == expected


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
        fault = proxies_of(environment(ALL_PROXY=value)).fault(far)
        assert fault is not None
        assert (fault.variable, words in fault.reason, fault.socks) == ("ALL_PROXY", True, False)
    (fault,) = {proxies_of(environment(ALL_PROXY="socks5://p:1"), socks=True).fault(far)}
    assert fault is not None
    assert fault.socks
    fault = proxies_of(environment(no_proxy="a, [::1]"), library=Library.HTTPX).fault(far)
    assert fault is not None
    assert (fault.variable, "[::1]" in fault.reason) == ("no_proxy", True)
    assert [proxy_fault(text) for text in ("", "off", "http://u:p@h:1")] == ["", "", ""]
    assert all(map(proxy_fault, ("h:1", "socks5://h:1", "http://")))


def installed(release: str, **versions: str) -> dict[str, str]:
    """The files of an environment with a release, versions of packages and the certificates of certifi."""
    site = "../../.venv/lib/python3.11/site-packages"
    versions = {"pipelex": release, **versions}
    return {
        "../../.venv/pyvenv.cfg": "home = /usr/bin\n",
        f"{site}/certifi/cacert.pem": "",
        **{f"{site}/{name}-{version}.dist-info/METADATA": f"Name: {name}\n" for name, version in versions.items()},
    }


def catalog_with(folder: Path, release: str = "0.92.2", openai: str = "", **variables: str) -> Catalog:
    """A catalog of a project, in an environment with a version of the client of OpenAI if one is given."""
    files = {**minimal(release), **(installed(release, openai=openai) if openai else {})}
    return inspect(folder, files, release=release, environ=variables).catalog


@pytest.mark.parametrize(
    ("name", "sdk", "versions", "expected"),
    [
        ("openai", "openai_responses", {"openai": "2.8.0"}, Library.HTTPX),
        ("openai", "openai", {"openai": "3.3.0"}, Library.HTTPX2),
        ("openai", "openai", {}, Library.HTTPX2),
        ("portkey", "portkey_completions", {"openai": "1.109.1", "anthropic": "2.0.0"}, Library.HTTPX),
        ("azure", "azure_openai", {"openai": "10.0.0"}, Library.HTTPX2),
        ("azure", "azure_rest_img_gen", {"openai": "3.3.0"}, Library.HTTPX),
        ("anthropic", "anthropic", {"anthropic": "0.125.0"}, Library.HTTPX),
        ("minimax", "anthropic", {"anthropic": "1.0.0", "openai": "1.0.0"}, Library.HTTPX2),
        ("mistral", "mistral", {"mistralai": "2.10.1"}, Library.HTTPX),
        ("mistral", "mistral", {"mistralai": "3.0.0"}, Library.HTTPX2),
        ("google", "google", {"google_genai": "1.75.0"}, Library.AIOHTTP),
        ("bedrock", "bedrock_aioboto", {}, Library.BOTOCORE),
        ("bedrock", "bedrock_anthropic", {"anthropic": "0.125.0"}, Library.HTTPX),
        ("typesafe", "typesafe", {}, Library.HTTPX2),
        ("fal", "fal", {}, Library.HTTPX),
        ("linkup", "linkup_fetch", {}, Library.HTTPX),
    ],
)
def test_library_is_that_of_the_installed_client(
    name: str, sdk: str, versions: dict[str, str], expected: Library, tmp_path: Path
) -> None:
    files = {**minimal("0.92.2"), **installed("0.92.2", **versions)}
    catalog = inspect(tmp_path, files, release="0.92.2").catalog
    assert library_of(BY_NAME[name], frozenset({sdk}), catalog) is expected


def test_route_of_a_cloud_follows_its_own_client(tmp_path: Path) -> None:
    amazon = backend("bedrock", "bedrock_aioboto", aws_region="eu-west-1")
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "a" * 40}
    for number, (variables, proxied_too) in enumerate(
        (
            ({"ALL_PROXY": "http://p:1"}, False),
            ({"HTTPS_PROXY": "http://p:1"}, True),
            ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "amazonaws.com"}, False),
            ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*.amazonaws.com"}, True),
        )
    ):
        (plan,) = plans_in(tmp_path / str(number), amazon, {**keys, **variables})
        assert [request.route.proxy is not None for request in plan.requests] == [proxied_too] * 3


def test_socks_proxy_that_only_the_client_can_use_is_no_fault_of_it(tmp_path: Path) -> None:
    far = backend("far", "openai", endpoint="https://far.example/v1")
    files = {**tree(far), **installed("0.92.2", openai="3.3.0", socksio="1.0.0")}
    catalog = inspect(tmp_path, files, release="0.92.2", environ={"ALL_PROXY": "socks5://p:1"}).catalog
    (plan,) = plan_checks(catalog, None, PlanOptions(trust=TrustAll()))
    result = skipped_result(plan)
    assert (outcome(result), result.bad, "ALL_PROXY" in result.texts[0]) == ("not_checkable/socks", False, True)


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
