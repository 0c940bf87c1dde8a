"""The text of a file, fixes of problems, and a disk that others write to."""

from __future__ import annotations

from tests.tui.edit.trees import Editable, sample, spoilt
from tui.editing.disk_watch import Watch
from tui.widgets.toml_text import tokens


async def test_the_text_is_shown_at_the_line_edited_through_the_gate_and_undone() -> None:
    async with sample() as app:
        await app.press("4", "down", "v")
        assert "deck/1_llm_deck.toml" in app.lines[0]
        assert "secrets hidden" in app.lines[0]
        assert '24  writing-long = { model = "@best-claude"' in app.text
        await app.press("enter", "x", "escape")
        assert "^s applies, a second esc discards" in app.text
        await app.press("ctrl+s")
        assert "edit the text of" in " ".join(app.lines[-2:])
        assert "xwriting-long" in app.text
        await app.press("u", "escape")
        assert app.main_status == ""


async def test_invalid_toml_is_refused_and_kept() -> None:
    async with sample() as app:
        await app.press("4", "down", "v", "enter", "left_square_bracket", "ctrl+s")
        assert "[writing-long" in app.text
        message = " ".join(app.text.splitlines()[-2:])
        assert "line 24: " in message, "where and why, whole"
        assert "…" not in message
        assert app.main_status == ""
        await app.press("escape", "escape", "escape")
        assert "4 Deck" in app.text


async def test_secrets_are_hidden_until_the_text_is_edited() -> None:
    async with spoilt({"backends.toml": ('"${OPENAI_API_KEY}"', '"sk-proj-0123456789abcdef"')}) as app:
        await app.press("1", "down", "v")
        assert "sk-proj-0123456789abcdef" not in app.text
        assert "•" in app.text
        await app.press("enter")
        assert "sk-proj-0123456789abcdef" in app.text


async def test_a_broken_file_opens_at_its_error_and_the_guess_is_one_key_away() -> None:
    async with spoilt({"backends/mistral.toml": ('inputs = ["text"]', 'inputs: ["text"]')}) as app:
        assert "does not start" in app.lines[1]
        await app.press("5", "v")
        assert "backends/mistral.toml" in app.lines[0]
        assert 'inputs: ["text"]' in app.text
        await app.press("escape", "f")
        assert '- inputs: ["text"]' in app.text
        assert '+ inputs = ["text"]' in app.text
        await app.press("enter", "w", "w")
        assert 'inputs = ["text"]' in app.read("backends/mistral.toml")
        assert "runs in part" in app.lines[1]


async def test_a_name_that_dies_of_a_broken_file_offers_the_fix_of_the_file() -> None:
    async with spoilt({"backends/mistral.toml": ('inputs = ["text"]', 'inputs: ["text"]')}) as app:
        await app.press("4", "slash")
        await app.type("translate")
        await app.press("enter", "f")
        assert "line 5: write = for :" in app.text
        assert "point preset translate" not in app.text


async def test_a_fix_is_shown_with_its_impact_and_is_an_edit_like_any_other() -> None:
    async with sample() as app:
        await app.press("5", "f")
        assert '+ best-gemini = "gpt-5"' in app.text
        await app.press("down", "down", "down")
        assert "2 names revive (2 not callable), 2 no longer callable" in app.text
        assert "x new: backend google: variable GOOGLE_API_KEY is not set" in app.text
        assert '+ best-gemini = "gpt-5"' not in app.text
        await app.press("up", "up", "up", "enter")
        assert app.status.startswith(" * 1 edit not written")
        await app.press("u")
        assert app.status == ""


async def test_disk_changes_are_merged_and_conflicts_are_asked() -> None:
    async with sample() as app:
        watch = app.main.disk_watch = Watch(app.main.editing)
        watch.look()
        await app.settle()
        path = app.tree / "backends.toml"
        path.write_text(app.read("backends.toml").replace("\nenabled = false", "\nenabled = true"), encoding="utf-8")
        watch.look()
        await app.settle()
        assert "5 on" in app.text
        assert "changed on disk: reloaded" in app.lines[-1]
        await app.press("1", "space")
        path.write_text(app.read("backends.toml").replace("enabled = true\n", "", 1), encoding="utf-8")
        watch.look()
        await app.settle()
        assert "changed on disk meanwhile" in app.text


def shown_codes(app: Editable) -> set[str]:
    view = app.main.session.view
    assert view is not None
    return {problem.code for problem in view.live_results.report.problems}


async def test_misplaced_files_that_come_and_go_are_noticed() -> None:
    async with sample() as app:
        watch = app.main.disk_watch = Watch(app.main.editing)
        for name in ("anthropic.toml", "../backends_override.toml", "backends/eu/groq.toml"):
            path = app.tree / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("", encoding="utf-8")
            watch.look()
            await app.settle()
            assert "file-ignored" in shown_codes(app), name
            path.unlink()
            watch.look()
            await app.settle()
            assert "file-ignored" not in shown_codes(app), name
        (app.tree / "deck" / "run.ndjson").write_text("", encoding="utf-8")
        assert app.main.session.workspace.moved() == ()


async def test_tracked_dotenv_is_told_after_the_first_screen() -> None:
    secret = "OPENAI_API_KEY=sk-proj-0123456789abcdefghijklmnop\n"
    async with spoilt({}, extra={"../../.env": secret}, tracked=".env") as app:
        await app.settle()
        await app.press("5", "slash", *"git tracks", "enter")
        assert "./.env holds keys, and git tracks it" in " ".join(app.text.split())
        assert "git rm --cached .env" in " ".join(app.text.split())
        await app.press("escape", "1", "space", "u")
        assert "dotenv-exposed" in shown_codes(app)


def test_parts_of_lines_stand_out() -> None:
    line = 'a.b = { "c d" = 1.5, e = "x # y" } # it = 1'
    marked = {(line[start:end], kind) for start, end, kind in tokens(line)}
    assert marked == {
        ("a.b", "key"),
        ('"c d"', "key"),
        ("1.5", "word"),
        ("e", "key"),
        ('"x # y"', "string"),
        ("# it = 1", "comment"),
    }
    assert next(iter(tokens("[llm.presets] # x"))) == (0, 13, "table")


async def test_problem_of_another_file_opens_its_text_at_the_line_without_values() -> None:
    async with spoilt({}, extra={"../../.env": "A=1\n\nOPENAI_API_KEY: sk-abcdef\n", "mine.yaml": "b: two\n"}) as app:
        await app.press("5", "slash", *"cannot be read", "enter", "enter")
        assert "./.env" in app.lines[0]
        assert "3  OPENAI_API_KEY:" in app.text
        assert "sk-abcdef" not in app.text
        await app.press("i")
        assert "shown only" in app.text
        await app.press("escape", "escape", "slash", *"mine.yaml", "enter", "v")
        assert "mine.yaml" in app.lines[0]
        assert "1  b:" in app.text
