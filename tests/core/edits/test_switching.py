"""Enabling and disabling a backend in place or in the override file, and refusals."""

from __future__ import annotations

from core.api import inspect_tree
from core.edits.backend_edits import SwitchBackend
from core.edits.edit_session import Applied, apply_intent
from core.edits.intent import EditLayer, EditRefused
from core.files.view import Snapshot
from tests.support.stock import StockFactory


def test_backend_is_switched_in_place(stock: StockFactory) -> None:
    project = stock("0.92.2")
    report = inspect_tree(str(project.root))
    applied = apply_intent(report, Snapshot(), SwitchBackend("openai", False))
    assert isinstance(applied, Applied)
    path = str(project.tree / "backends.toml")
    before = (project.tree / "backends.toml").read_text()
    assert list(applied.contents) == [path]
    after = applied.contents[path]
    assert after is not None
    changed = [
        (old, new) for old, new in zip(before.splitlines(), after.decode().splitlines(), strict=True) if old != new
    ]
    assert changed == [("enabled = true", "enabled = false")]


def test_override_file_is_created_on_request(stock: StockFactory) -> None:
    report = inspect_tree(str(stock("0.92.2").root))
    applied = apply_intent(report, Snapshot(), SwitchBackend("openai", False), EditLayer.OVERRIDE)
    assert isinstance(applied, Applied)
    [(path, content)] = applied.contents.items()
    assert path.endswith("backends_override.toml")
    assert content == b"# Overrides backends.toml.\n\n[openai]\nenabled = false\n"


def test_without_override_files_the_base_is_offered(stock: StockFactory) -> None:
    report = inspect_tree(str(stock("0.15.7").root))
    applied = apply_intent(report, Snapshot(), SwitchBackend("openai", False), EditLayer.OVERRIDE)
    assert isinstance(applied, EditRefused)
    assert applied.layers == (EditLayer.BASE,)
    assert "does not read backends_override.toml" in applied.message


def test_nearest_name_is_suggested(stock: StockFactory) -> None:
    report = inspect_tree(str(stock("0.92.2").root))
    applied = apply_intent(report, Snapshot(), SwitchBackend("open_ai", True))
    assert isinstance(applied, EditRefused)
    assert "openai" in applied.instead
