"""The classification of answers: a quota message decides first, then the error code, then the HTTP status."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.probes.answer import Answer
from core.probes.check_status import CheckStatus, Finding, Reason
from core.providers.provider import ErrorFormat

Classifier = Callable[[Answer], Finding | None]
"""Classifies an answer of a provider; None if it has no known code or message."""

_S, _R = CheckStatus, Reason

_MEANINGS: Final[Sequence[tuple[CheckStatus, Reason | None, str]]] = (
    # `no_db_connection`: LiteLLM without a database, for every key but the master key.
    (
        _S.UNAUTHORIZED,
        None,
        "invalid_api_key authentication_error authentication invalid_authentication_error unauthenticated"
        " api_key_invalid no_db_connection unrecognizedclientexception invalidclienttokenid"
        " invalidsignatureexception signaturedoesnotmatch incompletesignature incompletesignatureexception"
        " missingauthenticationtoken expiredtoken expiredtokenexception invalid_grant invalid_client invalid_token"
        " unauthorized",
    ),
    (
        _S.FORBIDDEN,
        None,
        "permission_error permission_denied accessdeniedexception accessdenied model_not_allowed_error",
    ),
    (_S.FORBIDDEN, _R.BLOCKED, "api_key_service_blocked api_key_http_referrer_blocked"),
    (_S.FORBIDDEN, _R.IP, "api_key_ip_address_blocked ip_not_whitelisted"),
    (_S.FORBIDDEN, _R.SERVICE_OFF, "service_disabled"),
    (_S.FORBIDDEN, _R.REGION, "unsupported_country_region_territory"),
    (_S.FORBIDDEN, _R.MISSING_SCOPE, "missing_scope"),
    (
        _S.RATE_LIMITED,
        _R.QUOTA,
        "insufficient_quota credit_balance_exhausted billing_error payment_required insufficient_funds_credits"
        " exceed_budget_limit budget_exceeded servicequotaexceededexception",
    ),
    (
        _S.RATE_LIMITED,
        None,
        "rate_limit_exceeded rate_limit_error resource_exhausted throttlingexception throttling too_many_requests",
    ),
    (_S.NOT_FOUND, _R.MODEL, "model_not_found deploymentnotfound unknown_model"),
    (_S.NOT_FOUND, None, "not_found_error not_found resourcenotfoundexception"),
    (_S.SERVER_ERROR, _R.OVERLOADED, "overloaded_error"),
    (_S.SERVER_ERROR, None, "api_error unavailable"),
    (_S.TIMEOUT, _R.UPSTREAM, "timeout_error request_deadline_exceeded deadline_exceeded"),
)
"""The error codes in bodies and headers, in lower case, by meaning. A code means the same at every provider."""
_CODES: Final = {code: (status, reason) for status, reason, codes in _MEANINGS for code in codes.split()}

_HTTP_STATUSES: Final[Mapping[int, tuple[CheckStatus, Reason | None]]] = {
    401: (_S.UNAUTHORIZED, None),
    402: (_S.RATE_LIMITED, _R.QUOTA),
    403: (_S.FORBIDDEN, None),
    **dict.fromkeys((404, 405, 410), (_S.NOT_FOUND, None)),
    407: (_S.REFUSED, _R.PROXY_KEY),
    **dict.fromkeys((408, 504), (_S.TIMEOUT, _R.UPSTREAM)),
    429: (_S.RATE_LIMITED, None),
    451: (_S.FORBIDDEN, _R.REGION),
    529: (_S.SERVER_ERROR, _R.OVERLOADED),
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_QUOTA = re.compile(
    r"exceeded your current quota|insufficient[ _](?:quota|balance|funds|credits?)|credit balance|spend(?:ing)? limit|"
    r"billing|payment required|budget (?:has been )?exce|out of credits|no credits",
    re.IGNORECASE,
)
_SCOPE = re.compile(r"missing scopes?|insufficient permissions|lacks? the .{0,40}permission", re.IGNORECASE)
_REGION = re.compile(r"(?:country|region|territory|location)[^.]{0,40} (?:is )?not supported", re.IGNORECASE)
_IP_ADDRESS = re.compile(r"\bip\b.{0,60} not (?:authorized|allowed|whitelisted)", re.IGNORECASE)
_CLOCK = re.compile(r"signature (?:expired|not yet current)|clock|token .{0,20}used too early", re.IGNORECASE)
_BAD_KEY = re.compile(
    r"(?:incorrect|invalid|wrong|malformed|unknown|expired|revoked|bad)[^.]{0,20} (?:api[ _-]?|access )?(?:key|token)|"
    r"\b(?:api[ _-]?key|access token|token|virtual key)[^.]{0,20}"
    r" (?:not (?:valid|found|recogni[sz]ed)|invalid|incorrect|expired|revoked|unknown)|"
    r"(?:invalid|bad|wrong) (?:credentials|authorization)|authentication (?:failed|error)",
    re.IGNORECASE,
)
_WANTS_KEY = re.compile(
    r"(?:no|missing|without)[^.]{0,20} (?:api[ _-]?)?(?:key|token|credentials)|"
    r"(?:api[ _-]?key|authorization)[^.]{0,20} (?:required|missing|not provided)|not authenticated",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"(?:invalid|unknown|no such) model\b|\bmodel [^.]{0,80}(?:does not exist|not (?:exist|found|available|supported))",
    re.IGNORECASE,
)
_LOADING = re.compile(r"\b(?:loading|warming up|starting up)\b", re.IGNORECASE)
_CERTIFICATE = re.compile(r"no required ssl certificate|client certificate|ssl certificate error", re.IGNORECASE)
_SECURE_PORT = re.compile(r"plain http request was sent to https port|http request to an https server", re.IGNORECASE)


def common(answer: Answer) -> Finding | None:
    """The finding by codes and messages common to all providers; None if none is known."""
    if 200 <= answer.status < 300:
        return None
    message = message_of(answer)
    status, reason = next((_CODES[code] for code in map(str.lower, codes_of(answer)) if code in _CODES), (None, None))
    if status is not _S.UNAUTHORIZED and answer.status in (400, 402, 403, 412, 429) and _QUOTA.search(message):
        return Finding(_S.RATE_LIMITED, _R.QUOTA, message)
    if answer.status in (400, 401, 403):
        # OpenAI reports a key that lacks a scope with the status of a wrong key.
        for pattern, cause in ((_SCOPE, _R.MISSING_SCOPE), (_REGION, _R.REGION), (_IP_ADDRESS, _R.IP)):
            if pattern.search(message):
                return Finding(_S.FORBIDDEN, cause, message)
        if _CLOCK.search(message):
            return Finding(_S.UNAUTHORIZED, _R.CLOCK, message)
    if answer.status in (400, 403) and status in (None, _S.FORBIDDEN) and reason is None and _BAD_KEY.search(message):
        return Finding(_S.UNAUTHORIZED, None, message)
    if answer.status == 503 and _LOADING.search(message):
        return Finding(_S.SERVER_ERROR, _R.LOADING, message)
    if answer.status in (400, 404, 422) and status in (None, _S.NOT_FOUND) and _NO_MODEL.search(message):
        return Finding(_S.NOT_FOUND, _R.MODEL, message)
    return Finding(status, reason, message) if status is not None else None


def google(answer: Answer) -> Finding | None:
    """A wrong key is reported as 400 INVALID_ARGUMENT with the reason in `details`, a missing key as 403."""
    finding = common(answer)
    if finding is None and answer.status == 403 and "unregistered callers" in message_of(answer):
        return Finding(_S.UNAUTHORIZED, None, message_of(answer))
    return finding


def azure(answer: Answer) -> Finding | None:
    """A 404 without `DeploymentNotFound` means a wrong `api_version` or path, not a missing model."""
    finding = common(answer)
    if answer.status == 404 and (finding is None or finding.reason is not _R.MODEL):
        return Finding(_S.NOT_FOUND, _R.PATH, message_of(answer))
    if answer.status == 403 and re.search(r"firewall|virtual network|network", message_of(answer), re.IGNORECASE):
        return Finding(_S.FORBIDDEN, _R.IP, message_of(answer))
    return finding


_MINIMAX: Final[Mapping[int, tuple[CheckStatus, Reason | None]]] = {
    **dict.fromkeys((1004, 2049), (_S.UNAUTHORIZED, None)),
    1008: (_S.RATE_LIMITED, _R.QUOTA),
    1002: (_S.RATE_LIMITED, None),
    2061: (_S.FORBIDDEN, None),
    **dict.fromkeys((1000, 1024, 1033), (_S.SERVER_ERROR, None)),
}


def minimax(answer: Answer) -> Finding | None:
    """Anthropic's errors, and codes in `base_resp`, also under HTTP 200."""
    data = answer.data
    native = data.get("base_resp") if isinstance(data, Mapping) else None
    code = native.get("status_code") if isinstance(native, Mapping) else None
    if isinstance(code, int) and code != 0:
        status, reason = _MINIMAX.get(code, (_S.BAD_RESPONSE, None))
        return Finding(status, reason, message_of(answer))
    return common(answer)


