"""What scanning and editing cost, as multiples of what reading the same text costs: a machine's own speed drops out."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import count

import pytest
import tomli

from core.toml.edit import toml_commands as c
from core.toml.edit.containers import comment_spans
from core.toml.edit.editor import Edited, apply
from core.toml.edit.text_layout import build_layout, scan
from tests.support.stock import StockFactory

MODELS = "".join(
    f'["maker/model-{number}"]\nmodel_id = "id-{number}"\nmax_tokens = {number}\ninputs = ["text", "images"]\n'
    f'outputs = ["text"]\ncosts = {{ input = 0.{number}, output = {number} }}\n\n'
    for number in range(3000)
)


def _cost(task: Callable[[], object], rounds: int = 7) -> float:
    """The least processor time of several rounds, in seconds."""
    times = []
    gc.collect()
    gc.disable()  # a collection would take the time of all that earlier tests have left
    try:
        for _ in range(rounds):
            start = time.process_time()
            task()
            times.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(times)


def _edits(text: str, path: tuple[str, str]) -> Callable[[], object]:
    """One edit after another, each on the text that the one before has made, as in a session."""
    numbers = count(1_000_000)
    texts = [text]

    def edit() -> None:
        done = apply(texts[-1], c.SetValue(path, next(numbers)))
        assert isinstance(done, Edited)
        texts.append(done.text)

    return edit


@pytest.mark.benchmark
def test_the_largest_stock_file(stock: StockFactory) -> None:
    """Measured: reading 5 ms, scanning 3 ms, an edit with the gate 12 ms."""
    text = (stock("0.92.2").tree / "backends" / "openrouter.toml").read_text("utf-8")
    read = _cost(lambda: tomli.loads(text))
    assert _cost(lambda: build_layout(text)) < 8 * read
    assert _cost(lambda: comment_spans(scan(text))) < 20 * read
    assert _cost(_edits(text, ("ai21/jamba-large-1.7", "max_tokens"))) < 12 * read


@pytest.mark.benchmark
def test_thousands_of_models_cost_in_proportion() -> None:
    # Measured: 3 times; a coverage tool slows what is Python, and not the parser.
    assert _cost(lambda: build_layout(MODELS), 3) < 25 * _cost(lambda: tomli.loads(MODELS), 3)
    few = _cost(_edits(MODELS[: len(MODELS) // 4].rpartition("[")[0], ("maker/model-7", "max_tokens")), 5)
    assert _cost(_edits(MODELS, ("maker/model-7", "max_tokens")), 5) < 8 * few
