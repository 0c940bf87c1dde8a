"""Headers and endpoints that the client of an sdk does not use, as `tests.conformance.recording_clients` has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.probes.check_runs import Spec, backend, tree
from tests.support.trees import inspect, place

CODE = "unused-by-client"
HEADER = Spec("m", 'x-team = "research"')


def found(folder: Path, made: dict[str, str], release: str = "0.92.2", **environ: str) -> list[tuple[str, str]]:
    """The subject and the message of each finding."""
    report = inspect(folder, tree(made), release=release, environ=environ)
    return [(str(it.subject), it.message) for it in report.problems if it.code == CODE]


@pytest.mark.parametrize("release", ["0.24.1", "0.45.0", "0.60.0", "0.77.0", "0.92.2"])
@pytest.mark.parametrize("sdk", ["anthropic", "mistral", "google", "bedrock_aioboto", "openai", "openai_responses"])
def test_header_of_a_client_that_sends_none(sdk: str, release: str, tmp_path: Path) -> None:
    messages = [message for _, message in found(tmp_path, backend("lab", sdk, HEADER), release)]
    why = f"the header `x-team` has no effect: the client of sdk `{sdk}` sends no headers of models"
    expected = f"model `m0` of backend `lab`: {why}"
    assert messages == ([] if sdk.startswith("openai") else [expected])


def test_header_of_the_defaults_is_named_once(tmp_path: Path) -> None:
    made = backend("lab", "mistral", "a", "b")
    file = "backends/lab.toml"
    made = {**made, file: made[file].replace("[defaults]\n", '[defaults]\nx-team = "research"\n')}
    report = inspect(tmp_path, tree(made), release="0.92.2")
    (problem,) = [it for it in report.problems if it.code == CODE]
    assert place(problem) == ("backends/lab.toml", 2, "defaults.x-team")


@pytest.mark.parametrize("field", ['x_team = "research"', 'max-tokens = "5"', "x-team = 5", 'x-team = "two\\nlines"'])
def test_key_that_the_release_refuses_is_no_header(field: str, tmp_path: Path) -> None:
    assert found(tmp_path, backend("lab", "mistral", Spec("m", field))) == []


def test_disabled_backends_and_old_releases_have_no_headers(tmp_path: Path) -> None:
    made = backend("lab", "mistral", HEADER)
    off = {**made, "backends.toml": made["backends.toml"].replace("true", "false")}
    assert found(tmp_path / "a", off) == []
    assert found(tmp_path / "b", made, "0.14.3") == []


@pytest.mark.parametrize(
    ("sdk", "endpoint", "own"),
    [
        ("mistral", "https://gateway.example/v1", "https://api.mistral.ai/v1"),
        ("google", "${GATEWAY}", "https://generativelanguage.googleapis.com"),
        ("bedrock_aioboto", "https://gateway.example", "the address of its region"),
        ("mistral", "https://api.mistral.ai/v1", ""),
        ("mistral", "${UNSET}", ""),
        ("bedrock_aioboto", "https://bedrock-runtime.eu-west-1.amazonaws.com", ""),
        ("openai", "https://gateway.example/v1", ""),
        ("anthropic", "https://gateway.example", ""),
    ],
)
def test_endpoint_of_a_client_with_its_own_address(sdk: str, endpoint: str, own: str, tmp_path: Path) -> None:
    messages = found(tmp_path, backend("lab", sdk, endpoint=endpoint), GATEWAY="https://gateway.example/v1")
    expected = f"backend `lab`: the endpoint has no effect: the client of sdk `{sdk}` calls {own}"
    assert messages == ([("lab", expected)] if own else [])
