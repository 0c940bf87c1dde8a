"""The change log and undo across sessions: contents, permissions and limits."""

from __future__ import annotations

import itertools
import json
import os
import stat
from pathlib import Path

import pytest

from core.files.store import (
    ABSENT,
    Change,
    CommitResult,
    Committed,
    Conflict,
    Disk,
    Failed,
    changelog,
    commit,
    content_hash,
    history,
    is_undoable,
    last,
    old_content,
    revert,
    save_draft,
    settle,
)
from tests.core.store.scenes import NEW, OLD, SCENES, Scene, build

SECRET = b'api_key = "sk-not-a-real-one"\n'


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return build(tmp_path / "scene", "two")


def write(scene: Scene, base: bytes, content: bytes, label: str = "a change") -> CommitResult:
    change = Change("backends.toml", content_hash(base), content)
    return commit([change], root=scene.root, state=scene.state, label=label)


@pytest.mark.parametrize("name", SCENES)
def test_undo_and_redo_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    scene = build(tmp_path / "scene", name)
    assert isinstance(scene.commit(), Committed)
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert entry.label == "a change"
    assert is_undoable(entry, scene.root, scene.state)
    undone = revert(entry, root=scene.root, state=scene.state)
    assert isinstance(undone, Committed), undone.message
    assert scene.now() == scene.old
    assert last(scene.root, scene.state) is None
    undo = next(history(scene.root, scene.state))
    assert undo.reverts == entry.id
    assert undo.label == "undo: a change"
    redone = revert(undo, root=scene.root, state=scene.state, label="redo")
    assert isinstance(redone, Committed), redone.message
    assert scene.now() == scene.new
    assert last(scene.root, scene.state) == entry


def test_undo_keeps_a_new_folder_with_files_of_others(scene: Scene) -> None:
    change = Change("new/deeper/x.toml", ABSENT, NEW)
    assert isinstance(commit([change], root=scene.root, state=scene.state), Committed)
    Path(scene.root, "new/mine.txt").write_bytes(OLD)
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    assert [path.name for path in Path(scene.root, "new").iterdir()] == ["mine.txt"]


def test_undo_goes_further_back_each_time(scene: Scene) -> None:
    contents = [OLD, b"# one\n", b"# two\n", b"# three\n"]
    for before, after in itertools.pairwise(contents):
        assert isinstance(write(scene, before, after, after.decode().strip("# \n")), Committed)
    labels = []
    while (entry := last(scene.root, scene.state)) is not None:
        labels.append(entry.label)
        assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    assert labels == ["three", "two", "one"]
    assert Path(scene.root, "backends.toml").read_bytes() == OLD
    assert len(list(history(scene.root, scene.state))) == 6


def test_undo_keeps_newer_changes(scene: Scene) -> None:
    write(scene, OLD, NEW)
    Path(scene.root, "backends.toml").write_bytes(b"newer\n")
    entry = last(scene.root, scene.state)
    assert entry is not None
    result = revert(entry, root=scene.root, state=scene.state)
    assert isinstance(result, Conflict)
    assert Path(scene.root, "backends.toml").read_bytes() == b"newer\n"


def test_a_deleted_file_comes_back_with_its_mode(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "delete")
    Path(scene.root, "gone.toml").chmod(0o640)
    scene.commit()
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    assert stat.S_IMODE(Path(scene.root, "gone.toml").stat().st_mode) == 0o640


