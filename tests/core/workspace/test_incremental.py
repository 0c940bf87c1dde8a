"""An incremental report equals a report from scratch. The campaign beside it tries more."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from core.api import Report, inspect_tree, update_report
from core.files.view import Overlay, Snapshot
from tests.core.workspace import incremental_campaign
from tests.core.workspace.report_contents import contents, read_fresh
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, extended, inspect, minimal, with_override

RELEASES = tuple(MINIMAL)
EXTRA = '\n[extra]\nmodel_id = "extra"\ninputs = ["text"]\noutputs = ["text"]\n'
MORE = {"backends/openai.toml": EXTRA + "costs = { input = 1 }\n", "backends/anthropic.toml": EXTRA}


def changed(rng: Random, text: str, other_paths: list[str]) -> str:
    """A text with a line removed, doubled, moved or changed."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, "# a comment")
    elif kind == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(at))
    elif kind == 3:
        lines.insert(at, rng.choice(rng.choice(other_paths).split("\n")))
    else:
        for old, new in rng.sample(SWAPS, len(SWAPS)):
            if old in lines[at]:
                lines[at] = lines[at].replace(old, new)
                break
    return "\n".join(lines)


SWAPS = [
    ("true", "false"),
    ("false", "true"),
    ("claude", "gpt"),
    ("gpt", "claude"),
    ('"openai"', '"anthropic"'),
    ('"anthropic"', '"openai"'),
    ("3.0", "0.0003"),
    ("8192", "5"),
    ('["text"]', '["text", "structured"]'),
    ("OPENAI_API_KEY", "ANOTHER_KEY"),
    ("llm", "extract"),
    ("*", ""),
    ("= ", "= @"),
]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("seed", range(3))
def test_incremental_report_equals_fresh_report(tmp_path: Path, release: str, seed: int) -> None:
    rng = Random(f"{release} {seed}")
    files = minimal(release)
    for name, text in MORE.items():
        if name in files and rng.random() < 0.7:
            files = extended(files, name, text)
    if rng.random() < 0.3:
        files = with_override(files, '"extra"', '"nobody"')
    report = inspect(tmp_path, files, release=release)
    paths = {name: str(tmp_path / ".pipelex" / "inference" / name) for name in files}
    edit_and_compare(rng, report, {paths[name]: text for name, text in files.items()}, steps=25)


@pytest.mark.parametrize("release", ["0.10.2", "0.18.6", "0.77.0", "0.92.2"])
def test_incremental_report_of_a_stock_tree_equals_fresh_report(stock: StockFactory, release: str) -> None:
    tree = stock(release).tree
    report = inspect_tree(str(tree), release=release, environ={"OPENAI_API_KEY": "set"})
    texts = {str(path): path.read_text() for path in sorted(tree.rglob("*.toml"))}
    edit_and_compare(Random(release), report, texts, steps=12)


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.92.2"])
def test_incremental_reports_of_a_session_equal_fresh_reports(stock: StockFactory, release: str) -> None:
    tally = incremental_campaign.run([(release, stock(release).tree)], steps=25, seed=1)
    assert not tally.faults, tally.faults


def test_incremental_reports_of_broken_trees_equal_fresh_reports(stock: StockFactory, tmp_path: Path) -> None:
    stock("0.92.2")  # without stock trees
    tally = incremental_campaign.run(list(incremental_campaign.generated(6, 1, tmp_path)), steps=75, seed=1)
    assert not tally.faults, tally.faults


def edit_and_compare(rng: Random, report: Report, texts: dict[str, str], *, steps: int) -> None:
    """Make random edits, undo some, and compare the report after each."""
    snapshot = Snapshot()
    first = list(texts.values())
    before: list[dict[str, str]] = []
    contents(report)
    for _ in range(steps):
        if before and rng.random() < 0.3:
            texts = before.pop()
        else:
            before.append(texts)
            name = rng.choice(list(texts))
            texts = {**texts, name: changed(rng, texts[name], [texts[name], *first])}
        view = Overlay(snapshot, {path: text.encode() for path, text in texts.items()})
        profile = rng.choice([None, None, None, "all"])
        fresh = read_fresh(report, view, profile)
        report = update_report(report, view, profile=profile)
        if rng.random() < 0.2:
            continue  # not resolved: the next report starts with the cache of the one before
        actual, expected = contents(report), contents(fresh)
        for part, value in expected.items():
            assert actual[part] == value, part
