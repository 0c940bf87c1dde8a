"""The impact of an edit: a problem that only moves to another place is neither added nor removed."""

from __future__ import annotations

from pathlib import Path

from core.edits.preset_edits import SetPresetField, SetPresetModel
from core.impact import Impact
from tests.core.edits.scenes import scene
from tests.support.trees import minimal, with_preset


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
