"""Merging changes on disk at every point of a session: edits, conflicts and undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.edits.steps import CreateFile, EditText, Step
from core.files.view import DISK, Overlay
from core.toml.edit import toml_commands as c
from core.toml.edit.toml_commands import Command
from core.workspace import (
    ConflictSide,
    Proposal,
    Saved,
    Workspace,
)
from core.workspace.preconditions import AppliedStep, fingerprint
from core.workspace.replay import replay
from tests.core.workspace.support import WholeFile, edit, opened
from tests.support.trees import g3_1, write_tree

OFF = c.SetValue(("openai", "enabled"), False)
OTHER = c.SetValue(("anthropic", "enabled"), False)


@dataclass(frozen=True)
class Scene:
    """A workspace on a small tree."""

    workspace: Workspace
    tree: Path

    @property
    def backends(self) -> Path:
        return self.tree / "backends.toml"

    def edit(self, command: Command, path: Path | None = None) -> None:
        assert edit(self.workspace, path or self.backends, command)

    def save(self) -> None:
        assert isinstance(self.workspace.save(accept_errors=True), Saved)

    def replace(self, old: str, new: str) -> None:
        """Change `backends.toml` on disk."""
        text = self.backends.read_text()
        assert old in text
        self.backends.write_text(text.replace(old, new, 1))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    root = write_tree(tmp_path / "shop", g3_1())
    return Scene(opened(root, tmp_path), root / ".pipelex" / "inference")


def test_undo_history_survives_unrelated_disk_changes(scene: Scene) -> None:
    scene.edit(OFF)
    scene.save()
    assert scene.workspace.undo() is not None
    scene.replace("[anthropic]", "# theirs\n[anthropic]")
    refreshed = scene.workspace.refresh()
    assert refreshed.notes == ("previous edits can no longer be undone here",)
    assert refreshed.message == ".pipelex/inference/backends.toml changed on disk: reloaded, your edits kept"
    assert scene.workspace.report.catalog.backends["openai"].enabled
    scene.save()
    text = scene.backends.read_text()
    assert "# theirs" in text
    assert "false" not in text


@pytest.mark.parametrize(("side", "expected"), [(ConflictSide.MINE, "true"), (ConflictSide.THEIRS, '"theirs"')])
def test_undo_conflicts_with_a_change_of_the_same_line(scene: Scene, side: ConflictSide, expected: str) -> None:
    before = scene.backends.read_text()
    scene.edit(OFF)
    scene.save()
    scene.workspace.undo()
    scene.replace("enabled = false", 'enabled = "theirs"')
    refreshed = scene.workspace.refresh()
    [conflict] = refreshed.conflicts
    assert (conflict.key, conflict.base, conflict.theirs) == ("", "(as it was written)", "(another text)")
    assert refreshed.message == "changed on disk: 1 of your edits conflicts"
    assert not scene.workspace.refresh({conflict.number: side}).conflicts
    scene.save()
    assert scene.backends.read_text() == before.replace("enabled = true", f"enabled = {expected}", 1)


def test_undone_edit_is_not_replayed(scene: Scene) -> None:
    scene.edit(OFF)
    scene.edit(OTHER)
    scene.workspace.undo()
    scene.replace("[anthropic]", "# theirs\n[anthropic]")
    assert scene.workspace.refresh().notes == ("undone edits can no longer be redone",)
    assert scene.workspace.redo() is None
    assert not scene.workspace.report.catalog.backends["openai"].enabled


def _change_the_line(scene: Scene) -> None:
    scene.replace("enabled = false", 'enabled = "theirs"')


def _delete(scene: Scene) -> None:
    scene.backends.unlink()


def _spoil(scene: Scene) -> None:
    scene.backends.write_bytes(b"# \xff\n" + scene.backends.read_bytes())


@pytest.mark.parametrize("change", [_change_the_line, _delete, _spoil])
def test_overwritten_edit_cannot_be_undone(scene: Scene, change: Callable[[Scene], None]) -> None:
    scene.edit(OFF)
    scene.save()
    change(scene)
    refreshed = scene.workspace.refresh()
    assert refreshed.notes == ("edits written before can no longer be undone here",)
    assert refreshed.merged == ()
    assert scene.workspace.undo() is None
    assert not scene.workspace.dirty


def test_reverted_edit_leaves_nothing_to_write(scene: Scene) -> None:
    before = scene.backends.read_text()
    scene.edit(OFF)
    scene.save()
    scene.backends.write_text(before)
    assert scene.workspace.refresh().message == ".pipelex/inference/backends.toml changed on disk: reloaded"
    assert not scene.workspace.dirty
    assert scene.workspace.undo() is not None
    assert not scene.workspace.dirty


def test_written_edits_are_undone_singly_after_a_disk_change(scene: Scene) -> None:
    routing = scene.tree / "routing_profiles.toml"
    scene.edit(OFF)
    scene.edit(c.SetValue(("profiles", "all", "description"), "Mine"), routing)
    scene.save()
    routing.write_text("# theirs\n" + routing.read_text())
    assert not scene.workspace.refresh().notes
    assert scene.workspace.undo() is not None
    assert list(scene.workspace.pending) == [str(routing)]
    assert scene.workspace.undo() is not None
    assert len(scene.workspace.pending) == 2
    scene.save()
    assert routing.read_text() == "# theirs\n" + _text("routing_profiles.toml")
    assert scene.backends.read_text() == _text("backends.toml")


def _text(name: str) -> str:
    return g3_1()[name]


def _raw(old: str, new: str) -> Command:
    return c.RawReplace(_text("backends.toml").replace(old, new, 1))


@pytest.mark.parametrize(
    ("mine", "theirs", "outcome", "line"),
    [
        (OFF, ("enabled = true", "enabled = 1"), ("openai.enabled", "true", "1", "false"), "enabled = false"),
        (OFF, ("enabled = true\n", ""), ("openai.enabled", "true", "(nothing)", "false"), "enabled = false"),
        (
            c.InsertKey(("openai", "endpoint"), "https://mine.example/v1"),
            ("[openai]", '[openai]\nendpoint = "https://theirs.example/v1"'),
            ("openai.endpoint", "(nothing)", "https://theirs.example/v1", "https://mine.example/v1"),
            'endpoint = "https://mine.example/v1"',
        ),
        (
            c.InsertKey(("openai", "display_name"), "Mine", after="enabled"),
            ("enabled = true\n", ""),
            ("openai.display_name", "(nothing)", "(nothing)", "Mine"),
            'display_name = "Mine"',
        ),
        (
            c.AddTable(("groq",), {"enabled": False}, after="openai"),
            ("[anthropic]", "[mistral]\n[anthropic]"),
            ("groq", "(nothing)", "(nothing)", "{ enabled = false }"),
            "[groq]",
        ),
        (
            _raw("enabled = true", "enabled = false"),
            ("enabled = true", "enabled = 1"),
            ("", "(another text)", "(another text)", "(another text)"),
            "enabled = false",
        ),
        (
            c.RenameKey(("openai",), "mine"),
            ("[anthropic]", "[mine]\n[anthropic]"),
            ("openai", None, None, "(renamed mine)"),
            None,
        ),
    ],
)
def test_conflicting_edit_is_replayed_for_my_side(
    scene: Scene,
    mine: Command,
    theirs: tuple[str, str],
    outcome: tuple[str, str | None, str | None, str],
    line: str | None,
) -> None:
    scene.edit(mine)
    scene.replace(*theirs)
    [conflict] = scene.workspace.refresh().conflicts
    key, base, now, expected = outcome
    assert (conflict.key, conflict.ours) == (key, expected)
    assert base is None or (conflict.base, conflict.theirs) == (base, now)
    after = scene.workspace.refresh({conflict.number: ConflictSide.MINE})
    if line is None:
        assert [one.reason for one in after.conflicts] != [""], "it is said why it cannot be done"
        return
    assert not after.conflicts
    scene.save()
    assert line in scene.backends.read_text().splitlines()


def test_key_deleted_by_both_is_deleted(scene: Scene) -> None:
    scene.edit(c.DeleteKey(("anthropic",), "attached"))
    text = scene.backends.read_text()
    scene.backends.write_text("# theirs\n" + text[: text.index("[anthropic]")])
    assert not scene.workspace.refresh().conflicts
    assert not scene.workspace.dirty


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (OFF, ("enabled = true", "enabled = false  # theirs")),
        (c.InsertKey(("openai", "note"), "x", after="enabled"), ("[openai]", '[openai]\nnote = "x"')),
        (c.AddTable(("groq",), {"enabled": False}), ("[anthropic]", "[groq]\nenabled = false\n\n[anthropic]")),
        (c.RenameKey(("openai",), "mine"), ("[openai]", "[mine]")),
        (_raw("enabled = true", "enabled = false"), ("enabled = true", "enabled = false")),
    ],
)
def test_the_same_edit_on_both_sides_is_no_conflict(scene: Scene, mine: Command, theirs: tuple[str, str]) -> None:
    """The text on the disk stays, and a further edit is replayed."""
    scene.edit(mine)
    scene.edit(OTHER)
    scene.replace(*theirs)
    on_disk = scene.backends.read_text()
    assert not scene.workspace.refresh().conflicts
    assert len(scene.workspace.history.entries) == 1
    scene.save()
    assert scene.backends.read_text() == on_disk[::-1].replace("eurt = delbane", "eslaf = delbane", 1)[::-1]


@pytest.mark.parametrize("text", ["# both\n", None])
def test_the_same_file_made_or_deleted_by_both(scene: Scene, text: str | None) -> None:
    path = scene.tree / "backends" / ("groq.toml" if text else "anthropic.toml")
    _do(scene, path, text)
    path.write_text(text) if text else path.unlink()
    assert not scene.workspace.refresh().conflicts
    assert not scene.workspace.dirty


def _do(scene: Scene, path: Path, text: str | None) -> None:
    proposal = scene.workspace.propose(WholeFile(str(path), text))
    assert isinstance(proposal, Proposal), proposal
    scene.workspace.accept(proposal)


@pytest.mark.parametrize(("side", "text"), [(ConflictSide.MINE, "# mine\n"), (ConflictSide.THEIRS, "# theirs\n")])
def test_file_created_by_both_conflicts(scene: Scene, side: ConflictSide, text: str) -> None:
    path = scene.tree / "backends" / "groq.toml"
    _do(scene, path, "# mine\n")
    path.write_text("# theirs\n")
    [conflict] = scene.workspace.refresh().conflicts
    assert conflict.ours == "(a new file)"
    assert not scene.workspace.refresh({conflict.number: side}).conflicts
    scene.save()
    assert path.read_text() == text


@pytest.mark.parametrize("name", [("[openai]", "[renamed]"), ("enabled = true", "renamed = true")])
def test_a_deleted_key_that_was_renamed_conflicts(scene: Scene, name: tuple[str, str]) -> None:
    """It is gone under its old name, and yet not deleted."""
    scene.edit(c.DeleteKey(("openai", "enabled")))
    scene.replace(*name)
    [conflict] = scene.workspace.refresh().conflicts
    assert (conflict.key, conflict.theirs) == ("openai.enabled", "(nothing)")


NAMES = ("llm", "aliases")
PRESETS = "[llm.presets]\np = 1\n"


@pytest.mark.parametrize(
    ("commands", "theirs", "merged"),
    [
        ([c.AddTable(NAMES, {"a": "x"})], PRESETS, PRESETS + '\n[llm.aliases]\na = "x"\n'),
        ([c.AddTable(NAMES, {"a": "x"})], "[llm.aliases]\nz = 1\n", '[llm.aliases]\nz = 1\na = "x"\n'),
        (
            [c.AddTable(("profiles",), {}), c.AddTable(("profiles", "a"), {"b": 1, "c": 2})],
            "[profiles.z]\nb = 1\n",
            "[profiles.z]\nb = 1\n\n[profiles.a]\nb = 1\nc = 2\n",
        ),
        (
            [c.RawReplace("# head\n[a]\nb = 1\n")],
            "# head\r\n[z]\r\nb = 1",
            "# head\r\n[z]\r\nb = 1\r\n\r\n[a]\r\nb = 1\r\n",
        ),
        ([c.AddTable(NAMES, {"a": "x"})], "[llm.aliases]\na = 1\n", None),
        ([c.AddTable(NAMES, {"a": "x", "b": "y"})], "[llm.aliases]\nz = 1\n", None),
        ([c.AddTable(NAMES, {"a": "x"})], "llm = 1\n", None),
        ([c.RawReplace("a = 1\n")], "[z]\nb = 1\n", None),
        ([c.RawReplace("[a]\nb = 1\n")], "[a]\nb = 2\n", None),
    ],
)
def test_tables_that_both_add_to_a_new_file_are_merged(
    scene: Scene, commands: list[Command], theirs: str, merged: str | None
) -> None:
    path = scene.tree / "deck" / "zz.toml"
    path.parent.mkdir(exist_ok=True)
    _do(scene, path, "# head\n")
    for command in commands:
        scene.edit(command, path)
    path.write_bytes(theirs.encode())
    assert bool(scene.workspace.refresh().conflicts) == (merged is None)
    if merged is not None:
        scene.save()
        assert path.read_bytes().decode() == merged


@pytest.mark.parametrize(("theirs", "conflict"), [(PRESETS, False), ("[llm.aliases]\na = 1\n", True)])
def test_a_draft_of_a_new_file_is_merged_by_the_fingerprints_of_its_steps(theirs: str, conflict: bool) -> None:
    texts = [None, "# head\n", '# head\n\n[llm.aliases]\na = "x"\n']
    steps: list[Step] = [
        CreateFile("zz.toml", "# head\n"),
        EditText("zz.toml", c.AddTable(NAMES, {"a": "x"})),
        EditText("zz.toml", c.InsertKey((*NAMES, "b"), "y")),
    ]
    drafted = [AppliedStep(step, fingerprint("salt", text, step)) for text, step in zip(texts, steps, strict=True)]
    replayed = replay(Overlay(DISK, {"zz.toml": theirs.encode()}), [drafted])
    assert bool(replayed.conflicts) == conflict
    assert conflict or replayed.contents[0]["zz.toml"] == f'{theirs}\n[llm.aliases]\na = "x"\nb = "y"\n'.encode()


@pytest.mark.parametrize("side", ConflictSide)
def test_deleted_and_changed_file_conflicts(scene: Scene, side: ConflictSide) -> None:
    path = scene.tree / "backends" / "openai.toml"
    _do(scene, path, None)
    theirs = "# theirs\n" + path.read_text()
    path.write_text(theirs)
    [conflict] = scene.workspace.refresh().conflicts
    assert (conflict.theirs, conflict.ours) == ("(another text)", "(deleted)")
    assert not scene.workspace.refresh({conflict.number: side}).conflicts
    scene.save()
    assert path.exists() == (side is ConflictSide.THEIRS)
    assert side is ConflictSide.MINE or path.read_text() == theirs


def test_my_side_restores_a_deleted_file(scene: Scene) -> None:
    scene.edit(OFF)
    scene.backends.unlink()
    [conflict] = scene.workspace.refresh().conflicts
    assert conflict.theirs == "(the file does not exist)"
    assert not scene.workspace.refresh({conflict.number: ConflictSide.MINE}).conflicts
    scene.save()
    assert scene.backends.read_text() == _text("backends.toml").replace("true", "false", 1)


def test_replaced_texts_are_merged_by_line(scene: Scene) -> None:
    scene.edit(_raw("enabled = true", "enabled = false"))
    scene.replace("[anthropic]", "# theirs\n[anthropic]")
    assert not scene.workspace.refresh().conflicts
    scene.save()
    expected = _text("backends.toml").replace("enabled = true", "enabled = false", 1)
    assert scene.backends.read_text() == expected.replace("[anthropic]", "# theirs\n[anthropic]")


LISTS = """
[openai]
enabled = true
tags = ["a", "b"]

