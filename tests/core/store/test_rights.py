"""Modes, owners and attributes survive a commit, or it is refused with the reason and nothing is written."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from core.files.store import Change, Committed, Conflict, commit, content_hash
from tests.core.store.disks import StepDisk, in_child
from tests.core.store.scenes import NEW, OLD
from tests.core.store.writes import refused, write

NOBODY = 65534


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_mode_is_kept(tree: Path, mode: int, umask: int) -> None:
    (tree / "a.toml").chmod(mode)
    before = os.umask(umask)
    try:
        assert isinstance(write(tree), Committed)
        assert isinstance(write(tree, "new.toml", None), Committed)
    finally:
        os.umask(before)
    assert (tree / "a.toml").stat().st_mode & 0o7777 == mode
    assert (tree / "new.toml").stat().st_mode & 0o7777 == mode & 0o666  # as its neighbour


def test_a_read_only_file_is_refused(tree: Path) -> None:
    (tree / "a.toml").chmod(0o444)
    refused(write(tree), "a.toml is read-only")
    assert (tree / "a.toml").read_bytes() == OLD


def test_a_read_only_folder_is_refused(tree: Path) -> None:
    (tree / "deck").mkdir()
    (tree / "deck/x.toml").write_bytes(OLD)
    (tree / "deck").chmod(0o555)
    try:
        refused(write(tree, "deck/x.toml"), "the folder of deck/x.toml is read-only")
        refused(write(tree, "deck/y.toml", None), "the folder of deck/y.toml is read-only")
    finally:
        (tree / "deck").chmod(0o755)
    assert (tree / "deck/x.toml").read_bytes() == OLD


def as_nobody(tree: Path) -> str:
    """Write the file as a user without rights; the message."""
    reading, writing = os.pipe()

    def task() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        base = content_hash((tree / "a.toml").read_bytes())
        result = commit([Change("a.toml", base, b"new")], root=str(tree), state="/nonexistent/state", wait=0)
        os.write(writing, result.message.encode())

    assert in_child(task) == 0
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.fixture
def open_path(fast_path: Path) -> Path:
    """A folder that other users reach."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    fast_path.chmod(0o755)
    folder = fast_path / "tree"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "a.toml").write_bytes(OLD)
    return folder


def test_a_foreign_owner_is_kept_by_writing_in_place(open_path: Path) -> None:
    (open_path / "a.toml").chmod(0o666)
    message = as_nobody(open_path)
    assert "all was written" in message
    assert "written in place, to keep its owner and attributes" in message
    assert (open_path / "a.toml").read_bytes() == b"new"
    assert (open_path / "a.toml").stat().st_uid == 0


def test_a_file_of_another_is_refused(open_path: Path) -> None:
    (open_path / "a.toml").chmod(0o644)
    assert as_nobody(open_path).startswith("nothing was written: a.toml is read-only")
    assert (open_path / "a.toml").read_bytes() == OLD


def test_a_tree_of_another_is_refused(open_path: Path) -> None:
    open_path.chmod(0o755)
    assert f"nothing was written: the folder {open_path.resolve()} may not be written by you" in as_nobody(open_path)
    assert sorted(path.name for path in open_path.iterdir()) == ["a.toml"]


