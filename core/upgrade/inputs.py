"""The inputs of an upgrade: the files of a tree, its origin, and its reports for the old and the new release."""

from __future__ import annotations

import os
from collections.abc import Mapping

from core.api import Report, inspect_paths
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes import better_fixes
from core.errors import PipedeckError
from core.files.view import View
from core.installation import project_pins
from core.releases import Release
from core.target import target_release
from core.upgrade.index import kit_index
from core.upgrade.kit import MANIFEST, SETTINGS, Kit
from core.upgrade.origin import Origin, Stock, find_origin, is_toml
from core.upgrade.units import kind_of


def tree_files(folder: str, view: View) -> dict[str, bytes]:
    """The files of a tree and its settings, by their path below `.pipelex`."""
    inference = os.path.join(folder, "inference")
    paths = [os.path.join(folder, name) for name in SETTINGS]
    paths += [os.path.join(inference, name) for name in ("backends.toml", "routing_profiles.toml")]
    for part in ("backends", "deck"):
        paths += [os.path.join(inference, part, MANIFEST), *view.toml_below(os.path.join(inference, part))]
    contents = ((os.path.relpath(path, folder), view.content(path)) for path in paths)
    return {name: content for name, content in contents if isinstance(content, bytes)}


class UpgradeInputs:
    """The inputs of a plan: the files, the origin, and the reports of the tree for both releases."""

    def __init__(self, report: Report, view: View, kit: Kit, origin: Release | None, origin_kit: Kit | None) -> None:
        paths = report.catalog.tree.paths
        self.folder = os.path.dirname(paths.inference)
        self.mine = tree_files(self.folder, view)
        if not any(kind_of(name) for name in self.mine):
            raise PipedeckError("the project has no tree of its own to upgrade")
        index = kit_index()
        known = origin or (origin_kit.release if origin_kit is not None else None)
        environ = report.catalog.environment.shell
        pins = project_pins(paths.project, environ=environ)
        self.origin = find_origin(self.mine, index, report.detected, pins)
        if known is not None:
            self.origin = Origin(known, "as you say")
        self.stock = Stock(self.origin.release, index, origin_kit)
        self.base, self.before = (
            inspect_paths(paths, target_release(paths, str(release), environ), environ, assume_keys=True, view=view)
            for release in (kit.release, self.origin.release)
        )


def repaired(before: Report, view: View, folder: str, mine: Mapping[str, bytes]) -> dict[str, bytes]:
    """The broken files of a tree that an automatic fix makes TOML, as fixed."""
    fixed = {}
    for name in [name for name, content in mine.items() if kind_of(name) and not is_toml(content)]:
        path = os.path.join(folder, name)
        source = next((source for source in before.catalog.tree.sources if source.path == path), None)
        for problem in before.boot_problems:
            if source is None or problem.location is None or problem.location.file != source.shown:
                continue
            fix = next(iter(better_fixes(before, view, problem)), None)
            applied = apply_intent(before, view, fix.intent, fix.layer) if fix is not None else None
            content = applied.contents.get(path) if isinstance(applied, Applied) else None
            if content is not None:
                fixed[name] = content
    return fixed
