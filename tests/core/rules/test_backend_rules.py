"""Rules about backends, each with cases that report and cases that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problems import Check, Severity
from tests.core.files.test_start_folder import tree_for
from tests.support.trees import (
    Files,
    codes,
    consenting_home,
    edited,
    extended,
    g3,
    g3_1,
    inspect,
    only,
    place,
    write_tree,
)

TABLE = "backends.toml"


def reported(line: str, tmp_path: Path) -> list[str]:
    """The codes reported of a backend with one more line."""
    return codes(inspect(tmp_path, edited(g3_1(), TABLE, "[openai]\n", f"[openai]\n{line}\n")))


@pytest.mark.parametrize(
    "line",
    [
        'token = "0123456789"',
        'client_secret = "0123456789"',
        'extra = { password = "0123456789" }',
        'AWS_SECRET = "0123456789"',
    ],
)
def test_a_secret_in_the_file_is_reported(line: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, edited(g3_1(), TABLE, "[openai]\n", f"[openai]\n{line}\n"))
    problem = only(report, "secret-literal")
    assert (problem.severity, problem.check) == (Severity.WARNING, Check.BACKENDS)
    assert place(problem) is not None
    assert "0123456789" not in problem.message + str(problem.fix)


@pytest.mark.parametrize(
    "line",
    [
        'token = "${TOKEN}"',
        'token = "short"',
        'token = "not-needed"',
        'gcp_credentials = "/etc/keys/gcp.json"',
        'region = "0123456789"',
        "token = 5",
    ],
)
def test_value_without_secret_is_not_reported(line: str, tmp_path: Path) -> None:
    assert "secret-literal" not in reported(line, tmp_path)


OLD_KEY = "sk-ant-" + "a1B2" * 8


@pytest.mark.parametrize("file", [TABLE, "backends/openai.toml"])
@pytest.mark.parametrize("comment", [f'# api_key = "{OLD_KEY}"', f"enabled2 = 'a # b' # was {OLD_KEY} until May"])
def test_a_key_in_a_comment_is_reported_with_its_line(file: str, comment: str, tmp_path: Path) -> None:
    text = f"# a comment\n{comment}\n{g3_1()[file]}"
    problem = only(inspect(tmp_path, {**g3_1(), file: text}), "secret-literal")
    assert problem.location is not None
    assert (problem.location.file.endswith(file), problem.location.line) == (True, 2)
    assert problem.location.column == comment.rindex("#") + 1
    assert OLD_KEY[:12] not in problem.message + str(problem.fix)


@pytest.mark.parametrize(
    "line",
    [
        'api_key = "${OPENAI_API_KEY}" # api_key = "${OLD_KEY}"',
        "# https://example.org/repo/commit/0123456789abcdef0123456789abcdef01234567",
        "# claude-3-5-sonnet-20241022 was here, gpt-4o-mini-2024-07-18 too",
        f"model_id2 = 'x # {'word' * 3}' # none",
    ],
)
def test_comment_without_key_is_not_reported(line: str, tmp_path: Path) -> None:
    line = line.replace("api_key =", "third =", 1)
    assert "secret-literal" not in reported(line, tmp_path)


@pytest.mark.parametrize("url", ["http://example.org/v1", "HTTP://10.0.0.5/v1"])
def test_plain_http_is_reported(url: str, tmp_path: Path) -> None:
    assert reported(f'endpoint = "{url}"', tmp_path) == ["endpoint-plain-http"]


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://localhost:1234", "http://127.0.0.1", "http://127.5.5.5", "http://[::1]:5", "ftp://x",
     "http://${env:HOST|OPENAI_API_KEY}/v1", "http://[broken"],
)  # fmt: skip
def test_other_endpoints_are_not_reported(url: str, tmp_path: Path) -> None:
    assert "endpoint-plain-http" not in reported(f'endpoint = "{url}"', tmp_path)


@pytest.mark.parametrize(("key", "suggestion"), [("api_ky", "api_key"), ("endpont", "endpoint"), ("enabld", "enabled")])
def test_a_key_that_looks_mistyped_is_reported(key: str, suggestion: str, tmp_path: Path) -> None:
    files = extended(g3_1(), TABLE, f"\n[spare]\n{key} = false\n") | {"backends/spare.toml": '[m]\nsdk = "x"\n'}
    problem = only(inspect(tmp_path, files), "backend-key-unknown")
    assert problem.fix == f"did you mean `{suggestion}`?"
    assert place(problem) == (TABLE, 11, f"spare.{key}")


@pytest.mark.parametrize(
    "line", ['api_version = "1"', 'my_own_key = "1"', 'display_name = "OpenAI"', 'aws_region = "x"']
)
def test_other_keys_are_not_reported(line: str, tmp_path: Path) -> None:
    assert reported(line, tmp_path) == []


def test_similar_key_is_allowed_if_the_correct_key_is_set(tmp_path: Path) -> None:
    assert reported('api_keys = "1"', tmp_path) == []


def test_extra_config_is_reported_without_effect(tmp_path: Path) -> None:
    assert reported("extra_config = { a = 1 }", tmp_path) == ["extra-config-ignored"]


def test_extra_config_of_a_backend_that_is_off_is_not_reported(tmp_path: Path) -> None:
    files = extended(g3_1(), TABLE, "\n[spare]\nenabled = false\nextra_config = { a = 1 }\n")
    assert codes(inspect(tmp_path, files)) == []


def test_an_override_file_that_is_not_read_is_reported_from_home_too(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {"routing_profiles_override.toml": ""})
    files = {**g3(), "backends_override.toml": ""}
    report = inspect(tmp_path / "shop", files, release="0.55.0", home=home)
    assert [problem.subject for problem in report.problems if problem.code == "override-ignored"] == [
        ".pipelex/inference/backends_override.toml",
        "~/.pipelex/inference/routing_profiles_override.toml",
    ]


MULTILINE = "\n[odd]\ncosts = {\n  input = 1.0,\n}\n"


def test_toml_1_1_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(g3_1(), "backends/openai.toml", MULTILINE))
    assert codes(report) == ["toml-1-1"]
    assert report.boots


def test_an_array_over_several_lines_is_toml_1_0(tmp_path: Path) -> None:
    text = '\n[odd]\ninputs = [\n  "text",\n]\n'
    assert codes(inspect(tmp_path, extended(g3_1(), "backends/openai.toml", text))) == []


def test_a_remote_catalogue_is_reported_where_there_is_one(tmp_path: Path) -> None:
    files = extended(g3(), TABLE, '\n[pipelex_gateway]\nenabled = true\napi_key = "${OPENAI_API_KEY}"\n')
    report = inspect(tmp_path / "shop", files, home=consenting_home(tmp_path / "home"))
    assert str(report.release) == "0.72.0"
    problem = only(report, "backend-remote")
    assert problem.severity is Severity.INFO
    assert report.boots


@pytest.mark.parametrize(
    ("release", "mode", "left_out"),
    [
        ("0.10.2", "ci_test", True),
        ("0.15.7", "codex_cloud_test", False),
        ("0.92.2", "ci_test", True),
        ("0.92.2", "codex_cloud_test", True),
        ("0.92.2", "unit_test", False),
    ],
)
def test_the_run_modes_of_ci_leave_out_vertex(release: str, mode: str, left_out: bool, tmp_path: Path) -> None:
    files = tree_for(release)
    report = inspect(tmp_path, in_mode(mode, extended(files, TABLE, "[vertexai]\n")), release=release)
    assert ("backend-left-out" in codes(report)) is left_out
    assert ("backend-file-missing" in codes(report)) is not left_out
    assert ("vertexai" in report.catalog.enabled) is not left_out
    off = in_mode(mode, extended(files, TABLE, "[vertexai]\nenabled = false\n"))
    assert "backend-left-out" not in codes(inspect(tmp_path / "off", off, release=release))


def in_mode(mode: str, files: Files) -> Files:
    """A tree whose `.env` sets a run mode."""
    return {**files, "../../.env": f"RUN_MODE={mode}\n"}


def test_a_gateway_that_is_off_is_not_reported(tmp_path: Path) -> None:
    files = extended(g3(), TABLE, "\n[pipelex_gateway]\nenabled = false\n")
    assert codes(inspect(tmp_path, files)) == []
