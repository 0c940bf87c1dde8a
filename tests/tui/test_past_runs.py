"""Past runs in the app: in lists, details and explanations, among causes, and in the review of an edit."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.lives.clock import VARIABLE
from tests.support.traces import CANARY, pipe_error, pipe_start, run_of, usage, write_trace
from tests.support.trees import KEYS, minimal, write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for


@pytest.fixture(autouse=True)
def this_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real day, as runs take place now."""
    monkeypatch.delenv(VARIABLE)


METHOD = """
domain = "d"
description = "x"
[pipe.summarize]
type = "PipeLLM"
description = "x"
output = "Text"
model = "$cheap"
prompt = "x"
"""


def project_of(tmp_path: Path) -> Path:
    """A project of 0.92.2 whose tree was written long ago."""
    project = write_tree(tmp_path / "project", minimal("0.92.2"))
    for path in project.rglob("*.toml"):
        os.utime(path, (0, 0))
    return project


def ran_now(project: Path, events: list[dict[str, Any]], name: str = "run/a.ndjson", ago: float = 0) -> Path:
    """Write the trace of a run, `ago` seconds before now."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))
    path = write_trace(project / ".pipelex/traces", [event | {"timestamp": moment} for event in events], name)
    os.utime(path)
    return path


def calls(count: int) -> list[dict[str, Any]]:
    """Calls of `$cheap`, which ends at `gpt-4o-mini`."""
    start = pipe_start(0, "0.92.2", "run:node_1", "summarize", choices="$cheap")
    return [start, *(usage(number + 1) for number in range(count))]


@asynccontextmanager
async def opened(project: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[AppDriver]:
    environ = {**KEYS, "XDG_STATE_HOME": str(project.parent / "state")}
    async with open_app(request_for(project, project.parent / "home", **environ), size) as driver:
        yield driver


async def until(app: AppDriver, condition: Callable[[], object]) -> None:
    """Wait for a thread of the app."""
    async with asyncio.timeout(60):
        while not condition():
            await app.settle()


async def test_names_that_ran_say_so(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    (project / "m.mthds").write_text(METHOD)
    ran_now(project, calls(3), ago=7300)
    async with opened(project, (120, 36)) as app:
        await until(app, lambda: app.main.session.traces)
        said = "ran 2 h ago, 1.50 s, $0.0011; 3 times in 30 days"
        await app.press("2")
        assert "+ gpt-4o-mini" in app.left
        assert "ran 2 h" in app.left
        assert said in app.details
        await app.press("4", "j")
        assert "deck" in app.main.session.pane
        assert f"+ {said}" in app.details
        await app.press("e")
        assert said in app.text
        await app.press("escape", "7")
        assert f"+ {said}" in app.details
        assert "ran 2 h" in app.left


async def test_a_model_whose_last_run_failed_comes_first(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    failed = [pipe_start(0, "0.92.2", "n2", "summarize", choices="$cheap"), pipe_error(1, "0.92.2", "n2")]
    ran_now(project, failed)
    async with opened(project, (120, 36)) as app:
        await until(app, lambda: app.main.session.traces)
        assert "runs that call gpt-4o-mini fail: the last one just now, 1 error and 0 calls in 30 days" in app.details
        await app.press("2")
        assert "failed" in app.left


async def test_the_review_says_what_past_runs_would_have_cost(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    (project / "m.mthds").write_text(METHOD)
    ran_now(project, calls(10))
    async with opened(project, (120, 36)) as app:
        await until(app, lambda: app.main.session.traces)
        await app.press("4", "j", "m")
        await app.type("claude-4")
        await app.press("enter")
        assert "1 edit not written: 2 names end elsewhere" in app.text
        # What ran was another model.
        assert "its model ran" not in app.details
        assert "ran now" not in app.left.partition("4 Deck")[2].partition("5 Problems")[0].replace("gpt-4o-mini", "")
        await app.press("w")
        assert "last 30 days: $0.011 -> $0.0336 to 0.0525" in app.text


async def test_the_page_adds_up_by_model_pipe_backend_and_day(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    (project / "m.mthds").write_text(METHOD)
    ran_now(project, calls(3))
    ran_now(
        project, [usage(0, model="claude-4-sonnet", backend="anthropic", pipe="other")], "old/a.ndjson", 86_400 * 40
    )
    path = ran_now(
        project, [usage(0, model="gone", backend="old", costs={}), pipe_error(1, "0.92.2", "n9")], "gone/a.ndjson"
    )
    path.write_text(path.read_text() + '{"event_kind":"dance"}\n')
    async with opened(project) as app:
        await app.press("8")
        await until(app, lambda: app.main_below.session.traces and not app.main_below.traces.running)
        await app.settle()
        lines = app.lines
        assert lines[0].startswith("━ spent  30d by model")
        assert " 4 calls, $0.0033 " in lines[0]
        assert lines[1].startswith(" by day  .............................█  up to $0.0033 a day")
        assert lines[3].split() == ["MODEL", "CALLS", "ERRORS", "IN", "CACHED", "OUT", "SPENT", "BY", "FILE"]
        assert lines[4].split() == [">gpt-4o-mini", "3", "3k", "600", "300", "$0.0033", "$0.0126", "████████"]
        assert lines[7].split()[:3] == ["total", "4", "1"]
        assert "1 event of an unknown kind, skipped" in app.text
        for name, row in (("pipe", "summarize"), ("backend", "openai"), ("day", "20")):
            await app.press("b")
            assert lines[0].replace("model", name)[:25] == app.lines[0][:25]
            assert app.lines[4].strip(" >").startswith(row)
        await app.press("b", "p")
        assert app.lines[0].startswith("━ spent  90d by model")
        assert "claude-4-sonnet" in app.text
        await app.press("enter")
        assert "model  gpt-4o-mini" in app.right
        await app.press("3", "b")
        assert "works on the page of past runs: press 8" not in app.text  # `b` means nothing there


async def test_reading_can_be_stopped_and_goes_on(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    for number in range(3):
        path = ran_now(project, [usage(number, model=f"m{number}")], f"run{number}/a.ndjson")
        os.utime(path, (time.time() - number, time.time() - number))
    async with opened(project) as app:
        await until(app, lambda: app.main.session.traces and not app.main.traces.running)
        ran_now(project, [usage(3, model="m3")], "run3/a.ndjson")
        ran_now(project, [usage(4, model="m4")], "run4/a.ndjson")
        await app.press("8")
        reading = app.main_below.traces
        await until(app, lambda: not reading.running)
        reading.start()
        assert reading.running
        app.app.screen.read_or_stop()  # type: ignore[attr-defined]
        await until(app, lambda: not reading.running)
        await app.press("s")
        await until(app, lambda: not reading.running)
        await app.settle()
        assert "5 calls" in app.lines[0]


async def test_a_project_without_traces_says_so(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    async with opened(project) as app:
        assert app.main.session.traces is None
        await app.press("8")
        await until(app, lambda: "no call from " in app.text)
        assert not (tmp_path / "state").exists() or not list((tmp_path / "state").rglob("traces.json"))


async def test_texts_of_runs_are_on_no_screen(tmp_path: Path) -> None:
    project = project_of(tmp_path)
    ran_now(project, run_of("0.92.2"))
    async with opened(project, (120, 36)) as app:
        await until(app, lambda: app.main.session.traces)
        for key in ("1", "2", "3", "4", "5", "e", "escape", "0", "8", "b", "b", "b", "escape", "L"):
            await app.press(key)
            assert CANARY not in app.text