def xai(answer: Answer) -> Finding | None:
    """A wrong key is documented with 400; the answer 200 on a key may report it as blocked."""
    flags = ("api_key_blocked", "api_key_disabled", "team_blocked")
    if isinstance(answer.data, Mapping) and any(answer.data.get(flag) is True for flag in flags):
        return Finding(_S.FORBIDDEN, _R.BLOCKED)
    if answer.status == 403 and re.search(r"blocked|disabled", message_of(answer), re.IGNORECASE):
        return Finding(_S.FORBIDDEN, _R.BLOCKED, message_of(answer))
    return common(answer)


def scaleway(answer: Answer) -> Finding | None:
    """Classify a 422 answer, which reports an unknown model."""
    if answer.status == 422 and "model" in message_of(answer).lower():
        return Finding(_S.NOT_FOUND, _R.MODEL, message_of(answer))
    return common(answer)


def portkey(answer: Answer) -> Finding | None:
    """412 is a disallowed model or an exhausted budget; 408 is a timeout of the provider behind it."""
    if answer.status == 412:
        return common(answer) or Finding(_S.RATE_LIMITED, _R.QUOTA, message_of(answer))
    return common(answer)


def fal(answer: Answer) -> Finding | None:
    """403 is also documented for an exhausted balance."""
    message = message_of(answer)
    if answer.status == 403 and re.search(r"balance|credit|exhausted", message, re.IGNORECASE):
        return Finding(_S.RATE_LIMITED, _R.QUOTA, message)
    return common(answer)


