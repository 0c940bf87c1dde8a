"""A tree on which edits are worked out: what they change, line by line, and how the tree reads after them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.api import Report, inspect_tree, update_report
from core.edits.edit_session import Applied, Intent, apply_intent
from core.edits.intent import EditLayer, EditRefused
from core.files.view import Overlay, Snapshot
from core.resolution import Resolution
from tests.support.trees import NOWHERE, end, inspect, minimal

Ends = dict[tuple[str, str, str], str | None]
"""Where each reference ends, by kind, family and name: `backend/handle`, or None."""


@dataclass
class Scene:
    """One tree and its report. Nothing is ever written."""

    report: Report
    view: Snapshot = field(default_factory=Snapshot)

    def apply(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> Applied | EditRefused:
        """Apply an edit."""
        return apply_intent(self.report, self.view, intent, layer)

    def done(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> Applied:
        """Apply an edit that must be possible."""
        applied = self.apply(intent, layer)
        assert isinstance(applied, Applied), applied.message
        return applied

    def refused(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> EditRefused:
        """Apply an edit that must be refused."""
        applied = self.apply(intent, layer)
        assert isinstance(applied, EditRefused), changed(self, applied)
        assert applied.reason
        assert applied.instead
        return applied

    def after(self, applied: Applied) -> Report:
        """The report of the tree with an edit."""
        return update_report(self.report, Overlay(self.view, applied.contents))

    def then(self, applied: Applied) -> Scene:
        """The scene with an edit, as if it had been written."""
        following = Scene(self.after(applied))
        following.view = Overlay(self.view, applied.contents)  # type: ignore[assignment]
        return following


def scene(project: Path, release: str, files: Mapping[str, str | bytes] | None = None) -> Scene:
    """A scene of a minimal tree (or other files) for a release, all keys treated as set."""
    return Scene(inspect(project, files if files is not None else minimal(release), release=release, assume_keys=True))


def scene_of(root: Path, release: str | None = None) -> Scene:
    """A scene of a tree that exists."""
    environ = {"HOME": NOWHERE}
    return Scene(inspect_tree(str(root), release=release, environ=environ, assume_keys=True))


def changed(scene: Scene, applied: Applied) -> dict[str, list[str]]:
    """The lines that an edit takes out (`-`), then those it puts in (`+`), by file below the `inference` folder."""
    diffs: dict[str, list[str]] = {}
    for path, content in applied.contents.items():
        before = scene.view.content(path)
        old = before.decode().splitlines() if isinstance(before, bytes) else []
        new = content.decode().splitlines() if content is not None else []
        gone: list[str] = []
        come: list[str] = []
        for kind, first, last, start, stop in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
            if kind != "equal":
                gone += [f"-{line}" for line in old[first:last] if line]
                come += [f"+{line}" for line in new[start:stop] if line]
        diffs[path.split("/inference/")[-1]] = gone + come
    return diffs


def ends(report: Report) -> Ends:
    """Where every reference of a tree ends."""
    return {_key(item): end(item) for item in report.resolutions}


def _key(resolution: Resolution) -> tuple[str, str, str]:
    return (resolution.kind.value, resolution.family, resolution.name)
