"""Finds secrets in texts: names of secrets, words that look like keys, users in addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from core.safe_text import safe
from core.variables import PLACEHOLDER

HIDDEN: Final = "••••••"
"""The mask of a secret, regardless of its length."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORD: Final = (
    "|apikey|apikeys|auth|authorization|bearer|cookie|cookies|cred|creds|credential|credentials|passcode|passkey"
    "|passphrase|passwd|password|passwords|pwd|secret|secrets|"
)
_SECRET_LAST_WORD: Final = "|key|keys|token|sig|signature|pass|pin|pw|"
_STEMS: Final = ("key", "auth", "bearer", "cook", "cred", "pass", "pin", "pw", "secret", "token", "sig")
"""The stems of the words above: a name without any names no secret."""
# Words behind the one that names a secret: `api_key_2`, `token_old`.
_ORDINAL_WORD: Final = "|old|new|backup|bak|prev|previous|next|primary|secondary|prod|dev|test|tmp|"
# The last word of a key for the location or kind of a secret: `gcp_credentials_file_path`.
_PUBLIC_LAST_WORD: Final = "|path|file|dir|folder|type|kind|url|uri|endpoint|header|name|env|variable|expires|enabled|"
_SCHEMES = r"(?:Bearer|Basic|Token|Key|ApiKey|api-key)"
_VARIABLE_NAME = re.compile(r"\s*(?:[A-Za-z]+\s*:)?\s*[A-Za-z_][A-Za-z0-9_.]{0,99}\s*\Z")
_OTHER_PREFIXES: Final = ("sk_", "pk_", "rk_", "ghp_", "gho_", "glpat-", "tgp_", "r8_", "nvapi-")
"""Key prefixes of well-known services besides the providers."""
_SHORT: Final = 80


@cache
def _key_prefixes() -> frozenset[str]:
    from core.providers.table import PROVIDERS

    return frozenset((*_OTHER_PREFIXES, *(prefix for row in PROVIDERS for prefix in row.key_prefixes)))


@cache
def _key_marks() -> tuple[str, ...]:
    """Texts of which each well-known key holds one."""
    marks = {"xox", "eyJ"}
    for prefix in _key_prefixes():
        marks |= {prefix[:-1] + "-", prefix[:-1] + "_"} if prefix[-1] in "-_" else {prefix}
    return tuple(marks)


def _known_keys(text: str) -> list[Span]:
    """The spans of well-known keys in a text. `xai_` in `vertexai_tools` begins none."""
    marks = (mark for mark in _key_marks() if mark in text)
    if not any(mark[-1] not in "-_" or re.search(rf"(?<![A-Za-z0-9]){re.escape(mark)}", text) for mark in marks):
        return []
    return [match.span() for match in _known_secrets().finditer(text)]


@cache
def _known_secrets() -> re.Pattern[str]:
    """The form of well-known keys. Compiled for the first text with a prefix of one: most trees have none."""
    prefixes = _key_prefixes()
    separated = {re.escape(prefix[:-1]) for prefix in prefixes if prefix[-1] in "-_"}
    upper = {re.escape(prefix) for prefix in prefixes if prefix[-1] not in "-_" and prefix.isupper()}
    mixed = {re.escape(prefix) for prefix in prefixes if prefix[-1] not in "-_" and not prefix.isupper()}
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(separated))}|xox[a-z])[-_][A-Za-z0-9_\-]{{8,}}"
        rf"|(?<![A-Za-z0-9])(?:{'|'.join(sorted(upper))})[A-Za-z0-9_\-+/=]{{12,}}"
        rf"|(?:{'|'.join(sorted(mixed))})[A-Za-z0-9_\-]{{20,}}"
        # With the rest of the word before it: a search from each `eyJ` of a word of megabytes takes minutes.
        r"|(?<![A-Za-z0-9_\-])(?:(?!eyJ)[A-Za-z0-9_\-])*+eyJ[A-Za-z0-9_\-]{10,}+\.[A-Za-z0-9_\-.]*"
    )