CLASSIFIERS: Mapping[ErrorFormat, Classifier] = {
    "common": common,
    "azure": azure,
    "fal": fal,
    "google": google,
    "minimax": minimax,
    "portkey": portkey,
    "scaleway": scaleway,
    "xai": xai,
}
"""The classifier of each format that a row of the provider table names."""


def refusal(answer: Answer) -> Finding:
    """The finding of an HTTP 2xx answer with an error instead of a list."""
    return common(replace(answer, status=400)) or Finding(_S.BAD_RESPONSE, _R.SHAPE, message_of(answer))


def holds_error(data: object) -> bool:
    """Whether an answer contains an error, under any HTTP status."""
    table = _error_table(data)
    return isinstance(table, Mapping) and bool(table.get("error"))


def _is_page(answer: Answer) -> bool:
    """Whether an answer is an HTML page, which comes from a gateway and not from a provider's API."""
    return answer.data is None and bool(re.match(rb"\s*<(?:!doctype )?html", answer.body[:200], re.IGNORECASE))


def by_status(answer: Answer) -> Finding:
    """The finding by the HTTP status alone."""
    status, message = answer.status, message_of(answer)
    page = message if not _is_page(answer) else answer.body[:4096].decode("utf-8", "replace")
    if 200 <= status < 300:
        return Finding(_S.BAD_RESPONSE, answer.bad)
    if status == 400 and _SECURE_PORT.search(page):
        return Finding(_S.BAD_RESPONSE, _R.SECURE_PORT)
    if status in (400, 495, 496) and _CERTIFICATE.search(page):
        return Finding(_S.BAD_RESPONSE, _R.CLIENT_CERTIFICATE)
    if status in (426, 505):
        return Finding(_S.BAD_RESPONSE, _R.HTTP2_ONLY)
    if status == 401 and answer.headers.get("www-authenticate", "").lower().startswith("basic"):
        return Finding(_S.UNAUTHORIZED, _R.BASIC_AUTH)
    if status in (502, 503, 504) and (_is_page(answer) or not answer.body):
        return Finding(_S.SERVER_ERROR, _R.GATEWAY, message)
    if 300 <= status < 400:
        return Finding(_S.BAD_RESPONSE, _R.REDIRECT if status in _REDIRECTS else None)
    if status == 403 and _is_page(answer):
        return Finding(_S.FORBIDDEN, _R.IN_BETWEEN, message)
    if status in _HTTP_STATUSES:
        return Finding(*_HTTP_STATUSES[status], message)
    if status >= 500:
        return Finding(_S.SERVER_ERROR, None, message)
    return Finding(_S.BAD_RESPONSE, None, message)


