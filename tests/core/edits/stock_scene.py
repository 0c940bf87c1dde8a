"""Helpers that apply intents to stock trees and give the changed lines as a diff."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.api import Report, inspect_tree, update_report
from core.edits.edit_session import Applied, Intent, apply_intent
from core.edits.intent import EditLayer, EditRefused
from core.files.view import Overlay, Snapshot, View

Change = Callable[[str], str]


@dataclass(frozen=True)
class Scene:
    """A tree that intents are applied on; nothing is ever written to it."""

    report: Report
    view: View

    @classmethod
    def of(cls, root: Path, release: str | None = None, environ: Mapping[str, str] | None = None) -> Scene:
        """The tree of a project, every variable treated as set unless there is an environment."""
        report = inspect_tree(str(root), release=release, environ=environ, assume_keys=environ is None)
        return cls(report, Snapshot())

    def apply(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> Edit:
        """Draw an intent that can be done."""
        applied = apply_intent(self.report, self.view, intent, layer)
        assert isinstance(applied, Applied), applied.message
        return Edit(self, applied)

    def refuse(self, intent: Intent, layer: EditLayer = EditLayer.AUTO) -> EditRefused:
        """Draw an intent that cannot be done."""
        applied = apply_intent(self.report, self.view, intent, layer)
        assert isinstance(applied, EditRefused), f"{intent.label} was done"
        return applied

    def rewritten(self, change: Change) -> Scene:
        """The same tree with the text of every file changed in a way that its data does not notice."""
        contents = {
            source.path: change(source.document.text).encode()
            for source in self.report.catalog.tree.sources
            if source.document.text is not None
        }
        view = Overlay(self.view, contents)
        return Scene(update_report(self.report, view), view)


@dataclass(frozen=True)
class Edit:
    """An intent that was applied."""

    scene: Scene
    applied: Applied

    @property
    def files(self) -> dict[str, str | None]:
        """The new texts by the path below the tree; None for a deleted file."""
        folder = self.scene.report.catalog.tree.paths.inference
        return {
            os.path.relpath(path, folder): None if content is None else content.decode()
            for path, content in self.applied.contents.items()
        }

    def text(self, name: str) -> str:
        """The new text of a file."""
        text = self.files[name]
        assert text is not None
        return text

    @property
    def diff(self) -> list[str]:
        """Every line that goes or comes, file by file, without what stays."""
        folder = self.scene.report.catalog.tree.paths.inference
        out: list[str] = []
        for name, text in self.files.items():
            before = self.scene.view.content(f"{folder}/{name}")
            old = before.decode() if isinstance(before, bytes) else ""
            out.append(f"{name}:" if text is not None else f"{name}: deleted")
            lines = difflib.unified_diff(old.splitlines(), (text or "").splitlines(), n=0, lineterm="")
            out += [line for line in lines if text is not None and not line.startswith(("---", "+++", "@@"))]
        return out

    @cached_property
    def after(self) -> Scene:
        """The tree as edited."""
        view = Overlay(self.scene.view, dict(self.applied.contents))
        return Scene(update_report(self.scene.report, view), view)


def crlf(text: str) -> str:
    """The text with Windows line ends."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def unended(text: str) -> str:
    """The text without the end of its last line."""
    return text.removesuffix("\n").removesuffix("\r")
