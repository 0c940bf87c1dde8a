"""Checks of Amazon Bedrock and Google Vertex AI: signatures, token exchange, answers of their hosts."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from core.probes.availability import Availability, Comparison, compare
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.plan_options import PlanOptions
from core.probes.secret import Secret
from core.probes.signing import AwsSigner
from tests.core.probes.check_runs import LONG_LIMITS, Spec, TrustAll, backend, outcome, report_on, run_plans
from tests.support.fake_servers import Behaviour, Request, Server, Talk, answer, only_with

REGION = "eu-west-3"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE0EXAMPLE0", "AWS_SECRET_ACCESS_KEY": "secret/of+a/test0123456789"}


def expected_signature(request: Request, service: str, secret: str, token: str | None, port_host: str) -> str:
    """What botocore makes of a request that arrived, at the time that it says."""
    arrived = AWSRequest(method=request.method, url=f"http://{port_host}{request.target}", data=request.body)
    for name in request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";"):
        if name not in ("host", "x-amz-date", "x-amz-security-token"):
            arrived.headers[name] = request.headers[name]
    arrived.headers["X-Amz-Date"] = request.headers["x-amz-date"]
    if token:
        arrived.headers["X-Amz-Security-Token"] = token
    arrived.context["timestamp"] = request.headers["x-amz-date"]
    auth = SigV4Auth(Credentials(KEYS["AWS_ACCESS_KEY_ID"], secret, token), service, REGION)
    text = auth.string_to_sign(arrived, auth.canonical_request(arrived))
    return str(auth.signature(text, arrived))


def test_signatures_equal_those_of_botocore() -> None:
    chance = random.Random(7)
    letters = "abcXYZ019-_.~:/%+ =&é€"
    for number in range(1000):
        path = "/" + quote(
            "".join(chance.choices(letters, k=chance.randrange(24))), safe=chance.choice(["/", "", "/%:"])
        )
        pairs = [
            ("".join(chance.choices(letters, k=4)), "".join(chance.choices(letters, k=5))) for _ in range(number % 4)
        ]
        query = urlencode(pairs, quote_via=quote)
        target = path + (f"?{query}" if query else "")
        method = chance.choice(["GET", "POST"])
        body = bytes(chance.randrange(256) for _ in range(chance.randrange(40))) if method == "POST" else b""
        token = chance.choice([None, "token/of+a/session=="])
        secret = KEYS["AWS_SECRET_ACCESS_KEY"] + str(number)
        service = chance.choice(["bedrock", "sts"])
        signer = AwsSigner(
            Secret(KEYS["AWS_ACCESS_KEY_ID"]), Secret(secret), Secret(token) if token else None, REGION, service
        )
        headers = {"Content-Type": "application/json"} if body else {}
        made = signer.headers(method, f"http://bedrock.example{target}", headers, body)
        arrived = {name.lower(): value for name, value in {**headers, **made}.items()}
        request = Request(method, target, arrived, body)
        signature = made["Authorization"].partition("Signature=")[2]
        assert signature == expected_signature(request, service, secret, token, "bedrock.example"), target
        assert set(made) == set(signer.header_names)


# ---- Amazon Bedrock

MODELS = answer(
    {
        "modelSummaries": [
            {
                "modelId": "anthropic.claude-x-v1:0",
                "inferenceTypesSupported": ["ON_DEMAND"],
                "modelLifecycle": {"status": "ACTIVE"},
                "inputModalities": ["TEXT", "IMAGE"],
            },
            {"modelId": "old.model-v1:0", "modelLifecycle": {"status": "LEGACY"}},
        ]
    }
)
FIRST = answer({"inferenceProfileSummaries": [{"inferenceProfileId": "us.a.b-v1:0"}], "nextToken": "next/token="})
SECOND = answer({"inferenceProfileSummaries": [{"inferenceProfileId": "eu.anthropic.claude-x-v1:0"}]})
WHO = answer(b"<GetCallerIdentityResponse/>")
DENIED = answer(
    {"message": "not authorized to perform: bedrock:ListFoundationModels"},
    403,
    {"x-amzn-errortype": "AccessDeniedException"},
)


def profiles(talk: Talk) -> None:
    (SECOND if "nextToken=next%2Ftoken%3D" in talk.request.target else FIRST)(talk)


def bedrock(
    folder: Path, routes: dict[str, Behaviour], **environ: str
) -> tuple[CheckResult, list[Request], Comparison, Server]:
    made = backend(
        "bedrock",
        "bedrock_anthropic",
        "eu.anthropic.claude-x-v1:0",
        "us.anthropic.claude-x-v1:0",
        "old.model-v1:0",
        Spec("plain.gone", 'sdk = "bedrock_aioboto3"'),
        aws_region=REGION,
    )
    report = report_on(folder, made, **environ)
    with Server(routes) as server:
        stand_ins = {
            f"https://sts.{REGION}.amazonaws.com": server.url,
            f"https://bedrock.{REGION}.amazonaws.com": server.url,
        }
        plans = plan_checks(report.catalog, None, PlanOptions(trust=(), stand_ins=stand_ins))
        result = run_plans(plans, LONG_LIMITS).only
        return result, list(server.requests), compare(report.catalog, result), server


ROUTES: dict[str, Behaviour] = {"/": WHO, "/foundation-models": MODELS, "/inference-profiles": profiles}


def test_bedrock_with_keys(tmp_path: Path) -> None:
    result, requests, comparison, server = bedrock(tmp_path, ROUTES, **KEYS, AWS_SESSION_TOKEN="token0123456789")
    assert outcome(result) == "ok"
    assert [(request.method, request.path) for request in requests] == [
        ("POST", "/"),
        ("GET", "/foundation-models"),
        ("GET", "/inference-profiles"),
        ("GET", "/inference-profiles"),
    ]
    for request, service in zip(requests, ("sts", "bedrock", "bedrock", "bedrock"), strict=True):
        host = f"127.0.0.1:{server.port}"
        expected = expected_signature(request, service, KEYS["AWS_SECRET_ACCESS_KEY"], "token0123456789", host)
        assert request.headers["authorization"].endswith(f"Signature={expected}")
        assert KEYS["AWS_SECRET_ACCESS_KEY"] not in repr(request)
    states = {item.spec.model_id: (item.state, item.note) for item in comparison.declared}
    assert states == {
        "eu.anthropic.claude-x-v1:0": (Availability.SERVED, ""),
        "us.anthropic.claude-x-v1:0": (
            Availability.NOT_SERVED,
            "listed as a base model, but without this inference profile",
        ),
        "old.model-v1:0": (Availability.SERVED, "legacy"),
        "plain.gone": (Availability.NOT_SERVED, ""),
    }
    assert any("AWS_SESSION_TOKEN is set" in note for note in result.notes)
    assert any("AWS_REGION instead of aws_region" in note for note in result.notes)


def test_bedrock_with_a_bearer_token(tmp_path: Path) -> None:
    good = {path: only_with("Authorization", "Bearer bedrock-key-1", route, DENIED) for path, route in ROUTES.items()}
    result, requests, _, _ = bedrock(tmp_path, good, AWS_BEARER_TOKEN_BEDROCK="bedrock-key-1")
    assert outcome(result) == "ok"
    assert {request.path for request in requests} == {"/foundation-models", "/inference-profiles"}


def test_bedrock_with_the_shared_credentials_file(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAEXAMPLE0EXAMPLE0\naws_secret_access_key = secret/of+a/test0123456789\n"
    )
    result, requests, _, _ = bedrock(tmp_path, ROUTES, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"))
    assert outcome(result) == "ok"
    assert len(requests) == 4
    assert any("shared credentials file" in note for note in result.notes)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("InvalidClientTokenId", "unauthorized"),
        ("SignatureDoesNotMatch", "unauthorized"),
        ("ExpiredToken", "unauthorized"),
    ],
)
def test_bedrock_rejects_a_key(code: str, expected: str, tmp_path: Path) -> None:
    refused = answer(f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode(), 403)
    result, requests, _, _ = bedrock(tmp_path, {"/": refused}, **KEYS)
    assert (outcome(result), len(requests)) == (expected, 1)


def test_bedrock_key_without_list_permission_leaves_models_unknown(tmp_path: Path) -> None:
    routes: dict[str, Behaviour] = {"/": WHO, "/foundation-models": DENIED, "/inference-profiles": DENIED}
    result, _, comparison, _ = bedrock(tmp_path, routes, **KEYS)
    assert outcome(result) == "ok"
    assert len(comparison.unknown) == 4
    assert result.listing.gap == "the server refuses the request"


@pytest.mark.parametrize(
    ("environ", "region", "expected"),
    [
        ({}, REGION, "not_checkable/role"),
        ({"AWS_EC2_METADATA_DISABLED": "true"}, REGION, "missing_credential/no_key"),
        ({**KEYS, "AWS_PROFILE": "nobody"}, REGION, "missing_credential/no_key"),
        (KEYS, "evil.example/", "not_checkable/no_field"),
        (KEYS, "", "not_checkable/no_field"),
        (KEYS, "${REGION_OF_NOBODY}", "missing_credential/unset"),
        ({**KEYS, "AWS_SECRET_ACCESS_KEY": "a b"}, REGION, "unauthorized/bad_key_format"),
        ({"AWS_BEARER_TOKEN_BEDROCK": "a b"}, REGION, "unauthorized/bad_key_format"),
    ],
)
def test_bedrock_verdicts(environ: dict[str, str], region: str, expected: str, tmp_path: Path) -> None:
    report = report_on(tmp_path, backend("bedrock", "bedrock_aioboto", aws_region=region), **environ)
    assert outcome(run_plans(plan_checks(report.catalog)).only) == expected


# ---- Google Vertex AI


@pytest.fixture(scope="module")
def account() -> tuple[str, bytes]:
    """A service account's private key, and the public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public


