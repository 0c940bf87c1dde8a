"""The client and worker of an installed release, asked for the text of a model (`inside/ask_client.py`)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.support.environment import fenced, of_release

from .environments import environment

SCRIPT = Path(__file__).resolve().parent / "inside" / "ask_client.py"
TIMEOUT_S = 300


@dataclass(frozen=True)
class ClientCall:
    """One call: the fields of the backend and of the model that matter to the client."""

    sdk: str
    endpoint: str
    api_key: str = ""
    api_version: str | None = None
    model_id: str = "m"
    headers: Mapping[str, str] = field(default_factory=dict)
    user_text: str = "Answer with the one word: pong"


@dataclass(frozen=True)
class ClientAnswer:
    """The text that the worker returned, or its error with its message."""

    text: str | None
    error: str | None
    message: str | None


def answers_of(release: str, calls: Sequence[ClientCall], home: Path) -> list[ClientAnswer]:
    """The answer of a release to each call. The servers are those of the endpoints."""
    done = subprocess.run(
        [str(environment(release).python), str(SCRIPT)],
        input="".join(json.dumps(asdict(call)) + "\n" for call in calls),
        env=of_release(fenced(home)),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return [ClientAnswer(**json.loads(line)) for line in done.stdout.splitlines()]
