"""Files below `.pipelex` that look like configuration, but that a release never reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from core.files.discover import POLICY_FILE, TREE_ENTRIES, TreePaths
from core.files.view import View
from core.records import dataclass
from core.releases import Behaviours
from core.suggest import near

_BASES = ("backends.toml", "routing_profiles.toml")
_OVERRIDES = ("backends_override.toml", "routing_profiles_override.toml")
_SETTINGS = ("pipelex.toml", "pipelex_local.toml", "pipelex_override.toml", "pipelex_temporary_override.toml")
_SET_ASIDE = ("~", ".bak", ".orig", ".old", ".sample", ".example", ".disabled", ".off", ".swp", ".tmp", ".md", ".rej")
"""Endings of files that are meant to have no effect."""
_OTHER_FORMATS = (".toml.txt", ".tml", ".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file without the effect that its name promises. `shown` is the display path of `path`.

    `read_as` says what it is read as; None for a file that is never read.
    """

    path: str
    shown: str
    fix: str
    read_as: str | None = None


def unread_files(
    paths: TreePaths, inference: str, behaviours: Behaviours, view: View, shown: Callable[[str], str]
) -> Iterator[UnreadFile]:
    """The files of the project's `.pipelex` folder that the release never reads, or reads as something else."""
    folder = os.path.dirname(inference)
    if os.path.basename(folder) == ".pipelex":
        for name in view.names(folder):
            if fix := _outside_fix(name, view.names(os.path.join(folder, name))):
                yield UnreadFile(path := os.path.join(folder, name), shown(path), fix)
    for name in view.names(inference):
        path = os.path.join(inference, name)
        below = view.names(path)
        if not below and _is_configuration(name) and name not in (*_BASES, *_OVERRIDES):
            yield UnreadFile(path, shown(path), _inside_fix(name, behaviours))
        elif below and name not in TREE_ENTRIES:
            for inner in view.toml_names(path):
                fix = f"move it to inference/backends/{inner} or inference/deck/{inner}"
                yield UnreadFile(file := os.path.join(path, inner), shown(file), fix)
        elif name in ("backends", "deck"):
            yield from _inside_folder(path, name, below, view, shown)


def _inside_folder(
    folder: str, kind: str, names: tuple[str, ...], view: View, shown: Callable[[str], str]
) -> Iterator[UnreadFile]:
    for name in names:
        path = os.path.join(folder, name)
        if _is_configuration(name) and not name.endswith(".toml"):
            yield UnreadFile(path, shown(path), f"rename it to {_stem(name)}.toml, if it is TOML")
        elif kind == "deck" and name in (*_BASES, *_OVERRIDES):
            fix = f"move it to inference/{name}, or give it the name of a deck file, as x_custom_llm_deck.toml"
            yield UnreadFile(path, shown(path), fix, "a part of the deck")
        elif kind == "backends":
            for inner in view.toml_names(path):
                yield UnreadFile(
                    file := os.path.join(path, inner), shown(file), f"move it to inference/backends/{inner}"
                )


def _is_configuration(name: str) -> bool:
    """Whether a name looks like that of a configuration file that is meant to be read."""
    lower = name.lower()
    if name.startswith(".") or lower.endswith(_SET_ASIDE):
        return False
    return lower.endswith((".toml", *_OTHER_FORMATS))


def _stem(name: str) -> str:
    lower = name.lower()
    ending = next(item for item in (".toml.txt", ".toml", *_OTHER_FORMATS) if lower.endswith(item))
    return name[: -len(ending)]


def _outside_fix(name: str, below: tuple[str, ...]) -> str:
    """The advice for a file or folder directly below `.pipelex`; empty for one that is no part of a tree."""
    if name in TREE_ENTRIES and (name.endswith(".toml") or any(item.endswith(".toml") for item in below)):
        return f"move it to inference/{name}"
    if name in _OVERRIDES:
        return f"move it to inference/{name}"
    is_other = name.endswith(".toml") and name not in (*_SETTINGS, POLICY_FILE)
    meant = near(name, _SETTINGS, cutoff=0.9) if is_other else ()
    return f"rename it to {meant[0]}" if meant else ""


def _inside_fix(name: str, behaviours: Behaviours) -> str:
    """The advice for a file directly below `inference`."""
    known = (*_BASES, *_OVERRIDES) if behaviours.override_files else _BASES
    meant = near(_stem(name) + ".toml", known, cutoff=0.85)
    if _stem(name) + ".toml" in known:
        return f"rename it to {_stem(name)}.toml, if it is TOML"
    if meant:
        return f"rename it to {meant[0]}"
    if "deck" in name or "preset" in name or "alias" in name:
        return f"move it to inference/deck/{name}"
    return f"move it to inference/backends/{name} or, if it is part of the deck, to inference/deck/{name}"
