"""Faults in backend files: keys, types, defaults and placeholders of models, with the errors of each release."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.dialects.cases import CREDENTIALS, LIBRARY, LOADS, OPENAI, RELEASES, VALIDATION, Case, same
from tests.support.trees import KEYS, Files, codes, edited, end, extended, inspect, llm, minimal, only, place, resolved

COSTS = "costs = { input = 3.0, output = 15.0 }"


def _line(
    name: str,
    line: str,
    raises: tuple[str | None, str | None, str | None, str | None, str | None],
    key: str,
    code: str = "spec-invalid",
    environ: dict[str, str] = KEYS,
) -> Case:
    """A model with an added line, or with its costs or model_id replaced."""

    def change(files: Files) -> Files:
        if line.startswith("costs"):
            text = llm("odd").replace(COSTS, line)
        elif line.startswith("model_id"):
            text = llm("odd").replace('model_id = "odd-id"', line)
        else:
            text = llm("odd", line + "\n")
        return extended(files, OPENAI, text)

    return Case(name, change, code, raises, OPENAI, f"odd.{key}", environ)


NOT_A_TABLE: tuple[str, str, str, str, str] = (LIBRARY, *("InferenceModelSpecError",) * 4)
CRASH = ("AttributeError", "AttributeError", "AttributeError", "AttributeError", LIBRARY)
OLD_FILE = (LIBRARY, LIBRARY, LIBRARY, LIBRARY, CREDENTIALS)
OLD_KEY = (LOADS, LOADS, LOADS, LIBRARY, LIBRARY)
NEW_KEY = (LIBRARY, LIBRARY, LIBRARY, LOADS, LOADS)

CASES = (
    _line("max_prompt_images that is text", 'max_prompt_images = "many"', same(LIBRARY), "max_prompt_images"),
    _line("unknown model_type", 'model_type = "oracle"', same(LIBRARY), "model_type"),
    _line("unknown key", "temprature = 1", same(LIBRARY), "temprature"),
    _line("costs that are no table", "costs = 3", CRASH, "costs"),
    _line("a cost that is text", 'costs = { input = "3" }', (LIBRARY, LIBRARY, LIBRARY, "TypeError", LIBRARY), "costs"),
    _line("a cost that is true", "costs = { input = true }", same(LIBRARY), "costs"),
    _line("unknown cost category", "costs = { inputs = 3.0 }", same(LIBRARY), "costs"),
    _line("a negative cost", "costs = { input = -1.0 }", (LOADS, LOADS, LOADS, LIBRARY, LIBRARY), "costs"),
    _line("a cost that is not finite", "costs = { input = 1e999 }", (LOADS, LOADS, LOADS, LOADS, LIBRARY), "costs"),
    _line("constraints", 'constraints = ["temperature_must_be_1"]', OLD_KEY, "constraints"),
    _line("constraints that are a number", "constraints = 1", ("TypeError",) * 3 + (LIBRARY, LIBRARY), "constraints"),
    _line("listed_constraints", "listed_constraints = []", NEW_KEY, "listed_constraints"),
    _line("valued_constraints", "valued_constraints = { fixed_temperature = 1 }", NEW_KEY, "valued_constraints"),
    _line("a header", 'X-Team = "blue"', NEW_KEY, "X-Team"),
    _line("a header without hyphen", 'team = "blue"', (LIBRARY, LIBRARY, LIBRARY, LOADS, LIBRARY), "team"),
    _line("a hyphenated field", 'max-tokens = "8"', (LIBRARY, LIBRARY, LIBRARY, LOADS, LIBRARY), "max-tokens"),
    _line("a header that is no text", "X-Team = 5", same(LIBRARY), "X-Team"),
    _line("prompting_target", 'prompting_target = "openai"', (LOADS,) * 5, "prompting_target"),
    _line("an empty handle", 'handle = ""', (LIBRARY, LIBRARY, LIBRARY, LOADS, LIBRARY), "handle"),
    _line("xai prompting_target", 'prompting_target = "xai"', (LIBRARY,) * 4 + (LOADS,), "prompting_target"),
    _line(
        "min_thinking_budget above max",
        "valued_constraints = { min_thinking_budget = 9, max_thinking_budget = 3 }",
        same(LIBRARY),
        "valued_constraints",
    ),
    _line("variable", 'model_id = "${NOBODY}"', OLD_FILE, "model_id", "variable-missing"),
    _line("unknown prefix", 'model_id = "${vault:X}"', OLD_FILE, "model_id", "placeholder-invalid"),
    _line(
        "list of variables",
        'model_id = "${env:A|B}"',
        ("VarFallbackPatternError",) * 4 + (CREDENTIALS,),
        "model_id",
        "variable-missing",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("release", RELEASES)
def test_release_accepts_or_refuses(case: Case, release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, case.change(minimal(release)), release=release, environ=case.environ)
    stop = report.stops_at
    expected = case.raises[RELEASES.index(release)]
    assert (stop.error_type if stop else None) == expected
    if stop is not None:
        assert stop.code == case.code
        assert stop.location is not None
        assert (stop.location.file, stop.location.key) == (f".pipelex/inference/{OPENAI}", case.key)
        assert stop.fix


@pytest.mark.parametrize("release", RELEASES)
def test_top_level_value_is_not_a_model(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files[OPENAI] = "stray = 1\n" + files[OPENAI]
    report = inspect(tmp_path, files, release=release)
    problem = only(report, "spec-not-a-table")
    assert problem.error_type == NOT_A_TABLE[RELEASES.index(release)]
    assert place(problem) == (OPENAI, 1, "stray")


@pytest.mark.parametrize("release", RELEASES)
def test_model_without_an_sdk_is_refused(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files[OPENAI] = files[OPENAI].replace('default_sdk = "openai"', "").replace('[defaults]\nsdk = "openai"', "")
    report = inspect(tmp_path, files, release=release)
    assert report.stops_at is not None
    assert report.stops_at.error_type == LIBRARY
    assert "has no `sdk`" in report.stops_at.message
    assert report.stops_at.fix == "add sdk = ..."


@pytest.mark.parametrize(
    ("key", "raises"), [("model_id", (LIBRARY,) * 3 + (LOADS,) * 2), ("costs", (LIBRARY,) * 3 + (LOADS,) * 2)]
)
@pytest.mark.parametrize("release", RELEASES)
def test_model_id_and_costs_are_required_up_to_0_17(
    key: str, raises: tuple[str | None, ...], release: str, tmp_path: Path
) -> None:
    lines = [line for line in llm("odd").splitlines() if not line.startswith(key)]
    report = inspect(tmp_path, extended(minimal(release), OPENAI, "\n".join(lines)), release=release)
    stop = report.stops_at
    assert (stop.error_type if stop else None) == raises[RELEASES.index(release)]
    if stop is not None:
        assert f"has no `{key}`" in stop.message
        assert stop.location is not None
        assert stop.location.key == "odd"


@pytest.mark.parametrize("release", RELEASES[1:])
def test_defaults_must_be_a_table(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files[OPENAI] = files[OPENAI].replace("[defaults]\n", "defaults = 1\n[ignored]\n")
    report = inspect(tmp_path, files, release=release)
    assert report.stops_at is not None
    assert report.stops_at.error_type == CRASH[RELEASES.index(release)]


@pytest.mark.parametrize("release", ["0.43.1", "0.92.2"])
def test_unknown_key_of_defaults_is_located_there(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files[OPENAI] = files[OPENAI].replace("[defaults]\n", "[defaults]\nX-Team = 'blue'\n")
    report = inspect(tmp_path, files, release=release)
    assert report.stops_at is not None
    assert report.stops_at.error_type == LIBRARY
    assert place(report.stops_at) == (OPENAI, 2, "defaults.X-Team")


@pytest.mark.parametrize(("release", "refused"), [("0.43.1", False), ("0.92.2", True)])
def test_one_handle_and_type_in_two_tables(release: str, refused: bool, tmp_path: Path) -> None:
    same_handle = '\n[other]\nhandle = "gpt-4o-mini"\n'
    report = inspect(tmp_path, extended(minimal(release), OPENAI, same_handle), release=release)
    assert ("handle-duplicate" in codes(report)) == refused
    assert report.boots != refused


def test_handle_may_have_two_types_from_0_78_on(tmp_path: Path) -> None:
    image = '\n[other]\nhandle = "gpt-4o-mini"\nmodel_type = "img_gen"\nsdk = "openai_img_gen"\n'
    report = inspect(tmp_path, extended(minimal("0.92.2"), OPENAI, image))
    assert codes(report) == []
    assert end(resolved(report, "gpt-4o-mini", "model", "llm")) == "openai/gpt-4o-mini"
    assert end(resolved(report, "gpt-4o-mini", "model", "img_gen")) == "openai/gpt-4o-mini"


def test_handle_in_the_defaults_is_refused(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    files[OPENAI] = files[OPENAI].replace("[defaults]\n", "[defaults]\nhandle = 'x'\n")
    report = inspect(tmp_path, files)
    assert report.stops_at is not None
    assert place(report.stops_at) == (OPENAI, 2, "defaults.handle")


def test_descriptive_placeholder_is_refused_from_0_75_on(tmp_path: Path) -> None:
    text = llm("odd", 'variant = "${OPENAI_API_KEY}"\n')
    for release, refused in (("0.43.1", False), ("0.74.1", False), ("0.75.0", True), ("0.92.2", True)):
        report = inspect(tmp_path / release, extended(minimal("0.43.1"), OPENAI, text), release=release)
        assert ("placeholder-invalid" in codes(report)) == refused, release
        if refused:
            assert only(report, "placeholder-invalid").error_type == VALIDATION


def test_similar_key_is_suggested_for_model(tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(minimal("0.92.2"), OPENAI, "\n[odd]\nmax_tokns = 5\n"))
    assert only(report, "spec-invalid").fix == "did you mean `max_tokens`?"


def test_old_constraints_get_the_new_ones_as_fix(tmp_path: Path) -> None:
    report = inspect(
        tmp_path, extended(minimal("0.92.2"), OPENAI, '\n[odd]\nconstraints = ["temperature_must_be_1"]\n')
    )
    fix = only(report, "spec-invalid").fix
    assert fix is not None
    assert "listed_constraints" in fix
    assert "fixed_temperature" in fix


def test_every_fault_of_every_model_is_reported(tmp_path: Path) -> None:
    text = "\n[one]\nmax_tokens = 'x'\ninputs = 3\n\n[two]\nvariant = 5\n"
    report = inspect(tmp_path, extended(minimal("0.92.2"), OPENAI, text))
    keys = [problem.location.key for problem in report.problems if problem.code == "spec-invalid" and problem.location]
    assert sorted(keys) == ["one.inputs", "one.max_tokens", "two.variant"]


def test_model_inherits_defaults(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.92.2"))
    spec = report.catalog.declared["gpt-4o-mini"][0]
    assert spec.sdk == "openai"
    sdk, costs = spec.origin("sdk"), spec.origin("costs")
    assert sdk is not None
    assert costs is not None
    assert (sdk.location.line, sdk.location.key) == (2, "defaults.sdk")
    assert costs.location.key == "gpt-4o-mini.costs"
    assert spec.origin("thinking_mode") is None


def test_0_10_treats_empty_sdk_as_missing(tmp_path: Path) -> None:
    files = edited(minimal("0.10.2"), "backends/openai.toml", "[gpt-4o-mini]", '[gpt-4o-mini]\nsdk = ""')
    report = inspect(tmp_path, files, release="0.10.2")
    assert report.boots
    assert report.catalog.declared["gpt-4o-mini"][0].sdk == "openai"


def test_unknown_prefix_is_reported_in_descriptive_field(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), "backends/openai.toml", "[gpt-4o-mini]", '[gpt-4o-mini]\nsdk = "${vault:SDK}"')
    report = inspect(tmp_path, files, release="0.92.2")
    assert any("unknown prefix `vault` in a placeholder" in problem.message for problem in report.problems)


def test_file_in_subfolder_belongs_to_backend_with_that_path(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "backends.toml", '\n["own/mistral"]\nenabled = true\n')
    files = extended(files, "backends/own/mistral.toml", '[defaults]\nsdk = "mistral"\n\n[tiny]\n')
    report = inspect(tmp_path, files, release="0.92.2")
    assert [spec.handle for spec in report.catalog.specs_by_backend["own/mistral"]] == ["tiny"]
