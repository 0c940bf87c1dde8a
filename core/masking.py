"""One judgement of what is a secret, for all that is shown or stored; `core.toml.redaction` applies it to TOML text.

Names come first: everything under a key that names a secret is hidden. In the files of backends a text is shown only
under a key that the releases know as harmless; addresses are shown as scheme, host, port and path of words. Elsewhere,
and in the texts that are shown, every word that looks like a key is hidden: by its prefix, or as it looks random.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, Literal

from core.secret_texts import (
    HIDDEN,
    Span,
    address_spans,
    all_of,
    has_stem,
    hide_keys,
    holds_secret,
    is_random,
    is_secret_key,
    literals,
    rendered,
    text_spans,
)

KEYLESS_WORDS: Final = frozenset(
    ["none", "null", "na", "n/a", "ollama", "not-needed", "dummy", "empty", "x", "no-key", "local", "lm-studio"]
)  # fmt: skip
"""Common values of a key field where no key is needed."""

HARMLESS_KEYS: Final = frozenset(
    [
        "enabled",
        "display_name",
        "description",
        "extra_config",
        "listed_constraints",
        "valued_constraints",
        "model_specs_section",
        "handle",
        "sdk",
        "variant",
        "model_type",
        "model_id",
        "inputs",
        "outputs",
        "costs",
        "structure_method",
        "thinking_mode",
        "max_tokens",
        "max_prompt_images",
        "prompting_target",
        "constraints",
        "rules",
        "default_sdk",
        "default_prompting_target",
        "prompt",
        "num_images",
        "aspect_ratio",
        "inference",
        "safety_checker",
        "background",
        "output_format",
        "specific",
        "input_images",
        "model_name",
        "model_choice",
        "output_compression",
        "input_fidelity",
        "fixed_temperature",
        "min_thinking_budget",
        "max_thinking_budget",
        "api_version",
        "auth_header",
        "aws_region",
        "gcp_location",
        "gcp_project_id",
        "gcp_credentials_file_path",
        "x-portkey-provider",
    ]
)
"""The keys of backends and models in all releases that hold no secret, besides addresses."""
ADDRESS_KEYS: Final = frozenset(["endpoint", "endpoint_path"])

KeyPath = Sequence[str | int]


def masked(key: str | KeyPath, value: str, *, strict: bool = False) -> str:
    """A text value for display, under a key or the key path below the backend, model or file.

    Everything but placeholders is replaced by `HIDDEN` under a key that names a secret, and if `strict` (in the files
    of backends, see `in_backend_file`) under each key that is not known as harmless. In other texts this applies to
    words that look like keys, the user part of addresses, and what follows a name of a secret.
    The result may contain control characters and goes through `core.safe_text.safe` like all text of a file.
    """
    if not value or value.lower() in KEYLESS_WORDS:
        return value
    path = (key,) if isinstance(key, str) else key
    kind = _kind(path, strict)
    if kind == "address":
        return rendered(value, address_spans(value))
    return rendered(value, all_of(value) if kind == "hidden" else text_spans(value))


def _kind(path: KeyPath, strict: bool) -> Literal["hidden", "address", "text"]:
    """The masking of a text at a key path: all of it, parts of an address, or keys inside of it."""
    names = [key for key in path if isinstance(key, str)]
    if not names:
        return "text"
    if is_secret_key(names[-1]) or any(map(_is_secret_table, names[:-1])):
        return "hidden"
    if not strict:
        return "text"
    if all(name in HARMLESS_KEYS for name in names):
        return "text"
    return "address" if names[-1] in ADDRESS_KEYS and len(names) == 1 else "hidden"


@lru_cache(maxsize=4096)
def _is_secret_table(name: str) -> bool:
    names = r"(?i)auth(?:orization)?|credentials?|creds?|secret|passwords?|(?:api_?)?keys?"
    return re.fullmatch(names, name) is not None


def in_backend_file(path: str) -> bool:
    """Whether a file holds backends or their models, where only what is known to be harmless is shown."""
    folder, _, name = path.replace("\\", "/").rpartition("/")
    return name == "backends.toml" or folder.rpartition("/")[2] == "backends"


def below_item(path: KeyPath, *, strict: bool) -> KeyPath:
    """The part of a key path that decides what is shown: in the files of backends without the backend or model.

    A name that names a secret is no backend: `api_key = { ... }` above the tables.
    """
    names = [key for key in path if isinstance(key, str)]
    if not strict or len(names) < 2:
        return names
    size = 2 if names[0] == "models" and len(names) > 2 else 1
    return names if any(map(is_secret_key, names[:size])) else names[size:]


def number_text(value: object) -> str:
    """The text of a number; words for an integer of more than 4,300 digits, which Python does not write."""
    try:
        return str(value)
    except ValueError:
        return "an integer of more than 4,300 digits"


def shown_value(key: str | KeyPath, value: object, *, strict: bool = False) -> str:
    """Any value of a file in one line for display: texts unquoted and masked, tables and lists in TOML syntax."""
    path = (key,) if isinstance(key, str) else key
    if isinstance(value, str):
        return masked(path, value, strict=strict)
    if isinstance(value, Mapping):
        items = (
            f"{hide_keys(str(name))} = {shown_value((*path, str(name)), item, strict=strict)}"
            for name, item in value.items()
        )
        return "{ " + ", ".join(items) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(shown_value(path, item, strict=strict) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is not None and is_hidden_number(path):
        return HIDDEN
    return hide_keys(f"{value:g}" if isinstance(value, float) else number_text(value))


def shown_in_file(file: str, path: KeyPath, value: object) -> str:
    """A value at a key path of a file in one line for display, as `shown_value` masks it."""
    strict = in_backend_file(file)
    below = below_item(path, strict=strict)
    if strict and isinstance(value, Mapping) and len(path) == 1 and not any(map(is_secret_key, map(str, path))):
        below = ()  # the whole table of a backend or model: its name says nothing about its keys
    return shown_value(below, value, strict=strict)


def is_hidden_number(path: KeyPath) -> bool:
    """Whether a number or date at a key path is hidden: its key names a secret, and it is no price."""
    return "costs" not in path[:-1] and _kind(path, strict=False) == "hidden"


def has_secret(key: str | KeyPath, value: object, *, strict: bool = False) -> bool:
    """Whether a value, under this key, contains text that is not shown, at any depth."""
    path = (key,) if isinstance(key, str) else key
    if isinstance(value, str):
        return masked(path, value, strict=strict) != value
    if isinstance(value, Mapping):
        return any(
            hide_keys(str(name)) != name or has_secret((*path, str(name)), item, strict=strict)
            for name, item in value.items()
        )
    if isinstance(value, list):
        return any(has_secret(path, item, strict=strict) for item in value)
    return not isinstance(value, bool) and value is not None and is_hidden_number(path)


def suspect_words(path: KeyPath, value: str) -> Iterator[str]:
    """The parts of a literal text that are secrets by its key or by their looks, without short ones."""
    if is_suspect(path, value):
        spans = all_of(value) if _kind(path, strict=False) == "hidden" else text_spans(value)
        yield from (word for start, end in spans if len(word := value[start:end].strip()) >= 8)


def is_suspect(path: KeyPath, value: str) -> bool:
    """Whether a literal text is a secret by its key or its looks, and not only unknown: worth a warning."""
    if _kind(path, strict=False) == "hidden":
        text = "".join(value[start:end] for start, end in all_of(value)).strip()
        is_path = re.match(r"[~.]{0,2}/", text) is not None and not is_random(text)
        return len(text) >= 6 and not is_path and text.lower() not in KEYLESS_WORDS
    if path[-1:] == ("endpoint",) and "@" in value:
        return bool(all_of(value.partition("@")[0]))
    return bool(text_spans(value))


def may_hold_secret(data: Mapping[str, object]) -> bool:
    """Whether any text of a file may be suspect: fast, for files without any."""
    texts: set[str] = set()
    tables: list[Mapping[str, object]] = [data]
    lists: list[list[object]] = []
    while tables or lists:
        names: set[str] = set().union(*tables)
        for name in filter(has_stem, names) if has_stem("\n".join(names)) else ():
            literals = (_is_literal(table.get(name)) for table in tables)
            if (is_secret_key(name) or _is_secret_table(name)) and any(literals):
                return True
        if "endpoint" in names and any("@" in str(table.get("endpoint", "")) for table in tables):
            return True
        values = [*chain.from_iterable([table.values() for table in tables]), *chain.from_iterable(lists)]
        texts.update([value for value in values if type(value) is str])
        tables = [value for value in values if type(value) is dict]
        lists = [value for value in values if type(value) is list]
    return holds_secret("\n".join(texts))


def _is_literal(value: object) -> bool:
    """Whether a value is, or may hold, a text that is no placeholder."""
    return bool(all_of(value)) if isinstance(value, str) else isinstance(value, Mapping | list)


def masked_line(line: str, *, strict: bool = True, mask: str = HIDDEN) -> str:
    """A line that is no TOML: all is hidden but what is known to be harmless, if `strict`; else what looks secret."""
    spans = _line_spans(line, strict)
    if len(mask) > 1:
        return rendered(line, spans)
    for start, end in spans:
        line = line[:start] + re.sub(r"[^\s\"'\[\]{},=]", mask, line[start:end]) + line[end:]
    return line


# Texts, compiled for the first line that is no TOML: most trees have none.
_LINE_KEY = r"[ \t]*+(?:#[#\s]*+)?[\"']?(?P<key>[A-Za-z0-9_.\-]++)[\"']?(?P<gap>[ \t]*+[=:]*+[ \t]*+)"
_ONE_VALUE = (
    r"(?:\"[^\"\\]*+\"?|'[^']*+'?|[^\s\"'#,\[\]{}]*+|\[[\s\"',A-Za-z0-9_\-.]*+\]?)[ \t]*+,?[ \t]*+(?:#[^=:\"']*)?\r?\Z"
)
_LINE_HEADER = r"[ \t]*+\[{1,2}[A-Za-z0-9_.\-: \t]*+\]{0,2}[ \t\r]*+(?:#[^=:\"']*)?\Z"


def is_short_word(line: str) -> bool:
    """Whether a line that is no TOML is a word too short for a key, before nothing, a header or a comment.

    It is being typed, and a draft keeps it. Where a list or text may be open it can be a password: do not ask then.
    """
    return re.match(r"[ \t]*+[A-Za-z0-9_.\-]{1,7}+[ \t\r]*+(?:[\[#]|\Z)", line) is not None


def names_secret(line: str) -> bool:
    """Whether a line names a secret, whose value may be on the next one."""
    return any(map(is_secret_key, re.findall(r"[A-Za-z0-9_.\-]+", line)))


def _line_spans(line: str, strict: bool) -> list[Span]:
    if re.match(_LINE_HEADER, line):
        return text_spans(line)
    match = re.match(_LINE_KEY, line)
    if match is None:
        return all_of(line) if strict or "\\" in line else text_spans(line)
    name = match["key"].rpartition(".")[2]
    rest = match.end()
    if strict:
        one_value = re.compile(_ONE_VALUE)
        if name in HARMLESS_KEYS and one_value.match(line, rest):
            return text_spans(line)
        if name in ADDRESS_KEYS and (value := one_value.match(line, rest)):
            written = line[rest : value.end()].strip(" \t\r,\"'")
            start = line.index(written, rest)
            return [(start + first, start + last) for first, last in address_spans(written)]
        # Without a separator the first word may be the value itself.
        return [
            *text_spans(line[:rest]),
            *literals(line, rest if match["gap"].strip() else match.start("key"), len(line)),
        ]
    names = re.finditer(r"[A-Za-z0-9_.\-]+", line)
    secret = next((found.end() for found in names if is_secret_key(found[0])), None)
    spans = [*text_spans(line), *(literals(line, secret, len(line)) if secret is not None else ())]
    words = re.finditer(r"[^\s\"',=]++", line) if "\\" in line else ()
    return spans + [found.span() for found in words if re.search(r"\\[uUx]", found[0])]
