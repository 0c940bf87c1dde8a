"""Units: the named parts of a configuration file, compared and carried one by one, and their digests."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping

from core.toml.edit.text_layout import Path

Table = Mapping[str, object]
BACKENDS, SPECS, ROUTING, DECK = "backends", "specs", "routing", "deck"
_FLAT = ("aliases", "waterfalls", "llm_presets", "llm_choice_defaults", "llm_choice_overrides")
_DIGITS = 10


def kind_of(name: str) -> str:
    """The kind of a file of the tree, by its path below `.pipelex`; empty for any other."""
    folder, file = os.path.split(name)
    if not file.endswith(".toml"):
        return ""
    if folder == "inference" and file in ("backends.toml", "routing_profiles.toml"):
        return BACKENDS if file == "backends.toml" else ROUTING
    if folder == "inference/backends":
        return SPECS
    return DECK if folder == "inference/deck" or folder.startswith("inference/deck/") else ""


def units(name: str, data: Table) -> dict[Path, object]:
    """The units of a file: backends, models, profiles, and the entries of the deck, by key path."""
    kind = kind_of(name)
    if kind == DECK:
        return dict(_deck_units(data))
    if kind == ROUTING:
        profiles = data.get("profiles")
        named = profiles.items() if isinstance(profiles, Mapping) else ()
        rest: dict[Path, object] = {(key,): value for key, value in data.items() if key != "profiles"}
        return rest | {("profiles", key): value for key, value in named}
    return {(key,): value for key, value in data.items()}


def _deck_units(data: Table) -> Iterator[tuple[Path, object]]:
    for top, table in data.items():
        if not isinstance(table, Mapping):
            yield (top,), table
            continue
        for key, value in table.items():
            if top in _FLAT or not isinstance(value, Mapping):
                yield (top, key), value
            else:
                yield from (((top, key, name), item) for name, item in value.items())


def unit_digest(name: str, path: Path, value: object) -> str:
    """The digest of a unit; that of a deck entry is the same in every file of the deck."""
    place = DECK if kind_of(name) == DECK else name
    return _digest(f"unit\0{place}\0{json.dumps([path, value], default=str, sort_keys=True)}".encode())


def file_digest(name: str, content: bytes) -> str:
    """The digest of a whole file, at its place or at any other of the deck."""
    return _digest(b"file\0" + name.encode() + b"\0" + content)


def comment_digest(comment: str) -> str:
    """The digest of a comment, in whatever file."""
    return _digest(b"comment\0" + comment.strip().encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]
