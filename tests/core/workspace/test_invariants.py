"""Invariants: undo restores every byte, concurrent editors and writers lose nothing."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path
from random import Random

import pytest
import tomli
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.toml.edit import toml_commands as c
from core.toml.edit.editor import Edited, apply
from core.workspace import NotSaved, Saved, Workspace
from tests.core.toml.documents import documents
from tests.core.toml.edit import chance, judge
from tests.core.toml.edit.campaign import stock_texts
from tests.core.workspace.replay_campaign import run
from tests.core.workspace.support import OneCommand, bytes_of, edit, opened
from tests.support.stock import stock_tree_or_skip

BACKENDS = """# The backends.\r
[openai] # first\r
enabled = true\r
api_key = "${OPENAI_API_KEY}"\r
\r
# ------ others\r
[mistral]\r
enabled = false"""
ROUTING = """active = "all"

[profiles.all]
description = "All"
default = "openai"

[profiles.all.routes]
# Claude first.
"claude-*" = "mistral"
"gpt-*" = "openai" # ours
"""
SPECS = """[defaults]
sdk = "openai"

[gpt-4o]
model_id = "gpt-4o"
inputs = ["text", "images"] # both
costs = { input = 2.5, output = 10 }
"""
FILES = {"backends.toml": BACKENDS, "routing_profiles.toml": ROUTING, "backends/openai.toml": SPECS}

RANDOM = "deck/random.toml"
NAMES = (*sorted(FILES), RANDOM)
SEQUENCES = int(os.environ.get("PIPEDECK_SEQUENCES", "200"))
"""The number of random sessions; PIPEDECK_SEQUENCES=2000 for the long run."""


class Session(RuleBasedStateMachine):
    """Random edits of files and of a random document, undo, redo, saves, and changes on disk."""

    @initialize(seed=st.integers(0, 2**32), text=documents())
    def open(self, seed: int, text: str) -> None:
        self.rng = Random(seed)
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "shop"
        self.tree = self.root / ".pipelex" / "inference"
        for name, content in {**FILES, RANDOM: text}.items():
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_bytes(content.encode())
        self.begin()

    def begin(self) -> None:
        self.first = bytes_of(self.tree)
        self.workspace = opened(self.root, Path(self.folder.name))
        self.states = [self.now()]
        self.at = 0

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            while self.workspace.undo() is not None:
                pass
            assert self.now() == self.states[0]
            self.workspace.save(accept_errors=True)
            assert bytes_of(self.tree) == self.first
            self.folder.cleanup()

    def now(self) -> dict[str, bytes]:
        view = self.workspace.view
        contents = {name: view.content(str(self.tree / name)) for name in NAMES}
        return {name: content for name, content in contents.items() if isinstance(content, bytes)}

    @rule(name=st.sampled_from(NAMES))
    def edit(self, name: str) -> None:
        path = self.tree / name
        content = self.workspace.view.content(str(path))
        assert isinstance(content, bytes)
        command = chance.command(self.rng, tomli.loads(content.decode()))
        if edit(self.workspace, path, command) and self.now() != self.states[self.at]:
            del self.states[self.at + 1 :]
            self.states.append(self.now())
            self.at += 1
            assert judge.faults(content.decode(), command, self.now()[name].decode()) == []
            assert {**self.now(), name: content} == self.states[self.at - 1]

    @precondition(lambda self: self.at > 0)
    @rule()
    def undo(self) -> None:
        assert self.workspace.undo() is not None
        self.at -= 1

    @precondition(lambda self: self.at + 1 < len(self.states))
    @rule()
    def redo(self) -> None:
        assert self.workspace.redo() is not None
        self.at += 1

    @rule()
    def save(self) -> None:
        assert isinstance(self.workspace.save(accept_errors=True), Saved)
        assert bytes_of(self.tree) == self.now()

    @rule(name=st.sampled_from(NAMES))
    def reload(self, name: str) -> None:
        """Another editor changes a file after a save: this session takes it over, and the next one begins with it."""
        self.save()
        path = self.tree / name
        text = path.read_bytes().decode()
        changed = apply(text, chance.command(self.rng, tomli.loads(text)))
        if isinstance(changed, Edited):
            path.write_bytes(changed.text.encode())
            refreshed = self.workspace.refresh()
            assert not refreshed.conflicts
            assert bytes_of(self.tree) == self.now()
            self.begin()

    @invariant()
    def memory_is_as_expected(self) -> None:
        if hasattr(self, "workspace"):
            assert self.now() == self.states[self.at]
            assert self.workspace.dirty == (bytes_of(self.tree) != self.now())


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=SEQUENCES, stateful_step_count=20, deadline=None)


def test_replay_on_a_changed_disk_merges_correctly() -> None:
    stock_tree_or_skip("0.92.2")
    tally = run(stock_texts(("0.10.2", "0.92.2")), 150, seed=3)
    assert tally.wrong == []
    assert tally.asked <= 0.06 * tally.pairs


def _count_up(root: str, home: str, times: int) -> None:
    root_path, home_path = Path(root), Path(home)
    path = root_path / ".pipelex" / "inference" / "backends.toml"
    workspace = opened(root_path, home_path)
    for _ in range(times):
        while True:
            backends = workspace.report.catalog.backends
            count = backends["openai"].fields["count"]
            assert isinstance(count, int)
            assert edit(workspace, path, c.SetValue(("openai", "count"), count + 1))
            if isinstance(workspace.save(accept_errors=True, wait=60), Saved):
                break
            workspace.undo()
            workspace = opened(root_path, home_path)


def test_three_writers_lose_no_increment(tmp_path: Path) -> None:
    tree = tmp_path / "shop" / ".pipelex" / "inference"
    tree.mkdir(parents=True)
    (tree / "backends.toml").write_text("[openai]\ncount = 0\n")
    (tree / "routing_profiles.toml").write_text(ROUTING)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_count_up, args=(str(tmp_path / "shop"), str(tmp_path), 40)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    assert "count = 120\n" in (tree / "backends.toml").read_text()


@pytest.mark.parametrize("content", [b"[openai]\n<<<<<<< HEAD\n", b"[openai]\nenabled = maybe\n", b"\xff", None])
def test_edit_survives_a_broken_file(content: bytes | None, tmp_path: Path) -> None:
    tree = tmp_path / "shop" / ".pipelex" / "inference"
    (tree / "backends").mkdir(parents=True)
    for name, text in FILES.items():
        (tree / name).write_bytes(text.encode())
    workspace = opened(tmp_path / "shop", tmp_path)
    path = tree / "backends.toml"
    assert edit(workspace, path, c.SetValue(("openai", "enabled"), False))
    if content is None:
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(content)
    assert workspace.moved() == (".pipelex/inference/backends.toml",)
    assert isinstance(workspace.save(accept_errors=True), NotSaved)
    refreshed = workspace.refresh()
    assert [conflict.key for conflict in refreshed.conflicts] == ["openai.enabled"]
    assert workspace.dirty
    if path.is_dir():
        path.rmdir()
    path.write_bytes(FILES["backends.toml"].encode())
    assert not workspace.refresh().conflicts
    assert isinstance(workspace.save(accept_errors=True), Saved)
    assert b"enabled = false" in path.read_bytes().split(b"[mistral]")[0]


def test_nothing_is_written_before_save(tmp_path: Path) -> None:
    tree = tmp_path / "shop" / ".pipelex" / "inference"
    tree.mkdir(parents=True)
    (tree / "backends.toml").write_text("[openai]\n")
    before = bytes_of(tmp_path)
    workspace = Workspace.open(str(tmp_path / "shop"), environ={"HOME": str(tmp_path)})
    workspace.propose(OneCommand(str(tree / "backends.toml"), c.SetValue(("openai",), {})))
    _ = (workspace.diff(), workspace.impact.summary(), workspace.moved())
    assert bytes_of(tmp_path) == before
