"""Drafts: the next session restores the edits of a killed one; no secret is saved."""

from __future__ import annotations

import datetime
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits.intent import Intent
from core.edits.new_backends import AddBackend
from core.files.store import Draft, DraftProblem, load_draft
from core.files.store.saved_draft import draft_path
from core.toml.edit import toml_commands as c
from core.toml.text_diff import apply_patch, make_patch
from core.workspace import (
    FoundDraft,
    HistoryEntry,
    Proposal,
    Restored,
    Saved,
    Workspace,
    find_draft,
    remove_draft,
    remove_own_draft,
    restore_draft,
    write_draft,
)
from core.workspace.workspace_drafts import decode, draft_content
from tests.core.workspace.support import OneCommand, WholeFile, bytes_of, edit, opened
from tests.support.stock import StockFactory

SECRET = "sk-canary-0123456789abcdef"

_DIES = """
import os, sys
from pathlib import Path
from core.toml.edit import toml_commands as c
from core.workspace import write_draft
from tests.core.workspace.support import edit, opened
root, home = Path(sys.argv[1]), Path(sys.argv[2])
workspace = opened(root, home)
tree = root / ".pipelex" / "inference"
assert edit(workspace, tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
assert edit(workspace, tree / "routing_profiles.toml", c.SetValue(("active",), "all_openai"))
assert write_draft(workspace) is None
os._exit(9)
"""


def test_next_session_restores_edits_of_a_killed_session(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    checkout = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _DIES, str(project.root), str(tmp_path)], cwd=checkout, check=False, timeout=60
    )
    assert done.returncode == 9
    assert bytes_of(project.tree) == before
    workspace = opened(project.root, tmp_path)
    draft = find_draft(workspace)
    assert isinstance(draft, FoundDraft)
    assert draft.labels == ("SetValue", "SetValue")
    restored = restore_draft(workspace, draft)
    assert isinstance(restored, Restored)
    assert (restored.edits, restored.conflicts) == (2, ())
    assert not workspace.report.catalog.backends["openai"].enabled
    assert workspace.report.catalog.active == "all_openai"
    assert workspace.undo() is not None
    assert workspace.undo() is not None
    assert not workspace.dirty


