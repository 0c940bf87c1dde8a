"""Broken, hostile and secret trees: valid parts are shown, secrets and control characters never."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app_driver import open_app, request_for
from tui.sample import copy_sample

HOSTILE = "\\u001b]0;owned\\u0007[bold red]x[/]\\u202e\\u200b\\n"
KEYS = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "b", "MISTRAL_API_KEY": "c"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sample, to be changed."""
    return copy_sample(tmp_path / "shop")


async def test_syntax_error_has_a_location_and_other_files_are_shown(tree: Path, fenced_environment: Path) -> None:
    broken = tree / "backends" / "mistral.toml"
    broken.write_text('[defaults]\nsdk = "mistral"\ninputs: ["text"]\n', encoding="utf-8")
    async with open_app(request_for(tree.parent.parent, fenced_environment, **KEYS)) as app:
        assert "x does not start" in app.lines[1]
        await app.press("4")
        assert "$writing" in app.left
        await app.press("5")
        assert "backends/mistral.toml:3:7: write = instead of :" in app.details
        await app.press("2")
        assert "claude-4.5-haiku" in app.left


async def test_messages_use_paths_relative_to_the_tree(tree: Path, fenced_environment: Path) -> None:
    (tree / "backends" / "mistral.toml").unlink()
    async with open_app(request_for(tree.parent.parent, fenced_environment, **KEYS)) as app:
        await app.press("5")
        words = " ".join(app.details.split())
        assert "but backends/mistral.toml does not exist" in words
        assert "create backends/mistral.toml" in words


async def test_tree_without_readable_files_opens(tree: Path, fenced_environment: Path) -> None:
    for path in tree.rglob("*.toml"):
        path.write_bytes(b"\xff\xfe\x00 = [")
    async with open_app(request_for(tree.parent.parent, fenced_environment)) as app:
        assert "x does not start" in app.lines[1]
        for pane, words, file in (
            ("1", "no backends", "backends.toml"),
            ("2", "no models", "backends.toml"),
            ("3", "no rules", "routing_profiles.toml"),
            ("4", "no names", "deck/1_llm_deck.toml"),
        ):
            await app.press(pane)
            shown = " ".join(app.left.split())
            assert f"{words}: {file}" in shown
        await app.press("slash", "x", "enter", "s", "enter", "l", "h", "5", "enter", "0", "p")


async def test_names_are_neither_markup_nor_raw_output(tree: Path, fenced_environment: Path) -> None:
    deck = tree / "deck" / "9_hostile.toml"
    table = f'[llm.presets."{HOSTILE}"]\nmodel = "{HOSTILE}"\n'
    deck.write_text(f'{table}temperature = 1\ndescription = "{HOSTILE}"\n', encoding="utf-8")
    with (tree / "backends.toml").open("a", encoding="utf-8") as backends:
        backends.write(f'\n["{HOSTILE}"]\nenabled = false\nnote = "{HOSTILE}"\n')
    async with open_app(request_for(tree.parent.parent, fenced_environment, **KEYS), (120, 40)) as app:
        shown = app.text
        await app.press("1", "end")
        shown += app.text
        await app.press("4", "slash")
        await app.type("owned")
        shown += app.text
        await app.press("enter", "l")
        shown += app.text
        await app.press("colon")
        await app.type("owned")
        shown += app.text
        await app.press("enter")
        shown += app.text
    assert "[bold red]x[/]" in shown
    assert "\\x1b]0;owned" in shown
    assert not any(character in shown for character in "\x1b\x07\u202e\u200b")


async def test_literal_secrets_are_masked(tree: Path, fenced_environment: Path) -> None:
    backends = tree / "backends.toml"
    text = backends.read_text(encoding="utf-8").replace('"${OPENAI_API_KEY}"', '"sk-proj-0123456789abcdef"')
    text += '\n[proxy]\nenabled = true\nendpoint = "https://me:hunter2@proxy.test/v1?key=abcdef123"\n'
    text += 'extra_headers = { authorization = "Bearer topsecretvalue" }\n'
    backends.write_text(text, encoding="utf-8")
    async with open_app(request_for(tree.parent.parent, fenced_environment, **KEYS), (120, 50)) as app:
        seen = app.text + app.details
        for _ in range(6):
            await app.press("1", "down")
            seen += app.text + app.details
        for pane in ("5", "4", "2", "3", "0"):
            await app.press(pane)
            seen += app.text + app.details
    assert "••••••" in seen
    for secret in ("sk-proj-0123456789abcdef", "hunter2", "abcdef123", "topsecretvalue"):
        assert secret not in seen
    assert "https://••••••@proxy.test/v1?key=••••••" in seen


async def test_placeholders_are_shown_with_their_state(tree: Path, fenced_environment: Path) -> None:
    (tree.parent.parent / ".env").write_text("OPENAI_API_KEY=\n", encoding="utf-8")
    async with open_app(request_for(tree.parent.parent, fenced_environment, ANTHROPIC_API_KEY="sk-mine")) as app:
        await app.press("1")
        assert "api_key ${ANTHROPIC_API_KEY}" in app.details
        assert "ANTHROPIC_API_KEY set, from shell" in app.details
        assert "sk-mine" not in app.text
        await app.press("down")
        assert "OPENAI_API_KEY empty, from ./.env" in app.details
        await app.press("down")
        assert "MISTRAL_API_KEY missing" in app.details
        assert "empty" in app.left
        assert "no key" in app.left


async def test_defaults_and_unknown_keys_are_distinguished(tree: Path, fenced_environment: Path) -> None:
    path = tree / "backends" / "openai.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[gpt-new]\nx-team = "blue"\n', encoding="utf-8")
    async with open_app(request_for(tree.parent.parent, fenced_environment, **KEYS), (120, 50)) as app:
        await app.press("colon")
        await app.type("gpt-new")
        await app.press("enter")
        for part in (
            "model_type llm Pipelex's default",
            "sdk openai_responses defaults :4",
            "model_id gpt-new the handle",
            "price unknown not in the file",
            "x-team •••••• :35",
        ):
            assert part in app.details
