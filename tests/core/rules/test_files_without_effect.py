"""Files, settings, lines and variables without effect are named, each with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.environment import without_values
from tests.support.trees import KEYS, edited, extended, inspect, minimal, only

INFERENCE = ".pipelex/inference"


@pytest.mark.parametrize(
    ("path", "shown", "fix"),
    [
        ("../backends.toml", ".pipelex/backends.toml", "move it to inference/backends.toml"),
        ("../backends/openai.toml", ".pipelex/backends", "move it to inference/backends"),
        ("../pipelex_overrides.toml", ".pipelex/pipelex_overrides.toml", "rename it to pipelex_override.toml"),
        ("backend_override.toml", f"{INFERENCE}/backend_override.toml", "rename it to backends_override.toml"),
        (
            "routing_profiles_overrides.toml",
            f"{INFERENCE}/routing_profiles_overrides.toml",
            "rename it to routing_profiles_override.toml",
        ),
        ("backends.yaml", f"{INFERENCE}/backends.yaml", "rename it to backends.toml, if it is TOML"),
        (
            "anthropic.toml",
            f"{INFERENCE}/anthropic.toml",
            "move it to inference/backends/anthropic.toml or, if it is part of the deck,"
            " to inference/deck/anthropic.toml",
        ),
        ("my_deck.toml", f"{INFERENCE}/my_deck.toml", "move it to inference/deck/my_deck.toml"),
        (
            "backend/x.toml",
            f"{INFERENCE}/backend/x.toml",
            "move it to inference/backends/x.toml or inference/deck/x.toml",
        ),
        ("deck/more.TOML", f"{INFERENCE}/deck/more.TOML", "rename it to more.toml, if it is TOML"),
        ("backends/groq.toml.txt", f"{INFERENCE}/backends/groq.toml.txt", "rename it to groq.toml, if it is TOML"),
        ("backends/eu/groq.toml", f"{INFERENCE}/backends/eu/groq.toml", "move it to inference/backends/groq.toml"),
    ],
)
def test_file_that_is_never_read(path: str, shown: str, fix: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, {**minimal("0.92.2"), path: "[x]\n"})
    problem = only(report, "file-ignored")
    assert problem.message == f"{shown} has no effect: 0.92.2 never reads it"
    assert problem.fix == fix
    assert str(problem.location) == f"{shown}:1"


@pytest.mark.parametrize(
    "path",
    [
        "backends/groq.toml.bak",
        "deck/old.toml~",
        "deck/README.md",
        ".hidden.toml",
        "../telemetry.toml",
        "../plxt.toml",
        "../my_plugin.toml",
        "../traces/run.ndjson",
        "deck/more/mine.toml",
        "backends_override.toml",
    ],
)
def test_file_that_is_read_or_set_aside(path: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, {**minimal("0.92.2"), path: ""})
    assert not [problem for problem in report.problems if problem.code.startswith("file-")]


def test_override_file_in_the_deck_is_a_deck_file(tmp_path: Path) -> None:
    files = {**minimal("0.92.2"), "deck/backends_override.toml": '[llm.aliases]\nown = "gpt-4o-mini"\n'}
    problem = only(inspect(tmp_path, files), "file-misplaced")
    assert (
        problem.message
        == f"{INFERENCE}/deck/backends_override.toml is read as a part of the deck, whatever its name says"
    )


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("A=1\n\nLAB_KEY: b\nB=2\n", 3, "LAB_KEY"),
        ('A=1\nLAB_KEY="open\n', 2, "LAB_KEY"),
        ("set LAB_KEY=b\n", 1, "LAB_KEY"),
        ("LAB_KEY\n", 1, "LAB_KEY"),
        ("# note\nkey of lab = b\n", 2, ""),
    ],
)
def test_line_that_dotenv_cannot_read(text: str, line: int, name: str, tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, {**minimal("0.92.2"), "../../.env": text}), "dotenv-line")
    named = f" (`{name}`)" if name else ""
    assert problem.message == f"line {line} of ./.env cannot be read{named}, so it sets nothing"
    assert str(problem.location) == f"./.env:{line}"


def test_readable_lines_are_not_reported(tmp_path: Path) -> None:
    text = "# note\n\nexport A=1\nB = 'two words'\nC=\"x\ny\"\nD=\n"
    report = inspect(tmp_path, {**minimal("0.92.2"), "../../.env": text})
    assert "dotenv-line" not in [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        (".env.local", "LAB_KEY=b", "variable `LAB_KEY` is in ./.env.local, which Pipelex does not read"),
        (".pipelex/.env", "LAB_KEY=b", "variable `LAB_KEY` is in ./.pipelex/.env, which Pipelex does not read"),
        (".env", "LAB_KEYS=b", "variable `LAB_KEY` is not set, but `LAB_KEYS` is, in ./.env"),
        (".env", "lab_key=b", "variable `LAB_KEY` is not set, but `lab_key` is, in ./.env"),
    ],
)
def test_variable_that_is_set_elsewhere(file: str, line: str, message: str, tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), "backends.toml", "${OPENAI_API_KEY}", "${LAB_KEY}")
    report = inspect(tmp_path, {**files, f"../../{file}": f"# mine\n\n{line}\n"}, environ=KEYS)
    assert only(report, "variable-elsewhere").message == message
    assert str(only(report, "variable-elsewhere").location) == f"./{file}:3"
    assert "variable-missing" in [problem.code for problem in report.problems]


def test_older_settings_beside_newer_ones(tmp_path: Path) -> None:
    table = "[{}]\nis_model_fallback_enabled = true\n"
    text = table.format("inference.model_deck") + table.format("cogt.model_deck_config")
    report = inspect(tmp_path, extended(minimal("0.92.2"), "../pipelex.toml", text))
    assert report.stops_at is not None
    assert report.stops_at.message == ".pipelex/pipelex.toml: Pipelex 0.92.2 has no section `cogt`"


@pytest.mark.parametrize("release", ["0.11.0", "0.14.3", "0.92.2"])
def test_file_in_place_of_a_folder_is_one_cause(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    flat = {name: text for name, text in files.items() if not name.startswith("backends/")} | {"backends": "x = 1\n"}
    report = inspect(tmp_path / "a", flat, release=release)
    assert [(cause.title, str(cause.location)) for cause in report.causes if cause.dead or cause.fatal] == [
        (f"{INFERENCE}/backends is a file, not a folder", f"{INFERENCE}/backends:1")
    ]
    assert report.stops_at is not None
    assert report.stops_at.error_type == "NotADirectoryError"
    flat = {name: text for name, text in files.items() if not name.startswith("deck/")} | {"deck": "x = 1\n"}
    report = inspect(tmp_path / "b", flat, release=release)
    assert [(cause.title, str(cause.location)) for cause in report.causes if cause.dead or cause.fatal] == [
        (f"{INFERENCE}/deck is a file, not a folder: there are no presets and no aliases", f"{INFERENCE}/deck:1")
    ]


def test_problem_of_a_value_is_at_its_line_of_dotenv(tmp_path: Path) -> None:
    text = "# note\n\n\nOPENAI_API_KEY=placeholder-a\nANTHROPIC_API_KEY=' b'\n"
    report = inspect(tmp_path, {**minimal("0.92.2"), "../../.env": text}, environ={})
    assert str(only(report, "variable-placeholder").location) == "./.env:4"
    assert str(only(report, "variable-spaced").location) == "./.env:5"


def test_text_of_a_file_of_variables_is_shown_without_values() -> None:
    text = "A=1\n# B = two\nexport KEY_C: 'three\nfour'\n\nset D=5\n#\nsk-of-six\n# of seven\n"
    shown = without_values(text)
    assert len(shown.split("\n")) == len(text.split("\n"))
    assert [name for name in ("A=", "# B =", "export KEY_C:", "set D=") if name not in shown] == []
    assert [word for word in ("1", "two", "three", "four", "5", "six", "seven") if word in shown] == []
