"""Addresses, secrets, untrusted JSON, model ids and network errors, on unusual input."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import socket
import ssl
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.probes import served_models
from core.probes.address import Address, parse_address, private_parts, without_parts
from core.probes.answer import MAX_DEPTH, Answer, BadJsonError, read_json
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.network_errors import network_finding
from core.probes.redirects import cookies_of
from core.probes.secret import Scrubber, Secret, fits_a_header
from core.probes.served_models import IdMatching, Served
from core.secret_texts import HIDDEN

# ---- addresses


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com", "/v1"),
        ("HTTPS://API.OpenAI.com:443", "https://api.openai.com", ""),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080", "/v1/"),
        ("http://[::1]:8080", "http://[::1]:8080", ""),
        ("https://bücher.example/", "https://xn--bcher-kva.example", "/"),
        # A Cyrillic letter shows that it is one.
        ("https://api.\u043epenai.com/v1", "https://api.xn--penai-iye.com", "/v1"),
        ("http://my_service:4000", "http://my_service:4000", ""),
        # As the clients send them: without a fragment, percent-encoded, without dots.
        ("https://host/v1#x", "https://host", "/v1"),
        ("https://host/\u00e9t\u00e9/v1", "https://host", "/%C3%A9t%C3%A9/v1"),
        ("https://host/a/../v1/./x/%7Eb%zz", "https://host", "/v1/x/%7Eb%25zz"),
        ("https://host/../../v1", "https://host", "/v1"),
    ],
)
def test_addresses(text: str, origin: str, path: str) -> None:
    address = parse_address(text)
    assert isinstance(address, Address)
    assert (address.origin, address.path) == (origin, path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.BAD_URL),
        ("api.openai.com/v1", Reason.BAD_URL),
        ("ftp://host/", Reason.BAD_URL),
        ("https://", Reason.BAD_URL),
        ("https:///v1", Reason.BAD_URL),
        ("https://host:99999/", Reason.BAD_URL),
        ("https://host:0/", Reason.BAD_URL),
        ("https://host name/", Reason.BAD_URL),
        ("https://host/a b", Reason.BAD_URL),
        ("https://host/\n", Reason.BAD_URL),
        ("https://host\\@evil.example/", Reason.SECRET_IN_URL),
        ("https://host\\evil.example/", Reason.BAD_URL),
        ("https://host/v1?key=1", Reason.BAD_URL),
        ("https://user:word@host/", Reason.SECRET_IN_URL),
        ("https://..", Reason.BAD_URL),
        ("https://[::1", Reason.BAD_URL),
        ("https://[gg::1]/", Reason.BAD_URL),
        ("https://" + "a" * 64 + "é.example", Reason.BAD_URL),
        ("http://169.254.169.254/latest", Reason.ADDRESS),
        ("http://[fe80::1]/", Reason.ADDRESS),
        ("http://[::ffff:169.254.169.254]/", Reason.ADDRESS),
        ("http://metadata.google.internal/", Reason.ADDRESS),
    ],
)
def test_invalid_addresses(text: str, reason: Reason) -> None:
    assert parse_address(text) is reason


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("http://localhost:1", True),
        ("http://a.localhost", True),
        ("http://127.9.9.9", True),
        ("http://[::1]", True),
        ("https://x.example", True),
        ("http://x.example", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.1", False),
        ("http://2130706433", False),
        ("http://192.168.1.2", False),
    ],
)
def test_addresses_that_are_safe_for_keys(text: str, safe: bool) -> None:
    address = parse_address(text)
    assert isinstance(address, Address)
    assert address.safe_for_keys is safe


@given(st.text(max_size=60) | st.text("htps:/.@[]?#%0a1", max_size=40).map(lambda text: "http" + text))
def test_any_text_is_parsed_as_an_address_without_an_exception(text: str) -> None:
    address = parse_address(text)
    if isinstance(address, Address):
        assert parse_address(address.origin + address.path) == address


# ---- secrets

KEY = "sk-canary/0123+456=789~abc"


def test_secret_is_hidden_in_every_representation() -> None:
    secret = Secret(KEY)
    for shown in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        repr([secret]),
        repr({1: secret}),
    ):
        assert "canary" not in shown
    for spread in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as caught:
            spread(secret)
        assert "canary" not in str(caught.value)
    assert secret == Secret(KEY)
    assert secret.reveal() == KEY


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        KEY.upper(),
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode(),
        KEY.encode().hex(),
        f"Bearer {KEY}",
    ],
)
def test_known_secret_is_scrubbed_in_every_encoding(form: str) -> None:
    clean = Scrubber([Secret(KEY)])(f"you sent {form}, which is wrong")
    assert "canary" not in clean.lower()
    assert form not in clean
    assert clean.startswith("you sent ")
    assert clean.endswith(", which is wrong")


def test_texts_like_keys_are_scrubbed_and_names_are_not() -> None:
    scrub = Scrubber()
    for key in ("sk-proj-abcdefgh12345678", "Aa1" * 8, "AKIAABCDEFGHIJKLMNOP", "sk-ab****wxyz", "0123456789abcdef0123"):
        assert key not in scrub(f"key {key} is wrong")
    for name in (
        "claude-sonnet-4-5-20250929",
        "us.anthropic.claude-opus-4-1-20250805-v1:0",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "fal-ai/flux-pro/v1.1-ultra",
    ):
        assert scrub(f"no model {name}") == f"no model {name}"


def test_short_secrets_are_not_scrubbed() -> None:
    assert Scrubber([Secret("the")])("the key is the wrong one") == "the key is the wrong one"
    assert HIDDEN in Scrubber([Secret("letmein")])("letmein")


@pytest.mark.parametrize(("key", "fits"), [("sk-1", True), ("", False), ("a b", False), ("a\n", False), ("é", False)])
def test_values_that_fit_a_header(key: str, fits: bool) -> None:
    assert fits_a_header(key) is fits


# ---- JSON of strangers


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1,]", b'"\xff"', b"[" * 400_000, b"[" * 501 + b"]" * 501, b"[}", b"{]", b"9" * 20_000, b"]["]
)
def test_invalid_json_error_does_not_repeat_the_input(body: bytes) -> None:
    with pytest.raises(BadJsonError) as caught:
        read_json(body)
    assert len(str(caught.value)) < 60
    assert caught.value.__cause__ is None


def test_valid_json_is_parsed_with_any_strings() -> None:
    deep: object = 'end [[[[{{{{ \\" ]'
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert read_json(json.dumps(deep).encode()) == deep
    assert read_json(b"\xef\xbb\xbf[NaN, Infinity]") == [None, None]


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('\\"[]{} a', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('\\"[]{}a', max_size=4), inner, max_size=4),
)


@given(Json)
@example("\\")
@example({'\\"': ['\\\\"', "["]})
def test_any_json_value_is_parsed_unchanged(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200) | st.text('[]{}"\\,:1ntru', max_size=60).map(str.encode))
def test_any_bytes_are_parsed_or_rejected(body: bytes) -> None:
    try:
        read_json(body)
    except BadJsonError:
        return
    assert json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None) == read_json(body)


# ---- names


def same(how: IdMatching, declared: str, served: str, *aliases: str) -> str | None:
    """The remark with which a declared id counts as a served one; None when it does not."""
    matches = set(how.served(Served(served, aliases=aliases)))
    return next(
        (expected.note for expected in how.declared(declared) if expected.name in matches and expected.counts), None
    )


@pytest.mark.parametrize(
    ("how", "declared", "served", "expected"),
    [
        (served_models.EXACT, "gpt-5", "gpt-5", ""),
        (served_models.EXACT, "gpt-5", "gpt-5-2025-08-07", None),
        (served_models.GOOGLE, "gemini-2.5-pro", "models/gemini-2.5-pro", ""),
        (served_models.COMPATIBLE, "llama3", "models/llama3", ""),
        (served_models.COMPATIBLE, "models/llama3", "llama3", ""),
        (served_models.COMPATIBLE, "mine", "tunedModels/mine", ""),
        (served_models.COMPATIBLE, "models/llama3", "models/llama3", ""),
        (served_models.COMPATIBLE, "llama3", "other/llama3", None),
        (served_models.COMPATIBLE, "llama3", "models/llama3.1", None),
        (served_models.GOOGLE, "models/gemini-2.5-pro", "models/gemini-2.5-pro", ""),
        (served_models.VERTEX, "google/gemini-2.5-pro", "publishers/google/models/gemini-2.5-pro", ""),
        (served_models.VERTEX, "gemini-2.5-pro", "publishers/google/models/gemini-2.5-pro", ""),
        (served_models.OLLAMA, "llama4", "llama4:latest", ""),
        (served_models.OLLAMA, "Gemma4:26B", "gemma4:26b", ""),
        (served_models.OLLAMA, "llama4:8b", "llama4:latest", None),
        (served_models.OLLAMA, "hf.co/org/model:q4", "hf.co/org/model:q4", ""),
        (served_models.OLLAMA, "me/mine", "registry.ollama.ai/me/mine:latest", ""),
        (served_models.OPENROUTER, "a/b:nitro", "a/b", "listed without its variant `:nitro`"),
        (served_models.OPENROUTER, "a/b:free", "a/b:free", ""),
        (served_models.BEDROCK, "us.anthropic.claude-x-v1:0", "us.anthropic.claude-x-v1:0", ""),
        (served_models.BEDROCK, "us.anthropic.claude-x-v1:0", "anthropic.claude-x-v1:0", None),
        (served_models.BEDROCK, "arn:aws:bedrock:us-east-1:1:inference-profile/us.a.b", "us.a.b", ""),
        (served_models.PORTKEY, "gpt-5", "@openai/gpt-5", ""),
        (served_models.PORTKEY, "@openai/gpt-5", "@openai/gpt-5", ""),
    ],
)
def test_ids_match_by_the_rules_of_the_provider(
    how: IdMatching, declared: str, served: str, expected: str | None
) -> None:
    assert same(how, declared, served) == expected


def test_mistral_alias_counts_as_served() -> None:
    assert same(served_models.EXACT, "mistral-large-latest", "mistral-large-2512", "mistral-large-latest") == ""


# ---- why no answer came


def cause_of(error: BaseException) -> BaseException:
    """An error of a library that was raised because of another one."""
    outer = RuntimeError("texts may hold a header")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "phase", "finding"),
    [
        (cause_of(socket.gaierror(socket.EAI_NONAME, "x")), "look-up", Finding(CheckStatus.DNS)),
        (ssl.SSLError(1, "wrong version number"), "handshake", Finding(CheckStatus.TLS)),
        (cause_of(ConnectionRefusedError()), "connect", Finding(CheckStatus.REFUSED)),
        (
            ExceptionGroup("all addresses", [OSError(101, "unreachable"), ConnectionRefusedError()]),
            "connect",
            Finding(CheckStatus.REFUSED),
        ),
        (OSError(101, "network is unreachable"), "connect", Finding(CheckStatus.REFUSED, Reason.NO_ROUTE)),
        (OSError(113, "no route"), "look-up", Finding(CheckStatus.REFUSED, Reason.NO_ROUTE)),
        (cause_of(socket.gaierror(socket.EAI_AGAIN, "x")), "look-up", Finding(CheckStatus.DNS, Reason.NAME_SERVER)),
        (ConnectionResetError(), "handshake", Finding(CheckStatus.TLS)),
        (ConnectionResetError(), "response", Finding(CheckStatus.BAD_RESPONSE, Reason.RESET)),
        (cause_of(TimeoutError()), "body", Finding(CheckStatus.TIMEOUT, Reason.BODY)),
        (ssl.SSLWantReadError(), "response", Finding(CheckStatus.BAD_RESPONSE, Reason.RESET)),
    ],
)
def test_finding_of_a_network_error(error: BaseException, phase: str, finding: Finding) -> None:
    assert network_finding(error, phase) == finding


def test_circular_causes_of_an_error_are_visited_once() -> None:
    one, two = RuntimeError(), ConnectionRefusedError()
    one.__context__, two.__context__ = two, one
    assert network_finding(one, "response") == Finding(CheckStatus.REFUSED)


def test_parts_of_addresses_that_come_from_variables_are_hidden() -> None:
    values = ("https://host.example:444/deep/tenant-one?code=c0de", "2024-06-01-preview", "v1", "spring")
    private = private_parts(values)
    assert private == ("deep", "tenant-one", "code", "c0de", "spring")
    shown = without_parts("https://spring.example:444/deep/openai/tenant-one-x?api-version=spring%20x&a=v1", private)
    assert shown == f"https://spring.example:444/{HIDDEN}/openai/{HIDDEN}?api-version={HIDDEN}&a=v1"
    assert without_parts("https://spring.example/deep", ()) == "https://spring.example/deep"
    assert without_parts("/deep", private) == f"/{HIDDEN}"


def test_cookies_of_a_redirect_are_told_apart_from_their_dates() -> None:
    def set_by(text: str) -> dict[str, str]:
        return cookies_of(Answer(307, {"set-cookie": text}, b"", None, None, 0.0, 0.0))

    dated = "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, b=x=y; HttpOnly"
    assert set_by(dated) == {"a": "1", "b": "x=y"}
    assert set_by("") == set_by("no cookie") == {}
