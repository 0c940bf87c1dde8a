"""Kits and projects of upgrades: small trees as the kits of two releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.upgrade.kit import Kit, read_kit
from core.upgrade.plan import Plan, Undecided, Upgrade
from core.upgrade.planner import plan_upgrade
from core.workspace import Proposal, Workspace
from tests.support.trees import NOWHERE, Files, minimal, write_tree


def stock(release: str) -> Files:
    """The files of a kit: from 0.18 on the deck is numbered."""
    files = minimal(release)
    if "[llm.choice_defaults]\n    default_temperature" in files["deck/base_deck.toml"]:
        files["deck/1_llm_deck.toml"] = files.pop("deck/base_deck.toml")
    return files


@pytest.fixture
def kit(tmp_path: Path) -> Callable[..., Kit]:
    """A function that makes the kit of a release, with some files of its own."""

    def make(release: str, files: Mapping[str, str] | None = None) -> Kit:
        folder = tmp_path / f"kit-{release}"
        write_tree(folder, {**stock(release), **(files or {})})
        return read_kit(str(folder / ".pipelex"), release)

    return make


class Carried:
    """A project and the upgrade of its tree, in memory."""

    def __init__(self, root: Path, kit: Kit, origin: Kit, **options: object) -> None:
        self.root = root
        environ = {"HOME": NOWHERE}
        release = str(kit.release)
        self.workspace = Workspace.open(str(root), release=release, environ=environ, cwd=str(root), assume_keys=True)
        self.workspace.attach_methods(self.workspace.read_methods())
        options.setdefault("undecided", Undecided.TAKE)
        options.setdefault("origin_kit", origin)
        self.plan: Plan = plan_upgrade(self.workspace.report, self.workspace.view, kit, **options)  # type: ignore[arg-type]
        proposal = self.workspace.propose(Upgrade(self.plan))
        assert isinstance(proposal, Proposal), proposal
        self.workspace.accept(proposal)

    def text(self, name: str) -> str:
        """The text of a file below `inference`, or of the project; empty without one."""
        inside = self.root / ".pipelex" / "inference" / name
        path = inside if not name.startswith("/") else self.root / name[1:]
        content = self.workspace.view.content(str(path))
        return content.decode() if isinstance(content, bytes) else ""

    @property
    def stops_at(self) -> str:
        """Why the target does not start; empty if it does."""
        problem = self.workspace.report.stops_at
        return problem.message if problem is not None else ""

    def left(self) -> dict[str, str]:
        """What was not carried, with the reason."""
        return {row.name or row.file: row.note for row in self.plan.rows if row.outcome == "not carried"}


@pytest.fixture
def carry(tmp_path: Path, kit: Callable[..., Kit]) -> Callable[..., Carried]:
    """A function that upgrades a project with changed files of a kit, and checks that it starts and can be undone."""

    def run(old: str, new: str, files: Mapping[str, str | bytes], **options: object) -> Carried:
        root = tmp_path / "project"
        write_tree(root, {**stock(old), **files})
        origin = kit(old, options.pop("old_files", None))
        carried = Carried(root, kit(new, options.pop("kit_files", None)), origin, **options)
        assert carried.stops_at == ""
        carried.workspace.undo()
        assert not carried.workspace.pending
        carried.workspace.redo()
        return carried

    return run
