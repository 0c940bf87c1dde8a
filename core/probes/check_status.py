"""The status and reason of a check, with a message and a hint for each."""

from __future__ import annotations

from enum import StrEnum

from core.records import dataclass


class CheckStatus(StrEnum):
    """What came of asking a backend."""

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
    """Why a status is what it is, where more is known: it decides the advice."""

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
    # On the way.
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
    # What the answer says.
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

    `detail` is what the other side said of it, to be scrubbed and made safe before anybody sees it.
    """

    status: CheckStatus
    reason: Reason | None = None
    detail: str = ""


FAILING_UNSENT = frozenset(
    {
        Reason.BAD_URL,
        Reason.NO_ENDPOINT,
        Reason.NO_FIELD,
        Reason.PLAIN_HTTP,
        Reason.SECRET_IN_URL,
        Reason.ADDRESS,
        Reason.CONSENT,
        Reason.INTERNAL,
    }
)
"""Reasons for which a backend could not be asked and that are somebody's to mend."""


def is_good(finding: Finding) -> bool:
    """Whether the provider answered as it should."""
    return finding.status is CheckStatus.OK


def is_bad(finding: Finding) -> bool:
    """Whether somebody has to do something: not good, and not merely something that cannot be asked."""
    if finding.status is CheckStatus.NOT_CHECKABLE:
        return finding.reason in FAILING_UNSENT
    return finding.status is not CheckStatus.OK


_S, _R = CheckStatus, Reason

# Every piece of advice holds wherever it is read, so that options stand with the command whose they are.
_ONE_MODEL = "try one model: check --model NAME"
_LONGER = "ask again, or give it longer: check --timeout S"

