"""Canaries that a server repeats as ids of models, in errors and headers: `tests.trust.canaries --served 500`.

The server repeats what stands in the tree: the key, a header of a model, a part of the address.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.fake_servers import Behaviour, Server, Talk, raw
from tests.trust.canaries import run_command, stored
from tests.trust.planted_canaries import canary, empty_folders, leaks
from tui.sample import copy_sample

PLACES = ("key", "header", "headers", "path", "field")
COMMANDS = (
    "check openai --models",
    "check --model gpt-5 --yes",
    "validate --live",
    "validate",
    "models",
    "resolve",
    "uses openai",
)
STATUSES = (200, 200, 200, 302, 401, 404, 429, 500)


def repeating(value: str, status: int) -> Behaviour:
    """A server that states a value wherever something might be shown or stored."""
    encoded = base64.b64encode(value.encode()).decode()
    made = {"id": "gpt-5", "owned_by": value, "description": f"for {value}"}
    content = {
        "error": {"message": f"no {value} or {encoded}", "code": value, "type": encoded},
        "data": [{"id": f"m-{value}", "owned_by": value}, {"id": value}, {"id": encoded}, made],
        "models": [{"id": value, "name": value, "model": value}],
        "message": value,
        "version": value,
    }
    head = {"X-Request-Id": value, "Server": value, "Location": f"https://h.example/{value}"}

    def behave(talk: Talk) -> None:
        talk.send(raw(json.dumps(content).encode(), status, head))

    return behave


def point_at(source: random.Random, tree: Path, url: str, value: str) -> None:
    """Let the backend `openai` call a server, with a canary in one of the places."""
    place = source.choice(PLACES)
    key = value if place == "key" else "none"
    endpoint = f"{url}/v1/{value}" if place == "path" else f"{url}/v1"
    more = f'\nX-Api-Key = "{value}"' if place == "field" else ""
    path = tree / "backends.toml"
    old = 'api_key = "${OPENAI_API_KEY}"'
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, f'endpoint = "{endpoint}"\napi_key = "{key}"{more}'))
    table = {"header": "[gpt-5]\n", "headers": "[defaults]\n"}.get(place)
    if table is not None:
        path = tree / "backends/openai.toml"
        assert table in path.read_text()
        path.write_text(path.read_text().replace(table, f'{table}X-Api-Key = "{value}"\n'))


@contextmanager
def served_project(source: random.Random, root: Path) -> Iterator[str]:
    """A project whose server repeats a canary of it, which is yielded."""
    value = canary(source)
    with Server({"*": repeating(value, source.choice(STATUSES))}) as server:
        point_at(source, copy_sample(root), server.url, value)
        yield value
        assert server.requests, "nothing was asked"


def run_served(seed: int, folder: Path, commands: int = len(COMMANDS)) -> list[str]:
    """Send one canary, and run commands over what the server answers; what leaked, in words."""
    source = random.Random(seed)
    root, home = empty_folders(folder)
    found: list[str] = []
    with served_project(source, root) as value:
        for command in (COMMANDS[0], *source.sample(COMMANDS[1:], commands - 1)):
            for form in ([], ["--json"]):
                printed = run_command([*command.split(" "), *form, "--tree", str(root), "--cwd", str(root)])
                if leaks(value, printed):
                    line = next(line for line in printed.splitlines() if leaks(value, line))
                    found.append(f"{command} {' '.join(form)}: {line.strip()[:150]}")
                if "had to stop" in printed:
                    found.append(f"{command} {' '.join(form)} fails: {printed[-200:]}")
    found += stored(value, root, home)
    return [f"seed {seed}, served: {line}" for line in found]
