"""The log: limited, newest entry first, without secrets."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app_driver import demo, open_app, request_for
from tui.sample import copy_sample
from tui.session import MAX_ENTRIES, Log


async def test_log_lists_messages_newest_first() -> None:
    async with demo() as app:
        await app.press("ctrl+t", "R", "L")
        entries = [line for line in app.lines if line[:9].strip().count(":") == 2]
        assert [entry[11:].partition(" for ")[0] for entry in entries] == [
            "tree reloaded",
            "read a throw-away sample",
            "colours: light",
            "read a throw-away sample",
        ]
        await app.press("escape")
        assert "can it run?" in app.right


async def test_log_contains_no_values_of_variables(tmp_path: Path, fenced_environment: Path) -> None:
    copy_sample(tmp_path / "shop")
    request = request_for(tmp_path / "shop", fenced_environment, ANTHROPIC_API_KEY="sk-made-up-0123456789")
    async with open_app(request) as app:
        await app.press("y", "4", "y", "R")
        text = " ".join(entry.message for entry in app.app.session.log.entries)
        assert "sk-made-up" not in text
        assert "copied" in text


def test_log_is_limited() -> None:
    log = Log(lambda: "12:00:00")
    for number in range(MAX_ENTRIES + 10):
        log.add(str(number))
    assert len(log.entries) == MAX_ENTRIES
    assert log.entries[0].message == str(MAX_ENTRIES + 9)
