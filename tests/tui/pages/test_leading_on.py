"""From a page on: to the text of a line, to other pages, to the lists; edits that are made from a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tui.app_driver import demo
from tests.tui.pages.reading import Shop, export, page
from tui.dialogs.pick import PickScreen
from tui.pages.layers_page import LayersScreen
from tui.pages.page_screen import PageScreen
from tui.screens.file_text import FileTextScreen
from tui.screens.main import MainScreen


def deck(shop: Shop) -> Path:
    """The user's own deck file."""
    return shop.root / ".pipelex" / "inference" / "deck" / "x_custom_llm_deck.toml"


async def test_v_shows_the_text_at_the_line_under_the_cursor() -> None:
    async with demo() as app:
        await app.press("4", "e", "down", "v")
        assert isinstance(app.app.screen, FileTextScreen)
        assert "1_llm_deck.toml" in app.lines[0]
        assert app.app.screen.area.cursor_location == (13, 0)
        await app.press("escape")
        assert "explain  $writing" in app.lines[0]


async def test_enter_on_a_value_shows_its_text_and_the_last_line_says_so() -> None:
    async with demo() as app:
        await app.press("1", "e")
        assert app.lines[-1].startswith(" enter its text")
        await app.press("down", "enter")
        assert isinstance(app.app.screen, FileTextScreen)
        assert app.app.screen.area.cursor_location == (6, 0)


