"""Forms: typed fields with their message beside them, lists to pick from; nothing typed is lost silently."""

from __future__ import annotations

from tests.tui.edit.trees import sample, spoilt
from tui.screens.form import FormScreen


async def test_a_field_says_what_it_takes_keeps_what_is_typed_and_is_an_edit_at_once() -> None:
    async with sample() as app:
        await app.press("4", "enter", "down", "down", "enter", *["backspace"] * 3)
        await app.type("1.5")
        assert "must be a number from 0 to 1" in app.text
        await app.press("enter")
        assert "1.5" in app.text
        assert isinstance(app.app.screen, FormScreen)
        await app.press(*["backspace"] * 3)
        await app.type("0.25")
        await app.press("enter")
        assert app.lines[-1].startswith(" set temperature of preset writing")
        assert "x_custom_llm_deck.toml" in app.text
        await app.press("escape")
        assert app.status.startswith(" * 1 edit not written")
        await app.press("w", "w")
        assert "writing = { temperature = 0.25 }" in app.read("deck/x_custom_llm_deck.toml")
        assert "temperature = 0.9" in app.read("deck/1_llm_deck.toml")


async def test_esc_says_that_what_is_typed_would_be_lost() -> None:
    async with sample() as app:
        await app.press("4", "enter", "down", "enter", "x", "escape")
        assert "a second esc discards" in app.text
        assert "product textsx" in app.text
        await app.press("escape")
        assert "product textsx" not in app.text
        assert isinstance(app.app.screen, FormScreen)
        assert app.main_status == ""


async def test_a_list_to_pick_from_holds_served_models_with_prices_and_what_would_be_lost() -> None:
    async with sample((120, 40)) as app:
        await app.press("4", "enter", "enter")
        assert "gpt-5  " in app.text
        assert "mistral-large" in app.text
        assert "! no vision" in next(line for line in app.lines if "mistral-large" in line)
        assert "gemini" not in app.text
        await app.type("mistral-large")
        await app.press("enter")
        assert "takes no images, as" in app.text
        assert "mistral-large at mistral" in app.text


async def test_space_changes_true_and_false_over_and_undo_works_in_the_form() -> None:
    async with sample() as app:
        await app.press("1", "enter", "space")
        assert "- off" in app.text
        await app.press("u")
        assert "+ on" in app.text
        assert app.lines[-1] == " undone: turn anthropic off" or "undone: set" in app.lines[-1]


async def test_every_kind_of_thing_has_a_form_and_words_for_all_its_fields() -> None:
    async with sample((120, 50)) as app:
        for pane in ("1", "2", "3", "4"):
            await app.press(pane, "g")
            for _ in range(app.main.pane.table.total):
                await app.press("enter")
                assert isinstance(app.app.screen, FormScreen), app.main.session.selected
                assert "━" in app.text
                await app.press("escape", "down")


async def test_entries_of_a_waterfall_are_moved_taken_out_and_added() -> None:
    async with sample() as app:
        await app.press("colon")
        await app.type("frugal")
        await app.press("enter", "enter", "J")
        assert "reorder frugal" in app.lines[-1]
        await app.press("x")
        await app.press("G", "enter")
        await app.type("gpt-5-mini")
        await app.press("enter", "escape")
        await app.press("w", "w")
        assert app.read("deck/x_custom_llm_deck.toml").count('frugal = ["mistral-small", "@cheap", "gpt-5-mini"]') == 1


async def test_a_price_is_typed_and_lands_in_the_backends_own_file() -> None:
    async with sample() as app:
        await app.press("colon")
        await app.type("gpt-4o-mini")
        await app.press("enter", "enter", "down", "down", "down", "enter", *["backspace"] * 4)
        await app.type("-1")
        assert "must be a price of 0 or more" in app.text
        await app.press(*["backspace"] * 2)
        await app.type("0.2")
        await app.press("enter", "escape", "w", "w")
        assert "costs = { input = 0.2, output = 0.6 }" in app.read("backends/openai.toml")


async def test_models_and_backends_are_copied_renamed_and_deleted_with_their_uses() -> None:
    async with sample((120, 40)) as app:
        await app.press("2", "d")
        await app.type("-two")
        await app.press("enter")
        assert "model  claude-4.5-haiku-two" in app.right
        await app.press("g", "down", "down", "r")
        await app.type("-new")
        await app.press("enter")
        assert "claude-4.5-sonnet-new" in app.right
        await app.press("1", "g", "down", "down", "x")
        assert "used in 2 places" in app.text
        await app.press("enter", "w", "w", "down", "enter")
        assert 'everyday = "claude-4.5-sonnet-new"' in app.read("deck/1_llm_deck.toml") or (
            app.read("deck/x_custom_llm_deck.toml")
        )
        assert not (app.tree / "backends" / "mistral.toml").exists()
        assert "mistral" not in app.read("routing_profiles.toml").replace("mistral-", "")


async def test_a_name_that_is_taken_is_refused_where_it_is_typed() -> None:
    async with sample() as app:
        await app.press("4", "d")
        await app.press("enter")
        assert "Preset writing already exists." in app.text
        await app.press("x", "escape")
        assert "a second esc discards" in app.text
        await app.press("escape")
        assert app.main_status == ""


async def test_prices_and_limits_are_shown_and_literals_under_unknown_keys_are_not() -> None:
    old = "costs = { input = 0.15, output = 0.6 }\nmax_tokens = 16384\n"
    new = "costs = { input_tokens = 6.25, output = 7 }\nmax_tokens = 4321\nodd = 'hunter2'\nmargin = 77\n"
    async with spoilt({"backends/openai.toml": (old, new)}) as app:
        await app.press("2", "/")
        await app.type("gpt-4o-mini")
        await app.press("enter", "enter")
        assert isinstance(app.app.screen, FormScreen)
        for value in ("4321", "6.25", "77"):
            assert value in app.text
        assert "hunter2" not in app.text