_WORDS: dict[tuple[CheckStatus, Reason | None], tuple[str, str]] = {
    (_S.OK, None): ("reached, and the key is good", ""),
    (_S.OK, _R.NO_KEY): ("reached; it wants no key", ""),
    (_S.OK, _R.KEY_UNPROVEN): ("reached; whether it takes the key is not proven by this", _ONE_MODEL),
    (_S.MISSING_CREDENTIAL, None): ("a variable it needs is not set", "set {variable} in the shell or in ./.env"),
    (_S.MISSING_CREDENTIAL, _R.PLACEHOLDER): (
        "{variable} begins with `placeholder`: it is not really set",
        "give {variable} its real value",
    ),
    (_S.MISSING_CREDENTIAL, _R.NO_KEY): (
        "the backend names no key",
        'write api_key = "${NAME}" in its table and set that variable',
    ),
    (_S.MISSING_CREDENTIAL, _R.CREDENTIALS_FILE): (
        "the credentials file cannot be used",
        "name a Google service account's JSON file that you may read",
    ),
    (_S.UNAUTHORIZED, None): ("the key is refused", "put a valid key of this provider in {variable}"),
    (_S.UNAUTHORIZED, _R.BAD_KEY_FORMAT): (
        "the value of {variable} cannot be a key: it holds blanks, line ends or characters that no header may hold",
        "set {variable} again, without anything around the key",
    ),
    (_S.UNAUTHORIZED, _R.CLOCK): ("the signature is out of time", "set this machine's clock"),
    (_S.FORBIDDEN, None): ("the key is known, but may not do this", "look at the key's permissions at the provider"),
    (_S.FORBIDDEN, _R.MISSING_SCOPE): (
        "the key is good, but it lacks the right to list models",
        f"give the key that right, or {_ONE_MODEL}",
    ),
    (_S.FORBIDDEN, _R.BLOCKED): ("the key or its team is blocked", "unblock it at the provider"),
    (_S.FORBIDDEN, _R.SERVICE_OFF): (
        "the service is not enabled for this project",
        "enable it in the provider's console",
    ),
    (_S.FORBIDDEN, _R.IP): ("this machine's address is not allowed", "allow it at the provider, or ask from elsewhere"),
    (_S.FORBIDDEN, _R.IN_BETWEEN): (
        "something before the provider lets nobody through from here",
        "is a firewall, a VPN or a proxy in between?",
    ),
    (_S.FORBIDDEN, _R.REGION): ("the provider does not serve this country or region", "choose a region that it serves"),
    (_S.NOT_FOUND, None): ("the address answers, but not here", "look at the path of the endpoint"),
    (_S.NOT_FOUND, _R.NO_LIST_ENDPOINT): (
        "it answers, but lists no models; that does not mean it is down",
        f"{_ONE_MODEL}; --deep tries each",
    ),
    (_S.NOT_FOUND, _R.MODEL): ("it does not know this model", "look at its name, or at what the provider lists"),
    (_S.NOT_FOUND, _R.PATH): ("it answers, but knows no such path", "look at the endpoint and at api_version"),
    (_S.RATE_LIMITED, None): ("reached, and the key is good, but it is asked too often", "wait, and ask again"),
    (_S.RATE_LIMITED, _R.QUOTA): (
        "reached, and the key is good, but there is no money or quota left",
        "look at the credit and limits at the provider",
    ),
    (_S.SERVER_ERROR, None): ("the provider itself fails", "ask again later; see its status page"),
    (_S.SERVER_ERROR, _R.OVERLOADED): ("the provider is overloaded", "ask again later"),
    (_S.TIMEOUT, None): ("no answer in time", _LONGER),
    (_S.TIMEOUT, _R.LOOK_UP): ("looking up the host's name took too long", "look at this machine's name servers"),
    (_S.TIMEOUT, _R.CONNECT): ("nobody takes the connection", "is the host up, and not behind a firewall?"),
    (_S.TIMEOUT, _R.HANDSHAKE): (
        "connected, but no secure connection comes about",
        f"is this an http port? Else {_LONGER}",
    ),
    (_S.TIMEOUT, _R.WAITING): ("connected, but no answer in time", _LONGER),
    (_S.TIMEOUT, _R.BODY): ("the answer came too slowly", _LONGER),
    (_S.TIMEOUT, _R.DEADLINE): (
        "not finished when the time for all was up",
        "ask it alone, or: check --deadline S",
    ),
    (_S.TIMEOUT, _R.UPSTREAM): ("the gateway waited in vain for the provider behind it", "ask again later"),
    (_S.DNS, None): ("there is no host of this name", "look at the host's spelling, and at your network"),
    (_S.REFUSED, None): ("nobody listens there", "is it running, and is the port right?"),
    (_S.REFUSED, _R.PROXY): ("the proxy refuses, or cannot reach it", "look at the proxy's address and password"),
    (_S.TLS, None): ("no secure connection could be made", "is this an https port?"),
    (_S.TLS, _R.EXPIRED): ("its certificate has expired", "tell whoever runs it; look at this machine's clock"),
    (_S.TLS, _R.WRONG_HOST): ("its certificate is for another host", "look at the host's spelling"),
    (_S.TLS, _R.UNTRUSTED): (
        "its certificate is signed by nobody known here",
        "name the file of the authority that signed it in SSL_CERT_FILE, or with check --ca-file",
    ),
    (_S.BAD_RESPONSE, None): ("it answers, but not as this provider does", "look at the endpoint"),
    (_S.BAD_RESPONSE, _R.REDIRECT): ("it sends elsewhere, where no key is sent to", "write the right endpoint"),
    (_S.BAD_RESPONSE, _R.TOO_LARGE): ("the answer is too large to be one", "look at the endpoint"),
    (_S.BAD_RESPONSE, _R.ENCODING): ("the answer cannot be unpacked", "look at the endpoint"),
    (_S.BAD_RESPONSE, _R.NOT_JSON): ("the answer is no JSON: a login page, or a wrong path?", "look at the endpoint"),
    (_S.BAD_RESPONSE, _R.SHAPE): ("the answer is not a list of models", "look at the endpoint"),
    (_S.BAD_RESPONSE, _R.RESET): ("the connection broke off", "ask again; is something between here and there?"),
    (_S.BAD_RESPONSE, _R.INTERNAL): ("pipedeck failed at this answer", "please report this"),
    (_S.NOT_CHECKABLE, None): ("there is nothing to ask", ""),
    (_S.NOT_CHECKABLE, _R.INTERNAL): ("pipedeck failed before it could ask", "please report this"),
    (_S.NOT_CHECKABLE, _R.IN_PROCESS): ("runs inside Pipelex: there is nobody to ask", ""),
    (_S.NOT_CHECKABLE, _R.NOT_A_LANGUAGE_MODEL): (
        "only language models are tried: pictures, documents and searches cost more than a word",
        "",
    ),
    (_S.NOT_CHECKABLE, _R.UNKNOWN_SDK): ("its sdk is not known here", ""),
    (_S.NOT_CHECKABLE, _R.BAD_URL): ("its endpoint is no address", 'write endpoint = "https://HOST/..."'),
    (_S.NOT_CHECKABLE, _R.NO_ENDPOINT): ("it needs an endpoint, and has none", 'write endpoint = "https://HOST/..."'),
    (_S.NOT_CHECKABLE, _R.NO_FIELD): (
        "it needs `{field}`, and has none that can be used",
        "write {field} in its table",
    ),
    (_S.NOT_CHECKABLE, _R.SECRET_IN_URL): (
        "a secret stands where it would be seen on the way: in its address, or for the name of a model",
        "keep keys in api_key, and everything else without them",
    ),
    (_S.NOT_CHECKABLE, _R.PLAIN_HTTP): (
        "a key is sent by https, or within this machine, only",
        "use https, or a tunnel: ssh -L PORT:localhost:PORT HOST",
    ),
    (_S.NOT_CHECKABLE, _R.ADDRESS): ("its address is one that is never asked (link-local)", "look at the endpoint"),
    (_S.NOT_CHECKABLE, _R.CONSENT): (
        "{variable} was never sent to {host} before",
        "if that is right: check --trust {variable}={host}",
    ),
    (_S.NOT_CHECKABLE, _R.MISSING_EXTRA): (
        "it needs a library that is not installed",
        "pip install 'pipedeck[{extra}]'",
    ),
    (_S.CANCELLED, None): ("cancelled", ""),
}


def describe(finding: Finding, **names: str) -> tuple[str, str]:
    """What was found and what to do about it, as two phrases. `names` fills `variable`, `host`, `field`, `extra`."""
    key = (finding.status, finding.reason)
    said, advice = _WORDS.get(key) or _WORDS[(finding.status, None)]
    known = {
        "variable": "the variable",
        "host": "the host",
        "field": "a field",
        "extra": "",
        **{k: v for k, v in names.items() if v},
    }
    return _filled(said, known), _filled(advice, known)


def _filled(text: str, names: dict[str, str]) -> str:
    # Not str.format: names come from files and may hold braces.
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text
