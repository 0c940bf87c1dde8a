"""The settings: precedence of flags, variables and file; reports of wrong values; the template."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.tui.app_driver import AppDriver, open_app, request_for
from tui.cli.main import main
from tui.commands import COMMANDS, DEFAULT
from tui.sample import copy_sample
from tui.settings import AppSettings, LoadedSettings, read_settings
from tui.settings.keymap import read_keymap, template
from tui.settings.schema import SPECS, help_texts


def write(home: Path, text: str) -> Path:
    """The settings file of a home."""
    path = home / ".config" / "pipedeck" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(home: Path, **variables: str) -> LoadedSettings:
    """The settings in that home."""
    return read_settings({"HOME": str(home), **variables})


def test_defaults_without_a_file(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.problems == ()
    assert settings.values == AppSettings()
    assert settings.origins == {}
    assert read_keymap(settings, DEFAULT).table is DEFAULT


def test_flags_override_variables_and_variables_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'theme = "light"\nmouse = false\ntokens_in = 2000\n')
    home = {"HOME": str(tmp_path)}
    settings = read_settings(home)
    assert (settings.values.theme, settings.origins["theme"]) == ("light", "~/.config/pipedeck/settings.toml:1")
    settings = read_settings({**home, "PIPEDECK_THEME": "ansi", "PIPEDECK_MOUSE": "on", "PIPEDECK_TOKENS_IN": "7"})
    assert (settings.values.theme, settings.origins["theme"]) == ("ansi", "PIPEDECK_THEME")
    assert settings.values.mouse is True
    assert settings.values.tokens_in == 7
    flags: dict[str, str | bool | int | None] = {"theme": "contrast", "mouse": False, "driver": None}
    settings = read_settings({**home, "PIPEDECK_THEME": "ansi", "PIPEDECK_MOUSE": "yes"}, flags)
    assert (settings.values.theme, settings.origins["theme"]) == ("contrast", "--theme")
    assert settings.values.mouse is False
    assert settings.values.driver == "diff"
    assert settings.problems == ()


def test_file_follows_xdg_config_home(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", 'theme = "light"\n')
    settings = load(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "elsewhere" / ".config"))
    assert settings.values.theme == "light"
    assert load(tmp_path, XDG_CONFIG_HOME="elsewhere/.config").values.theme == "auto"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('theme = "drak"', '1: theme cannot be "drak"; write one of auto, dark, light, .*: did you mean dark?'),
        ("theme = 3", "1: theme cannot be 3; write one of auto, dark"),
        ('mouse = "no"', '1: mouse cannot be "no"; write true or false'),
        ("mouse = 1", "1: mouse cannot be 1; write true or false"),
        ("tokens_in = 0", "1: tokens_in cannot be 0; write a whole number from 1 to 1000000000"),
        ("tokens_in = true", "1: tokens_in cannot be true; write a whole number"),
        ("release = []", "1: release cannot be a list; write a text"),
        ('release = "0.9"', '1: "0.9" is no Pipelex release; write one from 0.10.0 on'),
        ('\nthem = "dark"', "2: there is no setting them: did you mean theme?"),
        ("keys = 3", "1: keys is a table; write \\[keys\\] and below it lines such as"),
        ('[keys]\nsrot = "x"', "2: there is no command srot: did you mean sort?"),
        ("[keys]\nsort = 3", "2: the keys of sort are a text or a list of texts"),
        ('[keys]\nsort = "ctrl+m"', '2: sort cannot have the key "ctrl\\+m": terminals send enter for it'),
        ('[keys]\nsort = ["f7", "hyper+f7"]', '2: sort cannot have the key "hyper\\+f7": '),
        ('[keys]\nsort = "f7"\nhelp = "f7"', "3: f7 is the key of sort already, which keeps it"),
        ('[keys]\nsort = "q"', "2: this takes the only key of quit"),
        ("mouse = false\nx = ", "2: .*: the defaults are used"),
    ],
)
def test_wrong_entries_are_reported_with_line_and_correct_form(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, text + "\n")
    settings = load(tmp_path)
    (problem_,) = (*settings.problems, *read_keymap(settings, DEFAULT).problems)
    assert re.match(f"~/.config/pipedeck/settings.toml:{problem}", problem_)


def test_invalid_entries_do_not_affect_valid_ones(tmp_path: Path) -> None:
    write(tmp_path, 'theme = "light"\nmouse = 7\n[keys]\nsort = ["f7", "nope"]\nlog = "s"\n')
    settings = load(tmp_path, PIPEDECK_CLIPBOARD="never")
    assert settings.values.theme == "light"
    assert settings.values.mouse is True
    keymap = read_keymap(settings, DEFAULT)
    assert keymap.table.by_id["sort"].keys == ("f7",)
    assert keymap.table.by_id["log"].keys == ("s",)
    assert [problem.partition(":")[0] for problem in settings.problems] == [
        "~/.config/pipedeck/settings.toml",
        "PIPEDECK_CLIPBOARD",
    ]


def test_folder_in_place_of_the_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".config" / "pipedeck" / "settings.toml").mkdir(parents=True)
    (problem,) = load(tmp_path).problems
    assert problem == "~/.config/pipedeck/settings.toml is a folder: the defaults are used"


def test_template_is_complete_and_changes_nothing(tmp_path: Path) -> None:
    text = template("~/settings.toml", COMMANDS)
    write(tmp_path, text)
    assert load(tmp_path).problems == ()
    write(tmp_path, re.sub(r"(?m)^# ([a-z_-]+ = )", r"\1", text))
    settings = load(tmp_path)
    keymap = read_keymap(settings, DEFAULT)
    assert (*settings.problems, *keymap.problems) == ()
    assert {key for key in settings.source.data if key != "keys"} == set(SPECS) == set(help_texts())
    assert {command.id: command.keys for command in keymap.table.commands} == {a.id: a.keys for a in DEFAULT.commands}
    assert set(keymap.changed) == set(DEFAULT.by_id)
    assert max(map(len, text.splitlines())) <= 104


@pytest.mark.benchmark
def test_reading_takes_less_than_3_ms(tmp_path: Path) -> None:
    write(tmp_path, 'theme = "light"\nmouse = false\n[keys]\nsort = ["f7", "f5"]\n')
    times = []
    for _ in range(20):
        start = time.perf_counter()
        read_keymap(load(tmp_path), DEFAULT)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.003


def test_command_prints_values_with_their_origins(
    fenced_environment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(fenced_environment, 'theme = "light"\n[keys]\nsort = "f7"\n')
    monkeypatch.setenv("PIPEDECK_MOUSE", "off")
    assert main(["settings"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert re.search(r'theme +"light" +~/.config/pipedeck/settings.toml:1\n', out)
    assert re.search(r"mouse +false +PIPEDECK_MOUSE\n", out)
    assert re.search(r'driver +"diff" +default\n', out)
    assert re.search(r"sort +f7 +~/.config/pipedeck/settings.toml:3\n", out)
    assert main(["settings", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["settings"][0]["value"] == "light"
    assert document["keys"] == [{"action": "sort", "keys": ["f7"], "origin": "~/.config/pipedeck/settings.toml:3"}]
    assert main(["settings", "--template"]) == 0
    assert capsys.readouterr().out == template("~/.config/pipedeck/settings.toml", COMMANDS)


def test_command_reports_problems_and_exits_1(fenced_environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(fenced_environment, "mouse = 3\n")
    assert main(["settings"]) == 1
    assert capsys.readouterr().err.startswith("pipedeck: ~/.config/pipedeck/settings.toml:1: mouse cannot be 3")


def test_other_commands_use_the_release_and_report_problems(
    fenced_environment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(fenced_environment, 'release = "0.80.0"\nmouse = 3\n')
    copy_sample(tmp_path / "shop")
    assert main(["validate", "--tree", str(tmp_path / "shop")]) in (0, 1)
    out, err = capsys.readouterr()
    assert "answers for Pipelex 0.80.0" in out
    assert "mouse cannot be 3" in err
    main(["validate", "--tree", str(tmp_path / "shop"), "--release", "0.92.2"])
    assert "answers for Pipelex 0.92.2" in capsys.readouterr().out


async def test_changed_keys_apply_to_lists_screens_footer_and_help(fenced_environment: Path, tmp_path: Path) -> None:
    write(fenced_environment, '[keys]\nfilter = "F"\ndown = ["down", "n"]\nhelp = "f5"\n')
    copy_sample(tmp_path / "shop")
    async with open_app(request_for(tmp_path / "shop", fenced_environment), (100, 120)) as app:
        await app.press("4", "n", "n")
        assert "preset  llm / extract-facts" in app.right
        assert " F filter" in app.lines[-1]
        assert " f5 help" in app.lines[-1]
        await app.press("F")
        await app.type("pic")
        await app.press("enter")
        assert "of 21  /pic" in app.left
        await app.press("slash", "f5")
        assert "↓ n ↑ k" in app.text
        assert "  F  " in app.text


async def test_problems_are_announced_and_logged(fenced_environment: Path, tmp_path: Path) -> None:
    write(fenced_environment, 'theme = "drak"\n')
    copy_sample(tmp_path / "shop")
    async with open_app(request_for(tmp_path / "shop", fenced_environment)) as app:
        assert app.lines[-1] == " 1 setting is not valid: see L"
        await app.press("L")
        assert 'settings.toml:1: theme cannot be "drak"' in joined(app)


def joined(app: AppDriver) -> str:
    """The screen in one line with single blanks."""
    return " ".join(app.text.split())
