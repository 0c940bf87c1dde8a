"""The verdict above the lists: always whole, folded where it is long."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest

from tests.support.trees import Files, extended, g3_1, write_tree
from tests.tui.app_driver import open_app, request_for

LONG = "backend_with_a_name_of_some_length"


def refused(name: str = LONG) -> Files:
    """A tree that does not start because of a backend of that name."""
    return extended(g3_1(), "backends.toml", f'\n[{name}]\napi_key = "${{THE_KEY_OF_{name.upper()}}}"\n')


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, size) for name in ("a", "middle_sized", LONG) for size in ((80, 24), (120, 36), (200, 50))),
        ("a", (60, 16)),
        ("middle_sized", (60, 16)),
    ],
)
async def test_verdict_is_whole(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    write_tree(tmp_path, {**refused(name), f"backends/{name}.toml": '[defaults]\nsdk = "openai"\n'})
    async with open_app(request_for(tmp_path, tmp_path, OPENAI_API_KEY="x", ANTHROPIC_API_KEY="x"), size) as app:
        above = list(takewhile(lambda line: not line.startswith(("─", "━")), app.lines[1:]))
        words = " ".join(re.sub(r"(\d errors? +)?keys \d/\d$", "", line.strip()) for line in above).split()
        sentence = f"x does not start: backend {name}: variable THE_KEY_OF_{name.upper()} is not set"
        assert "".join(words) == "".join(sentence.split())
