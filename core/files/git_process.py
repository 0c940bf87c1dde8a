"""Commands of git that read: nothing of the repository is executed, nothing is fetched, no pager and no prompt."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from core.errors import PipedeckError

TIMEOUT_S: Final = 10.0
MAX_OUTPUT: Final = 64 * 1024 * 1024
"""Bytes of output that are read: the paths of some 500,000 files."""
_NEUTRAL: Final = (
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false"),
    *("-c", "protocol.allow=never", "--no-pager"),
)
"""Settings in place of those of a repository that would run a program of its owner."""
_ENVIRONMENT: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
"""Against locks, prompts, and the fetch of missing objects (before git 2.45: with any protocol)."""


class GitError(PipedeckError):
    """Git cannot say, with the reason."""


class GitProcess:
    """A command of git with a deadline for each answer."""

    def __init__(
        self, folder: str, environ: Mapping[str, str], arguments: Sequence[str], timeout: float | None = None
    ) -> None:
        safe = {key: value for key, value in environ.items() if not key.startswith("GIT_")} | _ENVIRONMENT
        try:
            self._process = subprocess.Popen(
                ["git", *_NEUTRAL, *arguments],
                cwd=folder,
                env=safe,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except (OSError, ValueError) as error:
            raise GitError(f"git cannot be started: {error}") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)
        self._buffer = b""
        self._timeout = TIMEOUT_S if timeout is None else timeout
        self._deadline = time.monotonic() + self._timeout

    def ask(self, line: bytes) -> None:
        """Send a line, and restart the deadline. Raises GitError when git has ended."""
        self._deadline = time.monotonic() + self._timeout
        try:
            self._input.write(line + b"\n")
        except (OSError, ValueError):
            raise GitError("git has ended") from None

    def line(self) -> bytes:
        """The next line of output without its end. Raises GitError."""
        while b"\n" not in self._buffer:
            if not self._more():
                raise GitError("git has ended")
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def exactly(self, size: int) -> bytes:
        """The next bytes of output. Raises GitError."""
        pieces, lacking = [], size
        while lacking:
            piece, self._buffer = self._buffer[:lacking], self._buffer[lacking:]
            pieces.append(piece)
            lacking -= len(piece)
            if lacking and not self._more():
                raise GitError("git has ended")
        return b"".join(pieces)

    def rest(self) -> bytes:
        """All further output. Raises GitError for too much of it."""
        pieces = [self._buffer]
        self._buffer, size = b"", 0
        while self._more():
            pieces.append(self._buffer)
            size += len(self._buffer)
            self._buffer = b""
            if size > MAX_OUTPUT:
                raise GitError(f"git answers with more than {MAX_OUTPUT // 1024 // 1024} MB")
        return b"".join(pieces)

    def succeeds(self) -> bool:
        """Wait for the end; whether the exit status is 0."""
        try:
            return self._process.wait(max(self._deadline - time.monotonic(), 0.1)) == 0
        except subprocess.TimeoutExpired:
            raise self._late() from None

    def close(self) -> None:
        """End the process."""
        self._selector.close()
        self._process.kill()
        self._input.close()
        self._output.close()
        self._process.wait()

    def _more(self) -> bool:
        """Read what there is; False at the end of the output."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0 or not self._selector.select(remaining):
            raise self._late()
        piece = os.read(self._output.fileno(), 1 << 20)
        self._buffer += piece
        return bool(piece)

    def _late(self) -> GitError:
        return GitError(f"git does not answer within {self._timeout:g} seconds")


@contextmanager
def git_process(
    folder: str, environ: Mapping[str, str], *arguments: str, timeout: float | None = None
) -> Iterator[GitProcess]:
    """A running command of git. Raises GitError when it cannot be started."""
    process = GitProcess(folder, environ, arguments, timeout)
    try:
        yield process
    finally:
        process.close()


def git_output(folder: str, environ: Mapping[str, str], *arguments: str, timeout: float | None = None) -> bytes | None:
    """The output of a git command; None when it fails. Raises GitError."""
    with git_process(folder, environ, *arguments, timeout=timeout) as process:
        output = process.rest()
        return output if process.succeeds() else None
