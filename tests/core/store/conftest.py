"""A folder for tests that commit thousands of times."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.store.forks import Forks
from tests.core.store.scenes import OLD

MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the machine has one: a real disk is slower and shows nothing more."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="pipedeck-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def forks() -> Iterator[Forks]:
    """A small process that forks."""
    with Forks() as process:
        yield process


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one file."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.toml").write_bytes(OLD)
    return folder
