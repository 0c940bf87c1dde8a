"""The ways of calls of the real clients, for the variables of proxies in the table of the tests.

    python -m tests.conformance.proxies [CLIENT...]

The clients of 0.92.2: openai, httpx (as OpenAI 1 and 2 use it), anthropic, mistral, bedrock, google. Prints the rows
that differ, and exits with 1 if any do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.core.probes.proxy_rows import GOOGLE_HOSTS, GOOGLE_ROWS, HOSTS, PROXY_ROWS
from tests.support.environment import fenced, of_release

from .environments import environment
from .packages import extras_folder

RELEASE = "0.92.2"
SCRIPT = Path(__file__).resolve().parent / "inside" / "ask_proxies.py"
CLIENTS: Mapping[str, str] = {
    "openai": "httpx2",
    "httpx": "httpx",
    "anthropic": "httpx",
    "mistral": "httpx2",
    "bedrock": "botocore",
    "google": "",
}
"""The clients with their libraries, which are the columns of the table; that of Google has rows of its own."""
PLAIN = ("openai", "httpx")
"""The clients without a package of an extra."""


def differing(client: str, step: int = 1) -> tuple[list[str], int]:
    """The rows, every one or each of some steps, for which a client takes another way, and the count of all."""
    library = CLIENTS[client]
    columns = [(row.variables, getattr(row, library)) for row in PROXY_ROWS] if library else list(GOOGLE_ROWS)
    rows = columns[::step]
    ways = _ways(client, HOSTS if library else GOOGLE_HOSTS, [variables for variables, _ in rows])
    return [
        f"{client} {json.dumps(variables)}: {way} in place of {expected}"
        for (variables, expected), way in zip(rows, ways, strict=True)
        if way != expected
    ], len(rows)


def _ways(client: str, hosts: Sequence[str], rows: Sequence[Mapping[str, str]]) -> list[str]:
    made = environment(RELEASE)
    request = {"clients": [client], "hosts": hosts, "rows": [dict(row) for row in rows], "proxies": ["p", "::9"]}
    with tempfile.TemporaryDirectory(prefix="pipedeck-proxies-") as home:
        done = subprocess.run(
            [str(made.python), str(SCRIPT), "" if client in PLAIN else str(extras_folder(made))],
            input=json.dumps(request),
            env=of_release(fenced(Path(home))),
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.split()


def main(clients: Sequence[str]) -> int:
    """Print what differs, and the count of what agrees."""
    wrong = 0
    for client in clients or CLIENTS:
        lines, count = differing(client)
        print("\n".join([*lines, f"{client}: {count - len(lines)} of {count} rows agree"]), flush=True)
        wrong += len(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
