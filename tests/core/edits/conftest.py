"""Stock trees to edit, each copied and read once: applying an intent writes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.edits.stock_scene import Scene
from tests.support.stock import copy_project, stock_tree_or_skip

SceneFactory = Callable[[str], Scene]


@pytest.fixture(scope="session")
def _scenes() -> dict[str, Scene]:
    return {}


@pytest.fixture
def scene(_scenes: dict[str, Scene], tmp_path_factory: pytest.TempPathFactory) -> SceneFactory:
    """The stock tree of a release, read for that release, with every variable treated as set."""

    def make(release: str) -> Scene:
        if release not in _scenes:
            project = copy_project(stock_tree_or_skip(release), tmp_path_factory.mktemp("stock") / "project")
            _scenes[release] = Scene.of(project.root, release)
        return _scenes[release]

    return make