LISTED = answer({"publisherModels": [{"name": "publishers/google/models/gemini-2.5-pro"}]})
TOKEN = "ya29.short-lived-token-of-a-test"


def vertex(
    folder: Path, private: str, routes: dict[str, Behaviour], uri: str = "https://oauth2.googleapis.com/token"
) -> tuple[CheckResult, list[Request]]:
    info = {
        "type": "service_account",
        "client_email": "robot@shop.iam.gserviceaccount.com",
        "private_key_id": "abc",
        "private_key": private,
        "token_uri": uri,
    }
    (folder / "sa.json").write_text(json.dumps(info))
    made = backend(
        "vertexai",
        "openai",
        "google/gemini-2.5-pro",
        "google/gone",
        gcp_project_id="shop-1",
        gcp_location="europe-west1",
        gcp_credentials_file_path="${GCP_CREDENTIALS_FILE_PATH}",
    )
    report = report_on(folder, made, GCP_CREDENTIALS_FILE_PATH=str(folder / "sa.json"))
    with Server(routes) as server:
        stand_ins = {
            "https://oauth2.googleapis.com": server.url,
            "https://europe-west1-aiplatform.googleapis.com": server.url,
        }
        plans = plan_checks(report.catalog, None, PlanOptions(trust=(), stand_ins=stand_ins))
        result = run_plans(plans, LONG_LIMITS).only
        if result.good:
            comparison = compare(report.catalog, result)
            assert [item.spec.model_id for item in comparison.served] == ["google/gemini-2.5-pro"]
            assert [item.spec.model_id for item in comparison.not_served] == ["google/gone"]
        return result, list(server.requests)


