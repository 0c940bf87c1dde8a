"""Typed text that is not an edit yet is restored by the next session, without secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.files.store import load_draft
from core.toml.edit import toml_commands as c
from core.workspace import (
    FoundDraft,
    Restored,
    UnfinishedText,
    Workspace,
    find_draft,
    remove_own_draft,
    restore_draft,
    write_draft,
)
from tests.core.workspace.support import edit, opened
from tests.support.trees import g3_1, write_tree

SECRET = "sk-canary-0123456789abcdef"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The typed file, in a project."""
    write_tree(tmp_path / "shop", g3_1())
    return tmp_path / "shop" / ".pipelex" / "inference" / "backends.toml"


def session(file: Path) -> Workspace:
    return opened(file.parents[2], file.parents[3])


def left_by(workspace: Workspace) -> FoundDraft:
    """The draft of a session, as found by the next session after its end."""
    assert find_draft(workspace) is None  # the session's own draft
    (path,) = Path(workspace.state).rglob("draft.json")
    draft = json.loads(path.read_text())
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        draft["who"]["pid"] = gone.pid
    path.write_text(json.dumps(draft))
    stored = find_draft(workspace)
    assert isinstance(stored, FoundDraft)
    return stored


@pytest.mark.parametrize("text", ["[openai]\nenabled = \n", "", "a = 1\r\n"])
def test_typed_text_is_restored_even_if_invalid(text: str, file: Path) -> None:
    workspace = session(file)
    assert write_draft(workspace, typed=UnfinishedText(str(file), text, 3)) is None
    draft = left_by(workspace)
    assert (draft.labels, draft.withheld) == ((), ())
    assert draft.typed == "unfinished text of .pipelex/inference/backends.toml"
    reopened = session(file)
    assert restore_draft(reopened, draft) == Restored(0, typed=UnfinishedText(str(file), text, 3))
    assert not reopened.dirty


def test_typed_text_is_restored_with_previous_edits(file: Path) -> None:
    workspace = session(file)
    assert edit(workspace, file, c.SetValue(("openai", "enabled"), False))
    text = workspace.pending[str(file)].decode() + "# more\n"  # type: ignore[union-attr]
    assert write_draft(workspace, typed=UnfinishedText(str(file), text)) is None
    reopened = session(file)
    restored = restore_draft(reopened, left_by(workspace))
    assert isinstance(restored, Restored)
    assert (restored.edits, restored.typed, restored.notes) == (1, UnfinishedText(str(file), text), ())
    assert reopened.pending == workspace.pending


def test_typed_text_on_a_changed_file_has_a_notice(file: Path) -> None:
    workspace = session(file)
    assert write_draft(workspace, typed=UnfinishedText(str(file), "mine = 1\n")) is None
    draft = left_by(workspace)
    file.write_text(file.read_text() + "# from elsewhere\n")
    restored = restore_draft(session(file), draft)
    assert isinstance(restored, Restored)
    assert restored.typed == UnfinishedText(str(file), "mine = 1\n")
    assert restored.notes == (
        ".pipelex/inference/backends.toml has changed since then: applying this text would undo that",
    )


def test_typed_secret_is_not_saved_and_reported(file: Path) -> None:
    workspace = session(file)
    assert write_draft(workspace, typed=UnfinishedText(str(file), f'[openai]\napi_key = "{SECRET}"\n')) is None
    draft = left_by(workspace)
    assert SECRET not in str(draft)
    assert draft.withheld == (draft.typed,)
    restored = restore_draft(session(file), draft)
    assert isinstance(restored, Restored)
    assert (restored.typed, restored.withheld) == (None, (draft.typed,))


def test_typed_text_is_saved_without_secrets_of_the_file(file: Path) -> None:
    text = file.read_text() + f'\n[mine]\napi_key = "{SECRET}"\n'
    file.write_text(text)
    workspace = session(file)
    assert write_draft(workspace, typed=UnfinishedText(str(file), f"# typed\n{text}")) is None
    draft = left_by(workspace)
    assert SECRET not in str(draft)
    assert restore_draft(session(file), draft) == Restored(0, typed=UnfinishedText(str(file), f"# typed\n{text}"))
    file.write_text(text + "# from elsewhere\n")
    restored = restore_draft(session(file), draft)
    assert isinstance(restored, Restored)
    assert restored.typed is None
    assert "is dropped" in restored.notes[0]


def test_no_draft_without_typed_text_and_edits(file: Path) -> None:
    workspace = session(file)
    assert write_draft(workspace, typed=UnfinishedText(str(file), "mine = 1\n")) is None
    assert write_draft(workspace) is None
    assert load_draft(workspace.root, workspace.state) is None
    assert remove_own_draft(workspace) is None