@pytest.mark.parametrize("undone", [False, True])
def test_draft_of_written_edits_is_not_offered(undone: bool, stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    script = _DIES.replace("os._exit(9)", "workspace.save(accept_errors=True)\nos._exit(9)")
    if undone:
        script = script.replace("assert keep", "workspace.save(accept_errors=True)\nworkspace.undo()\nassert keep")
    checkout = Path(__file__).resolve().parents[3]
    before = bytes_of(project.tree)
    done = subprocess.run(
        [sys.executable, "-c", script, str(project.root), str(tmp_path)], cwd=checkout, check=False, timeout=60
    )
    assert done.returncode == 9
    assert bytes_of(project.tree) != before
    assert list(tmp_path.rglob("draft.json"))
    assert find_draft(opened(project.root, tmp_path)) is None
    assert not list(tmp_path.rglob("draft.json"))


def test_edit_that_no_longer_applies_is_skipped_and_named(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    checkout = Path(__file__).resolve().parents[3]
    subprocess.run(
        [sys.executable, "-c", _DIES, str(project.root), str(tmp_path)], cwd=checkout, check=False, timeout=60
    )
    path = project.tree / "routing_profiles.toml"
    path.write_text(path.read_text().replace('active = "all_enabled_backends"', 'active = "all_mistral"'))
    workspace = opened(project.root, tmp_path)
    draft = find_draft(workspace)
    assert isinstance(draft, FoundDraft)
    restored = restore_draft(workspace, draft)
    assert isinstance(restored, Restored)
    assert restored.edits == 1
    assert [conflict.key for conflict in restored.conflicts] == ["active"]
    assert workspace.report.catalog.active == "all_mistral"


def test_every_type_of_value_is_restored(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    path = project.tree / "backends.toml"
    workspace = opened(project.root, tmp_path)
    values = [
        True,
        7,
        1.5,
        float("inf"),
        "a \u00e9 \U0001f600",
        ["x", [1, 2], {"model_id": "v"}],
        {"list": [1], "toml": {"deep": False}},
        datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        datetime.date(2026, 1, 2),
        datetime.time(1, 2, 3),
    ]
    # Texts under keys that are known as harmless: others are withheld, as they may be secrets.
    names = {4: "description", 5: "inputs"}
    for number, value in enumerate(values):
        assert edit(workspace, path, c.InsertKey(("openai", names.get(number, f"field{number}")), value))
    content = draft_content(workspace)
    reopened = opened(project.root, tmp_path)
    moments = []
    for entry in content["moments"]:
        steps = tuple(decode(step, lambda _: None) for step in entry["steps"])
        moments.append(HistoryEntry(entry["label"], steps, {}))
    assert reopened.resume(moments).edits == len(values)
    assert reopened.pending == workspace.pending


def test_draft_omits_secrets_and_reports_it(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    path = project.tree / "backends.toml"
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, path, c.SetValue(("openai", "api_key"), SECRET))
    assert edit(workspace, path, c.AddTable(("mine",), {"endpoint": f"https://u:{SECRET}@host", "enabled": False}))
    assert edit(workspace, path, c.InsertKey(("openai", "extra"), {"headers": {"Authorization": f"Bearer {SECRET}"}}))
    assert edit(workspace, path, c.RawReplace(workspace.pending[str(path)].decode() + f"# {SECRET}\n"))  # type: ignore[union-attr]
    assert edit(workspace, path, c.SetValue(("groq", "enabled"), False))
    assert write_draft(workspace) is None
    files = [one for one in tmp_path.rglob("*") if one.is_file() and "pipedeck" in str(one)]
    assert files
    for one in files:
        assert SECRET.encode() not in one.read_bytes()
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    labels = [entry["label"] for entry in draft_content(workspace)["moments"] if entry["withheld"]]
    assert labels == ["SetValue", "AddTable", "InsertKey", "RawReplace"]


@pytest.mark.parametrize("filler", [0, 3000])
def test_text_edit_around_a_secret_is_saved_without_it(filler: int, stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    path = project.tree / "backends.toml"
    text = path.read_text().replace('"${OPENAI_API_KEY}"', f'"{SECRET}"') + "# filled up\n" * filler
    assert SECRET in text
    path.write_text(text)
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, path, c.RawReplace(text.replace("[openai]", "# mine\n[openai]", 1)))
    assert edit(workspace, path, c.RawReplace(text.replace("[openai]", "# mine\n# and more\n[openai]", 1)))
    assert write_draft(workspace) is None
    (stored,) = tmp_path.rglob("draft.json")
    assert SECRET not in stored.read_text()
    content = draft_content(workspace)
    assert [entry["withheld"] for entry in content["moments"]] == [0, 0]
    draft = load_draft(workspace.root, workspace.state)
    assert isinstance(draft, Draft)
    reopened = opened(project.root, tmp_path)
    assert restore_draft(reopened, FoundDraft(draft, (), ())).edits == 2  # type: ignore[union-attr]
    assert reopened.pending == workspace.pending
    # On another text it is skipped and reported.
    path.write_text(text + "# from elsewhere\n")
    other = opened(project.root, tmp_path)
    restored = restore_draft(other, FoundDraft(draft, (), ()))
    assert (restored.edits, len(restored.conflicts)) == (0, 2)  # type: ignore[union-attr]


LINES = st.lists(st.sampled_from(["a", "b", "c = 1", ""]), max_size=9)


@given(LINES, LINES)
def test_patch_restores_the_text(old: list[str], new: list[str]) -> None:
    before, text = "\n".join(old), "\n".join(new)
    parts = make_patch(before, text, strict=False)
    assert parts is not None
    assert apply_patch(before, json.loads(json.dumps(parts))) == text


def test_saving_removes_the_draft(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, project.tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
    assert write_draft(workspace) is None
    assert list(tmp_path.rglob("draft.json"))
    workspace.save(accept_errors=True)
    assert write_draft(workspace) is None
    assert not list(tmp_path.rglob("draft.json"))


def rewrite(workspace: Workspace, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the saved draft, and mark its owner as a process before the last boot."""
    path = Path(draft_path(workspace.root, workspace.state))
    record = json.loads(path.read_text())
    record["who"]["boot"] = "a previous one"
    change(record)
    path.write_text(json.dumps(record))


def left_by_another(workspace: Workspace) -> FoundDraft:
    rewrite(workspace, lambda _: None)
    draft = find_draft(workspace)
    assert isinstance(draft, FoundDraft)
    return draft


def test_no_draft_without_edits_and_own_draft_is_not_offered(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    assert find_draft(workspace) is None
    assert edit(workspace, project.tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
    assert write_draft(workspace) is None
    assert find_draft(workspace) is None
    assert left_by_another(workspace).labels == ("SetValue",)


def test_draft_of_a_running_session_stays_until_discarded(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, project.tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
    assert write_draft(workspace) is None
    rewrite(workspace, lambda record: record["who"].update(host="elsewhere"))
    assert remove_own_draft(workspace) is None
    draft = find_draft(workspace)
    assert isinstance(draft, FoundDraft)
    assert draft.draft.alive is None
    assert remove_draft(workspace) is None
    assert find_draft(workspace) is None


FORMER_STEPS = (
    {"kind": "DeleteTable", "fields": {"path": ["openai"]}},
    {"kind": "SetValue", "fields": {"path": ["openai", "enabled"], "value": True, "comment": "x"}},
    {"kind": "SetValue", "fields": [["path", ["openai"]]]},
    {"kind": "SetValue"},
    {"kind": ["SetValue"], "fields": {}},
    {"kind": "SetValue", "fields": {"path": 3, "value": 1}},
    {"kind": "SetValue", "fields": {"path": ["openai", "enabled"], "value": {"toml": "]["}}},
    {"kind": "patch", "parts": [{}]},
    {"path": None, "kind": "delete", "digest": None},
)


@pytest.mark.parametrize("step", FORMER_STEPS, ids=range(len(FORMER_STEPS)))
def test_steps_of_a_former_version_end_in_a_note(step: dict[str, Any], stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, project.tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
    assert write_draft(workspace) is None

    def replace_step(record: dict[str, Any]) -> None:
        [saved] = record["content"]["moments"][0]["steps"]
        record["content"]["moments"][0]["steps"] = [{**{key: saved[key] for key in ("path", "salt", "digest")}, **step}]

    rewrite(workspace, replace_step)
    reopened = opened(project.root, tmp_path)
    draft = find_draft(reopened)
    assert isinstance(draft, FoundDraft)
    result = restore_draft(reopened, draft)
    if isinstance(result, DraftProblem):
        assert "another version" in result.message
    else:
        assert result.conflicts
    assert not reopened.dirty


@pytest.mark.parametrize("content", [7, {"version": 0, "moments": []}, {"version": 1}, {"version": 1, "moments": [1]}])
def test_invalid_draft_is_reported_as_damaged(content: object, stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    assert edit(workspace, project.tree / "backends.toml", c.SetValue(("openai", "enabled"), False))
    assert write_draft(workspace) is None
    rewrite(workspace, lambda record: record.update(content=content))
    draft = find_draft(workspace)
    assert isinstance(draft, DraftProblem)
    assert "damaged" in draft.message


def test_truncated_draft_changes_nothing(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    for backend in ("openai", "groq"):
        assert edit(workspace, project.tree / "backends.toml", c.SetValue((backend, "enabled"), False))
    assert write_draft(workspace) is None
    rewrite(workspace, lambda record: record["content"]["moments"][1]["steps"][0].update(kind="Unheard"))
    reopened = opened(project.root, tmp_path)
    draft = find_draft(reopened)
    assert isinstance(draft, FoundDraft)
    restored = restore_draft(reopened, draft)
    assert isinstance(restored, DraftProblem)
    assert "damaged" in restored.message
    assert not reopened.dirty


@pytest.mark.parametrize("kind", ["typed", "made", "deleted", "changed"])
def test_undo_history_of_written_edits_is_restored(kind: str, stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    path = project.tree / "backends" / ("new.toml" if kind == "made" else "openai.toml")
    before = bytes_of(project.tree)
    steps: dict[str, Intent] = {
        "typed": OneCommand(str(path), c.RawReplace("# typed\n")),
        "made": WholeFile(str(path), "# made\n"),
        "deleted": WholeFile(str(path), None),
        "changed": OneCommand(str(path), c.SetValue(("defaults", "sdk"), "changed")),
    }
    proposal = workspace.propose(steps[kind])
    assert isinstance(proposal, Proposal)
    workspace.accept(proposal)
    # As an unwritten edit.
    assert write_draft(workspace) is None
    reopened = opened(project.root, tmp_path)
    restored = restore_draft(reopened, left_by_another(reopened))
    assert isinstance(restored, Restored)
    assert (restored.edits, restored.conflicts) == (1, ())
    assert reopened.pending == workspace.pending
    # As a written edit that was undone.
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert workspace.undo() is not None
    assert write_draft(workspace) is None
    reopened = opened(project.root, tmp_path)
    draft = left_by_another(reopened)
    assert draft.labels == ("undo written edits",)
    restored = restore_draft(reopened, draft)
    assert isinstance(restored, Restored)
    assert (restored.edits, restored.conflicts) == (1, ())
    assert isinstance(reopened.save(accept_errors=True), Saved)
    assert bytes_of(project.tree) == before


def test_half_of_an_edit_is_not_kept(stock: StockFactory, tmp_path: Path) -> None:
    """A backend whose key is withheld would leave a file of models that belongs to no backend."""
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    intent = AddBackend("lab", endpoint="http://127.0.0.1:1/v1", fields=(("api_key", SECRET),), on=False)
    result = workspace.propose(intent)
    assert isinstance(result, Proposal)
    workspace.accept(result)
    (moment,) = draft_content(workspace)["moments"]
    assert (bool(moment["withheld"]), moment["steps"]) == (True, [])
