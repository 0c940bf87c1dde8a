"""Causes of problems in order of importance, and the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import update_report
from core.edits.cause_fixes import fixes_of_cause
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes import is_better
from core.files.view import DISK, Overlay
from core.impact import compare
from core.problems import Severity
from core.verdict import Verdict
from tests.support.trees import (
    DECK,
    Files,
    edited,
    extended,
    g3,
    g3_1,
    inspect,
    llm,
    with_override,
    with_preset,
)


def spare(files: Files, name: str, *models: str, lines: str = "enabled = false") -> Files:
    """The files with one more backend that is off, declaring models."""
    text = '[defaults]\nsdk = "x"\n' + "".join(llm(model) for model in models)
    return {**extended(files, "backends.toml", f"\n[{name}]\n{lines}\n"), f"backends/{name}.toml": text}


def titles(files: Files, tmp_path: Path) -> list[tuple[str, str]]:
    """Each cause's sentence and what it kills."""
    return [(cause.title, cause.effect) for cause in inspect(tmp_path, files).causes]


def test_a_good_tree_has_no_causes(tmp_path: Path) -> None:
    assert titles(g3_1(), tmp_path) == []


def test_references_to_models_of_one_backend_that_is_off_have_one_cause(tmp_path: Path) -> None:
    files = spare(g3_1(), "spare", "m1", "m2")
    for number in (1, 2, 1):
        files = with_preset(files, f"odd{number}{len(files[DECK])}", f"m{number}")
    assert titles(files, tmp_path) == [("backend `spare` is off", "3 presets dead")]


def test_the_backend_that_would_revive_the_most_is_blamed(tmp_path: Path) -> None:
    files = spare(spare(g3_1(), "small", "m1"), "large", "m1", "m2")
    files = with_preset(with_preset(files, "odd1", "m1"), "odd2", "m2")
    assert titles(files, tmp_path) == [("backend `large` is off", "2 presets dead")]


def test_among_equals_the_one_whose_variables_are_set_is_blamed(tmp_path: Path) -> None:
    files = spare(g3_1(), "keyless", "m1", lines='enabled = false\napi_key = "${NOBODY}"')
    files = spare(files, "ready", "m1", lines='enabled = false\napi_key = "${OPENAI_API_KEY}"')
    files = with_preset(files, "odd", "m1")
    assert titles(files, tmp_path) == [("backend `ready` is off", "1 preset dead")]


def test_the_effect_counts_each_kind(tmp_path: Path) -> None:
    files = with_preset(spare(g3_1(), "spare", "m1"), "odd", "@odd")
    files = edited(files, DECK, "[llm.aliases]\n", '[llm.aliases]\nodd = "m1"\n')
    files = edited(files, DECK, 'for_text = "$cheap"', 'for_text = "$odd"')
    assert titles(files, tmp_path) == [("backend `spare` is off", "1 preset, 1 alias, 1 choice dead")]


def test_undeclared_name_is_one_cause(tmp_path: Path) -> None:
    files = with_preset(with_preset(g3_1(), "odd1", "nobody"), "odd2", "nobody")
    assert titles(files, tmp_path) == [("no model, alias or waterfall `nobody` is served", "2 presets dead")]


def test_dropping_route_is_the_cause_of_dead_references(tmp_path: Path) -> None:
    files = extended(g3_1(), "routing_profiles.toml", '\n"gpt*" = "anthropic"\n')
    report = inspect(tmp_path, files)
    cause = report.causes[0]
    assert cause.key == "route gpt*"
    assert cause.dead["preset"] == 1
    assert cause.severity is Severity.ERROR


def test_fatal_causes_come_first(tmp_path: Path) -> None:
    files = with_preset(with_preset(g3_1(), "odd1", "nobody"), "odd2", "nobody")
    report = inspect(tmp_path, files, environ={"ANTHROPIC_API_KEY": "x"})
    first = report.causes[0]
    assert (first.key, first.fatal) == ("variable OPENAI_API_KEY", True)
    assert first.title == "variable `OPENAI_API_KEY` is not set, needed by openai"


def test_every_dead_reference_has_a_cause_that_is_listed(tmp_path: Path) -> None:
    files = with_preset(with_preset(spare(g3_1(), "spare", "m1"), "odd1", "m1"), "odd2", "nobody")
    report = inspect(tmp_path, files)
    keys = {cause.key for cause in report.causes}
    dead = [problem for problem in report.problems if problem.reference is not None]
    assert len(dead) == 2
    assert all(problem.cause in keys for problem in dead)


