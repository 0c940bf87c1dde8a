"""Mutations of the stock `pipelex.toml` of a release: one seed, one case of the boot suite."""

from __future__ import annotations

import copy
import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.releases import parse_release
from core.settings.schema import settings_schema

from ..boot.case import BootCase, Entry, Folder, Link
from ..boot.draft import Draft
from ..generate.toml_text import document_text

Table = dict[str, Any]
Change = Callable[[random.Random, Table, str], str]
ODD_VALUES: tuple[Any, ...] = (
    *(True, False, 0, 1, -1, 11, 2**70, 0.0, 1.5, float("inf"), float("nan"), -2.5),
    *("", "yes", "off", "env", "vault", "local", "hosted", "1", "none", "raise", "${HOME}"),
    *([], [1], ["a"], [["a"]], ["a", 1], [True], {}, {"a": 1}, {"a": "b"}, {"a": {"b": 1}}),
)
NAMES = ("feature_config", "cogt", "extra", "is_enabled", "a b", "log_config", "deck", "gateway_test", "boot", "meta")


def tables(node: Table, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Table]]:
    """Every table of a document with its key path, the document first."""
    yield path, node
    for key, value in node.items():
        if isinstance(value, dict):
            yield from tables(value, (*path, key))


def leaves(node: Table) -> list[tuple[tuple[str, ...], Table, str]]:
    """Every value that is no table: its key path, its table, its key."""
    found = [
        ((*path, key), table, key)
        for path, table in tables(node)
        for key, value in table.items()
        if not isinstance(value, dict)
    ]
    return found


def set_at(document: Table, path: Sequence[str], value: Any) -> None:
    """Set a value, making the tables above it; a value in their place is replaced."""
    for key in path[:-1]:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        document = document[key]
    document[path[-1]] = value


def unknown_key(chance: random.Random, document: Table, _release: str) -> str:
    path, table = chance.choice(list(tables(document)))
    name = chance.choice(NAMES)
    table[name] = chance.choice(ODD_VALUES)
    return f"unknown {'.'.join((*path, name))}"


def misspelled_key(chance: random.Random, document: Table, _release: str) -> str:
    path, table, key = chance.choice(leaves(document))
    at = chance.randrange(len(key))
    table[key[:at] + key[at + 1 :] or "x"] = table.pop(key)
    return f"misspelled {'.'.join(path)}"


def deleted_key(chance: random.Random, document: Table, _release: str) -> str:
    path, table, key = chance.choice(leaves(document))
    del table[key]
    return f"deleted {'.'.join(path)}"


def odd_value(chance: random.Random, document: Table, _release: str) -> str:
    path, table, key = chance.choice(leaves(document))
    table[key] = chance.choice(ODD_VALUES)
    return f"{'.'.join(path)} = {table[key]!r}"


def near_value(chance: random.Random, document: Table, _release: str) -> str:
    path, table, key = chance.choice(leaves(document))
    value = table[key]
    if isinstance(value, bool):
        choices: list[Any] = [not value, str(value).lower(), int(value)]
    elif isinstance(value, int | float):
        choices = [value + 1, -value, 0, float(value), value + 0.5, str(value), 10**9]
    elif isinstance(value, str):
        choices = [value.upper(), value + "x", "", [value], value.title()]
    else:
        choices = [[], [*value, "x"], [*value, 1], "x", {"a": value}]
    table[key] = chance.choice(choices)
    return f"{'.'.join(path)} = {table[key]!r}"


def table_replaced(chance: random.Random, document: Table, _release: str) -> str:
    path, _ = chance.choice(list(tables(document))[1:])
    set_at(document, path, value := chance.choice(ODD_VALUES))
    return f"table {'.'.join(path)} = {value!r}"


def any_known_key(chance: random.Random, document: Table, release: str) -> str:
    number = parse_release(release)
    assert number is not None
    rows = sorted(path for path in settings_schema("pipelex", number).rows if path and "*" not in path)
    path = chance.choice(rows)
    set_at(document, path.split("."), value := chance.choice(ODD_VALUES))
    return f"{path} = {value!r}"


def key_of_another_release(chance: random.Random, document: Table, _release: str) -> str:
    number = parse_release(chance.choice(("0.10.2", "0.15.7", "0.18.6", "0.43.1", "0.60.0", "0.77.0", "0.92.2")))
    assert number is not None
    schema = settings_schema("pipelex", number)
    path = chance.choice(sorted(path for path in schema.rows if path and "*" not in path))
    notation = schema.rows[path].lstrip("!")
    fits = {"bool": True, "int": 3, "float": 0.5, "str": "text", "[str]": ["text"]}
    value = fits.get(notation, {} if notation.startswith(("table", "{")) else notation.partition("|")[0].strip('"'))
    set_at(document, path.split("."), value)
    return f"from {number}: {path} = {value!r}"


def open_table(chance: random.Random, document: Table, release: str) -> str:
    number = parse_release(release)
    assert number is not None
    rows = settings_schema("pipelex", number).rows
    path = chance.choice(sorted(path for path in rows if rows[path].lstrip("!").startswith("{")))
    value: Any = chance.choice(("INFO", "info", "low", 3, True, {"low": 1}, {"low": 1, "medium": 2, "high": 3}, [], {}))
    set_at(document, (*path.split("."), chance.choice(("mine", "low", "max", "openai", "flux"))), value)
    return f"entry of {path} = {value!r}"


