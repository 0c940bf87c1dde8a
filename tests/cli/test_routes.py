"""`pipedeck routes`: the results of `core.route_check` as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.route_check import route_of, rules
from tests.core.test_route_check import with_routes
from tests.support.documents import parse_document
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, inspect, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path, with_routes('"claude-*" = "anthropic"', '"*sonnet" = "openai"', '"gpt-*" = "anthropic"')
    )


def test_lists_rules(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
profile all  Each to its own
RULE       SENDS TO   CATCHES  SERVED  SHADOWS  LINE
claude-*   anthropic        1       1        1     9
*sonnet    openai           0       0        -    10  matches nothing here
gpt-*      anthropic        1       0        -    11  drops 1
(default)  openai           3       3        -     6
lines of routing_profiles.toml
"""
    )


def test_lists_handles_per_rule(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--names", "--tree", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  shadows *sonnet -> openai for claude-4-sonnet" in lines
    assert "  drops, as anthropic does not declare them: gpt-4o-mini" in lines


def test_tests_names_against_rules(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--tree", str(project), "--test", "claude-4-sonnet"]) == 0
    assert (
        capsys.readouterr().out
        == """\
claude-4-sonnet -> anthropic  by claude-*  routing_profiles.toml:9
  llm: served by anthropic (pattern)
  also matches: *sonnet -> openai  a preceding pattern takes the name
      routing_profiles.toml:10
  declared by anthropic
"""
    )
    assert main(["routes", "--tree", str(project), "--test", "claude-4-sonnet", "brand-new"]) == 1
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "brand-new -> none  by (default)  routing_profiles.toml:6",
        "  it is sent to openai, which does not declare it",
        "  no backend declares it",
    ]


def test_names_the_fallback_that_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first enabled backend of the order is the default; what it does not declare falls to the next."""
    profile = """\
        active = "all"
        [profiles.all]
        description = "In order"
        default = "openai"
        fallback_order = ["openai", "anthropic"]
        """
    project = write_tree(tmp_path, {**with_routes(), "routing_profiles.toml": profile})
    assert main(["routes", "--tree", str(project), "--test", "claude-4-sonnet", "gpt-4o-mini"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[:2] for line in lines if " -> " in line] == [
        ["claude-4-sonnet -> anthropic", "by (fallback)"],
        ["gpt-4o-mini -> openai", "by (default)"],
    ]
    report = inspect(tmp_path)
    test = route_of(report, "claude-4-sonnet")
    assert test is not None
    (rule,) = [rule for rule in rules(report.catalog, report.serving) if test.is_rule(rule)]
    assert (rule.pattern, rule.backend) == ("(fallback 2)", "anthropic")


def test_document_equals_core_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--json", "--everywhere", "--test", "brand-new", "--tree", str(project)]) == 1
    data = parse_document("routes", capsys.readouterr().out)
    report = inspect(project)
    listed = [(item["pattern"], item["catches"], item["served"], item["unreachable"]) for item in data["rules"]]
    assert listed == [
        (rule.pattern, list(rule.caught), rule.served, rule.idle_reason or None)
        for rule in rules(report.catalog, report.serving)
    ]
    assert [test["profile"] for test in data["tests"]] == ["all"]


def test_every_profile_fits_80_columns(stock: StockFactory, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(stock("0.92.2").root)
    assert main(["routes", "--tree", root, "--everywhere", "--test", "gpt-5.6-sol", "--assume-keys"]) == 0
    assert main(["routes", "--tree", root, "--profile", "example_routing_using_patterns", "--names"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 40
    assert [line for line in lines if len(line) > 80] == []


def test_without_active_profile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(project, {"routing_profiles.toml": 'active = "gone"\n'})
    assert main(["routes", "--tree", str(project)]) == 1
    assert (
        capsys.readouterr().err
        == 'pipedeck: there is no active profile: write active = "..." in routing_profiles.toml\n'
    )
