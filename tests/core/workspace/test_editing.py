"""Proposing, accepting, undoing, writing: what a session does to the tree and to the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.edits.backend_edits import SwitchBackend
from core.edits.intent import EditLayer, EditRefused, Intent
from core.toml.edit import toml_commands as c
from core.workspace import NeedsConsent, NotSaved, Proposal, Saved, Side, Workspace
from tests.core.workspace.support import OneCommand, WholeFile, edit
from tests.support.stock import StockFactory
from tests.support.trees import g3_1, write_tree

KEYS = {"OPENAI_API_KEY": "openai-key-of-a-test", "ANTHROPIC_API_KEY": "anthropic-key-of-a-test"}


def opened(root: Path, home: Path) -> Workspace:
    return Workspace.open(str(root), environ={**KEYS, "HOME": str(home)})


def switch(workspace: Workspace, backend: str, on: bool, layer: EditLayer = EditLayer.AUTO) -> Proposal:
    proposal = workspace.propose(SwitchBackend(backend, on), layer)
    assert isinstance(proposal, Proposal), proposal
    workspace.accept(proposal)
    return proposal


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_proposal_says_what_it_would_do_and_changes_nothing(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    before = bytes_of(project.tree)
    workspace = opened(project.root, tmp_path)
    proposal = workspace.propose(SwitchBackend("openai", False))
    assert isinstance(proposal, Proposal)
    assert proposal.files == (".pipelex/inference/backends.toml",)
    assert proposal.impact.rerouted
    assert "re-routes" in proposal.impact.summary()
    assert not workspace.dirty
    assert bytes_of(project.tree) == before


def test_undo_and_redo_go_through_a_save(stock: StockFactory, tmp_path: Path) -> None:
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


def test_an_error_that_comes_with_an_edit_needs_a_word(stock: StockFactory, tmp_path: Path) -> None:
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


def test_what_changed_elsewhere_on_the_disk_is_merged(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    switch(workspace, "openai", False)
    path = project.tree / "backends.toml"
    path.write_text("# from elsewhere\n" + path.read_text())
    refused = workspace.save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert refused.moved
    found = workspace.refresh()
    assert found.files == (".pipelex/inference/backends.toml",)
    assert found.merged == found.files
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert path.read_text().startswith("# from elsewhere\n")
    assert not workspace.report.catalog.backends["openai"].enabled


def test_what_clashes_is_asked_and_either_answer_counts(stock: StockFactory, tmp_path: Path) -> None:
    for side, wanted in ((Side.MINE, False), (Side.THEIRS, True)):
        project = stock("0.92.2")
        path = project.tree / "backends.toml"
        workspace = opened(project.root, tmp_path)
        switch(workspace, "openai", False)
        text = path.read_text()
        head, mark, rest = text.partition("[openai]\n")
        path.write_text(head + mark + rest.replace("enabled = true\n", "", 1))
        found = workspace.refresh()
        [conflict] = found.conflicts
        assert conflict.key == "openai.enabled"
        assert (conflict.base, conflict.theirs, conflict.mine) == ("true", "(nothing)", "false")
        assert not workspace.refresh({conflict.number: side}).conflicts
        assert workspace.report.catalog.backends["openai"].enabled is wanted


def test_a_tree_that_may_not_be_written_is_read_only(stock: StockFactory, tmp_path: Path) -> None:
    workspace = Workspace.open(str(stock("0.92.2").root), environ={"HOME": str(tmp_path)}, read_only=True)
    assert isinstance(workspace.propose(SwitchBackend("openai", False)), EditRefused)


def test_what_somebody_writes_right_after_a_save_is_not_taken_for_known(stock: StockFactory, tmp_path: Path) -> None:
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
    """A workspace whose person undoes in the very entry in which a save has begun."""

    hasty = False

    @property
    def state(self) -> str:
        """Asked for on the way to the disk."""
        if self.hasty:
            self.hasty = False
            assert self.undo() == "turn groq off"
        return super().state


def test_an_undo_while_a_save_is_under_way_is_not_taken_for_written(stock: StockFactory, tmp_path: Path) -> None:
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


def test_a_proposal_counts_only_for_the_tree_it_was_made_on(stock: StockFactory, tmp_path: Path) -> None:
    workspace = opened(stock("0.92.2").root, tmp_path)
    proposal = workspace.propose(SwitchBackend("openai", False))
    assert isinstance(proposal, Proposal)
    switch(workspace, "groq", False)
    with pytest.raises(ValueError, match="edited since"):
        workspace.accept(proposal)
    assert workspace.report.catalog.backends["openai"].enabled


def test_what_a_proposal_would_change_is_shown_line_by_line(stock: StockFactory, tmp_path: Path) -> None:
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


def test_a_change_that_cannot_be_seen_is_told(tmp_path: Path) -> None:
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


def test_an_edit_that_changes_nothing_is_none(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    path = project.tree / "backends.toml"
    proposal = workspace.propose(OneCommand(str(path), c.RawReplace(path.read_text())))
    assert isinstance(proposal, Proposal)
    assert proposal.changes_nothing
    assert proposal.diffs == ()
    workspace.accept(proposal)
    assert workspace.undo() is None


def test_another_profile_is_looked_at_before_it_is_active(stock: StockFactory, tmp_path: Path) -> None:
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


def test_what_came_of_saving_is_said_in_a_line(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    workspace = opened(project.root, tmp_path)
    done = workspace.save()
    assert isinstance(done, Saved)
    assert done.message == "nothing to write"
    for backend in workspace.report.catalog.enabled:
        if backend != "internal":
            switch(workspace, backend, False)
    asked = workspace.save()
    assert isinstance(asked, NeedsConsent)
    assert asked.message.startswith("nothing was written: the edits add an error: ")
    done = workspace.save(accept_errors=True)
    assert isinstance(done, Saved)
    assert done.message == "wrote .pipelex/inference/backends.toml"
    switch(workspace, "openai", True)
    workspace.read_only = "somebody took the right to write away"
    refused = workspace.save(accept_errors=True)
    assert isinstance(refused, NotSaved)
    assert refused.message == "nothing was written: somebody took the right to write away"


def test_the_folders_to_watch_are_those_that_were_read(stock: StockFactory, tmp_path: Path) -> None:
    project = stock("0.92.2")
    folders = opened(project.root, tmp_path).folders
    read = {project.tree, project.tree / "backends", project.tree / "deck"}
    with_variables = {project.root, tmp_path / ".pipelex"}  # `.env` in the project and in the home
    assert {str(folder) for folder in read | with_variables} <= set(folders)
    assert len(set(folders)) == len(folders)


def test_two_files_that_need_each_other_are_written_and_the_moment_in_between_is_told(tmp_path: Path) -> None:
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
def test_what_no_file_can_take_is_refused(intent: Callable[[Path], Intent], words: str, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "shop", g3_1()) / ".pipelex" / "inference"
    (tree / "long.toml").write_text("".join(f"k{number} = 1\n" for number in range(20_002)))
    (tree / "latin.toml").write_bytes(b"# \xe9\n")
    refused = opened(tmp_path / "shop", tmp_path).propose(intent(tree))
    assert isinstance(refused, EditRefused)
    assert words in refused.reason
    assert refused.instead


def test_many_remarks_make_no_file_too_long(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "shop", g3_1())
    path = root / ".pipelex" / "inference" / "backends.toml"
    path.write_text(path.read_text() + "# a remark\n" * 20_002)
    assert edit(opened(root, tmp_path), path, c.SetValue(("openai", "enabled"), False))


def test_a_file_that_is_not_there_is_deleted_already(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "shop", g3_1())
    proposal = opened(root, tmp_path).propose(WholeFile(str(root / "nothing.toml"), None))
    assert isinstance(proposal, Proposal)
    assert proposal.changes_nothing


def test_an_edit_of_the_tree_in_the_home_says_that_it_is_everybodys(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", g3_1())
    (tmp_path / "shop").mkdir()
    workspace = Workspace.open(str(tmp_path / "shop"), environ={**KEYS, "HOME": str(home)})
    proposal = switch(workspace, "openai", False)
    assert any("is in your home folder: all projects without their own copy read it" in note for note in proposal.notes)
