"""When pipedeck itself fails: calm words without values, exit code 1."""

from __future__ import annotations

import pytest

from core.errors import NoTreeError
from tests.tui.driving import demo
from tui.crash import crash_words


def fail(secret: str) -> None:
    raise ValueError(f"cannot use {secret}")


def test_the_words_name_the_kind_of_error_and_no_value() -> None:
    with pytest.raises(ValueError, match="cannot use") as caught:
        fail("sk-secret-value")
    words = "\n".join(crash_words(caught.value))
    assert "sk-secret-value" not in words
    assert "ValueError in tests/tui/test_crash.py:" in words
    assert "Nothing was written" in words


def test_errors_raised_on_purpose_speak_for_themselves() -> None:
    assert crash_words(NoTreeError("no tree here")) == ("no tree here",)


async def test_an_error_in_a_handler_ends_the_app_with_calm_words(capfd: pytest.CaptureFixture[str]) -> None:
    async def use_a_pane_that_is_gone() -> None:
        async with demo() as app:
            app.main.panes.clear()
            app.main.session.pane = "sk-secret-value"
            await app.pilot.press("1")
            await app.pilot.pause()

    with pytest.raises(KeyError, match="sk-secret-value"):
        await use_a_pane_that_is_gone()
    said = capfd.readouterr().err
    assert "pipedeck had to stop" in said
    assert "KeyError in tui/screens/main.py" in said
    assert "sk-secret-value" not in said
    assert "Traceback" not in said