def test_owner_and_group_are_kept_by_root(tree: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(tree / "a.toml", 1234, 4321)
    result = write(tree)
    assert result.message == "all was written"  # and by a rename
    file_stat = (tree / "a.toml").stat()
    assert (file_stat.st_uid, file_stat.st_gid) == (1234, 4321)


def test_new_files_have_the_owner_and_mode_of_their_neighbours(tree: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    for path in (tree, tree / "a.toml"):
        os.chown(path, 1234, 4321)
    (tree / "notes.txt").write_text("of root")
    (tree / "empty").mkdir()
    os.chown(tree / "empty", 1235, 1235)
    before = os.umask(0o077)
    try:
        for name in ("b.toml", "deck/c.toml", "empty/d.toml"):
            assert isinstance(write(tree, name, None), Committed)
    finally:
        os.umask(before)
    seen = {
        name: (file_stat.st_uid, file_stat.st_gid, file_stat.st_mode & 0o777)
        for name in ("b.toml", "deck", "deck/c.toml", "empty/d.toml")
        for file_stat in [(tree / name).stat()]
    }
    assert seen["b.toml"] == seen["deck/c.toml"] == (1234, 4321, 0o644)
    assert seen["deck"] == (1234, 4321, 0o755)
    assert seen["empty/d.toml"] == (1235, 1235, 0o600)


def set_attribute(path: Path, name: str, value: bytes) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("no extended attributes in this Python")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EPERM, errno.EINVAL):
            pytest.skip(f"no such attributes on this file system ({error.strerror})")
        raise


# Version 2; the owner, user 1234, the group, the mask and all others: permissions of each, as the kernel packs them.
ACCESS_LIST = bytes.fromhex(
    "02000000 01000600ffffffff 02000600d2040000 04000400ffffffff 10000600ffffffff 20000000ffffffff"
)


@pytest.mark.parametrize(
    ("name", "value"), [("user.note", b"kept"), ("system.posix_acl_access", ACCESS_LIST)], ids=["attribute", "ACL"]
)
def test_attributes_are_kept(tree: Path, name: str, value: bytes) -> None:
    set_attribute(tree / "a.toml", name, value)
    mode = (tree / "a.toml").stat().st_mode
    inode = (tree / "a.toml").stat().st_ino
    assert isinstance(write(tree), Committed)
    assert os.getxattr(tree / "a.toml", name) == value
    assert (tree / "a.toml").stat().st_mode == mode
    assert (tree / "a.toml").stat().st_ino != inode  # renamed, not overwritten


def test_inherited_attributes_do_not_change_a_file(tree: Path) -> None:
    """A folder with a default access list gives it to new files: the temporary file must not bring it along."""
    set_attribute(tree, "system.posix_acl_default", ACCESS_LIST)
    (tree / "a.toml").unlink()
    (tree / "a.toml").write_bytes(OLD)
    os.removexattr(tree / "a.toml", "system.posix_acl_access")
    (tree / "a.toml").chmod(0o640)
    assert isinstance(write(tree), Committed)
    assert "system.posix_acl_access" not in os.listxattr(tree / "a.toml")
    assert (tree / "a.toml").stat().st_mode & 0o777 == 0o640


def test_attributes_that_cannot_be_set_make_it_write_in_place(tree: Path) -> None:
    set_attribute(tree / "a.toml", "user.note", b"kept")

    class Stubborn(StepDisk):
        def set_attribute(self, fd: int, name: str, value: bytes) -> None:
            raise OSError(errno.EPERM, "not permitted")

    changes = [Change("a.toml", content_hash(OLD), NEW)]
    result = commit(changes, root=str(tree), state=str(tree.parent / "state"), disk=Stubborn())
    assert isinstance(result, Committed)
    assert "to keep its owner and attributes" in result.message
    assert os.getxattr(tree / "a.toml", "user.note") == b"kept"


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_non_regular_file_is_refused(tree: Path, kind: str) -> None:
    if kind == "folder":
        (tree / "x.toml").mkdir()
    else:
        os.mkfifo(tree / "x.toml")
    refused(write(tree, "x.toml"), "x.toml is a folder" if kind == "folder" else "x.toml is not a regular file")


def test_a_file_below_a_file_is_refused(tree: Path) -> None:
    refused(write(tree, "a.toml/x.toml", None), "a.toml is not a folder")


def test_invalid_name_is_refused(tree: Path) -> None:
    refused(write(tree, "x\0.toml", None), "no file name")


def test_missing_tree_is_refused(tree: Path) -> None:
    result = commit([], root=str(tree / "nowhere"), state=str(tree.parent / "state"))
    refused(result, "does not exist")


def test_odd_names_work_and_are_shown_safely(tree: Path) -> None:
    name = "\x1b[31m" + "ü" * 100 + "\udcff.toml"
    try:
        Path(tree, name).write_bytes(OLD)
    except OSError:
        pytest.skip("the file system does not take such a name")
    result = write(tree, name, base=b"else")
    assert isinstance(result, Conflict)
    assert "\x1b" not in result.message
    assert isinstance(write(tree, name), Committed)
    assert Path(tree, name).read_bytes() == NEW


def mounted(options: str, where: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can mount")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(where)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")


@pytest.mark.parametrize("options", ["size=64k", "size=1m,nr_inodes=9"], ids=["no room", "no inodes"])
def test_full_disk(tmp_path: Path, options: str) -> None:
    where = tmp_path / "small"
    where.mkdir()
    mounted(options, where)
    try:
        (where / "a.toml").write_bytes(OLD)
        (where / "b.toml").write_bytes(OLD)
        changes = [Change(name, content_hash(OLD), NEW * 1000) for name in ("a.toml", "b.toml")]
        result = commit(changes, root=str(where), state=str(tmp_path / "state"))
        refused(result, "no space left on the disk")
        assert {path.name: path.read_bytes() for path in where.iterdir()} == {"a.toml": OLD, "b.toml": OLD}
    finally:
        subprocess.run(["umount", str(where)], check=True)


def test_read_only_file_system(tmp_path: Path) -> None:
    where = tmp_path / "small"
    where.mkdir()
    mounted("size=64k", where)
    try:
        (where / "a.toml").write_bytes(OLD)
        subprocess.run(["mount", "-o", "remount,ro", str(where)], check=True)
        result = commit([Change("a.toml", content_hash(OLD), NEW)], root=str(where), state=str(tmp_path / "state"))
        refused(result, "the file system is read-only")
    finally:
        subprocess.run(["umount", str(where)], check=True)


def test_immutable_file(tree: Path) -> None:
    (tree / "b.toml").write_bytes(OLD)
    done = subprocess.run(["chattr", "+i", str(tree / "b.toml")], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"files cannot be made immutable here: {done.stderr.strip()}")
    try:
        changes = [Change(name, content_hash(OLD), NEW) for name in ("a.toml", "b.toml")]
        refused(commit(changes, root=str(tree), state=str(tree.parent / "state")), "b.toml")
    finally:
        subprocess.run(["chattr", "-i", str(tree / "b.toml")], check=True)
    assert (tree / "a.toml").read_bytes() == OLD
    assert sorted(path.name for path in tree.iterdir()) == ["a.toml", "b.toml"]


def test_store_files_are_no_configuration(tree: Path) -> None:
    """Whatever lies in the tree at any moment, only the files themselves end in `.toml`."""
    seen: set[str] = set()
    os.link(tree / "a.toml", tree / "twin.toml")
    (tree / "b.toml").write_bytes(OLD)

    class Watching(StepDisk):
        def before(self, name: str) -> None:
            seen.update(str(path.relative_to(tree)) for path in tree.rglob("*"))

    changes = [Change("a.toml", content_hash(OLD), NEW), Change("b.toml", content_hash(OLD), NEW)]
    assert isinstance(commit(changes, root=str(tree), state=str(tree.parent / "state"), disk=Watching()), Committed)
    assert {name for name in seen if name.endswith(".toml")} == {"a.toml", "b.toml", "twin.toml"}
    assert ".pipedeck/.gitignore" in seen
    assert len(seen) > 8


def test_the_lock_is_not_inherited(tree: Path) -> None:
    def child() -> None:
        assert isinstance(write(tree), Committed)

    assert in_child(child) == 0
    assert (tree / "a.toml").read_bytes() == NEW
