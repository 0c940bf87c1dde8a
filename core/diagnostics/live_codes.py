"""Diagnostics of live checks: answers of providers, from `validate --live`, `check` and the `t` key."""

from __future__ import annotations

from core.diagnostics.diagnostic import Check, Diagnostic, Severity

_OUTSIDE = "the cause is at the provider or on the network, not in the tree"
_FAILS = "Calls to this backend's models fail."


def _status(
    name: str, meaning: str, fix: str, *, severity: Severity = Severity.ERROR, reason: str = _FAILS, example: str
) -> Diagnostic:
    return Diagnostic(f"live-{name}", severity, Check.BACKENDS, meaning, reason, example, fix, _OUTSIDE)


LIVE_MISSING_CREDENTIAL = _status(
    "missing-credential",
    "A backend was not asked: its key is missing or not usable.",
    "Set the variable that the backend needs.",
    example="OPENAI_API_KEY is not set",
)
LIVE_UNAUTHORIZED = _status(
    "unauthorized",
    "The provider refuses the key.",
    "Set a valid key of this provider.",
    example="401 Unauthorized: invalid API key",
)
LIVE_FORBIDDEN = _status(
    "forbidden",
    "The provider accepts the key, but not this request.",
    "Check the key's permissions, region and network rules at the provider.",
    example="403 Forbidden: the key may not list models",
)
LIVE_NOT_FOUND = _status(
    "not-found",
    "The endpoint answers, but has no such path or model.",
    "Check the path of the endpoint and its api_version.",
    example="404 Not Found for https://api.example.com/models",
)
LIVE_RATE_LIMITED = _status(
    "rate-limited",
    "The provider accepts the key, but limits the requests, or the quota is used up.",
    "Wait and repeat the check; for a used-up quota look at the credit at the provider.",
    severity=Severity.WARNING,
    reason="Calls fail until the limit resets. A used-up quota is an error, as it does not reset by itself.",
    example="429 Too Many Requests",
)
LIVE_SERVER_ERROR = _status(
    "server-error",
    "The provider fails with an error of its own.",
    "Repeat the check after a while; see the provider's status page.",
    severity=Severity.WARNING,
    reason="Calls fail until the provider recovers.",
    example="503 Service Unavailable",
)
LIVE_TIMEOUT = _status(
    "timeout",
    "The provider did not answer in time.",
    "Repeat the check, with a longer `--timeout` if needed; check the network.",
    severity=Severity.WARNING,
    reason="Calls may fail or be slow.",
    example="connected, but no answer within 10 seconds",
)
LIVE_DNS = _status(
    "dns",
    "The host of the endpoint does not exist.",
    "Correct the host's spelling; check the network.",
    example='endpoint = "https://api.opnai.com/v1"',
)
LIVE_REFUSED = _status(
    "refused",
    "The host refuses the connection.",
    "Start the server, or correct host and port; check the proxy.",
    example="nothing listens on localhost:11434",
)
LIVE_TLS = _status(
    "tls",
    "No secure connection can be made.",
    "Check host and port; name your CA file in SSL_CERT_FILE or with `--ca-file`.",
    example="the certificate has expired",
)
LIVE_BAD_RESPONSE = _status(
    "bad-response",
    "The endpoint answers, but not as this provider does.",
    "Correct the endpoint; look for a login page or a proxy in between.",
    example="an HTML page in place of JSON",
)
LIVE_NOT_CHECKABLE = _status(
    "not-checkable",
    "A backend was not asked: its endpoint is missing or unsafe, or its key was never sent to this host.",
    "Correct the endpoint, or confirm the host with `check --trust VARIABLE=HOST`.",
    severity=Severity.WARNING,
    reason="Whether calls succeed is unknown.",
    example='endpoint = "not an address"',
)
LIVE_MODEL_NOT_SERVED = Diagnostic(
    "live-model-not-served",
    Severity.ERROR,
    Check.MODELS,
    "The provider does not list a model that the tree declares.",
    "Calls to it fail, and so do references that resolve to it.",
    'model_id = "gpt-4-0314", which the provider no longer lists',
    "Correct the model_id, or repoint its references and remove it.",
    "a replacement is your choice; the app offers what the provider lists",
)
LIVE_MODEL_UNLISTED = Diagnostic(
    "live-model-unlisted",
    Severity.WARNING,
    Check.MODELS,
    "A server that may serve more models than it lists does not list a model that the tree declares.",
    "Calls to it may fail.",
    'model_id = "llama3", which a server of unknown make does not list',
    "Test the model with `check --model NAME`, or correct its model_id.",
    "only a call shows whether the server takes the name",
)
LIVE_MODEL_NOTICE = Diagnostic(
    "live-model-notice",
    Severity.WARNING,
    Check.MODELS,
    "The provider lists a model with a notice, such as its last day.",
    "Calls succeed today, but may fail in future.",
    "deprecated, ends on 2027-01-31",
    "Plan a replacement.",
    "a replacement is your choice",
)

BY_STATUS = {
    diagnostic.code.removeprefix("live-").replace("-", "_"): diagnostic
    for diagnostic in (
        LIVE_MISSING_CREDENTIAL,
        LIVE_UNAUTHORIZED,
        LIVE_FORBIDDEN,
        LIVE_NOT_FOUND,
        LIVE_RATE_LIMITED,
        LIVE_SERVER_ERROR,
        LIVE_TIMEOUT,
        LIVE_DNS,
        LIVE_REFUSED,
        LIVE_TLS,
        LIVE_BAD_RESPONSE,
        LIVE_NOT_CHECKABLE,
    )
}
"""The diagnostic of each status of a live check that is a problem."""
