"""Literal secrets of a TOML text are hidden: in lists, without quotes, in comments; and nothing else."""

from __future__ import annotations

import pytest

from core.secret_texts import HIDDEN
from core.toml.redaction import redact

SECRET = "sk-canary-0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'api_key = "{SECRET}"\n', f'api_key = "{HIDDEN}"\n'),
        (f"api_key = '{SECRET}' # mine\n", f"api_key = '{HIDDEN}' # mine\n"),
        ('api_key = "${OPENAI_API_KEY}"\n', 'api_key = "${OPENAI_API_KEY}"\n'),
        ("api_key = 1234567890\n", f"api_key = {HIDDEN}\n"),
        ("api_key = true\n", "api_key = true\n"),
        ('api_keys = ["one-secret", "${TWO}", "three-secret"]\n', f'api_keys = ["{HIDDEN}", "${{TWO}}", "{HIDDEN}"]\n'),
        ('inputs = ["one", "two"]\n', 'inputs = ["one", "two"]\n'),
        ('tags = ["one", 2]\n', f'tags = ["{HIDDEN}", 2]\n'),
        (f'headers = [{{ token = "{SECRET}" }}]\n', f'headers = [{{ token = "{HIDDEN}" }}]\n'),
        (f'# password = "{SECRET}"\n', f"# password = {HIDDEN}\n"),
        (f'x = {{ enabled = true, secret = "{SECRET}" }}\n', f'x = {{ enabled = true, secret = "{HIDDEN}" }}\n'),
        ("max_tokens = 4096\n", "max_tokens = 4096\n"),
    ],
)
def test_literal_secrets_are_redacted_in_place(text: str, shown: str) -> None:
    assert redact(text, strict=True) == shown


@pytest.mark.parametrize("quote", ['"""', "'''"])
def test_multiline_secret_keeps_the_line_count(quote: str) -> None:
    text = f"api_key = {quote}\n{SECRET}\n{SECRET}\n{quote}\nenabled = true\n"
    redacted = redact(text, strict=True)
    assert SECRET not in redacted
    assert redacted.count("\n") == text.count("\n")
    assert redacted.endswith("enabled = true\n")


@pytest.mark.parametrize("before", ["api_key = [", "api_key =", 'api_key = """', "token", "team = x y"])
def test_short_word_is_hidden_where_it_may_go_on_from_the_line_before(before: str) -> None:
    assert "hunter2" not in redact(f"{before}\nhunter2\n", strict=True)


@pytest.mark.parametrize("line", ["xyz", "xyz[openai]", "  xyz # shop", "xyz\r"])
def test_short_word_is_shown_where_a_statement_starts(line: str) -> None:
    text = f"{line}\nenabled = true\n"
    assert redact(text, strict=True) == text


SHAPES = [
    'api_key = ["SECRET", "SECRET"] # api_key = "SECRET"\n',
    "api_key = [ # first\n 'SECRET', # SECRET-word-1234567890abcdef\n]\n",
    "auth = { pass = \"SECRET\", other = { token = 'SECRET' } }\n",
    'api_key = """\nSECRET\n"""\n',
    "api_key = '''SECRET'''\n",
    'api_key = "SEC\\u0052ET"\n',
    'api_key = "SECRET\n',
    'api_key = ["SECRET" "SECRET"]\n',
    'auth = { pass = "SECRET" token = 1 }\n',
    'api_key = "\\qSECRET"\n',
    '[auth\napi_key = "SECRET"\n',
    'api_key "SECRET"\n',
    'api_key = """SECRET\n',
    "api_key = 'SECRET\n'''\n",
    "api_key = @SECRET\n",
    '"api_key" = "SECRET" trailing\n',
    "# -----BEGIN PRIVATE KEY-----\n# SECRET\n# -----END PRIVATE KEY-----\n",
    f"api_key = {'[' * 300}'SECRET'{']' * 300}\n",
    f"{'auth = {a = ' * 1}{'{a = ' * 300}'SECRET'{'}' * 301}\n",
]


@pytest.mark.parametrize("text", SHAPES, ids=range(len(SHAPES)))
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("strict", [True, False])
def test_no_shape_of_a_value_shows_a_secret_or_loses_a_line(text: str, end: str, strict: bool) -> None:
    text = text.replace("SECRET", "s3cr3t-v4lue").replace("\n", end) + f"enabled = true{end}"
    redacted = redact(text, strict=strict)
    assert "s3cr3t-v4lue" not in redacted
    assert redacted.count("\n") == text.count("\n")
