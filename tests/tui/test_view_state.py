"""The view state is restored in the next session, and the hint of the first session disappears."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core.files.state_folder import state_folder, tree_folder
from tests.tui.app_driver import demo, open_app, request_for
from tui.loading import Request
from tui.sample import copy_sample, demo_environment
from tui.view_state import ViewState, read_view_state, write_view_state

HINT = " first start? j k move, enter open, f fix, : go to, ? all keys"


@pytest.fixture
def shop(tmp_path: Path, fenced_environment: Path) -> Request:
    """A project with the sample tree and its keys."""
    copy_sample(tmp_path / "shop")
    keys = {name: value for name, value in demo_environment(fenced_environment).items() if name.endswith("_KEY")}
    return request_for(tmp_path / "shop", fenced_environment, **keys)


async def leave(request: Request, *keys: str) -> None:
    """Open a tree, press keys, and quit."""
    async with open_app(request) as app:
        await app.press(*keys, "q")


async def test_pane_cursor_and_inspector_are_restored(shop: Request) -> None:
    await leave(shop, "2", "down", "4", "down", "down")
    async with open_app(shop) as app:
        assert "preset  llm / extract-facts" in app.right
        assert app.main.session.pane == "deck"
        assert app.main.focused is app.main.panes["deck"].table
        await app.press("2")
        assert "model  claude-4.5-sonnet" in app.right


async def test_overview_is_restored(shop: Request) -> None:
    await leave(shop, "4", "down", "0")
    async with open_app(shop) as app:
        assert "can it run?" in app.right
        await app.press("4")
        assert "preset  llm / writing-long" in app.right


async def test_changed_verdict_shows_the_overview(shop: Request) -> None:
    await leave(shop, "4", "down")
    backends = Path(str(shop.path)) / ".pipelex" / "inference" / "backends.toml"
    text = backends.read_text(encoding="utf-8")
    backends.write_text(text.replace("enabled = true", "enabled = false", 1), encoding="utf-8")
    async with open_app(shop) as app:
        assert "can it run?" in app.right
        assert app.main.session.pane == "deck"


async def test_deleted_item_is_skipped(shop: Request) -> None:
    await leave(shop, "4", "down")
    deck = Path(str(shop.path)) / ".pipelex" / "inference" / "deck" / "1_llm_deck.toml"
    deck.write_text(deck.read_text(encoding="utf-8").replace("writing-long", "writing-more"), encoding="utf-8")
    async with open_app(shop) as app:
        assert "can it run?" in app.right


async def test_restore_setting_off_restores_nothing(shop: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    await leave(shop, "4", "down")
    monkeypatch.setenv("PIPEDECK_RESTORE", "no")
    async with open_app(shop) as app:
        assert "can it run?" in app.right
        assert app.main.session.pane == "backends"


async def test_hint_disappears_with_the_first_key(shop: Request) -> None:
    async with open_app(shop) as app:
        assert app.lines[-1] == HINT
        await app.press("4")
        assert "? help" in app.lines[-1]
        await app.press("0")
        assert "? help" in app.lines[-1]
        await app.press("q")
    async with open_app(shop) as app:
        assert "? help" in app.lines[-1]


async def test_sample_view_state_is_not_saved(fenced_environment: Path) -> None:
    async with demo() as app:
        assert "? help" in app.lines[-1]
        await app.press("4", "down", "q")
    assert list(fenced_environment.iterdir()) == []


async def test_view_state_file_is_private_and_contains_names_only(shop: Request, fenced_environment: Path) -> None:
    await leave(shop, "4", "down", "5", "down")
    files = [path for path in (fenced_environment / ".local").rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"view.toml", "seen"}
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    text = next(path for path in files if path.name == "view.toml").read_text(encoding="utf-8")
    assert "problem" not in text.replace('pane = "problems"', "")


def test_any_names_are_saved_and_restored(tmp_path: Path) -> None:
    folder = state_folder({"HOME": str(tmp_path)})
    state = ViewState("deck", 'preset\x1fllm\x1fa"b\\c\n\té😀\x7f', "it runs", {"deck": "alias\x1fllm\x1f\u202e"})
    write_view_state(folder, "/some/tree", state)
    assert read_view_state(folder, "/some/tree") == state
    assert read_view_state(folder, "/another/tree") is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"pane = 3", b"\xff", b'pane = "deck"\nthing = "x"\nverdict = "y"\nrows = 1']
)
def test_broken_view_state_is_ignored(tmp_path: Path, content: bytes) -> None:
    folder = state_folder({"HOME": str(tmp_path)})
    path = Path(tree_folder(folder, "/tree")) / "view.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert read_view_state(folder, "/tree") is None


async def test_unwritable_home_is_ignored(shop: Request, fenced_environment: Path) -> None:
    (fenced_environment / ".local").write_text("a file in the way", encoding="utf-8")
    await leave(shop, "4", "down")
    async with open_app(shop) as app:
        assert "can it run?" in app.right
