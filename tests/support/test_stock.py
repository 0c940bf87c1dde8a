"""Stock trees: the cache, writable copies, and the message when a tree is not available."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stock import StockFactory, StockUnavailable, cache_dir, stock_tree


@pytest.mark.parametrize("release", ["0.10.2", "0.92.2"])
def test_project_contains_a_writable_copy(release: str, stock: StockFactory, tmp_path: Path) -> None:
    project = stock(release)
    assert project.root == tmp_path / "project"
    assert (project.root / "pyproject.toml").is_file()
    names = {path.relative_to(project.tree) for path in project.tree.rglob("*.toml")}
    assert {Path("backends.toml"), Path("routing_profiles.toml"), Path("backends/openai.toml")} <= names
    assert any(name.parts[0] == "deck" for name in names)

    shipped = stock_tree(release)
    before = (shipped / "backends.toml").read_bytes()
    assert (project.tree / "backends.toml").read_bytes() == before
    (project.tree / "backends.toml").write_bytes(b"")
    assert (shipped / "backends.toml").read_bytes() == before
    assert (stock(release).tree / "backends.toml").read_bytes() == before


def test_cache_is_outside_the_checkout() -> None:
    assert not cache_dir().resolve().is_relative_to(Path(__file__).resolve().parents[2])


@pytest.mark.parametrize("release", ["../../x", "latest", ""])
def test_invalid_release_number_is_refused(release: str) -> None:
    with pytest.raises(StockUnavailable, match="not a release number"):
        stock_tree(release)
