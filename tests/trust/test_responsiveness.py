"""The app on huge trees: keys are handled without delay, memory is limited, no command is lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.trust.huge_trees import HUGE, make_huge
from tests.trust.loop_watch import watching
from tests.trust.terminal import Terminal
from tests.tui.app_driver import open_app, request_for
from tui.screens.review import ReviewScreen

MAX_BLOCKED_S = 0.2
"""The maximum iteration of the event loop (seconds of CPU time, which does not depend on load)."""
MAX_MB = 300

WALK: Sequence[tuple[str, str]] = (
    ("panes", "1 2 3 4 5 0"),
    ("moving", "4 down down pagedown end home 2 end home down"),
    ("the details", "4 end l end h"),
    ("a filter", "2 slash m 9 9 backspace backspace enter escape"),
    ("sorting", "2 s s"),
    ("navigation", "colon m 1 2 escape"),
    ("an edit", "1 home space"),
    ("undo and redo", "u ctrl+r"),
    ("another model", "4 home m m 5 enter"),
    ("a form", "2 home enter down escape"),
    ("the text", "2 v G g enter x escape escape escape"),
    ("the review", "w pagedown escape"),
)


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", HUGE)
async def test_keys_are_handled_without_delay(kind: str, tmp_path: Path, fenced_environment: Path) -> None:
    make_huge(tmp_path, kind)
    async with (
        open_app(request_for(tmp_path, fenced_environment, OPENAI_API_KEY="k"), (120, 40)) as app,
        watching() as blocked,
    ):
        for part, keys in WALK:
            blocked.part = part
            await app.press(*keys.split())
        assert app.main.session.workspace.history.at == 2
    print(kind, {k: round(v * 1000) for k, v in blocked.longest.items()})
    assert blocked.over(MAX_BLOCKED_S) == {}


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
    make_huge(tmp_path, "models", models=2_000)
    async with open_app(request_for(tmp_path, fenced_environment, OPENAI_API_KEY="k")) as app:
        await app.press("1", "home")
        await app.burst("space", "u", "ctrl+r", "w")
        history = app.main_below.session.workspace.history
        assert (history.at, len(history.entries)) == (1, 1)
        assert isinstance(app.app.screen, ReviewScreen)


async def test_screen_may_be_closed_during_its_task(tmp_path: Path, fenced_environment: Path) -> None:
    make_huge(tmp_path, "models", models=2_000)
    async with open_app(request_for(tmp_path, fenced_environment, OPENAI_API_KEY="k")) as app:
        await app.press("1", "home")
        for keys in ("p escape", "o", "escape", "v escape", "enter space escape", "w w escape", "q escape"):
            await app.burst(*keys.split())
        assert app.app.screen is app.main_below
        assert app.main.busy == ""
