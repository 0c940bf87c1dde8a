"""The prompt for the input and output tokens of the call to price."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.dialogs.prompt import InputDialog, PromptScreen
from tui.settings.schema import SPECS
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


_MAX = SPECS["tokens_in"].maximum


def read_tokens(text: str) -> tuple[int, int]:
    """Two numbers in any usual form: `1000,500`, `1k 500`, `2M / 10_000`. Raises ValueError."""
    parts = text.replace("/", " ").replace(",", " ").split()
    if len(parts) != 2:
        raise ValueError("write two numbers, input and output tokens, such as 1000 500")
    return _count(parts[0]), _count(parts[1])


def _count(text: str) -> int:
    times = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    digits = (text[:-1] if times > 1 else text).replace("_", "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12 or not 0 <= int(digits) * times <= _MAX:
        raise ValueError(f"{text} is no number of tokens; write one such as 2000, 2k or 1M")
    return int(digits) * times


def ask_tokens(main: MainScreen, on_done: Callable[[], None]) -> None:
    """Ask for the token numbers of the call."""

    def take(dialog: InputDialog, text: str) -> None:
        try:
            main.session.tokens = read_tokens(text)
        except ValueError as error:
            dialog.reject(str(error))
            return
        dialog.accept()
        on_done()

    input_tokens, output_tokens = main.session.tokens
    intro = [Line((("Input and output tokens, such as 1000 500, 2k 1k or 1M 0.", "dim"),))]
    main.app.push_screen(PromptScreen("a call of", f"{input_tokens} {output_tokens}", take, intro=intro))
