"""The renewal of the user's index from the newest data packages of the configured package index. Only on command."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.files.store.disk import Disk, make_private_folder, replace_private
from core.lives.build import PACKAGES, build, wheels_in
from core.lives.index import Index, own_index_path, parse_index
from core.lives.wheel import SourceError

TIMEOUT_S: Final = 600
MAX_WHEEL: Final = 256 << 20
"""Bytes of the largest package."""


def refresh(environ: Mapping[str, str], today: str) -> Index:
    """Download the packages with pip, make the index of a day, and store it in the user's data folder.

    pip uses the configured index and compares the hashes that it states. The packages are read, never installed.
    Raises SourceError; the previous index is kept then.
    """
    with tempfile.TemporaryDirectory(prefix="pipedeck-lives-") as folder:
        _download(environ, folder)
        for path in Path(folder).iterdir():
            if path.stat().st_size > MAX_WHEEL:
                raise SourceError(f"{path.name} is larger than {MAX_WHEEL >> 20} MiB")
        data, _ = build(wheels_in(Path(folder)), today)
    index = parse_index(data, own=True)
    path = own_index_path(environ)
    disk = Disk()
    try:
        make_private_folder(disk, str(path.parent))
        replace_private(disk, str(path), data)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror or error}") from error
    return index


def _download(environ: Mapping[str, str], folder: str) -> None:
    options = ("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check", "-q")
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", folder, *PACKAGES]
    try:
        done = subprocess.run(
            command,
            env=dict(environ),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(f"pip did not finish within {TIMEOUT_S} seconds") from None
    except OSError as error:
        raise SourceError(f"{sys.executable} cannot be started: {error.strerror or error}") from error
    if done.returncode:
        raise SourceError(f"pip download failed: {_reason(done.stderr)}")


def _reason(text: str) -> str:
    """The last error line of pip, without the address of an index, which may hold a password."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    last = errors[-1].removeprefix("ERROR:").strip() if errors else "no message"
    if "No module named pip" in text:
        return f"{Path(sys.executable).name} has no pip: install it in this environment"
    return re.sub(r"\w+://\S+", "(address)", last)[:300]