async def test_text_edits_update_the_page(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("4", "e", "v", "enter", "number_sign", "x", "enter", "ctrl+s", "escape")
        assert isinstance(app.app.screen, PageScreen)
        assert app.app.screen.view is app.app.session.view
        assert app.app.session.unwritten
        await app.press("u")
        assert not app.app.session.unwritten


async def test_page_closes_with_its_deleted_subject(shop: Shop) -> None:
    deck(shop).write_text('[llm.aliases]\nmine = "gpt-5"\n', encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("4", "slash", *"mine", "enter", "e", "v", "enter")
        await app.press("end", *["backspace"] * 14, "ctrl+s", "escape")
        assert isinstance(app.app.screen, MainScreen)


async def test_enter_leads_out_of_pages_that_lie_over_each_other() -> None:
    async with demo() as app:
        await app.press("4", "e", "down", "e", "down", "enter")
        assert isinstance(app.app.screen, MainScreen)
        assert "model  claude-4.5-sonnet" in app.right


@pytest.mark.parametrize(("key", "shown"), [("2", "model  claude"), ("0", "can it run?"), ("3", "route  claude-*")])
async def test_the_number_of_a_list_leads_there_from_any_page(key: str, shown: str) -> None:
    async with demo() as app:
        await app.press("4", "e", "e", key)
        assert isinstance(app.app.screen, MainScreen)
        assert shown in app.right


async def test_go_anywhere_works_from_a_page_too() -> None:
    async with demo() as app:
        await app.press("6", "colon")
        assert isinstance(app.app.screen, PickScreen)
        await app.press(*"gpt-5-s", "enter")
        assert "model  gpt-5-search" in app.right


async def test_the_call_is_changed_on_every_page_that_tells_what_it_costs() -> None:
    async with demo() as app:
        await app.press("4", "e")
        assert "# tokens" in app.lines[-1]
        await app.press("number_sign", *["backspace"] * 8, *"1M", "space", "0", "enter")
        assert "a call $3 for 1,000,000 input and 0 output tokens" in page(app)
        await app.press("escape", "0", "e")
        assert "a call $3 for 1,000,000 input and 0 output tokens" in page(app)


# ---- layers


async def test_job_9_top_layer_is_removed_and_restored(shop: Shop) -> None:
    """Keys: 4, I, x; u."""
    deck(shop).write_text('[llm.presets]\nwriting = { model = "@cheap", temperature = 0.3 }\n', encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("4", "I")
        assert app.lines[-1].startswith(" enter its text  x remove  y copy")
        await app.press("x")
        assert app.lines[-1] == " removed, u restores it; the value is then @everyday (deck file)"
        assert "model @everyday deck/1_llm_deck.toml:23 required: the release does not start" in page(app)
        await app.press("u")
        assert "model @cheap" in page(app)
        await app.press("x", "escape", "w", "w")
    assert deck(shop).read_text(encoding="utf-8") == "[llm.presets]\nwriting = { temperature = 0.3 }\n"


async def test_command_removes_the_same_layer(shop: Shop) -> None:
    deck(shop).write_text('[llm.presets]\nwriting = { model = "@cheap", temperature = 0.3 }\n', encoding="utf-8")
    shop.says("unset", "deck.llm.presets.writing.model", "--reset")
    assert deck(shop).read_text(encoding="utf-8") == "[llm.presets]\nwriting = { temperature = 0.3 }\n"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (("4", "I", "x"), " Pipelex 0.92.2 does not start without model: enter edits its text"),
        (("1", "I", "x"), " removed, u restores it"),
        (("2", "I", "down", "down", "down", "x"), " removed, u restores it"),
        (("4", "e", "x"), " x removes values in the layers of an item: I"),
    ],
)
async def test_removable_and_fixed_layers(keys: tuple[str, ...], message: str) -> None:
    async with demo() as app:
        await app.press(*keys)
        assert app.lines[-1] == message


async def test_overview_shows_the_file_of_the_active_profile(shop: Shop) -> None:
    override = shop.root / ".pipelex" / "inference" / "routing_profiles_override.toml"
    override.write_text('active = "cheapest"\n', encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("I")
        assert isinstance(app.app.screen, LayersScreen)
        assert "layers  cheapest  profile" in app.lines[0]
        assert "active cheapest routing_profiles_override.toml:1 (project override) over own_keys" in page(app)
        assert export(app).plain() == shop.says("explain", "profile:cheapest")
        await app.press("x")
        assert "layers  own_keys  profile" in app.lines[0]


async def test_a_value_is_copied_from_its_line(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("4", "I", "down", "y")
    assert copied == ["0.9"]


async def test_a_place_is_copied_from_its_line(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("1", "e", "y", "escape", "4", "e", "down", "y")
    assert copied == ["backends.toml:8", "@everyday"]


# ---- comparing and asking


async def test_two_profiles_neither_of_which_is_active(shop: Shop) -> None:
    """Keys: c, two, Enter, one, Enter, the other, Enter."""
    async with shop.open_app() as app:
        await app.press("c", *"two other prof", "enter", *"cheap", "enter", *"all_an", "enter")
        assert "compare  cheapest -> all_anthropic" in app.lines[0]
        assert export(app).command == "pipedeck compare cheapest all_anthropic"
        assert export(app).plain() == shop.says("compare", "cheapest", "all_anthropic")
        assert json.loads(export(app).json()) == shop.document("compare", "cheapest", "all_anthropic")


async def test_two_releases_neither_of_which_is_the_trees(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c", *"two other rel", "enter", *"0.18", "enter", *"0.56", "enter")
        command = export(app).command.split()[1:]
        assert command[:2] == ["compare", "--releases"]
        assert f"compare  {command[2]} -> {command[3]}" in app.lines[0]
        assert export(app).plain() == shop.says(*command)


async def test_job_18_requests_of_a_check(shop: Shop) -> None:
    """Keys: 1, e. Nothing is sent for it."""
    async with shop.open_app() as app:
        await app.press("1", "down", "e")
        assert "requests of t sent only when you press it" in page(app)
        shown = page(app)
    data = shop.document("check", "openai", "--dry-run")
    assert isinstance(data, dict)
    (request,) = data["plans"][0]["requests"]
    assert f"{request['method']} {request['url']}" in shown
    assert f"headers: {', '.join(request['headers'])}" in shown
    assert "made-up" not in shown


async def test_job_18_reason_for_no_request(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("1", "down", "down", "down", "e")
        shown = page(app)
    output = shop.says("check", "google", "--dry-run")
    assert "nothing: " in shown
    assert shown.split("nothing: ")[1].split(" fix:")[0] in " ".join(output.split()).replace("`", "")
