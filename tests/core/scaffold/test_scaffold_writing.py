"""The location of a new tree, and its writing without overwriting a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NoTreeError
from core.files.discover import TreePaths
from core.files.store import Committed, Conflict, DiskState, Failed, last, revert, state_folder
from core.scaffold import existing_files, new_location, write_plan
from tests.core.scaffold.scaffold_plans import commit_plan, plan


def place(path: Path, home: Path) -> TreePaths:
    return new_location(str(path), cwd="/", environ={"HOME": str(home)})


@pytest.mark.parametrize("below", ["", ".pipelex", ".pipelex/inference"])
def test_project_and_its_folders_are_the_same_location(below: str, tmp_path: Path) -> None:
    release_number = place(tmp_path / "shop" / below, tmp_path)
    assert release_number.inference == str(tmp_path / "shop" / ".pipelex" / "inference")
    assert release_number.project == str(tmp_path / "shop")


def test_file_is_not_a_location(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("")
    with pytest.raises(NoTreeError, match="is a file; name the folder of a project"):
        place(tmp_path / "notes", tmp_path)


def test_all_files_are_written_and_no_others(tmp_path: Path) -> None:
    planned = plan("0.92.2", ["ollama"])
    inference = commit_plan(planned, tmp_path / "a" / "shop", tmp_path / "home") / ".pipelex" / "inference"
    release_number = {
        str(path.relative_to(inference)): path.read_text() for path in inference.rglob("*") if path.is_file()
    }
    assert release_number == {file.path: file.text for file in planned.files}


def test_existing_files_are_reported_and_not_overwritten(tmp_path: Path) -> None:
    deck = tmp_path / ".pipelex" / "inference" / "deck"
    deck.mkdir(parents=True)
    release_number = place(tmp_path, tmp_path / "home")
    assert existing_files(release_number) == ()  # an empty folder is in nobody's way
    (deck / "mine.toml").write_text("# mine")
    (deck.parent / "routing_profiles.toml").write_text("# mine too")
    assert existing_files(release_number) == (str(deck.parent / "routing_profiles.toml"), str(deck / "mine.toml"))
    result = write_plan(plan("0.92.2", ["ollama"]), release_number, state_folder({"HOME": str(tmp_path / "home")}))
    assert isinstance(result, Conflict)
    assert result.message == "nothing was written: routing_profiles.toml exists now"
    assert (deck.parent / "routing_profiles.toml").read_text() == "# mine too"
    assert sorted(path.name for path in deck.parent.rglob("*.toml")) == ["mine.toml", "routing_profiles.toml"]


def test_failed_folder_creation_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / ".pipelex").write_text("in the way")
    result = write_plan(plan("0.92.2", ["ollama"]), place(tmp_path / "shop", tmp_path), str(tmp_path / "state"))
    assert isinstance(result, Failed)
    assert result.state is DiskState.NOTHING
    assert result.message == f"nothing was written: {tmp_path}/shop/.pipelex is a file, not a folder"
    assert [path.name for path in (tmp_path / "shop").iterdir()] == [".pipelex"]


def test_new_tree_can_be_undone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = commit_plan(plan("0.92.2", ["ollama"]), tmp_path / "shop", home)
    root, state = str(project / ".pipelex" / "inference"), state_folder({"HOME": str(home)})
    entry = last(root, state)
    assert entry is not None
    assert entry.label == "create the tree"
    assert isinstance(revert(entry, root=root, state=state), Committed)
    assert list(Path(root).rglob("*")) == []
