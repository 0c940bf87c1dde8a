"""Detection of the dialect and the release of a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import UnknownReleaseError
from tests.support.trees import DECK, Files, edited, extended, g1, g2, g3, inspect, minimal, with_preset, without


def detected(files: Files, tmp_path: Path) -> tuple[str, str]:
    """The dialect and the release detected from a tree."""
    report = inspect(tmp_path, files)
    assert report.release == report.detected.release
    return report.detected.dialect, str(report.release)


@pytest.mark.parametrize(
    ("deck", "expected"),
    [
        ("[llm_presets]\n", ("G1", "0.10.2")),
        ("[llm_choice_overrides]\n", ("G1", "0.10.2")),
        ('[aliases]\na = ["b"]\n', ("G1", "0.10.2")),
        ("[ocr]\n", ("G1.1", "0.11.0")),
        ('[llm.presets]\np = { llm_handle = "x" }\n', ("G1.1", "0.11.0")),
        ("[extract]\n", ("G2", "0.14.3")),
        ('[llm.presets]\np = { model = "x" }\n', ("G2", "0.14.3")),
        ("[waterfalls]\n[extract]\n", ("G2.1", "0.17.6")),
        ("[llm.aliases]\n[search]\n", ("G3.1", "0.92.2")),
        ("[img_gen.waterfalls]\n[search]\n", ("G3.1", "0.92.2")),
        ("[llm.choice_defaults]\ndefault_temperature = 0\n[search]\n", ("G3.1", "0.92.2")),
        ('[img_gen]\ndefault_quality = "low"\n[search]\n', ("G3.1", "0.92.2")),
        ('[llm.presets]\np = { model = "@x" }\n[search]\n', ("G3.1", "0.92.2")),
        ("[llm.aliases]\n", ("G3", "0.18.6")),
    ],
)
def test_dialect_from_deck(deck: str, expected: tuple[str, str], tmp_path: Path) -> None:
    assert detected({**g2(), DECK: deck}, tmp_path) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ('default_sdk = "openai"\n', ("G1", "0.10.2")),
        ("[m]\nconstraints = []\n", ("G2.1", "0.17.6")),
        ("[m]\nlisted_constraints = []\n", ("G3.1", "0.92.2")),
        ('[m]\nhandle = "x"\n', ("G3.1", "0.92.2")),
        ("[m]\n", ("G3.1", "0.92.2")),
    ],
)
def test_dialect_from_backend_files_without_deck(file: str, expected: tuple[str, str], tmp_path: Path) -> None:
    files = without(g2(), DECK, "backends/anthropic.toml")
    assert detected({**files, "backends/openai.toml": file}, tmp_path) == expected


@pytest.mark.parametrize(
    ("change", "release"),
    [
        (lambda files: extended(files, "backends.toml", "\n[pipelex_gateway]\nenabled = false\n"), "0.72.0"),
        (lambda files: extended(files, "backends/openai.toml", '\n[m]\nprompting_target = "openai"\n'), "0.45.0"),
        (lambda files: extended(files, "backends/openai.toml", '\n[m.rules]\nmodel_name = "standard"\n'), "0.24.1"),
        (lambda files: extended(files, DECK, '\n[search.presets.p]\nmodel = "x"\ndepth = "deep"\n'), "0.19.0"),
    ],
)
def test_last_release_that_knows_every_key(change: object, release: str, tmp_path: Path) -> None:
    assert callable(change)
    assert detected(change(g3()), tmp_path) == ("G3", release)


def test_requested_release_keeps_detected_dialect(tmp_path: Path) -> None:
    report = inspect(tmp_path, g1(), release="0.92.2")
    assert str(report.release) == "0.92.2"
    assert (report.detected.dialect, str(report.detected.release)) == ("G1", "0.10.2")
    assert not report.boots


@pytest.mark.parametrize("text", ["0.14", "v0.14.0", " 0.14.0 "])
def test_release_formats(text: str, tmp_path: Path) -> None:
    assert str(inspect(tmp_path, minimal("0.14.3"), release=text).release) == "0.14.0"


@pytest.mark.parametrize("text", ["", "newest", "0.9.3", "0", "1.2.3.4", "0.x"])
def test_invalid_release_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownReleaseError, match=r"write one from 0\.10\.0 on"):
        inspect(tmp_path, minimal("0.14.3"), release=text)


def test_detection_has_a_reason(tmp_path: Path) -> None:
    assert inspect(tmp_path, g1()).detected.reason == "the deck has [llm_presets]"


def test_preset_without_other_keys_keeps_generation(tmp_path: Path) -> None:
    assert detected(with_preset(g2(), "x", "gpt-4o-mini"), tmp_path) == ("G2", "0.14.3")


def test_seed_models_in_one_file_are_the_seed_dialect(tmp_path: Path) -> None:
    files = edited(g1(), "backends/openai.toml", "[gpt-4o-mini]", "[models.gpt-4o-mini]")
    assert detected(files, tmp_path) == ("seed", "0.10.2")


def test_model_named_models_is_not_the_seed_dialect(tmp_path: Path) -> None:
    files = edited(g1(), "backends/openai.toml", "[gpt-4o-mini]", "[models]")
    report = inspect(tmp_path, files)
    assert report.detected.dialect == "G1"
    assert "models" in report.catalog.declared


def test_prompting_target_of_one_release(tmp_path: Path) -> None:
    files = minimal("0.17.6")
    name = next(name for name, text in files.items() if name.startswith("backends/") and "sdk" in text)
    files[name] = files[name].replace("sdk =", 'prompting_target = "groq"\nsdk =', 1)
    report = inspect(tmp_path, files)
    assert str(report.release) == "0.15.4"
    assert report.boots


def test_model_key_distinguishes_0_17_from_0_14(tmp_path: Path) -> None:
    files = edited(g2(), "backends/openai.toml", "[gpt-4o-mini]", '[gpt-4o-mini]\nstructure_method = "openai"')
    assert detected(files, tmp_path) == ("G2.1", "0.17.6")


def test_plain_aliases_alone_detect_nothing(tmp_path: Path) -> None:
    files = {**g2(), DECK: '[aliases]\na = "b"\n'}
    assert detected(files, tmp_path) == detected(without(g2(), DECK), tmp_path)
