"""The order in which files are written: between two of them the tree loads as well as before or after the edit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from core.api import Report, update_report
from core.edits.edit_session import Applied, apply_intent
from core.edits.intent import EditLayer
from core.files.view import Overlay
from core.workspace.saving import write_order
from tests.core.edits.campaign import Chooser
from tests.core.edits.stock_scene import Scene
from tests.support.stock import StockFactory

KINDS = 3
"""At least so many kinds of edits change several files."""


@pytest.mark.parametrize("release", ["0.14.3", "0.43.1", "0.92.2"])
def test_every_part_of_an_edit_of_several_files_loads(release: str, stock: StockFactory) -> None:
    root, rng, kinds = stock(release).root, Random(release), Counter[str]()
    scene = Scene.of(root, release)
    chooser = Chooser(rng, scene)
    for _ in range(120):
        intent = chooser.intent()
        applied = apply_intent(scene.report, scene.view, intent, EditLayer.BASE)
        kind = type(intent).__name__
        if isinstance(applied, Applied) and len(applied.contents) > 1 and not kinds[kind]:
            after = update_report(scene.report, Overlay(scene.view, applied.contents))
            order, loads = write_order(scene.report, scene.view, after, applied.contents)
            if loads:  # else there is no such order, as the review says
                kinds[kind] += 1
                _check_parts(root, scene.report, applied, order)
    assert len(kinds) >= KINDS, kinds


def _check_parts(root: Path, before: Report, applied: Applied, order: list[str]) -> None:
    """Write one file after another, and read the tree in between."""
    old = {path: Path(path).read_bytes() if Path(path).exists() else None for path in order}
    refusals = []
    try:
        for path in order:
            _put(path, applied.contents[path])
            refusals.append(_refusals(Scene.of(root, str(before.release)).report))
    finally:
        for path, content in old.items():
            _put(path, content)
    allowed = _refusals(before) | refusals.pop()
    assert all(found <= allowed for found in refusals), applied.label


def _put(path: str, content: bytes | None) -> None:
    if content is None:
        Path(path).unlink(missing_ok=True)
    else:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)


def _refusals(report: Report) -> set[tuple[str, str]]:
    return {(problem.code, problem.message) for problem in report.boot_problems if problem.fatal}
