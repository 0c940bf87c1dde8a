"""Stock `.pipelex/inference` trees, extracted from the wheels of Pipelex into a cache outside the checkout.

They are under the licence of Pipelex: downloaded where the tests run, never part of this repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

import pytest
from packaging.version import InvalidVersion, Version

from tests.support import watchdog
from tests.support.environment import ORIGINAL

PLACES = ("pipelex/kit/configs/inference/", "pipelex/config_template/inference/")
"""The paths of the tree in a wheel: of newer releases, of older ones."""

DOWNLOAD_TIMEOUT_S = 120

# The failure of a release is cached, so that not every test tries to download it.
_failures: dict[str, str] = {}


class StockUnavailable(Exception):
    """The stock tree is not available: no package index answers, or it has no such release."""


@dataclass(frozen=True)
class Project:
    """A project folder: `root` contains `pyproject.toml`, `tree` is `root/.pipelex/inference`."""

    root: Path
    tree: Path


class StockFactory(Protocol):
    """The type of the fixture `stock`."""

    def __call__(self, release: str) -> Project:
        """A new project in the test's directory with a writable copy of the tree of `release`."""


def cache_dir() -> Path:
    """`$PIPEDECK_CACHE`, or a folder of this user's own in the system's temporary folder; made when missing."""
    named = ORIGINAL.get("PIPEDECK_CACHE")
    folder = Path(named) if named else Path(tempfile.gettempdir()) / f"pipedeck-cache-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise StockUnavailable(f"the cache {folder} belongs to somebody else; name another one in PIPEDECK_CACHE")
    return folder


def stock_tree(release: str) -> Path:
    """The `inference` folder of Pipelex `release`, unchanged. Shared: read-only.

    Downloads the wheel the first time. Safe for concurrent processes. Raises `StockUnavailable`.
    """
    try:
        name = str(Version(release))
    except InvalidVersion as exc:
        raise StockUnavailable(f"{release!r} is not a release number") from exc
    tree = cache_dir() / "kit" / name / "inference"
    if tree.is_dir():
        return tree
    if name in _failures:
        raise StockUnavailable(_failures[name])
    try:
        with watchdog.suspended():
            _fetch(name, tree)
    except StockUnavailable as exc:
        _failures[name] = str(exc)
        raise
    return tree


def stock_tree_or_skip(release: str) -> Path:
    """`stock_tree` for tests: skips the test when it is not available, or fails it when PIPEDECK_REQUIRE_STOCK is 1."""
    try:
        return stock_tree(release)
    except StockUnavailable as exc:
        if ORIGINAL.get("PIPEDECK_REQUIRE_STOCK") == "1":
            pytest.fail(f"PIPEDECK_REQUIRE_STOCK is set, but {exc}")
        pytest.skip(str(exc))


def copy_project(tree: Path, root: Path) -> Project:
    """Make a project at `root`, which must not exist, with a writable copy of `tree` in it."""
    project = Project(root, root / ".pipelex" / "inference")
    project.tree.parent.mkdir(parents=True)
    # Contents only, without permissions: a read-only cache must not make the copy read-only.
    shutil.copytree(tree, project.tree, copy_function=shutil.copyfile)
    for folder in (project.tree, *(path for path in project.tree.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "0"\n', encoding="utf-8")
    return project


def _fetch(release: str, tree: Path) -> None:
    kits = tree.parent.parent
    kits.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=kits) as folder:
        unpacked = Path(folder) / "inference"
        _unpack(download(f"pipelex=={release}", Path(folder), "--only-binary=:all:"), unpacked)
        tree.parent.mkdir(exist_ok=True)
        try:
            unpacked.rename(tree)
        except OSError:
            # Another process was first, with the same content.
            if not tree.is_dir():
                raise


def download(requirement: str, folder: Path, *options: str) -> Path:
    """A file of a package from the index, alone; `options` are those of pip. Raises `StockUnavailable`."""
    options = ("--no-deps", "--ignore-requires-python", "--retries", "1", "--timeout", "20", *options)
    quiet = ["-q", "-q", "--disable-pip-version-check", "--no-input"]
    command = [sys.executable, "-m", "pip", "download", *quiet, *options, "--dest", str(folder), requirement]
    try:
        done = subprocess.run(
            command, env=dict(ORIGINAL), capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise StockUnavailable(f"the package index did not send {requirement} in {DOWNLOAD_TIMEOUT_S} s") from exc
    files = [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]
    if done.returncode != 0 or not files:
        message = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise StockUnavailable(f"pip cannot download {requirement} from the package index: {message[0]}")
    return files[0]


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        place = next((place for place in PLACES if any(name.startswith(place) for name in names)), None)
        if place is None:
            raise StockUnavailable(f"{wheel.name} holds no inference tree")
        for name in names:
            if name.startswith(place):
                inside = PurePosixPath(name[len(place) :])
                if ".." in inside.parts or inside.is_absolute():
                    raise StockUnavailable(f"{wheel.name} holds a file that would land outside its tree: {name}")
                path = target / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
