"""Correct but unusual servers: old HTTP, chunks with trailers, other formats, errors under 200, IPv6, slow TLS."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from core.probes.certificates import Certificates
from core.probes.check_result import CheckResult
from core.probes.run_settings import Settings
from tests.core.probes.check_runs import Spec, backend, outcome, plans_for, run_plans
from tests.support.fake_servers import Behaviour, Server, Talk, answer, only_with, raw

LIST = json.dumps({"object": "list", "data": [{"id": "m0"}, {"id": "b"}]}).encode()
SETTINGS = Settings(per_check=4, total=10)


def exactly(data: bytes) -> Behaviour:
    return lambda talk: talk.send(data)


def with_length(first: bytes, more: bytes = b"") -> bytes:
    return first + b"\r\n" + more + b"Content-Length: %d\r\n\r\n" % len(LIST) + LIST


def chunks(data: bytes) -> bytes:
    """Chunks of seven bytes with extensions, and trailers behind them."""
    parts = [data[at : at + 7] for at in range(0, len(data), 7)]
    body = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts)
    return body + b"0\r\nX-Trailer: a\r\nX-Sum: b\r\n\r\n"


def check_once(folder: Path, url: str, settings: Settings = SETTINGS) -> CheckResult:
    made = backend("local", "openai", "m0", endpoint=url, api_key="${KEY}")
    return run_plans(plans_for(folder, made, KEY="sk-canary-in-header"), settings).only


def asked_of(folder: Path, behaviour: Behaviour) -> CheckResult:
    with Server({"/v1/models": behaviour}) as server:
        return check_once(folder, f"{server.url}/v1")


LISTS: dict[str, Behaviour] = {
    "HTTP/1.0 without a length": exactly(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + LIST),
    "chunks with extensions and trailers": exactly(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(LIST)
    ),
    "no content type": exactly(with_length(b"HTTP/1.1 200 OK")),
    "no reason": exactly(with_length(b"HTTP/1.1 200")),
    "100 first": exactly(b"HTTP/1.1 100 Continue\r\n\r\n" + with_length(b"HTTP/1.1 200 OK")),
    "103 first": exactly(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + with_length(b"HTTP/1.1 200 OK")),
    "two equal lengths": exactly(with_length(b"HTTP/1.1 200 OK", b"Content-Length: %d\r\n" % len(LIST))),
    "a folded header": exactly(with_length(b"HTTP/1.1 200 OK", b"X-Long: a\r\n b\r\n")),
    "gzip, unasked": answer(gzip.compress(LIST), headers={"Content-Encoding": "GZIP"}),
    "deflate, unasked": answer(zlib.compress(LIST), headers={"Content-Encoding": "deflate"}),
    "a mark of byte order": answer(b"\xef\xbb\xbf" + LIST),
    "texts for models": answer({"data": ["m0", "b"]}),
    "a bare list": answer([{"id": "m0"}]),
    "names": answer({"models": [{"model": "m0"}]}),
    "the same three times": answer({"data": [{"id": "m0"}] * 3}),
    "nothing but the list of nothing": answer({"object": "list", "data": []}),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_of_an_unusual_server_is_parsed(name: str, tmp_path: Path) -> None:
    result = asked_of(tmp_path, LISTS[name])
    assert outcome(result) == "ok/key_unproven"
    # Its make is unknown: the whole list shows no model that is not in it to be gone.
    assert (result.listing.whole, result.listing.complete) == (True, False)
    assert ("m0" in [model.id for model in result.listing.models]) == ("of nothing" not in name)


MORE: dict[str, Behaviour] = {
    "has_more": answer({"data": [{"id": "m1"}], "has_more": True, "last_id": "m1"}),
    "a cursor": answer({"data": [{"id": "m1"}], "next_page": "abc"}),
    "a link": answer({"data": [{"id": "m1"}]}, headers={"Link": '</v1/models?page=2>; rel="next"'}),
}


@pytest.mark.parametrize("name", MORE)
def test_list_with_unsupported_paging_is_incomplete(name: str, tmp_path: Path) -> None:
    result = asked_of(tmp_path, MORE[name])
    assert outcome(result) == "ok/key_unproven"
    assert (result.listing.complete, result.listing.gap) == (False, "the list has more pages, which were not requested")


REFUSALS: dict[str, tuple[Behaviour, str, str]] = {
    "a wrong key under 200": (
        answer({"error": {"message": "Invalid API key", "code": "invalid_api_key"}}),
        "unauthorized",
        "the key is rejected: Invalid API key",
    ),
    "a word under 200": (answer({"error": "unauthorized"}), "unauthorized", "the key is rejected: unauthorized"),
    "no money under 200": (
        answer({"error": {"code": "insufficient_quota", "message": "billing"}, "data": None}),
        "rate_limited/quota",
        "reached, but no credit or quota is left; this does not verify the key: billing",
    ),
    "no success under 200": (
        answer({"success": False, "message": "Authentication failed"}),
        "unauthorized",
        "the key is rejected: Authentication failed",
    ),
    "a page of a firewall": (
        answer(b"<!DOCTYPE html><html><title>Attention Required!</title></html>", 403),
        "forbidden/in_between",
        "a gateway in front of the provider blocks this machine: Attention Required!",
    ),
    "a page of a server that fails": (
        answer(b"<html><title>503 Unavailable</title></html>", 503, {"Retry-After": "120"}),
        "server_error/gateway",
        "the gateway responds, but not the server behind it: 503 Unavailable (it says: retry after 120 s)",
    ),
    "gone": (
        answer({}, 410),
        "not_found/no_list_endpoint",
        "the server responds, but has no list of models",
    ),
    "not for this country": (
        answer({}, 451),
        "forbidden/region",
        "the provider does not serve this country or region",
    ),
    "not modified": (
        exactly(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        "bad_response",
        "the response does not have the format of this provider",
    ),
    "two lengths": (
        exactly(with_length(b"HTTP/1.1 200 OK", b"Content-Length: 3\r\n")),
        "bad_response/reset",
        "the connection was closed",
    ),
    "lines of JSON": (answer(b'{"id":"m0"}\n{"id":"b"}\n'), "bad_response/not_json", "the response is not JSON"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_finding_of_each_server(name: str, tmp_path: Path) -> None:
    behaviour, expected, words = REFUSALS[name]
    result = asked_of(tmp_path, behaviour)
    assert outcome(result) == expected
    assert result.texts[0].startswith(words)


def test_error_with_status_200_does_not_prove_the_key(tmp_path: Path) -> None:
    no = answer({"error": {"message": "No auth credentials found", "code": 401, "type": "authentication_error"}})
    good = answer({"data": {"limit_remaining": 3, "is_free_tier": False}})
    routes = {
        "/api/v1/key": only_with("authorization", "Bearer sk-or-good", good, no),
        "/api/v1/models": answer({"data": [{"id": "a/m0"}]}),
    }
    with Server(routes) as server:

        def outcome_with(key: str) -> str:
            made = backend("openrouter", "openai", "a/m0", endpoint="https://openrouter.ai/api/v1", api_key="${KEY}")
            stand_ins = {"https://openrouter.ai": server.url}
            return outcome(run_plans(plans_for(tmp_path, made, stand_ins=stand_ins, KEY=key)).only)

        assert outcome_with("sk-or-good") == "ok"
        assert outcome_with("sk-or-bad!") == "unauthorized"


@contextmanager
def on_ipv6() -> Iterator[tuple[int, list[bytes]]]:
    """A server on `::1`: its port, and what it was sent."""
    seen: list[bytes] = []
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                seen.append(client.recv(65536))
                client.sendall(raw(LIST))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1], seen
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_ipv6_address(tmp_path: Path) -> None:
    with on_ipv6() as (port, seen):
        result = check_once(tmp_path, f"http://[::1]:{port}/v1")
    assert outcome(result) == "ok/key_unproven"
    assert result.host == f"http://[::1]:{port}"
    assert f"Host: [::1]:{port}\r\n".encode() in seen[0]
    assert b"Bearer sk-canary-in-header" in seen[0]  # this machine, so the key may go


@contextmanager
def slow_tls(authority: trustme.CA, delay: float) -> Iterator[int]:
    """The port of a TLS server that is slow in the handshake and in the answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                client, _ = listener.accept()
                ended.wait(delay)
                with client, context.wrap_socket(client, server_side=True) as talk:
                    talk.recv(65536)
                    ended.wait(delay)
                    talk.sendall(raw(LIST))
            except OSError:
                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        ended.set()
    thread.join(5)


