"""The origin of a tree: the release whose kit it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.dialects.detect import Detection
from core.formatting import counted
from core.installation import Pin
from core.records import dataclass
from core.releases import Release, behaviours_of, parse_release
from core.toml.edit.editor import comments_of, read_data
from core.toml.edit.plain_data import Data
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal
from core.upgrade.index import KitIndex
from core.upgrade.kit import MANIFEST, Kit
from core.upgrade.units import comment_digest, file_digest, kind_of, unit_digest, units

_FEWEST = 3
"""Parts that have to be those of a kit for the tree to count as made from it."""


@dataclass(frozen=True)
class Origin:
    """A release, and the evidence for it, in one phrase."""

    release: Release
    source: str


def data_of(content: bytes) -> Data:
    """The data of a file; empty for one that cannot be read."""
    try:
        data = read_data(content.decode("utf-8"))
    except UnicodeDecodeError:
        return {}
    return {} if isinstance(data, Refusal) else data


def is_toml(content: bytes) -> bool:
    """Whether a file can be read."""
    try:
        return not isinstance(read_data(content.decode("utf-8")), Refusal)
    except UnicodeDecodeError:
        return False


def find_origin(files: Mapping[str, bytes], index: KitIndex, detected: Detection, pins: tuple[Pin, ...] = ()) -> Origin:
    """The origin of files by their path below `.pipelex`: the kit that shares most with them.

    Of several that share the same, the one that the project pins, or that a manifest names; else the newest. Without
    a kit that shares anything: the pin, or the last release that reads the shapes of the tree.
    """
    layout = behaviours_of(detected.release).deck_layout
    whole = index.counts(file_digest(name, content) for name, content in files.items() if kind_of(name))
    parts = index.counts(
        unit_digest(name, path, value)
        for name, content in files.items()
        if kind_of(name)
        for path, value in units(name, data_of(content)).items()
    )
    scores = {
        position: (count, whole[position])
        for position, count in parts.items()
        if (release := parse_release(index.releases[position])) and behaviours_of(release).deck_layout == layout
    }
    named = [release for pin in pins if pin.exact and (release := parse_release(pin.exact))]
    named += [release for text in _manifests(files) if (release := parse_release(text))]
    best = max(scores.values(), default=(0, 0))
    if best[0] >= _FEWEST:
        ties = [position for position, score in scores.items() if score == best]
        chosen = next((at for at in map(index.position, named) if at in ties), max(ties))
        total = sum(1 for name in files if kind_of(name))
        release = parse_release(index.releases[chosen])
        assert release is not None
        return Origin(release, f"{best[1]} of {counted(total, 'file')} and {counted(best[0], 'part')} are of its kit")
    for release in named:
        if behaviours_of(release).deck_layout == layout:
            return Origin(release, "named by the project")
    return Origin(detected.release, detected.reason)


def _manifests(files: Mapping[str, bytes]) -> list[str]:
    versions = []
    for name, content in files.items():
        if name.endswith(f"/{MANIFEST}"):
            try:
                document = json.loads(content)
            except ValueError:
                continue
            version = document.get("kit_version") if isinstance(document, dict) else None
            versions += [version] if isinstance(version, str) else []
    return versions


class Stock:
    """The content of the origin's kit: by its files where they are available, else by the index of digests."""

    def __init__(self, release: Release, index: KitIndex, kit: Kit | None = None) -> None:
        self.release = release
        self.kit = kit
        self._index = index
        self._position = index.position(release)
        files = kit.files if kit is not None else {}
        self._units = {name: units(name, data_of(content)) for name, content in files.items() if kind_of(name)}
        self._digests = frozenset(
            unit_digest(name, path, value) for name, found in self._units.items() for path, value in found.items()
        )
        self._comments = frozenset(
            comment_digest(comment)
            for name, content in files.items()
            if kind_of(name)
            for comment in comments_of(content.decode("utf-8", "replace"))
        )

    @property
    def source(self) -> str:
        """The source of the kit, in one phrase."""
        return f"the kit in {self.kit.where}" if self.kit is not None else "the index of kits"

    def has_file(self, name: str, content: bytes) -> bool:
        """Whether a file is as the kit has it."""
        if self.kit is not None:
            return self.kit.files.get(name) == content
        return self._index.has(file_digest(name, content), self._position)

    def has_unit(self, name: str, path: Path, value: object) -> bool:
        """Whether the kit has a unit with this value."""
        digest = unit_digest(name, path, value)
        return digest in self._digests if self.kit is not None else self._index.has(digest, self._position)

    def has_comment(self, comment: str) -> bool:
        """Whether a comment is one of a kit."""
        digest = comment_digest(comment)
        return digest in self._comments or self._index.knows(digest)

    def unit(self, name: str, path: Path) -> object:
        """The kit's value of a unit, where its files are available; None without one."""
        return self._units.get(name, {}).get(path)

    def units_of(self, name: str) -> Mapping[Path, object]:
        """The kit's units of a file, where its files are available."""
        return self._units.get(name, {})
