"""Usage errors: one line with the error and a correction."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.releases import NEWEST_RELEASE
from tui.cli.commands import COMMANDS
from tui.cli.main import main
from tui.sample import copy_sample


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy_sample(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["vaildate"], "there is no command and no folder 'vaildate': did you mean `validate`?"),
        (["--relese", "0.10"], "unknown option --relese: did you mean `--release`"),
        (["validate", "--relese", "0.10"], "unknown option --relese: did you mean `--release`"),
        (["validate", "--zzz"], "unknown option --zzz (see pipedeck validate --help)"),
        (["validate", "everything"], "'everything' is none of inference, all (see pipedeck validate --help)"),
        (["validate", "all", "more"], "unrecognized arguments: more"),
        (["resolve", "--tree"], "--tree needs a value (see pipedeck resolve --help)"),
        (["routes", "--test"], "--test needs at least one value"),
        (["completion"], "missing: SHELL"),
        (["completion", "csh"], "'csh' is none of bash, zsh, fish"),
        (["validate", "--profile", "nope"], "there is no profile 'nope': there are own_keys, cheapest, all_anthropic"),
        (["resolve", "--profile", "own_key"], "there is no profile 'own_key': did you mean `own_keys`?"),
        (["explain", "backend:opena"], "there is no backend 'opena': did you mean `openai`?"),
        (["explain", "profile:zzz"], "there is no profile 'zzz': there are own_keys"),
        (["check", "nope"], "there is no backend `nope`: there are anthropic, openai"),
        ([], "the app needs a terminal for its screen and keys; for scripts there are `pipedeck validate`"),
    ],
)
@pytest.mark.usefixtures("project")
def test_usage_error_suggests_a_correction(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as left:
        status = int(left.code or 0)
    output = capsys.readouterr()
    assert status == 2
    assert output.out == ""
    assert output.err.startswith(f"pipedeck: {words}")
    assert output.err.count("\n") == 1


def test_missing_tree_suggests_init(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate"]) == 2
    assert capsys.readouterr().err.endswith("; `pipedeck init` makes one, `pipedeck demo` shows a sample\n")


@pytest.mark.usefixtures("project")
def test_similar_name_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "$writting"]) == 1
    assert "did you mean `$writing`" in capsys.readouterr().out
    assert main(["uses", "@everday"]) == 1
    assert "did you mean `@everyday`" in capsys.readouterr().err
    assert main(["models", "--compare", "gpt5", "gpt-5"]) == 1
    assert "no backend declares 'gpt5': did you mean `gpt-5`" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_option_has_one_message(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command reports an unknown option in the same way."""
    with pytest.raises(SystemExit) as left:
        main([command, "--no-such-option"])
    assert left.value.code == 2
    assert capsys.readouterr().err == f"pipedeck: unknown option --no-such-option (see pipedeck {command} --help)\n"


@pytest.mark.parametrize("command", [["validate", "--assume-keys"], ["set", "active", "cheapest", "--dry-run"]])
def test_newer_release_is_reported(
    command: list[str], project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEDECK_RELEASE", "99.1.0")
    main([*command, "--tree", str(project)])
    output = capsys.readouterr()
    assert f"Pipelex 99.1.0 is newer than this pipedeck, which answers as for {NEWEST_RELEASE}" in output.err
    monkeypatch.setenv("PIPEDECK_RELEASE", NEWEST_RELEASE)
    main([*command, "--tree", str(project)])
    assert "newer than" not in capsys.readouterr().err