def test_slow_tls_handshake_succeeds_or_times_out(tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with slow_tls(authority, 0.5) as port:
        settings = Settings(per_check=4, certificates=Certificates(str(file)))
        result = check_once(tmp_path / "a", f"https://localhost:{port}/v1", settings)
    assert outcome(result) == "ok/key_unproven"
    assert result.latency is not None
    assert result.latency > 0.9
    with slow_tls(authority, 2.0) as port:
        limits = Settings(per_check=0.6, certificates=Certificates(str(file)))
        result = check_once(tmp_path / "b", f"https://localhost:{port}/v1", limits)
    assert outcome(result) == "timeout/handshake"
    assert "check --timeout S" in result.texts[1]


def test_exchange_is_recorded_scrubbed_and_then_truncated(tmp_path: Path) -> None:
    key = "sk-canary-in-header"
    text = "word " * 58 + key

    def echo(talk: Talk) -> None:
        headers = {"X-RateLimit-Remaining": f"7 {key}", "Retry-After": "90", "Set-Cookie": "secret=1", "Server": "s"}
        talk.send(raw(json.dumps({"error": {"message": text}}).encode(), 429, headers))

    result = asked_of(tmp_path, echo)
    (exchange,) = result.exchanges
    assert dict(exchange.sent) == {"Authorization": "••••••"}
    assert dict(exchange.returned) == {"x-ratelimit-remaining": "7 ••••••", "retry-after": "90", "server": "s"}
    assert exchange.message.startswith("word " * 58)
    assert "sk-c" not in exchange.message  # not even the beginning of the key, where the text is cut
    assert "sk-c" not in result.finding.detail

    escaped = key.replace("k", "\\u006b")
    result = asked_of(tmp_path, exactly(raw(f'{{"hello": "{escaped}", "more": [1, null]}}'.encode())))
    (exchange,) = result.exchanges
    assert exchange.excerpt == "{hello: ••••••, more: [1, null]}"


def test_completion_request_is_recorded(tmp_path: Path) -> None:
    from core.probes.completion import plan_completion
    from core.probes.plan_options import PlanOptions
    from tests.core.probes.check_runs import TrustAll, report_on

    body = {"model": "m0-2026", "choices": [{"message": {"content": "pong"}}], "usage": {"prompt_tokens": 15}}
    with Server({"/v1/chat/completions": answer(body)}) as server:
        costs = Spec("m0", "costs = { input = 1, output = 2 }")
        report = report_on(tmp_path, backend("local", "openai", costs, endpoint=f"{server.url}/v1"))
        made = plan_completion(report.catalog, report.catalog.specs[0], PlanOptions(trust=TrustAll()))
        result = run_plans([made.plan]).only
    (exchange,) = result.exchanges
    assert '"model": "m0"' in exchange.body
    assert "Answer with the one word: pong" in exchange.body
    assert made.cost_of(result) is None  # the tokens that came back were not counted


def test_google_list_at_the_path_of_another_sdk_version(tmp_path: Path) -> None:
    moved = answer({"models": [{"name": "models/gemini-2.5-pro"}]})
    made = backend("google", "google", "gemini-2.5-pro", api_key="${KEY}")
    for path, count in (("/v1beta/models", 1), ("/v1/models", 2)):
        with Server({path: moved}) as server:
            stand_ins = {"https://generativelanguage.googleapis.com": server.url}
            result = run_plans(plans_for(tmp_path / path[1:3], made, stand_ins=stand_ins, KEY="key-of-somebody")).only
            assert (outcome(result), result.listing.complete, len(server.requests)) == ("ok", True, count)
    with Server({}) as server:
        stand_ins = {"https://generativelanguage.googleapis.com": server.url}
        result = run_plans(plans_for(tmp_path / "none", made, stand_ins=stand_ins, KEY="key-of-somebody")).only
    assert (outcome(result), result.listing.complete) == ("not_found/no_list_endpoint", False)


def test_ollama_compatible_server_without_a_version_is_listed(tmp_path: Path) -> None:
    with Server({"/v1/models": answer({"data": [{"id": "llama3:latest"}]})}) as server:
        made = backend("ollama", "openai", "llama3", endpoint=f"{server.url}/v1")
        result = run_plans(plans_for(tmp_path, made)).only
    assert (outcome(result), result.listing.complete) == ("ok/no_key", True)
    assert [exchange.status for exchange in result.exchanges] == [404, 200]


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("{url}/moved?page=1", True),
        ("//127.0.0.1:{port}/moved", True),
        ("../moved", True),
        ("HTTP://127.0.0.1:{port}/moved", True),
        ("https://127.0.0.1:{port}/moved", False),
        ("http://localhost:{port}/moved", False),
        ("http://127.0.0.1:9/moved", False),
        ("http://127.0.0.1:{port}@evil.example/moved", False),
    ],
)
@pytest.mark.parametrize("status", [301, 307])
def test_redirect_is_followed_within_its_origin(location: str, followed: bool, status: int, tmp_path: Path) -> None:
    with Server({"/moved": exactly(raw(LIST))}) as server:
        target = location.format(url=server.url, port=server.port)
        server.routes["/v1/models"] = exactly(raw(b"", status, {"Location": target}))
        result = check_once(tmp_path, f"{server.url}/v1")
    assert outcome(result) == ("ok/key_unproven" if followed else "bad_response/redirect")
    assert [request.path for request in server.requests] == ["/v1/models", "/moved"][: 1 + followed]
