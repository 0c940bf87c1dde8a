"""Options of the editing commands that exclude each other are refused by the parser, pair by pair."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.support.trees import KEYS, minimal, write_tree
from tui.cli.line_completion import subparsers
from tui.cli.main import main
from tui.cli.parsers import build_parser

Operations = dict[str, set[str]]
"""The allowed options of each operation; "" without one."""

BACKEND_FIELDS = {"on", "--endpoint x", "--key-from X", "--set a=1"}
PROFILE_FIELDS = {"--default x", "--fallback x", "--description x"}
POSITIONS = {"--first", "--last", "--up", "--down", "--before x", "--after x"}
KINDS = {"--optional", "--plain"}
OPERATIONS: dict[str, Operations] = {
    "alias x": {"": {"y"}, "--rename x": set(), "--delete": {"--instead x"}},
    "waterfall x": {"": {"y"}, "--rename x": set(), "--delete": {"--instead x"}},
    "preset x": {
        "": {"--model x", "--set a=1"},
        "--copy x": {"--model x", "--set a=1"},
        "--rename x": set(),
        "--delete": {"--instead x"},
    },
    "choice llm/override/for_text": {"": {"y"}, "--off": set()},
    "backend x": {
        "": BACKEND_FIELDS,
        "--new": BACKEND_FIELDS | {"--model x", "--sdk x", "--no-routes", "--with-profile"},
        "--delete": {"--instead x", "--keep-file"},
    },
    "model x y": {
        "": {"--set a=1", "--price 1,2"},
        "--copy x": {"--set a=1", "--price 1,2", "--of x"},
        "--rename x": {"--everywhere"},
        "--delete": {"--instead x"},
    },
    "profile x": {
        "": PROFILE_FIELDS,
        "--new": PROFILE_FIELDS,
        "--copy x": PROFILE_FIELDS,
        "--rename x": set(),
        "--delete": {"--instead x"},
    },
    "route x": {"": {"y"} | POSITIONS | KINDS, "--rename x": set(), "--delete": set()},
    "use x": {"": {"--with a=b"}, "--no-replace": set()},
    "undo": {"": {"x"}, "--list": set()},
}
ALTERNATIVES = (POSITIONS, KINDS)
"""Options that exclude each other."""


WITH_EVERYTHING = {
    *("-h", "--tree", "--release", "--python", "--cwd", "--profile", "--dry-run", "--json"),
    *("--base", "--override", "--anyway", "--methods", "--family", "--in"),
}
"""Options that exclude none of these."""


def fit(operations: Operations, options: set[str]) -> bool:
    """Whether options can be combined."""
    if any(len(options & alternatives) > 1 for alternatives in ALTERNATIVES):
        return False
    return any(
        options <= companions | {operation} and (operation in options or not operation)
        for operation, companions in operations.items()
    )


def combinations() -> list[tuple[str, str, bool]]:
    """Every command with every option and every pair of its options, and whether it is accepted."""
    lines = []
    for command, operations in OPERATIONS.items():
        options = sorted({*operations, *set().union(*operations.values())} - {""}, key=lambda word: word[:1] == "-")
        for pair in (*((option,) for option in options), *itertools.combinations(options, 2)):
            lines.append((command, " ".join(pair), fit(operations, set(pair))))
    return lines


@pytest.mark.parametrize("command", OPERATIONS)
def test_every_pair_of_options_is_accepted_or_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = build_parser((command.split()[0],))
    for _, options, accepted in (line for line in combinations() if line[0] == command):
        arguments = f"{command} {options}".split()
        if accepted:
            parser.parse_args(arguments)
            continue
        with pytest.raises(SystemExit):
            parser.parse_args(arguments)
        error = capsys.readouterr().err
        assert " cannot be combined with " in error or " needs " in error, error
        assert error.count("\n") == 1


@pytest.mark.parametrize("command", OPERATIONS)
def test_every_option_of_the_parser_is_covered(command: str) -> None:
    name = command.split()[0]
    options = [action.option_strings for action in subparsers(build_parser((name,)))[name]._actions]
    operations = OPERATIONS[command]
    covered = {option.split()[0] for options in ({*operations}, *operations.values()) for option in options if option}
    assert {flags[0] for flags in options if flags and not covered & {*flags}} <= WITH_EVERYTHING


@pytest.mark.parametrize(
    "line",
    [
        "model openai gpt-4o-mini --delete --rename other --price 1,2",
        "model openai gpt-4o-mini --delete --price 1,2",
        "preset writing --delete --set temperature=1",
        "alias best-claude gpt-4o-mini --delete",
        "backend openai off --delete",
        "profile all --rename every --default openai",
    ],
)
def test_refused_command_writes_nothing(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    project = write_tree(tmp_path, minimal("0.92.2"))
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit) as left:
        main([*line.split(), "--anyway", "--tree", str(project)])
    assert left.value.code == 2
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", sorted(OPERATIONS))
def test_command_without_operation_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = build_parser((command.split()[0],))
    if command.split()[0] in ("profile", "use", "undo"):
        parser.parse_args(command.split())
        return
    with pytest.raises(SystemExit):
        parser.parse_args(command.split())
    assert "nothing to do: give one of " in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "models sonnet --compare gpt-4o",
        "models --compare gpt-4o --vision",
        "models --compare gpt-4o --sort price",
        "check --model gpt-4o --all",
        "check --model gpt-4o --deep",
        "check --model gpt-4o --models",
        "check --yes",
        "check openai --all --dry-run",
        "routes --everywhere",
        "routes --test gpt-4o --names",
        "keys --lines --json",
        "keys --lines --all",
        "settings --template --json",
        "init --list --backend openai",
        "init --list --dry-run",
        "releases --assume-keys",
        "validate --timeout 3",
    ],
)
def test_an_option_without_effect_is_refused(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, minimal("0.92.2"))
    monkeypatch.chdir(tmp_path)
    try:
        status = main(line.split())
    except SystemExit as stop:
        status = int(stop.code or 0)
    error = capsys.readouterr().err
    assert status == 2
    assert " cannot be combined with " in error or " needs " in error
