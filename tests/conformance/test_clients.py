"""The client of OpenAI in a release's environment judges endpoints and keys as pipedeck does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.probes.client_call import value_fault
from core.probes.endpoint_faults import endpoint_fault
from core.providers import table
from tests.conformance.environments import environment
from tests.conformance.test_conformance import installed_or_skip
from tests.support.environment import fenced, of_release

pytestmark = pytest.mark.conformance

SCRIPT = Path(__file__).parent / "inside" / "ask_clients.py"
ENDPOINTS = (
    *("", " ", " https://llm.example/v1", "https://llm.example/v1 ", "https://llm.example/v1\n", "llm.example/v1"),
    *(
        "ftp://llm.example/v1",
        "https://",
        "https://llm.example:port/v1",
        "https://llm example/v1",
        "https:/llm.example",
    ),
    *("https://llm.example/v1?api-version=1", "https://[::1/v1", "//llm.example/v1", "https://llm.example/v 1"),
    *("https://llm.example/v1", "https://llm.example/v1/", "HTTPS://LLM.example/v1", "http://127.0.0.1:8000/v1"),
    *("https://llm.example/v1/chat/completions", "https://llm.example/v1/responses", "https://llm.example/v1/models"),
    *("https://llm.example/v1/v1", "http://[::1]:8000/v1", "https://my_host/v1", "https://llm.example/v1#part"),
)
KEYS = ("a-key", "\u201ckey\u201d", " key", "key ", "key\n", "k\u00e9y", "\tkey")


def ask(release: str, home: Path) -> dict[str, Any]:
    """What the client of OpenAI beside a release does with the endpoints and keys."""
    installed_or_skip(release)
    done = subprocess.run(
        [str(environment(release).python), str(SCRIPT)],
        input=json.dumps({"endpoints": ENDPOINTS, "keys": KEYS}),
        env=of_release(fenced(home)),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def reaches(called: str) -> bool:
    """Whether an address asks a server for the path of OpenAI's completions, once and in one piece."""
    parts = urlsplit(called)
    whole = parts.scheme in ("http", "https") and bool(parts.netloc) and "%20" not in called and not parts.query
    return whole and parts.path.endswith("/v1/chat/completions") and parts.path.count("/v1") == 1


@pytest.mark.parametrize("release", ["0.14.3", "0.43.1", "0.92.2"])
def test_client_agrees_about_endpoints_and_keys(release: str, tmp_path: Path) -> None:
    answers = ask(release, tmp_path)
    for endpoint, called in zip(ENDPOINTS, answers["endpoints"], strict=True):
        fault = endpoint_fault(table.OPENAI, table.COMPATIBLE, endpoint)
        assert (fault is None or not fault.fatal) is reaches(called), (endpoint, called, fault)
        if fault is not None and fault.repaired is not None:
            assert endpoint_fault(table.OPENAI, table.COMPATIBLE, fault.repaired) is None
    for key, sent in zip(KEYS, answers["keys"], strict=True):
        # A key with blanks in front is sent, and refused by every provider.
        assert sent is (key.strip() == "a-key") or value_fault(key) is not None, (key, answers["version"])
        assert sent or value_fault(key) is not None
    assert value_fault("a-key") is None
