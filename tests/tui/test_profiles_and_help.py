"""Previewing a profile, reloading the files, help, and themes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.tui.app_driver import demo, open_app
from tui.command import DIALOGS, LISTS, places_of
from tui.commands import COMMANDS, DEFAULT
from tui.dialogs.ask import ReadScreen
from tui.key_names import UNREACHABLE
from tui.sample import demo_request
from tui.screens.form import FormScreen
from tui.widgets.runs import NumberCell


async def test_previewed_profile_is_treated_as_active() -> None:
    async with demo() as app:
        await app.press("p")
        assert "own_keys (active)" in app.text
        await app.press("down", "down", "tab")
        assert "profile all_anthropic (viewed, not active)" in app.lines[0]
        assert "cannot run" in app.lines[1] or "runs in part" in app.lines[1]
        assert "3 Routes  all_anthropic" in app.left
        await app.press("p", "up", "up", "tab")
        assert app.lines[0].endswith("profile own_keys")


async def test_routes_show_their_kind_and_matches() -> None:
    async with demo((140, 40)) as app:
        await app.press("3")
        rows = {row.cells[1]: row.cells for row in app.main.panes["routes"].table.rows}
        assert rows["claude-*"][2:5] == ("anthropic", NumberCell("3", 3), "pattern")
        assert rows["gpt-5-*"][3] == NumberCell("0", 0)
        assert rows["gemini-*"][0] == ("-", "dim")
        assert rows["gemini-*"][4] == "optional"
        assert rows["(default)"][4] == "default"
        assert rows["(internal)"][3] == NumberCell("1", 1)
        assert "other profiles" in app.details


async def test_fallback_order_is_listed() -> None:
    async with demo() as app:
        await app.press("p", "down", "tab", "3")
        rows = [row.cells[1:4] for row in app.main.panes["routes"].table.rows]
        assert rows[:3] == [
            ("(fallback 1)", "mistral", NumberCell("3", 3)),
            ("(fallback 2)", "openai", NumberCell("5", 5)),
            ("(fallback 3)", "anthropic", NumberCell("3", 3)),
        ]


async def test_reload_shows_changes_and_keeps_the_position() -> None:
    with ExitStack() as folders:
        request = demo_request(folders)
        async with open_app(request) as app:
            await app.press("4", "down", "down")
            assert "preset  llm / extract-facts" in app.right
            backends = Path(str(request.path)) / ".pipelex" / "inference" / "backends.toml"
            text = backends.read_text(encoding="utf-8")
            backends.write_text(text.replace("enabled = false", "enabled = true"), encoding="utf-8")
            await app.press("R")
            assert "1 Backends  5 on" in app.left
            assert "keys 3/4" in app.lines[1]
            assert "preset  llm / extract-facts" in app.right
            assert app.lines[-1] == " tree reloaded"


async def test_removed_tree_is_reported_and_the_last_state_stays() -> None:
    with ExitStack() as folders:
        request = demo_request(folders)
        async with open_app(request) as app:
            Path(str(request.path)).rename(Path(str(request.path)).with_name("moved"))
            await app.press("R")
            assert "cannot read the tree" in app.text
            assert "no such file or directory" in app.text
            await app.press("escape")
            assert "4 on" in app.left
            Path(str(request.path)).with_name("moved").rename(str(request.path))


async def test_help_lists_every_command() -> None:
    async with demo((100, 110)) as app:
        await app.press("question_mark")
        assert isinstance(app.app.screen, ReadScreen)
        for command in DEFAULT.for_part("main"):
            assert command.listed_with or command.help[:40] in app.text, command.id
        assert "no model: a call fails" in app.text
        await app.press("q")
        assert "can it run?" in app.text


async def test_dialog_explains_and_lists_its_commands() -> None:
    async with demo((100, 40)) as app:
        await app.press("1", "enter", "question_mark")
        assert isinstance(app.app.screen, ReadScreen)
        assert "in a form" in app.text
        assert "choose or type a value" in app.text
        assert "no model: a call fails" not in app.text
        await app.press("escape", "colon", *"toggle")
        assert "yes/no: toggle true and false" in app.text
        await app.press("enter")
        assert isinstance(app.app.screen, FormScreen)


async def test_help_opens_where_letters_are_text() -> None:
    async with demo((100, 40)) as app:
        await app.press("equals_sign", "question_mark", "f2")
        assert isinstance(app.app.screen, ReadScreen)
        assert "in the route tester" in app.text
        await app.press("escape", "escape")
        assert "can it run?" in app.text


def test_every_command_has_available_keys() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert command.keys
        assert command.help
        assert (command.run is None) <= bool(command.widget_binding), command.id
        assert not UNREACHABLE.keys() & set(command.keys), command.id


def test_keys_are_unique_in_each_context() -> None:
    for place in (*LISTS, "inspector"):
        keys = [key for command in DEFAULT.for_part("main") if place in places_of(command) for key in command.keys]
        assert len(set(keys)) == len(keys), place
    for place in DIALOGS:
        keys = [key for command in DEFAULT.commands if place in command.where for key in command.keys]
        assert keys
        assert len(set(keys)) == len(keys), place
    keys = [key for command in DEFAULT.for_part("start") for key in command.keys]
    assert len(set(keys)) == len(keys)


async def test_theme_changes_and_is_named() -> None:
    async with demo() as app:
        for name in ("light", "contrast", "ansi", "ansi-light", "dark"):
            await app.press("ctrl+t")
            assert app.lines[-1] == f" colours: {name}"
