"""The index of kits, and the origin that it tells of stock trees; random edits of them survive an upgrade."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from core.files.view import DISK
from core.releases import parse_release
from core.upgrade.build import main as build
from core.upgrade.index import kit_index, packed
from core.upgrade.inputs import tree_files
from core.upgrade.kit import Kit
from core.upgrade.plan import Undecided
from core.upgrade.planner import plan_upgrade
from core.workspace import Workspace
from tests.support.stock import StockFactory
from tests.support.trees import minimal

RELEASES = ("0.10.2", "0.14.3", "0.60.0")


def test_index_stores_ranges() -> None:
    index = kit_index()
    assert packed(["0.10.0", "0.11.0"], [frozenset("ab"), frozenset("b")]) == packed(
        ["0.10.0", "0.11.0"], [frozenset("ba"), frozenset("b")]
    )
    first, last = (parse_release(text) for text in ("0.9.0", "9.0.0"))
    assert first is not None
    assert last is not None
    assert index.position(first) == 0
    assert index.position(last) == len(index.releases) - 1
    assert not index.knows("no digest")
    assert not index.has("no digest", 0)


def test_index_is_made_of_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("core.upgrade.build.INDEX_FILE", tmp_path / "kits.json.gz")
    (tmp_path / "pipelex-0.1.0-py3-none-any.whl").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "pipelex-0.92.2-py3-none-any.whl", "w") as wheel:
        for name, text in {**minimal("0.92.2"), "deck/x_custom_broken.toml": "[broken\n"}.items():
            wheel.writestr(f"pipelex/kit/configs/inference/{name}", text)
    assert build([str(tmp_path)]) == 0
    assert json.loads(gzip.decompress((tmp_path / "kits.json.gz").read_bytes()))["releases"] == ["0.92.2"]
    assert capsys.readouterr().out.startswith("1 kits, ")


@pytest.mark.parametrize("release", RELEASES)
def test_origin_of_a_stock_tree_is_found_by_its_hashes(release: str, stock: StockFactory) -> None:
    project = stock(release)
    (project.tree / "backends.toml").write_text("")
    workspace = Workspace.open(str(project.root), release="0.92.2", environ={}, cwd=str(project.root), assume_keys=True)
    target = parse_release("0.92.2")
    assert target is not None
    kit = Kit(target, tree_files(str(project.tree.parent), DISK))
    plan = plan_upgrade(workspace.report, workspace.view, kit, undecided=Undecided.KEEP)
    assert str(plan.origin.release) == release
    assert "are of its kit" in plan.origin.source