DECISIVE: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...] = (
    (("runtime", "plugins", "disabled"), ([], ["openai"], ["anthropic"], ["storage"], ["secrets"], ["none-such"])),
    (("plugins", "disabled"), (["openai"], ["direct"], ["mistral"], ["secrets"])),
    (("runtime", "secrets", "method"), ("env", "vault", "")),
    (("runtime", "storage", "method"), ("local", "in_memory", "s3", "gcp", "azure")),
    (("pipelex", "storage_config", "method"), ("local", "in_memory", "s3", "gcp", "azure")),
    (("pipelex", "secrets_config", "method"), ("env", "vault")),
    (("runtime", "log", "sink"), ("console", "json", "otlp", "gcp", "none-such")),
    (("runtime", "log", "pretty_print_mode"), ("rich", "poor", "silent", "loud")),
    (("runtime", "log", "console_log_target"), ("stdout", "stderr", "file")),
    (("runtime", "tracing"), ({"is_enabled": True, "backend": "dynamodb"}, {"is_enabled": True, "backend": "ndjson"})),
    (("pipelex", "tracing_config"), ({"is_enabled": True, "backend": "dynamodb"}, {"is_enabled": True})),
    (("interpreter", "pipe_func", "execution_mode"), ("direct", "daytona")),
    (("run", "execution"), ("local", "hosted")),
    (("runtime", "aws", "api_key_method"), ("env", "secret_provider")),
    (("kit", "preferred_agent_targets"), (["cursor"], ["cursor", "agents"], [], ["claude", "claude"])),
    (("inference", "model_deck", "missing_presets_reaction"), ("none", "log", "raise")),
    (("cogt", "model_deck_config", "missing_presets_reaction"), ("none", "log", "raise")),
    (("pipelex", "log_config", "console_log_target"), ("stdout", "stderr", "file")),
    (("pipelex", "feature_config", "is_reporting_enabled"), (True, False)),
    (("pipelex", "feature_config", "is_pipeline_tracking_enabled"), (True, False)),
    (("meta", "schema_version"), (1, 99, "new")),
)


def decisive(chance: random.Random, document: Table, _release: str) -> str:
    path, values = chance.choice(DECISIVE)
    value = chance.choice(values)
    set_at(document, path, value)
    return f"{'.'.join(path)} = {value!r}"


CHANGES: tuple[Change, ...] = (
    *(unknown_key, misspelled_key, deleted_key, odd_value, near_value, table_replaced),
    *(any_known_key, any_known_key, key_of_another_release, open_table, decisive, decisive),
)
TEXT_FAULTS: tuple[tuple[str, Callable[[str], Entry]], ...] = (
    ("open quote", lambda text: text + '\nopen = "quote\n'),
    ("colon", lambda text: text + "\nkey: 1\n"),
    ("header twice", lambda text: text + "\n[twice]\n[twice]\n"),
    ("byte order mark", lambda text: "\ufeff" + text),
    ("latin-1", lambda text: (text + '\n# caf\u00e9 "\u00e9"\n').encode("latin-1")),
    ("utf-16", lambda text: text.encode("utf-16")),
    ("NUL", lambda text: text + "\n# a\x00b\n"),
    ("empty", lambda _text: ""),
    ("comments", lambda _text: "# nothing\n"),
    ("crlf", lambda text: text.replace("\n", "\r\n")),
    ("folder", lambda _text: Folder()),
    ("dangling link", lambda _text: Link("nowhere.toml")),
    ("mixed list", lambda text: text + '\n[extra]\nmixed = ["a", 1]\n'),
)
LAYERS = ("local", "dev", "normal", "override", "temporary_override", "super", "prod")


def mutated(release: str, stock: str, seed: int) -> BootCase:
    """The case of a seed: the base tree of the boot suite with a changed stock file, in one of its layers."""
    chance = random.Random(f"{release} {seed}")
    whole: Table = tomllib.loads(stock)
    document = copy.deepcopy(whole) if chance.random() < 0.6 else {}
    notes = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        is_rich = bool(leaves(document)) and len(list(tables(document))) > 1
        source = document if is_rich else copy.deepcopy(whole)
        notes.append(chance.choice(CHANGES)(chance, source, release))
        document = source if is_rich or chance.random() < 0.5 else only_changes(whole, source)
    entry: Entry = document_text(document)
    if chance.random() < 0.08:
        name, fault = chance.choice(TEXT_FAULTS)
        entry = fault(str(entry))
        notes.append(name)
    draft = Draft(", ".join(notes), release)
    folder = "" if draft.minor == 10 else ".pipelex/"
    path = f"{folder}pipelex.toml"
    if chance.random() < 0.15:
        layer = chance.choice(LAYERS)
        folder = "" if draft.minor < 18 else ".pipelex/"
        path = f"{folder}pipelex_{layer}.toml"
        notes.append(f"in {path}")
    elif draft.minor >= 18 and chance.random() < 0.1:
        draft.home[path] = entry
        return case(draft, [*notes, "at home"], seed)
    draft.files[path] = entry
    return case(draft, notes, seed)


def case(draft: Draft, notes: list[str], seed: int) -> BootCase:
    """The case of a draft, named by its seed and what it changes."""
    draft.kind = f"{seed}: {', '.join(notes)}"
    return draft.case()


def only_changes(whole: Table, changed: Table) -> Table:
    """What a changed document holds beyond the whole one."""
    remaining: Table = {}
    for key, value in changed.items():
        before = whole.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            below = only_changes(before, value)
            if below:
                remaining[key] = below
        elif value != before or type(value) is not type(before):
            remaining[key] = value
    return remaining
