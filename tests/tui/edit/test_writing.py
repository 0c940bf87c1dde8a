"""Edits from the impact line over review and writing to undo and quitting."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app_driver import open_app
from tests.tui.edit.trees import sample
from tests.tui.pages import test_upgrade


async def test_an_edit_says_its_impact_before_it_is_written_and_undo_takes_it_back() -> None:
    async with sample() as app:
        before, screen = app.files, app.text
        await app.press("1", "down", "down", "space")
        assert app.status.startswith(" * 1 edit not written: 1 name dies, 2 new errors")
        assert app.status.endswith("w write u undo")
        assert app.files == before
        await app.press("u")
        assert app.status == ""
        assert app.lines[-1] == " undone: turn mistral off"
        await app.press("0")
        assert app.text.splitlines()[1] == screen.splitlines()[1]


async def test_the_review_shows_each_edit_with_its_file_every_line_and_what_changes() -> None:
    async with sample((80, 40)) as app:
        await app.press("1", "G", "up", "space", "w")
        for part in (
            "review: 1 file to write",
            "1  turn google on",
            "goes to .pipelex/inference/backends.toml  base",
            "- enabled = false",
            "+ enabled = true",
            "effects  2 names revive",
            "o $read-diagrams  dead -> gemini-2.5-pro at google",
        ):
            assert part in app.text, part


async def test_w_twice_writes_and_undo_works_after_writing() -> None:
    async with sample() as app:
        before = app.files
        await app.press("1", "G", "up", "space")
        await app.write()
        assert app.lines[-1] == " wrote .pipelex/inference/backends.toml"
        assert app.status == ""
        assert app.read("backends.toml") == before["backends.toml"].decode().replace(
            "\nenabled = false", "\nenabled = true"
        )
        await app.press("u")
        assert app.lines[-1] == " undone: turn google on; not on disk yet: w writes that"
        assert app.status.startswith(" * undo of 1 edit not written: ")
        await app.press("w")
        assert "undo of  turn google on  written" in app.text
        await app.press("escape")
        await app.write()
        assert app.files == before
        await app.press("ctrl+r")
        assert app.lines[-1] == " redone: turn google on"


async def test_new_errors_have_to_be_agreed_to_and_the_safe_answer_is_the_default() -> None:
    async with sample() as app:
        before = app.files
        await app.press("1", "down", "space", "w", "w")
        assert "6 new errors" in app.text
        assert "profile own_keys: default goes to backend openai, which is off" in app.text
        await app.press("enter")
        assert app.files == before
        await app.press("w", "down", "enter")
        assert app.files != before


async def test_leaving_asks_only_when_something_would_be_lost() -> None:
    async with sample() as app:
        await app.press("1", "space", "q")
        assert "Your edits of 1 file are not written." in app.text
        await app.press("enter")
        assert app.app.is_running
        assert app.status
        await app.press("ctrl+q")
        assert "discard the edits and quit" in app.text
        await app.press("escape", "u", "q")
        assert app.app.return_code == 0


async def test_an_edit_can_be_sent_to_the_override_from_the_review() -> None:
    async with sample() as app:
        await app.press("1", "G", "up", "space", "w", "o")
        assert "backends_override.toml" in app.text
        await app.press("w", "down", "enter")
        assert "[google]\nenabled = true" in app.read("backends_override.toml")
        assert "enabled = false" in app.read("backends.toml")


async def test_the_disk_that_moved_is_merged_before_writing() -> None:
    async with sample() as app:
        await app.press("1", "G", "up", "space")
        backends = app.tree / "backends.toml"
        backends.write_text("# from elsewhere\n" + backends.read_text(encoding="utf-8"), encoding="utf-8")
        await app.write()
        assert "changed on disk" in app.text
        await app.press("w", "down", "enter")
        assert app.read("backends.toml").startswith("# from elsewhere\n")
        assert "\nenabled = false" not in app.read("backends.toml")


async def test_conflicts_are_asked_by_key_and_postponed_by_default() -> None:
    for keys, expected in ((("enter",), None), (("down", "enter"), False), (("down", "down", "enter"), True)):
        async with sample() as app:
            await app.press("1", "G", "up", "space")
            path = app.tree / "backends.toml"
            path.write_text(app.read("backends.toml").replace("enabled = false\n", ""), encoding="utf-8")
            await app.press("R")
            assert "changed on disk meanwhile (1 of 1)" in app.text
            assert "google.enabled" in app.text
            await app.press(*keys)
            assert bool(app.status) is (expected is not False)


async def test_a_tree_opened_for_reading_only_says_why_nothing_can_be_edited() -> None:
    async with sample(read_only=True) as app:
        before = app.files
        await app.press("1", "space")
        assert app.lines[-1] == " nothing can be edited: it was opened read-only"
        assert "read only" in app.lines[0]
        await app.press("w", "u", "4", "enter", "x")
        assert "nothing can be edited" in app.lines[-1]
        await app.press("q", "q")
        assert app.files == before
        assert app.app.return_code == 0


async def test_files_of_a_large_review_fold_and_their_hunks_are_found_by_keys(tmp_path: Path) -> None:
    request = test_upgrade.request_for(tmp_path)
    async with open_app(request) as app:
        await app.press("U")
        await app.app.workers.wait_for_complete()
        await app.press("enter", "w")
        assert "▸ backends.toml" in app.text
        assert "7 files to write" in app.lines[0]
        assert app.text.index("effects") < app.text.index("edits  in the order") < app.text.index("files  7")
        await app.press("tab")
        assert "file 1 of 7" in app.lines[0]
        assert app.lines[-1].startswith(" enter unfold")
        await app.press("tab", "n")
        assert "file 2 of 7, hunk 1 of" in app.lines[0]
        assert "line 1" in app.text
        await app.press("up")
        assert app.lines[-1].startswith(" enter fold")
        await app.press("enter")
        assert "▸ backends/anthropic.toml" in app.text
