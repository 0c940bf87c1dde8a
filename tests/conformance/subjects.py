"""The subjects of an error of the real package: the names in its message, which our message must contain too.

A subject is a group of alternatives; a message names it when it holds any one of them.
"""

from __future__ import annotations

import re

Subject = tuple[str, ...]

# Each pattern's groups are subjects of their own, unless they stay empty.
_ONE_OF_EACH = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"Could not get variable '([^']*)'",
        r"Unknown variable prefix: '([^']+)'",
        r"inference model spec '(.+?)' for backend '(.+?)' (?:from|in) file",
        r"^Model spec '(.+?)' for backend '(.+?)'",
        r"^Invalid model '(.+?)' for backend '(.+?)' in file .*?: '(\w+)' references",
        r"Model spec '(.+?)' not found in backend '(.+?)' which",
        r"^Backend '(.*?)', requested for model '(.*?)'",
        r"^Backend '(.*?)', required for profile '(.*?)'",
        r"^Default backend '(.*?)' set for routing profile '(.*?)' is",
        r"Invalid inference backend '(.+?)' in",
        r"(?:LLM preset|llm preset id) '([^']*)'(?: was)? not found",
        r"names the model '(.*?)', which",
        r"handle '([^']*)' for (?:\w+ )?preset '([^']*)' was not found",
        r"preset '([^']*)': Model (?:handle|reference) '([^']*)' was not found",
        r"Pattern '(.*?)' is both",
        r"both declare '(.*?)' as",
        r"enables the '(.+?)' backend",
        r"[Rr]outing profile '(.*?)' not found",
        r"[Pp]rofile '(.*?)' (?:was )?not found",
    )
)
_FALLBACK = re.compile(r"fallback pattern: (\S+)")
_FILE = re.compile(r"(?:[Ff]ile|at path|library at|Is a directory:) '[^']*?([^'/]+\.toml)'")
_LISTED_FIELDS = re.compile(r"^[A-Z][\w ]* (?:fields|errors): (.+)", re.MULTILINE)
_RAW_FIELD = re.compile(r"^([^\s:][^:\n]*?)\n  \S", re.MULTILINE)
_OTHER_FIELD = re.compile(r"^(\S[^:\n]*): [a-z_]+: ", re.MULTILINE)
_PATHS_WITH_VALUES = re.compile(r'[\[ ]["\']([\w.-]+): ')
_QUOTED = re.compile(r"'([^']*)'")
_OTHER_BRANCH = (".ModelReference.kind", ".ModelReference.name", ".ModelReference.raw")
_NO_NAME = re.compile(
    r"[\[\]()]|^\d+$|^(?:str|int|float|bool|dict|list|constrained-str)$|Setting$|Blueprint$|^ModelReference$"
)


def subjects(error_type: str | None, message: str) -> tuple[Subject, ...]:
    """The subjects of a message. Classes that say nothing useful (a Python `AttributeError`) have none."""
    if error_type in ("AttributeError", "TypeError", "UnicodeDecodeError", "RecursionError"):
        return ()
    if error_type == "KeyError":
        return ((message.strip("'\""),),)
    subjects_: list[Subject] = []
    for pattern in _ONE_OF_EACH:
        match = pattern.search(message)
        if match is not None:
            subjects_ += [(name.strip(),) for name in match.groups() if name and name.strip()]
    fallback = _FALLBACK.search(message)
    if fallback is not None:
        subjects_.append(tuple(part.split(":")[-1].strip() for part in fallback[1].split("|")))
    files = _FILE.findall(message)
    if files:
        subjects_.append((files[-1],))
    fields = field_names(message)
    if fields:
        subjects_.append(fields)
    return tuple(subjects_)


def field_names(message: str) -> Subject:
    """The last named part of every key path that a validation error lists."""
    paths: list[str] = []
    for listed in _LISTED_FIELDS.findall(message):
        # 0.10 lists texts of a key path and its value, which may hold further quotes.
        paths += _PATHS_WITH_VALUES.findall(listed) or _QUOTED.findall(listed)
    paths += _OTHER_FIELD.findall(message)
    if "validation error" in message.partition("\n")[0]:
        paths += _RAW_FIELD.findall(message)
    names: list[str] = []
    # The other branch of a union, whose own fields are missing, says nothing about what was written.
    paths = [path.removeprefix("extra_headers.") for path in paths if not path.endswith(_OTHER_BRANCH)]
    for path in paths:
        parts = [part for part in path.split(".") if part and not _NO_NAME.search(part)]
        # Names may hold dots themselves, so the tail from any dot on may be the name.
        names += [".".join(parts[start:]) for start in range(max(0, len(parts) - 3), len(parts))]
    return tuple(dict.fromkeys(names))
