"""The jobs that people come with, from the first screen, by keys that a screen on the way names."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.fake_servers import Server, models
from tests.support.stock import StockFactory
from tests.tui.app_driver import AppDriver, open_app
from tests.tui.checks.check_screens import until
from tests.tui.edit.trees import Editable, sample, spoilt, stock_tree
from tests.tui.pages import test_upgrade
from tests.tui.pages.reading import page
from tui.loading import Request
from tui.screens.served import ServedScreen

KEY_NAMES = {"/": "slash", "$": "dollar_sign", "esc": "escape", ":": "colon", "!": "exclamation_mark"}


class Walk:
    """Presses keys only after a screen has named them; counts them without those of typed names."""

    def __init__(self, app: AppDriver) -> None:
        self.app = app
        self.keys = 0
        self._seen: list[str] = []
        self._look()

    def _look(self) -> None:
        self._seen += self._texts()

    def _texts(self) -> list[str]:
        """The screen as it is, and without line breaks: all of it, and each side of the main screen."""
        parts = (self.app.text, self.app.left, self.app.right)
        return [self.app.text, *(" ".join(part.split()) + " " for part in parts)]

    async def by(self, hint: str) -> None:
        """Press the key that begins a hint, such as `f fix`, which is on this screen or was on one before."""
        self._look()
        assert any(hint in text for text in self._seen), f"no screen so far says {hint!r}:\n{self.app.text}"
        key = hint.partition(" ")[0].rstrip(":,)")
        self.keys += 1
        await self.app.press(KEY_NAMES.get(key, key))
        self._look()

    async def down(self, rows: int = 1) -> None:
        """Move in a list with the arrow key."""
        self.keys += rows
        await self.app.press(*["down"] * rows)

    async def type(self, text: str) -> None:
        """Type a name or an address."""
        await self.app.type(text)
        self._look()

    def sees(self, *words: str) -> None:
        """Assert that the screen says something, whatever the line breaks."""
        for word in words:
            assert any(word in text for text in self._texts()), f"{word!r} is not on the screen:\n{self.app.text}"


async def write(walk: Walk, app: Editable) -> None:
    """Review and write, agreeing to new errors."""
    await walk.by("w write")
    await walk.by("w write")
    if "do not write" in app.text:
        await walk.down()
        await walk.by("enter choose")
    walk.sees("wrote")


async def test_job_1_can_it_run_what_is_dead_and_why() -> None:
    async with sample() as app:
        walk = Walk(app)
        walk.sees("runs in part: 1 of 7 LLM presets dead", "backend google is off", "fix: turn google on")
        await walk.by("f fix")
        walk.sees("point alias best-gemini at", "enter choose")
        await walk.by("esc cancel")
        await walk.by("enter ")
        assert "5 Problems  of one cause" in app.left


async def test_job_2_use_only_my_own_key(stock: StockFactory, fenced_environment: Path) -> None:
    async with stock_tree(stock("0.92.2"), fenced_environment, ANTHROPIC_API_KEY="made-up") as app:
        walk = Walk(app)
        walk.sees("16 backends are on without their keys")
        await walk.by("1 Backends")
        await walk.by("o only this")
        walk.sees("profile all_enabled_backends -> all_anthropic", "[x] @default-premium")
        await walk.by("w apply")
        await write(walk, app)
        assert 'active = "all_anthropic"' in app.read("routing_profiles.toml")
        assert walk.keys <= 7


async def test_job_3_why_a_preset_goes_to_its_backend() -> None:
    async with sample() as app:
        walk = Walk(app)
        await walk.by("4 Deck")
        await walk.by("e explain")
        walk.sees("@everyday", "claude-*", "routing_profiles.toml:13", "backends/anthropic.toml:13", "$3 in / $15 out")


async def test_job_4_which_keys_are_missing(stock: StockFactory, fenced_environment: Path) -> None:
    async with stock_tree(stock("0.92.2"), fenced_environment, ANTHROPIC_API_KEY="made-up") as app:
        walk = Walk(app)
        walk.sees("set their keys (press 6)")
        await walk.by("6)")
        walk.sees("1 of 20 required variables set", "y line for .env")
        assert "OPENAI_API_KEY missing" in page(app)


async def test_job_5_switch_the_profile_on_my_machine_only() -> None:
    async with sample() as app:
        walk = Walk(app)
        before = app.read("routing_profiles.toml")
        await walk.by("p profile")
        await walk.type("cheap")
        await walk.by("enter switch")
        await write(walk, app)
        assert 'active = "cheapest"' in app.read("routing_profiles_override.toml")
        assert app.read("routing_profiles.toml") == before


async def test_job_6_repoint_a_preset_to_a_model_that_is_served() -> None:
    async with sample() as app:
        walk = Walk(app)
        await walk.by("4 Deck")
        await walk.by("/ filter")
        await walk.type("diagrams")
        await walk.by("enter keep")
        await walk.by("m repoint")
        await walk.by("enter choose")
        await write(walk, app)
        assert "read-diagrams = { model =" in app.read("deck/x_custom_llm_deck.toml")


async def test_job_7_the_cheapest_vision_model_with_a_key() -> None:
    async with sample() as app:
        walk = Walk(app)
        await walk.by("2 Models")
        await walk.by("V vision")
        await walk.by("K key set")
        await walk.by("$ price")
        assert "mistral-small" in app.left.partition("2 Models")[2].splitlines()[2]
        assert walk.keys == 4


async def test_job_8_turn_a_backend_off_and_see_the_damage_first() -> None:
    async with sample() as app:
        walk = Walk(app)
        before = app.files
        await walk.by("1 Backends")
        await walk.down(2)
        await walk.by("space on/off")
        walk.sees("1 name dies")
        assert app.files == before
        await write(walk, app)
        assert app.files != before


async def test_job_9_where_a_value_comes_from_and_what_is_without_it() -> None:
    own = '[llm.presets]\nwriting = { model = "@everyday", temperature = 0.1 }\n'
    async with spoilt({}, (120, 36), extra={"deck/x_custom_llm_deck.toml": own}) as app:
        walk = Walk(app)
        await walk.by("4 Deck")
        await walk.by("enter edit")
        await walk.down(2)
        walk.sees("deck/x_custom_llm_deck.toml:", "when removed: 0.9 (deck file)")
        await walk.by("x remove")
        walk.sees("the value is then 0.9 (deck file)")


async def test_job_10_what_a_new_release_changes(tmp_path: Path) -> None:
    async with open_app(test_upgrade.request_for(tmp_path)) as app:
        walk = Walk(app)
        walk.sees("U carries them to 0.92.2, c compares")
        await walk.by("U carries")
        await app.app.workers.wait_for_complete()
        walk.sees("1 to decide", "make the upgrade as one edit")
        await walk.by("esc back")
        await walk.by("c compares")
        await walk.down()
        walk.sees("since release 0.14.3")
        await walk.by("enter choose")
        await app.app.workers.wait_for_complete()
        walk.sees("compare 0.14.3 -> 0.92.2", "names die", "by cause")


async def test_job_11_fix_a_broken_file() -> None:
    async with spoilt({"backends/mistral.toml": ('inputs = ["text"]', 'inputs: ["text"]')}) as app:
        walk = Walk(app)
        walk.sees("does not start")
        await walk.by("f fix")
        walk.sees('+ inputs = ["text"]')
        await walk.by("enter choose")
        await write(walk, app)
        assert 'inputs = ["text"]' in app.read("backends/mistral.toml")
        assert walk.keys == 4


async def test_job_12_undo_brings_back_every_byte() -> None:
    async with sample() as app:
        walk = Walk(app)
        before = app.files
        await walk.by("1 Backends")
        await walk.by("space on/off")
        await walk.by("u undo")
        assert app.files == before
        await walk.by("space on/off")
        await write(walk, app)
        assert app.files != before
        await walk.by("u undo")
        await write(walk, app)
        assert app.files == before


async def test_from_nothing_to_callable_presets_on_a_local_server(tmp_path: Path, fenced_environment: Path) -> None:
    os.chdir(tmp_path)
    with Server({"*": models("pico:8b", "nano", "phi")}) as server:
        async with open_app(Request(None, environ={"HOME": str(fenced_environment)})) as app:
            walk = Walk(app)
            await walk.by("n new")
            await walk.by("w write")
            await until(app, lambda: "1 Backends" in app.text)
            await walk.by("1 Backends")
            await walk.by("a add")
            await walk.type("proxy")
            await walk.by("enter choose")
            await walk.type(f"{server.url}/v1")
            await walk.by("enter: next field, then save")
            await walk.by("enter: next field, then save")
            await walk.by("enter: next field, then save")
            await until(app, lambda: isinstance(app.app.screen, ServedScreen) and "3 served" in app.text)
            await walk.by("a import")
            walk.sees("import 1 model to proxy")
            await walk.by("esc back")
            await walk.by("o only this")
            walk.sees("[x] @default-general qwen3-8b pico-8b")
            await walk.by("w apply")
            await walk.by("w write")
            await walk.by("w write")
            walk.sees("can run")
            assert walk.keys <= 15
            view = app.main.session.view
            assert view is not None
            presets = [item for item in view.report.resolutions if item.kind.value == "preset" and item.family == "llm"]
            assert presets
            assert {(item.spec.backend, item.spec.handle, item.status.value) for item in presets if item.spec} == {
                ("proxy", "pico-8b", "callable")
            }
