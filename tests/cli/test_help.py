"""Help: examples of commands are valid, topics fit 80 columns and mention only existing names."""

from __future__ import annotations

import re
import shlex

import pytest

from core.diagnostics.registry import DIAGNOSTICS
from core.releases import TABLE, parse_release
from tui.cli.commands import COMMANDS
from tui.cli.help import APP, FOLDER, UNRESOLVED, title, topics
from tui.cli.main import main
from tui.cli.parsers import app_parser, build_parser
from tui.commands import DEFAULT

REQUIRED = ("trails", "layers", "releases", "checks")


def help_of(command: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as left:
        main([command, "--help"] if command else ["--help"])
    assert left.value.code == 0
    return capsys.readouterr().out


def examples(text: str) -> list[str]:
    """The example command lines of a help text: indented, with a description after two blanks or below."""
    shown = re.findall(r"^  ((?:source <\()?pipedeck\b[^\n]*)$", text, re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0].removesuffix(".") for line in shown]


def check_example(line: str) -> None:
    """Parse a command line; raises SystemExit when it is invalid."""
    line = line.removeprefix("source <(").removesuffix(")").partition(" |")[0].partition(" >>")[0]
    words = shlex.split(line)[1:]
    if words and words[0] in COMMANDS:
        build_parser().parse_args(words)
    else:
        app_parser().parse_args(words)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_examples_of_help_are_valid(
    command: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_of(command, capsys, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    lines = examples(text.partition("\nexamples:\n")[2])
    assert lines, "no examples"
    for line in lines:
        check_example(line)
    assert "\nexit status: 0" in text
    if command is not None:
        assert all(command in line for line in lines)


def test_overview_lists_every_command_and_option(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_of(None, capsys, monkeypatch)
    for command in COMMANDS:
        assert re.search(rf"^    {command}\b", text, re.MULTILINE), command
    for option in ("--tree", "--release", "--profile", "--no-mouse", "--read-only", "--version"):
        assert f"  {option}" in text


def test_topics_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    text = capsys.readouterr().out
    assert set(REQUIRED) <= set(topics())
    for topic in topics():
        assert re.search(rf"^  {topic} +{re.escape(title(topic))}$", text, re.MULTILINE)


@pytest.mark.parametrize("topic", topics())
def test_topic_fits_80_columns_and_mentions_existing_names(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", topic]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 78
    assert text.startswith(topic.upper())
    for line in examples(text):
        check_example(line)
    for named in re.findall(r"^SEE ALSO  ([^;\n]*)", text, re.MULTILINE):
        assert set(named.split(", ")) <= set(topics())


@pytest.mark.parametrize("topic", [path.stem for path in sorted(FOLDER.glob("*.txt"))])
def test_topic_mentions_releases_with_changes(topic: str) -> None:
    """Release numbers in topics must be those of the table of behaviours."""
    changes = {(step.since.major, step.since.minor) for behaviour in TABLE for step in behaviour.steps}
    text = (FOLDER / f"{topic}.txt").read_text(encoding="utf-8")
    for since in re.findall(r"from (?:Pipelex )?(0\.\d+(?:\.\d+)?) on\b|\((0\.\d+) on\)|before (0\.\d+)\b", text):
        release = parse_release(next(filter(None, since)))
        assert release is not None
        assert (release.major, release.minor) in changes, since


@pytest.mark.parametrize("topic", ["trails", "layers", "releases", "checks", "editing"])
def test_topic_mentions_existing_keys(topic: str) -> None:
    text = (FOLDER / f"{topic}.txt").read_text(encoding="utf-8").partition("In the app: ")[2].partition("\n")[0]
    keys = {word for word in re.split(r"[ ,.;]+", text) if len(word) == 1 and word != "a"}
    known = {key for command in DEFAULT.commands for key in command.keys}
    assert keys
    assert {{"=": "equals_sign"}.get(key, key) for key in keys} <= known


def test_app_topic_lists_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", APP]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for command in DEFAULT.commands:
        if not command.listed_with:
            assert f"{DEFAULT.grouped_key_labels(command)} {command.help}" in text


def test_command_is_a_topic(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["help", "validate"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage: pipedeck validate")


@pytest.mark.parametrize("code", DIAGNOSTICS)
def test_diagnostic_code_is_a_topic(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", code]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{code}  {DIAGNOSTICS[code].severity.value}, ")
    assert all(f"\n{label}  " in text for label in ("why    ", "example", "fix    "))
    assert ("No automatic fix: " in " ".join(text.split())) == bool(DIAGNOSTICS[code].no_fix)
    assert max(map(len, text.splitlines())) <= 78


@pytest.mark.parametrize("code", UNRESOLVED)
def test_a_code_of_an_unresolved_reference_is_a_topic(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", code]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{code}  reason why a reference is dead\n")
    assert all(f"\n{label}  " in text for label in ("why    ", "example", "fix    "))
    assert max(map(len, text.splitlines())) <= 78


@pytest.mark.parametrize(("wrong", "hint"), [("trial", "did you mean `trails`"), ("x", "topics are start, trails")])
def test_unknown_topic_is_reported(wrong: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", wrong]) == 2
    assert capsys.readouterr().err.startswith(f"pipedeck: there is no page about '{wrong}': {hint}")
