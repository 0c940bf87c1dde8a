"""Kits fetched from the package index with pip, if the user asks for it."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.releases import Release
from core.upgrade.kit import Kit, KitError, read_kit

TIMEOUT_S = 120


def fetch_kit(release: Release) -> Kit:
    """The kit of a release, from its wheel as pip downloads it; nothing is installed or kept. Raises KitError."""
    pip = next(_pips(), None)
    if pip is None:
        raise KitError("no pip is here to fetch the kit with: install pip, or name a wheel with --kit")
    with tempfile.TemporaryDirectory(prefix="pipedeck-kit-") as folder:
        options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", "-q", "-d", folder]
        command = [*pip, "download", *options, f"pipelex=={release}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KitError(f"pip could not fetch pipelex {release} ({type(error).__name__})") from error
        wheel = next(Path(folder).glob("*.whl"), None)
        if done.returncode != 0 or wheel is None:
            last = next(iter(reversed(done.stderr.strip().splitlines())), "no wheel")
            raise KitError(f"pip could not fetch pipelex {release}: {last}")
        kit = read_kit(str(wheel))
        return replace(kit, where=f"the wheel of pipelex {release}")


def _pips() -> Iterator[list[str]]:
    """The commands of pip that are here: that of this Python, which `uv tool` installs without one, and of the path."""
    if importlib.util.find_spec("pip") is not None:
        yield [sys.executable, "-m", "pip"]
    for name in ("pip", "pip3"):
        if (found := shutil.which(name)) is not None:
            yield [found]
