"""One write to a tree, and what every write must hold to."""

from __future__ import annotations

from pathlib import Path

from core.files.store import ABSENT, Change, CommitResult, DiskState, Failed, commit, content_hash
from tests.core.store.scenes import NEW, OLD


def write(
    tree: Path,
    name: str = "a.toml",
    base: bytes | None = OLD,
    content: bytes | None = NEW,
) -> CommitResult:
    change = Change(name, ABSENT if base is None else content_hash(base), content)
    result = commit([change], root=str(tree), state=str(tree.parent / "state"))
    assert not (tree / ".pipedeck").exists()
    assert not list(tree.parent.rglob("*.pipedeck"))
    return result


def refused(result: CommitResult, *words: str) -> None:
    assert isinstance(result, Failed)
    assert result.state is DiskState.NOTHING
    assert all(word in result.message for word in ("nothing was written", *words)), result.message
