"""Ask an installed release about projects: starts its Python on `inside/ask.py` and talks to it in lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.environment import of_release

from .environments import ReleaseEnvironment

INSIDE = Path(__file__).resolve().parent / "inside"
ASK, ASK_WITH_GATEWAY = "ask.py", "ask_gateway.py"
"""The scripts that ask: the second one answers the request for the gateway's models."""
Answer = dict[str, Any]


class OracleFailed(Exception):
    """The release's own process ended or could not start; the message holds its last words."""


@dataclass(frozen=True)
class Question:
    """A project to read: its folder, its home folder if any, its environment, and the most seconds reading may take."""

    project: Path
    home: Path | None
    env: Mapping[str, str]
    timeout: int = 60
    whole_from: Path | None = None
    """Boot as a whole, in place, from this folder."""


class Oracle:
    """One running release. A context manager; not for several threads at once."""

    def __init__(self, environment: ReleaseEnvironment, script: str = ASK) -> None:
        self.release = environment.release
        # A file, because a pipe nobody reads fills up and stops the process.
        self._errors = tempfile.TemporaryFile(mode="w+b")  # noqa: SIM115
        self._process = subprocess.Popen(
            [str(environment.python), str(INSIDE / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=of_release(os.environ),
            text=True,
            encoding="utf-8",
        )

    def ask(self, question: Question) -> Answer:
        """What the release makes of a project. Raises `OracleFailed`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {
            "project": str(question.project.resolve()),
            "home": None if question.home is None else str(question.home.resolve()),
            "env": dict(question.env),
            "timeout": question.timeout,
            "whole": question.whole_from is not None,
            "cwd": str(question.whole_from),
        }
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise OracleFailed(f"pipelex {self.release} stopped: {self._last_words()}")
        answer: Answer = json.loads(line)
        if answer.get("error_type") in ("AskFailed", "AskCrashed"):
            raise OracleFailed(f"pipelex {self.release}: {answer['error_type']} {answer['message']}")
        return answer

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()[-500:]

    def close(self) -> None:
        """Stop the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
