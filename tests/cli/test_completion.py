"""Shell completion: Tab in real shells, and completeness of the scripts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shells import Shell
from tui.cli.commands import COMMANDS
from tui.cli.line_completion import complete, names, one_line, subparsers, value_kind
from tui.cli.main import main
from tui.cli.parsers import app_parser, build_parser
from tui.cli.setup_commands import SHELLS
from tui.sample import copy_sample

SECRET = "sk-not-to-be-shown"


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.fixture(params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    copy_sample(tmp_path)
    (tmp_path / "shop").mkdir()
    running = Shell(request.param, script(request.param, capsys), tmp_path)
    yield running
    running.close()


TYPED = (
    ("pipedeck res\t", ["resolve"]),
    ("pipedeck validate --assume\t", ["validate", "--assume-keys"]),
    ("pipedeck resolve @ev\t", ["resolve", "@everyday"]),
    ("pipedeck resolve \\$tra\t", ["resolve", "$translate"]),
    ("pipedeck resolve '$tra\t", ["resolve", "$translate"]),
    ("pipedeck explain \\~fr\t", ["explain", "~frugal"]),
    ("pipedeck routes --test gpt-4o gpt-5-s\t", ["routes", "--test", "gpt-4o", "gpt-5-search"]),
    ("pipedeck --profile ch\t validate", ["--profile", "cheapest", "validate"]),
    ("pipedeck --profile cheapest compare all\t", ["--profile", "cheapest", "compare", "all_anthropic"]),
    ("pipedeck route 'claude-*' mist\t", ["route", "claude-*", "mistral"]),
    ("pipedeck preset wri\t", ["preset", "writing"]),
    ("pipedeck backend goo\t of\t", ["backend", "google", "off"]),
    ("pipedeck choice llm/default/for_t\t @ch\t", ["choice", "llm/default/for_text", "@cheap"]),
    ("pipedeck uses OPENAI\t", ["uses", "OPENAI_API_KEY"]),
    ("pipedeck models --backend anth\t", ["models", "--backend", "anthropic"]),
    ("pipedeck models --sort pri\t", ["models", "--sort", "price"]),
    ("pipedeck releases 0.17\t", ["releases", "0.17.1"]),
    ("pipedeck init --backend openr\t", ["init", "--backend", "openrouter"]),
    ("pipedeck help tra\t", ["help", "trails"]),
    ("pipedeck completion zs\t", ["completion", "zsh"]),
    ("pipedeck validate --tree sho\t", ["validate", "--tree", "shop"]),
    ("pipedeck validate --tree=sho\t", ["validate", "--tree=shop"]),
    ("pipedeck models --sort=pri\t", ["models", "--sort=price"]),
)


@pytest.mark.pty
def test_tab_completes_in_real_shells(shell: Shell) -> None:
    for typed, expected in TYPED:
        # Some shells append a slash to a folder, some do not.
        assert [word.removesuffix("/") for word in shell.completed(typed)] == expected, typed


@pytest.mark.pty
def test_tab_prints_nothing_without_a_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Shell("bash", script("bash", capsys), tmp_path)
    assert running.completed("pipedeck resolve abc\t") == ["resolve", "abc"]
    running.close()


def test_every_command_and_option_is_completed() -> None:
    assert set(complete([""]).words) == set(COMMANDS)
    for command, parser in subparsers(build_parser()).items():
        flags = {flag for action in parser._actions for flag in action.option_strings}
        assert set(complete([command, "--"]).words) == flags
    assert "__complete" not in complete(["_"]).words


def _silent(command: str, parser: argparse.ArgumentParser) -> list[str]:
    """The options with a value that is not completed."""
    return [
        f"{command} {action.option_strings[-1]}"
        for action in parser._actions
        if action.option_strings and action.nargs != 0 and not action.choices and not value_kind(command, action)
    ]


def test_every_value_that_a_tree_can_tell_is_completed() -> None:
    silent = [line for command, parser in subparsers(build_parser()).items() for line in _silent(command, parser)]
    # What only its user knows: numbers, hosts, addresses, texts, new names.
    private = [
        "timeout",
        "deadline",
        "for",
        "at-once",
        "trust",
        "allow-host",
        "proxy",
        "limit",
        "cost",
        "endpoint",
        "sdk",
        "price",
        "description",
        "rename",
        "set",
        "fallback",
        "with",
        "within",
        "since",
        "off",
        "ignore",
        "filter",
    ]
    assert {line for line in silent if line.partition(" --")[2] not in private} == {"backend --model"}
    assert _silent("", app_parser(full=True)) == []


def test_names_come_from_the_tree_of_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    copy_sample(tmp_path / "shop")
    assert names("backends", ["models", "--tree", "shop"]) == ("anthropic", "google", "internal", "mistral", "openai")
    assert names("profiles", ["models", "--tree=shop"]) == ("all_anthropic", "cheapest", "own_keys")
    assert names("nothing", ["--tree", "shop"]) == ()
    assert "OPENAI_API_KEY" in names("names", ["--tree", "shop"])
    assert main(["__complete", "fish", "backend", "openai", "--tree", "shop", "--key-from", ""]) == 0
    output = capsys.readouterr().out
    assert output.split() == ["ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY", "OPENAI_API_KEY"]
    assert SECRET not in output


def test_no_tree_completes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["__complete", "zsh", "resolve", ""]) == 0
    assert main(["__complete", "zsh", "resolve", "--release", "banana", ""]) == 0
    assert capsys.readouterr() == ("\n\n", "")


def test_name_with_a_line_break_is_omitted(tmp_path: Path) -> None:
    folder = copy_sample(tmp_path)
    with (folder / "backends.toml").open("a") as stream:
        stream.write('["two\\nlines"]\nenabled = false\n["\\u001b[31mred"]\nenabled = false\n')
    assert [name for name in names("backends", []) if not name.isalpha()] == []


def test_options_are_completed_without_the_hidden_ones_and_with_their_help() -> None:
    parser = argparse.ArgumentParser()
    more = parser.add_argument("--more", action="append", metavar="P", help="100%% of\n %(default)s")
    assert one_line(more) == "100% of None"
    assert value_kind("", more) == "profiles"


def test_a_value_after_an_equals_sign_is_completed() -> None:
    assert "--sort=price" in complete(["models", "--sort=pr"]).words
    assert complete(["models", "--tree=x"]) == ("folder", {})
