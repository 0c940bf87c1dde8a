"""Runs of many checks: limits, retries, cancellation, progress events."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Container
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from core.probes.check_plan import CheckPlan, KeyDestination
from core.probes.list_parsers import Page
from core.probes.run_settings import Settings
from core.probes.runner import Event, Run, Stage, skipped_result
from tests.cli.process import environment
from tests.core.probes.check_runs import LONG_LIMITS, backend, outcome, plans_for, run_plans
from tests.support.fake_servers import Behaviour, InTurn, Server, answer, black_hole, models, slow_headers
from tests.support.polling import WITHIN_S, until


def many(folder: Path, servers: list[Server], count: int) -> list[CheckPlan]:
    """So many backends, shared out over these servers."""
    made = [
        backend(f"b{number}", "openai", endpoint=f"{servers[number % len(servers)].url}/v1") for number in range(count)
    ]
    return plans_for(folder, *made)


def serving(stack: ExitStack, *behaviours: Behaviour) -> list[Server]:
    return [stack.enter_context(Server({"/v1/models": behaviour})) for behaviour in behaviours]


def test_twenty_backends_with_half_unreachable(tmp_path: Path) -> None:
    settings = Settings(per_check=0.5, total=20)
    with ExitStack() as stack:
        servers = serving(stack, *(models("m0") if number % 2 else black_hole for number in range(20)))
        plans = many(tmp_path, servers, 20)
        got = run_plans(plans, settings)
    assert len(got.results) == 20
    assert {outcome(result) for result in got.results[1::2]} == {"ok/no_key"}
    assert {outcome(result) for result in got.results[::2]} == {"timeout/response"}


def test_unfinished_checks_time_out_at_the_deadline(tmp_path: Path) -> None:
    settings = Settings(concurrency=1, per_check=0.4, total=0.6)
    with ExitStack() as stack:
        plans = many(tmp_path, serving(stack, *[slow_headers] * 4), 4)
        got = run_plans(plans, settings)
    assert [outcome(result) for result in got.results] == ["timeout/response", *["timeout/deadline"] * 3]


def test_concurrency_limit(tmp_path: Path) -> None:
    settings = Settings(concurrency=3, per_check=0.3, total=5)
    with ExitStack() as stack:
        got = run_plans(many(tmp_path, serving(stack, *[black_hole] * 7), 7), settings)
    running, most = 0, 0
    for event in got.events:
        running += (event.stage is Stage.STARTED) - (event.stage is Stage.DONE)
        most = max(most, running)
    assert most == 3
    assert got.seconds >= 0.9


def test_dead_hosts_do_not_hold_back_healthy_ones(tmp_path: Path) -> None:
    settings = Settings(concurrency=2, slow=0.05, per_check=WITHIN_S, total=WITHIN_S)
    with ExitStack() as stack:
        servers = serving(stack, *[black_hole] * 6, models("m0"))
        done: list[Event] = []
        run = Run(many(tmp_path, servers, 7), settings, done.append).start()
        # Without an answer from the six: none of them times out before.
        until(lambda: any(event.stage is Stage.DONE for event in done), WITHIN_S / 2)
        run.cancel()
        results = run.wait(WITHIN_S)
    assert results is not None
    assert [outcome(result) for result in results] == [*["cancelled"] * 6, "ok/no_key"]


def test_concurrency_limit_per_host(tmp_path: Path) -> None:
    settings = Settings(concurrency=6, per_host=2, per_check=0.3, total=5)
    with ExitStack() as stack:
        got = run_plans(many(tmp_path, serving(stack, black_hole), 4), settings)
    assert got.seconds >= 0.6


def test_cancellation_is_immediate_and_keeps_finished_results(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = serving(stack, models("m0"), *[black_hole] * 9)
        plans = many(tmp_path, servers, 10)
        events: list[Event] = []
        run = Run(plans, Settings(concurrency=4, per_check=60, total=60), events.append).start()
        while not any(event.stage is Stage.DONE for event in events):
            assert run.wait(0.01) is None
        run.cancel()
        results = run.wait(WITHIN_S)
    assert results is not None  # the servers never answer, and no check times out before
    assert [outcome(result) for result in results] == ["ok/no_key", *["cancelled"] * 9]
    assert sum(event.stage is Stage.DONE for event in events) == 10


def test_cancellation_before_and_after_the_run(tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        plans = many(tmp_path, [server], 1)
        run = Run(plans, None, lambda _: None)
        run.cancel()
        results = run.start().wait(2)
        assert results is not None
        assert outcome(results[0]) == "cancelled"
        run.cancel()


def test_events_are_ordered_and_have_texts(tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        got = run_plans(many(tmp_path, [server], 1))
    assert [event.stage for event in got.events] == [Stage.QUEUED, Stage.STARTED, Stage.REQUESTING, Stage.DONE]
    assert got.events[2].text == "list the models"
    assert got.events[3].result is got.only


# ---- the second try


def tried(folder: Path, *behaviours: Behaviour, settings: Settings = LONG_LIMITS) -> tuple[str, int, list[float]]:
    """Outcome, tries and times of a server that behaves so in turn."""
    turn = InTurn(list(behaviours))
    with Server({"/v1/models": turn}) as server:
        got = run_plans(many(folder, [server], 1), settings)
    return outcome(got.only), got.only.tries, turn.times


@pytest.mark.parametrize("status", [502, 503, 504, 529])
def test_temporary_error_is_retried_once(status: int, tmp_path: Path) -> None:
    patient = Settings(per_check=3)
    result, tries, times = tried(tmp_path, answer({}, status), models("m0"), settings=patient)
    assert (result, tries) == ("ok/no_key", 2)
    assert times[1] - times[0] >= 0.3
    result, tries, times = tried(tmp_path, answer({}, status), settings=patient)
    assert (tries, len(times)) == (2, 2)
    assert result.partition("/")[0] in ("server_error", "timeout")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 412, 422, 429, 500])
def test_other_errors_are_not_retried(status: int, tmp_path: Path) -> None:
    _, tries, times = tried(tmp_path, answer({}, status))
    assert (tries, len(times)) == (1, 1)


@pytest.mark.parametrize("unit", ["seconds", "milliseconds", "date"])
def test_retry_after_delays_the_retry(unit: str, tmp_path: Path) -> None:
    retry_at = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    header = {
        "seconds": ("Retry-After", "0.4"),
        "milliseconds": ("retry-after-ms", "400"),
        "date": ("Retry-After", retry_at),
    }
    name, value = header[unit]
    limit = Settings(per_check=4)
    result, tries, times = tried(tmp_path, answer({}, 429, {name: value}), models("m0"), settings=limit)
    assert (result, tries) == ("ok/no_key", 2)
    assert times[1] - times[0] >= (0.4 if unit != "date" else 0.9)


@pytest.mark.parametrize("value", ["60", "1e999", "soon", "-1", "9" * 400])
def test_long_or_invalid_retry_after_prevents_the_retry(value: str, tmp_path: Path) -> None:
    result, tries, _ = tried(tmp_path, answer({}, 429, {"Retry-After": value}), models("m0"))
    assert (result, tries) == ("rate_limited", 1)


def test_exhausted_quota_is_not_retried(tmp_path: Path) -> None:
    spent = answer({"error": {"code": "insufficient_quota"}}, 429, {"Retry-After": "0"})
    assert tried(tmp_path, spent, models("m0"))[:2] == ("rate_limited/quota", 1)


# ---- shutdown

_LEAVE = """
import socket, sys, threading
requested = threading.Event()
def hung(*_, **__):
    requested.set()
    threading.Event().wait(120)
