"""One virtual environment and one stock tree per Pipelex release, made once and kept outside the checkout.

The cache of the tests (see `tests.support.stock`) holds `venv/<release>` beside `kit/<release>/inference`.
`$PIPEDECK_ORACLE`, when it names an existing folder laid out as `v<release>/bin/python` and `kit/<release>/inference`,
is used for the releases it has and nothing is installed for them.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.releases import parse_release
from tests.support import watchdog
from tests.support.environment import ORIGINAL, of_release
from tests.support.stock import StockUnavailable, cache_dir, stock_tree

FULL: tuple[str, ...] = (
    "0.10.2",
    "0.11.0",
    "0.12.0",
    "0.13.2",
    "0.14.3",
    "0.15.7",
    "0.16.0",
    "0.17.6",
    "0.18.6",
    "0.24.1",
    "0.32.1",
    "0.43.1",
    "0.60.0",
    "0.77.0",
    "0.92.2",
)
"""The releases a full run measures: each format generation, and the last release before each change of rules."""

# typer 0.20 dropped what the older releases' command lines import; click is no longer pulled in by newer typers.
COMPANIONS = ("typer<0.20", "click")

READY = "ready"
INSTALL_TIMEOUT_S = 1200

_FAMILIES = parse_release("0.18.0b3")
"""The first release whose decks have families."""

_FLOOR = """
import re
from importlib.metadata import requires
for line in requires("pipelex") or []:
    found = re.match(r"mthds>=([0-9.]+)$", line.split(";")[0].strip())
    if found:
        print(found.group(1))
"""


class EnvironmentUnavailable(Exception):
    """A release could not be installed: no package index answers, or the release does not install here."""


@dataclass(frozen=True)
class ReleaseEnvironment:
    """An installed release: its Python and its stock `inference` folder."""

    release: str
    python: Path
    stock: Path


def environment(release: str) -> ReleaseEnvironment:
    """The environment of a release, installed when it is not there yet.

    Safe to call from several processes at once: one installs, the others wait for it.
    Raises `EnvironmentUnavailable` with the installer's last words when the release cannot be had.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+(b\d+)?", release):
        raise EnvironmentUnavailable(f"{release!r} is not a release number")
    return _given(release) or _cached(release)


def minor_of(release: str) -> int:
    """The minor number of the layout of a release's trees: the betas of 0.18 without families have that of 0.17."""
    number = parse_release(release)
    assert number is not None
    assert _FAMILIES is not None
    return number.minor if number >= _FAMILIES else min(number.minor, 17)


def _given(release: str) -> ReleaseEnvironment | None:
    named = ORIGINAL.get("PIPEDECK_ORACLE")
    if not named:
        return None
    python = Path(named) / f"v{release}" / "bin" / "python"
    stock = Path(named) / "kit" / release / "inference"
    return ReleaseEnvironment(release, python, stock) if python.exists() and stock.is_dir() else None


def _cached(release: str) -> ReleaseEnvironment:
    try:
        venv = cache_dir() / "venv" / release
        made = ReleaseEnvironment(release, venv / "bin" / "python", stock_tree(release))
    except StockUnavailable as exc:
        raise EnvironmentUnavailable(str(exc)) from exc
    # Suspended also for the wait: another process may be installing.
    with watchdog.suspended(), locked(venv.with_name(f"{release}.lock")):
        if not (venv / READY).exists():
            # Without the mark, whatever stands there is what an interrupted run left behind.
            shutil.rmtree(venv, ignore_errors=True)
            _install(release, venv)
            (venv / READY).touch()
    return made


def _install(release: str, venv: Path) -> None:
    python = venv / "bin" / "python"
    base = ORIGINAL.get("PIPEDECK_PYTHON") or sys.executable
    _run([base, "-m", "venv", str(venv)], release)
    _pip(python, [f"pipelex=={release}", *COMPANIONS], release)
    floor = _run([str(python), "-c", _FLOOR], release).strip()
    if floor:
        # Releases that ask for `mthds>=X` do not import with today's: they get the one they were written for.
        _pip(python, [f"mthds=={floor}"], release)
    _run([str(python), "-c", "import pipelex.cogt.models.model_manager"], release)


SHARED = ("anyio", "httpx", "instructor", "openai", "pydantic", "pydantic-core", "typing-extensions")
"""Packages of a release that further ones must fit."""
BOUNDS = ("anthropic<1", "google-genai>=1.50,<2")
"""Versions that the workers of the measured releases can use: their metadata have no upper bound."""


def answers_of_boot(
    made: ReleaseEnvironment, script: Path, request: Mapping[str, object], lines: Sequence[str]
) -> list[dict[str, Any]]:
    """The answers of a script that boots a release in `request["project"]`, one for each line of its input.

    Raises RuntimeError where the release does not start, or an answer is missing.
    """
    done = subprocess.run(
        [str(made.python), str(script), json.dumps(request)],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        cwd=str(request["project"]),
        env={"PATH": "/usr/bin:/bin", "HOME": str(request["home"])},
    )
    boot, *answers = [json.loads(line) for line in done.stdout.splitlines()] or [{"error": None}]
    if boot["error"] is not None or len(answers) != len(lines):
        raise RuntimeError(f"pipelex {made.release} stopped: {boot['error']} {done.stderr[-2000:]}")
    return answers


def install_into(folder: Path, made: ReleaseEnvironment, packages: Sequence[str]) -> None:
    """Install packages that fit a release's environment into a folder of their own. Raises `EnvironmentUnavailable`."""
    frozen = _run([str(made.python), "-m", "pip", "freeze"], made.release).splitlines()
    shared = [line for line in frozen if line.partition("==")[0].lower().replace("_", "-") in SHARED]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as constraints:
        constraints.write("".join(f"{line}\n" for line in (*shared, *BOUNDS)))
        constraints.flush()
        _pip(made.python, ["--target", str(folder), "-c", constraints.name, *packages], made.release)


def _pip(python: Path, packages: Sequence[str], release: str) -> None:
    # Only modules that are used are compiled, when they are imported: this saves half of the time.
    options = ["install", "-q", "-q", "--no-compile", "--disable-pip-version-check", "--no-input", "--retries", "1"]
    _run([str(python), "-m", "pip", *options, *packages], release)


def _run(command: Sequence[str], release: str) -> str:
    # The folder to start in has no `.env` and no `pipelex.toml` that importing the package could pick up.
    with tempfile.TemporaryDirectory(prefix="pipedeck-install-") as folder:
        try:
            done = subprocess.run(
                list(command),
                cwd=folder,
                env=of_release(ORIGINAL),
                capture_output=True,
                text=True,
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise EnvironmentUnavailable(f"pipelex {release}: {exc}") from exc
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise EnvironmentUnavailable(f"pipelex {release} cannot be installed: " + " | ".join(last))
    return done.stdout


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; it goes away with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