def test_vertex_exchanges_a_signature_for_a_token(account: tuple[str, bytes], tmp_path: Path) -> None:
    private, public = account
    refused = answer({"error": {"status": "UNAUTHENTICATED"}}, 401)
    routes: dict[str, Behaviour] = {
        "/token": answer({"access_token": TOKEN, "expires_in": 3599}),
        "/v1beta1/publishers/google/models": only_with("Authorization", f"Bearer {TOKEN}", LISTED, refused),
    }
    result, requests = vertex(tmp_path, private, routes)
    assert outcome(result) == "ok"
    form = parse_qs(requests[0].body.decode())
    claims = jwt.decode(form["assertion"][0], certs=public, audience="https://oauth2.googleapis.com/token")  # type: ignore[no-untyped-call]
    assert claims["iss"] == "robot@shop.iam.gserviceaccount.com"
    assert requests[1].headers["x-goog-user-project"] == "shop-1"
    assert TOKEN not in repr(result)


def test_vertex_rejects_an_account(account: tuple[str, bytes], tmp_path: Path) -> None:
    routes: dict[str, Behaviour] = {
        "/token": answer({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
    }
    assert outcome(vertex(tmp_path, account[0], routes)[0]) == "unauthorized"


def test_vertex_service_is_disabled(account: tuple[str, bytes], tmp_path: Path) -> None:
    off = answer({"error": {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}}, 403)
    routes: dict[str, Behaviour] = {
        "/token": answer({"access_token": TOKEN}),
        "/v1beta1/publishers/google/models": off,
    }
    assert outcome(vertex(tmp_path, account[0], routes)[0]) == "forbidden/service_off"


def test_invalid_private_key_is_reported_without_its_text(tmp_path: Path) -> None:
    result, requests = vertex(tmp_path, "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----", {})
    assert (outcome(result), requests) == ("missing_credential/credentials_file", [])
    assert "canary" not in repr(result)


def test_foreign_token_uri_requires_approval(account: tuple[str, bytes], tmp_path: Path) -> None:
    result, requests = vertex(tmp_path, account[0], {}, "https://evil.example/token")
    assert (outcome(result), requests) == ("not_checkable/consent", [])
    assert outcome(vertex(tmp_path, account[0], {}, "http://evil.example/token")[0]) == "not_checkable/bad_url"


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{}",
        b'{"type": "authorized_user"}',
        b"x" * 100_000,
        b'{"type": "service_account", "client_email": 1}',
    ],
)
def test_unusable_credentials_file(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "sa.json").write_bytes(content)
    made = backend(
        "vertexai",
        "openai",
        gcp_project_id="shop-1",
        gcp_location="global",
        gcp_credentials_file_path=str(tmp_path / "sa.json"),
    )
    report = report_on(tmp_path, made)
    assert outcome(run_plans(plan_checks(report.catalog, None, PlanOptions(TrustAll()))).only) == (
        "missing_credential/credentials_file"
    )


