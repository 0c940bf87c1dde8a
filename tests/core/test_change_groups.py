"""Changes between two releases, grouped by their causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.change_groups import change_groups, headline, refused_files
from core.compare import Comparison, Outcome, across_releases
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, Files, edited, extended, inspect, minimal


def compared(tmp_path: Path, files: Files, first: str, second: str) -> Comparison:
    return across_releases(inspect(tmp_path, files, release=first), first, second, environ=KEYS)


def test_names_and_files_are_counted_and_have_their_causes(tmp_path: Path) -> None:
    comparison = compared(tmp_path, minimal("0.17.6"), "0.17.6", "0.43.1")
    assert set(refused_files(comparison)) == {".pipelex/inference/deck/base_deck.toml"}
    assert "1 file is refused" in headline(comparison)
    file = next(group for group in change_groups(comparison) if group.outcome is None)
    assert file.effect == "1 file is refused"
    assert file.fix


def test_every_change_is_in_one_group(tmp_path: Path) -> None:
    for first, second in (("0.17.6", "0.43.1"), ("0.92.2", "0.16.0"), ("0.92.2", "0.77.0")):
        comparison = compared(tmp_path / first / second, minimal(first), first, second)
        grouped = [id(item) for group in change_groups(comparison) for item in group.changes]
        assert sorted(grouped) == sorted(map(id, comparison.changes))
        problems = [problem for group in change_groups(comparison) for many in group.files.values() for problem in many]
        assert all(problem.fatal for problem in problems)


def test_what_the_first_release_refuses_too_is_no_change(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "backends/openai.toml", "\n[broken]\nmodel_type = 3\n")
    comparison = compared(tmp_path, files, "0.92.2", "0.82.0")
    assert refused_files(comparison) == {}
    assert headline(comparison) == ""
    assert change_groups(comparison) == ()


def test_missing_variable_is_no_fault_of_a_file(tmp_path: Path) -> None:
    files = edited(minimal("0.17.6"), "backends.toml", "OPENAI_API_KEY", "OTHER_API_KEY")
    comparison = across_releases(inspect(tmp_path, files, release="0.17.6"), "0.17.6", "0.43.1", environ={})
    assert ".pipelex/inference/backends.toml" not in refused_files(comparison)


@pytest.mark.parametrize(("first", "second"), [("0.43.1", "0.92.2"), ("0.14.3", "0.18.6"), ("0.92.2", "0.43.1")])
def test_hundreds_of_changes_of_a_stock_tree_have_few_causes(first: str, second: str, stock: StockFactory) -> None:
    report = inspect_tree(str(stock(first).root), release=first, environ=KEYS)
    groups = change_groups(across_releases(report, first, second, environ=KEYS))
    assert 3 <= len(groups) <= 5
    assert all(group.title for group in groups if group.outcome in (None, Outcome.DIES, Outcome.REFUSED))
