"""The wheel and the source archive are complete, and an installed pipedeck works in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from core import __version__
from tests.benchmarks.pty_session import PtySession
from tests.support import watchdog
from tests.support.environment import ORIGINAL, fenced

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300
"""A generous limit, as the first start compiles every module; the actual time is printed."""


def shipped() -> set[str]:
    """All files of the two packages in the checkout."""
    return {
        str(path.relative_to(CHECKOUT))
        for package in ("core", "tui")
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive of the checkout."""
    return build(CHECKOUT, tmp_path_factory.mktemp("built"))


def build(source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    done = subprocess.run(
        command, cwd=source, env=dict(ORIGINAL), capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def in_wheel(folder: Path) -> set[str]:
    with zipfile.ZipFile(folder / f"pipedeck-{__version__}-py3-none-any.whl") as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_wheel_contains_exactly_the_package_files(built: Path) -> None:
    assert in_wheel(built) == shipped()
    kinds = {Path(name).suffix for name in in_wheel(built)} | {Path(name).name for name in in_wheel(built)}
    assert {".toml", ".txt", ".tcss", "py.typed"} <= kinds


def test_source_archive_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(built / f"pipedeck-{__version__}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / f"pipedeck-{__version__}"
    assert {"README.md", "pyproject.toml", "tests", "screenshots", ".github"} <= {
        path.name for path in source.iterdir()
    }
    assert in_wheel(build(source, tmp_path / "rebuilt")) == in_wheel(built)


class Installed:
    """pipedeck in a separate environment, run in an empty folder with an empty home."""

    def __init__(self, venv: Path, folder: Path) -> None:
        self.program = venv / "bin" / "pipedeck"
        self.python = venv / "bin" / "python"
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        # The checkout must not be importable: no PYTHONPATH, another current folder.
        self.environ = fenced(self.home) | {"PATH": f"{venv / 'bin'}:/usr/bin:/bin"}

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        return subprocess.run(
            list(map(str, arguments)),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed with its dependencies from the package index in a new environment."""
    with watchdog.suspended():
        venv = _install(built, tmp_path_factory.mktemp("venv") / "env")
    return Installed(venv, tmp_path_factory.mktemp("empty"))


def _install(built: Path, venv: Path) -> Path:
    # The pip of the tests installs into it, and only modules that are used are compiled: both save half of the time.
    command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(command, env=dict(ORIGINAL), timeout=TIMEOUT_S, check=True)
    wheel = built / f"pipedeck-{__version__}-py3-none-any.whl"
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    quiet = ["-q", "-q", "--disable-pip-version-check", "--no-input", "--retries", "1"]
    done = subprocess.run(
        # Only wheels: a dependency that must be compiled fails here instead of at a user's.
        [*pip, "install", *quiet, "--no-compile", "--only-binary=:all:", str(wheel)],
        env=dict(ORIGINAL),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        if ORIGINAL.get("PIPEDECK_REQUIRE_STOCK") == "1":
            pytest.fail(f"PIPEDECK_REQUIRE_STOCK is set, but the wheel cannot be installed: {last}")
        pytest.skip(f"the dependencies cannot be had from the package index: {last}")
    return venv


def test_versions_agree(installed: Installed) -> None:
    assert installed.run(installed.program, "--version").stdout == f"pipedeck {__version__}\n"
    assert installed.run(installed.python, "-m", "tui", "--version").stdout == f"pipedeck {__version__}\n"
    code = "import importlib.metadata as m, core; print(m.version('pipedeck') == core.__version__)"
    assert installed.run(installed.python, "-c", code).stdout == "True\n"


def test_demo_shows_the_first_screen(installed: Installed) -> None:
    with PtySession([str(installed.program), "demo"], installed.environ) as session:
        session.wait_for("runs in part: 1 of 7 LLM presets dead")
    assert list(installed.home.iterdir()) == []


def test_new_tree_can_run(installed: Installed) -> None:
    made = installed.run(installed.program, "init", "shop")
    assert made.returncode == 0, made.stderr
    result = installed.run(installed.program, "validate", "--tree", "shop")
    assert result.returncode == 0, result.stdout
    assert "ok can run" in result.stdout


def test_help_pages_and_scripts_are_shipped(installed: Installed) -> None:
    assert "how a name resolves to a model" in installed.run(installed.program, "help", "trails").stdout
    assert "complete -F _pipedeck pipedeck" in installed.run(installed.program, "completion", "bash").stdout


def test_packages_are_typed(installed: Installed) -> None:
    code = "import core, tui, pathlib; print(pathlib.Path({}.__file__).with_name('py.typed').is_file())"
    for package in ("core", "tui"):
        assert installed.run(installed.python, "-c", code.format(package)).stdout == "True\n"
