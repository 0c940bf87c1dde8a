"""Kits fetched from the package index with pip, for a person who asked for it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from core.releases import Release
from core.upgrade.kit import Kit, KitError, read_kit

TIMEOUT_S = 120


def fetch_kit(release: Release, python: str = sys.executable) -> Kit:
    """The kit of a release, from its wheel as pip downloads it; nothing is installed or kept. Raises KitError."""
    with tempfile.TemporaryDirectory(prefix="pipedeck-kit-") as folder:
        options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", "-q", "-d", folder]
        command = [python, "-m", "pip", "download", *options, f"pipelex=={release}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KitError(f"pip could not fetch pipelex {release} ({type(error).__name__})") from error
        wheel = next(Path(folder).glob("*.whl"), None)
        if done.returncode != 0 or wheel is None:
            last = next(iter(reversed(done.stderr.strip().splitlines())), "no wheel")
            raise KitError(f"pip could not fetch pipelex {release}: {last}")
        kit = read_kit(str(wheel))
        return Kit(kit.release, kit.files, f"the wheel of pipelex {release}")
