"""Faults known before a call: endpoints that a client cannot use, and keys that are missing or are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.probes.cloud_credentials import ONLY_A_ROLE
from core.resolution import Status
from core.verdict import Verdict
from tests.support.trees import KEYS, Files, codes, edited, inspect, keep_from_filling, llm, minimal, resolved

KEY = 'api_key = "${OPENAI_API_KEY}"\n'
REPLACED = "[openai]\nenabled = true\n" + KEY


def lab(table: str, sdk: str = "openai", release: str = "0.92.2") -> Files:
    """A minimal tree with a backend `lab` that serves `small`."""
    files = minimal(release)
    files["backends.toml"] += f"\n[lab]\n{table}\n"
    shared = f'default_sdk = "{sdk}"\n' if release == "0.10.2" else f'[defaults]\nsdk = "{sdk}"\n'
    files["backends/lab.toml"] = shared + llm("small")
    return edited(files, "routing_profiles.toml", '"claude-*"', '"small" = "lab"\n"claude-*"')


def of_lab(report: Report) -> list[str]:
    return [problem.code for problem in report.problems if problem.subject == "lab"]


def status(report: Report) -> Status:
    return resolved(report, "small").status


@pytest.mark.parametrize(
    ("endpoint", "code", "right"),
    [
        ("", "endpoint-invalid", ""),
        (" https://llm.example/v1", "endpoint-invalid", "https://llm.example/v1"),
        ("https://llm.example/v1\\n", "endpoint-invalid", "https://llm.example/v1"),
        ("llm.example/v1", "endpoint-invalid", ""),
        ("https://llm.example:port/v1", "endpoint-invalid", ""),
        ("https://llm example/v1", "endpoint-invalid", ""),
        ("https://llm.example/v1?api-version=1", "endpoint-invalid", ""),
        ("ftp://llm.example/v1", "endpoint-invalid", ""),
        ("https://llm.example/v1/chat/completions", "endpoint-path", "https://llm.example/v1"),
        ("https://llm.example/v1/chat/completions/", "endpoint-path", "https://llm.example/v1"),
        ("https://llm.example/v1/responses", "endpoint-path", "https://llm.example/v1"),
        ("https://llm.example/v1/models", "endpoint-path", "https://llm.example/v1"),
        ("https://llm.example/v1/v1", "endpoint-path", "https://llm.example/v1"),
        ("https://api.openai.com", "endpoint-path", "https://api.openai.com/v1"),
        ("https://api.groq.com/v1", "endpoint-path", "https://api.groq.com/openai/v1"),
        ("http://localhost:11434", "endpoint-path", "http://localhost:11434/v1"),
    ],
)
def test_endpoint_that_the_openai_client_cannot_use(endpoint: str, code: str, right: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, lab(f'endpoint = "{endpoint}"\n{KEY}'))
    assert of_lab(report) == [code]
    assert status(report) is Status.SERVED
    fix = next(problem.fix for problem in report.problems if problem.code == code)
    assert fix is not None
    assert right in fix


@pytest.mark.parametrize(
    ("sdk", "endpoint"),
    [
        ("openai", "https://llm.example/v1/"),
        ("openai", "https://llm.example"),
        ("openai", "https://llm.example/v1#part"),
        ("openai", "https://api.groq.com/openai/v1"),
        ("openai", "https://api.perplexity.ai"),
        ("openai", "https://b\u00fccher.example/v1"),
        ("openai", "http://my_service:4000/v1"),
        ("anthropic", "https://api.anthropic.com"),
        ("anthropic", "https://api.minimax.io/anthropic"),
        ("portkey_completions", ""),
        ("mistral", "ignored by the client"),
    ],
)
def test_endpoint_that_a_client_can_use(sdk: str, endpoint: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, lab(f'endpoint = "{endpoint}"\n{KEY}', sdk))
    assert status(report) is Status.CALLABLE


@pytest.mark.parametrize(
    ("sdk", "endpoint", "right"),
    [
        ("anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com"),
        ("anthropic", "https://llm.example/anthropic/v1/messages", "https://llm.example/anthropic"),
        ("azure_openai", "https://a.openai.azure.com/openai", "https://a.openai.azure.com"),
        ("azure_openai", "https://a.openai.azure.com/openai/v1/", "https://a.openai.azure.com"),
    ],
)
def test_endpoint_with_the_path_that_its_client_adds(sdk: str, endpoint: str, right: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, lab(f'endpoint = "{endpoint}"\napi_version = "1"\n{KEY}', sdk))
    (problem,) = [problem for problem in report.problems if problem.subject == "lab"]
    assert (problem.code, problem.fix) == ("endpoint-path", f'write endpoint = "{right}"')


def test_endpoint_of_a_variable_is_judged_without_being_shown(tmp_path: Path) -> None:
    environ = {**KEYS, "LAB_URL": "https://secret-host.example/v1/models"}
    report = inspect(tmp_path, lab('endpoint = "${LAB_URL}"\n' + KEY), environ=environ)
    (problem,) = [problem for problem in report.problems if problem.subject == "lab"]
    assert problem.code == "endpoint-path"
    assert problem.fix == "correct the value of LAB_URL, or write the endpoint here"
    assert "secret-host" not in problem.message


def test_own_server_without_a_path_is_a_warning(tmp_path: Path) -> None:
    report = inspect(tmp_path, lab(f'endpoint = "http://127.0.0.1:8000"\n{KEY}'))
    assert (of_lab(report), status(report)) == (["endpoint-path"], Status.CALLABLE)


@pytest.mark.parametrize(
    "value", ["\u201ckey\u201d", "a key", "k\u00e9y", "'quoted'", "key-of-lab\n", "\tkey-of-lab", "placeholder-key"]
)
def test_value_that_cannot_be_a_key(value: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, lab('api_key = "${LAB_KEY}"'), environ={**KEYS, "LAB_KEY": value})
    assert status(report) is Status.SERVED
    (problem,) = [problem for problem in report.problems if problem.subject in ("lab", "LAB_KEY")]
    assert problem.code in ("key-invalid", "variable-spaced", "variable-placeholder")
    assert problem.severity == "error"
    assert value.strip() not in problem.message


@pytest.mark.parametrize(
    ("release", "sdk", "table", "callable_"),
    [
        ("0.92.2", "openai", "", False),
        ("0.92.2", "openai", 'endpoint = "http://localhost:11434/v1"', True),
        ("0.92.2", "openai", 'endpoint = "https://llm.example/v1"', True),
        ("0.92.2", "openai", 'endpoint = "https://api.groq.com/openai/v1"', False),
        ("0.92.2", "anthropic", "", True),
        ("0.92.2", "anthropic", 'endpoint = "http://localhost:4000"', True),
        ("0.92.2", "google", "", False),
        ("0.92.2", "mistral", "", False),
        ("0.92.2", "portkey_completions", "", False),
        ("0.14.3", "openai", 'endpoint = "http://localhost:11434/v1"', True),
        ("0.17.6", "openai", 'endpoint = "http://localhost:11434/v1"', True),
    ],
)
def test_backend_without_a_key(release: str, sdk: str, table: str, callable_: bool, tmp_path: Path) -> None:
    # Of the variables that clients read by themselves, those of OpenAI (up to 0.14) and Anthropic are set.
    report = inspect(tmp_path, lab(table, sdk, release), release=release)
    assert status(report) is (Status.CALLABLE if callable_ else Status.SERVED)
    assert of_lab(report) == ([] if callable_ else ["key-missing"])


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3"])
def test_early_clients_are_not_built_without_a_key(release: str, tmp_path: Path) -> None:
    files = lab('endpoint = "http://localhost:11434/v1"', release=release)
    other = {key: value for key, value in KEYS.items() if key != "OPENAI_API_KEY"}
    files["backends.toml"] = files["backends.toml"].replace(KEY, 'api_key = "a-key"\n')
    report = inspect(tmp_path, files, release=release, environ=other)
    assert (of_lab(report), status(report)) == (["key-missing"], Status.SERVED)
    dummy = edited(files, "backends.toml", "[lab]\n", '[lab]\napi_key = "none"\n')
    report = inspect(tmp_path / "b", dummy, release=release, environ=other)
    assert (of_lab(report), status(report)) == ([], Status.CALLABLE)


def test_no_default_reference_can_be_called_without_the_keys(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    files["backends.toml"] = files["backends.toml"].replace(KEY, "").replace('api_key = "${ANTHROPIC_API_KEY}"\n', "")
    report = inspect(tmp_path, files, environ={})
    assert report.verdict[0] is Verdict.CANNOT_RUN
    assert [problem.subject for problem in report.problems] == ["openai", "anthropic"]
    assert codes(report) == ["key-missing"]


def test_fault_of_a_backend_that_serves_nothing_is_a_warning(tmp_path: Path) -> None:
    files = lab('endpoint = ""')
    files = edited(files, "routing_profiles.toml", '"small" = "lab"\n', '"small" = "openai"\n')
    report = inspect(tmp_path, files)
    severities = {problem.severity for problem in report.problems if problem.code == "endpoint-invalid"}
    assert severities == {"warning"}
    assert report.verdict[0] is not Verdict.OK


AWS_KEYS = {"AWS_ACCESS_KEY_ID": "an-access-key", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}
SHARED = "[default]\nregion = us-east-1\n[ci]\naws_access_key_id = a\naws_secret_access_key = b\n"


@pytest.mark.parametrize(
    ("sdk", "variables", "files", "expected"),
    [
        ("bedrock_aioboto", {}, {}, Status.UNKNOWN),
        ("bedrock_aioboto", AWS_KEYS, {}, Status.CALLABLE),
        ("bedrock_aioboto", {"AWS_ACCESS_KEY_ID": "a"}, {}, Status.SERVED),
        ("bedrock_aioboto", {"AWS_SECRET_ACCESS_KEY": "a"}, {}, Status.UNKNOWN),
        ("bedrock_aioboto", {"AWS_BEARER_TOKEN_BEDROCK": "a"}, {}, Status.CALLABLE),
        ("bedrock_aioboto", {"AWS_EC2_METADATA_DISABLED": "True"}, {}, Status.SERVED),
        ("bedrock_aioboto", {"AWS_WEB_IDENTITY_TOKEN_FILE": "a", "AWS_ROLE_ARN": "b"}, {}, Status.CALLABLE),
        ("bedrock_aioboto", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "a"}, {}, Status.CALLABLE),
        ("bedrock_aioboto", {}, {"credentials": SHARED}, Status.UNKNOWN),
        ("bedrock_boto3", {"AWS_PROFILE": "ci"}, {"credentials": SHARED}, Status.CALLABLE),
        ("bedrock_boto3", {"AWS_PROFILE": "cd"}, {"credentials": SHARED}, Status.SERVED),
        ("bedrock_boto3", {"AWS_PROFILE": "cd", **AWS_KEYS}, {}, Status.SERVED),
        ("bedrock_boto3", {"AWS_PROFILE": "sso"}, {"config": "[profile sso]\nsso_session = x\n"}, Status.CALLABLE),
        ("bedrock_boto3", {}, {"config": "[default]\ncredential_process = x\n"}, Status.CALLABLE),
        ("bedrock_boto3", {}, {"config": "no section", "credentials": "a" * 70_000}, Status.UNKNOWN),
        ("bedrock_anthropic", {}, {"credentials": SHARED.replace("ci", "default")}, Status.SERVED),
        ("bedrock_anthropic", AWS_KEYS, {}, Status.SERVED),
        ("bedrock_anthropic", {**AWS_KEYS, "AWS_REGION": "us-east-1"}, {}, Status.CALLABLE),
        ("bedrock_anthropic", {"AWS_BEARER_TOKEN_BEDROCK": "a"}, {}, Status.SERVED),
        ("bedrock_anthropic", {**AWS_KEYS, "AWS_REGION": "us-east-1", "AWS_PROFILE": "cd"}, {}, Status.SERVED),
        ("bedrock_anthropic", {}, {"pipelex": 'bedrock_access_variant = "bedrock_token"'}, Status.SERVED),
        (
            "bedrock_anthropic",
            {"AWS_BEARER_TOKEN_BEDROCK": "a"},
            {"pipelex": 'bedrock_access_variant = "bedrock_token"'},
            Status.CALLABLE,
        ),
        (
            "bedrock_anthropic",
            AWS_KEYS,
            {"pipelex": 'api_key_method = "secret_provider"\n[runtime.secrets]\nmethod = "vault"'},
            Status.UNKNOWN,
        ),
    ],
)
def test_backend_of_bedrock(
    sdk: str, variables: dict[str, str], files: dict[str, str], expected: Status, tmp_path: Path
) -> None:
    (tmp_path / ".aws").mkdir()
    for name in files.keys() - {"pipelex"}:
        (tmp_path / ".aws" / name).write_text(files[name])
    tree = lab('aws_region = "us-east-1"', sdk)
    if "pipelex" in files:
        tree["../pipelex.toml"] = f"[runtime.aws]\n{files['pipelex']}\n"
    report = inspect(tmp_path / "shop", tree, environ={**KEYS, **variables}, home=keep_from_filling(tmp_path))
    assert status(report) is expected
    quiet = expected is Status.CALLABLE or "secret_provider" in files.get("pipelex", "")
    assert of_lab(report) == ([] if quiet else ["key-missing"])
    if expected is Status.UNKNOWN and not quiet:
        trail = report.trail(resolved(report, "small", "model"))
        assert [step.note for step in trail if step.kind == "call"] == [ONLY_A_ROLE]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "the client reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, which are not set"),
        ({**AWS_KEYS}, "the client reads AWS_REGION, which is not set"),
        ({"AWS_REGION": "eu-west-1", "AWS_BEARER_TOKEN_BEDROCK": "a-token"}, "the client reads AWS_ACCESS_KEY_ID and "),
        ({"AWS_PROFILE": "none"}, "AWS_PROFILE names a profile that is in no AWS file"),
    ],
)
def test_two_clients_of_one_backend_have_one_finding(variables: dict[str, str], message: str, tmp_path: Path) -> None:
    tree = lab('aws_region = "us-east-1"', "bedrock_aioboto3")
    tree["backends/lab.toml"] += '\n[claude]\nmodel_id = "c"\nsdk = "bedrock_anthropic"\ncosts = {}\n'
    tree["routing_profiles.toml"] += '"claude" = "lab"\n'
    report = inspect(tmp_path / "shop", tree, environ={**KEYS, **variables}, home=keep_from_filling(tmp_path))
    (problem,) = [problem for problem in report.problems if problem.subject == "lab"]
    assert problem.severity == "error"
    assert problem.message.startswith(f"backend `lab`: {message}")


ACCOUNT = 'gcp_project_id = "p"\ngcp_location = "europe-west1"\ngcp_credentials_file_path = "account.json"'
SITE = "../../.venv/lib/python3.11/site-packages"
ENVIRONMENT = {
    "../../.venv/pyvenv.cfg": "home = /usr/bin\n",
    f"{SITE}/pipelex-0.92.2.dist-info/METADATA": "Name: pipelex\nRequires-Dist: google-auth-oauthlib; extra == 'g'\n",
}
AUTH = {f"{SITE}/google_auth-2.0.dist-info/METADATA": "Name: google-auth\n"}


@pytest.mark.parametrize(
    ("table", "files", "stop"),
    [
        ("", {}, ("key-missing", "VertexAIConfigError", "there is no gcp_project_id")),
        (ACCOUNT.replace('"p"', '""'), {}, ("key-missing", "VertexAIConfigError", "there is no gcp_project_id")),
        (
            ACCOUNT.replace("account.json", "placeholder"),
            {},
            ("key-missing", "VertexAIConfigError", "there is no gcp_c"),
        ),
        (ACCOUNT, {}, ("key-missing", "VertexAICredentialsError", "the file of gcp_credentials_file_path does not")),
        (ACCOUNT, {"../../account.json": "not JSON"}, ("key-missing", "VertexAIConfigError", "the file of gcp_cred")),
        (ACCOUNT, {"../../account.json": "[]"}, ("key-missing", "VertexAIConfigError", "the file of gcp_credentials")),
        (ACCOUNT, ENVIRONMENT, ("package-missing", "MissingDependencyError", "the package `google-auth-oauthlib` is")),
        (ACCOUNT, {**ENVIRONMENT, **AUTH}, ("key-missing", "VertexAICredentialsError", "the file of gcp_credentials")),
        (ACCOUNT, {**ENVIRONMENT, **AUTH, "../../account.json": "{}"}, None),
    ],
)
def test_start_with_vertex_ai(
    table: str, files: dict[str, str], stop: tuple[str, str, str] | None, tmp_path: Path
) -> None:
    tree = {name.replace("lab", "vertexai"): text.replace("lab", "vertexai") for name, text in lab(table).items()}
    home = keep_from_filling(tmp_path)
    report = inspect(tmp_path / "shop", {**tree, **files}, home=home, cwd=tmp_path / "shop")
    found = report.stops_at
    if stop is None:
        assert found is None
        assert status(report) is Status.UNKNOWN
        return
    assert found is not None
    assert (found.code, found.error_type) == stop[:2]
    assert found.message.startswith(f"backend `vertexai`: {stop[2]}")
    assert [problem for problem in report.problems if problem.subject == "vertexai"] == [found]
    assert report.verdict[0] is Verdict.REFUSED
    assert inspect(tmp_path / "shop", home=home, cwd=tmp_path / "shop", assume_keys=True).boots is (
        stop[0] == "key-missing"
    )


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("", "", Status.SERVED),
        ("account.json", None, Status.SERVED),
        ("account.json", "not JSON", Status.SERVED),
        ("account.json", "[]", Status.SERVED),
        ("account.json", '{"type": "service_account"}', Status.UNKNOWN),
    ],
)
def test_service_account_of_vertex_ai(path: str, content: str | None, expected: Status, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "account.json").write_text(content)
    table = f'gcp_project_id = "p"\ngcp_location = "europe-west1"\ngcp_credentials_file_path = "{path}"'
    tree = {name.replace("lab", "vertexai"): text.replace("lab", "vertexai") for name, text in lab(table).items()}
    report = inspect(tmp_path, tree)
    assert status(report) is expected
    assert ("key-missing" in codes(report)) is (expected is Status.SERVED)
