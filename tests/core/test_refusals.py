"""Refused settings: a preset or choice whose model refuses them is a state of its own, everywhere alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report, inspect_tree, update_report
from core.causes import Cause
from core.diagnostics import deck_codes
from core.edits.alias_edits import SetTarget
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes.fix_table import fixes_for
from core.edits.intent import EditLayer
from core.edits.preset_edits import SetPresetField
from core.edits.refused_settings import WithSettings
from core.edits.repoint_edits import UseOnly, accept, proposed
from core.files.view import DISK, Overlay
from core.impact import compare
from core.problems import Problem
from core.resolution import Resolution, Status
from core.verdict import Verdict
from tests.core.workspace.report_contents import contents, read_fresh
from tests.support.stock import StockFactory
from tests.support.trees import DECK, NOWHERE, RULES, Files, edited, extended, inspect, llm, minimal, with_preset

OPENAI = "backends/openai.toml"
THINKS = '\nthinking_mode = "manual"\n'


def tree(settings: str, extra: str = "", *, files: Files | None = None) -> Files:
    """A tree of 0.92.2 with a preset `quick` of these settings, whose model `small` has these further fields."""
    base = extended(files or minimal("0.92.2"), OPENAI, llm("small", extra) + llm("thinker", THINKS))
    return with_preset(base, "quick", "small", settings)


def quick(report: Report) -> Resolution:
    return next(item for item in report.resolutions if item.reference == "$quick")


def refused_problems(report: Report) -> list[Problem]:
    return [problem for problem in report.problems if problem.diagnostic is deck_codes.SETTING_REFUSED]


def after(report: Report, applied: object) -> Report:
    assert isinstance(applied, Applied), applied
    return update_report(report, Overlay(DISK, dict(applied.contents)))


@pytest.mark.parametrize(
    ("settings", "extra", "key"),
    [
        ('temperature = 0.5\nreasoning_effort = "high"', "", "reasoning_effort"),
        ("temperature = 0.5\nreasoning_budget = 4000", "", "reasoning_budget"),
        ("temperature = 0.5\nreasoning_budget = 4000", THINKS, "reasoning_budget"),
        ('temperature = 0.5\nreasoning_effort = "low"', '\nthinking_mode = "adaptive"\n', "reasoning_effort"),
        ("temperature = 0.5\nmax_tokens = 0", "", "max_tokens"),
    ],
)
def test_refused_preset_is_neither_callable_nor_dead(settings: str, extra: str, key: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, tree(settings, extra), release="0.92.2")
    item = quick(report)
    assert item.status is Status.REFUSED
    assert item.spec is not None
    assert item.alive
    assert item.fails
    assert item.refusal is not None
    assert item.refusal.key == key
    assert report.trail(item)[-1].kind == "refused"
    [problem] = refused_problems(report)
    assert problem.location is not None
    assert problem.location.path[-1] == key
    cause = next(cause for cause in report.causes if cause.refused)
    assert isinstance(cause, Cause)
    assert (dict(cause.refused), dict(cause.dead), cause.effect) == ({"preset": 1}, {}, "1 preset refused")
    assert report.verdict[0] is Verdict.DEGRADED
    assert "refused" in report.verdict[1]


@pytest.mark.parametrize("settings", ['temperature = 0.5\nreasoning_effort = "high"', "temperature = 0.5"])
def test_taken_settings_are_callable(settings: str, tmp_path: Path) -> None:
    assert quick(inspect(tmp_path, tree(settings, THINKS), release="0.92.2")).status is Status.CALLABLE


def test_tree_of_refused_presets_cannot_run(tmp_path: Path) -> None:
    files = tree('temperature = 0.5\nreasoning_effort = "high"')
    report = inspect(tmp_path, files, release="0.92.2")
    for preset in [item.name for item in report.resolutions if item.kind.value == "preset" and item.family == "llm"]:
        applied = apply_intent(report, DISK, SetPresetField("llm", preset, "max_tokens", 0), EditLayer.BASE)
        assert isinstance(applied, Applied), applied
        for path, content in applied.contents.items():
            assert content is not None
            Path(path).write_bytes(content)
        report = update_report(report, DISK)
    assert report.verdict[0] is Verdict.CANNOT_RUN
    assert "LLM presets refused" in report.verdict[1]


def test_choice_is_refused_with_its_preset_or_its_own_settings(tmp_path: Path) -> None:
    files = tree('temperature = 0.5\nreasoning_effort = "high"')
    inline = '{ model = "small", temperature = 0.5, reasoning_budget = 900 }'
    files = edited(files, DECK, 'for_text = "$cheap"', 'for_text = "$quick"')
    files = edited(files, DECK, 'for_object = "$writing"', f"for_object = {inline}")
    report = inspect(tmp_path, files, release="0.92.2")
    found = {item.reference: item.refusal.key for item in report.resolutions if item.refusal is not None}
    assert found == {
        "$quick": "reasoning_effort",
        "llm/default/for_text": "reasoning_effort",
        "llm/default/for_object": "reasoning_budget",
    }
    assert report.verdict[0] is Verdict.DEGRADED


def test_each_fix_removes_the_problem_and_adds_none(tmp_path: Path) -> None:
    for number, (settings, extra) in enumerate(
        (
            ('temperature = 0.5\nreasoning_effort = "high"', ""),
            ("temperature = 0.5\nreasoning_budget = 900", THINKS),
            ("temperature = 0.5\nmax_tokens = -1", ""),
        )
    ):
        folder = tmp_path / str(number)
        report = inspect(folder, tree(settings, extra), release="0.92.2")
        [problem] = refused_problems(report)
        fixes = fixes_for(report, problem)
        assert fixes
        for fix in fixes:
            fixed = after(report, apply_intent(report, DISK, fix.intent, fix.layer))
            assert not refused_problems(fixed), fix.sentence
            assert not compare(report, fixed).errors_added


def test_budget_becomes_the_effort_of_its_size(tmp_path: Path) -> None:
    report = inspect(tmp_path, tree("temperature = 0.5\nreasoning_budget = 4000", THINKS), release="0.92.2")
    [problem] = refused_problems(report)
    fixed = after(report, apply_intent(report, DISK, fixes_for(report, problem)[0].intent, EditLayer.BASE))
    fields = fixed.catalog.families["llm"].presets["quick"].fields
    assert fields["reasoning_effort"] == "medium"
    assert "reasoning_budget" not in fields


def test_repointed_alias_brings_the_settings_along(tmp_path: Path) -> None:
    files = edited(tree("temperature = 0.5"), DECK, "[llm.aliases]", '[llm.aliases]\nsome = "thinker"')
    files = with_preset(files, "deep", "@some", 'temperature = 0.5\nreasoning_effort = "high"')
    report = inspect(tmp_path, files, release="0.92.2")
    bare = after(report, apply_intent(report, DISK, SetTarget("llm", "some", "small")))
    impact = compare(report, bare)
    assert [change.shown.reference for change in impact.refused] == ["$deep"]
    assert "1 name refused by the model" in impact.summary()
    applied = apply_intent(report, DISK, WithSettings(SetTarget("llm", "some", "small")))
    assert not [item for item in after(report, applied).resolutions if item.refusal is not None]
    assert isinstance(applied, Applied)
    assert any("`deep`: reasoning_effort removed" in note for note in applied.notes)


EDITS = [
    (OPENAI, 'thinking_mode = "manual"', 'thinking_mode = "adaptive"'),
    (DECK, 'reasoning_effort = "high"', 'reasoning_effort = "low"'),
    (DECK, 'reasoning_effort = "high"', "reasoning_budget = 900"),
    (DECK, 'model = "small"', 'model = "thinker"'),
    ("backends.toml", "[openai]", "[openai]\nlisted_constraints = ['temperature_must_be_multiplied_by_2']"),
]


@pytest.mark.parametrize("number", range(len(EDITS)))
def test_incremental_answer_equals_the_whole_one(number: int, tmp_path: Path) -> None:
    files = tree('temperature = 0.5\nreasoning_effort = "high"', THINKS)
    report = inspect(tmp_path, files, release="0.92.2")
    assert report.problems is not None
    name, old, new = EDITS[number]
    folder = report.catalog.tree.paths.inference
    changed = {f"{folder}/{name}": edited(files, name, old, new)[name].encode()}
    view = Overlay(DISK, changed)
    updated = update_report(report, view)
    assert contents(updated) == contents(read_fresh(report, view))


def test_use_of_any_backend_leaves_no_refused_setting_unsaid(stock: StockFactory) -> None:
    report = inspect_tree(str(stock("0.92.2").root), release="0.92.2", assume_keys=True, environ={"HOME": NOWHERE})
    changed = 0
    for backend in report.catalog.backends:
        found = proposed(report, DISK, backend)
        if not isinstance(found, tuple):
            continue
        applied = apply_intent(report, DISK, UseOnly(backend, accept(found)))
        assert isinstance(applied, Applied), backend
        left = [item for item in after(report, applied).resolutions if item.refusal is not None]
        unsaid = [
            item.reference for item in left if not any(f"`{item.name}` stays refused" in note for note in applied.notes)
        ]
        assert not unsaid, backend
        changed += sum("reasoning_effort removed" in note for note in applied.notes)
    assert changed


@pytest.mark.parametrize(
    ("release", "sdk", "rules", "refused"),
    [
        ("0.92.2", "openai_img_gen", "", True),
        ("0.24.0", "openai_img_gen", "", False),
        ("0.25.0", "openai_img_gen", "", True),
        ("0.18.6", "fal", "", True),
        ("0.17.6", "fal", "", False),
        ("0.92.2", "fal", RULES, False),
        ("0.92.2", "google", "", False),
    ],
)
def test_models_of_images_need_rules(release: str, sdk: str, rules: str, refused: bool, tmp_path: Path) -> None:
    """Seen in runs of `tests.conformance.pipes`: `Model 'x' does not have rules configured`."""
    table = f'\n[drawer]\nmodel_type = "img_gen"\nsdk = "{sdk}"\ncosts = {{}}\n{rules}'
    files = extended(minimal("0.17.6" if release < "0.18" else "0.43.1"), "backends/openai.toml", table)
    report = inspect(tmp_path, files, release=release)
    found = next(item for item in report.resolutions if item.kind == "model" and item.name == "drawer")
    assert (found.status is Status.REFUSED) == refused
    assert ("sets no rules" in found.refused_words) == refused
