"""The process ends when its terminal is closed."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import fenced

pytestmark = pytest.mark.pty
CHECKOUT = Path(__file__).resolve().parents[2]
GONE_WITHIN_S = 20.0


def test_app_ends_with_its_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    variables = fenced(tmp_path) | {"PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "tui", "demo"]
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=variables, start_new_session=True
    ) as process:
        os.close(slave)
        output = b""
        while b"pipedeck" not in output and select.select([master], [], [], 20)[0]:
            output += os.read(master, 65536)
        os.close(master)
        # Without a controlling terminal no signal is sent, only the end of input.
        assert process.wait(timeout=GONE_WITHIN_S) == 129
