"""Trees and changes to try on them: one file or several, made, replaced, deleted, linked, and each with its outcome."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.files.store import ABSENT, Change, CommitResult, Disk, Recovery, commit, content_hash, settle

Snapshot = dict[str, bytes | str]

OLD = b"# old\r\n[a]\nvalue = 1\n"
NEW = b"# new, and longer than the old one was\n[a]\nvalue = 2\nother = 3\n"


@dataclass(frozen=True)
class Scene:
    """A tree on disk, the changes to commit, and its contents before and after."""

    base: Path
    changes: tuple[Change, ...]
    old: Snapshot
    new: Snapshot

    @property
    def root(self) -> str:
        return str(self.base / "tree")

    @property
    def state(self) -> str:
        return f"{self.base}-state"

    def commit(self, disk: Disk | None = None) -> CommitResult:
        return commit(self.changes, root=self.root, state=self.state, label="a change", disk=disk, wait=0.0)

    def settle(self) -> tuple[Recovery, ...]:
        """Recover in every folder, as the next command does that reads them all."""
        return settle([str(path.parent) for path in self.base.rglob(".pipedeck")], self.state, tidy=True)

    def now(self) -> Snapshot:
        return snapshot(self.base)


def snapshot(base: Path) -> Snapshot:
    """Every file with its content and every link with its target; an empty folder by its name."""
    state: Snapshot = {}
    _look(base, "", state)
    return state


def _look(folder: os.PathLike[str], within: str, state: Snapshot) -> None:
    with os.scandir(folder) as entries:
        inside = list(entries)
    for entry in inside:
        if entry.is_symlink():
            state[within + entry.name] = str(Path(entry).readlink())
        elif entry.is_dir():
            _look(entry, f"{within}{entry.name}/", state)
        else:
            state[within + entry.name] = Path(entry).read_bytes()
    if not inside:
        state[within or "./"] = b""


def without_locks(state: Snapshot) -> Snapshot:
    """Without what the next holder of a lock replaces."""
    ours = tuple(f".pipedeck/{name}" for name in ("", "lock", ".gitignore", "journal.new"))
    return {name: content for name, content in state.items() if not name.endswith(ours)}


def visible(state: Snapshot) -> Snapshot:
    """Without the store's own temporary files."""
    ours = (".pipedeck",)
    return {
        name: content
        for name, content in state.items()
        if not name.rstrip("/").endswith(ours) and "/.pipedeck/" not in name
    }


def _write(base: Path, name: str, content: bytes) -> Path:
    path = base / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _replace(base: Path, *names: str) -> list[Change]:
    for name in names:
        _write(base / "tree", name, OLD)
    return [Change(name, content_hash(OLD), NEW) for name in names]


def _one(base: Path) -> list[Change]:
    return _replace(base, "backends.toml")


def _two(base: Path) -> list[Change]:
    return _replace(base, "backends/x.toml", "backends.toml")


def _three(base: Path) -> list[Change]:
    return [Change("new/folder/x.toml", ABSENT, NEW), *_replace(base, "backends.toml", "routing_profiles.toml")]


def _five(base: Path) -> list[Change]:
    outside = _write(base, "dotfiles/real.toml", OLD)
    (base / "tree" / "deck").mkdir()
    (base / "tree" / "deck" / "linked.toml").symlink_to(outside)
    twin = _write(base / "tree", "deck/twin.toml", OLD)
    os.link(twin, base / "tree" / "deck" / "other_name.toml")
    _write(base / "tree", "deck/gone.toml", OLD)
    return [
        Change("deck/made.toml", ABSENT, NEW),
        *_replace(base, "backends.toml"),
        Change("deck/linked.toml", content_hash(OLD), NEW),
        Change("deck/twin.toml", content_hash(OLD), NEW),
        Change("deck/gone.toml", content_hash(OLD), None),
    ]


def _hard_link(base: Path) -> list[Change]:
    twin = _write(base / "tree", "twin.toml", NEW + OLD)
    os.link(twin, base / "tree" / "other_name.toml")
    return [Change("twin.toml", content_hash(NEW + OLD), b"short\n")]


def _create(base: Path) -> list[Change]:
    return [Change("deck/made.toml", ABSENT, NEW)]


def _delete(base: Path) -> list[Change]:
    _write(base / "tree", "gone.toml", OLD)
    return [Change("gone.toml", content_hash(OLD), None)]


SCENES: dict[str, Callable[[Path], list[Change]]] = {
    "one": _one,
    "two": _two,
    "three": _three,
    "five": _five,
    "hard link": _hard_link,
    "create": _create,
    "delete": _delete,
}


def build(base: Path, name: str) -> Scene:
    """A fresh scene in a new folder."""
    shutil.rmtree(f"{base}-state", ignore_errors=True)
    changes = _lay(base, name)
    old = snapshot(base)
    links = {key: value for key, value in old.items() if isinstance(value, str)}
    return Scene(base, changes, old, {**_outcome(name), **links})


def _lay(folder: Path, name: str) -> tuple[Change, ...]:
    (folder / "tree").mkdir(parents=True)
    _write(folder / "tree", "untouched.toml", b"left = true\n")
    return tuple(SCENES[name](folder))


@functools.cache
def _outcome(name: str) -> Mapping[str, bytes]:
    """The files of a scene after the commit, computed by plain writes to a copy."""
    with tempfile.TemporaryDirectory() as rehearsal:
        base = Path(rehearsal)
        for change in _lay(base, name):
            path = base / "tree" / change.path
            if change.content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(change.content)  # in place: follows links, keeps hard links
        return {key: value for key, value in snapshot(base).items() if isinstance(value, bytes)}
