"""Fixes as the pipeline judges them: none is offered after which the tree is not better."""

from __future__ import annotations

from pathlib import Path

from core.edits.fixes import better_fixes, fixes, fixes_for, is_better
from core.impact import compare
from tests.core.edits.fix_campaign import RELEASES, faults, reports
from tests.core.edits.scenes import Scene, scene
from tests.support.stock import stock_tree_or_skip
from tests.support.trees import edited, inspect, minimal, with_preset


def test_fix_that_brings_another_error_is_not_offered(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), "backends.toml", 'api_key = "${OPENAI_API_KEY}"', 'api_kye = "${OPENAI_API_KEY}"')
    for value, offered in (("sk-good-key-of-a-test", True), ("two words", False)):
        environ = {"OPENAI_API_KEY": value, "ANTHROPIC_API_KEY": "b"}
        report = inspect(tmp_path / value[:2], files, release="0.92.2", environ=environ)
        tree = Scene(report)
        [problem] = [one for one in report.problems if one.code == "backend-key-unknown"]
        assert fixes_for(report, problem)
        assert bool([*better_fixes(report, tree.view, problem)]) is offered
        assert any(fix.code == "backend-key-unknown" for fix in fixes(report, tree.view)) is offered


def test_edit_that_mends_nothing_is_no_fix(tmp_path: Path) -> None:
    """The edit of one dead preset is no fix of another, nor one that is dead in other words after it."""
    files = with_preset(with_preset(minimal("0.92.2"), "one", "gpt-4o-mni"), "two", "@best-clade")
    tree = scene(tmp_path, "0.92.2", files)
    first, second = (one for one in tree.report.problems if one.code == "preset-dead")
    [fix, *_] = better_fixes(tree.report, tree.view, first)
    applied = tree.done(fix.intent, fix.layer)
    impact = compare(tree.report, tree.after(applied))
    assert is_better(impact, first)
    assert not is_better(impact, second)
    worse = with_preset(with_preset(minimal("0.92.2"), "one", "nothing-near"), "two", "@best-clade")
    assert not is_better(compare(tree.report, scene(tmp_path / "worse", "0.92.2", worse).report), first)


def test_every_offered_fix_mends_in_generated_trees(tmp_path: Path) -> None:
    """Judged apart from the gate, by `faults`."""
    for release in RELEASES:
        stock_tree_or_skip(release)
    offered = 0
    for name, report in reports(RELEASES, 16, 5000, tmp_path):
        view = Scene(report).view
        for problem in report.problems[:8]:
            for fix in [*better_fixes(report, view, problem)][:1]:
                offered += 1
                assert [*faults(report, view, problem, fix)] == [], f"{name}: {problem}"
    assert offered > 20
