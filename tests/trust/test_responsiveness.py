"""The app on huge trees: its work grows in proportion to the tree, memory is limited, no command is lost.

How long the event loop is blocked is a benchmark: `python -m tests.benchmarks --only loop`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.calls import counted_calls
from tests.trust.huge_trees import ALL, make_huge
from tests.trust.huge_walk import WALK, open_huge
from tests.trust.terminal import Terminal
from tests.tui.app_driver import open_app, request_for
from tui.screens.review import ReviewScreen

SHARES = (0.03, 0.12)
"""Of the huge trees: 300 and 1,200 models."""
MAX_GROWTH = 3.0
"""The maximum growth of the work of a part on a tree four times as large; most parts do the same work on any tree."""
MAX_MB = 300


async def _work(root: Path, home: Path, share: float) -> dict[str, int]:
    """The calls of each part of the walk."""
    counts: dict[str, int] = {}
    with counted_calls() as calls:
        before = calls()
        async with open_huge(ALL, root, home, share, (80, 24)) as app:
            counts["start"] = calls() - before
            for part, keys in WALK:
                before = calls()
                await app.press(*keys.split())
                counts[part] = calls() - before
            assert app.main.session.workspace.history.at == 2
    return counts


async def test_work_grows_in_proportion_to_the_tree(tmp_path: Path, fenced_environment: Path) -> None:
    small, large = [await _work(tmp_path / str(share), fenced_environment, share) for share in SHARES]
    growth = {part: large[part] / small[part] for part in small}
    assert {part: ratio for part, ratio in growth.items() if ratio > MAX_GROWTH} == {}


@pytest.mark.pty
@pytest.mark.parametrize("kind", ["models", "text"])
def test_memory_is_limited(kind: str, tmp_path: Path) -> None:
    make_huge(tmp_path / "shop", kind)
    home = tmp_path / "home"
    home.mkdir()
    with Terminal(home, [str(tmp_path / "shop")], columns=120, rows=40, variables={"OPENAI_API_KEY": "k"}) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "space")
        terminal.wait_for("turn openai off")
        terminal.wait_for("1 edit not written")
        terminal.send("v")
        terminal.wait_for("secrets hidden")
        terminal.send("G", "esc")
        terminal.wait_for("5 Problems")
        terminal.send("w")
        terminal.wait_for("review:")
        assert terminal.ended is None
        assert terminal.memory_mb < MAX_MB


async def test_queued_commands_run_in_order(tmp_path: Path, fenced_environment: Path) -> None:
    make_huge(tmp_path, "models", share=0.2)
    async with open_app(request_for(tmp_path, fenced_environment, OPENAI_API_KEY="k")) as app:
        await app.press("1", "home")
        await app.burst("space", "u", "ctrl+r", "w")
        history = app.main_below.session.workspace.history
        assert (history.at, len(history.entries)) == (1, 1)
        assert isinstance(app.app.screen, ReviewScreen)


async def test_screen_may_be_closed_during_its_task(tmp_path: Path, fenced_environment: Path) -> None:
    make_huge(tmp_path, "models", share=0.2)
    async with open_app(request_for(tmp_path, fenced_environment, OPENAI_API_KEY="k")) as app:
        await app.press("1", "home")
        for keys in ("p escape", "o", "escape", "v escape", "enter space escape", "w w escape", "q escape"):
            await app.burst(*keys.split())
        assert app.app.screen is app.main_below
        assert app.main.busy == ""
