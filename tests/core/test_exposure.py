"""Planted secrets are found, and nothing is on clean trees; git is asked without running what a repository names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.exposure import exposure_problems
from core.files.exposed import in_git, is_world_readable
from tests.conformance.fixes.broken_trees import varied
from tests.support.stock import stock_tree_or_skip
from tests.support.trees import KEYS, Files, edited, extended, inspect, minimal

SECRET = "sk-proj-0123456789abcdefghijklmnop"
DOTENV = f"OPENAI_API_KEY={SECRET}\n"
Plant = Callable[[Files], Files]


def openai(line: str) -> Plant:
    return lambda files: edited(files, "backends.toml", "[openai]", f"[openai]\n{line}")


PLANTED: dict[str, Plant] = {
    "a literal key": lambda files: edited(files, "backends.toml", "${OPENAI_API_KEY}", SECRET),
    "a key of unknown form": lambda files: edited(files, "backends.toml", "${OPENAI_API_KEY}", "abcdefgh12345"),
    "another key of a backend": openai(f'auth_token = "{SECRET}"'),
    "the password of an address": openai(f'endpoint = "https://me:{SECRET}@llm.example/v1"'),
    "a query of an address": openai(f'endpoint = "https://llm.example/v1?api_key={SECRET}"'),
    "a key in an extra field": openai(f'region = "{SECRET}"'),
    "a header of a model": lambda files: extended(files, "backends/openai.toml", f'x-api-key = "{SECRET}"\n'),
    "a description in the deck": lambda files: extended(
        files, "deck/zz.toml", f'[llm.presets.p]\nmodel = "gpt-4o-mini"\ntemperature = 0\ndescription = "{SECRET}"\n'
    ),
    "the settings": lambda files: extended(files, "../pipelex.toml", f'[mine]\nkey = "{SECRET}"\n'),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_secret_in_the_tree_is_found_and_not_repeated(plant: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, PLANTED[plant](minimal("0.92.2")))
    found = [problem for problem in report.problems if problem.code == "secret-literal"]
    assert len(found) == 1
    assert SECRET not in found[0].message + (found[0].fix or "")


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *author, *arguments], cwd=folder, env=environ, check=True, capture_output=True)


def project(folder: Path, mode: int = 0o600) -> Path:
    """A project with a key in its `.env`, in a git repository."""
    inspect(folder, {**minimal("0.92.2"), "../../.env": DOTENV, "../../.gitignore": ".env\n"})
    (folder / ".env").chmod(mode)
    git(folder, "init", "-q")
    git(folder, "add", "--all", ".")
    git(folder, "commit", "-qm", "a")
    return folder


def exposures(folder: Path) -> list[str]:
    environ = {**os.environ, "HOME": str(folder)}
    return [problem.message for problem in exposure_problems(inspect(folder, environ=KEYS), environ)]


def test_tracked_file_is_found(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    git(folder, "add", "-f", ".env")
    assert exposures(folder) == ["./.env holds keys, and git tracks it"]


def test_file_of_the_history_is_found(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    git(folder, "add", "-f", ".env")
    git(folder, "commit", "-qm", "b")
    git(folder, "rm", "-q", "--cached", ".env")
    git(folder, "commit", "-qm", "c")
    assert exposures(folder) == ["./.env holds keys, and is in the history of the git repository"]


def test_file_that_git_does_not_ignore_is_found(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / ".gitignore").write_text("*.log\n")
    assert exposures(folder) == ["./.env holds keys, and git does not ignore it: the next `git add .` takes them"]
    (folder / ".git" / "info" / "exclude").write_text(".env\n")
    assert exposures(folder) == []


def test_world_readable_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(DOTENV)
    path.chmod(0o644)
    reachable = all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)
    assert is_world_readable(str(path)) is reachable
    path.chmod(0o600)
    assert not is_world_readable(str(path))
    path.chmod(0o644)
    tmp_path.chmod(0o700)
    assert not is_world_readable(str(path))


def test_ignored_file_and_example_are_clean(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / ".env.example").write_text(DOTENV)
    git(folder, "add", ".env.example")
    assert exposures(folder) == []


def test_file_without_keys_is_clean(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / ".env").write_text("OPENAI_API_KEY=placeholder-key\nLOG_LEVEL=a-long-level-of-detail\n")
    git(folder, "add", "-f", ".env")
    assert exposures(folder) == []


def test_nothing_of_the_repository_is_executed(tmp_path: Path) -> None:
    folder, mark = project(tmp_path / "p"), tmp_path / "executed"
    script = folder / "script.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.editor", "gpg.program", "diff.external", "core.sshCommand"):
        git(folder, "config", key, str(script))
    for name in ("pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman"):
        (folder / ".git" / "hooks").mkdir(exist_ok=True)
        (folder / ".git" / "hooks" / name).write_text(script.read_text())
        (folder / ".git" / "hooks" / name).chmod(0o755)
    mark.unlink(missing_ok=True)
    environ = {**os.environ, "HOME": str(folder)}
    assert in_git(str(folder / ".env"), environ) == ""
    assert in_git(str(folder / "script.sh"), environ) == "not ignored"
    assert not mark.exists()


@pytest.mark.parametrize("release", ["0.14.3", "0.18.6", "0.43.1", "0.92.2"])
def test_stock_trees_hold_no_secret(release: str, tmp_path: Path) -> None:
    stock = stock_tree_or_skip(release)
    files = {str(path.relative_to(stock)): path.read_text("utf-8") for path in stock.rglob("*.toml") if path.is_file()}
    report = inspect(tmp_path, files, release=release)
    assert "secret-literal" not in [problem.code for problem in report.problems]


def test_fifty_clean_trees_hold_no_secret(tmp_path: Path) -> None:
    """Varied trees with an ignored `.env` of mode 600 and a tracked `.env.example`, in one repository."""
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".env\n")
    environ = {**os.environ, "HOME": str(tmp_path)}
    releases = ("0.11.0", "0.14.3", "0.17.6", "0.43.1", "0.92.2")
    for seed in range(50):
        folder, release = tmp_path / str(seed), releases[seed % 5]
        files = {
            **varied(minimal(release), seed),
            "../../.env": DOTENV,
            "../../.env.example": "OPENAI_API_KEY=sk-...\n",
        }
        report = inspect(folder, files, release=release, environ=KEYS)
        (folder / ".env").chmod(0o600)
        git(tmp_path, "add", str(folder))
        found = [problem.message for problem in exposure_problems(report, environ)]
        found += [problem.message for problem in report.problems if problem.code == "secret-literal"]
        assert found == [], f"{release} {seed}"
