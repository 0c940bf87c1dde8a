"""Proposing, accepting, undoing and saving edits: their effect on the tree and on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.edits.alias_edits import AddAlias
from core.edits.backend_edits import RemoveBackend, SwitchBackend
from core.edits.intent import EditLayer, EditRefused, Intent
from core.edits.profile_edits import DeleteProfile
from core.edits.repoint_edits import UseOnly, accept, proposed
from core.files.store import Committed, history, last, revert
from core.toml.edit import toml_commands as c
from core.workspace import ConflictSide, NeedsConsent, NotSaved, Proposal, Saved, Workspace
from tests.core.workspace.support import OneCommand, WholeFile, edit
from tests.support.stock import StockFactory
from tests.support.trees import g3_1, write_tree

KEYS = {"OPENAI_API_KEY": "openai-key-of-a-test", "ANTHROPIC_API_KEY": "anthropic-key-of-a-test"}


def opened(root: Path, home: Path, cwd: Path | None = None) -> Workspace:
    return Workspace.open(str(root), environ={**KEYS, "HOME": str(home)}, cwd=str(cwd) if cwd is not None else None)


def switch(workspace: Workspace, backend: str, on: bool, layer: EditLayer = EditLayer.AUTO) -> Proposal:
    proposal = workspace.propose(SwitchBackend(backend, on), layer)
    assert isinstance(proposal, Proposal), proposal
    workspace.accept(proposal)
    return proposal


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_proposal_shows_its_impact_and_changes_nothing(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    workspace = opened(project.root, tmp_path)
    proposal = workspace.propose(SwitchBackend("openai", False))
    assert isinstance(proposal, Proposal)
    assert proposal.files == (".pipelex/inference/backends.toml",)
    assert proposal.impact.rerouted
    assert "rerouted" in proposal.impact.summary()
    assert not workspace.dirty
    assert bytes_of(project.tree) == before


def test_undo_and_redo_across_a_save(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    workspace = opened(project.root, tmp_path)
    switch(workspace, "mistral", False)
    switch(workspace, "groq", False)
    edited = workspace.pending
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert not workspace.dirty
    assert workspace.undo() == "turn groq off"
    assert workspace.undo() == "turn mistral off"
    assert workspace.undo() is None
    assert workspace.dirty
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert bytes_of(project.tree) == before
    assert workspace.redo() == "turn mistral off"
    assert workspace.redo() == "turn groq off"
    assert workspace.pending == edited


def test_edit_that_adds_errors_needs_confirmation(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    workspace = opened(project.root, tmp_path)
    for backend in workspace.report.catalog.enabled:
        if backend not in ("anthropic", "internal"):
            switch(workspace, backend, False)
    assert workspace.impact.died
    result = workspace.save()
    assert isinstance(result, NeedsConsent)
    assert bytes_of(project.tree) == before
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert bytes_of(project.tree) != before


def test_unrelated_disk_changes_are_merged(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    switch(workspace, "openai", False)
    path = project.tree / "backends.toml"
    path.write_text("# from elsewhere\n" + path.read_text())
    refused = workspace.save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert refused.moved
    refreshed = workspace.refresh()
    assert refreshed.files == (".pipelex/inference/backends.toml",)
    assert refreshed.merged == refreshed.files
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert path.read_text().startswith("# from elsewhere\n")
    assert not workspace.report.catalog.backends["openai"].enabled


def test_conflict_is_resolved_by_either_side(stock: StockFactory, tmp_path: Path) -> None:
    for side, expected in ((ConflictSide.MINE, False), (ConflictSide.THEIRS, True)):
        project = stock("0.92.2")
        path = project.tree / "backends.toml"
        workspace = opened(project.root, tmp_path)
        switch(workspace, "openai", False)
        text = path.read_text()
        head, mark, remainder = text.partition("[openai]\n")
        path.write_text(head + mark + remainder.replace("enabled = true\n", "", 1))
        refreshed = workspace.refresh()
        [conflict] = refreshed.conflicts
        assert conflict.key == "openai.enabled"
        assert (conflict.base, conflict.theirs, conflict.ours) == ("true", "(nothing)", "false")
        assert not workspace.refresh({conflict.number: side}).conflicts
        assert workspace.report.catalog.backends["openai"].enabled is expected


def test_unwritable_tree_is_read_only(stock: StockFactory, tmp_path: Path) -> None:
    workspace = Workspace.open(str(stock("0.92.2").root), environ={"HOME": str(tmp_path)}, read_only=True)
    assert isinstance(workspace.propose(SwitchBackend("openai", False)), EditRefused)


def test_change_right_after_a_save_is_detected(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    switch(workspace, "groq", False)
    assert isinstance(workspace.save(accept_errors=True), Saved)
    path = project.tree / "backends.toml"
    path.write_text(path.read_text() + "# by somebody else\n")
    switch(workspace, "mistral", False)
    refused = workspace.save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert refused.moved
    assert workspace.refresh().merged
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert path.read_text().endswith("# by somebody else\n")
    assert not workspace.report.catalog.backends["mistral"].enabled


class Hasty(Workspace):
    """A workspace in which an undo happens during a save."""

    hasty = False

    @property
    def state(self) -> str:
        """Read during a save."""
        if self.hasty:
            self.hasty = False
            assert self.undo() == "turn groq off"
        return super().state


def test_undo_during_a_save_is_not_written(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    workspace = Hasty.open(str(project.root), environ={**KEYS, "HOME": str(tmp_path)})
    switch(workspace, "groq", False)
    workspace.hasty = True
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert not workspace.disk_report.catalog.backends["groq"].enabled
    assert workspace.report.catalog.backends["groq"].enabled
    assert workspace.history.saved == 1
    assert workspace.dirty
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert bytes_of(project.tree) == before


def test_proposal_is_valid_for_its_tree_only(stock: StockFactory, tmp_path: Path) -> None:
    workspace = opened(stock("0.92.2").root, tmp_path)
    proposal = workspace.propose(SwitchBackend("openai", False))
    assert isinstance(proposal, Proposal)
    switch(workspace, "groq", False)
    with pytest.raises(ValueError, match="edited since"):
        workspace.accept(proposal)
    assert workspace.report.catalog.backends["openai"].enabled


def test_proposal_has_a_line_diff(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    proposal = workspace.propose(SwitchBackend("openai", False))
    assert isinstance(proposal, Proposal)
    [diff] = proposal.diffs
    lines = [line.sign + line.text for hunk in diff.hunks for line in hunk if line.sign != " "]
    assert lines == ["-enabled = true", "+enabled = false"]
    assert (diff.shown, diff.state) == (".pipelex/inference/backends.toml", "changed")
    workspace.accept(proposal)
    assert workspace.diff() == proposal.diffs


def test_invisible_change_is_reported(tmp_path: Path) -> None:
    text = '[openai]\nenabled = true\napi_key = "sk-canary-0123456789abcdef"\n'
    root = write_tree(tmp_path / "shop", {**g3_1(), "backends.toml": text})
    workspace = opened(root, tmp_path)
    path = root / ".pipelex" / "inference" / "backends.toml"
    after = text.replace("enabled = true\n", "enabled = true\r\n").replace("sk-canary", "sk-other")
    assert edit(workspace, path, c.RawReplace(after))
    [diff] = workspace.diff()
    come = [line.text for hunk in diff.hunks for line in hunk if line.sign == "+"]
    assert come[0] == "enabled = true  (its line end changes)"
    assert come[1].endswith("(changed)")
    assert "canary" not in diff.unified()


def test_edit_without_changes_is_no_edit(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    path = project.tree / "backends.toml"
    proposal = workspace.propose(OneCommand(str(path), c.RawReplace(path.read_text())))
    assert isinstance(proposal, Proposal)
    assert proposal.changes_nothing
    assert proposal.diffs == ()
    workspace.accept(proposal)
    assert workspace.undo() is None


def test_profile_is_previewed_before_activation(stock: StockFactory, tmp_path: Path) -> None:
    workspace = opened(stock("0.92.2").root, tmp_path)
    active = workspace.report.catalog.active
    workspace.look_at("all_mistral")
    report = workspace.report
    assert report.catalog.active == "all_mistral"
    workspace.look_at("all_mistral")
    assert workspace.report is report
    switch(workspace, "groq", False)
    assert workspace.report.catalog.active == "all_mistral"
    workspace.look_at(None)
    assert workspace.report.catalog.active == active
    assert not workspace.report.catalog.backends["groq"].enabled
    assert list(workspace.pending) == [str(tmp_path / "project" / ".pipelex" / "inference" / "backends.toml")]


@pytest.mark.parametrize("viewed", ["all_anthropic", "all_openai"])
def test_use_only_activates_its_profile_whichever_is_viewed(stock: StockFactory, tmp_path: Path, viewed: str) -> None:
    project = stock("0.92.2")
    path = project.tree / "routing_profiles.toml"
    path.write_text(path.read_text().replace('active = "all_enabled_backends"', 'active = "all_openai"'))
    workspace = opened(project.root, tmp_path)
    workspace.look_at(viewed)
    found = proposed(workspace.report, workspace.view, "anthropic")
    assert not isinstance(found, EditRefused)
    assert any(replacement.candidates for replacement in found)
    proposal = workspace.propose(UseOnly("anthropic", accept(found)))
    assert isinstance(proposal, Proposal)
    assert proposal.after.boots
    assert proposal.after.catalog.own_active == "all_anthropic"
    workspace.accept(proposal)
    assert workspace.report.catalog.assumed_profile is None
    assert workspace.report.boots
    assert workspace.undo() is not None
    assert workspace.report.catalog.active == "all_openai"


def test_viewed_profile_can_be_deleted_and_the_active_one_not(stock: StockFactory, tmp_path: Path) -> None:
    """The active profile is that of the tree, not the viewed one."""
    workspace = opened(stock("0.92.2").root, tmp_path)
    active = str(workspace.report.catalog.active)
    workspace.look_at("all_mistral")
    assert isinstance(workspace.propose(DeleteProfile(active)), EditRefused)
    proposal = workspace.propose(DeleteProfile("all_mistral"))
    assert isinstance(proposal, Proposal)
    workspace.accept(proposal)
    assert workspace.report.catalog.active == active
    assert workspace.report.catalog.profile is not None


def test_save_result_is_one_line(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    done = workspace.save()
    assert isinstance(done, Saved)
    assert done.message == "nothing to write"
    for backend in workspace.report.catalog.enabled:
        if backend != "internal":
            switch(workspace, backend, False)
    result = workspace.save()
    assert isinstance(result, NeedsConsent)
    assert result.message.startswith("nothing was written: the edits add an error: ")
    done = workspace.save(accept_errors=True)
    assert isinstance(done, Saved)
    assert done.message == "wrote .pipelex/inference/backends.toml"
    switch(workspace, "openai", True)
    workspace.read_only = "somebody took the right to write away"
    refused = workspace.save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert refused.message == "nothing was written: somebody took the right to write away"


def test_watched_folders_are_those_read(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    folders = opened(project.root, tmp_path, cwd=project.root).folders
    read = {project.tree, project.tree / "backends", project.tree / "deck"}
    with_variables = {project.root, tmp_path / ".pipelex"}  # `.env` in the project and in the home
    assert {str(folder) for folder in read | with_variables} <= set(folders)
    assert len(set(folders)) == len(folders)


def test_dependent_files_are_written_with_a_warning(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "shop", g3_1())
    tree = root / ".pipelex" / "inference"
    workspace = opened(root, tmp_path)
    backends, routing = tree / "backends.toml", tree / "routing_profiles.toml"
    (tree / "backends" / "claude.toml").write_text((tree / "backends" / "anthropic.toml").read_text())
    assert edit(workspace, backends, c.RenameKey(("anthropic",), "claude"))
    assert edit(workspace, routing, c.RawReplace(routing.read_text().replace('"anthropic"', '"claude"')))
    done = workspace.save(accept_errors=True)
    assert isinstance(done, Saved), done.message
    assert done.notes == ("while the files are written one by one, the tree may not load for a reader",)


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        (lambda tree: OneCommand(f"{tree}/backends/nobody.toml", c.RawReplace("")), "The file does not exist."),
        (lambda tree: OneCommand(f"{tree}/backends", c.RawReplace("")), "The file is a folder."),
        (lambda tree: WholeFile(f"{tree}/backends.toml", "x = 1"), "The file already exists."),
        (lambda tree: OneCommand(f"{tree}/long.toml", c.InsertKey(("x",), 1)), "more than 20,000 keys and tables"),
        (lambda tree: OneCommand(f"{tree}/latin.toml", c.InsertKey(("x",), 1)), "The file is not UTF-8 (byte 2)."),
    ],
)
def test_oversized_text_is_refused(intent: Callable[[Path], Intent], words: str, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "shop", g3_1()) / ".pipelex" / "inference"
    (tree / "long.toml").write_text("".join(f"k{number} = 1\n" for number in range(20_002)))
    (tree / "latin.toml").write_bytes(b"# \xe9\n")
    refused = opened(tmp_path / "shop", tmp_path).propose(intent(tree))
    assert isinstance(refused, EditRefused)
    assert words in refused.reason
    assert refused.instead


def test_many_comments_do_not_exceed_the_limit(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "shop", g3_1())
    path = root / ".pipelex" / "inference" / "backends.toml"
    path.write_text(path.read_text() + "# a comment\n" * 20_002)
    assert edit(opened(root, tmp_path), path, c.SetValue(("openai", "enabled"), False))


def test_deleting_a_missing_file_is_no_edit(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "shop", g3_1())
    proposal = opened(root, tmp_path).propose(WholeFile(str(root / "nothing.toml"), None))
    assert isinstance(proposal, Proposal)
    assert proposal.changes_nothing


def test_edit_of_the_home_tree_warns_about_other_projects(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", g3_1())
    (tmp_path / "shop").mkdir()
    workspace = Workspace.open(str(tmp_path / "shop"), environ={**KEYS, "HOME": str(home)})
    proposal = switch(workspace, "openai", False)
    assert any("is in your home folder: all projects without their own copy read it" in note for note in proposal.notes)


def test_undo_of_a_written_deletion_makes_the_link_again(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "shop", g3_1()) / ".pipelex/inference"
    shared = tmp_path / "shared.toml"
    link = tree / "backends/anthropic.toml"
    link.rename(shared)
    link.symlink_to(shared)
    content = shared.read_bytes()
    workspace = opened(tmp_path / "shop", tmp_path / "home")
    proposal = workspace.propose(RemoveBackend("anthropic", file=True), EditLayer.BASE)
    assert isinstance(proposal, Proposal), proposal
    assert any("is a symbolic link: the link is removed" in note for note in proposal.notes)
    workspace.accept(proposal)
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert not link.is_symlink()
    workspace.undo()
    assert isinstance(workspace.save(), Saved)
    assert link.readlink() == shared
    assert shared.read_bytes() == content


def test_written_undo_is_logged_as_the_undo_of_its_change(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    switch(workspace, "mistral", False)
    assert isinstance(workspace.save(accept_errors=True), Saved)
    (first,) = history(workspace.root, workspace.state)
    assert last(workspace.root, workspace.state) == first
    workspace.undo()
    assert isinstance(workspace.save(accept_errors=True), Saved)
    undo, _ = history(workspace.root, workspace.state)
    assert (undo.label, undo.reverts) == ("undo: turn mistral off", first.id)
    assert last(workspace.root, workspace.state) is None
    workspace.redo()
    assert isinstance(workspace.save(accept_errors=True), Saved)
    redone = last(workspace.root, workspace.state)
    assert redone is not None
    assert redone.label == "turn mistral off"


def test_written_undo_removes_the_folders_that_the_edits_made(tmp_path: Path) -> None:
    write_tree(tmp_path / "shop", g3_1())
    tree = tmp_path / "shop/.pipelex/inference"
    before = sorted(tree.rglob("*"))
    workspace = opened(tmp_path / "shop", tmp_path / "home")
    for name in ("deck/team/a/one.toml", "deck/team/two.toml"):
        proposal = workspace.propose(WholeFile(str(tree / name), "# empty\n"))
        assert isinstance(proposal, Proposal), proposal
        workspace.accept(proposal)
        assert isinstance(workspace.save(accept_errors=True), Saved)
    assert (tree / "deck/team/two.toml").exists()
    assert workspace.undo()
    assert workspace.undo()
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert sorted(tree.rglob("*")) == before


def test_same_edit_that_makes_a_file_on_both_sides_is_no_conflict(tmp_path: Path) -> None:
    write_tree(tmp_path / "shop", g3_1())
    path = tmp_path / "shop/.pipelex/inference/deck/x_custom_llm_deck.toml"
    path.unlink(missing_ok=True)
    sides = [opened(tmp_path / "shop", tmp_path / "home") for _ in range(2)]
    for workspace in sides:
        proposal = workspace.propose(AddAlias("llm", "small", "gpt-4o-mini"))
        assert isinstance(proposal, Proposal), proposal
        workspace.accept(proposal)
    assert isinstance(sides[0].save(accept_errors=True), Saved)
    text = path.read_text()
    refused = sides[1].save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert "exists now" in refused.message
    assert sides[1].refresh().conflicts == ()
    assert not sides[1].dirty
    assert path.read_text() == text


@pytest.mark.parametrize("readable", [False, True], ids=["for good", "for a moment"])
def test_edit_of_a_tree_with_a_file_that_could_not_be_read(readable: bool, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "shop", g3_1()) / ".pipelex/inference"
    path = tree / "backends/openai.toml"
    content = path.read_bytes()
    path.unlink()
    path.symlink_to(path)  # a loop
    workspace = opened(tmp_path / "shop", tmp_path / "home")
    switch(workspace, "anthropic", False)
    if readable:
        path.unlink()
        path.write_bytes(content)
    result = workspace.save(accept_errors=True)
    assert isinstance(result, NotSaved) == readable, result.message
    if isinstance(result, NotSaved):
        assert result.moved
        assert "openai.toml has changed on disk" in result.message


def test_edit_back_to_a_former_value_is_an_edit_and_no_undo(tmp_path: Path) -> None:
    write_tree(tmp_path / "shop", g3_1())
    workspace = opened(tmp_path / "shop", tmp_path / "home")
    for on in (False, True):
        switch(workspace, "anthropic", on)
        assert isinstance(workspace.save(accept_errors=True), Saved)
    entry = last(workspace.root, workspace.state)
    assert entry is not None
    assert (entry.label, entry.reverts) == ("turn anthropic on", "")
    assert isinstance(revert(entry, root=workspace.root, state=workspace.state), Committed)
    assert not opened(tmp_path / "shop", tmp_path / "home").report.catalog.backends["anthropic"].enabled


def test_deleted_file_is_said_to_be_deleted(stock: StockFactory, tmp_path: Path) -> None:
    workspace = opened(stock("0.92.2").root, tmp_path)
    proposal = workspace.propose(RemoveBackend("groq", file=True))
    assert isinstance(proposal, Proposal)
    workspace.accept(proposal)
    saved = workspace.save(accept_errors=True)
    assert isinstance(saved, Saved)
    assert "; deleted .pipelex/inference/backends/groq.toml" in saved.message
    assert Saved((), deleted=()).message == "nothing to write"
