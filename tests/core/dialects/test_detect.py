"""Telling the dialect from a tree, and the release to answer for."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import UnknownReleaseError
from tests.support.trees import DECK, Files, edited, extended, g1, g2, g3, inspect, minimal, with_preset, without


def told(files: Files, tmp_path: Path) -> tuple[str, str]:
    """Dialect and release as told from the tree."""
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
def test_the_deck_tells(deck: str, expected: tuple[str, str], tmp_path: Path) -> None:
    assert told({**g2(), DECK: deck}, tmp_path) == expected


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
def test_without_a_deck_the_backend_files_tell(file: str, expected: tuple[str, str], tmp_path: Path) -> None:
    files = without(g2(), DECK, "backends/anthropic.toml")
    assert told({**files, "backends/openai.toml": file}, tmp_path) == expected


@pytest.mark.parametrize(
    ("change", "release"),
    [
        (lambda files: extended(files, "backends.toml", "\n[pipelex_gateway]\nenabled = false\n"), "0.72.0"),
        (lambda files: extended(files, "backends/openai.toml", '\n[m]\nprompting_target = "openai"\n'), "0.45.0"),
        (lambda files: extended(files, "backends/openai.toml", '\n[m.rules]\nmodel_name = "standard"\n'), "0.24.1"),
        (lambda files: extended(files, DECK, '\n[search.presets.p]\nmodel = "x"\ndepth = "deep"\n'), "0.19.0"),
    ],
)
def test_from_0_18_on_the_last_release_that_knows_every_key_is_taken(
    change: object, release: str, tmp_path: Path
) -> None:
    assert callable(change)
    assert told(change(g3()), tmp_path) == ("G3", release)


def test_a_release_may_be_asked_for_and_what_the_tree_says_is_kept(tmp_path: Path) -> None:
    report = inspect(tmp_path, g1(), release="0.92.2")
    assert str(report.release) == "0.92.2"
    assert (report.detected.dialect, str(report.detected.release)) == ("G1", "0.10.2")
    assert not report.boots


@pytest.mark.parametrize("text", ["0.14", "v0.14.0", " 0.14.0 "])
def test_a_release_may_be_written_in_several_ways(text: str, tmp_path: Path) -> None:
    assert str(inspect(tmp_path, minimal("0.14.3"), release=text).release) == "0.14.0"


@pytest.mark.parametrize("text", ["", "newest", "0.9.3", "0", "1.2.3.4", "0.x"])
def test_what_names_no_release_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownReleaseError, match=r"write one from 0\.10\.0 on"):
        inspect(tmp_path, minimal("0.14.3"), release=text)


def test_the_reason_is_told(tmp_path: Path) -> None:
    assert inspect(tmp_path, g1()).detected.reason == "the deck has [llm_presets]"


def test_a_preset_alone_changes_no_generation(tmp_path: Path) -> None:
    assert told(with_preset(g2(), "x", "gpt-4o-mini"), tmp_path) == ("G2", "0.14.3")


def test_seed_models_in_one_file_are_the_seed_dialect(tmp_path: Path) -> None:
    files = edited(g1(), "backends/openai.toml", "[gpt-4o-mini]", "[models.gpt-4o-mini]")
    assert told(files, tmp_path) == ("seed", "0.10.2")


def test_a_model_that_is_called_models_is_no_seed_dialect(tmp_path: Path) -> None:
    files = edited(g1(), "backends/openai.toml", "[gpt-4o-mini]", "[models]")
    report = inspect(tmp_path, files)
    assert report.detected.dialect == "G1"
    assert "models" in report.catalog.declared


def test_a_prompting_target_of_one_release_tells_that_release(tmp_path: Path) -> None:
    files = minimal("0.17.6")
    name = next(name for name, text in files.items() if name.startswith("backends/") and "sdk" in text)
    files[name] = files[name].replace("sdk =", 'prompting_target = "groq"\nsdk =', 1)
    report = inspect(tmp_path, files)
    assert str(report.release) == "0.15.4"
    assert report.boots


def test_a_key_of_models_tells_0_17_where_the_deck_could_be_of_0_14(tmp_path: Path) -> None:
    files = edited(g2(), "backends/openai.toml", "[gpt-4o-mini]", '[gpt-4o-mini]\nstructure_method = "openai"')
    assert told(files, tmp_path) == ("G2.1", "0.17.6")


def test_aliases_alone_that_are_no_lists_tell_nothing(tmp_path: Path) -> None:
    files = {**g2(), DECK: '[aliases]\na = "b"\n'}
    assert told(files, tmp_path) == told(without(g2(), DECK), tmp_path)