def test_a_deleted_file_comes_back_with_its_owner(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    scene = build(tmp_path / "scene", "delete")
    os.chown(Path(scene.root, "gone.toml"), 1234, 4321)
    scene.commit()
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    file_stat = Path(scene.root, "gone.toml").stat()
    assert (file_stat.st_uid, file_stat.st_gid) == (1234, 4321)


def test_undo_without_the_old_content_is_refused(scene: Scene) -> None:
    write(scene, OLD, NEW)
    entry = last(scene.root, scene.state)
    assert entry is not None
    for path in Path(scene.state).rglob("*.0"):
        path.write_bytes(b"damaged")
    assert not is_undoable(entry, scene.root, scene.state)
    result = revert(entry, root=scene.root, state=scene.state)
    assert isinstance(result, Failed)
    assert result.message == "nothing was written: the previous content of backends.toml is no longer stored"


def test_the_log_names_no_contents(scene: Scene) -> None:
    write(scene, OLD, SECRET)
    write(scene, SECRET, NEW)
    records = [path.read_text() for path in Path(scene.state).rglob("*.json")]
    assert len(records) == 2
    assert not any("sk-not" in record for record in records)
    keys = {key for record in records for key in json.loads(record)}
    assert keys == {"format", "id", "stamp", "label", "files", "reverts"}
    keys = {key for record in records for file in json.loads(record)["files"] for key in file}
    assert keys == {"path", "old", "new", "mode", "uid", "gid", "link", "made"}


def test_log_files_are_private(scene: Scene) -> None:
    before = os.umask(0)
    try:
        write(scene, OLD, SECRET)
        save_draft(scene.root, scene.state, {"edits": []})
    finally:
        os.umask(before)
    for path in (Path(scene.state), *Path(scene.state).rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize(
    ("most", "left"),
    [({"commits": 3}, ["5", "4", "3"]), ({"size": 25_000}, ["5", "4"]), ({"size": 1}, ["5"])],
    ids=["number", "size", "the newest stays"],
)
def test_the_log_is_capped(scene: Scene, most: dict[str, int], left: list[str]) -> None:
    contents = [OLD, *(b"number = %d\n" % number + b"#" * 9_000 for number in range(6))]
    for number, (before, after) in enumerate(itertools.pairwise(contents)):
        assert isinstance(write(scene, before, after, str(number)), Committed)
    changelog.prune(Disk(), changelog.log_folder(scene.state, scene.root), **most)
    assert [entry.label for entry in history(scene.root, scene.state)] == left
    assert len(list(Path(scene.state).rglob("log/*"))) == 2 * len(left)


def test_the_log_is_capped_by_age(scene: Scene) -> None:
    write(scene, OLD, NEW, "old")
    folder = Path(changelog.log_folder(scene.state, scene.root))
    for path in folder.iterdir():
        stamp, suffix = path.name.split("-")
        aged = f"{int(stamp) - 91 * 24 * 3600 * 10**9:020}"
        path.write_bytes(path.read_bytes().replace(stamp.encode(), aged.encode()))
        path.rename(folder / f"{aged}-{suffix}")
    assert [entry.label for entry in history(scene.root, scene.state)] == ["old"]
    write(scene, NEW, OLD, "fresh")
    assert [entry.label for entry in history(scene.root, scene.state)] == ["fresh"]


def test_damaged_records_are_skipped(scene: Scene) -> None:
    write(scene, OLD, NEW, "good")
    good = last(scene.root, scene.state)
    assert good is not None
    folder = Path(changelog.log_folder(scene.state, scene.root))
    for number, content in enumerate([b"", b"{", b"[]", b'{"format": 9}', b'{"format": 1}', b"\xff"]):
        (folder / f"9{number:019}-abc.json").write_bytes(content)
    (folder / "notes.txt").write_text("mine")
    assert list(history(scene.root, scene.state)) == [good]


def test_a_clock_set_back_keeps_the_order(scene: Scene) -> None:
    write(scene, OLD, NEW, "first")
    folder = Path(changelog.log_folder(scene.state, scene.root))
    for path in folder.iterdir():
        stamp, suffix = path.name.split("-")
        ahead = f"{int(stamp) + 10**15:020}"
        path.write_bytes(path.read_bytes().replace(stamp.encode(), ahead.encode()))
        path.rename(folder / f"{ahead}-{suffix}")
    write(scene, NEW, OLD, "second")
    assert [entry.label for entry in history(scene.root, scene.state)] == ["second", "first"]


def test_commit_works_without_a_state_folder(scene: Scene) -> None:
    Path(scene.state).write_text("in the way")
    result = write(scene, OLD, NEW)
    assert isinstance(result, Committed)
    assert "cannot be undone in another session" in result.message
    assert last(scene.root, scene.state) is None


def test_two_trees_have_two_logs(tmp_path: Path) -> None:
    one, two = build(tmp_path / "one", "one"), build(tmp_path / "two", "one")
    commit(one.changes, root=one.root, state=str(tmp_path / "state"))
    assert last(one.root, str(tmp_path / "state")) is not None
    assert last(two.root, str(tmp_path / "state")) is None


def test_commit_without_changes_is_not_logged(scene: Scene) -> None:
    result = write(scene, OLD, OLD)
    assert isinstance(result, Committed)
    assert result.message == "nothing had to be written"
    assert result.files == ()
    assert last(scene.root, scene.state) is None


def test_old_contents_are_found_by_commit(scene: Scene) -> None:
    scene.commit()
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert [old_content(entry, index, scene.root, scene.state) for index in range(2)] == [OLD, OLD]
    assert entry.seconds > 1.7e9


CANARY = b"sk-canary-0123456789abcdefgh"


def text_with(*lines: bytes) -> bytes:
    return b"\n".join([b"[openai]", *lines, b"enabled = true", b""])


def kept_of(scene: Scene) -> bytes:
    return b"".join(path.read_bytes() for path in Path(scene.state).rglob("*") if path.is_file())


@pytest.mark.parametrize("words", [(b"old", b"new"), (b"caf\xe9", b"new"), (b"old", b"caf\xe9")])
def test_old_content_with_a_secret_is_stored_as_a_patch(scene: Scene, words: tuple[bytes, bytes]) -> None:
    path = Path(scene.root, "backends.toml")
    old, new = (text_with(b'api_key = "' + CANARY + b'"', b"# " + word) for word in words)
    path.write_bytes(old)
    assert isinstance(write(scene, old, new), Committed)
    assert CANARY not in kept_of(scene)
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert is_undoable(entry, scene.root, scene.state)
    assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    assert path.read_bytes() == old
    assert CANARY not in kept_of(scene)
    redo = next(history(scene.root, scene.state))
    assert isinstance(revert(redo, root=scene.root, state=scene.state), Committed)
    assert path.read_bytes() == new
    path.write_bytes(new + b"# from elsewhere\n")
    logged = next(history(scene.root, scene.state))
    assert isinstance(revert(logged, root=scene.root, state=scene.state), Conflict)


def test_removed_secret_is_not_stored_and_reported(scene: Scene) -> None:
    path = Path(scene.root, "backends.toml")
    old, new = text_with(b'api_key = "' + CANARY + b'"'), text_with(b'api_key = "${OPENAI_API_KEY}"')
    path.write_bytes(old)
    done = write(scene, old, new)
    assert isinstance(done, Committed)
    assert "no other session can undo it" in done.message
    assert CANARY not in kept_of(scene)
    entry = last(scene.root, scene.state)
    assert entry is not None
    assert not is_undoable(entry, scene.root, scene.state)
    undone = revert(entry, root=scene.root, state=scene.state)
    assert isinstance(undone, Failed)
    assert "no longer stored" in undone.message
    assert path.read_bytes() == new


def test_temporary_files_of_ended_processes_are_removed(scene: Scene) -> None:
    """Those of a process that runs stay: it may be just writing."""
    write(scene, OLD, NEW)
    entry = last(scene.root, scene.state)
    assert entry is not None
    ended = os.fork() or os._exit(0)
    os.waitpid(ended, 0)
    folders = {path.parent for path in Path(scene.state).rglob("*") if path.is_file()}
    assert len(folders) == 2
    for folder in folders:
        (folder / f"x.json.{ended}.new").touch()
        (folder / "y.new").touch()
        (folder / f"z.json.{os.getppid()}.new").touch()
    assert isinstance(revert(entry, root=scene.root, state=scene.state), Committed)
    left = {path.name for path in Path(scene.state).rglob("*.new")}
    assert left == {f"z.json.{os.getppid()}.new"}


def test_temporary_files_are_removed_where_nothing_is_to_recover(scene: Scene) -> None:
    """As before an `init` that is refused."""
    write(scene, OLD, NEW)
    (Path(scene.state) / "key.x.new").touch()
    assert settle((), scene.state, tidy=True) == ()
    assert not list(Path(scene.state).glob("*.new"))


def test_a_record_that_cannot_be_read_hides_no_older_change(scene: Scene) -> None:
    write(scene, OLD, NEW, "older")
    write(scene, NEW, OLD, "newest")
    record = max(Path(changelog.log_folder(scene.state, scene.root)).glob("*.json"))
    record.unlink()
    record.symlink_to(record)  # a loop
    assert [entry.label for entry in history(scene.root, scene.state)] == ["older"]
    with pytest.raises(OSError, match="symbolic links"):
        last(scene.root, scene.state, strict=True)
