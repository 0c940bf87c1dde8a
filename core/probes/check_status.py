"""The status and reason of a check, with a message and a hint for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

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
    SECRETS_ELSEWHERE = "secrets_elsewhere"
    ROLE = "role"
    NO_KEY = "no_key"
    BAD_KEY_FORMAT = "bad_key_format"
    BAD_URL = "bad_url"
    NO_ENDPOINT = "no_endpoint"
    NO_FIELD = "no_field"
    PLAIN_HTTP = "plain_http"
    SECRET_IN_URL = "secret_in_url"
    ADDRESS = "address"
    CONSENT = "consent"
    OPEN_HOST = "open_host"
    UNSPECIFIED = "unspecified"
    MISSING_EXTRA = "missing_extra"
    CREDENTIALS_FILE = "credentials_file"
    IN_PROCESS = "in_process"
    UNKNOWN_SDK = "unknown_sdk"
    NOT_A_LANGUAGE_MODEL = "not_a_language_model"
    # During the request.
    LOOK_UP = "look_up"
    CONNECT = "connect"
    HANDSHAKE = "handshake"
    RESPONSE = "response"
    BODY = "body"
    DEADLINE = "deadline"
    UPSTREAM = "upstream"
    PROXY = "proxy"
    PROXY_HOST = "proxy_host"
    PROXY_KEY = "proxy_key"
    PROXY_REFUSES = "proxy_refuses"
    PROXY_UPSTREAM = "proxy_upstream"
    PROXY_UNUSED = "proxy_unused"
    SOCKS = "socks"
    RESET = "reset"
    EXPIRED = "expired"
    WRONG_HOST = "wrong_host"
    UNTRUSTED = "untrusted"
    NO_ROUTE = "no_route"
    NAME_SERVER = "name_server"
    PLAIN_PORT = "plain_port"
    SECURE_PORT = "secure_port"
    CLIENT_CERTIFICATE = "client_certificate"
    HTTP2_ONLY = "http2_only"
    OTHER_PROTOCOL = "other_protocol"
    # In the response.
    KEY_UNPROVEN = "key_unproven"
    ANSWERED = "answered"
    BASIC_AUTH = "basic_auth"
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
    LISTS_ELSEWHERE = "lists_elsewhere"
    LOADING = "loading"
    GATEWAY = "gateway"
    NO_ANSWER = "no_answer"
    CUT_OFF = "cut_off"
    OVERLOADED = "overloaded"
    REDIRECT = "redirect"
    REDIRECT_LOOP = "redirect_loop"
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


_R = Reason
_FIXABLE = frozenset(
    {
        _R.BAD_URL,
        _R.PATH,
        _R.NO_ENDPOINT,
        _R.NO_FIELD,
        _R.PLAIN_HTTP,
        _R.SECRET_IN_URL,
        _R.ADDRESS,
        _R.CONSENT,
        _R.OPEN_HOST,
        _R.UNSPECIFIED,
        _R.PROXY,
    }
)
"""Reasons of an impossible check that the user can fix."""


def is_good(finding: Finding) -> bool:
    """Whether the provider responded as expected."""
    return finding.status is CheckStatus.OK


def is_bad(finding: Finding) -> bool:
    """Whether action is needed: neither a success nor a backend without anything to check."""
    if finding.status is CheckStatus.NOT_CHECKABLE:
        return finding.reason in _FIXABLE or finding.reason is Reason.INTERNAL
    return finding.status is not CheckStatus.OK


# Hints are shown by several commands, so they name options with their command.
_ROWS = """\
ok | reached, key valid
ok no_key | reached; no key needed
ok answered | reached; a model answered
ok key_unproven | reached; the key is not verified by this request | test one model: check --model NAME
missing_credential | a required variable is not set | set {variable} in the shell or in {dotenv}
missing_credential placeholder | {variable} has a placeholder value | set {variable} to the real value
missing_credential no_key | the backend has no key | write api_key = "${NAME}" in its table and set that variable
missing_credential credentials_file | the credentials file is not usable \
| use a readable JSON file of a Google service account
unauthorized | the key is rejected | set {variable} to a valid key of this provider
unauthorized no_key | the server requires a key, and this backend names none \
| write api_key = "${NAME}" in its table and set that variable
unauthorized basic_auth | a gateway in front of the server requires a user name and a password \
| ask its operator for an address without them; Pipelex sends keys only
unauthorized bad_key_format | the value of {variable} is not a valid key: \
it contains spaces, line breaks or non-ASCII characters | set {variable} to the key alone
unauthorized clock | the signature is expired or not yet valid | correct the clock of this machine
forbidden | the server refuses the request | check the permissions of the key at the provider; it may be wrong too
forbidden missing_scope | the key is valid, but lacks the permission to list models \
| grant the permission, or test one model: check --model NAME
forbidden blocked | the key or its team is blocked | unblock it at the provider
forbidden service_off | the service is not enabled for this project | enable it in the provider's console
forbidden ip | the IP address of this machine is not allowed | allow it at the provider, or use another network
forbidden in_between | a gateway in front of the provider blocks this machine | check for a firewall, VPN or proxy
forbidden region | the provider does not serve this country or region | choose a supported region
not_found | the server responds, but not at this path | check the path of the endpoint
not_found no_list_endpoint | the server responds, but has no list of models \
| test one model: check --model NAME; --deep tests each
not_found lists_elsewhere | there is nothing at this path, but a list of models at {detail} \
| did you mean endpoint = "{detail}"?
not_found model | unknown model | check the model id against the list of the provider
not_found path | the server responds, but does not know the path | check the endpoint and api_version
rate_limited | reached, but the rate limit is exceeded; this does not verify the key | wait, then retry
rate_limited quota | reached, but no credit or quota is left; this does not verify the key \
| check the credit and limits at the provider
server_error | the provider has an internal error | retry after a while; see its status page
server_error loading | the server is loading the model | wait until it is loaded, then retry
server_error gateway | the gateway responds, but not the server behind it \
| start the server behind it, or check its logs
server_error overloaded | the provider is overloaded | retry after a while
timeout | no response in time | retry, or raise the timeout: check --timeout S
timeout look_up | the host name lookup timed out | check the DNS servers of this machine
timeout connect | the connection attempt timed out | check that the host is up and not behind a firewall
timeout proxy | the proxy did not connect in time | check the address of the proxy and whether it reaches the host; \
NO_PROXY excludes a host from it
timeout handshake | connected, but the TLS handshake timed out \
| check whether it is an http port; else retry, or raise the timeout: check --timeout S
timeout response | connected, but no response in time | retry, or raise the timeout: check --timeout S
timeout body | the response was too slow | retry, or raise the timeout: check --timeout S
timeout deadline | not finished before the deadline of the run \
| check it alone, or raise the deadline: check --deadline S
timeout upstream | the provider behind the gateway did not respond | retry after a while
dns | unknown host name | check the spelling of the host, and the network
dns proxy_unused | unknown host name | use the proxy for this host too, or check the spelling and the network
dns name_server | the name server does not respond, so that the host is not looked up \
| check the network and the DNS servers of this machine
refused no_route | there is no route to the host | check the network or VPN, and the IP address
refused | connection refused | check that the server is running and the port is right
refused proxy | the proxy itself does not respond | check the address of the proxy and whether it runs; \
NO_PROXY excludes a host, check --proxy off all
refused proxy_host | the host of the proxy is unknown | check the spelling of the proxy's address, and the network
refused proxy_key | the proxy requires a user name and a password, or refuses them (407) \
| write them in the proxy's address: http://USER:PASSWORD@HOST:PORT
refused proxy_refuses | the proxy refuses to connect to this host | ask its operator to allow the host; \
NO_PROXY excludes a host from the proxy
refused proxy_upstream | the proxy responds, but cannot reach the host \
| check the spelling of the host; if it is in your own network, exclude it by NO_PROXY
tls | the TLS connection failed | check that the port serves https
tls expired | the certificate has expired | report it to the operator; check the clock of this machine
tls wrong_host | the certificate is for another host | check the spelling of the host
tls untrusted | the certificate is signed by an unknown authority \
| set SSL_CERT_FILE or check --ca-file to the certificate file of the authority
tls plain_port | the port serves http, not https | write endpoint = "http://...", or the port that serves https
tls client_certificate | the server requires a certificate of the client, which Pipelex does not send \
| ask its operator for an address without one
tls http2_only | the server speaks HTTP/2 only, Pipelex's client HTTP/1.1 | turn on HTTP/1.1 at the server
bad_response secure_port | the port serves https, not http | write endpoint = "https://..."
bad_response client_certificate | the server requires a certificate of the client, which Pipelex does not send \
| ask its operator for an address without one
bad_response other_protocol | the port speaks no HTTP/1.1, but perhaps TLS or HTTP/2 \
| if it serves https, write endpoint = "https://..."; else turn on HTTP/1.1 at the server
bad_response http2_only | the server speaks HTTP/2 only, Pipelex's client HTTP/1.1 | turn on HTTP/1.1 at the server
bad_response no_answer | the response is not that of a model | check the endpoint, and the server's own log
bad_response cut_off | the model's answer is cut off or held back, and Pipelex takes no text from it \
| check the limits and filters of the server
bad_response | the response does not have the format of this provider | check the endpoint
bad_response redirect | the server redirects to another origin; no key is sent there | correct the endpoint
bad_response redirect_loop | the server redirects in a circle, or to no address | correct the endpoint
bad_response too_large | the response is too large | check the endpoint
bad_response encoding | the response cannot be decompressed | check the endpoint
bad_response not_json | the response is not JSON, but maybe a login page | check the endpoint
bad_response shape | the response is not a list of models | check the endpoint
bad_response reset | the connection was closed | retry; check for a proxy in between
bad_response internal | pipedeck failed to process this response | please report this
not_checkable | nothing to check
not_checkable secrets_elsewhere | {variable} is a secret that a plugin of Pipelex provides: its value is unknown here
not_checkable role | only a role, or a profile that Amazon's client asks, could give the credentials
not_checkable internal | pipedeck failed to plan this check | please report this
not_checkable in_process | runs inside Pipelex, nothing to check
not_checkable not_a_language_model | only language models can be tested: \
images, documents and searches cost more than a word
not_checkable unknown_sdk | unknown sdk
not_checkable bad_url | no valid address | correct the endpoint
not_checkable path | a call would not reach the provider | correct the endpoint
not_checkable no_endpoint | the endpoint is missing | write endpoint = "https://HOST/..."
not_checkable no_field | `{field}` is missing or invalid | set {field} in the table of the backend
not_checkable secret_in_url | a secret is part of the address or of a model name, where it would be exposed \
| write keys in api_key only
not_checkable plain_http | keys are sent over https, or to this machine and the local network only \
| use https, or a tunnel: ssh -L PORT:localhost:PORT HOST
not_checkable open_host | {variable} would be sent to {host} without encryption \
| to approve it: check --allow-host {host}; or use a tunnel: ssh -L PORT:localhost:PORT {host}
not_checkable unspecified | {host} is the address that a server listens on, not one to call \
| write 127.0.0.1; or to ask it all the same: check --allow-host {host}
not_checkable proxy | no client can be built with this proxy: Pipelex's calls fail too \
| correct {variable}; check --proxy off asks without it
not_checkable socks | this proxy works for Pipelex only | check --proxy off asks without it
not_checkable address | the address is blocked (link-local) | check the endpoint
not_checkable consent | {variable} was never sent to {host} before | to approve it: check --trust {variable}={host}
not_checkable missing_extra | a required library is not installed | pip install 'pipedeck[{extra}]'
cancelled | cancelled
"""
"""The status, reason, message and hint of each finding."""


@cache
def _texts() -> Mapping[tuple[CheckStatus, Reason | None], tuple[str, str]]:
    return dict(map(_parse, _ROWS.splitlines()))


def _parse(row: str) -> tuple[tuple[CheckStatus, Reason | None], tuple[str, str]]:
    key, message, hint = (*map(str.strip, row.split("|")), "")[:3]
    status, _, reason = key.partition(" ")
    return (CheckStatus(status), Reason(reason) if reason else None), (message, hint)


def describe(finding: Finding, **names: str) -> tuple[str, str]:
    """The message and the hint of a finding. `names` fills `variable`, `host`, `field`, `extra`, `dotenv`."""
    message, hint = _texts().get((finding.status, finding.reason)) or _texts()[(finding.status, None)]
    names["detail"] = finding.detail
    for name, default in (
        ("variable", "the variable"),
        ("host", "the host"),
        ("field", "a field"),
        ("extra", ""),
        ("dotenv", "./.env"),
        ("detail", "another path"),
    ):
        # Not str.format: names come from files and may contain braces.
        value = names.get(name) or default
        message, hint = message.replace("{" + name + "}", value), hint.replace("{" + name + "}", value)
    return message, hint
