"""Faults in `backends.toml`: invalid fields, placeholders and retired keys, with the errors of each release."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.dialects.cases import CREDENTIALS, LIBRARY, LOADS, RELEASES, VALIDATION, Case, drop, put, replace, same
from tests.support.trees import BACKENDS, KEYS, codes, consenting_home, extended, inspect, minimal, only, place

TABLE = "backends.toml"


def _set(name: str, line: str, code: str, raises: tuple[str | None, ...], key: str) -> Case:
    a, b, c, d, e = raises
    return Case(
        name, replace(TABLE, "[openai]\nenabled = true", f"[openai]\n{line}"), code, (a, b, c, d, e), TABLE, key
    )


SHAPE = ("ValidationError",) * 4 + (VALIDATION,)
CRASH = ("AttributeError",) * 4 + (VALIDATION,)

CASES = (
    _set("enabled that is text", 'enabled = "yes"', "backend-invalid", SHAPE, "openai.enabled"),
    _set("enabled that is a number", "enabled = 1", "backend-invalid", SHAPE, "openai.enabled"),
    _set("endpoint that is a number", "endpoint = 5", "backend-invalid", SHAPE, "openai.endpoint"),
    _set("extra_config that is text", 'extra_config = "x"', "backend-invalid", SHAPE, "openai.extra_config"),
    _set(
        "listed_constraints that is a number",
        "listed_constraints = 5",
        "backend-invalid",
        (LOADS, LOADS, LOADS, "TypeError", VALIDATION),
        "openai.listed_constraints",
    ),
    _set(
        "valued_constraints that is text",
        'valued_constraints = "x"',
        "backend-invalid",
        (LOADS, LOADS, LOADS, "AttributeError", VALIDATION),
        "openai.valued_constraints",
    ),
    Case(
        "not a table",
        replace(TABLE, "[openai]\n", "stray = 1\n[openai]\n"),
        "backend-not-a-table",
        CRASH,
        TABLE,
        "stray",
    ),
    _set("variable", 'key = "${NOBODY}"', "variable-missing", same(CREDENTIALS), "openai.key"),
    _set("variable deep inside", 'a = { b = ["${NOBODY}"] }', "variable-missing", same(CREDENTIALS), "openai.a.b[0]"),
    _set("list of variables", 'key = "${env:A|secret:B}"', "variable-missing", same(CREDENTIALS), "openai.key"),
    _set("unknown prefix", 'key = "${vault:A}"', "placeholder-invalid", same(CREDENTIALS), "openai.key"),
    _set(
        "placeholder where none may be",
        'valued_constraints = { fixed_temperature = "${OPENAI_API_KEY}" }',
        "placeholder-invalid",
        (LOADS, LOADS, LOADS, LOADS, VALIDATION),
        "openai.valued_constraints.fixed_temperature",
    ),
    _set(
        "model_specs_section",
        'model_specs_section = "x"',
        "gateway-retired",
        (LOADS, LOADS, LOADS, LOADS, "FormerReleaseConfigError"),
        "openai.model_specs_section",
    ),
    Case(
        "the gateway that is gone",
        lambda files: {
            **extended(files, TABLE, "\n[pipelex_gateway]\nenabled = true\n"),
            "backends/pipelex_gateway.toml": files["backends/openai.toml"].replace("gpt-4o-mini", "other"),
        },
        "gateway-retired",
        (LOADS, LOADS, LOADS, LOADS, "FormerReleaseConfigError"),
        TABLE,
        "pipelex_gateway",
    ),
    Case(
        "a backend without models",
        lambda files: {**extended(files, TABLE, "\n[empty]\n"), "backends/empty.toml": ""},
        "backend-without-models",
        (LOADS, LOADS, LOADS, LOADS, VALIDATION),
        TABLE,
        "empty",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("release", RELEASES)
def test_release_accepts_or_refuses(case: Case, release: str, tmp_path: Path) -> None:
    home = consenting_home(tmp_path / "home")
    report = inspect(tmp_path / "shop", case.change(minimal(release)), release=release, home=home)
    stop = report.stops_at
    expected = case.raises[RELEASES.index(release)]
    assert (stop.error_type if stop else None) == expected
    assert report.boots == (expected is None)
    if stop is not None:
        assert stop.code == case.code
        assert stop.location is not None
        assert (stop.location.file, stop.location.key) == (f".pipelex/inference/{case.file}", case.key)
        assert stop.fix


@pytest.mark.parametrize("falsy", ["false", "0", '""', "[]"])
@pytest.mark.parametrize("release", RELEASES)
def test_falsy_enabled_turns_backend_off_unvalidated(falsy: str, release: str, tmp_path: Path) -> None:
    files = extended(
        minimal(release), TABLE, f'\n[mistral]\nenabled = {falsy}\nendpoint = 5\napi_key = "${{NOBODY}}"\n'
    )
    report = inspect(tmp_path, files, release=release)
    assert report.boots
    assert report.catalog.enabled == ("openai", "anthropic")


def test_missing_variable_has_name_and_fix(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.92.2"), environ={"ANTHROPIC_API_KEY": "x"})
    problem = only(report, "variable-missing")
    assert place(problem) == (TABLE, 4, "openai.api_key")
    assert "`OPENAI_API_KEY` is not set" in problem.message
    assert problem.fix == "export OPENAI_API_KEY=... or put it in ./.env"


def test_every_missing_variable_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.92.2"), environ={})
    assert [problem.subject for problem in report.problems if problem.code == "variable-missing"] == [*KEYS]


def test_unknown_key_of_backend_is_kept(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), TABLE, '\n[anthropic.beta]\ntools = "2024-04-04"\n')
    report = inspect(tmp_path, files)
    assert codes(report) == []
    assert report.catalog.backends["anthropic"].fields["beta"] == {"tools": "2024-04-04"}


def test_internal_needs_no_model(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), TABLE, "\n[internal]\n")
    assert inspect(tmp_path, {**files, "backends/internal.toml": ""}).boots


def test_missing_backend_file_has_fix(tmp_path: Path) -> None:
    report = inspect(tmp_path, drop("backends/openai.toml")(minimal("0.92.2")))
    problem = only(report, "backend-file-missing")
    assert problem.error_type == LIBRARY
    assert problem.fix is not None
    assert "backends/openai.toml" in problem.fix
    assert "turn `openai` off" in problem.fix


def test_empty_backends_toml_serves_nothing(tmp_path: Path) -> None:
    report = inspect(tmp_path, put(TABLE, "")(minimal("0.10.2")), release="0.10.2")
    assert report.catalog.backends == {}
    assert report.serving.served == {}
    assert report.boots


def test_backends_keep_file_order(tmp_path: Path) -> None:
    files = {
        **minimal("0.92.2"),
        TABLE: BACKENDS.replace("openai", "x").replace("anthropic", "openai").replace("x", "z"),
    }
    report = inspect(tmp_path, files)
    assert list(report.catalog.backends) == ["z", "openai"]
    assert [backend.position for backend in report.catalog.backends.values()] == [0, 1]