[[openai.rows]]
n = 1

[anthropic]
"""


@pytest.mark.parametrize(
    ("mine", "conflicting"),
    [
        (c.MoveElement(("openai", "tags", 0), 1), ('["a", ', '["theirs", ')),
        (c.MoveKey(("openai",), after="anthropic"), ("[anthropic]", "[mistral]\n[anthropic]")),
        (c.RenameKey(("openai", "tags"), "labels"), ("tags =", "labels = 1\ntags =")),
    ],
)
def test_edit_is_replayed_beside_changes_and_conflicts_where_they_overlap(
    tmp_path: Path, mine: Command, conflicting: tuple[str, str]
) -> None:
    for number, (old, new) in enumerate((("[openai]", "# theirs\n[openai]"), conflicting)):
        root = write_tree(tmp_path / f"shop{number}", {**g3_1(), "backends.toml": LISTS})
        scene = Scene(opened(root, tmp_path), root / ".pipelex" / "inference")
        scene.edit(mine)
        scene.replace(old, new)
        conflicts = scene.workspace.refresh().conflicts
        assert len(conflicts) == number
        assert scene.workspace.dirty


def test_conflict_summary_counts_files(scene: Scene) -> None:
    assert scene.workspace.refresh().message == ""
    for path in sorted(scene.tree.rglob("*.toml")):
        path.write_text("# theirs\n" + path.read_text())
    assert len(scene.workspace.refresh().files) == 5
    assert scene.workspace.moved() == ()
    for path in sorted(scene.tree.rglob("*.toml")):
        path.write_text("# theirs\n" + path.read_text())
    assert scene.workspace.refresh().message == "5 files changed on disk: reloaded"
