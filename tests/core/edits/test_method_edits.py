"""Edits and method files: what pipes name follows renames and deletions, to the byte, in one step with the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.alias_edits import DeleteAlias, DeleteWaterfall, ReplaceWaterfall
from core.edits.batch import Batch
from core.edits.fixes import fixes
from core.edits.intent import EditLayer, EditRefused, Intent
from core.edits.method_updates import RepointPipe
from core.edits.model_edits import DeleteModel
from core.edits.preset_edits import DeletePreset
from core.edits.rename_edits import RenameAlias, RenameModel, RenamePreset
from core.mentions import Node
from core.usage import usage
from core.workspace import NeedsConsent, Proposal, Saved, Workspace
from tests.core.edits.method_campaign import run
from tests.core.methods.test_pipes import BLIND, DEAD, HEAD, REFUSED, pipe, with_pipes
from tests.core.workspace.support import opened
from tests.support.trees import KEYS, extended, g3_1, llm, write_tree

TEXT = (
    b'domain = "shop" # $writing\r\n\r\n[pipe.a]\r\ntype="PipeLLM"\r\noutput = "Text"\r\n'
    b"model='$writing'  # not $writing\r\n"
    b'[pipe.b]\r\ntype = "PipeLLM"\r\noutput = "Text"\r\nmodel = { temperature = 1, model = "@best-claude" }\r\n'
    b'[pipe.c]\r\ntype = "PipeLLM"\r\noutput = "Text"\r\nmodel = "preset:writing"\r\nprompt = "$writing"'
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_tree(tmp_path / "shop", g3_1())
    (tmp_path / "shop" / "a.mthds").write_bytes(TEXT)
    return opened(tmp_path / "shop", tmp_path)


def proposed(workspace: Workspace, intent: Intent, layer: EditLayer = EditLayer.BASE) -> Proposal:
    proposal = workspace.propose(intent, layer)
    assert isinstance(proposal, Proposal), proposal.message
    return proposal


def method(proposal: Proposal) -> bytes | None:
    return next(content for path, content in proposal.contents.items() if path.endswith(".mthds"))


def test_rename_changes_only_the_name(workspace: Workspace) -> None:
    proposal = proposed(workspace, RenamePreset("llm", "writing", "prose"))
    expected = TEXT.replace(b"='$writing'", b"='$prose'").replace(b'"preset:writing"', b'"preset:prose"')
    assert method(proposal) == expected
    assert "2 references in 1 method file follow" in proposal.notes
    assert (
        proposed(workspace, RenameAlias("llm", "best-claude", "x")).notes[-1] == "1 reference in 1 method file follows"
    )
    workspace.accept(proposal)
    assert [item.status for item in workspace.report.pipes] == ["callable"] * 3
    result = workspace.save()
    assert isinstance(result, Saved)
    path = Path(workspace.root).parents[1] / "a.mthds"
    assert path.read_bytes() == expected
    assert workspace.moved() == ()
    assert str(path.parent) in workspace.folders
    workspace.undo()
    assert isinstance(workspace.save(), Saved)
    assert path.read_bytes() == TEXT


def test_methods_can_be_left_alone(workspace: Workspace) -> None:
    workspace.follow_methods = False
    proposal = proposed(workspace, RenamePreset("llm", "writing", "prose"))
    assert not [path for path in proposal.contents if path.endswith(".mthds")]


def test_deletion_with_a_replacement_repoints_pipes(workspace: Workspace) -> None:
    proposal = proposed(workspace, DeletePreset("llm", "writing", "$cheap"))
    assert method(proposal) == TEXT.replace(b"'$writing'", b"'$cheap'").replace(b'"preset:writing"', b'"$cheap"')


def test_deletion_without_a_replacement_names_pipes_and_asks(workspace: Workspace) -> None:
    files = {Path(path).name: path for path in (source.path for source in workspace.report.catalog.tree.sources)}
    deck = Path(files["base_deck.toml"])
    deck.write_text(deck.read_text().replace('for_object = "$writing"', 'for_object = "$cheap"'))
    workspace.refresh()
    proposal = proposed(workspace, DeletePreset("llm", "writing"))
    assert "2 pipes will not run: a (a.mthds:6), c (a.mthds:14)" in proposal.notes
    assert [problem.subject for problem in proposal.impact.errors_added] == ["a", "c"]
    assert "1 of 3 pipes can run, before 3" in proposal.impact.summary()
    workspace.accept(proposal)
    assert isinstance(workspace.save(), NeedsConsent)


def test_use_in_the_deck_and_in_pipes_is_refused_together(workspace: Workspace) -> None:
    refused = workspace.propose(DeletePreset("llm", "writing"))
    assert isinstance(refused, EditRefused)
    assert "2 pipes" in refused.message
    refused = workspace.propose(DeleteAlias("llm", "best-claude"))
    assert isinstance(refused, EditRefused)
    assert "1 preset and 1 pipe" in refused.message


def test_a_model_and_a_waterfall(tmp_path: Path) -> None:
    write_tree(tmp_path / "shop", g3_1())
    text = (
        HEAD
        + pipe('model = "gpt-4o-mini"\noutput = "Text"', name="a")
        + pipe('model = "~chain"\noutput = "Text"', name="b")
    )
    (tmp_path / "shop" / "a.mthds").write_text(text, encoding="utf-8")
    workspace = opened(tmp_path / "shop", tmp_path)
    renamed = method(proposed(workspace, RenameModel("gpt-4o-mini", "small")))
    assert renamed == text.replace('"gpt-4o-mini"', '"small"').encode()
    replaced = method(proposed(workspace, DeleteModel("openai", "gpt-4o-mini", "claude-4-sonnet")))
    assert replaced == text.replace('"gpt-4o-mini"', '"claude-4-sonnet"').encode()
    lost = proposed(workspace, DeleteModel("openai", "gpt-4o-mini"))
    assert "1 pipe will not run: a (a.mthds:26)" in lost.notes
    moved = method(proposed(workspace, ReplaceWaterfall("llm", "chain", "other", ("claude-4-sonnet",))))
    assert moved == text.replace('"~chain"', '"~other"').encode()


@pytest.mark.parametrize(
    ("intent", "name"),
    [
        (DeletePreset("llm", "idle"), "$idle"),
        (DeleteAlias("llm", "idle"), "@idle"),
        (DeleteWaterfall("llm", "idle"), "~idle"),
        (DeleteModel("openai", "idle"), "idle"),
    ],
)
def test_deletion_names_the_pipes_of_its_item_and_unread_files(intent: Intent, name: str, tmp_path: Path) -> None:
    deck = """
    [llm.presets]
    idle = { model = "gpt-4o-mini", temperature = 0 }
    [llm.aliases]
    idle = "gpt-4o-mini"
    [llm.waterfalls]
    idle = ["gpt-4o-mini"]
    """
    files = extended(g3_1(), "deck/x_custom.toml", deck)
    write_tree(tmp_path / "shop", extended(files, "backends/openai.toml", llm("idle")))
    text = HEAD + pipe(f'model = "{name}"\noutput = "Text"', name="a")
    (tmp_path / "shop" / "a.mthds").write_text(text, encoding="utf-8")
    (tmp_path / "shop" / "broken.mthds").write_text(f'model = "{name}\n', encoding="utf-8")
    notes = proposed(opened(tmp_path / "shop", tmp_path), intent).notes
    assert "1 pipe will not run: a (a.mthds:26)" in notes
    assert "`idle` is still named in broken.mthds, which pipedeck does not edit" in notes


def test_names_left_behind_are_noted(tmp_path: Path) -> None:
    write_tree(tmp_path / "shop", g3_1())
    (tmp_path / "shop" / "broken.mthds").write_text('model = "$writing\n', encoding="utf-8")
    (tmp_path / "shop" / "other.mthds").write_text("[\n", encoding="utf-8")
    library = tmp_path / "library"
    library.mkdir()
    (library / "kit.mthds").write_bytes(TEXT)
    environ = {**KEYS, "HOME": str(tmp_path), "PIPELEXPATH": str(library)}
    workspace = Workspace.open(str(tmp_path / "shop"), environ=environ)
    proposal = proposed(workspace, RenamePreset("llm", "writing", "prose"))
    said = f"`writing` is still named in {library}/kit.mthds:6, {library}/kit.mthds:14, broken.mthds, which pipedeck"
    assert any(note.startswith(said) for note in proposal.notes)
    assert not [path for path in proposal.contents if path.endswith(".mthds")]


def test_a_file_that_changed_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    workspace.attach_methods(workspace.read_methods())
    path = Path(workspace.root).parents[1] / "a.mthds"
    path.write_bytes(TEXT.replace(b"$writing", b"$cheap"))
    assert workspace.moved() == ("a.mthds",)
    refused = workspace.propose(RenamePreset("llm", "writing", "prose"), EditLayer.BASE)
    assert isinstance(refused, EditRefused)
    assert refused.message == "a.mthds has changed on the disk. Reload it first."
    workspace.refresh()
    assert "preset:writing" in str(method(proposed(workspace, RenamePreset("llm", "cheap", "prose"))))


def test_methods_read_after_a_proposal_leave_it_valid(workspace: Workspace) -> None:
    workspace.follow_methods = False
    proposal = proposed(workspace, RenameAlias("llm", "best-claude", "best"))
    workspace.attach_methods(workspace.read_methods())
    workspace.accept(proposal)
    assert [item.status for item in workspace.report.pipes] == ["callable", "dead", "callable"]


@pytest.mark.parametrize(
    ("which", "reference", "key", "old", "new"),
    [
        ("a", "@best-claude", "", "='$writing'", "='@best-claude'"),
        ("b", "gpt-4o-mini", "model", '"@best-claude"', '"gpt-4o-mini"'),
        ("c", "$cheap", "model_to_structure", '[pipe.c]\r\ntype = "PipeLLM"\r\n', ""),
    ],
)
def test_repoint_of_a_pipe(which: str, reference: str, key: str, old: str, new: str, workspace: Workspace) -> None:
    new = new or f'{old}model_to_structure = "$cheap"\r\n'
    changed = method(proposed(workspace, RepointPipe("a.mthds", which, reference, key)))
    assert changed == TEXT.decode().replace(old, new).encode()


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        (RepointPipe("a.mthds", "nobody", "$cheap"), "There is no pipe `nobody` in a.mthds."),
        (RepointPipe("a.mthds", "b", "$cheap"), "is a preset"),
        (RepointPipe("a.mthds", "a", "$nobody"), "There is no llm preset `nobody`."),
    ],
)
def test_refused_repoint(intent: Intent, reason: str, workspace: Workspace) -> None:
    refused = workspace.propose(intent)
    assert isinstance(refused, EditRefused)
    assert reason in refused.message


def test_settings_without_a_model_are_not_repointed(tmp_path: Path) -> None:
    with_pipes(tmp_path, pipe('model = { temperature = 1 }\noutput = "Text"'), files=g3_1())
    refused = opened(tmp_path, tmp_path / "home").propose(RepointPipe("shop.mthds", "p", "gpt-4o-mini"))
    assert isinstance(refused, EditRefused)
    assert "name no model" in refused.message


def test_fixes_of_pipes(tmp_path: Path) -> None:
    with_pipes(tmp_path, DEAD, BLIND, REFUSED, pipe('output = "Text"\nmodel = "@hollow"', name="through"))
    deck = tmp_path / ".pipelex" / "inference" / "deck" / "base_deck.toml"
    deck.write_text(deck.read_text().replace("[llm.aliases]", '[llm.aliases]\n    hollow = "nobody"'))
    workspace = opened(tmp_path, tmp_path / "home")
    workspace.attach_methods(workspace.read_methods())
    found = {fix.code: fix for fix in fixes(workspace.report, workspace.view)}
    assert found["pipe-capability"].sentence == "point pipe `blind` at `eye`, which reads images"
    assert isinstance(found["pipe-dead"].intent, RepointPipe)
    assert found["pipe-dead"].intent.pipe == "dead"
    proposal = proposed(workspace, Batch("fix", tuple((fix.intent, EditLayer.AUTO) for fix in found.values())))
    assert "pipe-capability" not in {problem.code for problem in proposal.after.problems}


def test_usage_names_the_pipe_as_edited(workspace: Workspace) -> None:
    workspace.accept(proposed(workspace, RenamePreset("llm", "writing", "prose")))
    uses = usage(workspace.report).of(Node("preset", "llm", "prose")).methods
    assert [use.label for use in uses if use.direct] == ["pipe a", "pipe c"]


def test_random_edits(tmp_path: Path) -> None:
    outcome = run(40, 3, tmp_path)
    assert outcome.faults == []
    assert set(outcome.counts) == {"followed", "no pipe", "refused"}
