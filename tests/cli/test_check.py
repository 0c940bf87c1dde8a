"""`pipedeck check` and `validate --live`: text, JSON, consent and exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import command, environment, run
from tests.core.probes.check_runs import Spec, backend, tree
from tests.support.documents import parse_document
from tests.support.fake_servers import Server, Talk, answer, black_hole, models, only_with
from tests.support.polling import until
from tests.support.trees import edited, g3_1, write_tree
from tui.cli.main import main

KEY = "sk-canary-of-the-command"
GOOD = only_with("authorization", f"Bearer {KEY}", models("m0"), answer({"error": {"message": "no"}}, 401))


def project(folder: Path, *backends: dict[str, str]) -> Path:
    return write_tree(folder, tree(*backends))


def local(server: Server, name: str = "local", *ids: str | Spec, **more: str) -> dict[str, str]:
    return backend(name, "openai", *ids, endpoint=f"{server.url}/v1", api_key="${MY_KEY}", **more)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the trees of these tests."""
    monkeypatch.setenv("MY_KEY", KEY)


def check(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run `check`; returns exit status, stdout and stderr, which must not contain the key."""
    status = main(["check", *arguments, "--tree", str(folder)])
    out, err = capsys.readouterr()
    assert KEY not in out + err
    return status, out, err


def document(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status, out, err = check(folder, capsys, "--json", *arguments)
    assert err == ""
    data = parse_document("check", out)
    return status, data


def test_all_checks_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("m0", "extra-1")}) as server:
        project(tmp_path, local(server))
        status, out, err = check(tmp_path, capsys, "--trust", f"MY_KEY={server.url}")
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert re.fullmatch(r"ok local \d+\.\d\d s reached; the key is not verified by this request", lines[0])
    assert lines[1] == "list: yes, key: not proven, answer: not proven"
    assert lines[2] == "1 of 1 declared models served, 1 more not declared"
    assert lines[3] == "1 good, 0 not"


def test_failed_check_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": answer({"error": {"message": "Incorrect API key"}}, 401)}) as server:
        project(tmp_path, local(server), backend("internal", "pypdfium2"))
        status, out, _ = check(tmp_path, capsys, "--trust", f"MY_KEY={server.url}")
    assert status == 1
    text = " ".join(out.split())
    assert "x local" in text
    assert "the key is rejected: Incorrect API key list: not proven, key: no, answer: not proven" in text
    assert "fix: set MY_KEY to a valid key of this provider" in text
    assert "- internal - runs inside Pipelex" in text
    assert text.endswith("0 good, 1 not, 1 with nothing to ask")


def test_unserved_used_model_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("gpt-4o")}) as server:
        files = edited(g3_1(), "backends.toml", "[openai]\n", f'[openai]\nendpoint = "{server.url}/v1"\n')
        write_tree(tmp_path, edited(files, "backends.toml", "${OPENAI_API_KEY}", "${MY_KEY}"))
        status, out, _ = check(tmp_path, capsys, "openai", "--trust", f"MY_KEY={server.url}")
        assert status == 1
        assert "not served: gpt-4o-mini (gpt-4o-mini-id), used by " in " ".join(out.split())


def test_host_of_the_local_network_is_asked_after_one_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server({"*": GOOD}) as proxy:
        # The proxy stands for the network: it passes on what is sent in the open.
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        project(tmp_path, backend("lan", "openai", endpoint="http://10.1.2.3:8000/v1", api_key="${MY_KEY}"))
        status, out, _ = check(tmp_path, capsys)
        assert (status, proxy.requests) == (1, [])
        assert "MY_KEY would be sent to 10.1.2.3 without encryption" in " ".join(out.split())
        assert "check --allow-host 10.1.2.3" in " ".join(out.split())
        status, _, err = check(tmp_path, capsys, "--allow-host", "api.example")
        assert (status, "only hosts of the local network" in err) == (2, True)
        _, data = document(tmp_path, capsys, "--dry-run", "--allow-host", "10.1.2.3")
        assert data["plans"][0]["requests"][0]["proxy"] == proxy.url
        status, out, _ = check(tmp_path, capsys)
        assert (status, len(proxy.requests)) == (0, 1)
        assert f"note: through the proxy {proxy.url} (HTTP_PROXY)" in " ".join(out.split())


def test_repeated_checks_print_a_line_each_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        project(tmp_path, local(server), backend("internal", "pypdfium2"))
        approved = ("--trust", f"MY_KEY={server.url}")
        status, out, _ = check(tmp_path, capsys, "local", "--watch", "1", "--for", "2s", *approved)
        lines = out.splitlines()
        assert (status, len(server.requests)) == (0, 2)
        assert re.fullmatch(r"1 backend each 1 s until \d\d:\d\d:\d\d; Ctrl\+C ends it", lines[0])
        assert all(re.fullmatch(r"\d\d:\d\d:\d\d  ok local \d+\.\d\d s", line) for line in lines[1:3])
        assert re.fullmatch(r"ok  local  2 of 2 good, .* s median, .* s to .* s  [▁▂▃▄▅▆▇█]{2}", lines[4])
        for arguments in (["internal", "--watch"], ["--watch", "internal"]):
            status, out, _ = check(tmp_path, capsys, *arguments)
            assert (status, out.splitlines()[0]) == (3, "internal  internal")
        status, out, _ = check(tmp_path, capsys, "--for", "1s", "--watch", "local", "internal", *approved)
        assert (status, out.splitlines()[0].partition(" each")[0]) == (0, "1 backend")
        status, _, err = check(tmp_path, capsys, "--watch", "locla")
        assert (status, "locla" in err, "local" in err) == (2, True, True)
        for arguments in (["--for", "2s"], ["--watch", "5x"], ["--watch", "5", "--models"], ["--watch", "0.1"]):
            with pytest.raises(SystemExit):
                check(tmp_path, capsys, *arguments)
        assert "cannot be combined" in check(tmp_path, capsys, "--watch", "--json")[2]


def test_ctrl_c_ends_repeated_checks_with_the_summary(tmp_path: Path) -> None:
    with Server({"/v1/models": answer({"error": {"message": "no"}}, 500)}) as server:
        project(tmp_path, backend("local", "openai", endpoint=f"{server.url}/v1"))
        arguments = [*command(), "check", "--watch", "--tree", str(tmp_path)]
        with subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first, second = process.stdout.readline(), process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
        assert process.returncode == 1
    assert ("each 30 s" in first, "x local" in second, "fails" in second) == (True, True, True)
    assert rest.startswith("1 round\nx   local  0 of 1 good")


def test_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, backend("internal", "pypdfium2"))
    assert check(tmp_path, capsys)[0] == 3
    assert check(tmp_path, capsys, "--dry-run")[0] == 3


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, backend("internal", "pypdfium2"))
    status, _, err = check(tmp_path, capsys, "intrnal")
    assert (status, err) == (2, "pipedeck: there is no backend `intrnal`: did you mean `internal`?\n")
    for option, value in (("--timeout", "0"), ("--timeout", "soon"), ("--deadline", "-1")):
        with pytest.raises(SystemExit) as left:
            main(["check", option, value, "--tree", str(tmp_path)])
        assert left.value.code == 2
    for arguments, message in (
        (["--trust", "nonsense"], "write it as VARIABLE=https://host"),
        (["--proxy", "socks5://u:secret@h"], "not of the form"),
        (["--proxy", "env"], "no proxy in HTTPS_PROXY"),
    ):
        status, _, err = check(tmp_path, capsys, *arguments)
        assert (status, message in err, "secret" in err) == (2, True, False)


def test_unreadable_certificate_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, backend("local", "openai", endpoint="https://127.0.0.1:1/v1"))
    status, _, err = check(tmp_path, capsys, "--ca-file", "missing.pem")
    assert (status, err) == (2, "pipedeck: missing.pem: no certificates can be read from it\n")


def test_dry_run_lists_requests_and_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/*": models("m0")}) as server:
        project(tmp_path, local(server))
        status, out, _ = check(tmp_path, capsys, "--dry-run", "--trust", f"MY_KEY={server.url}")
        assert status == 0
        assert f"GET {server.url}/v1/models" in out
        assert "headers: Authorization" in out
        assert "read what LiteLLM states of its models, only if the server is LiteLLM" in " ".join(out.split())
        assert out.endswith("1 request would be sent, and up to 2 more that depend on the answers; none was\n")
        status, data = document(tmp_path, capsys, "--dry-run")
        assert (data["dry_run"], data["results"]) == (True, [])
        assert data["plans"][0]["requests"][0]["headers"] == ["Authorization"]
        assert server.requests == []


def test_values_of_variables_are_not_in_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_API_BASE", "https://res.example:444/canaryseg")
    monkeypatch.setenv("AZURE_API_VERSION", "canaryversion")
    azure = {"endpoint": "${AZURE_API_BASE}", "api_key": "${MY_KEY}", "api_version": "${AZURE_API_VERSION}"}
    project(tmp_path, backend("azure_openai", "azure_openai", **azure))
    for arguments in (("--json",), ()):
        _, out, err = check(tmp_path, capsys, "--dry-run", *arguments)
        assert "https://res.example:444/" in out
        assert "canary" not in out + err
    monkeypatch.setenv("PIPEDECK_PROXY", "http://canary:canary@proxy.example:8080/?x=canary")
    for command_line in (["settings"], ["settings", "--json"]):
        main(command_line)
        out, err = capsys.readouterr()
        assert "proxy.example:8080" in out
        assert "canary" not in out + err


def test_dry_run_imports_no_http_library(tmp_path: Path) -> None:
    project(tmp_path, backend("openai", "openai", api_key="${OPENAI_API_KEY}"))
    code = (
        "import sys; from tui.cli.main import main\n"
        f"main(['check', '--dry-run', '--tree', {str(tmp_path)!r}])\n"
        "print(sorted({'httpx', 'httpcore', 'anyio', 'pydantic', 'botocore', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment({"OPENAI_API_KEY": KEY}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(
        {
            "/v1/models": answer(
                {"data": [{"id": "m0", "owned_by": "vllm"}, {"id": "x\x1b[2J", "owned_by": "vllm"}]},
                headers={"X-Request-Id": "r1"},
            )
        }
    ) as server:
        project(tmp_path, local(server, "local", "m0", "gone"))
        status, data = document(tmp_path, capsys, "--trust", f"MY_KEY={server.url}")
    assert status == 0
    assert data["counts"] == {
        "backends": 1,
        "good": 1,
        "bad": 0,
        "inconclusive": 0,
        "not_checkable": 0,
        "models_in_use_not_served": 0,
        "requests": 1,
    }
    (result,) = data["results"]
    assert (result["lists"], result["key"], result["answers"], result["make"]) == (
        "yes",
        "not proven",
        "not proven",
        "vllm",
    )
    assert (result["status"], result["reason"], result["request_id"]) == ("ok", "key_unproven", "r1")
    assert result["exchanges"][0]["url"] == f"{server.url}/v1/models"
    assert [item["model_id"] for item in result["models"]["not_served"]] == ["gone"]
    assert [item["id"] for item in result["models"]["undeclared"]] == ["x\x1b[2J"]


def test_disabled_backends_are_checked_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        made = local(server)
        made["backends.toml"] = made["backends.toml"].replace("enabled = true", "enabled = false")
        project(tmp_path, made)
        trust = ("--trust", f"MY_KEY={server.url}")
        assert check(tmp_path, capsys, *trust)[0] == 3
        assert check(tmp_path, capsys, "--all")[0] == 0
        assert check(tmp_path, capsys, "local")[0] == 0


# ---- consent


def test_new_host_needs_consent_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        project(tmp_path, local(server))
        status, out, _ = check(tmp_path, capsys)
        assert (status, server.requests) == (1, [])
        assert f"MY_KEY was never sent to {server.url} before" in " ".join(out.split())
        assert check(tmp_path, capsys, "--trust", f"MY_KEY={server.url}")[0] == 0
        assert check(tmp_path, capsys)[0] == 0
        assert len(server.requests) == 2


@pytest.mark.pty
@pytest.mark.parametrize(("typed", "sent"), [("y\n", 1), ("n\n", 0), ("\n", 0), ("\x04", 0)])
def test_terminal_asks_for_consent(typed: str, sent: int, tmp_path: Path) -> None:
    with Server({"/v1/models": models("m0")}) as server:
        project(tmp_path, local(server))
        master, slave = pty.openpty()
        with subprocess.Popen(
            command("check", "--tree", str(tmp_path)), env=environment(), stdin=slave, stdout=slave, stderr=slave
        ) as process:
            os.close(slave)
            output = b""
            while b"[y/N]" not in output:
                output += os.read(master, 1000)
            assert f"MY_KEY was never sent to {server.url}. Send it?".encode() in output
            assert server.requests == []
            os.write(master, typed.encode())
            process.wait(20)
            os.close(master)
        assert process.returncode == (0 if sent else 1)
        assert len(server.requests) == sent


# ---- interruption


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_ctrl_c_prints_the_results_so_far(form: tuple[str, ...], tmp_path: Path) -> None:
    with Server({"/good/*": models("m0"), "/*": black_hole}) as server:
        # One host gets two requests at a time: the third follows the successful one.
        names = ("hole", "good", "last")
        project(tmp_path, *(backend(name, "openai", endpoint=f"{server.url}/{name}/v1") for name in names))
        with subprocess.Popen(
            command("check", *form, "--timeout", "120", "--tree", str(tmp_path)),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            until(lambda: len(server.requests) == 3)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)  # half of what the checks would wait
    assert (process.returncode, err) == (130, "")
    if form:
        statuses = {item["backend"]: item["status"] for item in json.loads(out)["results"]}
        assert statuses == {"good": "ok", "hole": "cancelled", "last": "cancelled"}
    else:
        assert "cancelled" in out


def test_invalid_host_name_is_reported(tmp_path: Path) -> None:
    # A label that is too long for a host name: refused without a request.
    project(tmp_path, backend("local", "openai", endpoint=f"http://{'x' * 70}.localhost/v1"))
    done = run("check", "--json", "--tree", str(tmp_path))
    assert done.returncode == 1
    assert json.loads(done.stdout)["results"][0]["status"] == "dns"


# ---- one model


def test_completion_needs_consent_to_its_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = answer({"model": "other", "choices": [{"message": {"content": "pong"}}], "usage": {"completion_tokens": 2}})
    with Server({"/v1/chat/completions": chat}) as server:
        project(tmp_path, local(server, "local", Spec("m0", "costs = { input = 3.0, output = 15.0 }")))
        trust = ("--trust", f"MY_KEY={server.url}")
        status, out, err = check(tmp_path, capsys, "local", "--model", "m0", *trust)
        assert (status, out, server.requests) == (2, "", [])
        assert "about 16 output tokens, about $0.000285" in err
        status, out, _ = check(tmp_path, capsys, "local", "--model", "m0", "--yes")
        assert status == 0
        assert "m0 of local: answered in" in out
        assert "another model answered: other" in out
        assert "it said: pong" in out
        status, data = document(tmp_path, capsys, "local", "--model", "m0", "--yes")
        assert data["completion"]["estimated_usd"] == pytest.approx(0.000285)
        assert data["results"][0]["facts"]["answered by"] == "other"
        status, out, _ = check(tmp_path, capsys, "local", "--model", "m0", "--dry-run")
        assert (status, len(server.requests)) == (0, 2)
        assert f"POST {server.url}/v1/chat/completions" in out
        status, _, err = check(tmp_path, capsys, "--model", "nobody", "--yes")
        assert (status, "nobody" in err) == (2, True)


# ---- validate --live


def validate(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["validate", "--live", *arguments, "--tree", str(folder)])
    out, err = capsys.readouterr()
    assert (KEY in out, err) == (False, "")
    return status, out


def live_tree(folder: Path, openai: Server, anthropic: Server) -> None:
    files = edited(g3_1(), "backends.toml", "[openai]\n", f'[openai]\nendpoint = "{openai.url}/v1"\n')
    files = edited(files, "backends.toml", "[anthropic]\n", f'[anthropic]\nendpoint = "{anthropic.url}"\n')
    files = edited(files, "backends.toml", "${OPENAI_API_KEY}", "${MY_KEY}")
    write_tree(folder, edited(files, "backends.toml", "${ANTHROPIC_API_KEY}", "${MY_KEY}"))


def test_validate_live_uses_provider_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = models("gpt-4o-mini-id", "reader-id", "painter-id", "finder")
    with (
        Server({"/v1/models": everything}) as openai,
        Server({"/v1/models": models("claude-4-sonnet-id")}) as anthropic,
    ):
        live_tree(tmp_path, openai, anthropic)
        trust = ("--trust", f"MY_KEY={openai.url}", "--trust", f"MY_KEY={anthropic.url}")
        status, out = validate(tmp_path, capsys, *trust)
        assert status == 0
        assert "ok Backend connectivity (2 backends asked)" in " ".join(out.split())
        assert "ok Model availability (2 of 2 listed all their models)" in " ".join(out.split())
    with Server({"/v1/models": models("gpt-9")}) as openai, Server({"/v1/models": answer({}, 401)}) as anthropic:
        live_tree(tmp_path, openai, anthropic)
        trust = ("--trust", f"MY_KEY={openai.url}", "--trust", f"MY_KEY={anthropic.url}")
        status, out = validate(tmp_path, capsys, "--json", *trust)
    data = parse_document("validate", out)
    assert (status, data["verdict"]) == (1, "cannot_run")
    assert data["checks"]["backend_connectivity"]["codes"] == ["live-unauthorized"]
    assert "live-model-not-served" in data["checks"]["model_availability"]["codes"]
    assert {item["backend"]: item["status"] for item in data["live"]} == {"openai": "ok", "anthropic": "unauthorized"}


def test_validate_live_takes_up_what_a_model_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = answer({"choices": [{"message": {"content": "pong"}}]})
    with Server({"/v1/chat/completions": chat}) as server:
        project(tmp_path, local(server, "local", "m0", "m9"))
        trust = ("--trust", f"MY_KEY={server.url}")
        _, out = validate(tmp_path, capsys, "--json", *trust)
        before = parse_document("validate", out)["live"][0]
        assert (before["status"], before["inconclusive"], before["answers"]) == ("not_found", True, "not proven")
        assert check(tmp_path, capsys, "local", "--model", "m0", "--yes")[0] == 0
        _, out = validate(tmp_path, capsys, "--json")
    after = parse_document("validate", out)["live"][0]
    assert (after["status"], after["reason"], after["lists"]) == ("ok", "answered", "no")
    assert (after["key"], after["answers"]) == ("yes", "yes")
    assert [item["model_id"] for item in after["models"]["served"]] == ["m0"]
    assert [item["model_id"] for item in after["models"]["unknown"]] == ["m9"]


def test_validate_without_live_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/*": models("m0")}) as server:
        live_tree(tmp_path, server, server)
        main(["validate", "--tree", str(tmp_path)])
        assert server.requests == []
    assert "(offline part)" in capsys.readouterr().out
    assert main(["validate", "--live", "--assume-keys", "--tree", str(tmp_path)]) == 2


def test_document_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "check"]) == 0
    assert "results" in json.loads(capsys.readouterr().out)["properties"]


def test_options_override_limits_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(talk: Talk) -> None:
        if not talk.delay(5):  # the default limit is ten seconds
            models("m")(talk)

    with Server({"/v1/models": late}) as server:
        project(tmp_path, backend("b0", "openai", "m", endpoint=f"{server.url}/v1"))
        monkeypatch.setenv("PIPEDECK_CHECK_TIMEOUT", "1")
        status, plans = document(tmp_path, capsys)
        assert (status, plans["results"][0]["status"]) == (1, "timeout")
        assert check(tmp_path, capsys, "--timeout", "0.2", "--at-once", "1")[0] == 1
        monkeypatch.setenv("PIPEDECK_PROXY", "socks5://u:secret@h")
        status, _, err = check(tmp_path, capsys)
        assert (status, "not of the form" in err, "secret" in err) == (2, True, False)
    for value in ("0", "33", "many"):
        with pytest.raises(SystemExit) as left:
            main(["check", "--at-once", value, "--tree", str(tmp_path)])
        assert left.value.code == 2


def offline(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run `validate` without `--live`."""
    status = main(["validate", *arguments, "--tree", str(folder)])
    return status, capsys.readouterr().out


def test_validate_counts_stored_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server({"/v1/models": models("other")}) as server:
        folder = project(tmp_path, local(server, "local", "m0"))
        check(folder, capsys, "--trust", f"MY_KEY={server.url}")
        sent = len(server.requests)
        _, out = offline(folder, capsys)
        assert "`local` does not list `m0`" in out
        assert "(1 backend asked, just now)" in out
        assert "does not list" not in offline(folder, capsys, "--offline")[1]
        (result,) = json.loads(offline(folder, capsys, "--json")[1])["live"]
        assert (result["backend"], result["cached"], result["status"]) == ("local", True, "ok")
        assert json.loads(offline(folder, capsys, "--json", "--offline")[1])["live"] is None
        assert len(server.requests) == sent


def test_resolve_tells_the_last_check_of_a_model_as_validate_counts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def resolve(*arguments: str) -> tuple[int, str]:
        return main(["resolve", "m0", *arguments, "--tree", str(folder)]), capsys.readouterr().out

    with Server({"/v1/models": models("other")}) as server:
        folder = project(tmp_path, local(server, "local", "m0"))
        routing = folder / ".pipelex" / "inference" / "routing_profiles.toml"
        routing.write_text('active = "all"\n[profiles.all]\ndescription = "All"\ndefault = "local"\n')
        assert resolve("--json")[0] == 0
        check(folder, capsys, "--trust", f"MY_KEY={server.url}")
        sent = len(server.requests)
        status, out = resolve()
        assert status == 1
        assert "tried just now: " in out
        assert resolve("--offline")[0] == 0
        assert "tried" not in resolve("--offline")[1]
        (reference,) = json.loads(resolve("--json")[1])["references"]
        assert reference["tried"]["state"] == "not_served"
        (reference,) = json.loads(resolve("--json", "--offline")[1])["references"]
        assert reference["tried"] is None
        assert len(server.requests) == sent
