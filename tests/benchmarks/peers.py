"""Other terminal apps to compare with, each installed in its own environment outside the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import watchdog
from tests.support.environment import ORIGINAL
from tests.support.stock import cache_dir

_INSTALL_TIMEOUT_S: Final = 600


class PeerUnavailable(Exception):
    """The app cannot be installed here."""


@dataclass(frozen=True)
class Peer:
    """An app: its requirements, its command, and the texts of its complete first screen."""

    name: str
    packages: Sequence[str]
    argv: Sequence[str]
    ready: Sequence[str]


PEERS: Final = (
    # It crashes at its start with tree-sitter 0.26.
    Peer("posting", ["posting==2.11.1", "tree-sitter<0.26"], ["posting"], ["Collection", "Send", "Quit"]),
    Peer("harlequin", ["harlequin==2.17.0"], ["harlequin", "-a", "sqlite"], ["main", "Query Editor", "Run Query"]),
    Peer("litellm-controller", ["litellm-controller==0.2.4"], ["litellmctl"], ["Endpoint"]),
)


def installed(peer: Peer) -> Peer:
    """The app with the path of its command; installed if necessary. Raises PeerUnavailable."""
    with watchdog.suspended():
        return _installed(peer)


def _installed(peer: Peer) -> Peer:
    venv = cache_dir() / "peers" / peer.packages[0]
    if not (venv / "ready").exists():
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)], peer)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "-q", "--disable-pip-version-check"]
        _run([*pip, "--retries", "1", *peer.packages], peer)
        site = next((venv / "lib").glob("python*/site-packages"))
        _run([str(venv / "bin" / "python"), "-m", "compileall", "-q", str(site)], peer, judged=False)
        (venv / "ready").touch()
    return Peer(peer.name, peer.packages, [str(Path(venv, "bin", peer.argv[0])), *peer.argv[1:]], peer.ready)


def _run(command: Sequence[str], peer: Peer, *, judged: bool = True) -> None:
    environment = {name: value for name, value in ORIGINAL.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerUnavailable(f"{peer.packages[0]} cannot be installed: {error}") from error
    if judged and done.returncode != 0:
        message = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise PeerUnavailable(f"{peer.packages[0]} cannot be installed: {message[0]}")
