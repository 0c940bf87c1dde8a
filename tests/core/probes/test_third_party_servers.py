"""Checks against third-party mock servers: llmock, which reports bad client behaviour, and aimock."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.probes.check_planner import plan_checks
from core.probes.completion import plan_completion
from core.probes.plan_options import PlanOptions
from tests.cli.process import environment
from tests.core.probes.check_runs import RunRecord, TrustAll, backend, outcome, report_on, run_plans
from tests.support.environment import ORIGINAL
from tests.support.fake_servers import closed_port
from tests.support.polling import listens, until
from tests.support.stock import cache_dir

MADE: Mapping[str, tuple[dict[str, str], str, str]] = {
    "openai": (backend("openai", "openai", "gpt-4o", api_key="${KEY}"), "https://api.openai.com", ""),
    "anthropic": (backend("anthropic", "anthropic", api_key="${KEY}"), "https://api.anthropic.com", "/anthropic"),
    "google": (
        backend("google", "google", "gemini-2.5-pro", api_key="${KEY}"),
        "https://generativelanguage.googleapis.com",
        "/gemini",
    ),
    "mistral": (backend("mistral", "mistral", api_key="${KEY}"), "https://api.mistral.ai", "/mistral"),
    "groq": (
        backend("groq", "openai", endpoint="https://api.groq.com/openai/v1", api_key="${KEY}"),
        "https://api.groq.com",
        "/groq",
    ),
    "perplexity": (
        backend("perplexity", "openai", endpoint="https://api.perplexity.ai", api_key="${KEY}"),
        "https://api.perplexity.ai",
        "/perplexity",
    ),
}


class Llmock:
    """The server, spoken to beside what is tested."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def call(self, path: str, data: object = None) -> object:
        body = json.dumps(data).encode() if data is not None else None
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def fails(self, status: int, times: int = 1, **more: object) -> None:
        """Let the next calls fail."""
        self.call("/_llmock/scenario", {"behaviors": [{"type": "fail", "status": status, "times": times, **more}]})

    def verdict(self) -> object:
        """The server's verdict on the handling of its faults."""
        verdict = self.call("/_llmock/verdict")
        assert isinstance(verdict, dict)
        return verdict.get("passed", verdict)


@pytest.fixture(scope="module")
def llmock() -> Iterator[Llmock]:
    port = closed_port()
    options = ["serve", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from llmock.cli import app; app()", *options],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Llmock(port)
    try:
        until(lambda: listens(port) or process.poll() is not None)
        server.call("/health")
        yield server
    finally:
        process.terminate()
        process.wait(10)


def run_check(llmock: Llmock, name: str, folder: Path) -> RunRecord:
    made, origin, prefix = MADE[name]
    report = report_on(folder, made, KEY="key-of-a-test")
    plans = plan_checks(report.catalog, None, PlanOptions(TrustAll(), {origin: llmock.url + prefix}))
    return run_plans(plans)


@pytest.mark.parametrize("name", MADE)
def test_models_and_errors_of_a_third_party_server(name: str, llmock: Llmock, tmp_path: Path) -> None:
    got = run_check(llmock, name, tmp_path).only
    assert (outcome(got), got.provider) == ("ok", name)
    assert got.listing.models
    expectations = {401: "unauthorized", 403: "forbidden", 404: "not_found/no_list_endpoint", 500: "server_error"}
    for status, expected in expectations.items():
        llmock.fails(status)
        assert outcome(run_check(llmock, name, tmp_path).only) == expected, status


def test_requests_satisfy_a_third_party_server(llmock: Llmock, tmp_path: Path) -> None:
    llmock.call("/_llmock/reset", {})
    llmock.fails(429, retry_after=1)
    got = run_check(llmock, "openai", tmp_path)
    assert (outcome(got.only), got.only.tries) == ("ok", 2)
    assert got.seconds >= 1
    llmock.fails(503)
    assert outcome(run_check(llmock, "openai", tmp_path).only) == "ok"
    llmock.fails(401)
    assert outcome(run_check(llmock, "openai", tmp_path).only) == "unauthorized"
    assert llmock.verdict() is True


@pytest.mark.parametrize("name", ["openai", "google"])
def test_completion_at_a_third_party_server(name: str, llmock: Llmock, tmp_path: Path) -> None:
    made, origin, prefix = MADE[name]
    report = report_on(tmp_path, made, KEY="key-of-a-test")
    completion = plan_completion(
        report.catalog, report.catalog.specs[0], PlanOptions(TrustAll(), {origin: llmock.url + prefix})
    )
    result = run_plans([completion.plan]).only
    assert outcome(result) == "ok/answered"
    assert int(dict(result.facts)["output tokens"]) > 0


# ---- aimock, which wants a key

AIMOCK = "1.43.0"
GOOD, BAD = "sk-good-key-of-a-test", "sk-wrong-key-of-a-test"


def installed_aimock() -> Path:
    """The program, from npm, kept beside the stock trees. Skips the test where it cannot be had."""
    folder = cache_dir() / f"aimock-{AIMOCK}"
    program = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        pytest.skip("there is no node to run aimock")
    if not program.exists():
        folder.mkdir(exist_ok=True)
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        with contextlib.suppress(subprocess.TimeoutExpired):
            command = [npm, "install", *options, f"@copilotkit/aimock@{AIMOCK}"]
            subprocess.run(command, env=dict(ORIGINAL), capture_output=True, timeout=60, check=False)
    if not program.exists():
        pytest.skip("npm cannot install aimock")
    return program


@pytest.fixture(scope="module")
def aimock() -> Iterator[str]:
    program, port = installed_aimock(), closed_port()
    node = shutil.which("node")
    assert node is not None
    fixtures = program.parent.parent / "fixtures"
    process = subprocess.Popen(
        [node, str(program), "-p", str(port), "-h", "127.0.0.1", "-f", str(fixtures)],
        env={**environment(), "AIMOCK_API_KEYS": GOOD},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: listens(port) or process.poll() is not None)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


WANTING: Mapping[str, tuple[dict[str, str], str]] = {
    **{name: MADE[name][:2] for name in ("openai", "anthropic", "mistral")},
    "openrouter": (
        backend("openrouter", "openai", "a/b", endpoint="https://openrouter.ai/api/v1", api_key="${KEY}"),
        "https://openrouter.ai",
    ),
}


@pytest.mark.parametrize("name", WANTING)
def test_third_party_server_accepts_only_its_key(name: str, aimock: str, tmp_path: Path) -> None:
    made, origin = WANTING[name]

    def outcome_with(key: str) -> str:
        report = report_on(tmp_path, made, KEY=key)
        got = run_plans(plan_checks(report.catalog, None, PlanOptions(TrustAll(), {origin: aimock}))).only
        assert bool(got.listing.models) is got.good
        return outcome(got)

    assert outcome_with(GOOD) == "ok"
    assert outcome_with(BAD) == "unauthorized"
