"""The map of a tree: what ends where, in lines whose joints lead from each name to its model and backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.tree_map import is_heavy, map_families, map_rows, tree_map
from tests.support.stock import StockFactory
from tests.support.trees import Files, g3_1, inspect

DEAD = '\n[llm.presets.lost]\nmodel = "nosuch"\ntemperature = 0.5\n'


def with_dead_end() -> Files:
    """A small tree with one preset that ends nowhere."""
    files = g3_1()
    name = next(name for name in files if name.startswith("deck/"))
    return {**files, name: files[name] + DEAD}


def test_names_are_grouped_by_model_and_backend_with_dead_ends_last(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_dead_end())
    backends = tree_map(report)
    assert backends[-1].name == ""
    assert [model.handle for model in backends[-1].models if model.dead] == ["nosuch"]
    counts = [backend.names for backend in backends[:-1]]
    assert counts == sorted(counts, reverse=True)
    names = {(name.kind, name.family, name.name) for backend in backends for m in backend.models for name in m.names}
    assert len(names) == sum(backend.names for backend in backends)
    assert all(
        name.spec is not None and (name.spec.handle, name.spec.backend) == (model.handle, backend.name)
        for backend in backends[:-1]
        for model in backend.models
        for name in model.names
    )
    one = backends[0].name
    assert [backend.name for backend in tree_map(report, backend=one)] == [one]
    assert tree_map(report, backend="nosuch") == ()


@pytest.mark.parametrize("release", ["0.10.2", "0.43.1", "0.92.2"])
def test_lines_lead_from_each_name_to_its_backend(release: str, stock: StockFactory, tmp_path: Path) -> None:
    report = inspect(stock(release).root, release=release)
    for family in (None, *map_families(report)):
        rows = map_rows(tree_map(report, family))
        assert all(row.joint[0] in "─━" for row in rows)
        for model in {id(row.model): row.model for row in rows}.values():
            own = [row for row in rows if row.model is model]
            assert sum(row.shows_model for row in own) == sum(row.joint[2] != " " for row in own) == 1
            assert len(own) == len(model.names)
        for backend in {id(row.backend): row.backend for row in rows}.values():
            own = [row for row in rows if row.backend is backend]
            assert sum(row.shows_backend for row in own) == sum(row.far_joint[2] != " " for row in own) == 1
            assert [row.far_joint[0] != " " for row in own] == [row.shows_model for row in own]
            joints = "".join(row.far_joint[1] for row in own).strip()
            assert " " not in joints, "the line has no gap"


def test_weight_is_a_good_part_of_all_names() -> None:
    assert [is_heavy(*pair) for pair in ((2, 2), (3, 12), (3, 13), (30, 100))] == [False, True, False, True]


def test_names_that_only_a_server_knows_are_unknown_not_dead(stock: StockFactory) -> None:
    backends = tree_map(inspect_tree(str(stock("0.43.1").root)))
    ends = [model for backend in backends if not backend.name for model in backend.models]
    assert ends
    assert not any(model.dead for model in ends)
    assert all(model.unknown for model in ends)
