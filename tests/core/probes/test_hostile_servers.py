"""Broken, slow and hostile servers: each check ends in time with the right finding."""

from __future__ import annotations

import json
import random
import resource
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.json.check_document import ResultDocument
from core.probes.check_status import Reason
from core.probes.run_settings import Settings
from core.probes.served_models import MAX_MODELS
from core.safe_text import safe
from tests.core.probes.check_runs import (
    LONG_LIMITS,
    MEDIUM_LIMITS,
    SHORT_LIMITS,
    RunRecord,
    backend,
    outcome,
    plans_for,
    run_plans,
)
from tests.support.fake_servers import (
    Behaviour,
    Server,
    Talk,
    answer,
    black_hole,
    closed_port,
    endless_chunks,
    garbage,
    gzip_bomb,
    gzip_bomb_in_gzip,
    huge,
    models,
    raw,
    redirect,
    reset,
    reset_in_body,
    silent_end,
    slow_body,
    slow_headers,
    truncated,
    unaccepting,
)


def run_check(folder: Path, behaviour: Behaviour, settings: Settings = LONG_LIMITS) -> RunRecord:
    """Ask a server of unknown make that behaves like this."""
    with Server({"/v1/models": behaviour}) as server:
        plans = plans_for(
            folder, backend("local", "openai", endpoint=f"{server.url}/v1", api_key="${KEY}"), KEY="sk-canary-in-header"
        )
        return run_plans(plans, settings)


CASES = {
    "black hole": (black_hole, "timeout/response"),
    "slow headers": (slow_headers, "timeout/response"),
    "slow body": (slow_body, "timeout/body"),
    "reset": (reset, "bad_response/reset"),
    "reset in the body": (reset_in_body, "bad_response/reset"),
    "closes without a word": (silent_end, "bad_response/reset"),
    "truncated": (truncated, "bad_response/reset"),
    "no HTTP": (garbage, "bad_response/reset"),
    "200 MB": (huge, "bad_response/too_large"),
    "endless chunks": (endless_chunks, "bad_response/too_large"),
    "gzip bomb": (gzip_bomb, "bad_response/too_large"),
    "gzip bomb in gzip": (gzip_bomb_in_gzip, "bad_response/too_large"),
    "unknown packing": (answer(b"xx", headers={"Content-Encoding": "br"}), "bad_response/encoding"),
    "gzip that is none": (answer(b"xx", headers={"Content-Encoding": "gzip"}), "bad_response/encoding"),
    "a page": (answer(b"<html><title>Sign in</title></html>"), "bad_response/not_json"),
    "broken JSON": (answer(b'{"data": ['), "bad_response/not_json"),
    "deep JSON": (answer(b"[" * 400_000), "bad_response/not_json"),
    "deep JSON that closes": (answer(b"[" * 501 + b"]" * 501), "bad_response/not_json"),
    "a number of 20,000 digits": (answer(b'{"data": [' + b"9" * 20_000 + b"]}"), "bad_response/not_json"),
    "not UTF-8": (answer('{"data": [{"id": "é"}]}'.encode("latin-1")), "bad_response/not_json"),
    "nothing": (answer(b""), "bad_response/not_json"),
    "no list": (answer({"hello": "world"}), "bad_response/shape"),
    "data is null": (answer(b'{"data": null}'), "bad_response/shape"),
    "ids are no texts": (answer(b'{"data": [{"id": null}, {"id": {}}, {}]}'), "bad_response/shape"),
    "a header of 200 kB": (answer({"data": []}, headers={"X-Long": "x" * 200_000}), "bad_response/reset"),
    "redirect": (redirect("https://evil.example/steal?key=1"), "bad_response/redirect"),
    "other status": (answer({"error": "teapot"}, 418), "bad_response"),
    "status 599": (answer(b"?", 599), "server_error"),
}


@pytest.mark.parametrize("name", CASES)
def test_finding_of_each_server(name: str, tmp_path: Path) -> None:
    behaviour, expected = CASES[name]
    limit = SHORT_LIMITS if expected.startswith("timeout") else LONG_LIMITS
    got = run_check(tmp_path, behaviour, limit)
    if limit is SHORT_LIMITS and outcome(got.only) != expected:
        got = run_check(tmp_path, behaviour, MEDIUM_LIMITS)
    assert outcome(got.only) == expected
    assert got.seconds < MEDIUM_LIMITS.per_check
    assert "sk-canary" not in repr(got.only) + json.dumps(ResultDocument(got.only, None), default=vars)


