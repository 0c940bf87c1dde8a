"""Fields of newer releases (documents, judgment, headers, thinking budgets) and remains of older ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.trees import (
    DECK,
    codes,
    edited,
    end,
    extended,
    g3,
    g3_1,
    inspect,
    llm,
    minimal,
    only,
    place,
    resolved,
)

OPENAI = "backends/openai.toml"
DOC_GEN = """
[doc_gen.presets.report]
model = "typesetter"

[doc_gen.choice_defaults]
"pdf.layout" = "$report"
"""
TYPESETTER = '\n[typesetter]\nmodel_type = "doc_gen"\n'


@pytest.mark.parametrize(("release", "exists"), [("0.70.0", False), ("0.71.0", True), ("0.92.2", True)])
def test_doc_gen_exists_from_0_71_on(release: str, exists: bool, tmp_path: Path) -> None:
    files = extended(extended(g3(), DECK, DOC_GEN), OPENAI, TYPESETTER)
    report = inspect(tmp_path, files, release=release)
    assert report.boots == exists
    if exists:
        assert end(resolved(report, "report")) == "openai/typesetter"
        assert end(resolved(report, "doc_gen/default/pdf.layout")) == "openai/typesetter"


def test_unknown_document_format_is_refused(tmp_path: Path) -> None:
    files = extended(extended(g3_1(), DECK, DOC_GEN.replace("pdf.layout", "odt.layout")), OPENAI, TYPESETTER)
    problem = only(inspect(tmp_path, files), "deck-invalid")
    assert problem.error_type == "ModelDeckValidationError"
    assert "`odt.layout`" in problem.message


@pytest.mark.parametrize(("release", "exists"), [("0.71.1", False), ("0.72.0", True)])
def test_judgment_exists_from_0_72_on(release: str, exists: bool, tmp_path: Path) -> None:
    deck = '\n[judgment]\nchoice_default = "judge"\n'
    files = extended(extended(g3(), DECK, deck), OPENAI, '\n[judge]\nmodel_type = "judgment"\n')
    assert inspect(tmp_path, files, release=release).boots == exists


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ('X-Team = "blue"', True),
        ('X-Team = ""', True),
        ('X-Team = "a b\\tc"', True),
        ('X-Team = " blue"', False),
        ('X-Team = "blué"', False),
        ('X-Team = "a\\nb"', False),
        ("X-Team = 5", False),
        ('"X-Te am" = "blue"', False),
        ('max-tokens = "8"', False),
        ('endpoint-path = "/x"', False),
        ('team = "blue"', False),
    ],
)
def test_header_keys_from_0_46_on(line: str, fine: bool, tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(g3_1(), OPENAI, llm("odd", line + "\n")))
    assert report.boots == fine
    if not fine:
        assert only(report, "spec-invalid").fix


@pytest.mark.parametrize(("release", "checked"), [("0.76.0", False), ("0.77.0", True)])
@pytest.mark.parametrize("low", ["9", "-1", "true", "1.5"])
def test_thinking_budgets_merge_with_backend(low: str, release: str, checked: bool, tmp_path: Path) -> None:
    budget = "[openai]\nvalued_constraints = { max_thinking_budget = 5 }\n"
    files = edited(g3(), "backends.toml", "[openai]\n", budget)
    files = extended(files, OPENAI, llm("odd", f"valued_constraints = {{ min_thinking_budget = {low} }}\n"))
    report = inspect(tmp_path, files, release=release)
    # Before 0.77 the keys are not known at all.
    assert not report.boots
    problems = [problem for problem in report.problems if "integers" in problem.message or "at most" in problem.message]
    assert bool(problems) == checked


@pytest.mark.parametrize(("release", "types"), [("0.10.0", False), ("0.10.2", True)])
def test_model_types_exist_from_0_10_2_on(release: str, types: bool, tmp_path: Path) -> None:
    files = extended(minimal("0.10.2"), OPENAI, llm("odd", 'model_type = "text_extractor"\n'))
    assert inspect(tmp_path, files, release=release).boots == types


def test_profile_with_gateway_route_is_refused(tmp_path: Path) -> None:
    files = edited(g3_1(), "routing_profiles.toml", '"claude-*" = "anthropic"', '"claude-*" = "pipelex_gateway"')
    report = inspect(tmp_path, files, release="0.92.2")
    assert report.stops_at is not None
    assert (report.stops_at.code, report.stops_at.error_type) == ("gateway-retired", "FormerReleaseConfigError")
    assert place(report.stops_at) == ("routing_profiles.toml", 4, "profiles.all")


def test_gateway_profile_is_reported_as_removed(tmp_path: Path) -> None:
    files = edited(g3_1(), "routing_profiles.toml", 'active = "all"', 'active = "all_pipelex_gateway"')
    report = inspect(tmp_path, files, release="0.92.2")
    assert report.stops_at is not None
    assert report.stops_at.code == "gateway-retired"
    assert "profile-unknown" in codes(report)


@pytest.mark.parametrize(("release", "refused"), [("0.10.2", True), ("0.14.3", False)])
def test_toml_0_5_reader_refuses_newer_toml(release: str, refused: bool, tmp_path: Path) -> None:
    files = extended(minimal(release), OPENAI, "\n[odd]\nmodel_id = 'x'\nsdk = 'x'\ncosts = {}\ninputs = ['a', 1]\n")
    report = inspect(tmp_path, files, release=release)
    assert ("toml-too-new" in codes(report)) == refused


@pytest.mark.parametrize(("release", "lax"), [("0.10.2", True), ("0.11.0", True), ("0.14.3", False)])
def test_toml_0_5_reader_takes_what_is_not_toml(release: str, lax: bool, tmp_path: Path) -> None:
    files = extended(minimal(release), OPENAI, "\n[odd]\nmodel_id = 'x'\nsdk = 'x'\ncosts = {}\ninputs = ['a',, 'b']\n")
    report = inspect(tmp_path, files, release=release)
    assert ("toml-lax" in codes(report)) == lax
    assert ("syntax" in codes(report)) != lax


def test_prompting_target_is_dropped_in_memory_from_0_46_on(tmp_path: Path) -> None:
    files = edited(g3(), OPENAI, "[defaults]\n", '[defaults]\nprompting_target = "anthropic"\n')
    assert inspect(tmp_path / "new", files, release="0.92.2").boots
    assert inspect(tmp_path / "old", files, release="0.45.0").boots
