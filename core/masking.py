"""Values for display: literal secrets replaced by a fixed mask, placeholders unchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from core.variables import PLACEHOLDER

HIDDEN: Final = "••••••"
"""The mask of a secret, regardless of its length."""

KEYLESS_WORDS: Final = frozenset(
    ["none", "null", "na", "n/a", "ollama", "not-needed", "dummy", "empty", "x", "no-key", "local", "lm-studio"]
)  # fmt: skip
"""Common values of a key field where no key is needed."""

_CHUNK_CHARACTERS: Final = 64 * 1024
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORD = re.compile(
    r"apikey|auth(?:orization)?|bearer|cookie|credentials?|passphrase|passwd|passwords?|pwd|secrets?"
)
_SECRET_LAST_WORD = re.compile(r"keys?|token|sig(?:nature)?")
# The last word of a key for the location or kind of a secret: `gcp_credentials_file_path`.
_PUBLIC_LAST_WORD = re.compile(
    r"path|file|dir|folder|type|kind|url|uri|endpoint|header|name|env|variable|expires|enabled"
)
_SCHEMES = re.compile(r"(?:Bearer|Basic|Token|Key|ApiKey|api-key)\Z", re.IGNORECASE)
_VARIABLE_NAME = re.compile(r"\s*(?:[A-Za-z]+\s*:)?\s*[A-Za-z_][A-Za-z0-9_.]{0,99}\s*\Z")
_OTHER_PREFIXES: Final = ("sk_", "pk_", "rk_", "ghp_", "gho_", "glpat-", "tgp_", "r8_", "nvapi-")
"""Key prefixes of well-known services besides the providers."""


@cache
def _known_secrets() -> re.Pattern[str]:
    """The form of well-known keys. Compiled for the first value that is shown: the first screen shows none."""
    return re.compile(_known_keys())


def _known_keys() -> str:
    """The regular expression of well-known keys: prefixes of providers and services, Slack tokens, JSON web tokens."""
    from core.providers.table import PROVIDERS

    prefixes = {*_OTHER_PREFIXES, *(prefix for row in PROVIDERS for prefix in row.key_prefixes)}
    separated = {re.escape(prefix[:-1]) for prefix in prefixes if prefix[-1] in "-_"}
    upper = {re.escape(prefix) for prefix in prefixes if prefix[-1] not in "-_" and prefix.isupper()}
    mixed = {re.escape(prefix) for prefix in prefixes if prefix[-1] not in "-_" and not prefix.isupper()}
    return (
        rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(separated))}|xox[a-z])[-_][A-Za-z0-9_\-]{{8,}}"
        rf"|(?<![A-Za-z0-9])(?:{'|'.join(sorted(upper))})[A-Za-z0-9_\-+/=]{{12,}}"
        rf"|(?:{'|'.join(sorted(mixed))})[A-Za-z0-9_\-]{{20,}}"
        # With the rest of the word before it: a search from each `eyJ` of a word of megabytes takes minutes.
        r"|(?<![A-Za-z0-9_\-])(?:(?!eyJ)[A-Za-z0-9_\-])*+eyJ[A-Za-z0-9_\-]{10,}+\.[A-Za-z0-9_\-.]*"
    )


# Only the end of the scheme: a search for its start takes hours in a word of megabytes.
_USER_INFO = re.compile(r"(?P<before>[A-Za-z0-9+.\-]://)(?P<user>[^/\s?#]*)@")
_QUERY = re.compile(r"(?P<before>[?&;](?P<key>[^=?&;#\s]++)=)(?P<value>[^&;#\s]*)")


def may_hold_secret(text: str) -> bool:
    """Whether a file may hold a secret: fast, for files without any, by the texts that a secret needs."""
    if any(prefix in text for prefix in _key_prefixes()) and _known_secrets().search(text):
        return True
    if "://" in text and "@" in text and _USER_INFO.search(text):
        return True
    if any(sign in text for sign in "?&;") and _QUERY.search(text):
        return True
    lower = text.lower()
    return any(word in lower and re.search(name + _LITERAL, lower) for word, name in _SECRET_NAMES.items())


@cache
def _key_prefixes() -> frozenset[str]:
    from core.providers.table import PROVIDERS

    return frozenset((*_OTHER_PREFIXES, *(prefix for row in PROVIDERS for prefix in row.key_prefixes), "xox", "eyJ"))


# Of the names of keys, each after the text that a search finds fast: `token` but not `max_tokens`.
_SECRET_NAMES: Final = {
    "key": r"key(?:(?<=[-_]key)|(?<=apikey))",
    **{word: word for word in ("token", "secret", "authorization", "password", "bearer", "cookie")},
}
_LITERAL = r"""["']?[ \t]*=[ \t]*["'](?!\$)"""


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Whether a value under this key is treated as a secret, judged by the words of the key."""
    parts = [word.lower() for word in _WORDS.findall(key)]
    if not parts or _PUBLIC_LAST_WORD.fullmatch(parts[-1]):
        return False
    return bool(_SECRET_LAST_WORD.fullmatch(parts[-1])) or any(map(_SECRET_WORD.fullmatch, parts))


def shown_name(name: str) -> str:
    """The name inside a placeholder for display: `HIDDEN` if it looks like a key."""
    return name if _VARIABLE_NAME.match(name) and not _known_secrets().search(name) else HIDDEN


def masked(key: str, value: str) -> str:
    """A text value for display.

    Under a key that names a secret, everything but placeholders is replaced by `HIDDEN`. Under other keys this applies
    to the user part of URLs, to their query values with such a key, and to texts with the form of a known key.
    The result may contain control characters and goes through `core.safe_text.safe` like all text of a file.
    """
    if not value:
        return value
    if is_secret_key(key):
        return _literals_hidden(value)
    if "@" in value:
        value = _USER_INFO.sub(lambda match: f"{match['before']}{_literals_hidden(match['user'])}@", value)
    if "=" in value:
        value = _QUERY.sub(_query_masked, value)
    return _known_secrets().sub(HIDDEN, value)


def shows_nothing_secret(text: str) -> bool:
    """Whether `masked` leaves every line of a text unchanged, under a key that names no secret.

    The text is searched in chunks, because a search holds the interpreter lock.
    """
    start = 0
    while start < len(text):
        end = text.find("\n", start + _CHUNK_CHARACTERS) + 1 or len(text)
        if any(form.search(text, start, end) for form in (_USER_INFO, _QUERY, _known_secrets())):
            return False
        start = end
    return True


def shown_value(key: str, value: object) -> str:
    """Any value of a file in one line for display: texts unquoted and masked, tables and lists in TOML syntax."""
    if isinstance(value, str):
        return masked(key, value)
    if isinstance(value, Mapping):
        items = (f"{name} = {shown_value(_inner_key(key, str(name)), item)}" for name, item in value.items())
        return "{ " + ", ".join(items) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(shown_value(key, item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_secret_key(key) and value is not None:
        return HIDDEN
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inner_key(outer: str, key: str) -> str:
    """The key that determines masking inside a table: its own, or the table's if that names a secret."""
    return outer if is_secret_key(outer) else key


def _query_masked(match: re.Match[str]) -> str:
    if not is_secret_key(match["key"]) and match["key"].lower() != "code":
        return match[0]
    return match["before"] + _literals_hidden(match["value"])


def _literals_hidden(value: str) -> str:
    """The text with everything hidden but its placeholders, separators and authorization scheme."""
    pieces: list[str] = []
    end = 0
    for match in PLACEHOLDER.finditer(value):
        pieces.append(_literal_hidden(value[end : match.start()]))
        plausible = all(_VARIABLE_NAME.match(part) for part in match[1].split("|"))
        pieces.append(match[0] if plausible else "${" + HIDDEN + "}")
        end = match.end()
    pieces.append(_literal_hidden(value[end:]))
    return "".join(pieces)


def _literal_hidden(text: str) -> str:
    if not any(character.isalnum() for character in text) or _SCHEMES.match(text.strip()):
        return text
    return HIDDEN
