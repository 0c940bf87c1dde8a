"""Faults in the deck: unknown keys, invalid fields, choices and presets, with the errors of each release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.problems import Problem
from tests.core.dialects.cases import LOADS, RELEASES
from tests.support.trees import (
    DECK,
    Files,
    codes,
    edited,
    extended,
    inspect,
    minimal,
    only,
    place,
    section,
    with_override,
    with_preset,
)

Raises = tuple[str | None, str | None, str | None, str | None, str | None]
DECK_SHAPE = "ModelDeckValidationError"
SHAPE: Raises = ("ValidationError", DECK_SHAPE, DECK_SHAPE, DECK_SHAPE, DECK_SHAPE)
REFERENCE: Raises = (LOADS, LOADS, LOADS, "ModelReferenceParseError", "ModelReferenceParseError")
OVERRIDE: Raises = (
    "LLMPresetNotFoundError",
    "LLMChoiceNotFoundError",
    "ModelChoiceNotFoundError",
    "ModelChoiceNotFoundError",
    "ModelDeckChoiceUnresolvedError",
)


def stop(files: Files, release: str, tmp_path: Path) -> Problem | None:
    """The problem at which the release stops."""
    return inspect(tmp_path, files, release=release).stops_at


PRESETS: tuple[tuple[str, str, str, Raises], ...] = (
    ("no temperature", "", "", SHAPE),
    ("a temperature above 1", "temperature = 1.5", "temperature", SHAPE),
    ("a temperature that is text", 'temperature = "0.5"', "temperature", SHAPE),
    ("a temperature that is true", "temperature = true", "temperature", SHAPE),
    ("a temperature that is no number", "temperature = nan", "temperature", SHAPE),
    ("an unknown key", "temperature = 0\ntop_p = 1", "top_p", SHAPE),
    ("max_tokens that is true", "temperature = 0\nmax_tokens = true", "max_tokens",
     ("ValidationError", DECK_SHAPE, DECK_SHAPE, DECK_SHAPE, DECK_SHAPE)),
    ("max_tokens that is other text", 'temperature = 0\nmax_tokens = "lots"', "max_tokens",
     ("ConfigValidationError", LOADS, LOADS, LOADS, DECK_SHAPE)),
    ("max_tokens auto", 'temperature = 0\nmax_tokens = "auto"', "", (LOADS,) * 5),
    ("a whole temperature", "temperature = 1", "", (LOADS,) * 5),
    ("negative max_tokens", "temperature = 0\nmax_tokens = -5", "", (LOADS,) * 5),
    ("prompting_target", 'temperature = 0\nprompting_target = "openai"', "prompting_target",
     (LOADS, LOADS, LOADS, LOADS, DECK_SHAPE)),
    ("a description", 'temperature = 0\ndescription = "x"', "description",
     ("ValidationError", DECK_SHAPE, DECK_SHAPE, LOADS, LOADS)),
    ("xhigh effort", 'temperature = 0\nreasoning_effort = "xhigh"', "reasoning_effort",
     ("ValidationError", DECK_SHAPE, DECK_SHAPE, LOADS, LOADS)),
    ("effort and budget", 'temperature = 0\nreasoning_effort = "low"\nreasoning_budget = 5', "reasoning_",
     ("ValidationError", DECK_SHAPE, DECK_SHAPE, DECK_SHAPE, DECK_SHAPE)),
)  # fmt: skip


@pytest.mark.parametrize(("settings", "key", "raises"), [item[1:] for item in PRESETS], ids=[i[0] for i in PRESETS])
@pytest.mark.parametrize("release", RELEASES)
def test_release_accepts_or_refuses_preset(
    settings: str, key: str, raises: Raises, release: str, tmp_path: Path
) -> None:
    files = with_preset(minimal(release), "odd", "gpt-4o-mini", settings)
    error = stop(files, release, tmp_path)
    assert (error.error_type if error else None) == raises[RELEASES.index(release)]
    if error is not None:
        assert error.code == "deck-invalid"
        assert error.fix
        address = f"{section(files, 'presets')}.odd"
        location = place(error)
        assert location is not None
        assert location[0] == DECK
        assert location[2].startswith(f"{address}.{key}" if key and release != "0.10.2" else address)


@pytest.mark.parametrize("release", RELEASES)
def test_unknown_key_at_the_top_is_refused(release: str, tmp_path: Path) -> None:
    files = extended(minimal(release), DECK, "\n[colours]\nred = 1\n")
    error = stop(files, release, tmp_path)
    assert error is not None
    assert error.error_type == SHAPE[RELEASES.index(release)]
    assert "unknown key `colours`" in error.message


@pytest.mark.parametrize("release", RELEASES)
def test_preset_must_be_a_table(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    title = f"[{section(files, 'presets')}]"
    error = stop(edited(files, DECK, title, f"{title}\nodd = 5"), release, tmp_path)
    assert error is not None
    assert error.error_type == SHAPE[RELEASES.index(release)]
    assert "preset `odd` is 5, not a table" in error.message


@pytest.mark.parametrize("key", ["for_text", "for_object"])
@pytest.mark.parametrize("release", RELEASES)
def test_both_default_choices_are_required(key: str, release: str, tmp_path: Path) -> None:
    files = minimal(release)
    line = next(line for line in files[DECK].splitlines() if line.strip().startswith(f"{key} ="))
    error = stop(edited(files, DECK, line, ""), release, tmp_path)
    assert error is not None
    assert error.error_type == SHAPE[RELEASES.index(release)]
    assert f"has no {key}" in error.message


@pytest.mark.parametrize("release", RELEASES)
def test_overrides_need_both_keys(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files = extended(files, DECK, f'\n[{section(files, "choice_overrides")}]\nfor_text = "disabled"\n')
    error = stop(files, release, tmp_path)
    assert error is not None
    assert error.error_type == SHAPE[RELEASES.index(release)]
    assert "has no for_object" in error.message


@pytest.mark.parametrize("release", RELEASES)
def test_unknown_override_stops_the_release(release: str, tmp_path: Path) -> None:
    files = with_override(minimal(release), '"nobody"', '"disabled"')
    error = stop(files, release, tmp_path)
    assert error is not None
    assert (error.code, error.error_type) == ("override-unknown", OVERRIDE[RELEASES.index(release)])
    location = place(error)
    assert location is not None
    assert location[2] == f"{section(files, 'choice_overrides')}.for_text"


@pytest.mark.parametrize("release", RELEASES)
def test_similar_preset_is_suggested_for_override(release: str, tmp_path: Path) -> None:
    sigil = "$" if release in ("0.43.1", "0.92.2") else ""
    report = inspect(tmp_path, with_override(minimal(release), f'"{sigil}writting"', '"disabled"'), release=release)
    assert only(report, "override-unknown").fix == f"did you mean `{sigil}writing`?"


@pytest.mark.parametrize("release", ["0.43.1", "0.92.2"])
@pytest.mark.parametrize("text", ["", "$", "@", "~", "handle:", "  "])
def test_empty_reference_in_choice_is_refused(text: str, release: str, tmp_path: Path) -> None:
    error = stop(edited(minimal(release), DECK, '"$cheap"', f'"{text}"'), release, tmp_path)
    assert error is not None
    assert error.error_type == "ModelReferenceParseError"


@pytest.mark.parametrize("release", RELEASES)
def test_preset_with_an_empty_reference(release: str, tmp_path: Path) -> None:
    error = stop(with_preset(minimal(release), "odd", ""), release, tmp_path)
    assert (error.error_type if error else None) == REFERENCE[RELEASES.index(release)]
    if error is not None:
        assert error.code == "empty-reference"


def _reaction(release: str) -> str:
    title = {"0.17.6": "cogt.model_deck_config", "0.43.1": "cogt.model_deck_config"}.get(
        release, "inference.model_deck"
    )
    return f'[{title}]\nmissing_presets_reaction = "raise"\n'


@pytest.mark.parametrize("release", RELEASES)
def test_unknown_preset_model_is_fatal_only_with_reaction_raise(release: str, tmp_path: Path) -> None:
    files = with_preset(minimal(release), "odd", "nobody")
    report = inspect(tmp_path / "log", files, release=release)
    assert report.boots
    assert "preset-dead" in codes(report)
    error = stop({**files, "../pipelex.toml": _reaction(release)}, release, tmp_path / "raise")
    expected = {
        "0.14.3": "ConfigValidationError",
        "0.17.6": "ModelDeckPresetValidatonError",
        "0.43.1": "ModelDeckPresetValidatonError",
        "0.92.2": "ModelDeckPresetValidationError",
    }
    assert (error.error_type if error else None) == expected.get(release)


@pytest.mark.parametrize(
    ("release", "error"),
    [
        ("0.14.3", "ImgGenSettingsValidationError"),
        ("0.17.6", DECK_SHAPE),
        ("0.43.1", DECK_SHAPE),
        ("0.92.2", DECK_SHAPE),
    ],
)
def test_image_preset_with_quality_and_steps(release: str, error: str, tmp_path: Path) -> None:
    preset = '\n[img_gen.presets.odd]\nmodel = "painter"\nquality = "low"\nnb_steps = 4\n'
    fault = stop(extended(minimal(release), DECK, preset), release, tmp_path)
    assert fault is not None
    assert fault.error_type == error


@pytest.mark.parametrize(("release", "raises"), [("0.14.3", LOADS), ("0.17.6", DECK_SHAPE), ("0.43.1", DECK_SHAPE)])
def test_list_alias_is_refused_from_0_15_on(release: str, raises: str | None, tmp_path: Path) -> None:
    line = 'best-claude = "claude-4-sonnet"'
    files = edited(minimal(release), DECK, line, 'best-claude = ["claude-4-sonnet"]')
    report = inspect(tmp_path, files, release=release)
    assert (report.stops_at.error_type if report.stops_at else None) == raises
    if raises:
        assert "waterfall" in (only(report, "deck-invalid").fix or "")


def _gone(family: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        lines = files[DECK].splitlines()
        start = next(number for number, line in enumerate(lines) if line.strip() == f"[{family}]")
        stops = [number for number in range(start + 1, len(lines)) if lines[number].strip().startswith("[")]
        return {**files, DECK: "\n".join(lines[:start] + lines[stops[0] if stops else len(lines) :])}

    return change


@pytest.mark.parametrize(
    ("family", "release"),
    [*((name, release) for name in ("extract", "img_gen") for release in RELEASES[1:]),
     ("search", "0.43.1"), ("search", "0.92.2")],
)  # fmt: skip
def test_required_family_is_missing(family: str, release: str, tmp_path: Path) -> None:
    error = stop(_gone(family)(minimal(release)), release, tmp_path)
    assert error is not None
    assert error.error_type == DECK_SHAPE
    assert f"[{family}]" in error.message


def test_search_is_required_from_0_19_and_refused_before(tmp_path: Path) -> None:
    files = minimal("0.43.1")
    assert inspect(tmp_path / "a", files, release="0.20.0").boots
    assert not inspect(tmp_path / "b", files, release="0.18.6").boots
    # The model of a type that 0.18 does not know would be refused too.
    files["backends/openai.toml"] = files["backends/openai.toml"].replace(
        '\n[finder]\nmodel_type = "search"\nsdk = "linkup"\n', ""
    )
    assert inspect(tmp_path / "c", _gone("search")(files), release="0.18.6").boots


def test_only_0_19_requires_default_depth_of_search(tmp_path: Path) -> None:
    files = minimal("0.43.1")
    error = next(problem for problem in inspect(tmp_path / "a", files, release="0.19.0").problems if problem.fatal)
    assert "default_depth" in error.message
    deck = next(name for name, text in files.items() if "[search]" in text)
    files[deck] = files[deck].replace("[search]", '[search]\ndefault_depth = "deep"')
    assert inspect(tmp_path / "b", files, release="0.19.0").boots
    assert not inspect(tmp_path / "c", files, release="0.20.0").boots


@pytest.mark.parametrize(
    ("release", "fragment"), [("0.92.2", "[llm.presets]"), ("0.14.3", "[llm.presets]"), ("0.17.6", "[llm.presets]")]
)
def test_flat_sections_get_the_new_section_as_fix(release: str, fragment: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.10.2"), release=release)
    error = next(problem for problem in report.problems if "unknown key `llm_presets`" in problem.message)
    assert error.fatal
    assert fragment in (error.fix or "")


def test_every_fault_of_the_deck_is_reported(tmp_path: Path) -> None:
    files = with_preset(minimal("0.92.2"), "one", "gpt-4o-mini", "temperature = 2\nmax_tokens = true")
    files = with_preset(files, "two", "gpt-4o-mini", "temprature = 1")
    messages = [problem.message for problem in inspect(tmp_path, files).problems if problem.code == "deck-invalid"]
    assert len(messages) == 4
    assert sum("`one`" in message for message in messages) == 2
    assert sum("`two`" in message for message in messages) == 2


def test_similar_key_is_suggested_for_preset(tmp_path: Path) -> None:
    files = with_preset(minimal("0.92.2"), "odd", "gpt-4o-mini", "temperature = 0\nmax_tokns = 1")
    problem = only(inspect(tmp_path, files), "deck-invalid")
    assert problem.fix == "did you mean `max_tokens`?"
    text = (tmp_path / ".pipelex" / "inference" / DECK).read_text("utf-8").splitlines()
    location = place(problem)
    assert location is not None
    assert text[location[1] - 1] == "max_tokns = 1"


@pytest.mark.parametrize(
    ("release", "old", "new", "words"),
    [
        ("0.92.2", 'default_quality = "low"', 'default_quality = "great"', "`img_gen.default_quality` is"),
        (
            "0.92.2",
            "default_temperature = 0.7",
            'default_temperature = "warm"',
            "default_temperature` is",
        ),
        (
            "0.43.1",
            "default_temperature = 0.7",
            "default_temperature = 2",
            "default_temperature` is 2",
        ),
        ("0.92.2", 'for_text = "$cheap"', "for_text = 5", "expected a reference or a table of settings"),
        ("0.17.6", 'for_text = "cheap"', "for_text = 5", "expected a reference or a table of settings"),
    ],
)
def test_invalid_setting_or_choice_is_refused(release: str, old: str, new: str, words: str, tmp_path: Path) -> None:
    error = stop(edited(minimal(release), DECK, old, new), release, tmp_path)
    assert error is not None
    assert error.error_type == DECK_SHAPE
    assert words in error.message


def test_waterfalls_before_0_15_get_alias_as_fix(tmp_path: Path) -> None:
    error = stop(extended(minimal("0.14.3"), DECK, '\n[waterfalls]\nw = ["gpt-4o-mini"]\n'), "0.14.3", tmp_path)
    assert error is not None
    assert error.fix == "waterfalls exist from 0.15 on; before, an alias may be a list"


@pytest.mark.parametrize("release", ["0.43.1", "0.92.2"])
def test_empty_override_is_reported_once(release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, with_override(minimal(release), '""', '"$cheap"'), release=release)
    assert report.stops_at is not None
    assert "empty reference" in report.stops_at.message
    assert "override-unknown" not in codes(report)
