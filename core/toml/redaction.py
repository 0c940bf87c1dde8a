"""Redaction of literal secrets in TOML text, which otherwise stays as it is."""

from __future__ import annotations

import re

from core.masking import HIDDEN, is_secret_key, masked, shows_nothing_secret
from core.toml.scanner import ANY_STRING, BARE

# A key with its value, in a table, in an inline table or in a line that is commented out; or any other string.
_KEY = rf"""(?:(?<![A-Za-z0-9_-]){BARE}|"[^"\n]*+"|'[^'\n]*+')"""  # not in the middle of a word
_PAIR = re.compile(
    rf"""(?P<key>{_KEY})(?P<equals>\s*+=\s*+)(?P<value>{ANY_STRING}|[^\s,\]}}\#\["']++)"""
    rf"""|(?P<open>{_KEY}\s*+=\s*+\[)(?P<array>(?:[^\[\]"'\#]++|{ANY_STRING}|\#[^\n]*+)*+)"""
    rf"""|(?P<string>{ANY_STRING})"""
    # Whole lines in which none of these begins nor ends. They are found apart so that a search never runs on for long:
    # between two finds, other threads have their turn.
    rf"""|^(?:[^="'\n]*+\n){{32,64}}+(?!\s*+=)""",
    re.MULTILINE,
)
_WORDS = frozenset(["true", "false", "{", "["])


_DOT = "•"
_PLACEHOLDER = re.compile(r"(\$\{[^}\n]*\})")
_SECRET_NAME = re.compile(
    r"(?:key|token(?!s)|secret|passw|credential|authori[sz]ation|bearer)"
    r"""[\w.'"-]*+[ \t]*+(?:[=:]|(?<=[ \t]))[ \t]*+""",
    re.IGNORECASE,
)
_SECRET_LOOK = re.compile(
    r"\b(?:sk|pk|rk|xai|gsk|hf|ghp|glpat|pplx|fal|AIza|AKIA|eyJ)[-_A-Za-z0-9]{12,}|(?=[A-Za-z]*[0-9])[A-Za-z0-9+/_]{32,}"
)


def redact_line(line: str) -> str:
    """A line of the same length with dots for possible secrets: shown although it could not be parsed.

    Masks the value of a name that suggests a secret (`api_key`, `token`, `password`...), except placeholders, and
    everything that looks like a provider key.
    """
    name = _SECRET_NAME.search(line)
    if name:
        parts = _PLACEHOLDER.split(line[name.end() :])
        redact = (part if index % 2 else re.sub(r"[^\s\"'\[\]{},=]", _DOT, part) for index, part in enumerate(parts))
        line = line[: name.end()] + "".join(redact)
    return _SECRET_LOOK.sub(lambda match: _DOT * len(match[0]), line)


def redact(text: str) -> str:
    """A TOML text, valid or not, with every literal secret replaced by `HIDDEN`; the number of lines stays the same.

    The result may contain control characters: it must pass `core.safe_text.safe` like any text of a file.
    """
    text = _PAIR.sub(_redact_match, text)
    if shows_nothing_secret(text):
        return text
    return "\n".join(masked("", line) for line in text.split("\n"))


def has_secret(key: str, value: object) -> bool:
    """Whether a value, under this key, contains a literal secret at any depth."""
    if isinstance(value, str):
        return masked(key, value) != value
    if isinstance(value, dict):
        return any(has_secret(key if is_secret_key(key) else str(name), item) for name, item in value.items())
    if isinstance(value, list):
        return any(has_secret(key, item) for item in value)
    return not isinstance(value, bool) and value is not None and is_secret_key(key)


def _redact_match(match: re.Match[str]) -> str:
    if match["string"] is not None or (match["key"] is None and match["open"] is None):
        return match[0]
    if match["open"] is not None:
        key = match["open"].partition("=")[0].strip().strip("\"'")
        if not is_secret_key(key):
            return match["open"] + _PAIR.sub(_redact_match, match["array"])
        return match["open"] + re.sub(ANY_STRING, lambda inner: _masked_string(key, inner[0]), match["array"])
    key, value = match["key"].strip("\"'"), match["value"]
    if not is_secret_key(key) or value in _WORDS:
        return match[0]
    if value[0] not in "\"'":
        return f"{match['key']}{match['equals']}{HIDDEN}"
    return f"{match['key']}{match['equals']}{_masked_string(key, value)}"


def _masked_string(key: str, written: str) -> str:
    """A written string with everything except placeholders masked; quotes and line ends stay."""
    quote = written[:3] if written[:3] in ('"""', "'''") else written[:1]
    inner = written[len(quote) :].removesuffix(quote)
    shown = masked(key, inner.replace("\n", " ")) if inner.strip() else inner
    return quote + shown + quote + "\n" * written.count("\n")