def wants_key(answer: Answer) -> bool:
    """Whether a refusal says that no key was sent."""
    return bool(_WANTS_KEY.search(message_of(answer)))


def _error_table(data: object) -> object:
    """The answer, or the first table of a list: Google's compatible address sends errors in a list."""
    return next((item for item in data if isinstance(item, Mapping)), None) if isinstance(data, list) else data


def codes_of(answer: Answer) -> Iterator[str]:
    """Every possible error code of an answer, most specific first."""
    # `AccessDeniedException:http://internal.amazon.com/...`
    yield answer.headers.get("x-amzn-errortype", "").partition(":")[0]
    data = _error_table(answer.data)
    if not isinstance(data, Mapping):
        match = re.search(rb"<Code>(\w{1,80})</Code>", answer.body[:4096])
        if match:
            yield match[1].decode("ascii", "replace")
        return
    kind = data.get("__type")
    if isinstance(kind, str):
        yield kind.rpartition("#")[2]
    error = data.get("error")
    if isinstance(error, str):
        yield error
    tables: list[Mapping[str, object]] = [item for item in (error, data) if isinstance(item, Mapping)]
    for table in tables:
        details, metadata = table.get("details"), table.get("metadata")
        listed = details if isinstance(details, list) else []
        codes: list[object] = [detail.get("reason") for detail in listed if isinstance(detail, Mapping)]
        codes.append(metadata.get("error_type") if isinstance(metadata, Mapping) else None)
        codes += [table.get(key) for key in ("code", "type", "status", "error_type", "Code")]
        yield from (code for code in codes if isinstance(code, str))


def message_of(answer: Answer) -> str:
    """The message of an error as sent, at most 2000 characters, to be scrubbed before display."""
    return " ".join(_message(answer)[:2000].split())


def _message(answer: Answer) -> str:
    data = _error_table(answer.data)
    if not isinstance(data, Mapping):
        return _plain(answer) if answer.data is None else ""
    for table in (data.get("error"), data, data.get("base_resp"), data.get("errors")):
        text = _first_message(table, 0)
        if text:
            return text
    return ""


_MESSAGE_KEYS: Final = (
    "message",
    "Message",
    "msg",
    "error_description",
    "detail",
    "details",
    "error_msg",
    "status_msg",
    "reason",
    "title",
    "error",
)
_MAX_LEVELS: Final = 4


def _first_message(node: object, level: int) -> str:
    """The first message in an error: a text, a table with one, or a list of either."""
    if isinstance(node, str):
        return node if level else ""
    if level > _MAX_LEVELS:
        return ""
    if isinstance(node, list):
        return next((text for item in node[:5] if (text := _first_message(item, level + 1))), "")
    if isinstance(node, Mapping):
        return next((text for key in _MESSAGE_KEYS if (text := _first_message(node.get(key), level + 1))), "")
    return ""


def _plain(answer: Answer) -> str:
    """The text of an answer without JSON: the message or title of XML and HTML."""
    text = answer.body[:4096].decode("utf-8", "replace")
    match = re.search(r"<(?:Message|title)>([^<]{1,300})</", text, re.IGNORECASE)
    if match:
        return match[1]
    return "" if text.lstrip()[:1] == "<" else text
