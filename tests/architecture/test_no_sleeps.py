"""Tests never sleep for a fixed time: they wait for a condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

TESTS = Path(__file__).resolve().parents[1]

ALLOWED: Final[Mapping[str, str]] = {
    "support/polling.py": "waits for a condition, and looks now and then",
    "trust/storage.py": "is slow storage",
    "trust/loop_watch.py": "measures how late the loop comes back to it",
}
"""The files that may sleep, with the reason."""


def sleeps(code: str) -> Iterator[str]:
    """Sleeping calls with their lines: `sleep` of any module with a time other than 0, `pause` of a pilot with a time.

    Includes programs that tests contain as text.
    """
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            gives_way = [ast.unparse(one) for one in node.args] == ["0"]
            if (name == "sleep" and not gives_way) or (name == "pause" and (node.args or node.keywords)):
                yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "sleep(" in node.value:
            try:
                yield from (f"{node.lineno}: in a text, {line}" for line in sleeps(node.value))
            except SyntaxError:
                continue


def test_no_test_sleeps() -> None:
    sleeping = {
        str(path.relative_to(TESTS)): lines
        for path in sorted(TESTS.rglob("*.py"))
        if (lines := list(sleeps(path.read_text(encoding="utf-8")))) and path != Path(__file__)
    }
    assert {name: lines for name, lines in sleeping.items() if name not in ALLOWED} == {}, (
        "use tests/support/polling.py"
    )
    assert sleeping.keys() == ALLOWED.keys(), "what sleeps no longer needs no leave"


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("import time\ntime.sleep(1)", 1),
        ("from asyncio import sleep\nasync def f():\n    await sleep(delay)", 1),
        ("import asyncio\nasync def f():\n    await asyncio.sleep(0)", 0),
        ("async def f(pilot):\n    await pilot.pause()", 0),
        ("async def f(pilot):\n    await pilot.pause(0.5)\n    await pilot.pause(delay=1)", 2),
        ("CODE = 'import time\\ntime.sleep(2)'", 1),
        ("WORDS = 'a test that calls sleep( is refused'", 0),
    ],
)
def test_sleep_calls_are_detected(code: str, count: int) -> None:
    assert len(list(sleeps(code))) == count
