"""Files that are missing, broken or not text: the errors of each release; the other files are still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.dialects.cases import (
    BROKEN,
    LIBRARY,
    MANAGER,
    NOT_UTF8,
    OLD_TOML,
    OPENAI,
    PROFILES,
    RELEASES,
    ROUTING,
    TOML,
    VALIDATION,
    Case,
    drop,
    put,
    same,
)
from tests.support.trees import DECK, codes, end, inspect, keep_from_filling, minimal, only, resolved, write_tree

NOT_FOUND = "InferenceBackendLibraryNotFoundError"
NO_PROFILES = "RoutingProfileLibraryNotFoundError"

CASES = (
    Case(
        "no backends.toml",
        drop("backends.toml"),
        "backends-missing",
        (LIBRARY, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
        "backends.toml",
    ),
    Case(
        "no routing_profiles.toml",
        drop(ROUTING),
        "routing-missing",
        (NO_PROFILES, NO_PROFILES, MANAGER, MANAGER, NO_PROFILES),
        ROUTING,
    ),
    Case("no deck file", drop(DECK), "deck-missing", same("ModelDeckNotFoundError")),
    Case("no file of a backend", drop(OPENAI), "backend-file-missing", same(LIBRARY), "backends.toml", "openai"),
    Case(
        "syntax of backends.toml",
        put("backends.toml", BROKEN),
        "syntax",
        (OLD_TOML, TOML, TOML, TOML, VALIDATION),
        "backends.toml",
    ),
    Case("syntax of routing", put(ROUTING, BROKEN), "syntax", (OLD_TOML, TOML, TOML, TOML, PROFILES), ROUTING),
    Case("syntax of the deck", put(DECK, BROKEN), "syntax", (OLD_TOML, TOML, TOML, TOML, TOML), DECK),
    Case("syntax of a backend file", put(OPENAI, BROKEN), "syntax", (OLD_TOML, TOML, TOML, TOML, TOML), OPENAI),
    *(
        Case(f"not UTF-8 {name}", put(name, NOT_UTF8), "file-encoding", same("UnicodeDecodeError"), name)
        for name in ("backends.toml", ROUTING, OPENAI, DECK)
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("release", RELEASES)
def test_release_stops_with_its_own_error(case: Case, release: str, tmp_path: Path) -> None:
    home = keep_from_filling(tmp_path / "home")
    report = inspect(tmp_path / "shop", case.change(minimal(release)), release=release, home=home)
    stop = report.stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == (case.code, case.raises[RELEASES.index(release)])
    assert stop.fatal
    assert not report.boots
    assert report.verdict[0] == "refused"
    if case.file is not None:
        assert stop.location is not None
        assert stop.location.file == f".pipelex/inference/{case.file}"
        assert stop.location.key == (case.key or "")


@pytest.mark.parametrize("name", ["backends.toml", ROUTING, OPENAI, DECK])
@pytest.mark.parametrize("release", RELEASES)
def test_broken_file_does_not_affect_other_files(name: str, release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, {**minimal(release), name: BROKEN}, release=release)
    assert only(report, "syntax").location is not None
    catalog = report.catalog
    assert set(catalog.backends) == (set() if name == "backends.toml" else {"openai", "anthropic"})
    assert set(catalog.profiles) == (set() if name == ROUTING else {"all"})
    # Without backends.toml no backend file is read.
    declares = set() if name == "backends.toml" else {"claude-4-sonnet"}
    assert declares <= set(catalog.declared)
    assert any(family.presets for family in catalog.families.values()) == (name != DECK)


def test_syntax_error_has_its_line_and_column(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**minimal("0.92.2"), "backends.toml": "[openai]\nenabled = yes\n"})
    problem = only(report, "syntax")
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (2, 11)
    assert problem.message.startswith(".pipelex/inference/backends.toml:2:11: ")


def test_file_with_byte_order_mark_is_refused_but_read(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    report = inspect(tmp_path, {**files, "backends.toml": b"\xef\xbb\xbf" + files["backends.toml"].encode()})
    problem = only(report, "file-bom")
    assert problem.fatal
    assert problem.excerpt is None
    assert set(report.catalog.backends) == {"openai", "anthropic"}
    assert end(resolved(report, "writing")) == "anthropic/claude-4-sonnet"


def test_file_of_more_than_8_mib_is_not_read(tmp_path: Path) -> None:
    report = inspect(tmp_path, {**minimal("0.92.2"), DECK: b"#" * (8 * 1024 * 1024 + 1)}, release="0.92.2")
    assert only(report, "file-too-large").fatal


@pytest.mark.parametrize("name", ["backends.toml", ROUTING, OPENAI, DECK])
@pytest.mark.parametrize("release", ["0.17.6", "0.92.2"])
def test_folder_in_place_of_a_file_is_a_problem(name: str, release: str, tmp_path: Path) -> None:
    files = minimal(release)
    del files[name]
    write_tree(tmp_path, files)
    (tmp_path / ".pipelex" / "inference" / name).mkdir(parents=True)
    report = inspect(tmp_path, release=release)
    problem = only(report, "file-unreadable")
    assert (problem.fatal, problem.error_type) == (True, "IsADirectoryError")
    assert "is a folder" in problem.message


def test_dangling_link_in_deck_is_a_problem(tmp_path: Path) -> None:
    write_tree(tmp_path, minimal("0.92.2"))
    (tmp_path / ".pipelex" / "inference" / "deck" / "z.toml").symlink_to(tmp_path / "nowhere")
    report = inspect(tmp_path)
    assert only(report, "file-unreadable").fatal
    assert end(resolved(report, "writing")) == "anthropic/claude-4-sonnet"


def test_broken_file_of_disabled_backend_is_ignored(tmp_path: Path) -> None:
    files = {**minimal("0.92.2"), "backends/mistral.toml": BROKEN}
    files["backends.toml"] += "\n[mistral]\nenabled = false\n"
    report = inspect(tmp_path, files)
    assert codes(report) == []


@pytest.mark.parametrize("release", RELEASES)
def test_all_faults_are_reported_at_once(release: str, tmp_path: Path) -> None:
    files = {**minimal(release), "backends.toml": BROKEN, ROUTING: BROKEN, DECK: BROKEN}
    report = inspect(tmp_path, files, release=release)
    broken = [problem.location.file for problem in report.problems if problem.location and problem.code == "syntax"]
    assert sorted(broken) == sorted(f".pipelex/inference/{name}" for name in ("backends.toml", ROUTING, DECK))
    first = ROUTING if release in ("0.10.2", "0.14.3") else "backends.toml"
    assert report.stops_at is not None
    assert report.stops_at.location is not None
    assert report.stops_at.location.file.endswith(first)


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0"])
@pytest.mark.parametrize("head", ['active = "all"', "# a comment", "[profiles]"])
def test_byte_order_mark_before_a_key_stops_the_oldest_releases(head: str, release: str, tmp_path: Path) -> None:
    files = minimal(release)
    report = inspect(tmp_path, {**files, ROUTING: f"\ufeff{head}\n"}, release=release)
    assert not report.boots
    assert "file-bom" in codes(report)
