"""Shelves: the files that are laid over each other, and the one of them that a change belongs in.

Who owns a file: from 0.18 on the numbered deck files, before that `base_deck.toml`, and `internal.toml` are Pipelex's,
which `pipelex update` and `pipelex init` write anew. Everything else is the person's own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from core.edits.desk import Desk
from core.edits.refusals import NotDoneError, Where
from core.entities import Layer
from core.records import dataclass
from core.toml.edit.layout import Path
from core.toml.edit.plans import BY_HAND

_MANAGED_DECK = re.compile(r"(?:base_deck|[0-9]+_.*)\.toml")
_OWN = "# Your own settings. What stands here wins over the files that Pipelex brings.\n"
_OVERRIDE = "# Laid over {name}: what stands here wins.\n"


def is_managed(path: str) -> bool:
    """Whether a file belongs to Pipelex, by its place and name."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "deck":
        return _MANAGED_DECK.fullmatch(name) is not None
    return os.path.basename(folder) == "backends" and name == "internal.toml"


@dataclass
class Shelf:
    """Files laid over each other, the last one winning: the deck, `backends.toml`, or `routing_profiles.toml`."""

    desk: Desk
    kind: str

    @property
    def paths(self) -> list[str]:
        """The files, base first, as edited so far; those that cannot be read are left out."""
        tree = self.desk.report.catalog.tree
        document = {"deck": tree.deck, "backends": tree.backends, "routing": tree.routing}[self.kind]
        paths = [source.path for source in document.sources]
        folder = self.desk.report.catalog.tree.deck_path if self.kind == "deck" else ""
        for path in self.desk.contents:
            inside = path.startswith(folder + "/") if folder else path == self.override_path
            if inside and path not in paths:
                paths.append(path)
        if folder:
            paths.sort()
        return [path for path in paths if self.desk.exists(path)]

    @property
    def data_lists_add_up(self) -> bool:
        """Whether a list in a later file is appended to the earlier one's (deck, up to 0.17.0)."""
        return self.kind == "deck" and self.desk.report.catalog.behaviours.merged_lists == "concatenated"

    def holders(self, keys: Path) -> list[str]:
        """The files that set a key path, the winning one last."""
        return [path for path in self.paths if self.desk.has(path, keys)]

    def standing(self, keys: Path, what: str) -> list[str]:
        """The same, of what the catalog knows. Raises NotDoneError where the old TOML reader reads it otherwise."""
        holders = self.holders(keys)
        if not holders:
            raise NotDoneError(f"{what} cannot be found in the file as it is written.", BY_HAND)
        return holders

    def own(self, path: str) -> bool:
        """Whether a file is one that edits go to without being asked: the person's own."""
        return self.kind != "deck" or not is_managed(path)

    # ---- where a change goes

    def target(self, keys: Path, family: str = "", value: object = None, entry: Path = ()) -> str:
        """The file that a value of a key path is to be written to. Raises NotDoneError when none can hold it.

        `family` is the deck's family the key belongs to. With `value` a list, files that would add up are refused.
        A key that nobody sets yet goes where its `entry` stands, if that is given.
        """
        holders = self.holders(keys)
        path = self._beside(entry) if entry and not holders else ""
        path = path or self._target(holders, family)
        if holders and holders[-1] > path and self.kind == "deck":
            shown = self.desk.shown(holders[-1])
            raise NotDoneError(f"{shown} sets this too and wins.", "Change it there.", offers=(Where.AUTO,))
        others = [holder for holder in holders if holder != path and isinstance(self.desk.get(holder, keys), list)]
        if others and self.data_lists_add_up and isinstance(value, list):
            release = self.desk.report.release
            shown = self.desk.shown(others[0])
            raise NotDoneError(
                f"Pipelex {release} appends this list to that of {shown}, so it cannot replace it.",
                f"Change it in {shown}, or give it a name of its own.",
                offers=(Where.BASE,) if len(holders) == 1 else (),
            )
        self.say_where(path)
        return path

    def _target(self, holders: list[str], family: str) -> str:
        where = self.desk.where
        if self.kind == "deck":
            if where is Where.BASE:
                return self._base(holders, family)
            if holders and self.own(holders[-1]):
                return holders[-1]
            return self.own_deck_file(family, after=holders[-1] if holders else "")
        base, override = self.base_path, self.override_path
        if where is Where.OVERRIDE:
            if not self.desk.report.catalog.behaviours.override_files:
                raise NotDoneError(
                    f"Pipelex {self.desk.report.release} reads no {os.path.basename(override)}.",
                    "Change the base file.",
                    offers=(Where.BASE,),
                )
            self._make(override, _OVERRIDE.format(name=os.path.basename(override).replace("_override", "")))
            return override
        if where is Where.BASE and holders and holders[-1] != base:
            shown = self.desk.shown(holders[-1])
            raise NotDoneError(f"{shown} sets this too and wins.", "Change it there.", offers=(Where.AUTO,))
        return holders[-1] if where is Where.AUTO and holders else base

    def _beside(self, entry: Path) -> str:
        """The file of an entry that a new key of it goes to; empty when that is to be found otherwise."""
        holders = self.holders(entry)
        if not holders or self.desk.where is Where.OVERRIDE:
            return ""
        if self.kind != "deck":
            if self.desk.where is Where.BASE and holders[0] != self.base_path:
                raise NotDoneError(
                    f"It stands in {self.desk.shown(holders[0])}.", "Change it there.", offers=(Where.AUTO,)
                )
            return holders[0]
        if self.desk.where is Where.BASE:
            return next((path for path in holders if not self.own(path)), holders[-1])
        return holders[-1] if self.own(holders[-1]) else ""

    def _base(self, holders: list[str], family: str) -> str:
        if holders:
            if self.own(holders[-1]) and len(holders) > 1:
                shown = self.desk.shown(holders[-1])
                raise NotDoneError(f"{shown} sets this too and wins.", "Change it there.", offers=(Where.AUTO,))
            return holders[-1]
        return self.base_file(family)

    def base_file(self, family: str) -> str:
        """The file of Pipelex's own that holds a family's part of the deck; the first of the deck without one."""
        managed = [path for path in self.paths if not self.own(path)]
        named = [path for path in managed if f"_{family}_" in os.path.basename(path)]
        chosen = named or managed or self.paths
        return chosen[0] if chosen else self.own_deck_file(family)

    def own_deck_file(self, family: str, *, after: str = "") -> str:
        """The person's own deck file for a family, which sorts behind `after`; made when there is none."""
        by_family = self.desk.report.catalog.behaviours.deck_layout == "families"
        name = f"x_custom_{family or 'llm'}_deck.toml" if by_family else "overrides.toml"
        path = os.path.join(self.desk.report.catalog.tree.deck_path, name)
        if not self.desk.exists(path):
            used = [one for one in self.paths if self.own(one) and one > after and self.desk.readable(one)]
            usual = [one for one in used if os.path.basename(one).startswith(("overrides", "x_custom"))]
            if by_family and family:
                usual = [one for one in usual if self.desk.has(one, (family,))]
            if usual:
                return usual[-1]
        if path <= after:
            path = os.path.join(self.desk.report.catalog.tree.deck_path, "z_overrides.toml")
        self._make(path, _OWN)
        return path

    def _make(self, path: str, head: str) -> None:
        if not self.desk.exists(path):
            self.desk.create(path, head)

    @property
    def base_path(self) -> str:
        """The base file that is read, or that is to be made: of `backends.toml` or `routing_profiles.toml`."""
        tree = self.desk.report.catalog.tree
        read = (tree.backends if self.kind == "backends" else tree.routing).sources[0].path
        return read if self.desk.exists(read) else os.path.join(tree.found.inference, self._name)

    @property
    def override_path(self) -> str:
        """The project's override file."""
        return os.path.join(self.desk.report.catalog.tree.found.inference, self._name.replace(".", "_override."))

    @property
    def _name(self) -> str:
        return "backends.toml" if self.kind == "backends" else "routing_profiles.toml"

    def say_where(self, path: str) -> None:
        """Note what is to be known of a file that is changed: that it is Pipelex's own, or everybody's."""
        shown = self.desk.shown(path)
        tree = self.desk.report.catalog.tree
        layer = next((source.layer for source in tree.sources if source.path == path), Layer.PROJECT)
        if is_managed(path):
            self.desk.note(f"{shown} is Pipelex's own file: `pipelex update` may write it anew")
        if layer in (Layer.HOME, Layer.HOME_OVERRIDE):
            self.desk.note(f"{shown} is in your home: every project that has none of its own reads it")

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
        """Give a key path a value in the file where it belongs; returns that file."""
        path = self.target(keys, family, value)
        self.desk.put(path, keys, value, before=before, after=after, header=self.kind != "deck")
        return path

    def put_field(self, entry: Path, key: str, value: object, *, family: str = "", behind: Sequence[str] = ()) -> str:
        """Give one key of an entry a value. In a file that lacks the entry, it then holds that key alone.

        A new key goes behind the first of `behind` that is there, else behind the last key.
        """
        path = self.target((*entry, key), family, value, entry)
        if self.desk.has(path, entry):
            after = next((name for name in behind if self.desk.has(path, (*entry, name))), None)
            self.desk.put(path, (*entry, key), value, after=after)
        else:
            self.desk.put(path, entry, {key: value}, header=self.kind != "deck")
        return path

    def in_place(self, keys: Path, what: str) -> list[str]:
        """Every file that sets a key path, to be changed where no layer above can: renamed, moved or deleted.

        Raises NotDoneError when there is none, when one of them is Pipelex's and the base is not to be edited, or when
        an override is asked for and another file sets it too.
        """
        holders = self.holders(keys)
        if not holders:
            raise NotDoneError(f"There is no {what}.", "Look at the names there are.")
        if self.kind == "deck":
            kept = [path for path in holders if not self.own(path) and self.desk.where is not Where.BASE]
        else:
            kept = [path for path in holders if path != self.override_path and self.desk.where is Where.OVERRIDE]
        if kept:
            raise NotDoneError(
                f"{what[:1].upper()}{what[1:]} stands in {self.desk.shown(kept[0])}, and no other file can take it"
                " away from there.",
                "Change that file, or give it another value in a file laid over it.",
                offers=(Where.BASE,),
            )
        for path in holders:
            self.say_where(path)
        return holders

    def drop(self, keys: Path, what: str) -> None:
        """Delete a key path from every file that sets it. Raises NotDoneError as `in_place` does."""
        for path in self.in_place(keys, what):
            self.desk.drop(path, keys)

    def drop_top(self, keys: Path, what: str) -> str:
        """Delete a key path from the file that wins, so that the one below counts again; returns that file."""
        holders = self.holders(keys)
        if not holders:
            raise NotDoneError(f"There is no {what}.", "Look at the names there are.")
        path = holders[-1]
        if not self.own(path) and self.desk.where is not Where.BASE:
            raise NotDoneError(
                f"{what} stands in {self.desk.shown(path)}, which is Pipelex's own file.",
                "Delete it in that file, or give it another value in a file of your own.",
                offers=(Where.BASE,),
            )
        self.say_where(path)
        self.desk.drop(path, keys)
        return path
