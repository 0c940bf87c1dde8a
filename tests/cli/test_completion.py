"""Shell completion: what real shells make of a Tab, and that the scripts know all that the command line takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shells import Shell
from tui.cli.commands import COMMANDS
from tui.cli.completion import SHELLS
from tui.cli.main import main
from tui.cli.parsers import app_parser, build_parser
from tui.cli.shell_names import names
from tui.cli.shells.grammar import commands, options
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
)


@pytest.mark.pty
def test_tab_completes_in_a_real_shell(shell: Shell) -> None:
    for typed, given in TYPED:
        # Some shells leave the slash behind a folder, some take it away again.
        assert [word.removesuffix("/") for word in shell.completed(typed)] == given, typed


@pytest.mark.pty
def test_tab_is_silent_where_there_is_no_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Shell("bash", script("bash", capsys), tmp_path)
    assert running.completed("pipedeck resolve abc\t") == ["resolve", "abc"]
    running.close()


@pytest.mark.parametrize("name", SHELLS)
def test_a_script_knows_every_command_and_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = script(name, capsys)
    for command in commands(build_parser()):
        assert command.name in text
        for option in command.options:
            for flag in option.flags:
                assert (flag if name != "fish" else flag.lstrip("-")) in text
    assert {command.name for command in commands(build_parser())} == set(COMMANDS)
    assert "__names" not in COMMANDS


def test_every_value_that_a_tree_can_tell_is_completed() -> None:
    silent = [
        f"{command.name} {option.flags[-1]}"
        for command in commands(build_parser())
        for option in command.options
        if option.value is not None and not option.value.kind and not option.value.words
    ]
    # What only its user knows: numbers, hosts, addresses, texts, new names.
    private = [
        "timeout",
        "deadline",
        "at-once",
        "trust",
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
    ]
    assert {line for line in silent if line.partition(" --")[2] not in private} == {"backend --model"}
    assert [option for option in options(app_parser(full=True)) if option.value and not option.value.kind] == []


def test_the_names_are_those_of_the_tree_that_the_line_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    copy_sample(tmp_path / "shop")
    assert names("backends", ["models", "--tree", "shop"]) == ("anthropic", "google", "internal", "mistral", "openai")
    assert names("profiles", ["models", "--tree=shop"]) == ("all_anthropic", "cheapest", "own_keys")
    assert names("nothing", ["--tree", "shop"]) == ()
    assert "OPENAI_API_KEY" in names("things", ["--tree", "shop"])
    assert main(["__names", "variables", "uses", "--tree", "shop"]) == 0
    said = capsys.readouterr().out
    assert said.split() == ["ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY", "OPENAI_API_KEY"]
    assert SECRET not in said


def test_no_tree_means_no_names_and_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["__names", "references"]) == 0
    assert main(["__names", "references", "--release", "banana"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_name_that_breaks_lines_is_left_out(tmp_path: Path) -> None:
    folder = copy_sample(tmp_path)
    with (folder / "backends.toml").open("a") as stream:
        stream.write('["two\\nlines"]\nenabled = false\n["\\u001b[31mred"]\nenabled = false\n')
    assert [name for name in names("backends", []) if not name.isalpha()] == []


def test_the_grammar_reads_repeated_and_hidden_options() -> None:
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers()
    one = sub.add_parser("one", help="the one")
    one.add_argument("--secret", help=argparse.SUPPRESS)
    one.add_argument("--more", action="append", metavar="P", help="100%% of %(default)s")
    one.add_argument("rest", nargs="*", metavar="REF")
    (command,) = commands(parser)
    assert [option.flags for option in command.options] == [("-h", "--help"), ("--more",)]
    assert (command.options[1].repeated, command.options[1].help) == (True, "100% of None")
    assert [(place.kind, place.many) for place in command.places] == [("references", True)]
