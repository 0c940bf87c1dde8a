"""Drafts and the state folder: saving, ownership, and error messages."""

from __future__ import annotations

import errno
import itertools
import json
import os
import stat
from pathlib import Path

import pytest

from core.files.state_folder import tree_folder
from core.files.store import (
    ABSENT,
    Draft,
    DraftProblem,
    drop_draft,
    load_draft,
    recover,
    save_draft,
    state_folder,
)
from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, write_new
from core.files.store.journal import signing_key
from core.files.store.saved_draft import draft_path
from tests.core.store.disks import FaultDisk, in_child
from tests.core.store.scenes import Scene, build


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return build(tmp_path / "scene", "two")


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/state/pipedeck"),
        ({"HOME": "/home/ada", "XDG_STATE_HOME": "/state"}, "/state/pipedeck"),
        ({"HOME": "/home/ada", "XDG_STATE_HOME": "relative"}, "/home/ada/.local/state/pipedeck"),
        ({"HOME": "/home/ada", "XDG_STATE_HOME": ""}, "/home/ada/.local/state/pipedeck"),
    ],
)
def test_the_state_folder(environ: dict[str, str], folder: str) -> None:
    assert state_folder(environ) == folder


def test_the_key_is_made_once(tmp_path: Path) -> None:
    disk, state = Disk(), str(tmp_path / "state")
    assert signing_key(disk, state) == signing_key(disk, state)
    assert len(signing_key(disk, state)) == 32
    assert [path.name for path in Path(state).iterdir()] == ["key"]


def test_a_draft_is_kept_and_dropped(scene: Scene) -> None:
    assert load_draft(scene.root, scene.state) is None
    content = {"commands": [{"set": "ü", "to": None}], "bases": {"backends.toml": ABSENT}}
    assert save_draft(scene.root, scene.state, content) is None
    draft = load_draft(scene.root, scene.state)
    assert isinstance(draft, Draft)
    assert draft.content == content
    assert draft.is_own
    assert draft.process_label.endswith(f", process {os.getpid()}")
    assert save_draft(scene.root, scene.state, [1]) is None
    assert drop_draft(scene.root, scene.state) is None
    assert load_draft(scene.root, scene.state) is None
    assert drop_draft(scene.root, scene.state) is None


def test_the_draft_of_a_dead_session_is_found(scene: Scene) -> None:
    def task() -> None:
        save_draft(scene.root, scene.state, "left behind")

    assert in_child(task) == 0
    draft = load_draft(scene.root, scene.state)
    assert isinstance(draft, Draft)
    assert draft.alive is False
    assert not draft.is_own
    assert save_draft(scene.root, scene.state, "mine") is None


def test_draft_of_a_running_session_is_not_replaced(scene: Scene) -> None:
    save_draft(scene.root, scene.state, "mine")

    def other() -> None:
        problem = save_draft(scene.root, scene.state, "other")
        assert isinstance(problem, DraftProblem)
        assert "another session" in problem.message

    assert in_child(other) == 0
    draft = load_draft(scene.root, scene.state)
    assert isinstance(draft, Draft)
    assert draft.content == "mine"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 1, "who": {}, "seconds": 1}'])
def test_a_damaged_draft_is_refused_readably(scene: Scene, content: str) -> None:
    save_draft(scene.root, scene.state, "good")
    Path(draft_path(scene.root, scene.state)).write_text(content)
    assert load_draft(scene.root, scene.state) == DraftProblem("the draft is damaged")


def test_a_draft_of_another_version_is_refused_readably(scene: Scene) -> None:
    save_draft(scene.root, scene.state, "good")
    path = Path(draft_path(scene.root, scene.state))
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    assert load_draft(scene.root, scene.state) == DraftProblem("the draft was saved by another version of pipedeck")


def test_every_call_of_saving_a_draft_fails_once(scene: Scene) -> None:
    save_draft(scene.root, scene.state, "before")
    for step in itertools.count(1):
        disk = FaultDisk(step, errno.ENOSPC)
        problem = save_draft(scene.root, scene.state, "after", disk=disk)
        if not disk.reached:
            break
        draft = load_draft(scene.root, scene.state)
        assert isinstance(draft, Draft)
        assert draft.content in ("before", "after")
        if problem is not None:
            assert problem.message == "the draft could not be saved (no space left on the disk)"
    assert not list(Path(scene.state).rglob("*.new"))


def test_a_private_folder_is_not_opened_up(tmp_path: Path) -> None:
    path = str(tmp_path / "a/b/c")
    make_private_folder(Disk(), path)
    make_private_folder(Disk(), path)
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700
    write_new(Disk(), f"{path}/file", b"x", durable=True)
    assert tree_folder("/state", path) == tree_folder("/state", path + "/")


def test_system_errors_have_texts() -> None:
    assert error_text(OSError(errno.ENOSPC, "x", "/a/\x1b")) == "/a/\\x1b: no space left on the disk"
    assert error_text(OSError("odd")) == "the disk could not be used"
    assert error_text(OSError(errno.ENXIO, "x")) == os.strerror(errno.ENXIO).lower()
    assert recover("/nonexistent", "/nonexistent").message == "no unfinished change"


def test_unreadable_draft_is_reported(scene: Scene) -> None:
    path = Path(draft_path(scene.root, scene.state))
    path.mkdir(parents=True)
    problem = load_draft(scene.root, scene.state)
    assert isinstance(problem, DraftProblem)
    assert problem.message.startswith("the draft could not be read (")
    refused = drop_draft(scene.root, scene.state)
    assert refused is not None
    assert refused.message.startswith("the draft could not be removed (")
    path.rmdir()
    path.parent.rmdir()
    path.parent.write_text("in the way")
    assert drop_draft(scene.root, scene.state) is None
    assert isinstance(save_draft(scene.root, scene.state, 1), DraftProblem)


@pytest.mark.parametrize(
    ("who", "alive"),
    [({"host": "elsewhere"}, None), ({"boot": "a previous one"}, False), ({"pid": 1}, True), ({"pid": 10**30}, True)],
)
def test_running_session_of_a_draft_is_detected(scene: Scene, who: dict[str, object], alive: bool | None) -> None:
    save_draft(scene.root, scene.state, "content")
    path = Path(draft_path(scene.root, scene.state))
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "who": {**record["who"], **who}}))
    draft = load_draft(scene.root, scene.state)
    assert isinstance(draft, Draft)
    assert draft.alive is alive
    assert not draft.is_own
    problem = save_draft(scene.root, scene.state, "mine")
    assert (problem is None) == (alive is False)