@pytest.mark.parametrize(
    ("fields", "expected", "field"),
    [
        ({"gcp_project_id": ""}, "not_checkable/no_field", "gcp_project_id"),
        ({"gcp_project_id": "${PROJECT_OF_NOBODY}"}, "missing_credential/unset", ""),
        ({"gcp_project_id": "Shop 1"}, "not_checkable/no_field", "gcp_project_id"),
        ({"gcp_location": "evil.example/"}, "not_checkable/no_field", "gcp_location"),
        ({"gcp_credentials_file_path": ""}, "not_checkable/no_field", "gcp_credentials_file_path"),
    ],
)
def test_vertex_verdicts(fields: dict[str, str], expected: str, field: str, tmp_path: Path) -> None:
    complete = {"gcp_project_id": "shop-1", "gcp_location": "global", "gcp_credentials_file_path": "sa.json"}
    report = report_on(tmp_path, backend("vertexai", "openai", **{**complete, **fields}))
    (plan,) = plan_checks(report.catalog, None, PlanOptions(TrustAll()))
    assert (outcome(run_plans([plan]).only), plan.wrong_field) == (expected, field)


def test_global_vertex_location_has_its_own_host_and_a_note(account: tuple[str, bytes], tmp_path: Path) -> None:
    info = {"type": "service_account", "client_email": "robot@shop.example", "private_key": account[0]}
    (tmp_path / "sa.json").write_text(json.dumps(info))
    fields = {"gcp_project_id": "shop-1", "gcp_location": "global", "gcp_credentials_file_path": f"{tmp_path}/sa.json"}
    report = report_on(tmp_path, backend("vertexai", "openai", endpoint="https://elsewhere.example", **fields))
    (plan,) = plan_checks(report.catalog, None, PlanOptions(TrustAll()))
    assert [one.address.host for one in plan.requests] == ["oauth2.googleapis.com", "aiplatform.googleapis.com"]
    assert any("global-aiplatform.googleapis.com" in note for note in plan.notes)
    assert any("endpoint in the tree is ignored" in note for note in plan.notes)


def test_missing_extra_is_reported(account: tuple[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("botocore", "google.auth"):
        monkeypatch.setitem(sys.modules, module, None)
    result, _, _, _ = bedrock(tmp_path, ROUTES, **KEYS)
    assert (outcome(result), result.texts[1]) == ("not_checkable/missing_extra", "pip install 'pipedeck[bedrock]'")
    result, _ = vertex(tmp_path, account[0], {})
    assert (outcome(result), result.texts[1]) == ("not_checkable/missing_extra", "pip install 'pipedeck[vertex]'")
