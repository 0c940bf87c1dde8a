"""Comparisons, what if, keys and the route tester: the app and the command say the same."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.git import IDENTITY
from tests.tui.app_driver import demo
from tests.tui.pages.reading import Shop, export, page
from tui.pages import route_tester
from tui.pages.variables_page import VariablesScreen
from tui.screens.main import MainScreen


async def test_what_another_profile_would_change(shop: Shop) -> None:
    """Keys: c, letters of the profile, Enter."""
    async with shop.open_app() as app:
        await app.press("c", *"all_an", "enter")
        assert "compare  own_keys -> all_anthropic" in app.lines[0]
        assert "9 die" in app.lines[0]
        assert "presets and choices 9 die, 1 goes elsewhere" in page(app)
        assert "x $reasoning openai/gpt-5 -> dead" in page(app)
        assert (
            "> extract/default mistral/mistral-ocr -> internal/pypdfium2-extract-pdf by waterfall read-pages"
            in page(app)
        )
        assert export(app).plain() == shop.says("compare", "all_anthropic")
        assert json.loads(export(app).json()) == shop.document("compare", "all_anthropic")
        await app.press("enter")
        assert isinstance(app.app.screen, MainScreen)
        assert "preset  llm / extract-facts" in app.right


async def test_what_a_change_in_git_does(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c")
        assert not any("since the" in line for line in app.lines)
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "one")):
        subprocess.run(("git", *words), cwd=shop.root, env={**os.environ, **IDENTITY}, check=True)
    for deck in (shop.root / ".pipelex" / "inference" / "deck").rglob("*.toml"):
        deck.write_text(deck.read_text(encoding="utf-8").replace("gpt-5", "gpt-none"), encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("c", *"last commit", "enter")
        assert "compare  HEAD -> work tree" in app.lines[0]
        assert "x $reasoning openai/gpt-5 -> dead" in page(app)
        assert "problems added" in page(app)
        assert export(app).plain() == shop.says("review", "HEAD")
        assert json.loads(export(app).json()) == shop.document("review", "HEAD")
        await app.press("escape", "c", *"branch point", "enter")
        assert "x $reasoning openai/gpt-5 -> dead" in page(app)
        shutil.rmtree(shop.root / ".git" / "objects")
        await app.press("escape", "c", *"last commit", "enter")
        assert "there is no revision" in page(app)


async def test_survey_opens_a_comparison(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c", "enter")
        assert "* own_keys 13 13 12 =" in page(app)
        assert "all_anthropic 4 4 4 -9 +0" in page(app)
        assert export(app).plain() == shop.says("compare")
        assert json.loads(export(app).json()) == shop.document("compare")
        await app.press("down", "down", "enter")
        assert "compare  own_keys -> all_anthropic" in app.lines[0]


async def test_job_15_what_breaks_when_a_backend_is_down(shop: Shop) -> None:
    """Keys: 1, !."""
    async with shop.open_app() as app:
        await app.press("1", "exclamation_mark")
        assert "compare  now -> without anthropic" in app.lines[0]
        assert "3 presets and choices and 3 models end there and fail" in page(app)
        assert "x $writing anthropic/claude-4.5-sonnet -> dead" in page(app)
        assert export(app).plain() == shop.says("compare", "--without", "anthropic")
        assert json.loads(export(app).json()) == shop.document("compare", "--without", "anthropic")


async def test_job_15_what_breaks_when_a_key_is_lost(shop: Shop) -> None:
    """Keys: 6, !."""
    async with shop.open_app() as app:
        await app.press("6", "down", "exclamation_mark")
        assert "compare  now -> without OPENAI_API_KEY" in app.lines[0]
        assert "needed by openai" in page(app)
        assert export(app).plain() == shop.says("compare", "--without-key", "OPENAI_API_KEY")


async def test_what_if_asks_for_a_backend_that_is_on() -> None:
    async with demo() as app:
        await app.press("4", "exclamation_mark")
        assert app.lines[-1] == " ! works on a backend: press 1"
        await app.press("1", "down", "down", "down", "exclamation_mark")
        assert app.lines[-1] == " google is off already: nothing would change"


async def test_two_releases(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c", *"0.16.0", "enter")
        assert "compare  0.92.2 -> 0.16.0" in app.lines[0]
        assert "differences of the releases" in page(app)
        assert "here 15 names die, 5 files are refused" in page(app)
        assert export(app).command == "pipedeck compare --releases 0.92.2 0.16.0"
        assert export(app).plain() == shop.says("compare", "--releases", "0.92.2", "0.16.0")


async def test_causes_of_a_release_unfold_and_fold(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c", *"0.16.0", "enter")
        assert "x writing anthropic/claude-4.5-sonnet -> dead" not in page(app)
        assert app.lines[-1].startswith(" enter unfold")
        await app.press("enter")
        assert "x writing anthropic/claude-4.5-sonnet -> dead" in page(app)
        assert app.lines[-1].startswith(" enter fold")
        await app.press("down")
        assert app.lines[-1].startswith(" enter jump")
        await app.press("up", "enter")
        assert "x writing anthropic/claude-4.5-sonnet -> dead" not in page(app)


async def test_long_list_of_comparisons_is_one_row_a_group(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("c")
        assert "with release ..." in app.text
        assert "with release 0.16.0" not in app.text
        rows = [line.strip("> ") for line in app.lines]
        at = next(number for number, row in enumerate(rows) if row.startswith("every profile"))
        down = next(number for number, row in enumerate(rows) if row.startswith("with release ...")) - at
        await app.press(*["down"] * down, "enter")
        assert "with release 0.82.0" in app.text
        current = next(line for line in app.lines if line.startswith(">") and "with release " in line)
        release = current.partition("with release ")[2].split()[0]
        await app.press("enter")
        assert f"compare  0.92.2 -> {release}" in app.lines[0]


async def test_go_anywhere_leads_to_comparisons_and_pages_too() -> None:
    async with demo() as app:
        await app.press("colon", *"all_anth", "enter")
        assert "compare  own_keys -> all_anthropic" in app.lines[0]
        await app.press("escape", "colon", *"variable", "enter")
        assert isinstance(app.app.screen, VariablesScreen)


# ---- keys


async def test_job_4_which_keys_are_missing_which_empty_and_who_wins(shop: Shop) -> None:
    """Keys: 6; y for a line for .env."""
    shop.keys |= {"OPENAI_API_KEY": "from the shell"}
    del shop.keys["MISTRAL_API_KEY"]
    (shop.root / ".env").write_text("OPENAI_API_KEY=\n", encoding="utf-8")
    async with shop.open_app() as app:
        await app.press("6")
        assert "1 of 3 required variables set" in app.lines[0]
        for part in (
            "MISTRAL_API_KEY missing - mistral",
            "OPENAI_API_KEY empty",
            "overrides the value of the shell",
            "fix: remove the line from",
            "ANTHROPIC_API_KEY set shell anthropic",
            "only for backends that are off GOOGLE_API_KEY missing - google (off)",
        ):
            assert part in page(app)
        assert "from the shell" not in page(app)
        assert export(app).plain() == shop.says("keys", "--all")
        assert json.loads(export(app).json()) == shop.document("keys", "--all")


async def test_a_line_for_the_env_file_is_copied(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("6", "down", "y")
        assert copied == ["OPENAI_API_KEY="]
        await app.press("enter")
        assert "backend  openai" in app.right


# ---- the route tester


async def test_any_name_is_tested_while_it_is_typed(shop: Shop) -> None:
    """Keys: =, the name."""
    async with shop.open_app() as app:
        await app.press("equals_sign", *"gpt-5.9")
        text = " ".join(app.text.split())
        assert "x gpt-5.9 -> no backend by gpt-* routing_profiles.toml:15" in text
        assert "it is sent to openai, which does not declare it" in text
        assert "no backend declares it" in text
        assert "> gpt-* -> openai 5 -" in text
        assert "! gpt-5-* -> openai 0 - never: gpt-* comes first" in text
        await app.press(*["backspace"] * 7, *"claude-4.5-opus")
        text = " ".join(app.text.split())
        assert "+ claude-4.5-opus -> anthropic by claude-* routing_profiles.toml:13" in text
        assert "in other profiles: anthropic in cheapest, all_anthropic" in text
        await app.press("enter")
        assert "route  claude-*" in app.right
    output = shop.says("routes", "--test", "claude-4.5-opus")
    assert "claude-4.5-opus -> anthropic  by claude-*" in output


async def test_route_tester_lists_all_matching_routes(shop: Shop) -> None:
    async with shop.open_app() as app:
        await app.press("equals_sign", *"gpt-5-mini")
        text = " ".join(app.text.split())
        assert "+ gpt-5-mini -> openai by gpt-*" in text
        assert "also matches: gpt-5-* -> openai" in text
        assert "~ gpt-5-* -> openai 0 - never: gpt-* comes first" in text
        assert isinstance(app.app.screen, route_tester.RouteTesterScreen)
        await app.press("escape")
        assert isinstance(app.app.screen, MainScreen)


async def test_shadowed_models_of_a_rule_are_listed(shop: Shop) -> None:
    routing = shop.root / ".pipelex" / "inference" / "routing_profiles.toml"
    text = routing.read_text(encoding="utf-8")
    routing.write_text(text.replace('"gpt-5-*" = "openai"', '"gpt-4*" = "mistral"'), encoding="utf-8")
    async with shop.open_app((120, 40)) as app:
        await app.press("equals_sign")
        text = " ".join(app.text.split())
        which = "gpt-4o-mini, gpt-5-mini, gpt-5, gpt-image-1, gpt-5-search"
        assert f"+ gpt-* -> openai 5 1 {which} shadows gpt-4o-mini from gpt-4*" in text
    assert "shadows gpt-4* -> mistral for gpt-4o-mini" in shop.says("routes", "--names")


async def test_the_model_that_is_selected_is_tested_first_and_typing_replaces_it() -> None:
    async with demo() as app:
        await app.press("2", "equals_sign")
        assert "claude-4.5-haiku -> anthropic" in app.text
        await app.press("x")
        assert "x x -> no backend" in app.text


# ---- copying and writing


async def test_job_24_a_trail_is_copied_as_text_as_json_and_as_toml(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys: Y, Enter."""
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("4", "Y", "enter")
        await app.press("Y", "down", "enter")
        await app.press("Y", "down", "down", "enter")
    assert copied[0] == shop.says("explain", "$writing")
    assert json.loads(copied[1]) == shop.document("explain", "$writing")
    assert copied[2] == (
        "[llm.presets]\n"
        'writing = { model = "@everyday", temperature = 0.9, description = "Letters, posts, product texts" }\n'
    )


