"""Interrupted commits are recovered when a tree is opened; the user decides about doubtful files."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.store import is_pending
from tests.core.store.between import NAMES, between, with_comment
from tests.tui.app_driver import open_app, request_for
from tests.tui.edit.trees import bytes_of
from tui.loading import Request

KEYS = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "b", "MISTRAL_API_KEY": "c"}


@pytest.fixture
def interrupted(tmp_path: Path, fenced_environment: Path) -> Request:
    """A tree with an interrupted commit."""
    between(tmp_path, fenced_environment)
    return request_for(tmp_path / "shop", fenced_environment, **KEYS)


def tree_of(request: Request) -> Path:
    """The inference folder of a request."""
    return Path(str(request.path)) / ".pipelex" / "inference"


async def test_opening_the_tree_finishes_the_commit(interrupted: Request) -> None:
    tree = tree_of(interrupted)
    async with open_app(interrupted) as app:
        assert "an interrupted change (two comments) was finished" in app.lines[-1]
        assert with_comment(tree) == [True, True]
        assert not is_pending(str(tree))
        await app.press("1")
        assert "does not start" not in app.lines[1]


@pytest.mark.parametrize(("keys", "seen"), [(("down", "enter"), True), (("down", "down", "enter"), False)])
async def test_files_changed_by_another_program_need_a_decision(
    interrupted: Request, keys: tuple[str, ...], seen: bool
) -> None:
    tree = tree_of(interrupted)
    path = tree / NAMES[1]
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    async with open_app(interrupted) as app:
        assert "an interrupted change" in app.text
        assert "changed by another program" in " ".join(app.text.split())
        await app.press(*keys)
        assert with_comment(tree) == [seen, seen]
        message = app.app.session.log.entries[0].message
        rescued = Path(message.partition("is kept in ")[2])
        assert rescued.read_bytes().endswith(b"# by hand\n")


async def test_esc_leaves_the_interrupted_commit_as_it_is(interrupted: Request) -> None:
    tree = tree_of(interrupted)
    path = tree / NAMES[1]
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    before = bytes_of(tree)
    async with open_app(interrupted) as app:
        await app.press("escape")
        assert "was left alone" in app.lines[-1]
    after = bytes_of(tree)
    assert {name: after[name] for name in before if "lock" not in name} == {
        name: content for name, content in before.items() if "lock" not in name
    }
    assert is_pending(str(tree))
