"""The jobs that people come with, each by keys from the first screen: the bytes on the disk, the screen, the keys."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.stock import StockFactory
from tests.tui.edit.trees import bytes_of, sample, spoilt, stock_tree

MAX_KEYS = 12


async def test_job_1_can_it_run_what_is_dead_and_why() -> None:
    async with sample() as app:
        assert "runs in part: 1 of 7 LLM presets dead" in app.lines[1]
        assert "x backend google is off: 1 preset, 1 alias" in app.right
        await app.press("enter")
        assert "5 Problems  of one cause" in app.left
        await app.press("5", "f")
        assert "point alias best-gemini at" in app.text
        assert app.keys <= MAX_KEYS


async def test_job_2_use_only_my_own_key(stock: StockFactory, fenced_environment: Path) -> None:
    project = stock("0.92.2")
    async with stock_tree(project, fenced_environment, ANTHROPIC_API_KEY="made-up") as app:
        await app.press("1", "slash")
        await app.type("anthropic")
        await app.press("enter", "o")
        assert "profile   all_enabled_backends -> all_anthropic" in app.text
        assert "ANTHROPIC_API_KEY set" in app.text
        assert re.search(r"\[x\] @default-premium +gpt-5.6-sol +claude", app.text)
        await app.press("w", "w", "w")
        assert app.keys <= MAX_KEYS
        if "do not write" in app.text:
            await app.press("down", "enter")
        assert "wrote" in app.lines[-1]
        assert 'active = "all_anthropic"' in app.read("routing_profiles.toml")
        assert app.read("backends.toml").count("enabled = true") == 2  # with `internal`
        assert "claude" in app.read("deck/x_custom_llm_deck.toml")
        await app.press("u")
        await app.write()
        assert 'active = "all_enabled_backends"' in app.read("routing_profiles.toml")


async def test_job_5_switch_profile_on_my_machine_only() -> None:
    async with sample() as app:
        before = app.read("routing_profiles.toml")
        await app.press("p")
        assert "own_keys (active)" in app.text
        assert "no change to routes" in app.text
        await app.type("cheap")
        await app.press("enter", "w", "w")
        assert app.keys <= MAX_KEYS
        assert app.lines[0].endswith("profile cheapest")
        assert 'active = "cheapest"' in app.read("routing_profiles_override.toml")
        assert app.read("routing_profiles.toml") == before


async def test_job_6_repoint_a_dead_preset_to_a_model_that_is_served() -> None:
    async with sample() as app:
        base = app.read("deck/1_llm_deck.toml")
        await app.press("4", "slash")
        await app.type("diagrams")
        await app.press("enter", "m")
        assert re.search(r" 1\.25 +10\.00 ", app.text)
        assert "gemini" not in app.text.partition("gpt-5 ")[2]
        await app.press("enter", "w", "w")
        assert app.keys <= MAX_KEYS
        assert "can run" in app.lines[1]
        assert 'read-diagrams = { model = "gpt-5" }' in app.read("deck/x_custom_llm_deck.toml")
        assert app.read("deck/1_llm_deck.toml") == base


async def test_job_8_turn_a_backend_off_and_see_the_damage_first() -> None:
    async with sample() as app:
        before = app.files
        await app.press("1", "down", "down", "space")
        assert "1 name dies" in app.status
        assert app.files == before
        await app.press("w", "w", "down", "enter")
        assert app.keys <= MAX_KEYS
        assert app.read("backends.toml") == re.sub(
            r"(\[mistral\]\n.*\n)enabled = true", r"\1enabled = false", before["backends.toml"].decode()
        )


async def test_job_9_the_layers_of_a_value() -> None:
    async with sample((120, 40)) as app:
        await app.press("4", "enter", "down", "down", "enter", *["backspace"] * 3)
        await app.type("0.1")
        await app.press("enter")
        assert "deck/x_custom_llm_deck.toml:" in app.text
        assert "over deck file" in app.text
        assert "when removed: 0.9 (deck file)" in app.text
        await app.press("x")
        assert app.keys <= MAX_KEYS
        assert "0.9 " in next(line for line in app.lines if "temperature" in line)
        assert "the value is then 0.9 (deck file)" in app.text


async def test_job_11_fix_my_broken_toml() -> None:
    async with spoilt({"backends/mistral.toml": ('inputs = ["text"]', 'inputs: ["text"]')}) as app:
        assert "does not start" in app.lines[1]
        await app.press("5", "f")
        assert '+ inputs = ["text"]' in app.text
        await app.press("enter", "w", "w")
        assert app.keys <= MAX_KEYS
        assert 'inputs = ["text"]' in app.read("backends/mistral.toml")


async def test_job_12_undo_brings_back_every_byte() -> None:
    async with sample() as app:
        before = app.files
        await app.press("1", "space", "down", "space", "3", "J", "u", "u", "u")
        assert app.status == ""
        assert app.files == before
        await app.press("1", "G", "up", "space")
        await app.write()
        assert app.files != before
        await app.press("u")
        await app.write()
        assert app.files == before


async def test_job_13_add_a_local_model() -> None:
    async with sample() as app:
        await app.press("1", "a")
        await app.type("ollama")
        await app.press("enter")
        assert "http://localhost:11434/v1" in app.text
        await app.type("llama3.3")
        await app.press("enter", "enter")
        assert "backend  ollama" in app.text
        await app.press("w", "w")
        assert app.keys <= MAX_KEYS
        assert '[ollama]\nenabled = true\nendpoint = "http://localhost:11434/v1"' in app.read("backends.toml")
        assert "llama3.3" in app.read("backends/ollama.toml")
        assert '"llama3.3" = "ollama"' in app.read("routing_profiles.toml")
        assert "4 of 5" not in app.text


async def test_job_14_mix_providers_by_routes() -> None:
    async with sample() as app:
        await app.press("3", "a", "enter")
        await app.type("mistral")
        await app.press("enter")
        await app.type("claude-4.5-haiku")
        await app.press("enter")
        assert "route  claude-4.5-haiku" in app.text
        await app.press("J")
        await app.press("w", "w")
        assert app.keys <= MAX_KEYS
        if "do not write" in app.text:
            await app.press("down", "enter")
        text = app.read("routing_profiles.toml")
        assert text.index('"claude-*" = "anthropic"') < text.index('"claude-4.5-haiku" = "mistral"')


async def test_job_23_a_task_preset_from_an_existing_one() -> None:
    async with sample() as app:
        await app.press("4", "d")
        await app.type("-emails")
        await app.press("enter", "enter", "down", "down", "enter", *["backspace"] * 3)
        await app.type("0.4")
        await app.press("enter", "escape", "w", "w")
        assert app.keys <= MAX_KEYS + 3  # three of them rub out what stood there
        assert "writing-emails = { " in app.read("deck/x_custom_llm_deck.toml")
        assert "temperature = 0.4" in app.read("deck/x_custom_llm_deck.toml")


async def test_job_25_keep_secrets_out_of_the_files() -> None:
    async with spoilt({"backends.toml": ('"${OPENAI_API_KEY}"', '"sk-proj-0123456789abcdef"')}) as app:
        seen = [app.text]
        await app.press("5", "slash")
        await app.type("api_key")
        await app.press("enter")
        seen.append(app.text)
        await app.press("f")
        seen.append(app.text)
        assert "OPENAI_API_KEY" in app.text
        await app.press("enter", "w")
        seen.append(app.text)
        await app.press("w")
        assert app.keys <= MAX_KEYS
        assert '"${OPENAI_API_KEY}"' in app.read("backends.toml")
        assert not any("sk-proj-0123456789abcdef" in screen for screen in seen)
        assert not any(b"sk-proj" in content for content in bytes_of(app.tree).values())
