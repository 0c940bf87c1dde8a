"""Masking hides every secret and no placeholder or plain value."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.json.document import dump_json
from core.masking import KEYLESS_WORDS, below_item, is_suspect, masked, may_hold_secret, shown_in_file, shown_value
from core.providers.table import PROVIDERS
from core.secret_texts import HIDDEN, hide_keys, is_secret_key
from core.toml.redaction import redact

SECRETS = "api_key apiKey API-KEY token auth_token secret client_secret password aws_secret_access_key credentials"
OTHERS = "max_tokens endpoint model_id gcp_credentials_file_path monkey aws_region token_limit"


@pytest.mark.parametrize("key", [*SECRETS.split(), "Authorization", "x-api-key", "private_key", "passphrase", "key"])
def test_names_of_secrets(key: str) -> None:
    assert is_secret_key(key)
    assert masked(key, "literal-value") == HIDDEN


@pytest.mark.parametrize("key", [*OTHERS.split(), ""])
def test_names_of_other_things(key: str) -> None:
    assert not is_secret_key(key)
    assert masked(key, "plain value") == "plain value"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${OPENAI_API_KEY}", "${OPENAI_API_KEY}"),
        ("${env:A|secret:B|C}", "${env:A|secret:B|C}"),
        ("Bearer ${TOKEN}", "Bearer ${TOKEN}"),
        ("sk-abc${TOKEN}", HIDDEN + "${TOKEN}"),
        ("${A}:${B}", "${A}:${B}"),
        ("${sk-live-0123}", "${" + HIDDEN + "}"),
        ("Bearer abc", HIDDEN),
        ("", ""),
    ],
)
def test_placeholders_in_secrets_are_shown_as_written(text: str, shown: str) -> None:
    assert masked("api_key", text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:pw@host/v1", f"https://{HIDDEN}:{HIDDEN}@host/v1".replace(f"{HIDDEN}:{HIDDEN}", HIDDEN)),
        ("https://${USER}:${PASS}@host/v1", "https://${USER}:${PASS}@host/v1"),
        ("https://host/v1?key=abc&api-version=3", f"https://host/v1?key={HIDDEN}&api-version=3"),
        ("https://host/v1?code=abc", f"https://host/v1?code={HIDDEN}"),
        ("https://host/v1?key=${K}", "https://host/v1?key=${K}"),
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("use sk-proj-0123456789abcdef here", f"use {HIDDEN} here"),
    ],
)
def test_secrets_elsewhere(text: str, shown: str) -> None:
    assert masked("endpoint", text) == shown


@pytest.mark.parametrize("prefix", sorted({prefix for row in PROVIDERS for prefix in row.key_prefixes}))
def test_every_key_form_of_the_provider_table_is_masked(prefix: str) -> None:
    key = prefix + "0123456789ABCDEFGHIJKLMN"
    assert masked("endpoint", f"use {key} here") == f"use {HIDDEN} here"
    assert hide_keys(f"# {key}") == f"# {HIDDEN}"


def test_random_folders_of_an_absolute_path_are_shown() -> None:
    path = "/nix/store/3kd9f8a7b6c5d4e3f2a1b0c9d8e7f6a5-shop/.pipelex/inference"
    assert hide_keys(f"{path}: read") == f"{path}: read"
    assert HIDDEN in hide_keys("/srv/sk-ant-0123456789ABCDEFGHIJKLMN/shop")
    assert HIDDEN in hide_keys("https://host/3kd9f8a7b6c5d4e3f2a1b0c9d8e7f6a5")
    assert HIDDEN in hide_keys(name := "https:/3kd9f8a7b6c5d4e3f2a1b0c9d8e7f6a5:x@host")
    assert "3kd9f8a7" not in dump_json({"name": name})
    assert HIDDEN in masked("description", f"see {path}")


def test_tables_and_lists_are_masked_inside() -> None:
    value = {"authorization": "Bearer x1", "team": "blue", "list": ["a", 1, True], "nested": {"token": "y2"}}
    assert shown_value("extra", value) == (
        f"{{ authorization = {HIDDEN}, team = blue, list = [a, 1, true], nested = {{ token = {HIDDEN} }} }}"
    )
    assert shown_value("api_key", {"a": "b", "c": ["d"]}) == f"{{ a = {HIDDEN}, c = [{HIDDEN}] }}"
    assert shown_value("password", 12345) == HIDDEN
    assert shown_value("max_tokens", 12345) == "12345"
    prices = {"input_tokens": 3.0, "cached_token": 1}
    assert shown_value("costs", prices, strict=True) == "{ input_tokens = 3, cached_token = 1 }"


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="${}"), min_size=4))
def test_no_letter_of_a_literal_secret_is_left(secret: str) -> None:
    shown = masked("api_key", secret)
    if secret.lower() in KEYLESS_WORDS:
        assert shown == secret
    elif any(character.isalnum() for character in secret) and secret.lower() not in (
        "bearer", "basic", "token", "key", "apikey", "api-key"
    ):  # fmt: skip
        assert shown == HIDDEN


@pytest.mark.parametrize("word", sorted(KEYLESS_WORDS))
def test_words_that_state_no_key_are_shown(word: str) -> None:
    assert masked("api_key", word) == word
    assert masked("api_key", word + "1x") == HIDDEN


@pytest.mark.parametrize("piece", ["eyJ", "?", "?a", "&a", "a://", "sk-", "AIza", "a"])
def test_a_word_of_a_megabyte_is_looked_through_once(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = time.thread_time()
    masked("endpoint", f"{text} =@")
    hide_keys(text)
    assert time.thread_time() - began < 5  # of seconds; minutes when every piece is tried as a beginning


def test_a_token_is_hidden_wherever_in_a_word_it_begins() -> None:
    assert masked("endpoint", "x eyJhbGciOiJIUzI1NiJ9.abc y") == f"x {HIDDEN} y"
    assert masked("endpoint", "xeyJhbGciOiJIUzI1NiJ9.abc y") == f"{HIDDEN} y"
    assert masked("endpoint", "https://here/p?a?api_key=told") == f"https://here/p?a?api_key={HIDDEN}"


@pytest.mark.parametrize("name", ["api_key", "API-KEY", "apikey", "x-key", "token", "Secret", "password", "Cookie"])
def test_file_with_a_literal_under_the_name_of_a_key_may_hold_a_secret(name: str) -> None:
    for literal in ("abc", "${VARIABLE}c", ["abc"], {"a": "abc"}):
        assert may_hold_secret({"model": {"model_id": "m", "list": [{name: literal}]}})
    assert not may_hold_secret({"model": {"model_id": "m", name: "${VARIABLE}", "max_tokens": 1}, name: 5})


@pytest.mark.parametrize(
    "text",
    [
        "sk-abcdefgh",
        "a 550e8400-e29b-41d4-a716-446655440000",
        "a1b2c3d4e5f6g7h8i9",
        "http://user:pw@host/",
        "http://host/?code=abc",
        "Authorization: Bearer abcdef",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_file_with_a_text_that_looks_like_a_secret_may_hold_one(text: str) -> None:
    assert is_suspect(("list",), text)
    assert may_hold_secret({"first": {"description": "plain"}, "model": {"list": ["plain", text, "plain"]}})
    assert may_hold_secret({"backend": {"endpoint": "user@host"}})


@pytest.mark.parametrize("name", ["api_key", "token", "client_secret", "auth"])
def test_a_table_named_like_a_secret_is_no_backend(name: str) -> None:
    text = f'{name} = {{ display_name = "a-word", enabled = false }}\n[openai]\ndisplay_name = "OpenAI"\n'
    assert redact(text, strict=True) == text.replace("a-word", HIDDEN)
    assert masked(below_item((name, "display_name"), strict=True), "a-word", strict=True) == HIDDEN
    assert masked(below_item(("portkey", "display_name"), strict=True), "a-word", strict=True) == "a-word"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`Authorization: Bearer hunter`: dead", f"`Authorization: Bearer {HIDDEN}`: dead"),
        ("at https://me:hunter@host/v1", f"at https://{HIDDEN}@host/v1"),
        ("at https://host/v1?pass=hunter&version=2", f"at https://host/v1?pass={HIDDEN}&version=2"),
        ("Authorization: Bearer ${KEY}", "Authorization: Bearer ${KEY}"),
        ("git@github.com:a/b.git, https://host/@me?version=2", "git@github.com:a/b.git, https://host/@me?version=2"),
    ],
)
def test_secrets_by_their_place_are_hidden_in_all_that_is_printed(text: str, shown: str) -> None:
    assert hide_keys(text) == shown
    assert json.loads(dump_json([text])) == [shown]


def test_whole_table_of_a_backend_shows_what_its_keys_show() -> None:
    table = {"display_name": "OpenAI", "api_key": "plain-words", "org": "acme", "endpoint": "https://api.openai.com/v1"}
    whole = shown_in_file(".pipelex/inference/backends.toml", ("openai",), table)
    assert "display_name = OpenAI" in whole
    assert f"api_key = {HIDDEN}" in whole
    assert f"org = {HIDDEN}" in whole
    assert "endpoint = https://api.openai.com/v1" in whole
    for name, value in table.items():
        alone = shown_in_file(".pipelex/inference/backends.toml", ("openai", name), value)
        assert f"{name} = {alone}" in whole


def test_whole_table_named_like_a_secret_is_hidden() -> None:
    assert "words" not in shown_in_file(".pipelex/inference/backends.toml", ("api_key",), {"description": "words"})
