"""A server added in the app before its models are known is asked; some are chosen, and what is imported is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import Server, models
from tests.support.stock import copy_project, stock_tree_or_skip
from tests.support.trees import write_tree
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import idle, tried, until
from tui.screens.served import ServedScreen


async def add_server(app: AppDriver, url: str) -> None:
    """Keys: 1, a, the kind of server, its address."""
    await app.press("1", "a")
    await app.type("lm studio")
    await app.press("enter", "up", "ctrl+u")
    await app.type(f"{url}/v1")
    await app.press("enter", "enter", "enter")


@pytest.mark.parametrize("release", ["0.10.2", "0.92.2"])
async def test_server_is_asked_and_its_models_are_chosen(release: str, tmp_path: Path) -> None:
    project = copy_project(stock_tree_or_skip(release), tmp_path / "project")
    with Server({"*": models("pico:8b", "nano", "phi")}) as server:
        async with open_app(request_for(project.root, tmp_path / "home")) as app:
            await add_server(app, server.url)
            await until(app, lambda: isinstance(app.app.screen, ServedScreen) and "3 served" in app.text)
            assert [request.path for request in server.requests] == ["/v1/models"]
            await app.press("space", "space", "enter")
            assert "import 2 models to lm_studio" in app.text
            await app.press("escape", "2")
            view = app.main.session.view
            assert view is not None
            served = {spec.handle for spec in view.report.serving.served.values() if spec.backend == "lm_studio"}
            assert served == {"pico-8b", "nano"}
            assert "lm_studio" in view.catalog.enabled
            await app.press("u", "u")
            assert app.main.session.view is not None
            assert "lm_studio" not in app.main.session.view.catalog.backends


async def test_server_without_an_answer_stays_off_and_is_told(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "project", tree(backend("b", "openai", "m0")))
    with Server({}) as server:
        url = server.url
    async with open_app(request_for(root, tmp_path / "home")) as app:
        await add_server(app, url)
        await until(app, idle(app))
        assert tried(app, "lm_studio") == "down"
        assert not isinstance(app.app.screen, ServedScreen)
        view = app.main.session.view
        assert view is not None
        assert not view.catalog.backends["lm_studio"].enabled


async def test_dead_model_is_fixed_by_a_route(tmp_path: Path) -> None:
    files = tree(*(backend(name, "openai", name, endpoint="http://localhost:1/v1") for name in "bc"))
    files["backends/c.toml"] += '\n[extra]\nmodel_id = "extra"\n'
    files["routing_profiles.toml"] = 'active = "all"\n\n[profiles.all]\ndescription = "b"\ndefault = "b"\n'
    root = write_tree(tmp_path / "project", files)
    async with open_app(request_for(root, tmp_path / "home")) as app:
        await app.press("2", "slash")
        await app.type("extra")
        await app.press("enter", "f")
        assert "route extra to c" in app.text
        await app.press("enter")
        view = app.main.session.view
        assert view is not None
        assert view.report.serving.spec("llm", "extra") is not None
