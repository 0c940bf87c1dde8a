"""The proxies of the real client, by the same variables."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.core.probes.test_surroundings import HOSTS, PROXY_ROWS
from tests.support.environment import fenced

from .environments import environment
from .test_conformance import installed_or_skip

pytestmark = pytest.mark.conformance

ASK = """
import json, os, sys
from openai import AsyncOpenAI
from httpx2 import URL
hosts, rows = json.load(sys.stdin)
for variables in rows:
    os.environ.update(variables)
    client = AsyncOpenAI(api_key="x", base_url="http://127.0.0.1:1")._client
    print("".join("-" if client._transport_for_url(URL(host)) is client._transport else "P" for host in hosts))
    for name in variables:
        del os.environ[name]
"""


def test_proxies_are_those_of_the_release(tmp_path: Path) -> None:
    installed_or_skip("0.92.2")
    python = environment("0.92.2").python
    rows = [variables for variables, _ in PROXY_ROWS]
    done = subprocess.run(
        [str(python), "-c", ASK],
        input=json.dumps([HOSTS, rows]),
        env=fenced(tmp_path),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.split() == [expected for _, expected in PROXY_ROWS]
