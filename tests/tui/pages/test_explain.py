"""Why a name ends where it does, where its values come from, and who uses it: the app and the command say the same."""

from __future__ import annotations

import json

from tests.tui.app_driver import demo
from tests.tui.pages.reading import Shop, export, page
from tui.screens.main import MainScreen


async def test_job_3_why_a_preset_goes_to_its_backend(shop: Shop) -> None:
    """Keys: 4, e."""
    async with shop.open_app() as app:
        await app.press("4", "e")
        for part in (
            "$writing deck/1_llm_deck.toml:23",
            "└ @everyday deck/1_llm_deck.toml:14",
            "└ claude-4.5-sonnet + claude-* routing_profiles.toml:13 -> anthropic: first route that matches",
            "+ anthropic backends.toml:6 on, ANTHROPIC_API_KEY set",
            "= claude-sonnet-4-5 backends/anthropic.toml:13",
            "price $3 in / $15 out per M",
            "a call $0.0105 for 1,000 input and 500 output tokens",
            "limit 64,000 tokens",
            "key ANTHROPIC_API_KEY set, from shell",
            "temperature 0.9 deck/1_llm_deck.toml:23",
            "used by llm/default/for_text $writing deck/1_llm_deck.toml:9",
        ):
            assert part in page(app)
        assert export(app).command == "pipedeck explain '$writing'"
        assert export(app).plain() == shop.says("explain", "$writing")
        assert json.loads(export(app).json()) == shop.document("explain", "$writing")


async def test_job_3_why_a_preset_goes_nowhere(shop: Shop) -> None:
    """Keys: 4, /, some letters, Enter, e."""
    async with shop.open_app() as app:
        await app.press("4", "slash", *"diagr", "enter", "e")
        for part in (
            "x DEAD no enabled backend serves its model",
            "x (default) routing_profiles.toml:10 -> openai does not declare it",
            "- gemini-* routing_profiles.toml:21 -> google: backend google is off",
            "declared by google off, key missing gemini-2.5-pro",
        ):
            assert part in page(app)
        assert "x dead" in app.lines[0]
        assert export(app).plain() == shop.says("explain", "$read-diagrams")


