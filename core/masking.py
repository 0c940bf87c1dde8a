"""Values as a person may see them: literal secrets hidden behind a fixed number of dots, placeholders as written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from core.regex import pattern
from core.variables import PLACEHOLDER

_AT_ONCE: Final = 64 * 1024
"""So many characters of a text are looked at in one go."""

HIDDEN: Final = "••••••"
"""What stands for a secret, whatever its length."""

KEYLESS_WORDS: Final = frozenset(
    [
        "none",
        "null",
        "na",
        "n/a",
        "ollama",
        "not-needed",
        "dummy",
        "empty",
        "x",
        "no-key",
        "local",
        "lm-studio",
    ]
)
"""What people write for a key where none is needed."""

_WORDS = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ALWAYS = frozenset(
    [
        "apikey",
        "authorization",
        "bearer",
        "cookie",
        "credential",
        "credentials",
        "passphrase",
        "passwd",
        "password",
        "passwords",
        "pwd",
        "secret",
        "secrets",
        "auth",
    ]
)
_LAST = frozenset(["key", "keys", "token", "signature", "sig"])
# A key that ends so names where a secret is, or what sort it is of: `gcp_credentials_file_path`.
_ABOUT = frozenset(
    [
        "path",
        "file",
        "dir",
        "folder",
        "type",
        "kind",
        "url",
        "uri",
        "endpoint",
        "header",
        "name",
        "env",
        "variable",
        "expires",
        "enabled",
    ]
)
_NEVER_HIDDEN_WORDS = pattern(r"(?:Bearer|Basic|Token|Key|ApiKey|api-key)\Z", re.IGNORECASE)
_VARIABLE_NAME = pattern(r"\s*(?:[A-Za-z]+\s*:)?\s*[A-Za-z_][A-Za-z0-9_.]{0,99}\s*\Z")
# Keys of well-known providers, wherever they are written.
_KNOWN_SECRETS = pattern(
    r"(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|hf|ghp|gho|glpat|xai|tgp|r8|nvapi|xox[a-z])[-_][A-Za-z0-9_\-]{8,}"
    r"|(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}|AIza[A-Za-z0-9_\-]{20,}"
    # With the rest of the word before it: a search from each `eyJ` of a word of megabytes takes minutes.
    r"|(?<![A-Za-z0-9_\-])(?:(?!eyJ)[A-Za-z0-9_\-])*+eyJ[A-Za-z0-9_\-]{10,}+\.[A-Za-z0-9_\-.]*"
)
# Only the end of the scheme: to look for its beginning takes hours in a word of megabytes.
_USER_INFO = pattern(r"(?P<before>[A-Za-z0-9+.\-]://)(?P<user>[^/\s?#]*)@")
_QUERY = pattern(r"(?P<before>[?&;](?P<key>[^=?&;#\s]++)=)(?P<value>[^&;#\s]*)")


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Whether a value under this key is taken for a secret, going by the words of its name."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words or words[-1] in _ABOUT:
        return False
    return words[-1] in _LAST or any(word in _ALWAYS for word in words)


def shown_name(name: str) -> str:
    """The name inside a placeholder as it may be shown: `HIDDEN` when it looks like the key itself."""
    return name if _VARIABLE_NAME.match(name) and not _KNOWN_SECRETS.search(name) else HIDDEN


def masked(key: str, value: str) -> str:
    """A text value as it may be shown.

    Under a key that names a secret, everything but placeholders is replaced by `HIDDEN`. Elsewhere this happens to the
    user part of URLs, to their query values with such a key, and to what looks like a key of a known provider.
    The result may still hold control characters: it goes through `core.safe_text.safe` like all text of a file.
    """
    if not value:
        return value
    if is_secret_key(key):
        return _literals_hidden(value)
    if "@" in value:
        value = _USER_INFO.sub(lambda match: f"{match['before']}{_literals_hidden(match['user'])}@", value)
    if "=" in value:
        value = _QUERY.sub(_query_masked, value)
    return _KNOWN_SECRETS.sub(HIDDEN, value)


def shows_nothing_secret(text: str) -> bool:
    """Whether `masked` leaves every line of a text as it is, under a key that names no secret.

    It looks at some lines at a time: a search keeps the interpreter, and other threads have their turn between two.
    """
    start = 0
    while start < len(text):
        end = text.find("\n", start + _AT_ONCE) + 1 or len(text)
        if any(sign.search(text, start, end) for sign in (_USER_INFO, _QUERY, _KNOWN_SECRETS)):
            return False
        start = end
    return True


def shown_value(key: str, value: object) -> str:
    """Any value of a file in one line as it may be shown: texts bare and masked, tables and lists as TOML has them."""
    if isinstance(value, str):
        return masked(key, value)
    if isinstance(value, Mapping):
        inside = (f"{name} = {shown_value(_inner_key(key, str(name)), item)}" for name, item in value.items())
        return "{ " + ", ".join(inside) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(shown_value(key, item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_secret_key(key) and value is not None:
        return HIDDEN
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inner_key(outer: str, key: str) -> str:
    """The key that decides about a value inside a table: its own, or that of the table when it names a secret."""
    return outer if is_secret_key(outer) else key


def _query_masked(match: re.Match[str]) -> str:
    if not is_secret_key(match["key"]) and match["key"].lower() != "code":
        return match[0]
    return match["before"] + _literals_hidden(match["value"])


def _literals_hidden(value: str) -> str:
    """The text with all but its placeholders, its separators and the word for the kind of authorization hidden."""
    out: list[str] = []
    end = 0
    for match in PLACEHOLDER.finditer(value):
        out.append(_literal_hidden(value[end : match.start()]))
        plausible = all(_VARIABLE_NAME.match(part) for part in match[1].split("|"))
        out.append(match[0] if plausible else "${" + HIDDEN + "}")
        end = match.end()
    out.append(_literal_hidden(value[end:]))
    return "".join(out)


def _literal_hidden(text: str) -> str:
    if not any(character.isalnum() for character in text) or _NEVER_HIDDEN_WORDS.match(text.strip()):
        return text
    return HIDDEN
