"""Values that are typed without echo, or piped in: `-` in place of a value."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.process import run_on_a_terminal
from tests.support.trees import minimal, write_tree
from tui.cli.main import main

SECRET = "sk-ant-0123456789abcdefgh"
SET = ("set", "backends.openai.api_key", "-", "--anyway")
FIELD = ("backend", "openai", "--set", "api_key=-", "--anyway")


@pytest.fixture
def backends(tmp_path: Path) -> Path:
    """The file of backends of a small tree."""
    return write_tree(tmp_path, minimal("0.92.2")) / ".pipelex/inference/backends.toml"


@pytest.mark.pty
@pytest.mark.parametrize(("words", "key"), [(SET, "backends.openai.api_key"), (FIELD, "api_key")], ids=["set", "field"])
def test_a_key_is_typed_without_echo(words: tuple[str, ...], key: str, backends: Path, tmp_path: Path) -> None:
    status, output = run_on_a_terminal(*words, "--tree", str(tmp_path), answers={f"{key} (not shown): ": SECRET})
    assert status == 0, output
    assert f'api_key = "{SECRET}"' in backends.read_text()
    assert SECRET[:8] not in output


@pytest.mark.parametrize("text", [SECRET, f"{SECRET}\n", f"{SECRET}\r\n"], ids=["bare", "line", "CRLF"])
def test_a_key_is_read_from_stdin(
    text: str, backends: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert main([*SET, "--tree", str(tmp_path)]) == 0
    assert f'api_key = "{SECRET}"' in backends.read_text()
    assert SECRET[:8] not in "".join(capsys.readouterr())


def test_an_empty_stdin_writes_nothing(
    backends: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = backends.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert main([*SET, "--tree", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "pipedeck: backends.openai.api_key: stdin holds no value\n"
    assert backends.read_bytes() == before
