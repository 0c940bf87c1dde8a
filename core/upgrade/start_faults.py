"""The faults that stop the start of the target release, removed from an upgraded tree."""

from __future__ import annotations

import os

from core.edits.edit_session import EditSession
from core.edits.intent import EditRefusedError
from core.toml.edit.plain_data import has, identical, value_at
from core.toml.edit.text_layout import Path
from core.upgrade.backends import ROUTING_FILE
from core.upgrade.carry import Carrier
from core.upgrade.kit import Kit
from core.upgrade.origin import data_of
from core.upgrade.rows import Outcome, Row, shown
from core.upgrade.units import kind_of

MAX_ROUNDS = 12
"""The number of reports after each of which faults are removed: a removal may bring out another fault."""
_CHOICES = ("for_text", "for_object")
_DISABLED = "disabled"
_HEADER_DEPTH = 3


class StartFaults:
    """Leaves out the carried parts of a tree at which its release would stop, with a row for each."""

    def __init__(self, session: EditSession, carrier: Carrier, kit: Kit, folder: str) -> None:
        self.session, self.carrier, self.kit, self.folder = session, carrier, kit, folder
        self._removed: set[tuple[str, Path]] = set()
        """The parts left out since the last report."""

    def remove_all(self) -> None:
        """Leave out the faults one report after the other, until the target starts or nothing more can be removed."""
        for _ in range(MAX_ROUNDS):
            acted = False
            self._removed.clear()
            for problem in self.session.report.boot_problems:
                location = problem.location
                if problem.fatal and location is not None:
                    acted = self._remove(location.file, location.path, problem.message) or acted
            if not acted:
                return
            self.session.advance()

    def _remove(self, file: str, keys: Path, why: str) -> bool:
        source = next((item for item in self.session.report.catalog.tree.sources if item.shown == file), None)
        path = source.path if source is not None else ""
        name = os.path.relpath(path, self.folder) if path.startswith(f"{self.folder}/") else ""
        if not name or not self.session.readable(path):
            return False
        if any(at == name and keys[: len(gone)] == gone for at, gone in self._removed):
            return False
        if not kind_of(name):
            return self.leave_out(path, name, keys, why)
        for depth in range(len(keys), 0, -1):
            if (name, keys[:depth]) in self.carrier.carried:
                deeper = len(keys) > depth and has(self.session.data(path), keys)
                return self.leave_out(path, name, keys if deeper else keys[:depth], why)
        if name == ROUTING_FILE and ("routes" in keys[:-1] or keys[-1:] == ("default",)):
            return self.leave_out(path, name, keys, why)
        if keys and str(keys[-1]).endswith("choice_overrides"):
            return self._complete_overrides(path, keys)
        inside = [target for at, target in self.carrier.carried if at == name and target[: len(keys)] == keys]
        dropped = [self.leave_out(path, name, target, why) for target in inside]
        if has(self.session.data(path), keys) and value_at(self.session.data(path), keys) == {}:
            self.session.drop(path, keys)
            return True
        return any(dropped)

    def _complete_overrides(self, path: str, keys: Path) -> bool:
        """Releases want all choices or none: those that are missing are disabled."""
        missing = [key for key in _CHOICES if not has(self.session.data(path), (*keys, key))]
        for key in missing:
            self.session.put(path, (*keys, key), _DISABLED)
        return bool(missing)

    def leave_out(self, path: str, name: str, keys: Path, why: str) -> bool:
        """Remove a value, or put that of the kit in its place; False where there is none or it cannot be edited."""
        while keys and not has(self.session.data(path), keys):
            keys = keys[:-1]
        if not keys:
            return False
        self._removed.add((name, keys))
        value = value_at(self.session.data(path), keys)
        try:
            if keys[-1] in _CHOICES and str(keys[-2]).endswith("choice_overrides") and value != _DISABLED:
                self.session.put(path, keys, _DISABLED)
            else:
                self.session.drop(path, keys)
                stock = data_of(self.kit.files.get(name, b""))
                if has(stock, keys) and not identical(value_at(stock, keys), value):
                    self.session.put(path, keys, value_at(stock, keys), header=len(keys) < _HEADER_DEPTH)
        except EditRefusedError:
            return False
        carried = self.carrier.carried.pop((name, keys), None)
        if carried in self.carrier.rows:
            self.carrier.rows.remove(carried)
        row = Row(name, ".".join(map(str, keys)), Outcome.NOT_CARRIED, mine=shown(name, keys, value), note=why)
        self.carrier.rows.append(row)
        return True
