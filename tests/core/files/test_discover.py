"""Finding the tree by a path, upward from the current directory, and at home; messages without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.errors import NoTreeError
from core.files.discover import TreePaths
from core.files.start_folder import find_tree
from tests.support.trees import g3_1, write_tree


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home, above the projects."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def shop(home: Path) -> Path:
    """A project with a tree, in the home."""
    return write_tree(home / "work" / "shop", g3_1())


def find(path: Path | str | None, home: Path, cwd: Path | None = None, **environ: str) -> TreePaths:
    return find_tree(None if path is None else str(path), cwd=str(cwd or home), environ={"HOME": str(home), **environ})


@pytest.mark.parametrize(
    "below",
    [
        "",
        ".pipelex",
        ".pipelex/inference",
        ".pipelex/inference/backends.toml",
        ".pipelex/inference/deck/base_deck.toml",
        ".pipelex/inference/deck",
    ],
)
def test_a_path_in_the_project_finds_its_tree(below: str, shop: Path, home: Path) -> None:
    location = find(shop / below, home)
    assert (location.project, location.inference) == (str(shop), str(shop / ".pipelex" / "inference"))
    assert location.exists


def test_a_path_may_be_relative(shop: Path, home: Path) -> None:
    assert find("shop", home, cwd=shop.parent).project == str(shop)
    assert find("../shop/.pipelex", home, cwd=shop).project == str(shop)


def test_inference_folder_may_be_anywhere(tmp_path: Path, shop: Path, home: Path) -> None:
    moved = tmp_path / "elsewhere" / "inference"
    moved.parent.mkdir()
    (shop / ".pipelex" / "inference").rename(moved)
    assert find(moved, home).inference == str(moved)
    assert find(moved.parent, home).inference == str(moved)


def test_without_a_path_the_search_goes_upward(shop: Path, home: Path) -> None:
    deep = shop / "a" / "b"
    deep.mkdir(parents=True)
    assert find(None, home, cwd=deep).project == str(shop)
    assert find(None, home, cwd=shop).project == str(shop)


def test_a_path_below_a_project_is_searched_upward_too(shop: Path, home: Path) -> None:
    deep = shop / "a" / "b"
    deep.mkdir(parents=True)
    assert find(deep, home).project == str(shop)


def test_the_nearest_tree_wins(shop: Path, home: Path) -> None:
    inner = write_tree(shop / "inner", g3_1())
    assert find(None, home, cwd=inner).project == str(inner)


def test_the_search_never_leaves_the_home_upward(tmp_path: Path, home: Path) -> None:
    write_tree(tmp_path, g3_1())
    cwd = home / "empty"
    cwd.mkdir()
    with pytest.raises(NoTreeError):
        find(None, home, cwd=cwd)


def test_without_a_project_the_home_serves(home: Path) -> None:
    write_tree(home, g3_1())
    cwd = home / "empty"
    cwd.mkdir()
    location = find(None, home, cwd=cwd)
    assert not location.exists
    assert location.home_inference == str(home / ".pipelex" / "inference")


def test_pipelex_home_names_the_directory_itself(tmp_path: Path, home: Path) -> None:
    write_tree(tmp_path / "conf", g3_1())
    location = find(None, home, PIPELEX_HOME=str(tmp_path / "conf" / ".pipelex"))
    assert location.home == str(tmp_path / "conf" / ".pipelex")


def test_an_empty_pipelex_home_is_none(home: Path) -> None:
    write_tree(home, g3_1())
    assert find(None, home, PIPELEX_HOME="").home == str(home / ".pipelex")


def test_missing_tree_names_the_searched_folders(home: Path) -> None:
    with pytest.raises(NoTreeError) as caught:
        find(None, home)
    assert str(caught.value) == f"no .pipelex/inference found here, in the folders above, or in {home}/.pipelex"


def test_no_tree_at_a_path_names_the_path(home: Path) -> None:
    (home / "empty").mkdir()
    with pytest.raises(NoTreeError, match="found in empty, in the folders above"):
        find("empty", home)


def test_missing_path_is_reported(home: Path) -> None:
    with pytest.raises(NoTreeError, match="nowhere: no such file or directory"):
        find("nowhere", home)


def test_any_single_file_makes_a_tree(home: Path) -> None:
    for part in ("backends.toml", "routing_profiles.toml", "backends", "deck"):
        path = home / part / ".pipelex" / "inference" / part
        path.parent.mkdir(parents=True)
        path.touch()
        assert find(home / part, home).project == str(home / part)


def test_inspect_tree_uses_the_current_directory_and_environment(
    shop: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.setenv("HOME", str(home))
    assert inspect_tree().catalog.tree.paths.project == str(shop)


@pytest.mark.parametrize("place", ["pipelex.toml", ".pipelex/pipelex.toml"])
def test_up_to_0_14_the_settings_may_put_the_tree_elsewhere(place: str, shop: Path, home: Path) -> None:
    (shop / "conf").mkdir()
    (shop / ".pipelex" / "inference").rename(shop / "conf" / "models")
    (shop / place).write_text('[cogt.inference_config]\ninference_config_path = "conf/models"\n', encoding="utf-8")
    assert find(None, home, cwd=shop).inference == str(shop / "conf" / "models")
