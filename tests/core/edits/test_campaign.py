"""Random intents on stock trees of six releases: none raises, breaks a file, loses a comment or strays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.edits.backend_edits import SwitchBackend
from tests.core.edits.campaign import judge, run
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import Edit

INTENTS = 160
"""For each release; ten thousand and more were run once with other seeds, by `python -m tests.core.edits.campaign`."""


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.43.1", "0.92.2"])
def test_random_intents_change_only_their_target(release: str, scene: SceneFactory) -> None:
    outcome = run(scene(release), INTENTS, seed=20)
    assert outcome.faults == []
    assert outcome.applied > INTENTS / 4


FAULTS: dict[str, tuple[Callable[[str], str], str]] = {
    "another key": (lambda text: text.replace("${OPENAI_API_KEY}", "x"), "changed"),
    "a lost comment": (lambda text: text.replace(" # software-only backend, runs internally, without AI", ""), "lost"),
    "a broken file": (lambda text: text + "[", "broken"),
    "no last line end": (lambda text: text.rstrip("\n"), "last line"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_judge_detects_a_fault(fault: str, scene: SceneFactory) -> None:
    change, word = FAULTS[fault]
    intent = SwitchBackend("openai", False)
    edit = scene("0.92.2").apply(intent)
    assert list(judge(intent, edit)) == []
    [(path, content)] = edit.applied.contents.items()
    assert content is not None
    wrong = Edit(edit.scene, replace(edit.applied, contents={path: change(content.decode()).encode()}))
    assert any(word in message for message in judge(intent, wrong))