async def test_enter_jumps_to_a_step(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("4", "e", "down", "enter")
        assert isinstance(app.app.screen, MainScreen)
        assert "alias  llm / everyday" in app.right
        await app.press("left_square_bracket")
        assert "preset  llm / writing" in app.right


async def test_job_16_who_uses_a_name_in_the_tree_and_in_methods(shop: Shop) -> None:
    """Keys: 4, /, some letters, Enter, e."""
    method = '[pipe.talk]\ntype = "PipeLLM"\noutput = "Text"\nmodel = "@everyday"\nprompt = "x"\n'
    (shop.root / "a talk.plx").write_text(method, encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("4", "slash", *"everyd", "enter", "end", "e")
        assert "explain  @everyday" in app.lines[0]
        assert "used by $writing @everyday deck/1_llm_deck.toml:23" in page(app)
        assert "used through other names llm/default/for_text" in page(app)
        assert "used by methods 1 method file pipe talk @everyday a talk.plx:4" in page(app)
        await app.press("e")
        assert app.lines[-1] == " already explained: select another name"
        await app.press(*["down"] * 12)
        assert app.lines[-1].startswith(" enter its text")
        await app.press("enter")
        assert "a talk.plx" in app.lines[0]
        assert 'model = "@everyday"' in app.text
        await app.press("escape", "escape")
    output = shop.says("uses", "@everyday")
    assert "a talk.plx:4" in output
    assert "deck/1_llm_deck.toml:23" in output


async def test_job_9_the_layers_of_a_value_and_the_value_after_removal(shop: Shop) -> None:
    """Keys: 4, I."""
    deck = shop.root / ".pipelex" / "inference" / "deck" / "x_custom_llm_deck.toml"
    deck.write_text('[llm.presets]\nwriting = { model = "@cheap", temperature = 0.3 }\n', encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("4", "I")
        assert "layers  $writing" in app.lines[0]
        assert (
            "model @cheap deck/x_custom_llm_deck.toml:2 over @everyday deck file deck/1_llm_deck.toml:23"
            " removed: @everyday deck file"
        ) in page(app)
        assert "description Letters, posts, product texts deck/1_llm_deck.toml:23" in page(app)
        assert "not set" not in page(app)
    assert "over @everyday" in shop.says("explain", "$writing")


async def test_layers_of_a_model_tell_its_table_its_files_defaults_and_pipelex() -> None:
    async with demo() as app:
        await app.press("2", "I")
        assert "max_tokens 64000 the file's defaults backends/anthropic.toml:7" in page(app)
        assert "required: the release does not start without it" in page(app)


async def test_layers_of_what_has_none_are_refused_with_a_reason() -> None:
    async with demo() as app:
        await app.press("5", "I")
        assert app.lines[-1] == " only backends, models, routes and deck names have layers: press 1 to 4"


async def test_job_22_default_of_a_pipe_without_a_model(shop: Shop) -> None:
    """Keys: none, it is on the first screen; e for more."""
    async with shop.open_app((120, 40)) as app:
        for part in (
            "a pipe that names no model gets e explains",
            "text + claude-4.5-sonnet 3.00 / 15.00",
            "object + gpt-4o-mini 0.15 / 0.60",
            "extract + mistral-ocr ? / ?",
            "image + gpt-image-1 5.00 / 40.00",
            "search + gpt-5-search 1.25 / 10.00",
        ):
            assert part in app.details
        await app.press("e")
        assert "text + claude-4.5-sonnet at anthropic deck/1_llm_deck.toml:9 says $writing" in page(app)
        assert export(app).plain() == shop.says("explain")
        assert json.loads(export(app).json()) == shop.document("explain")


async def test_backend_is_explained_with_layers_and_references(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("1", "e")
        assert "enabled true backends.toml:8" in page(app)
        assert "api_key ${ANTHROPIC_API_KEY} backends.toml:9" in page(app)
        assert "profile cheapest fallback anthropic (not now)" in page(app)
        assert "ends here 8 references claude-4.5-haiku" in page(app)
        assert export(app).plain() == shop.says("explain", "backend:anthropic")
        assert json.loads(export(app).json()) == shop.document("explain", "backend:anthropic")


async def test_a_route_is_explained_with_the_models_it_catches_and_loses(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("3", "down", "down", "down", "e")
        assert "it can never win: gpt-* comes first and matches every such name" in page(app)
        assert "loses models that fit it, but a preceding or exact rule takes gpt-5-mini gpt-5-search" in page(app)
        assert "never wins" in app.lines[0]
        assert export(app).plain() == shop.says("routes", "--names")
        assert json.loads(export(app).json()) == shop.document("routes")


async def test_a_problem_explains_what_it_is_about() -> None:
    async with demo() as app:
        await app.press("5", "enter", "end", "e")
        assert "explain" in app.lines[0]
        assert "best-gemini" in app.lines[0]


async def test_pages_lead_from_one_to_the_next_and_back() -> None:
    async with demo() as app:
        await app.press("4", "e", "down", "down", "e")
        assert "explain  claude-4.5-sonnet" in app.lines[0]
        await app.press("escape")
        assert "explain  $writing" in app.lines[0]
        await app.press("tab")
        assert app.lines[1] != " $writing                                               deck/1_llm_deck.toml:23"
        assert " the model" in app.text
        await app.press("q")
        assert isinstance(app.app.screen, MainScreen)
        assert "preset  llm / writing" in app.right


async def test_cause_is_explained_with_its_problems(shop: Shop) -> None:
    """Keys: 5, e. The command line says the same of the whole tree."""
    async with shop.open_app() as app:
        await app.press("5", "e")
        assert "explain  backend google is off" in app.lines[0]
        for part in (
            "x backend google is off backends.toml:22 fix: turn google on",
            "effects 1 preset, 1 alias dead",
            "$read-diagrams deck/1_llm_deck.toml:31 no enabled backend serves gemini-2.5-pro",
        ):
            assert part in page(app)
        assert export(app).plain() == shop.says("validate")
        await app.press("down", "enter")
        assert "preset  llm / read-diagrams" in app.right


async def test_problem_without_a_name_is_explained(shop: Shop) -> None:
    (shop.root / ".pipelex" / "inference" / "deck" / "x_broken.toml").write_text("[llm\n", encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("5", "e")
        assert "explain  problem  syntax" in app.lines[0]
        assert "x_broken.toml:1" in page(app)
        await app.press("v")
        assert "x_broken.toml" in app.lines[0]