def test_redirect_reports_the_host_and_is_not_followed(tmp_path: Path) -> None:
    with Server({"/*": models("foreign")}) as other:
        got = run_check(tmp_path, redirect(f"{other.url}/v1/models?key=secret"))
        assert other.requests == []
    assert got.only.finding.detail == other.url


def test_connection_refused(tmp_path: Path) -> None:
    plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"http://127.0.0.1:{closed_port()}/v1"))
    got = run_plans(plans)
    assert outcome(got.only) == "refused"
    assert got.only.texts == ("connection refused", "check that the server is running and the port is right")


def test_connection_attempt_times_out(tmp_path: Path) -> None:
    with unaccepting() as port:
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"http://127.0.0.1:{port}/v1"))
        got = run_plans(plans, SHORT_LIMITS)
    assert outcome(got.only) == "timeout/connect"


def test_unknown_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    plans = plans_for(tmp_path, backend("local", "openai", endpoint="http://no-such-host.example/v1"))
    assert outcome(run_plans(plans).only) == "dns"


def test_host_lookup_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hung(*_: object, **__: object) -> None:
        released.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")

    monkeypatch.setattr(socket, "getaddrinfo", hung)
    plans = plans_for(tmp_path, backend("local", "openai", endpoint="http://slow-names.example/v1"))
    assert outcome(run_plans(plans, SHORT_LIMITS).only) == "timeout/look_up"
    assert not released.is_set()
    released.set()


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0"])
def test_host_name_of_a_link_local_address_is_blocked(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rebound(_: str, port: int, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    plans = plans_for(tmp_path, backend("local", "openai", endpoint="http://innocent.example/v1"))
    assert outcome(run_plans(plans).only) == "not_checkable/address"


def test_long_lists_are_limited(tmp_path: Path) -> None:
    got = run_check(tmp_path, models(*(f"model-{number}" for number in range(20_000))))
    assert (outcome(got.only), len(got.only.listing.models), got.only.listing.whole) == (
        "ok/key_unproven",
        20_000,
        True,
    )
    got = run_check(tmp_path, models(*(f"m{number}" for number in range(25_000))))
    assert len(got.only.listing.models) == MAX_MODELS


def test_control_characters_are_stored_and_displayed_safely(tmp_path: Path) -> None:
    nasty = "gpt\x1b]52;c;aGk=\x07\x1b[2J\u202e[red]x[/nope]\n"
    request_id = "abc\x9bdef"
    behaviour = answer(
        {"data": [{"id": nasty}, {"id": "x" * 600}, {"id": "good"}]}, headers={"X-Request-Id": request_id}
    )
    got = run_check(tmp_path, behaviour)
    assert [model.id for model in got.only.listing.models] == [nasty, "good"]
    assert "\x1b" not in safe(nasty)
    assert "\x1b" not in json.dumps(ResultDocument(got.only, None), default=vars)


def test_compression_bomb_uses_little_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run_check(tmp_path, gzip_bomb_in_gzip)
    run_check(tmp_path, gzip_bomb)
    run_check(tmp_path, huge)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_next_ip_address_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server({"/v1/models": models("m0")}) as server:

        def several(_: str, port: int, **__: object) -> list[object]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in ("127.0.0.9", "127.0.0.1")]

        monkeypatch.setattr(socket, "getaddrinfo", several)
        plans = plans_for(tmp_path, backend("local", "openai", endpoint=f"http://two-homes.example:{server.port}/v1"))
        got = run_plans(plans)
        assert outcome(got.only) == "ok/no_key"
        assert server.requests[0].headers["host"] == f"two-homes.example:{server.port}"


def test_check_survives_any_bytes_of_a_server(tmp_path: Path) -> None:
    """Good answers with some bytes changed, cut or doubled: always a status, never a fault of our own."""
    chance = random.Random(11)
    good = raw(json.dumps({"data": [{"id": "a", "x": {"y": [1, None]}}], "has_more": True, "last_id": "a"}).encode())

    def spoilt(talk: Talk) -> None:
        data = bytearray(good)
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(data))
            if chance.random() < 0.6:
                data[at] = chance.randrange(256)
            else:
                data[at:at] = data[at : at + chance.randrange(60)]
        talk.send(bytes(data[: chance.randrange(len(data) // 2, len(data) + 1)]))

    with Server({"/*": spoilt}) as server:
        made = [backend(f"b{n}", "anthropic", endpoint=server.url, api_key="k") for n in range(40)]
        plans = plans_for(tmp_path, *made)
        for _ in range(4):
            got = run_plans(plans, replace(LONG_LIMITS, per_host=6))
            assert [item for item in got.results if item.finding.reason is Reason.INTERNAL] == []
            assert all(item.texts[0] for item in got.results)