@pytest.mark.parametrize(
    ("models", "verdict", "sentence"),
    [
        (("gpt-4o-mini",), Verdict.OK, "can run"),
        (("gpt-4o-mini", "nobody"), Verdict.DEGRADED, "runs in part: 1 of 4 LLM presets dead"),
    ],
)
def test_the_verdict_on_presets(models: tuple[str, ...], verdict: Verdict, sentence: str, tmp_path: Path) -> None:
    files = g3_1()
    for number, model in enumerate(models):
        files = with_preset(files, f"odd{number}", model)
    assert inspect(tmp_path, files).verdict == (verdict, sentence)


def test_with_every_llm_preset_dead_it_cannot_run(tmp_path: Path) -> None:
    files = edited(edited(g3_1(), DECK, '"@best-claude"', '"nobody"'), DECK, '"gpt-4o-mini", temp', '"nobody", temp')
    assert inspect(tmp_path, files).verdict == (Verdict.CANNOT_RUN, "cannot run: 2 of 2 LLM presets dead")


def test_without_presets_the_choices_decide(tmp_path: Path) -> None:
    start = g3_1()[DECK].index("    [llm.presets]")
    stop = g3_1()[DECK].index("    [llm.choice_defaults]")
    files = {**g3_1(), DECK: g3_1()[DECK][:start] + g3_1()[DECK][stop:]}
    assert inspect(tmp_path, files).verdict == (Verdict.CANNOT_RUN, "cannot run: no default LLM is served")


def test_refusal_states_its_reason(tmp_path: Path) -> None:
    verdict, sentence = inspect(tmp_path, with_override(g3_1(), '"$nobody"', '"disabled"')).verdict
    assert verdict is Verdict.REFUSED
    assert sentence == "does not start: choice override `for_text` names `$nobody`, which does not exist"


def test_warnings_alone_let_it_run(tmp_path: Path) -> None:
    files = extended(g3(), "backends.toml", "\n[anthropic.x]\n") | {"backends/orphan.toml": ""}
    assert inspect(tmp_path, files, release="0.43.1").verdict == (Verdict.WARNINGS, "can run, with 1 warning")


def keyless(count: int) -> Files:
    """The files with some more backends that are on without their variables."""
    files = g3_1()
    for number in range(count):
        files = spare(files, f"b{number}", f"m{number}", lines=f'api_key = "${{NOBODY_{number}}}"')
    return files


def test_backends_without_their_keys_are_one_cause_from_three_on(tmp_path: Path) -> None:
    assert [title for title, _ in titles(keyless(2), tmp_path / "2")][:2] == [
        "variable `NOBODY_0` is not set, needed by b0",
        "variable `NOBODY_1` is not set, needed by b1",
    ]
    (cause,) = (cause for cause in inspect(tmp_path / "3", keyless(3)).causes if cause.fatal)
    assert (cause.key, cause.title, cause.problems) == ("keys", "3 backends are on without their keys", 3)
    assert cause.fix is not None
    assert "turn those 3 off" in cause.fix


@pytest.mark.parametrize(("count", "grouped"), [(3, False), (4, True)])
def test_problems_of_one_kind_are_one_cause_from_four_on(count: int, grouped: bool, tmp_path: Path) -> None:
    files = g3_1()
    for number in range(count):
        files[f"backends/orphan{number}.toml"] = '[defaults]\nsdk = "openai"\n'
    report = inspect(tmp_path, files)
    causes = [cause for cause in report.causes if cause.code == "backend-file-orphan"]
    assert [cause.problems for cause in causes] == ([count] if grouped else [1] * count)
    assert ("and 3 more of the kind" in causes[0].title) is grouped
    assert {problem.cause for problem in report.problems if problem.code == "backend-file-orphan"} == (
        {"several backend-file-orphan"} if grouped else {None}
    )


def test_fixes_of_backends_without_keys_let_the_release_start(tmp_path: Path) -> None:
    report = inspect(tmp_path, keyless(3))
    found = list(fixes_of_cause(report, DISK, "keys"))
    assert [fix.sentence for fix in found] == [
        "use only openai, whose key is set",
        "use only anthropic, whose key is set",
        "turn the 3 backends without their keys off",
    ]
    for fix in found:
        applied = apply_intent(report, DISK, fix.intent)
        assert isinstance(applied, Applied)
        after = update_report(report, Overlay(DISK, applied.contents))
        assert after.boots
        assert is_better(compare(report, after), None)


