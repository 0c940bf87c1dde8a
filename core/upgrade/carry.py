"""Carries a tree to another kit: its files become those of the kit, with the user's changes written in."""

from __future__ import annotations

import os
from collections.abc import Mapping

from core.edits.edit_session import EditSession
from core.edits.intent import EditRefusedError
from core.mentions import HANDLE_KEYS
from core.releases import Behaviours
from core.toml.edit.layout_queries import Notation
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import RawReplace, RenameKey
from core.upgrade.backends import BACKENDS_FILE, ROUTING_FILE, choose_backends, repair_routes, switch_off_without_keys
from core.upgrade.comments import keep_comments
from core.upgrade.convert import Converter
from core.upgrade.kit import MANIFEST, SETTINGS, Kit, is_managed
from core.upgrade.origin import Stock, data_of, is_toml
from core.upgrade.rows import Outcome, Row, shown
from core.upgrade.units import BACKENDS, DECK, ROUTING, SPECS, kind_of, units
from core.variables import Environment

_OWN = "# Your own settings. They override the files shipped with Pipelex.\n"


class Carrier:
    """Carries the files of a tree, by their path below `.pipelex`, in an edit session."""

    def __init__(
        self,
        session: EditSession,
        folder: str,
        mine: Mapping[str, bytes],
        stock: Stock,
        kit: Kit,
        converter: Converter,
        dropped: frozenset[str],
        environment: Environment,
    ) -> None:
        self.session, self.folder, self.mine = session, folder, mine
        self.stock, self.kit, self.converter = stock, kit, converter
        self.dropped = dropped
        """Backends that are not carried."""
        self.environment = environment
        self.backends = frozenset(data_of(mine.get(BACKENDS_FILE, b"")))
        self.new: Behaviours = converter.new
        self.rows: list[Row] = []
        self.carried: dict[tuple[str, Path], Row] = {}
        """The carried parts, by the file and key path they are written to."""

    def path(self, name: str) -> str:
        """The path of a file."""
        return os.path.join(self.folder, name)

    def run(self) -> None:
        """Write the files of the kit, then what the user changed."""
        mine = self.mine
        for name, content in self.kit.files.items():
            if name not in SETTINGS and self._wanted(name) and not self._stays(name):
                self._write(name, content)
        for name, content in mine.items():
            if self.stock.has_file(name, content) and not self._stays(name):
                self._untouched(name, content)
            elif self._stays(name) and name not in SETTINGS:
                self._convert_in_place(name, content)
        for name, content in mine.items():
            if not self.stock.has_file(name, content) and not self._stays(name) and kind_of(name):
                self._carry(name, content)
        if self.is_touched(BACKENDS_FILE):
            choose_backends(self.session, self.path(BACKENDS_FILE), data_of(mine[BACKENDS_FILE]))
        elif BACKENDS_FILE in mine:
            switch_off_without_keys(self.session, self.path(BACKENDS_FILE), self.environment)
        if ROUTING_FILE in mine and (self.is_touched(ROUTING_FILE) or self.is_touched(BACKENDS_FILE)):
            for at, value, why in repair_routes(self.session, self.folder, self.kit, self.new):
                self._leave(ROUTING_FILE, at, value, why)
        self._keep_comments()
        self.rows += [Row("", key, Outcome.NOT_CARRIED, note=why) for key, why in self.converter.dropped]

    def is_touched(self, name: str) -> bool:
        """Whether the user changed a file of the tree."""
        return name in self.mine and not self.stock.has_file(name, self.mine[name])

    # ---- files

    def _wanted(self, name: str) -> bool:
        """Whether the project has the part of the tree that a file of the kit belongs to."""
        top = "/".join(name.split("/")[:2])
        return any(own == top or own.startswith(f"{top}/") for own in self.mine)

    def _stays(self, name: str) -> bool:
        """Whether a file of the user's own stays as it is, but for its form."""
        content = self.mine.get(name)
        kind = kind_of(name)
        if kind == SPECS and content is not None:
            backend = os.path.basename(name)[:-5]
            is_read = backend in self.backends or not self.stock.has_file(name, content)
            return name not in self.kit.files and backend not in self.dropped and is_read
        if content is None or self.stock.has_file(name, content):
            return False
        if name.endswith(f"/{MANIFEST}"):
            return name not in self.kit.files
        if kind == DECK:
            if name in self.kit.files:
                return not is_managed(name, self.new.release)
            return not is_managed(name, self.converter.old.release) and os.path.basename(name) != "overrides.toml"
        return not kind

    def _write(self, name: str, content: bytes) -> None:
        path = self.path(name)
        if self.session.exists(path):
            is_text = name.endswith(".toml") and self.session.readable(path)
            if is_text and self.session.text(path).encode() == content:
                return
            if is_text:
                self.session.edit(path, RawReplace(content.decode("utf-8")))
                return
            self.session.delete_file(path)
        self.session.create(path, content.decode("utf-8"))

    def _untouched(self, name: str, content: bytes) -> None:
        if name in SETTINGS:
            if name in self.kit.files:
                self._write(name, self.kit.files[name])
            return
        if name not in self.kit.files:
            self.session.delete_file(self.path(name))
        for path, value in units(name, data_of(content)).items() if kind_of(name) else ():
            self._unchanged(name, path, value)

    def _unchanged(self, name: str, path: Path, value: object) -> None:
        text = shown(name, path, value)
        self.rows.append(Row(name, ".".join(map(str, path)), Outcome.UNCHANGED, text, text))

    # ---- the user's own files

    def _convert_in_place(self, name: str, content: bytes) -> None:
        path = self.path(name)
        if not self.session.readable(path):
            self.rows.append(Row(name, "", Outcome.KEPT, note="it is no TOML, and stays as it is"))
            return
        moved = False
        for at, value in units(name, data_of(content)).items():
            parts = self.converter.unit(name, at, value)
            same = len(parts) == 1 and parts[0][0] == at
            if same:
                self._rename_handle(path, at, parts[0][1])
                self.session.put(path, at, parts[0][1])
            else:
                notation = self._comments_at(path, at)
                self.session.drop(path, at)
                for target, part in parts:
                    self.put(name, target, part, notation)
            kept = Row(
                name, ".".join(map(str, at)), Outcome.KEPT if same else Outcome.CARRIED, "", shown(name, at, value)
            )
            self.rows.append(kept)
            self.carried.update({(name, target): kept for target, _ in parts})
            moved = moved or not same
        if moved:
            self._drop_empty(path, ())

    def _rename_handle(self, path: str, at: Path, part: object) -> None:
        """Rename the key that names the model of a preset where it stands."""
        old = self.session.get(path, at)
        if isinstance(old, Mapping) and isinstance(part, Mapping) and kind_of(path[len(self.folder) + 1 :]) == DECK:
            for key in HANDLE_KEYS:
                new = next((name for name in HANDLE_KEYS if name in part), key)
                if key in old and new not in old:
                    self.session.edit(path, RenameKey((*at, key), new))

    def _drop_empty(self, path: str, at: Path) -> None:
        """Delete the tables of a file that nothing is left in."""
        table = self.session.get(path, at) if at else self.session.data(path)
        for key, value in list(table.items()) if isinstance(table, Mapping) else ():
            if isinstance(value, Mapping):
                self._drop_empty(path, (*at, key))
                if self.session.has(path, (*at, key)) and not self.session.get(path, (*at, key)):
                    self.session.drop(path, (*at, key))

    # ---- what the user changed in files of the kit

    def _carry(self, name: str, content: bytes) -> None:
        data = data_of(content)
        if not data and not is_toml(content):
            note = "it is no TOML: nothing in it can be carried"
            self.rows.append(Row(name, "", Outcome.NOT_CARRIED, mine=f"{len(content.splitlines())} lines", note=note))
        kept = name in self.kit.files or kind_of(name) == DECK
        for at, value in units(name, data).items():
            if self.stock.has_unit(name, at, value):
                self._unchanged(name, at, value)
            elif not kept or (kind_of(name) == BACKENDS and str(at[0]) in self.dropped):
                self._leave(name, at, value, f"backend `{os.path.basename(name)[:-5] if not kept else at[0]}` is gone")
            else:
                self._carry_unit(name, at, value)
        for at, value in self.stock.units_of(name).items():
            if at not in units(name, data):
                self._deleted(name, at, value)
        if name not in self.kit.files:
            self.session.delete_file(self.path(name))

    def _leave(self, name: str, at: Path, value: object, why: str) -> None:
        mine = shown(name, at, value)
        self.rows.append(Row(name, ".".join(map(str, at)), Outcome.NOT_CARRIED, mine=mine, note=why))

    def _carry_unit(self, name: str, at: Path, value: object) -> None:
        then = self.stock.unit(name, at)
        before = dict(self.converter.unit(name, at, then)) if then is not None else {}
        source = content_text(self.mine[name])
        notation = self._comments_in(source, at)
        for target, part in self.converter.unit(name, at, value):
            file = self.place(name, target, part)
            new = self._value(file, target, name)
            own = self.session.get(self.path(file), target) if file != name and self._stays(file) else None
            if own is not None and not isinstance(own, Mapping):
                continue  # the user's own file wins, before as after
            row = Row(
                name,
                ".".join(map(str, at)),
                Outcome.SAME if new is not None and identical(new, part) else Outcome.CARRIED,
                shown(name, at, then),
                shown(name, at, value),
                shown(name, target, new),
                f"{file} {'.'.join(map(str, target))}" if (file, target) != (name, at) else "",
            )
            self.rows.append(row)
            if row.outcome is Outcome.SAME:
                continue
            self.carried[file, target] = row
            changes = part
            by_key = kind_of(file) != ROUTING and new is not None
            if by_key and isinstance(part, Mapping) and isinstance(before.get(target), Mapping):
                old = before[target]
                assert isinstance(old, Mapping)
                changes = {key: item for key, item in part.items() if not identical(old.get(key), item)}
                for key in old:
                    if key not in part and file == name:
                        self.session.drop(self.path(file), (*target, key))
            if isinstance(own, Mapping) and isinstance(changes, Mapping):
                changes = {key: item for key, item in changes.items() if key not in own}
            self.put(file, target, changes, notation)

    def _value(self, file: str, target: Path, name: str) -> object:
        """The counterpart of a part in the kit of the target."""
        files = [item for item in self.kit.files if kind_of(item) == DECK] if kind_of(name) == DECK else [file]
        found = [self.session.get(self.path(item), target) for item in files]
        return next((value for value in reversed(found) if value is not None), None)

    def place(self, name: str, target: Path, value: object) -> str:
        """The file that a part is written to: for the deck the user's own."""
        if kind_of(name) != DECK:
            return name
        if self.new.deck_layout == "families":
            return f"inference/deck/x_custom_{target[0]}_deck.toml"
        if isinstance(value, list) and self.new.merged_lists == "concatenated":
            return "inference/deck/base_deck.toml"
        return "inference/deck/overrides.toml"

    def put(self, file: str, target: Path, value: object, notation: Notation) -> None:
        path = self.path(file)
        if not self.session.exists(path):
            self.session.create(path, _OWN)
        is_header = kind_of(file) != DECK
        if kind_of(file) == ROUTING and isinstance(value, Mapping):
            self.session.drop(path, target)
        if isinstance(value, Mapping) and self.session.has(path, target):
            for key, item in value.items():
                self.session.put(path, (*target, key), item)
            return
        try:
            self.session.put(path, target, value, header=is_header, notation=notation)
        except EditRefusedError:
            self.session.put(path, target, value, header=is_header)

    def _deleted(self, name: str, at: Path, value: object) -> None:
        """A part of the origin's kit that the user deleted."""
        for target, _ in self.converter.unit(name, at, value):
            if not self.session.has(self.path(name), target) and kind_of(name) != DECK:
                continue
            row = Row(name, ".".join(map(str, at)), Outcome.CARRIED, shown(name, at, value), "", note="deleted")
            if kind_of(name) == DECK:
                if self._value(name, target, name) is None:
                    continue
                row = Row(name, row.name, Outcome.NOT_CARRIED, row.then, note="you deleted it; the kit has it again")
            elif kind_of(name) != BACKENDS and not is_managed(name, self.new.release):
                self.session.drop(self.path(name), target)
            self.rows.append(row)

    # ---- comments

    def _comments_at(self, path: str, at: Path) -> Notation:
        return self._comments_in(self.session.text(path), at)

    def _comments_in(self, text: str, at: Path) -> Notation:
        """The comments of a part, without those of the kit."""
        from core.toml.edit.layout_queries import notation_of

        notation = notation_of(text, at)
        above = tuple(line for line in notation.above if not self.stock.has_comment(line))
        return Notation(above, notation.behind if not self.stock.has_comment(notation.behind) else "", "")

    def _keep_comments(self) -> None:
        """Append the user's comments that belong to nothing that was carried, to the user's own files."""
        names = {*self.mine, *self.kit.files}
        paths = {self.path(name) for name in names if kind_of(name)} | set(self.session.contents)
        files = []
        for name, content in self.mine.items():
            if kind_of(name) and not self._stays(name) and not self.stock.has_file(name, content):
                target = name if name in self.kit.files and not is_managed(name, self.new.release) else ""
                target = target or (self.place(name, ("llm",), "") if kind_of(name) == DECK else BACKENDS_FILE)
                files.append((name, content_text(content), self.path(target)))
        keep_comments(self.session, paths, files, self.stock, _OWN)


def content_text(content: bytes) -> str:
    """The text of a file."""
    return content.decode("utf-8", "replace")