async def test_copied_text_contains_no_secret(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    backends = shop.root / ".pipelex" / "inference" / "backends.toml"
    text = backends.read_text(encoding="utf-8")
    backends.write_text(text.replace("${ANTHROPIC_API_KEY}", "sk-ant-0123456789abcdef"), encoding="utf-8")
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("1")
        for downs in range(3):
            await app.press("Y", *["down"] * downs, "enter")
    assert len(copied) == 3
    assert not any("sk-ant" in text for text in copied)
    assert 'api_key = "••••••"' in copied[2]


async def test_exports_never_overwrite_files(shop: Shop) -> None:
    os.chdir(shop.root)
    async with shop.open_app((120, 40)) as app:
        await app.press("4", "Y", "down", "down", "down", "enter")
        assert "wrote " in app.lines[-1]
        assert "pipedeck-explain-writing.txt" in app.lines[-1]
        await app.press("Y", "down", "down", "down", "enter")
        assert "pipedeck-explain-writing-2.txt" in app.lines[-1]
    first = Path("pipedeck-explain-writing.txt").read_text(encoding="utf-8")
    assert first == shop.says("explain", "$writing")
    assert first == Path("pipedeck-explain-writing-2.txt").read_text(encoding="utf-8")


async def test_unwritable_folder_is_reported(shop: Shop, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    async with shop.open_app() as app:
        os.chdir(gone)
        gone.rmdir()
        await app.press("4", "Y", "down", "down", "down", "enter")
        assert app.lines[-1].startswith(" not written: pipedeck-explain-writing.txt: No such file")
    os.chdir(tmp_path)


async def test_the_overview_is_copied_as_validate_prints_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with shop.open_app() as app:
        monkeypatch.setattr(app.app, "copy", copied.append)
        await app.press("Y", "enter")
    assert copied == [shop.says("validate")]


async def test_page_reports_the_method_of_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    async with demo() as app:
        await app.press("6")
        driver = app.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", sent.append)
        await app.press("y")
        monkeypatch.undo()
        assert app.lines[-1] == " copied 18 characters to your terminal's clipboard (OSC 52)"
    copied = [match[1] for text in sent if (match := re.fullmatch("\x1b\\]52;c;(.*)\x07", text))]
    assert [base64.b64decode(text) for text in copied] == [b"ANTHROPIC_API_KEY="]
