"""Navigation: along a trail, back and forward, and by name."""

from __future__ import annotations

from tests.tui.app_driver import demo


async def test_enter_on_a_trail_step_selects_its_item() -> None:
    async with demo() as app:
        await app.press("4", "l")
        assert app.main.inspector.has_focus
        await app.press("down", "enter")
        assert "alias  llm / everyday" in app.right
        assert app.main.panes["deck"].table.has_focus
        await app.press("l", "down", "enter")
        assert "model  claude-4.5-sonnet" in app.right
        assert app.main.panes["models"].table.has_focus
        await app.press("l", "enter")
        assert "route  claude-*" in app.right


async def test_trail_is_rendered_as_a_tree_with_locations() -> None:
    async with demo() as app:
        await app.press("4", "down", "down", "down")
        assert "ends at" in app.left
        assert "CALLABLE" in app.details
        for part in (
            "$summary deck/1_llm_deck.toml:26",
            "└ ~frugal deck/1_llm_deck.toml:20",
            "x gemini-2.5-flash passed over: no enabled backend serves gemini-2.5-flash",
            "└ mistral-small",
            "+ mistral-* routing_profiles.toml:14",
            "-> mistral: first route that matches",
            "+ mistral backends.toml:16",
            "on, MISTRAL_API_KEY set",
            "= mistral-small-latest backends/mistral.toml:9",
            "$0.10 in / $0.30 out per M, max 131,072 tokens",
        ):
            assert part in app.details


async def test_dead_trail_shows_losing_rules_and_possible_backends() -> None:
    async with demo() as app:
        await app.press("4", "slash")
        await app.type("diagrams")
        await app.press("enter")
        for part in (
            "x DEAD no enabled backend serves its model",
            "x (default) routing_profiles.toml:10",
            "-> openai does not declare it",
            "- gemini-* routing_profiles.toml:21 -> google: backend google is off",
            "- google declares it, off backends/google.toml:12",
        ):
            assert part in app.details


async def test_back_and_forward_follow_the_history() -> None:
    async with demo() as app:
        await app.press("4", "l", "down", "enter")
        assert "alias  llm / everyday" in app.right
        await app.press("left_square_bracket")
        assert "preset  llm / writing" in app.right
        await app.press("right_square_bracket")
        assert "alias  llm / everyday" in app.right


async def test_overview_key_and_back() -> None:
    async with demo() as app:
        await app.press("3", "down", "0")
        assert "can it run?" in app.right
        assert app.main.inspector.has_focus
        await app.press("left_square_bracket")
        assert "route  mistral-*" in app.right


async def test_enter_on_a_cause_lists_problems_and_on_a_problem_selects_its_item() -> None:
    async with demo() as app:
        await app.press("enter")
        assert "5 Problems  of one cause" in app.left
        assert app.main.panes["problems"].table.has_focus
        await app.press("slash")
        await app.type("read-diagrams")
        await app.press("enter", "enter")
        assert "preset  llm / read-diagrams" in app.right
        assert app.main.panes["deck"].table.has_focus
        await app.press("5", "escape", "escape")
        assert "5 Problems  1 error" in app.left


async def test_esc_and_h_leave_the_inspector() -> None:
    async with demo() as app:
        for way_in, way_out in (("l", "h"), ("right", "left"), ("tab", "tab"), ("l", "escape")):
            await app.press("4", way_in)
            assert app.main.inspector.has_focus, way_in
            await app.press(way_out)
            assert app.main.panes["deck"].table.has_focus, way_out


async def test_go_anywhere_matches_names_by_letters() -> None:
    async with demo() as app:
        await app.press("colon")
        await app.type("opus")
        assert "claude-4.5-opus" in app.text
        await app.press("enter")
        assert "model  claude-4.5-opus" in app.right
        assert app.main.panes["models"].table.has_focus


async def test_go_anywhere_runs_commands() -> None:
    async with demo() as app:
        await app.press("ctrl+p")
        await app.type("can it run")
        await app.press("enter")
        assert "can it run?" in app.right


async def test_navigation_clears_filters_that_hide_the_target() -> None:
    async with demo() as app:
        await app.press("1", "2", "slash")
        await app.type("haiku")
        await app.press("enter", "colon")
        await app.type("mistral-large")
        await app.press("enter")
        assert "model  mistral-large" in app.right
        selected = app.main.panes["models"].table.selected
        assert selected is not None
        assert "mistral-large" in selected.cells


async def test_cancelled_go_anywhere_changes_nothing() -> None:
    async with demo() as app:
        before = app.lines
        await app.press("colon", "x", "escape")
        assert app.lines == before


async def test_footer_says_what_enter_does_here() -> None:
    async with demo() as app:
        assert app.lines[-1].startswith(" enter jump ")  # from the overview to the cause
        await app.press("1")
        assert app.lines[-1].startswith(" enter edit ")
        await app.press("5", "g")
        assert app.lines[-1].startswith(" enter list ")
        await app.press("enter", "g")
        assert app.lines[-1].startswith(" enter jump ")
        await app.press("enter")
        assert "4 Deck" in next(line for line in app.left.splitlines() if line.startswith("━"))
        await app.press("6")
        assert app.lines[-1].startswith(" enter jump ")
