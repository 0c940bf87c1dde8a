"""The page of the upgrade: its plan, the answers to decisions, and the upgrade as an edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.core.upgrade.conftest import stock
from tests.support.trees import KEYS, extended, write_tree
from tests.tui.app_driver import AppDriver, open_app
from tui.loading import Request


def request_for(tmp_path: Path) -> Request:
    """A tree of 0.14.3 with a preset of its own and a backend whose service has ended, beside 0.92.2."""
    backend = '\n[pipelex_inference]\nenabled = true\nendpoint = "https://old.example/v1"\n'
    files = extended(stock("0.14.3"), "backends.toml", backend)
    files["deck/mine.toml"] = '[llm.presets]\nteam = { model = "best-claude", temperature = 0.25 }\n'
    files["backends/pipelex_inference.toml"] = '[defaults]\nsdk = "openai"\n[m]\nmodel_id = "m"\ncosts = {}\n'
    root = write_tree(tmp_path / "project", files)
    packages = root / ".venv" / "lib" / "python3.12" / "site-packages"
    write_tree(tmp_path / "kit", stock("0.92.2"))
    shutil.copytree(tmp_path / "kit" / ".pipelex", packages / "pipelex" / "kit" / "configs")
    (packages / "pipelex-0.92.2.dist-info").mkdir()
    (packages / "pipelex-0.92.2.dist-info" / "METADATA").write_text("Name: pipelex\nVersion: 0.92.2\n")
    (root / ".venv" / "pyvenv.cfg").write_text("version = 3.12.1\n")
    return Request(str(root), environ={"HOME": str(tmp_path), **KEYS}, cwd=str(root))


async def open_page(app: AppDriver) -> None:
    await app.press("U")
    await app.app.workers.wait_for_complete()


async def test_decision_is_answered_and_the_upgrade_is_one_edit(tmp_path: Path) -> None:
    async with open_app(request_for(tmp_path)) as app:
        assert "the files fit Pipelex up to 0.14.3" in app.right
        await open_page(app)
        assert "1 to decide" in app.text
        assert "1 open, their proposals are used" in app.text
        assert "llm.presets.team" in app.text
        await app.press("down", "enter")
        assert "leave it open" in app.text
        await app.press("enter")
        await app.app.workers.wait_for_complete()
        assert "0 to decide" in app.text
        await app.press("up", "enter")
        assert "1 edit not written" in app.text
        view = app.main.session.view
        assert view is not None
        assert view.report.stops_at is None
        assert view.report.fits == view.report.release
        await app.press("0")
        assert "the files fit" not in app.right
        assert "pipelex_inference" not in view.catalog.backends
        await app.press("u")
        assert app.main.session.workspace.pending == {}


async def test_page_says_why_there_is_no_plan(tmp_path: Path) -> None:
    request = request_for(tmp_path)
    shutil.rmtree(tmp_path / "project" / ".venv")
    async with open_app(request) as app:
        await open_page(app)
        assert "pipedeck upgrade --to RELEASE --fetch downloads one, --kit PATH names a wheel" in " ".join(
            app.text.split()
        )
