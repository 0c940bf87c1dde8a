"""The home directory: one that cannot be created, and one that a `.env` moves; the run mode that a `.env` sets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.api import inspect_tree, update_report
from core.errors import NoTreeError
from core.files.view import Snapshot
from core.workspace import Workspace
from tests.core.files.test_start_folder import KEYED, OPENAI, put, tree_for, with_dotenv
from tests.support.trees import codes, g3_1, inspect, minimal, only, write_tree


@pytest.mark.parametrize(("name", "error"), [("file/below", "NotADirectoryError"), ("locked/below", "PermissionError")])
def test_a_home_that_cannot_be_created_stops_every_start_from_0_18_on(name: str, error: str, tmp_path: Path) -> None:
    put(tmp_path / "file")
    (tmp_path / "locked").mkdir(mode=0o500)
    if error == "PermissionError" and os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")
    stop = inspect(tmp_path / "shop", g3_1(), home=tmp_path / name).stops_at
    assert stop is not None
    assert (stop.code, stop.error_type) == ("home-no-folder", error)
    assert inspect(tmp_path / "old", minimal("0.17.6"), release="0.17.6", home=tmp_path / name).boots


def test_a_dotenv_moves_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    put(home / ".pipelex" / ".env", KEYED)
    put(home / "other" / ".pipelex" / ".env", f"{OPENAI}=\n")
    override = {"backends_override.toml": '[openai]\nendpoint = "https://other.example/v1"\n'}
    write_tree(home / "other", override)
    shown = set()
    for text in ("HOME=${HOME}/other\n", "HOME=../home/other\n"):
        report = inspect(tmp_path / "shop", with_dotenv(text), home=home, environ={}, cwd=tmp_path / "shop")
        # The home `.env` was read before, from the home of the shell.
        assert report.boots
        for one in (report, update_report(report, Snapshot())):
            assert [source.path for source in one.catalog.tree.backends.sources[1:]] == [
                str(home / "other" / ".pipelex" / "inference" / "backends_override.toml")
            ]
        shown.add(report.catalog.tree.backends.sources[1].shown)
    # What `~` means to the person is what the shell says.
    assert shown == {"~/other/.pipelex/inference/backends_override.toml"}
    # PIPELEX_HOME is read first, with the home of the shell.
    environ = {"PIPELEX_HOME": "~/.pipelex"}
    named = inspect(tmp_path / "shop", home=home, environ=environ, cwd=tmp_path / "shop")
    assert len(named.catalog.tree.backends.sources) == 1


@pytest.mark.parametrize("place", ["shop/.env", "home/.pipelex/.env"])
@pytest.mark.parametrize("path", [None, "."])
def test_the_only_tree_may_be_in_a_home_that_a_dotenv_names(path: str | None, place: str, tmp_path: Path) -> None:
    write_tree(tmp_path / "home" / "other", minimal("0.92.2"))
    put(tmp_path / "shop" / "pyproject.toml", '[project]\nname = "shop"\nversion = "1"\n')
    put(tmp_path / place, f"{KEYED}HOME=${{HOME}}/other\n")
    environ = {"HOME": str(tmp_path / "home"), "PATH": ""}
    report = inspect_tree(path, cwd=str(tmp_path / "shop"), environ=environ, release="0.92.2")
    assert report.boots
    assert report.catalog.tree.paths.root == str(tmp_path / "home" / "other" / ".pipelex" / "inference")
    workspace = Workspace.open(path, cwd=str(tmp_path / "shop"), environ=environ, release="0.92.2")
    assert workspace.report.catalog.tree.paths == report.catalog.tree.paths


def test_a_home_of_a_dotenv_without_a_tree_is_named_as_searched(tmp_path: Path) -> None:
    put(tmp_path / "shop" / ".env", "HOME=../other\n")
    with pytest.raises(NoTreeError, match=rf"or in {tmp_path}/other/\.pipelex$"):
        inspect_tree(None, cwd=str(tmp_path / "shop"), environ={"HOME": str(tmp_path / "home"), "PATH": ""})


def test_a_dotenv_that_empties_the_home_makes_it_the_root(tmp_path: Path) -> None:
    report = inspect(tmp_path / "shop", with_dotenv(f"{KEYED}HOME=\n"), home=tmp_path / "home", environ={})
    assert report.catalog.tree.home == "/.pipelex"


@pytest.mark.parametrize("release", ["0.17.6", "0.18.0b2", "0.92.2"])
def test_a_run_mode_in_a_dotenv_chooses_the_settings(release: str, tmp_path: Path) -> None:
    folder = "../../" if release == "0.17.6" else "../"
    modes = {"ci_test": "../../tests/", "codex_cloud": folder}
    for mode, place in modes.items():
        texts = dict.fromkeys((f"{where}pipelex_{mode}.toml" for where in modes.values()), "# nothing\n")
        texts |= {"../../.env": f"RUN_MODE={mode}\n", f"{place}pipelex_{mode}.toml": "[nothing]\n"}
        report = inspect(tmp_path / mode, {**tree_for(release), **texts}, release=release)
        location = only(report, "settings-invalid").location
        assert location is not None
        assert Path(location.file).parent.name == {"../": ".pipelex", "../../": "", "../../tests/": "tests"}[place]
        assert not report.boots


@pytest.mark.parametrize(("release", "mode"), [("0.15.7", "ci_test"), ("0.92.2", "codex_cloud_test")])
def test_the_settings_of_a_run_mode_of_tests_have_one_place(release: str, mode: str, tmp_path: Path) -> None:
    files = {
        **tree_for(release),
        "../../tests/pipelex_ci_test.toml": "[x]\n",
        "../pipelex_codex_cloud_test.toml": "[x]\n",
    }
    report = inspect(tmp_path / "shop", files, release=release, environ={"RUN_MODE": mode}, cwd=tmp_path / "shop")
    assert "settings-invalid" not in codes(report)
