"""The status and reason of a check, with a message and a hint for each."""

from __future__ import annotations

from enum import StrEnum

from core.records import dataclass


class CheckStatus(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    MISSING_CREDENTIAL = "missing_credential"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    BAD_RESPONSE = "bad_response"
    NOT_CHECKABLE = "not_checkable"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """The reason of a status, where known. It determines the hint."""

    # Before anything is sent.
    UNSET = "unset"
    PLACEHOLDER = "placeholder"
    NO_KEY = "no_key"
    BAD_KEY_FORMAT = "bad_key_format"
    BAD_URL = "bad_url"
    NO_ENDPOINT = "no_endpoint"
    NO_FIELD = "no_field"
    PLAIN_HTTP = "plain_http"
    SECRET_IN_URL = "secret_in_url"
    ADDRESS = "address"
    CONSENT = "consent"
    MISSING_EXTRA = "missing_extra"
    CREDENTIALS_FILE = "credentials_file"
    IN_PROCESS = "in_process"
    UNKNOWN_SDK = "unknown_sdk"
    NOT_A_LANGUAGE_MODEL = "not_a_language_model"
    # During the request.
    LOOK_UP = "look_up"
    CONNECT = "connect"
    HANDSHAKE = "handshake"
    WAITING = "waiting"
    BODY = "body"
    DEADLINE = "deadline"
    UPSTREAM = "upstream"
    PROXY = "proxy"
    RESET = "reset"
    EXPIRED = "expired"
    WRONG_HOST = "wrong_host"
    UNTRUSTED = "untrusted"
    # In the response.
    KEY_UNPROVEN = "key_unproven"
    QUOTA = "quota"
    MISSING_SCOPE = "missing_scope"
    BLOCKED = "blocked"
    SERVICE_OFF = "service_off"
    IP = "ip"
    REGION = "region"
    IN_BETWEEN = "in_between"
    CLOCK = "clock"
    MODEL = "model"
    PATH = "path"
    NO_LIST_ENDPOINT = "no_list_endpoint"
    OVERLOADED = "overloaded"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NOT_JSON = "not_json"
    SHAPE = "shape"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Finding:
    """A status with its reason.

    `detail` is the server's message, to be scrubbed and passed through `core.safe_text.safe` before display.
    """

    status: CheckStatus
    reason: Reason | None = None
    detail: str = ""


_S, _R = CheckStatus, Reason
_FIXABLE = frozenset({_R.BAD_URL, _R.NO_ENDPOINT, _R.NO_FIELD, _R.PLAIN_HTTP, _R.SECRET_IN_URL, _R.ADDRESS, _R.CONSENT})
"""Reasons of an impossible check that the user can fix."""


def is_good(finding: Finding) -> bool:
    """Whether the provider responded as expected."""
    return finding.status is CheckStatus.OK


def is_bad(finding: Finding) -> bool:
    """Whether action is needed: neither a success nor a backend without anything to check."""
    if finding.status is CheckStatus.NOT_CHECKABLE:
        return finding.reason in _FIXABLE or finding.reason is Reason.INTERNAL
    return finding.status is not CheckStatus.OK


# Hints are shown by several commands, so that options are given with their command.
_ONE_MODEL = "test one model: check --model NAME"
_LONGER = "retry, or raise the timeout: check --timeout S"

_TEXTS: dict[tuple[CheckStatus, Reason | None], tuple[str, str]] = {
    (_S.OK, None): ("reached, key valid", ""),
    (_S.OK, _R.NO_KEY): ("reached; no key needed", ""),
    (_S.OK, _R.KEY_UNPROVEN): ("reached; the key is not verified by this request", _ONE_MODEL),
    (_S.MISSING_CREDENTIAL, None): ("a required variable is not set", "set {variable} in the shell or in ./.env"),
    (_S.MISSING_CREDENTIAL, _R.PLACEHOLDER): (
        "{variable} has a placeholder value",
        "set {variable} to the real value",
    ),
    (_S.MISSING_CREDENTIAL, _R.NO_KEY): (
        "the backend has no key",
        'write api_key = "${NAME}" in its table and set that variable',
    ),
    (_S.MISSING_CREDENTIAL, _R.CREDENTIALS_FILE): (
        "the credentials file is not usable",
        "use a readable JSON file of a Google service account",
    ),
    (_S.UNAUTHORIZED, None): ("the key is rejected", "set {variable} to a valid key of this provider"),
    (_S.UNAUTHORIZED, _R.BAD_KEY_FORMAT): (
        "the value of {variable} is not a valid key: it contains spaces, line breaks or non-ASCII characters",
        "set {variable} to the key alone",
    ),
    (_S.UNAUTHORIZED, _R.CLOCK): ("the signature is expired or not yet valid", "correct the clock of this machine"),
    (_S.FORBIDDEN, None): (
        "the key is valid, but lacks the permission",
        "check the permissions of the key at the provider",
    ),
    (_S.FORBIDDEN, _R.MISSING_SCOPE): (
        "the key is valid, but lacks the permission to list models",
        f"grant the permission, or {_ONE_MODEL}",
    ),
    (_S.FORBIDDEN, _R.BLOCKED): ("the key or its team is blocked", "unblock it at the provider"),
    (_S.FORBIDDEN, _R.SERVICE_OFF): (
        "the service is not enabled for this project",
        "enable it in the provider's console",
    ),
    (_S.FORBIDDEN, _R.IP): (
        "the IP address of this machine is not allowed",
        "allow it at the provider, or use another network",
    ),
    (_S.FORBIDDEN, _R.IN_BETWEEN): (
        "a gateway in front of the provider blocks this machine",
        "check for a firewall, VPN or proxy",
    ),
    (_S.FORBIDDEN, _R.REGION): ("the provider does not serve this country or region", "choose a supported region"),
    (_S.NOT_FOUND, None): ("the server responds, but not at this path", "check the path of the endpoint"),
    (_S.NOT_FOUND, _R.NO_LIST_ENDPOINT): (
        "the server responds, but has no list of models",
        f"{_ONE_MODEL}; --deep tests each",
    ),
    (_S.NOT_FOUND, _R.MODEL): ("unknown model", "check the model id against the list of the provider"),
    (_S.NOT_FOUND, _R.PATH): ("the server responds, but does not know the path", "check the endpoint and api_version"),
    (_S.RATE_LIMITED, None): ("reached, key valid, but the rate limit is exceeded", "wait, then retry"),
    (_S.RATE_LIMITED, _R.QUOTA): (
        "reached, key valid, but no credit or quota is left",
        "check the credit and limits at the provider",
    ),
    (_S.SERVER_ERROR, None): ("the provider has an internal error", "retry later; see its status page"),
    (_S.SERVER_ERROR, _R.OVERLOADED): ("the provider is overloaded", "retry later"),
    (_S.TIMEOUT, None): ("no response in time", _LONGER),
    (_S.TIMEOUT, _R.LOOK_UP): ("the host name lookup timed out", "check the DNS servers of this machine"),
    (_S.TIMEOUT, _R.CONNECT): (
        "the connection attempt timed out",
        "check that the host is up and not behind a firewall",
    ),
    (_S.TIMEOUT, _R.HANDSHAKE): (
        "connected, but the TLS handshake timed out",
        f"check whether it is an http port; else {_LONGER}",
    ),
    (_S.TIMEOUT, _R.WAITING): ("connected, but no response in time", _LONGER),
    (_S.TIMEOUT, _R.BODY): ("the response was too slow", _LONGER),
    (_S.TIMEOUT, _R.DEADLINE): (
        "not finished before the deadline of the run",
        "check it alone, or raise the deadline: check --deadline S",
    ),
    (_S.TIMEOUT, _R.UPSTREAM): ("the provider behind the gateway did not respond", "retry later"),
    (_S.DNS, None): ("unknown host name", "check the spelling of the host, and the network"),
    (_S.REFUSED, None): ("connection refused", "check that the server is running and the port is right"),
    (_S.REFUSED, _R.PROXY): (
        "the proxy refused the connection or could not reach the host",
        "check the address and password of the proxy",
    ),
    (_S.TLS, None): ("the TLS connection failed", "check that the port serves https"),
    (_S.TLS, _R.EXPIRED): ("the certificate has expired", "report it to the operator; check the clock of this machine"),
    (_S.TLS, _R.WRONG_HOST): ("the certificate is for another host", "check the spelling of the host"),
    (_S.TLS, _R.UNTRUSTED): (
        "the certificate is signed by an unknown authority",
        "set SSL_CERT_FILE or check --ca-file to the certificate file of the authority",
    ),
    (_S.BAD_RESPONSE, None): ("the response does not have the format of this provider", "check the endpoint"),
    (_S.BAD_RESPONSE, _R.REDIRECT): (
        "the server redirects; keys are not sent to the new address",
        "correct the endpoint",
    ),
    (_S.BAD_RESPONSE, _R.TOO_LARGE): ("the response is too large", "check the endpoint"),
    (_S.BAD_RESPONSE, _R.ENCODING): ("the response cannot be decompressed", "check the endpoint"),
    (_S.BAD_RESPONSE, _R.NOT_JSON): ("the response is not JSON, but maybe a login page", "check the endpoint"),
    (_S.BAD_RESPONSE, _R.SHAPE): ("the response is not a list of models", "check the endpoint"),
    (_S.BAD_RESPONSE, _R.RESET): ("the connection was closed", "retry; check for a proxy in between"),
    (_S.BAD_RESPONSE, _R.INTERNAL): ("pipedeck failed to process this response", "please report this"),
    (_S.NOT_CHECKABLE, None): ("nothing to check", ""),
    (_S.NOT_CHECKABLE, _R.INTERNAL): ("pipedeck failed to plan this check", "please report this"),
    (_S.NOT_CHECKABLE, _R.IN_PROCESS): ("runs inside Pipelex, nothing to check", ""),
    (_S.NOT_CHECKABLE, _R.NOT_A_LANGUAGE_MODEL): (
        "only language models can be tested: images, documents and searches cost more than a word",
        "",
    ),
    (_S.NOT_CHECKABLE, _R.UNKNOWN_SDK): ("unknown sdk", ""),
    (_S.NOT_CHECKABLE, _R.BAD_URL): ("the endpoint is not a valid address", 'write endpoint = "https://HOST/..."'),
    (_S.NOT_CHECKABLE, _R.NO_ENDPOINT): ("the endpoint is missing", 'write endpoint = "https://HOST/..."'),
    (_S.NOT_CHECKABLE, _R.NO_FIELD): (
        "`{field}` is missing or invalid",
        "set {field} in the table of the backend",
    ),
    (_S.NOT_CHECKABLE, _R.SECRET_IN_URL): (
        "a secret is part of the address or of a model name, where it would be exposed",
        "write keys in api_key only",
    ),
    (_S.NOT_CHECKABLE, _R.PLAIN_HTTP): (
        "keys are sent over https or to this machine only",
        "use https, or a tunnel: ssh -L PORT:localhost:PORT HOST",
    ),
    (_S.NOT_CHECKABLE, _R.ADDRESS): ("the address is blocked (link-local)", "check the endpoint"),
    (_S.NOT_CHECKABLE, _R.CONSENT): (
        "{variable} was never sent to {host} before",
        "to approve it: check --trust {variable}={host}",
    ),
    (_S.NOT_CHECKABLE, _R.MISSING_EXTRA): (
        "a required library is not installed",
        "pip install 'pipedeck[{extra}]'",
    ),
    (_S.CANCELLED, None): ("cancelled", ""),
}


def describe(finding: Finding, **names: str) -> tuple[str, str]:
    """The message and the hint of a finding. `names` fills `variable`, `host`, `field` and `extra`."""
    message, hint = _TEXTS.get((finding.status, finding.reason)) or _TEXTS[(finding.status, None)]
    for name, default in (("variable", "the variable"), ("host", "the host"), ("field", "a field"), ("extra", "")):
        # Not str.format: names come from files and may contain braces.
        value = names.get(name) or default
        message, hint = message.replace("{" + name + "}", value), hint.replace("{" + name + "}", value)
    return message, hint
