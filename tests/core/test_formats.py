"""Problems in the formats of other programs: valid, escaped, with paths in the repository and stable fingerprints."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest

from core.api import Report, inspect_tree
from core.diagnostics.registry import DIAGNOSTICS
from core.formats import FORMATS, findings_of, formatted
from core.problems import Severity
from tests.core.test_seed_document import SEED
from tests.support.trees import DECK, KEYS, Files, edited, extended, g3_1, inspect, without, write_tree
from tui.cli.main import main

SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def faulty() -> Files:
    """Problems of many kinds: dead names, a key in clear text, a bad value, unset variables, routes that lose."""
    files = edited(g3_1(), DECK, '"@best-claude"', '"@nothing"')
    files = edited(files, DECK, '["nobody", "gpt-4o-mini"]', '["nobody", "nobody-else"]')
    files = edited(files, "backends.toml", '"${ANTHROPIC_API_KEY}"', '"${OTHER_KEY}"')
    files = edited(files, "backends/openai.toml", "max_tokens = 8192", 'max_tokens = "many"')
    files = edited(files, "routing_profiles.toml", '"claude-*" = "anthropic"', '"gpt-*" = "nowhere"\n"o*" = "nowhere"')
    return extended(files, "backends/openai.toml", '\n[late]\nmodel_id = "late"\ncolour = "red"\n')


def sarif(report: Report) -> Any:
    return json.loads(formatted("sarif", report, report.problems))


def assert_valid(report: Report) -> None:
    """What the schema requires, what code scanning reads, and agreement with the registry and the report."""
    log = sarif(report)
    assert log["version"] == "2.1.0"
    assert urlsplit(log["$schema"]).path.endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"] == DIAGNOSTICS[rule["id"]].meaning
        assert DIAGNOSTICS[rule["id"]].fix in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in SEVERITIES.values()
    assert len(run["results"]) == len(report.problems)
    prints = set()
    for result, problem in zip(run["results"], report.problems, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.code
        assert result["level"] == SEVERITIES[problem.severity]
        assert result["message"]["text"]
        (place,) = result["locations"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:file:///)?[A-Za-z0-9._~%/-]+", uri)
        assert ("uriBaseId" in place["physicalLocation"]["artifactLocation"]) != uri.startswith("file://")
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        prints |= set(result["partialFingerprints"].values())
    assert len(prints) == len(report.problems)
    for name in FORMATS:
        text = formatted(name, report, report.problems)
        assert all(character == "\n" or character.isprintable() for character in text), name
    cases = ElementTree.fromstring(formatted("junit", report, report.problems)).findall(".//testcase")
    assert len(cases) == max(1, len(report.problems))
    assert sum(case.find("failure") is not None for case in cases) == sum(
        problem.severity is Severity.ERROR for problem in report.problems
    )
    assert len(formatted("github", report, report.problems).splitlines()) == len(report.problems)
    rows = json.loads(formatted("gitlab", report, report.problems))
    assert [row["check_name"] for row in rows] == [problem.code for problem in report.problems]
    assert {row["fingerprint"] for row in rows} == prints
    assert {row["severity"] for row in rows} <= {"info", "minor", "major", "critical", "blocker"}
    assert all(row["location"]["path"] and row["location"]["lines"]["begin"] >= 1 for row in rows)


@pytest.mark.parametrize(
    "files", [faulty(), SEED, g3_1(), {**g3_1(), DECK: "[llm\n"}], ids=["", "seed", "ok", "syntax"]
)
def test_every_format_of_a_tree_is_valid(files: Files, tmp_path: Path) -> None:
    assert_valid(inspect(tmp_path, files, environ={}))


def test_every_format_of_real_trees_is_valid(shared_trees: tuple[Path, ...]) -> None:
    for tree in shared_trees:
        assert_valid(inspect_tree(str(tree), environ={"HOME": "/nonexistent"}, cwd=str(tree)))


def assert_follows_the_schema(report: Report) -> None:
    """The types are made from the published schema, and refuse keys that it does not have."""
    types = pytest.importorskip("pydantic_sarif.model")
    text = formatted("sarif", report, report.problems)
    log = types.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate_json(text)
    assert len(log.runs[0].results) == len(report.problems)


def test_the_log_follows_the_published_schema(tmp_path: Path) -> None:
    for number, files in enumerate((faulty(), SEED, g3_1())):
        assert_follows_the_schema(inspect(tmp_path / str(number), files, environ={}))


def test_the_logs_of_real_trees_follow_the_published_schema(shared_trees: tuple[Path, ...]) -> None:
    for tree in shared_trees:
        report = inspect_tree(str(tree), environ={"HOME": "/nonexistent"}, cwd=str(tree)).read_methods()
        assert_follows_the_schema(report)


def prints_of(report: Report) -> dict[str, int]:
    """The line of each finding by its fingerprint."""
    return {item.fingerprint: item.line for item in findings_of(report, report.problems)}


@pytest.mark.parametrize("seed", range(8))
def test_fingerprints_survive_moved_lines(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    before = inspect(tmp_path, faulty(), environ={})
    for path in (tmp_path / ".pipelex" / "inference").rglob("*.toml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number in range(20):
            lines.insert(chance.randrange(len(lines) + 1) if seed else 0, f"# unrelated {number}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    after = inspect(tmp_path, environ={})
    assert len(before.problems) > 8
    assert set(prints_of(before)) == set(prints_of(after))
    if not seed:
        moved = [prints_of(after)[name] - line for name, line in prints_of(before).items()]
        assert Counter(moved)[20] >= len(moved) - 1


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (DECK, '"@nothing"', '"@nobody"', "preset"),
        (DECK, '["nobody", "nobody-else"]', '["nobody", "other"]', "waterfall"),
        ("backends.toml", "${OTHER_KEY}", "${ANOTHER_KEY}", "variable"),
        ("backends/openai.toml", '"many"', '"few"', ""),
        ("routing_profiles.toml", '"gpt-*" = "nowhere"', '"gpt-*" = "somewhere"', "route"),
    ],
)
def test_fingerprints_change_with_the_meaning(name: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    before = inspect(tmp_path / "before", faulty(), environ={})
    after = inspect(tmp_path / "after", edited(faulty(), name, old, new), environ={})
    gone = prints_of(before).keys() - prints_of(after).keys()
    assert gone
    assert prints_of(after).keys() - prints_of(before).keys()
    assert len(gone) < len(before.problems)
    items = [item for item in findings_of(before, before.problems) if item.fingerprint in gone]
    assert any(item.path == f".pipelex/inference/{name}" for item in items), code


def test_a_secret_has_no_part_in_anything(tmp_path: Path) -> None:
    key = "sk-proj-abcdefghijklmnop1234567890ABCDEF"
    texts, prints = [], []
    for number, value in enumerate((key, key[::-1])):
        report = inspect(tmp_path / str(number), edited(faulty(), "backends.toml", "${OPENAI_API_KEY}", value))
        texts += [formatted(name, report, report.problems) for name in FORMATS]
        prints.append(set(prints_of(report)))
    assert not any(key in text or key[::-1] in text for text in texts)
    assert prints[0] == prints[1]


def test_paths_are_those_of_the_repository_and_odd_names_are_escaped(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    home = tmp_path.parent / f"{tmp_path.name}-home"
    write_tree(home, {"backends.toml": "[openai]\nenabled = 1\nodd = \n"})
    odd = "deck/a%:,\u00e9 b\n::x.toml"
    unprintable = os.fsdecode(b"deck/\xff\x1b[2J.toml")
    files = {**without(faulty(), "backends.toml"), odd: "[llm\n", unprintable: "[llm\n"}
    report = inspect(tmp_path / "sub", files, home=home, release="0.92.2")
    items = findings_of(report, report.problems)
    assert {item.path for item in items if item.inside} >= {"sub/.pipelex/inference/" + odd}
    assert {item.path for item in items if not item.inside} == {f"{home}/.pipelex/inference/backends.toml"}
    uris = {
        unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for result in sarif(report)["runs"][0]["results"]
    }
    assert uris == {item.path if item.inside else f"file://{item.path}" for item in items}
    lines = formatted("github", report, report.problems).splitlines()
    assert len(lines) == len(items)
    assert any("a%25%3A%2C\u00e9 b%0A%3A%3Ax.toml,line=1," in line for line in lines)
    assert all(
        re.match(r"::(error|warning|notice) file=[^:,]*,line=\d+,col=\d+,title=[^:,]*::", line) for line in lines
    )


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("command", ["validate", "lives", "pipes"])
def test_commands_print_a_format(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in KEYS.items():
        monkeypatch.setenv(key, value)
    write_tree(tmp_path, faulty())
    (tmp_path / "m.mthds").write_text(
        'domain = "d"\n[pipe.p]\ntype = "PipeLLM"\ndescription = "d"\noutput = "Text"\nmodel = "$writing"\n'
    )
    status = main([command, "--tree", str(tmp_path), "--format", name])
    text, messages = capsys.readouterr()
    assert (status, messages) == (0 if command == "lives" else 1, "")
    if name == "junit":
        assert ElementTree.fromstring(text).tag == "testsuites"
    elif name != "github":
        assert json.loads(text) or command == "lives"
    assert ("dead" in text or "nothing" in text) == (command != "lives")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("validate all --format sarif", "leave out `all`"),
        ("validate --json --format sarif", "cannot be combined"),
        ("validate --format yaml", "is none of text, json, sarif, github, gitlab, junit"),
        ("check --dry-run --format junit", "--format junit cannot be combined with --dry-run"),
        ("check --watch --format junit", "--format junit cannot be combined with --watch"),
    ],
)
def test_what_has_no_format_is_refused(
    line: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, g3_1())
    try:
        status = main([*line.split(), "--tree", str(tmp_path)])
    except SystemExit as end:
        status = int(str(end.code))
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert message in err


def test_json_and_text_are_formats_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(tmp_path, g3_1())
    printed = []
    for options in (("--json",), ("--format", "json"), (), ("--format", "text")):
        main(["validate", "--tree", str(tmp_path), *options])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[2] == printed[3]