_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_\-.~%]{11,}+")
QUERY = re.compile(r"[?&;](?P<key>[^=?&;#\s]++)=(?P<value>[^&;#\s\"']*)")
_NAMED = (
    r"(?<![A-Za-z0-9_.\-?&;])(?P<name>[A-Za-z][A-Za-z0-9_.\-]*+)[\"']?"
    r"(?P<gap>[ \t]*+(?:=++|:(?!//))[ \t]*+|[ \t]++(?=[\"']))"
    rf"(?:(?i:{_SCHEMES})[ \t]++)?(?P<quote>[\"']?)(?P<value>(?<=\")[^\"\n]*+|(?<=')[^'\n]*+|[^\s\"',;}}\]\[{{]++)"
)
Span = tuple[int, int]


def has_stem(text: str) -> bool:
    """Whether any word of a text may name a secret: fast, for the texts of a whole tree."""
    small = text.lower()
    return any(stem in small for stem in _STEMS)


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Whether a value under this key is treated as a secret, judged by the words of the key."""
    if not has_stem(key):
        return False
    parts = [f"|{word.lower()}|" for word in _WORDS.findall(key)]
    while len(parts) > 1 and (parts[-1] in _ORDINAL_WORD or len(parts[-1]) == 3 or parts[-1][1:-1].isdecimal()):
        parts.pop()
    if not parts or parts[-1] in _PUBLIC_LAST_WORD:
        return False
    return parts[-1] in _SECRET_LAST_WORD or any(part in _SECRET_WORD for part in parts)


def shown_name(name: str) -> str:
    """The name inside a placeholder for display: `HIDDEN` if it looks like a key."""
    return name if _VARIABLE_NAME.match(name) and hide_keys(name) == name else HIDDEN


def hide_keys(text: str) -> str:
    """A text with each word that looks like a key hidden: for names, and all that is printed or drawn.

    So are users of addresses, secrets of their queries and what follows `Authorization: Bearer`. Folders of this
    machine may have random names, so in an absolute path only the prefix of a provider makes a key.
    """
    return rendered(text, [*key_spans(text, in_paths=False), *certain_spans(text)])


def certain_spans(text: str) -> list[Span]:
    """Where a secret is by its place, whatever it looks like: in an address, or behind an authorization scheme."""
    spans = [span for user in user_infos(text) for span in literals(text, *user)]
    for match in QUERY.finditer(text) if ":/" in text and "=" in text else ():
        if is_secret_key(match["key"]):
            spans += literals(text, *match.span("value"))
    if "uthorization" in text:
        for match in re.finditer(_AUTHORIZATION, text):
            spans += literals(text, *match.span("value"))
    return spans


_AUTHORIZATION: Final = rf"[Aa]uthorization[\"']?\s*[:=]\s*[\"']?(?i:{_SCHEMES})\s+(?P<value>[^\s\"'`\\,;]+)"


def display_text(text: str) -> str:
    """A text for screens and reports: made safe, with words that look like keys hidden."""
    return _short_display_text(text) if len(text) <= _SHORT else safe(hide_keys(text))


@lru_cache(maxsize=2048)
def _short_display_text(text: str) -> str:
    """Cached: the labels, names and prices of a list recur in each of its lines."""
    return safe(hide_keys(text))


def key_spans(text: str, *, in_paths: bool = True) -> Iterator[Span]:
    """The spans of words that look like keys; without `in_paths`, no random word of an absolute path does."""
    for match in _LONG_WORD.finditer(text):
        starts = match[0].startswith("/") and not match[0].startswith("//")
        is_path = not in_paths and starts and text[match.start() - 1 : match.start()] != ":"  # `https:/` is none
        for start, end in _keys_in(match[0], random=not is_path):
            yield match.start() + start, match.start() + end


def holds_key(text: str) -> bool:
    """Whether any word of a text looks like a key: with few searches, for the words of a whole tree."""
    words = {*_LONG_WORD.findall(text)}
    together = "\n".join(words)
    if _known_keys(together) or re.search(_UUID, together):
        return True
    return any(_keys_in(word, random=True) for word in words if _may_be_random(word))


def holds_secret(text: str) -> bool:
    """Whether any part of a text of no certain meaning may look like a secret: false only where `text_spans` is empty.

    Lines count apart, so that many texts can be asked about at once.
    """
    if "PRIVATE KEY" in text or QUERY.search(text) or any(user_infos(text)):
        return True
    named = re.finditer(_NAMED, text) if has_stem(text) else ()
    return any(is_secret_key(match["name"]) for match in named) or holds_key(text)


@lru_cache(maxsize=8192)
def _keys_in(word: str, *, random: bool) -> tuple[Span, ...]:
    """The parts of a long word that look like keys: by a known prefix, and if `random` by random letters and digits."""
    spans = _known_keys(word)
    if not random or len(word) < 16:
        return tuple(spans)
    if word.count("-") >= 4:
        spans += [match.span() for match in re.finditer(_UUID, word)]
    if not _may_be_random(word):
        return tuple(spans)
    spans += [match.span() for match in re.finditer(r"[^/]{16,}", word) if is_random(match[0])]
    if not spans and is_random(word):
        return ((0, len(word)),)
    return tuple(spans)


_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_MIN_CHANGES: Final = 6


def _may_be_random(word: str) -> bool:
    """Whether `is_random` may hold of a part of a word: fast, for the words of a whole tree."""
    if len(word) < 16:
        return False
    return _changes(word) >= _MIN_CHANGES or re.search(r"[A-Za-z0-9]{20}", word) is not None


def is_random(word: str) -> bool:
    """Whether a word looks random: its letters and digits alternate more than in names, or it is too long for one."""
    runs = re.findall(r"[A-Za-z0-9]+", word)
    total = sum(map(len, runs))
    if total < 16:
        return False
    for run in runs:
        if (len(run) >= 32 and re.search("[0-9]", run)) or (len(run) >= 28 and (run.islower() or run.isupper())):
            return True
        if len(run) >= 20 and run.isdecimal():
            return True
    changes = sum(map(_changes, runs))
    return changes >= _MIN_CHANGES and changes >= total * 0.15


_FORMS: Final = {
    **dict.fromkeys(map(ord, ascii_lowercase), "a"),
    **dict.fromkeys(map(ord, ascii_uppercase), "A"),
    **dict.fromkeys(map(ord, digits), "0"),
}
_CHANGES: Final = ("a0", "A0", "0a", "0A", "aA")


def _changes(run: str) -> int:
    """The number of changes between letters and digits, or lower and upper case."""
    return sum(map(run.translate(_FORMS).count, _CHANGES))


def hidden_text(text: str) -> str:
    """A text of no certain meaning, such as a comment, with what looks like a secret hidden."""
    return rendered(text, text_spans(text))


def text_spans(text: str) -> list[Span]:
    """The parts of a text of no certain meaning, such as a comment or a description, that look like secrets."""
    if "PRIVATE KEY" in text and "-----" in text:
        return all_of(text)
    spans = list(key_spans(text))
    if "@" in text:
        spans += [span for user in user_infos(text) for span in literals(text, *user)]
    if "=" in text or ":" in text or '"' in text or "'" in text:
        for match in QUERY.finditer(text):
            if is_secret_key(match["key"]) or match["key"].lower() == "code":
                spans += literals(text, *match.span("value"))
        for match in re.finditer(_NAMED, text) if has_stem(text) else ():
            example = re.fullmatch(_EXAMPLE, match["value"], re.IGNORECASE)
            if is_secret_key(match["name"]) and not example and not _is_prose(text, match):
                spans += literals(text, *match.span("value"))
    return spans


_EXAMPLE: Final = r"your[-_](?:api[-_])?key(?:[-_]here)?"
"""The placeholders for a key in instructions."""


def user_infos(text: str) -> Iterator[Span]:
    """The spans of user and password in addresses, which may contain any character."""
    for match in re.finditer(r"(?<![^\s\"'])[^\s\"'@]*+@[^\s\"']*+", text) if "@" in text and ":/" in text else ():
        word = match[0]
        start, end = word.find(":/"), word.rfind("@")
        if 0 <= start < end:
            start += 3 if word.startswith("/", start + 2) else 2
            authority = re.match(r"[^/?#]*", word[start:])
            host = authority[0] if authority else ""
            if "@" in host or ":" in host:
                yield match.start() + start, match.start() + end


def _is_prose(text: str, match: re.Match[str]) -> bool:
    """Whether what follows a name and a colon is a sentence: `the token: see below`."""
    value = match["value"]
    rest = text[match.end() : match.end() + 2]
    return ":" in match["gap"] and value.isalpha() and (value.islower() or value.istitle()) and rest[:1] == " " != rest


_HARMLESS_QUERY = r"(?i)(?:api[-_]?version|version|v|alt|region|location|model|format|stream)\Z"


def address_spans(value: str) -> list[Span]:
    """The spans of an address to hide: all but scheme, host, port and the words of its path."""
    plain = PLACEHOLDER.sub(lambda match: "V" * len(match[0]), value)
    match = re.fullmatch(
        r"(?:[A-Za-z][A-Za-z0-9+.\-]*://)?(?P<user>\S*@)?(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])?(?P<port>:[0-9]{1,5})?"
        r"(?P<path>/[^?#@\s]*)?(?P<query>\?[^#@\s]*)?(?P<fragment>#\S*)?",
        plain,
    )
    # A text without any sign of an address is no address.
    if match is None or not re.search(r"[/.:]|\Alocalhost|V", plain):
        return all_of(value)
    spans = list(key_spans(value))
    if match["user"]:
        spans += literals(value, match.start("user"), match.end("user") - 1)
    for part in re.finditer(r"[^/]+", plain[match.start("path") : match.end("path")] if match["path"] else ""):
        if not re.fullmatch(r"[A-Za-z0-9._:\-]{1,40}", part[0]) or _is_odd(part[0]):
            start = match.start("path") + part.start()
            spans += literals(value, start, start + len(part[0]))
    for pair in re.finditer(r"[?&;](?:([^=&;]+)=)?([^&;]*)", match["query"] or ""):
        if pair[1] is None or not re.match(_HARMLESS_QUERY, pair[1]):
            spans += literals(value, match.start("query") + pair.start(2), match.start("query") + pair.end(2))
    if match["fragment"]:
        spans += literals(value, match.start("fragment") + 1, match.end("fragment"))
    return spans


def _is_odd(word: str) -> bool:
    """Whether a part of a path is no word: letters and digits alternate."""
    return sum(map(_changes, re.findall(r"[A-Za-z0-9]+", word))) >= 4


def all_of(value: str) -> list[Span]:
    """The literal parts of a text."""
    return literals(value, 0, len(value))


def literals(text: str, start: int, end: int) -> list[Span]:
    """The literal parts of a range: not its placeholders, separators and authorization scheme."""
    spans: list[Span] = []
    at = start
    for match in PLACEHOLDER.finditer(text, start, end):
        spans.append((at, match.start()))
        if not all(_VARIABLE_NAME.match(part) for part in match[1].split("|")):
            spans.append((match.start() + 2, match.end() - 1))
        at = match.end()
    spans.append((at, end))
    return [(first, last) for first, last in spans if _is_literal(text[first:last])]


def _is_literal(text: str) -> bool:
    if not any(character.isalnum() for character in text):
        return False
    return re.fullmatch(_SCHEMES, text.strip(), re.IGNORECASE) is None


def rendered(text: str, spans: list[Span], mask: str = HIDDEN) -> str:
    """The text with its spans hidden."""
    if not spans:
        return text
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start > at or not pieces:
            pieces.append(text[at:start])
            pieces.append(mask)
        at = end
    return "".join((*pieces, text[at:]))
