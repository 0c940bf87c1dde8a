"""Live results in the whole app: shown with their age, and dropped when no longer valid."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from core.lives.clock import VARIABLE
from core.lives.index import packed_index, parse_index
from core.lives.lives import Knowledge, LifeState
from core.probes.check_result import CheckResult, Listing
from core.probes.check_status import CheckStatus, Finding
from core.probes.served_models import Served
from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import Server, answer, models
from tests.support.trees import edited, g3_1, inspect, write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import approve, idle, server_tree, tried, until
from tests.tui.edit.trees import sample
from tui.loading import Request
from tui.sample import demo_request


async def all_tried(app: AppDriver) -> None:
    await app.press("1", "T")
    await until(app, idle(app))


def ages(app: AppDriver, seconds: float) -> None:
    """Let all results be older."""
    live = app.app.session.live
    for name, (result, inputs) in list(live._results.items()):
        live._results[name] = (replace(result, at=result.at - seconds), inputs)


async def test_live_problems_are_listed_and_in_the_verdict_with_their_age() -> None:
    async with sample((120, 40)) as app:
        assert "runs in part: 1 of 7 LLM presets dead  " in app.lines[1] + "  "
        await all_tried(app)
        assert "1 of 7 LLM presets dead, 2 fail" in app.lines[1]
        assert "3 errors, 1 warning" in app.lines[1]
        await app.press("5", "j")
        assert "x backend openai: the key is rejected" in app.details
        assert "tried just now" in app.details
        assert "check Backend connectivity key" not in app.details
        assert "fix set OPENAI_API_KEY to a valid key of this provider" in app.details
        await app.press("j")
        assert "mistral does not list mistral-ocr-latest, and @document, ~read-pages, extr" in app.details
        assert "did you mean" in app.details or "repoint what uses it" in app.details
        await app.press("0")
        assert "backend openai: the key is rejected" in app.details


async def test_references_show_the_check_of_their_model() -> None:
    async with sample() as app:
        await app.press("4")
        assert "tried" not in app.left
        await all_tried(app)
        await app.press("4")
        await until(app, lambda: " now" in app.left)
        rows = {line[4:].split()[0]: line for line in app.left.splitlines() if line[4:].split()}
        assert rows["$writing"].endswith("claud…sonnet now")
        assert rows["$extract-facts"].startswith("  x")
        assert rows["$extract-facts"].endswith("gpt-4o-mini  bad key")
        assert rows["$read-diagrams"].endswith("dead")
        assert "+ tried just now: served" in app.details
        await app.press("2", "G")
        assert "? absent" in app.left or " now" in app.left


async def test_ages_increase_and_old_results_are_marked() -> None:
    async with sample((120, 40)) as app:
        await all_tried(app)
        ages(app, 7200)
        app.main.checking.live_results.soon()  # type: ignore[union-attr]
        await until(app, lambda: tried(app, "mistral") == "2 h")
        await app.press("1", "g")
        assert "it may have changed since: t repeats the check" in app.details


async def test_edit_keeps_live_results() -> None:
    async with sample((120, 40)) as app:
        await all_tried(app)
        await app.press("1", "g", "j", "space")  # openai goes off: its refused key bites nobody any more
        assert "backend openai: the key is rejected" not in "\n".join(
            problem.message
            for problem in app.app.session.view.live_results.report.problems  # type: ignore[union-attr]
        )
        assert "8 names die, 6 new errors" in app.lines[-2]
        await app.press("u")
        assert "1 of 7 LLM presets dead, 2 fail" in app.lines[1]


async def test_repeated_check_removes_a_fixed_live_problem(tmp_path: Path) -> None:
    good = {"now": False}

    def either(talk: object) -> None:
        (models("a") if good["now"] else answer({"error": {"code": "invalid_api_key"}}, 401))(talk)  # type: ignore[arg-type]

    with Server({"/v1/models": either}) as server:
        root = server_tree(tmp_path, server.port)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
            await app.press("1", "t")
            await approve(app)
            await until(app, idle(app))
            await app.press("5")
            await app.press("g")
            for _ in range(6):
                if "the key is rejected" not in app.details:
                    await app.press("j")
            good["now"] = True
            await app.press("t")
            await until(app, lambda: idle(app)() and "key is refused" not in app.text)
            assert not any(problem.code.startswith("live-") for problem in app.app.session.view.problems.values())  # type: ignore[union-attr]


async def test_changed_endpoint_drops_the_result_until_undo(tmp_path: Path) -> None:
    with Server({"/v1/models": models("a")}) as server:
        root = server_tree(tmp_path, server.port)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-key")) as app:
            await app.press("1", "t")
            await approve(app)
            await until(app, idle(app))
            assert tried(app, "b0") == "now"
            file = root / ".pipelex" / "inference" / "backends.toml"
            text = file.read_text()
            file.write_text(text.replace("/v1", "/v2"))
            await app.press("R")
            await until(app, lambda: tried(app, "b0") == "")
            assert "live check" not in app.details
            file.write_text(text)
            await app.press("R")
            await until(app, lambda: tried(app, "b0") == "now")


async def test_changed_key_in_env_file_drops_the_result(tmp_path: Path) -> None:
    with Server({"/v1/models": models("a")}) as server:
        root = server_tree(tmp_path, server.port)
        (root / ".env").write_text("KEY=sk-canary-one\n")
        async with open_app(request_for(root, tmp_path / "home")) as app:
            await app.press("1", "t")
            await approve(app)
            await until(app, idle(app))
            assert tried(app, "b0") == "now"
            (root / ".env").write_text("KEY=sk-canary-two\n")
            assert app.app.session.workspace.moved() == ("./.env",)
            await until(app, lambda: app.main.disk_watch is not None)
            app.main.disk_watch.look()  # type: ignore[union-attr]
            await until(app, lambda: tried(app, "b0") == "")
            assert "live check" not in app.details
            assert "./.env changed on disk: reloaded" in app.text
            (root / ".env").write_text("KEY=sk-canary-one\n")
            await app.press("R")
            await until(app, lambda: tried(app, "b0") == "now")
            assert "sk-canary" not in app.text + app.details


async def test_next_session_drops_results_of_another_key(tmp_path: Path) -> None:
    with Server({"/v1/models": models("a")}) as server:
        root = server_tree(tmp_path, server.port)
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-one")) as app:
            await app.press("1", "t")
            await approve(app)
            await until(app, idle(app))
        files = list((tmp_path / "home").rglob("checks.json"))
        assert [oct(path.stat().st_mode & 0o777) for path in files] == ["0o600"]
        assert b"canary" not in files[0].read_bytes()
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-two")) as app:
            await app.press("1")
            assert tried(app, "b0") == ""
        async with open_app(request_for(root, tmp_path / "home", KEY="sk-canary-one")) as app:
            await until(app, lambda: tried(app, "b0") == "now")


async def test_failed_demo_provider_is_a_result(tmp_path: Path) -> None:
    def no_port() -> dict[str, str]:
        raise OSError("no port is free")

    root = server_tree(tmp_path, 9)
    request = replace(request_for(root, tmp_path / "home", KEY="sk-canary-key"), stand_ins=no_port)
    async with open_app(request) as app:
        await app.press("1", "t")
        await until(app, idle(app))
        assert tried(app, "b0") == "unasked"
        assert "pipedeck failed to plan this check" in app.details
        assert "not checked: pipedeck failed; see the log, key L" in app.lines[-1]
        await app.press("L")
        assert "checks could not be planned: OSError" in app.text


async def test_fix_of_an_unserved_model_uses_the_served_name(tmp_path: Path) -> None:
    files = tree(backend("b0", "openai", "gpt-4o-mini-2024-07-18", endpoint="http://127.0.0.1:9/v1"))
    files["routing_profiles.toml"] += 'default = "b0"\n'
    with Server({"/v1/models": models("gpt-4o-mini-2024-07-19", "other")}) as server:
        files["backends.toml"] = files["backends.toml"].replace(":9/", f":{server.port}/")
        write_tree(tmp_path / "project", files)
        async with open_app(request_for(tmp_path / "project", tmp_path / "home")) as app:
            await app.press("1", "t")
            await until(app, idle(app))
            await app.press("5")
            await app.press("g")
            for _ in range(6):
                if "does not list" not in app.details:
                    await app.press("j")
            assert "does not list" in app.details, app.text
            assert "did you mean gpt-4o-mini-2024-07-19?" in app.details
            await app.press("f")
            assert "ask b0 for gpt-4o-mini-2024-07-19, which it lists" in app.text
            await app.press("enter")
            await until(app, lambda: "does not list" not in app.text)
            # What the provider said holds for the new name.
            assert re.search(r"^> \+ m0 .* now$", app.left, re.MULTILINE), app.left


def with_index(request: Request, folder: Path) -> Request:
    """The request with an index by which two models of the sample have ended."""
    ended = [[], [], "", [["0", "retired", "2026-11-01", "claude-sonnet-4-5"]]]
    document = {
        "format": 1,
        "built": "2100-01-01",
        "sources": [["depdesk", "1", "2026-11-09"]],
        "services": {"anthropic": {"claude-opus-4-5": ended, "claude-opus-4-1": ended, "claude-sonnet-4-5": []}},
    }
    (folder / "pipedeck").mkdir(parents=True)
    (folder / "pipedeck" / "index.json.gz").write_bytes(packed_index(document))
    return replace(request, environ={**(request.environ or {}), "XDG_DATA_HOME": str(folder)})


async def test_what_a_check_lists_wins_over_the_index_in_proposals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2026-12-01")
    with ExitStack() as folders:
        async with open_app(with_index(demo_request(folders), tmp_path), (120, 40)) as app:
            session = app.app.session
            await until(app, lambda: session.knowledge is not None)

            def state(handle: str) -> LifeState:
                lives = session.workspace.report.lives
                assert lives is not None
                (spec,) = lives.catalog.declared[handle]
                return lives.state(spec)

            assert state("claude-4.5-opus") is LifeState.ENDED
            before = session.view
            assert before is not None
            assert {offer.handle for offer in before.offers if offer.has_ended} == {"claude-4.5-opus"}
            await app.press("5")
            assert "claude-opus-4-5 ended on" in app.left
            await app.press("1", "g", "t")
            await until(app, idle(app))
            assert state("claude-4.5-opus") is LifeState.LISTED
            await app.press("5")
            assert "ended on" not in app.left
            # One that is listed and not declared yet counts too, once it is imported.
            await app.press("1", "g", "i", "a", "escape")
            assert state("claude-opus-4-1") is LifeState.LISTED
            view = session.view
            assert view is not None
            assert view.lives is not None
            (spec,) = view.catalog.declared["claude-opus-4-1"]
            assert "listed by a live check just now" in view.lives.text(spec)
            assert not any(offer.has_ended for offer in view.offers)
            live = session.live
            live._results.clear()
            session.show(view)
            assert state("claude-4.5-opus") is LifeState.ENDED


async def test_listed_models_against_the_policy_are_marked_and_not_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2026-12-01")
    with ExitStack() as folders:
        request = demo_request(folders)
        policy = '[policy]\nmodels = ["claude-4.*", "gpt*", "mistral*"]\nends_within_days = 30\n'
        Path(str(request.path), ".pipelex", "pipedeck.toml").write_text(policy)
        async with open_app(with_index(request, tmp_path), (120, 40)) as app:
            await until(app, lambda: app.app.session.knowledge is not None)
            await app.press("1", "g", "t")
            await until(app, idle(app))
            await app.press("i")
            [line] = [line for line in app.lines if "claude-opus-4-1" in line]
            assert "violates policy" in line
            assert "violates policy" not in "".join(line for line in app.lines if "claude-opus-4-5" in line)
            await app.press("space")
            assert "violates the policy: model claude-opus-4-1 is none of claude-4.*, gpt*, mistral*" in app.text
            await app.press("a")
            assert "violates the policy: model claude-opus-4-1 is none of" in app.text


def test_a_served_name_that_ends_is_not_suggested(tmp_path: Path) -> None:
    report = inspect(
        tmp_path,
        {
            **edited(g3_1(), "backends/openai.toml", '"gpt-4o-mini-id"', '"gpt-4o-mini-2024-07-18"'),
            "../pipedeck.toml": "[policy]\nends_within_days = 30\n",
        },
    )
    document = {
        "format": 1,
        "built": "2026-11-30",
        "sources": [["depdesk", "1", "2026-11-09"]],
        "services": {"openai": {"gpt-4o-mini-2024-07-19": [[], [], "", [["0", "", "2026-12-20"]]]}},
    }
    listing = Listing((Served("gpt-4o-mini-2024-07-19"),), complete=True, gap="", groups=frozenset({""}))
    result = CheckResult("openai", "openai", Finding(CheckStatus.OK), "https://api.openai.com", at=1.0, listing=listing)
    for day, suggested in (("2026-12-01", False), ("2026-11-01", True)):
        known = report.with_knowledge(Knowledge(parse_index(packed_index(document)), day))
        fixes = [item.fix or "" for item in known.with_live([result]).problems if item.code == "live-model-not-served"]
        assert ("did you mean `gpt-4o-mini-2024-07-19`?" in fixes) == suggested
