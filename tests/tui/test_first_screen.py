"""The first screen: the verdict and its causes."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from core.releases import NEWEST_RELEASE
from tests.support.stock import Project, StockFactory
from tests.tui.app_driver import demo, open_app, request_for
from tui.sample import demo_request


async def test_sample_shows_a_partial_verdict() -> None:
    async with demo() as app:
        assert app.lines[0].startswith(" pipedeck  a throw-away sample")
        assert app.lines[0].endswith("release 0.92.2   profile own_keys")
        assert app.lines[1].startswith(" ! runs in part: 1 of 7 LLM presets dead")
        assert app.lines[1].endswith("1 error, 1 warning   keys 3/3")


async def test_inspector_shows_causes_with_fixes() -> None:
    async with demo() as app:
        assert "x backend google is off: 1 preset, 1 alias" in app.right
        assert "fix: turn google on and route to it" in app.right
        assert "! route gpt-5-* -> openai can never win" in app.right


async def test_overview_shows_stages_and_release() -> None:
    async with demo() as app:
        assert "answered for Pipelex 0.92.2" in app.details
        assert "the deck has [llm.aliases]" in app.details
        for stage in ("backends ok 5 backends, 4 on", "model deck ok", "finalization ok"):
            assert stage in app.details


async def test_pane_titles_show_counts() -> None:
    async with demo() as app:
        for title in (
            "1 Backends  4 on",
            "2 Models  12 served",
            "3 Routes  own_keys",
            "4 Deck  2 dead",
            "5 Problems  1 error",
        ):
            assert title in app.left


async def test_stock_tree_with_one_backend_shows_dead_names_and_cause(
    stock: StockFactory, fenced_environment: Path
) -> None:
    project = only_anthropic(stock("0.92.2"))
    async with open_app(request_for(project.root, fenced_environment, ANTHROPIC_API_KEY="made-up")) as app:
        assert "24 of 24 LLM presets dead" in app.lines[1]
        assert "keys 1/1" in app.lines[1]
        assert "backend openai is off" in app.right.partition("!")[0]
        assert "68 dead" in app.left
        await app.press("4")
        assert "$writing-factual" in app.left
        assert "x DEAD" in app.right
        assert "@default-premium" in app.right


def only_anthropic(project: Project) -> Project:
    """Disable every backend except anthropic, and route everything to it."""
    backends = project.tree / "backends.toml"
    out, name = [], ""
    for line in backends.read_text(encoding="utf-8").splitlines():
        if header := re.match(r"\[(\w+)\]", line):
            name = header[1]
        value = "enabled = " + ("true" if name == "anthropic" else "false") if line.startswith("enabled") else line
        out.append(value)
    backends.write_text("\n".join(out) + "\n", encoding="utf-8")
    profiles = project.tree / "routing_profiles.toml"
    text = re.sub(r'(?m)^active = ".*"$', 'active = "all_anthropic"', profiles.read_text(encoding="utf-8"))
    profiles.write_text(text, encoding="utf-8")
    return project


async def test_newer_release_is_treated_as_the_newest_known() -> None:
    with ExitStack() as folders:
        async with open_app(replace(demo_request(folders), release="99.1.0")) as app:
            assert f"release 99.1.0 as {NEWEST_RELEASE}" in app.lines[0]