def test_unreadable_backends_are_the_one_cause_of_all_that_dies_of_them(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**g3_1(), "backends.toml": "[broken\n"})
    assert [cause.severity for cause in report.causes].count(Severity.ERROR) == 1
    assert report.causes[0].dead
    assert report.causes[0].code == "syntax"
    assert not [problem for problem in report.problems if problem.code == "fallback-unknown"]


def test_a_start_that_fails_for_many_keys_is_told_by_its_cause(tmp_path: Path) -> None:
    files = g3_1()
    for name in ("one", "two", "three"):
        files = spare(files, name, f"m-{name}", lines=f'api_key = "${{KEY_OF_{name.upper()}}}"')
    report = inspect(tmp_path, files)
    assert report.stops_at is not None
    assert report.verdict == (Verdict.REFUSED, f"does not start: {report.causes[0].title}")
    assert "are on without their keys" in report.causes[0].title


def test_backend_that_is_on_is_not_called_off(tmp_path: Path) -> None:
    gateway = '\n[pipelex_gateway]\nenabled = true\napi_key = "k"\n'
    files = edited(extended(g3_1(), "backends.toml", gateway), "routing_profiles.toml", '"openai"', '"pipelex_gateway"')
    titles = [cause.title for cause in inspect(tmp_path, files).causes if "`pipelex_gateway`" in cause.title]
    assert titles
    assert not any("is off" in title for title in titles)


@pytest.mark.parametrize("broken", [DECK, "backends/openai.toml"])
def test_what_an_unreadable_file_may_define_is_blamed_on_it(broken: str, tmp_path: Path) -> None:
    own = {"deck/x_own.toml": '[llm.presets.odd]\nmodel = "defined-nowhere"\ntemperature = 0.5\n'}
    files = {**g3_1(), **own}
    report = inspect(tmp_path, {**files, broken: f"{files[broken]}\n[broken\n"}, release="0.92.2")
    errors = [cause for cause in report.causes if cause.severity is Severity.ERROR]
    assert [cause.code for cause in errors] == ["syntax"]
    assert ("preset", "llm", "odd") in errors[0].references


def test_a_missing_table_is_told_by_its_own_cause_only_where_the_deck_was_read(tmp_path: Path) -> None:
    files = g3_1()
    whole = {**files, DECK: files[DECK].replace("[llm.choice_defaults]", "[llm.elsewhere]")}
    assert "deck-invalid" in [cause.code for cause in inspect(tmp_path / "whole", whole, release="0.92.2").causes]
    broken = {**whole, DECK: f"{whole[DECK]}\n[broken\n"}
    codes = [cause.code for cause in inspect(tmp_path / "broken", broken, release="0.92.2").causes]
    assert ("syntax" in codes, "deck-invalid" in codes) == (True, False)


def test_the_cause_of_the_stop_comes_first(tmp_path: Path) -> None:
    files = g3_1()
    for number in range(6):
        files = with_preset(files, f"odd{number}", "nobody")
    files = extended(files, "backends.toml", '\n[lost]\napi_key = "${LOST}"\n')
    report = inspect(tmp_path, {**files, "backends/lost.toml": '[defaults]\nsdk = "x"\n' + llm("m")})
    assert report.stops_at is not None
    assert report.causes[0].title == "variable `LOST` is not set, needed by lost"
    assert max(cause.problems for cause in report.causes[1:]) == 6


def test_warnings_are_counted_by_cause(tmp_path: Path) -> None:
    files = spare(g3_1(), "spare", "m1")
    deck = "".join(f'x{number} = "m1"\n' for number in range(4))
    report = inspect(tmp_path, {**files, "deck/x_custom_more.toml": f"[llm.aliases]\n{deck}"})
    assert len([problem for problem in report.problems if problem.severity is Severity.WARNING]) == 4
    assert report.verdict == (Verdict.WARNINGS, "can run, with 1 warning")


def test_a_backend_with_a_key_in_the_file_is_ready_too(tmp_path: Path) -> None:
    files = g3_1()
    for name, key in (("a", "${A}"), ("b", "${B}"), ("c", "${C}"), ("literal", "0123456789abcdef"), ("set", "${SET}")):
        files = {**files, f"backends/{name}.toml": '[defaults]\nsdk = "x"\n' + llm(f"m-{name}")}
        files = extended(files, "backends.toml", f'\n[{name}]\napi_key = "{key}"\n')
    environ = {"SET": "1", "OPENAI_API_KEY": "1", "ANTHROPIC_API_KEY": "1"}
    (cause,) = [cause for cause in inspect(tmp_path, files, environ=environ).causes if cause.key == "keys"]
    assert cause.fix is not None
    assert "use only" not in cause.fix
