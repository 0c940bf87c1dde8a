"""Layered files: the files that override each other, and the choice of the one that a change belongs in.

From 0.18 on the numbered deck files, before that `base_deck.toml`, and always `internal.toml` are managed by Pipelex:
`pipelex update` and `pipelex init` overwrite them. All other files are the user's own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from core.edits.edit_session import EditSession
from core.edits.intent import EditLayer, EditRefusedError
from core.entities import Layer
from core.records import dataclass
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import BY_HAND

_MANAGED_DECK = re.compile(r"(?:base_deck|[0-9]+_.*)\.toml")
_OWN = "# Your own settings. They override the files shipped with Pipelex.\n"
_OVERRIDE = "# Overrides {name}.\n"


def is_managed(path: str) -> bool:
    """Whether a file belongs to Pipelex, by its place and name."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "deck":
        return _MANAGED_DECK.fullmatch(name) is not None
    return os.path.basename(folder) == "backends" and name == "internal.toml"


@dataclass
class LayeredFiles:
    """Files laid over each other, the last one winning: the deck, `backends.toml`, or `routing_profiles.toml`."""

    session: EditSession
    kind: str

    @property
    def paths(self) -> list[str]:
        """The files, base first, as edited so far; those that cannot be read are left out."""
        tree = self.session.report.catalog.tree
        document = {"deck": tree.deck, "backends": tree.backends, "routing": tree.routing}[self.kind]
        paths = [source.path for source in document.sources]
        folder = self.session.report.catalog.tree.deck_path if self.kind == "deck" else ""
        for path in self.session.contents:
            inside = path.startswith(folder + "/") if folder else path == self.override_path
            if inside and path not in paths:
                paths.append(path)
        if folder:
            paths.sort()
        return [path for path in paths if self.session.exists(path)]

    @property
    def data_lists_add_up(self) -> bool:
        """Whether lists of several files are concatenated (deck, up to 0.17.0)."""
        return self.kind == "deck" and self.session.report.catalog.behaviours.merged_lists == "concatenated"

    def paths_with(self, keys: Path) -> list[str]:
        """The files that set a key path, the winning one last."""
        return [path for path in self.paths if self.session.has(path, keys)]

    def require_paths(self, keys: Path, noun: str) -> list[str]:
        """The files that set a key path of the catalog. Raises EditRefusedError if the old TOML reader misread it."""
        paths = self.paths_with(keys)
        if not paths:
            raise EditRefusedError(f"{noun} cannot be located in the text of the file.", BY_HAND)
        return paths

    def is_own(self, path: str) -> bool:
        """Whether a file is the user's own, where edits go by default."""
        return self.kind != "deck" or not is_managed(path)

    # ---- where a change goes

    def target(self, keys: Path, family: str = "", value: object = None, entry: Path = ()) -> str:
        """The file to write a key path to. Raises EditRefusedError if there is none.

        `family` is the deck's family the key belongs to. With `value` a list, files that would add up are refused.
        A new key goes to the file of its `entry`, if there is one.
        """
        paths = self.paths_with(keys)
        path = self._beside(entry) if entry and not paths else ""
        path = path or self._target(paths, family)
        if paths and paths[-1] > path and self.kind == "deck":
            shown = self.session.shown(paths[-1])
            raise EditRefusedError(f"{shown} sets this too and wins.", "Change it there.", layers=(EditLayer.AUTO,))
        other_files = [file for file in paths if file != path and isinstance(self.session.get(file, keys), list)]
        if other_files and self.data_lists_add_up and isinstance(value, list):
            release = self.session.report.release
            shown = self.session.shown(other_files[0])
            raise EditRefusedError(
                f"Pipelex {release} appends this list to that of {shown}, so it cannot replace it.",
                f"Change it in {shown}, or use another name.",
                layers=(EditLayer.BASE,) if len(paths) == 1 else (),
            )
        self.note_ownership(path)
        return path

    def _target(self, paths: list[str], family: str) -> str:
        layer = self.session.layer
        if self.kind == "deck":
            if layer is EditLayer.BASE:
                return self._base(paths, family)
            if paths and self.is_own(paths[-1]):
                return paths[-1]
            return self.own_deck_file(family, after=paths[-1] if paths else "")
        base, override = self.base_path, self.override_path
        if layer is EditLayer.OVERRIDE:
            if not self.session.report.catalog.behaviours.override_files:
                raise EditRefusedError(
                    f"Pipelex {self.session.report.release} does not read {os.path.basename(override)}.",
                    "Change the base file.",
                    layers=(EditLayer.BASE,),
                )
            self._make(override, _OVERRIDE.format(name=os.path.basename(override).replace("_override", "")))
            return override
        if layer is EditLayer.BASE and paths and paths[-1] != base:
            shown = self.session.shown(paths[-1])
            raise EditRefusedError(f"{shown} sets this too and wins.", "Change it there.", layers=(EditLayer.AUTO,))
        return paths[-1] if layer is EditLayer.AUTO and paths else base

    def _beside(self, entry: Path) -> str:
        """The file of the entry that gets a new key; empty if unknown."""
        paths = self.paths_with(entry)
        if not paths or self.session.layer is EditLayer.OVERRIDE:
            return ""
        if self.kind != "deck":
            if self.session.layer is EditLayer.BASE and paths[0] != self.base_path:
                raise EditRefusedError(
                    f"It is in {self.session.shown(paths[0])}.", "Change it there.", layers=(EditLayer.AUTO,)
                )
            return paths[0]
        if self.session.layer is EditLayer.BASE:
            return next((path for path in paths if not self.is_own(path)), paths[-1])
        return paths[-1] if self.is_own(paths[-1]) else ""

    def _base(self, paths: list[str], family: str) -> str:
        if paths:
            if self.is_own(paths[-1]) and len(paths) > 1:
                shown = self.session.shown(paths[-1])
                raise EditRefusedError(f"{shown} sets this too and wins.", "Change it there.", layers=(EditLayer.AUTO,))
            return paths[-1]
        return self.base_file(family)

    def base_file(self, family: str) -> str:
        """The file of Pipelex's own that holds a family's part of the deck; the first of the deck without one."""
        managed = [path for path in self.paths if not self.is_own(path)]
        named = [path for path in managed if f"_{family}_" in os.path.basename(path)]
        chosen = named or managed or self.paths
        return chosen[0] if chosen else self.own_deck_file(family)

    def own_deck_file(self, family: str, *, after: str = "") -> str:
        """The user's own deck file of a family, sorted after `after`; created if missing."""
        by_family = self.session.report.catalog.behaviours.deck_layout == "families"
        name = f"x_custom_{family or 'llm'}_deck.toml" if by_family else "overrides.toml"
        path = os.path.join(self.session.report.catalog.tree.deck_path, name)
        if not self.session.exists(path):
            used = [item for item in self.paths if self.is_own(item) and item > after and self.session.readable(item)]
            preferred = [item for item in used if os.path.basename(item).startswith(("overrides", "x_custom"))]
            if by_family and family:
                preferred = [item for item in preferred if self.session.has(item, (family,))]
            if preferred:
                return preferred[-1]
        if path <= after:
            path = os.path.join(self.session.report.catalog.tree.deck_path, "z_overrides.toml")
        self._make(path, _OWN)
        return path

    def _make(self, path: str, head: str) -> None:
        if not self.session.exists(path):
            self.session.create(path, head)

    @property
    def base_path(self) -> str:
        """The base file, existing or to be created: `backends.toml` or `routing_profiles.toml`."""
        tree = self.session.report.catalog.tree
        read = (tree.backends if self.kind == "backends" else tree.routing).sources[0].path
        return read if self.session.exists(read) else os.path.join(tree.paths.inference, self._name)

    @property
    def override_path(self) -> str:
        """The project's override file."""
        return os.path.join(self.session.report.catalog.tree.paths.inference, self._name.replace(".", "_override."))

    @property
    def _name(self) -> str:
        return "backends.toml" if self.kind == "backends" else "routing_profiles.toml"

    def note_ownership(self, path: str) -> None:
        """Note that a changed file is managed by Pipelex, or shared by projects."""
        shown = self.session.shown(path)
        tree = self.session.report.catalog.tree
        layer = next((source.layer for source in tree.sources if source.path == path), Layer.PROJECT)
        if is_managed(path):
            self.session.note(f"{shown} is managed by Pipelex: `pipelex update` may overwrite it")
        if layer in (Layer.HOME, Layer.HOME_OVERRIDE):
            self.session.note(f"{shown} is in your home folder: all projects without their own copy read it")

    # ---- changing

    def put(
        self,
        keys: Path,
        value: object,
        *,
        family: str = "",
        before: str | None = None,
        after: str | None = None,
    ) -> str:
        """Give a key path a value in the file of its value; returns that file."""
        path = self.target(keys, family, value)
        self.session.put(path, keys, value, before=before, after=after, header=self.kind != "deck")
        return path

    def put_field(
        self, entry: Path, key: str, value: object, *, family: str = "", predecessors: Sequence[str] = ()
    ) -> str:
        """Give one key of an entry a value. In a file that lacks the entry, it then holds that key alone.

        A new key goes behind the first of `predecessors` that is there, else behind the last key.
        """
        path = self.target((*entry, key), family, value, entry)
        if self.session.has(path, entry):
            after = next((name for name in predecessors if self.session.has(path, (*entry, name))), None)
            self.session.put(path, (*entry, key), value, after=after)
        else:
            self.session.put(path, entry, {key: value}, header=self.kind != "deck")
        return path

    def in_place(self, keys: Path, noun: str) -> list[str]:
        """Every file that sets a key path, to be changed where no layer above can: renamed, moved or deleted.

        Raises EditRefusedError when there is none, when Pipelex manages one of them and the layer is not `base`, or
        when the layer is `override` and another file sets it too.
        """
        paths = self.paths_with(keys)
        if not paths:
            raise EditRefusedError(f"There is no {noun}.", "Check the name.")
        if self.kind == "deck":
            protected = [path for path in paths if not self.is_own(path) and self.session.layer is not EditLayer.BASE]
        else:
            protected = [
                path for path in paths if path != self.override_path and self.session.layer is EditLayer.OVERRIDE
            ]
        if protected:
            raise EditRefusedError(
                f"{noun[:1].upper()}{noun[1:]} is in {self.session.shown(protected[0])}, and no other file can remove"
                " it from there.",
                "Change that file, or override the value in another file.",
                layers=(EditLayer.BASE,),
            )
        for path in paths:
            self.note_ownership(path)
        return paths

    def drop(self, keys: Path, noun: str) -> None:
        """Delete a key path from every file that sets it. Raises EditRefusedError as `in_place` does."""
        for path in self.in_place(keys, noun):
            self.session.drop(path, keys)

    def drop_top(self, keys: Path, noun: str) -> str:
        """Delete a key path from the file that wins, so that the layer below applies; return the file."""
        paths = self.paths_with(keys)
        if not paths:
            raise EditRefusedError(f"There is no {noun}.", "Check the name.")
        path = paths[-1]
        if not self.is_own(path) and self.session.layer is not EditLayer.BASE:
            raise EditRefusedError(
                f"{noun} is in {self.session.shown(path)}, a file managed by Pipelex.",
                "Delete it in that file, or override the value in your own file.",
                layers=(EditLayer.BASE,),
            )
        self.note_ownership(path)
        self.session.drop(path, keys)
        return path
