"""Starts an SSH server on loopback for a test, and clients in pseudo-terminals."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.pty_session import PtySession
from tests.support.environment import ORIGINAL
from tests.trust.terminal import CHECKOUT, Terminal

_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile {folder}/pid
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
AcceptEnv TERM COLORTERM
"""


def available() -> str:
    """The reason why SSH is not available; empty when it is."""
    for tool in ("ssh", "ssh-keygen"):
        if shutil.which(tool) is None:
            return f"there is no {tool} on this machine"
    return "" if _server() else "there is no sshd on this machine (Debian: openssh-server)"


def _server() -> str | None:
    return shutil.which("sshd") or next((path for path in ("/usr/sbin/sshd",) if os.access(path, os.X_OK)), None)


@dataclass(frozen=True)
class Ssh:
    """A running server; `command` logs in to it."""

    folder: Path
    port: int

    def command(self, remote: str) -> list[str]:
        """The local command that runs another one remotely, on a terminal."""
        options = ["-tt", "-F", "none", "-i", f"{self.folder}/user", "-p", str(self.port), "-q"]
        options += ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.folder}/known"]
        return ["ssh", *options, f"{getpass.getuser()}@127.0.0.1", remote]


@contextmanager
def server(folder: Path) -> Iterator[Ssh]:
    """Run a server within the context."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True, env=dict(ORIGINAL)
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = folder / "config"
    config.write_text(_CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd, started by root, separates its privileges
    program = _server()
    assert program is not None
    with subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield Ssh(folder, port)
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int) -> None:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError("the SSH server never listened")


class Remote(Terminal):
    """The app on a remote terminal of 80 by 24."""

    def __init__(self, ssh: Ssh, home: Path, arguments: Sequence[str], variables: dict[str, str]) -> None:
        self.raw = b""
        settings = {"HOME": str(home), "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8", "TZ": "UTC", **variables}
        assignments = " ".join(f"{name}='{value}'" for name, value in settings.items())
        remote = f"cd {home} && env -u SSH_AUTH_SOCK {assignments} {sys.executable} -m tui {' '.join(arguments)}"
        local = {**ORIGINAL, "TERM": "xterm-256color"}
        PtySession.__init__(self, ssh.command(remote), local)

    def __enter__(self) -> Remote:
        return self
