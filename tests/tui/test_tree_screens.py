"""Goldens of first screens, fixes, a long review and the map, each at three sizes in one file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.conformance.real_trees import PLACEHOLDER, TREES
from tests.support.stock import copy_project, stock_tree_or_skip
from tests.tui.app_driver import AppDriver, demo, open_app
from tests.tui.edit.trees import spoilt
from tests.tui.pages import test_upgrade
from tui.loading import Request

GOLDENS = Path(__file__).parent / "goldens" / "trees"
SIZES = ((80, 24), (120, 36), (60, 16))
ONE_KEY = {"ANTHROPIC_API_KEY": "made-up"}
ADDRESSES = {"AZURE_API_BASE": "https://shop.openai.azure.com/", "SCALEWAY_ENDPOINT": "https://api.scaleway.ai/p/v1"}
REAL = ("azaj01__pipelex@v0.10.2", "Akshobhya-codes__moodmeal", "0x090909__pipelex_api_flow", "_adflow_documented")

Opened = AbstractAsyncContextManager[AppDriver]


@asynccontextmanager
async def project(tree: Path, home: Path, environ: Mapping[str, str]) -> AsyncIterator[AppDriver]:
    """The app on a copy of a tree, in a project in the home."""
    root = copy_project(tree, home / "project").root
    async with open_app(Request(str(root), environ={"HOME": str(home), **environ}, cwd=str(root))) as app:
        yield app


def stock(keys: Mapping[str, str] | None) -> Callable[[Path], Opened]:
    """The stock tree of 0.92.2 with these variables; None: with all."""

    def opened(home: Path) -> Opened:
        tree = stock_tree_or_skip("0.92.2")
        names = {name for path in tree.rglob("*.toml") for name in PLACEHOLDER.findall(path.read_text("utf-8"))}
        every = {name: ADDRESSES.get(name, "made-up") for name in sorted(names)}
        return project(tree, home, every if keys is None else keys)

    return opened


def real(name: str) -> Callable[[Path], Opened]:
    """A real user's tree without any variable, where it lies beside the checkout."""

    def opened(home: Path) -> Opened:
        tree = TREES / name / ".pipelex" / "inference"
        if not tree.is_dir():
            pytest.skip("no real users' trees beside the checkout")
        return project(tree, home, {})

    return opened


def upgraded(home: Path) -> Opened:
    """A tree before an upgrade that writes nine files."""
    request = test_upgrade.request_for(home)
    deck = home / "project" / ".pipelex" / "inference" / "deck"
    for name in ("lab", "plant"):
        (deck / f"{name}.toml").write_text(f'[llm.presets]\n{name} = {{ model = "best-claude", temperature = 0.25 }}\n')
    return open_app(request)


SCREENS: dict[str, tuple[Callable[[Path], Opened], tuple[str, ...]]] = {
    "stock-one-key": (stock(ONE_KEY), ()),
    "stock-no-key": (stock({}), ()),
    "stock-all-keys": (stock(None), ()),
    **{f"real-{number}": (real(name), ()) for number, name in enumerate(REAL, 1)},
    "fix-keys": (stock(ONE_KEY), ("f",)),
    "fix-no-key": (stock({}), ("f",)),
    "fix-dead-name": (lambda _: demo(), ("f",)),
    "fix-route": (lambda _: demo(), ("j", "f")),
    "fix-syntax": (lambda _: spoilt({"backends/mistral.toml": ('inputs = ["text"]', 'inputs: ["text"]')}), ("f",)),
    "fix-secret": (
        lambda _: spoilt({"backends.toml": ('"${OPENAI_API_KEY}"', '"sk-proj-0123456789abcdef"')}),
        ("5", "slash", *"api_key", "enter", "f"),
    ),
    "review": (upgraded, ("U", "enter", "w")),
    "map": (lambda _: demo(), ("4", "M")),
}


@pytest.mark.parametrize("name", SCREENS)
async def test_screen_matches_its_golden(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set PIPEDECK_UPDATE_GOLDENS=1 to update the goldens, then review the diff."""
    monkeypatch.chdir(tmp_path)
    golden = GOLDENS / f"{name}.txt"
    opened, keys = SCREENS[name]
    shown = []
    async with opened(tmp_path) as app:
        for key in keys:
            await app.press(key)
            await app.app.workers.wait_for_complete()
            await app.settle()
        for width, height in SIZES:
            await app.pilot.resize_terminal(width, height)
            await app.settle()
            shown.append(f"{width}x{height} {'-' * 40}\n{app.text}\n")
    text = "\n".join(shown)
    if os.environ.get("PIPEDECK_UPDATE_GOLDENS") == "1":
        GOLDENS.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