socket.getaddrinfo = hung
from core.api import inspect_tree
from core.probes.check_planner import plan_checks
from core.probes.runner import Run
report = inspect_tree(sys.argv[1], environ={"HOME": "/tmp/pipedeck-nowhere/home"})
run = Run(plan_checks(report.catalog), None, lambda _: None).start()
requested.wait(20)
print("asked", flush=True)
"""


def test_exit_does_not_wait_for_a_host_lookup(tmp_path: Path) -> None:
    plans_for(tmp_path, backend("local", "openai", endpoint="http://slow-names.example/v1"))
    done = subprocess.run(
        [sys.executable, "-c", _LEAVE, str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,  # half of what the lookup takes
        check=True,
        cwd=tmp_path,
    )
    assert (done.stdout, done.stderr) == ("asked\n", "")


# ---- faults of our own


def test_internal_error_in_a_check_is_a_result(tmp_path: Path) -> None:
    def broken(_: object) -> Page:
        raise LookupError("sk-canary-in-text")

    with ExitStack() as stack:
        first, second = many(tmp_path, serving(stack, models("m0"), models("m0")), 2)
        request = first.requests[0]
        got = run_plans([replace(first, requests=(replace(request, parse=broken),)), second])
    assert [outcome(result) for result in got.results] == ["bad_response/internal", "ok/no_key"]
    assert got.results[0].texts == ("pipedeck failed to process this response", "please report this")
    assert "canary" not in repr(got.results)


def test_internal_error_in_a_plan_is_a_result(tmp_path: Path) -> None:
    class Torn(Container[KeyDestination]):
        """Trust that cannot be looked up."""

        def __contains__(self, pair: object) -> bool:
            raise RuntimeError("sk-canary-in-text")

    keyed = backend("b1", "openai", endpoint="http://127.0.0.1:9/v1", api_key="${KEY}")
    plans = plans_for(tmp_path, backend("b0", "pypdfium2"), keyed, trust=Torn(), KEY="sk-canary-key")
    results = [skipped_result(plan) for plan in plans]
    assert [outcome(result) for result in results] == ["not_checkable/in_process", "not_checkable/internal"]
    assert results[1].texts == ("pipedeck failed to plan this check", "please report this")
    assert results[1].bad
    assert "canary" not in repr(results)
