"""The impact of an edit: a problem that only moves to another place is neither added nor removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.backend_edits import SwitchBackend
from core.edits.fixes import is_better
from core.edits.fixes.fix_base import SetInPlace
from core.edits.preset_edits import SetPresetField, SetPresetModel
from core.impact import Impact
from core.json.edit_document import ImpactDocument
from tests.core.edits.scenes import Scene, scene
from tests.support.trees import KEYS, edited, inspect, llm, minimal, with_preset
from tui.reports.edit_text import change_lines


def test_an_override_of_a_dead_preset_adds_no_error(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", with_preset(minimal("0.92.2"), "p", "nobody"))
    impact = Impact(tree.report, tree.after(tree.done(SetPresetField("llm", "p", "temperature", 0.3))))
    assert impact.problems_added == ()
    assert impact.problems_removed == ()


def test_preset_dead_for_another_reason_is_reported(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", with_preset(minimal("0.92.2"), "p", "nobody"))
    impact = Impact(tree.report, tree.after(tree.done(SetPresetModel("llm", "p", "somebody"))))
    assert [problem.code for problem in impact.problems_added] == ["preset-dead"]
    assert [problem.code for problem in impact.problems_removed] == ["preset-dead"]
    impact = Impact(tree.report, tree.after(tree.done(SetPresetModel("llm", "p", "gpt-4o-mini"))))
    assert impact.problems_added == ()
    assert [problem.code for problem in impact.problems_removed] == ["preset-dead"]


def test_references_that_can_no_longer_be_called_are_told_apart_from_dead_ones(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(minimal("0.92.2"), "p", "nobody"), environ=KEYS)
    tree = Scene(report)
    path = report.catalog.tree.backends.sources[0].path
    broken = tree.then(tree.done(SetInPlace(path, ("anthropic", "endpoint"), "", "empty the endpoint")))
    impact = Impact(report, broken.report)
    lost = {"$writing", "@best-claude", "llm/default/for_object"}
    assert {change.shown.reference for change in impact.uncallable} == lost
    assert (impact.died, impact.refused, impact.revived, impact.callable) == ((), (), (), ())
    assert "3 names no longer callable" in impact.summary()
    assert impact.worsens
    assert not is_better(impact, None)
    lines = [(mark.strip(), text) for mark, text, _ in change_lines(impact)]
    same = "claude-4-sonnet at anthropic"
    assert ("no longer callable", f"$writing  {same} -> {same}, not callable") in lines
    back = Impact(broken.report, report)
    assert {change.shown.reference for change in back.callable} == lost
    assert "3 names become callable" in back.summary()
    assert is_better(back, None)
    document = ImpactDocument(impact)
    assert (set(document.uncallable), document.callable) == (lost, [])
    to_dead_end = Impact(broken.report, broken.after(broken.done(SetPresetModel("llm", "p", "@best-claude"))))
    assert "1 name revives (1 not callable)" in to_dead_end.summary()


@pytest.mark.parametrize(("variable", "better"), [("GOOGLE_API_KEY", True), ("OTHER", False)])
def test_fix_of_a_cause_is_judged_as_that_of_a_problem(variable: str, better: bool, tmp_path: Path) -> None:
    """Turning a backend on revives a preset, and stops the start where its key is not set."""
    files = with_preset(minimal("0.92.2"), "p", "gemini")
    files["backends.toml"] += '\n[google]\nenabled = false\napi_key = "${GOOGLE_API_KEY}"\n'
    files["backends/google.toml"] = '[defaults]\nsdk = "google"\n' + llm("gemini")
    files = edited(files, "routing_profiles.toml", '"claude-*"', '"gemini" = "google"\n"claude-*"')
    report = inspect(tmp_path, files, environ={**KEYS, variable: "a-key-of-google"})
    tree = Scene(report)
    impact = Impact(report, tree.after(tree.done(SwitchBackend("google", True))))
    assert [change.shown.reference for change in impact.revived] == ["$p"]
    assert is_better(impact, None) is better
