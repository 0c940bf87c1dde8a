"""Marks: the drift of the parts of a tree from the kit of the installed Pipelex, by file and key path."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field

from core.api import Report
from core.errors import PipedeckError
from core.files.source import Source
from core.files.view import View
from core.records import dataclass
from core.releases import Release
from core.toml.edit.text_layout import Path
from core.toml.toml_reader import TomlDocument
from core.upgrade.drift import DriftRow
from core.upgrade.kit import read_kit
from core.upgrade.planner import tree_drift


@dataclass(frozen=True)
class DriftMarks:
    """The parts that differ from the kit of a release. They hold for files whose content is still the same."""

    target: Release
    documents: Mapping[str, TomlDocument] = field(repr=False)
    rows: Mapping[tuple[str, Path], DriftRow] = field(repr=False)

    def of(self, source: Source, path: Path) -> DriftRow | None:
        """The drift of a part of a file; None where it does not differ, or the file has changed since."""
        if self.documents.get(source.path) is not source.document:
            return None
        return self.rows.get((source.path, path))

    def hold_for(self, report: Report) -> bool:
        """Whether no file of a report has changed."""
        sources = report.catalog.tree.sources
        return all(self.documents.get(source.path) is source.document for source in sources)


def drift_marks(report: Report, view: View) -> DriftMarks | None:
    """The marks of a tree, as `view` shows it, against the kit of the installed Pipelex; None where there is no kit."""
    catalog = report.catalog
    installation = catalog.installation
    if installation is None or installation.environment is None:
        return None
    try:
        drift = tree_drift(report, view, read_kit(installation.environment.prefix))
    except PipedeckError:
        return None
    folder = os.path.dirname(catalog.tree.paths.inference)
    rows = {(os.path.join(folder, row.file), row.path): row for row in drift.rows}
    return DriftMarks(drift.target, {source.path: source.document for source in catalog.tree.sources}, rows)
