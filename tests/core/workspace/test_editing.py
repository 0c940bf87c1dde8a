"""Proposing, accepting, undoing, writing: what a session does to the tree and to the disk."""

from __future__ import annotations

from pathlib import Path

from core.edits.backends import SwitchBackend
from core.edits.refusals import NotDone, Where
from core.workspace import NeedsConsent, NotSaved, Proposal, Saved, Side, Workspace
from tests.support.stock import StockFactory

KEYS = {"OPENAI_API_KEY": "openai-key-of-a-test", "ANTHROPIC_API_KEY": "anthropic-key-of-a-test"}


def opened(root: Path, home: Path) -> Workspace:
    return Workspace.open(str(root), environ={**KEYS, "HOME": str(home)})


def switch(workspace: Workspace, backend: str, on: bool, where: Where = Where.AUTO) -> Proposal:
    proposal = workspace.propose(SwitchBackend(backend, on), where)
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
        [clash] = found.clashes
        assert clash.key == "openai.enabled"
        assert (clash.base, clash.theirs, clash.mine) == ("true", "(nothing)", "false")
        assert not workspace.refresh({clash.number: side}).clashes
        assert workspace.report.catalog.backends["openai"].enabled is wanted


def test_a_tree_that_may_not_be_written_is_read_only(stock: StockFactory, tmp_path: Path) -> None:
    workspace = Workspace.open(str(stock("0.92.2").root), environ={"HOME": str(tmp_path)}, read_only=True)
    assert isinstance(workspace.propose(SwitchBackend("openai", False)), NotDone)


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
    """A workspace whose person undoes in the very moment in which a save has begun."""

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
