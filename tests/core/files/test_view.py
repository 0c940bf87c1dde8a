"""Reading unusual files: anything but a regular file is a problem, and nothing blocks or raises."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.files.view import DISK, Snapshot
from tests.support.trees import g3_1, inspect, write_tree


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (os.mkfifo, "is not a regular file"),
        (Path.mkdir, "is a folder"),
        (_loop, "cannot be read: too many levels of symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
    ],
)
def test_non_file_in_place_of_a_file_is_a_problem(make: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    path = write_tree(tmp_path, g3_1()) / ".pipelex" / "inference" / "backends" / "openai.toml"
    path.unlink()
    make(path)
    assert DISK.content(str(path)) == words
    problems = [problem for problem in inspect(tmp_path).problems if words in problem.message]
    assert problems, "it is told, and the rest of the tree is read"


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_impossible_file_name_is_missing(name: str, tmp_path: Path) -> None:
    path = str(tmp_path / name)
    assert str(Snapshot().content(path)).startswith("cannot be read")
    assert not DISK.exists(path)
