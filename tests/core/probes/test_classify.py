"""The classification of error answers: quota messages first, then error codes, then the HTTP status."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.probes.answer import Answer
from core.probes.check_status import CheckStatus, Finding, Reason, describe
from core.probes.classify import CLASSIFIERS, by_status, message_of
from core.providers.provider import Provider
from core.providers.table import (
    ANTHROPIC,
    AZURE,
    BEDROCK,
    COMPATIBLE,
    FAL,
    GOOGLE,
    GROQ,
    HUGGING_FACE,
    LINKUP,
    MINIMAX,
    MISTRAL,
    OLLAMA,
    OPENAI,
    OPENROUTER,
    PORTKEY,
    PROVIDERS,
    SCALEWAY,
    VERTEX,
    XAI,
)


def an_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers or {}, raw, None if isinstance(body, bytes) else body, None, 0.1, 0.1)


def meaning(provider: Provider, status: int, body: object, headers: Mapping[str, str] | None = None) -> str:
    answer = an_answer(status, body, headers)
    finding = CLASSIFIERS[provider.errors](answer) or by_status(answer)
    return finding.status.value + (f"/{finding.reason.value}" if finding.reason is not None else "")


def error(message: str = "", **more: object) -> dict[str, object]:
    return {"error": {"message": message, **more}}


CASES: list[tuple[Provider, int, object, str]] = [
    (OPENAI, 401, error("Incorrect API key provided: sk-ab***yz.", code="invalid_api_key"), "unauthorized"),
    (
        OPENAI,
        401,
        error("You have insufficient permissions for this operation. Missing scopes: api.model.read."),
        "forbidden/missing_scope",
    ),
    (OPENAI, 403, error("Country, region, or territory not supported", code="x"), "forbidden/region"),
    (OPENAI, 401, error("Your IP 10.0.0.1 is not authorized"), "forbidden/ip"),
    (OPENAI, 429, error("You exceeded your current quota", code="insufficient_quota"), "rate_limited/quota"),
    (OPENAI, 429, error("Rate limit reached", code="rate_limit_exceeded"), "rate_limited"),
    (OPENAI, 404, error("The model `x` does not exist", code="model_not_found"), "not_found/model"),
    (OPENAI, 500, error("The server had an error"), "server_error"),
    (ANTHROPIC, 401, error("invalid x-api-key", type="authentication_error"), "unauthorized"),
    (ANTHROPIC, 403, error("no", type="permission_error"), "forbidden"),
    (ANTHROPIC, 402, error("pay", type="billing_error"), "rate_limited/quota"),
    (
        ANTHROPIC,
        400,
        error("Your credit balance is too low to access the API.", type="invalid_request_error"),
        "rate_limited/quota",
    ),
    (ANTHROPIC, 404, error("model: x", type="not_found_error"), "not_found"),
    (ANTHROPIC, 529, error("Overloaded", type="overloaded_error"), "server_error/overloaded"),
    (ANTHROPIC, 504, error("late", type="timeout_error"), "timeout/upstream"),
    (MINIMAX, 200, {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "rate_limited/quota"),
    (MINIMAX, 200, {"base_resp": {"status_code": 2061, "status_msg": "not on this plan"}}, "forbidden"),
    (MINIMAX, 500, {"base_resp": {"status_code": 1033}}, "server_error"),
    (MINIMAX, 200, {"base_resp": {"status_code": 4242}}, "bad_response"),
    (AZURE, 401, error("Access denied due to invalid subscription key or wrong API endpoint."), "unauthorized"),
    (AZURE, 404, error("no such", code="DeploymentNotFound"), "not_found/model"),
    (AZURE, 404, error("Resource not found", code="404"), "not_found/path"),
    (AZURE, 403, error("Access denied due to Virtual Network/Firewall rules."), "forbidden/ip"),
    (BEDROCK, 403, {"message": "The security token included in the request is invalid."}, "forbidden"),
    (BEDROCK, 403, b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>", "unauthorized"),
    (BEDROCK, 400, {"__type": "com.amazon#IncompleteSignatureException"}, "unauthorized"),
    (
        BEDROCK,
        403,
        {"__type": "SignatureDoesNotMatch", "message": "Signature expired: 1 is now 2"},
        "unauthorized/clock",
    ),
    (BEDROCK, 429, {"__type": "ThrottlingException"}, "rate_limited"),
    (MISTRAL, 401, {"message": "Unauthorized"}, "unauthorized"),
    (MISTRAL, 402, {"message": "pay"}, "rate_limited/quota"),
    (
        GOOGLE,
        400,
        error("API key not valid.", status="INVALID_ARGUMENT", details=[{"reason": "API_KEY_INVALID"}]),
        "unauthorized",
    ),
    (GOOGLE, 403, error("Method doesn't allow unregistered callers"), "unauthorized"),
    (
        GOOGLE,
        403,
        error("not enabled", status="PERMISSION_DENIED", details=[{"reason": "SERVICE_DISABLED"}]),
        "forbidden/service_off",
    ),
    (GOOGLE, 403, error("x", details=[{"reason": "API_KEY_HTTP_REFERRER_BLOCKED"}]), "forbidden/blocked"),
    (GOOGLE, 403, error("x", details=[{"reason": "API_KEY_IP_ADDRESS_BLOCKED"}]), "forbidden/ip"),
    (GOOGLE, 429, error("Quota exceeded", status="RESOURCE_EXHAUSTED"), "rate_limited"),
    (GOOGLE, 429, error("check your plan and billing details", status="RESOURCE_EXHAUSTED"), "rate_limited/quota"),
    (GOOGLE, 404, error("not found for API version", status="NOT_FOUND"), "not_found"),
    (GOOGLE, 503, error("busy", status="UNAVAILABLE"), "server_error"),
    (VERTEX, 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, "unauthorized"),
    (VERTEX, 400, {"error": "invalid_grant", "error_description": "Token used too early"}, "unauthorized/clock"),
    (VERTEX, 401, {"error": "invalid_client"}, "unauthorized"),
    (XAI, 400, {"code": "x", "error": "Incorrect API key provided: xa***."}, "unauthorized"),
    (XAI, 403, {"code": "x", "error": "Your team is blocked"}, "forbidden/blocked"),
    (XAI, 200, {"api_key_blocked": True}, "forbidden/blocked"),
    (GROQ, 498, error("flex"), "bad_response"),
    (OLLAMA, 404, {"error": "model 'x' not found"}, "not_found/model"),
    (OPENROUTER, 401, error("User not found.", metadata={"error_type": "authentication"}), "unauthorized"),
    (OPENROUTER, 402, error("more credits", metadata={"error_type": "payment_required"}), "rate_limited/quota"),
    (OPENROUTER, 403, error("no", metadata={"error_type": "permission_denied"}), "forbidden"),
    (PORTKEY, 412, {"status": "failure", "message": "Budget exhausted"}, "rate_limited/quota"),
    (PORTKEY, 412, error("no", code="model_not_allowed_error"), "forbidden"),
    (PORTKEY, 408, {"message": "late"}, "timeout/upstream"),
    (SCALEWAY, 422, {"detail": "Model Not Found"}, "not_found/model"),
    (HUGGING_FACE, 402, {"error": "pay"}, "rate_limited/quota"),
    (FAL, 403, {"detail": "User is locked. Reason: Exhausted balance."}, "rate_limited/quota"),
    (LINKUP, 403, {"error": {"code": "IP_NOT_WHITELISTED", "message": "no"}}, "forbidden/ip"),
    (LINKUP, 429, {"error": {"code": "INSUFFICIENT_FUNDS_CREDITS"}}, "rate_limited/quota"),
    (LINKUP, 429, {"error": {"code": "TOO_MANY_REQUESTS"}}, "rate_limited"),
    (LINKUP, 504, {"error": {"code": "REQUEST_DEADLINE_EXCEEDED"}}, "timeout/upstream"),
    # A LiteLLM proxy without a database, a proxy in between, a login page.
    (COMPATIBLE, 400, error("No connected db.", type="no_db_connection"), "unauthorized"),
    (COMPATIBLE, 407, b"proxy", "refused/proxy_key"),
    (COMPATIBLE, 302, b"", "bad_response/redirect"),
    (COMPATIBLE, 405, b"", "not_found"),
]


@pytest.mark.parametrize(("provider", "status", "body", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_finding_of_an_answer(provider: Provider, status: int, body: object, expected: str) -> None:
    if isinstance(provider, Provider):
        assert meaning(provider, status, body) == expected


def test_error_code_in_a_header() -> None:
    headers = {"x-amzn-errortype": "AccessDeniedException:http://internal.amazon.com/coral/"}
    assert meaning(BEDROCK, 400, {"message": "no"}, headers) == "forbidden"


def test_unreachable_server_is_not_reported_as_a_bad_key() -> None:
    for status in (
        CheckStatus.DNS,
        CheckStatus.REFUSED,
        CheckStatus.TLS,
        CheckStatus.TIMEOUT,
        CheckStatus.SERVER_ERROR,
    ):
        assert "key" not in describe(Finding(status))[0]


def test_every_status_and_reason_has_a_message() -> None:
    for status in CheckStatus:
        for reason in (None, *Reason):
            message, _ = describe(Finding(status, reason), variable="{host}", host="{variable}")
            assert message


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "a\n\tb"}}, "a b"),
        ({"error": "text"}, "text"),
        ({"message": "m"}, "m"),
        ({"detail": "d"}, "d"),
        ({"error": {"message": "x" * 900}}, "x" * 900),
        (b"plain words", "plain words"),
        (b"<html><head><title>Sign in</title></head></html>", "Sign in"),
        (b"<html><body>lots of markup</body></html>", ""),
        ({"odd": 1}, ""),
    ],
)
def test_the_message_of_an_error(body: object, expected: str) -> None:
    assert message_of(an_answer(400, body)) == expected


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "message", "code", "type", "details", "data", "base_resp", "status_code", "reason"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(body=JSON_VALUES, status=st.integers(100, 999), provider=st.sampled_from(PROVIDERS))
def test_classifiers_accept_any_answer(body: object, status: int, provider: Provider) -> None:
    answer = an_answer(status, body)
    finding = CLASSIFIERS[provider.errors](answer)
    assert finding is None or isinstance(finding, Finding)
    assert isinstance(by_status(answer), Finding)


@given(body=JSON_VALUES, provider=st.sampled_from(PROVIDERS))
def test_parsers_accept_any_answer(body: object, provider: Provider) -> None:
    from core.probes import list_parsers
    from core.probes.list_parsers import ListFormatError

    for parse in {list_parsers.PARSERS[request.format] for request in provider.requests} | {
        list_parsers.bedrock_models,
        list_parsers.fal,
        list_parsers.bedrock_profiles,
        list_parsers.vertex,
    }:
        try:
            page = parse(body)
        except ListFormatError:
            continue
        assert all(model.id for model in page.models)
