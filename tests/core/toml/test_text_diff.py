"""Detection of changed values: if detected, every key keeps its position and no other value differs."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from core.toml.edit.plain_data import has, identical, value_at
from core.toml.positions import locate
from core.toml.text_diff import changed_values
from tests.core.toml.documents import documents
from tests.core.toml.edit import chance
from tests.support.stock import StockFactory

LINES = [
    'a = 1', "a = 2", 'a = "x"', "a = true", "a = ''", "a = [1]", "a = { b = 1 }", 'a = """x"""', "a = [", "]", '"""',
    "b.c = 1", "b.c = 2", '"a b" = 1', "[t]", "[t.u]", "[[t]]", '["t.u"]', "# a = 1", "", " a = 1", "a = 1 # one",
    "a = 2 # two", "a = 1\r", "a = 2020-01-01 10:00:00", "a = 2020-01-01", 'a = "#"', "x = '''", "'''",
]  # fmt: skip


def check(old: str, new: str) -> bool:
    """Whether only values were changed; then everything else must be the same."""
    try:
        before, after = tomli.loads(old), tomli.loads(new)
    except tomli.TOMLDecodeError:
        return False
    changed = changed_values(old, new)
    if changed is None:
        return False
    paths = {path for path, _ in chance.nodes(before)}
    assert paths == {path for path, _ in chance.nodes(after)}
    one, other = locate(old), locate(new)
    for path in paths:
        assert one.get(path) == other.get(path), path
        if not isinstance(value_at(before, path), dict | list) and path not in changed:
            assert identical(value_at(before, path), value_at(after, path)), path
    assert all(has(before, path) and not isinstance(value_at(before, path), dict | list) for path in changed)
    return True


@given(st.lists(st.sampled_from(LINES), max_size=8), st.lists(st.sampled_from(LINES), max_size=2), st.integers(0, 7))
@settings(max_examples=500)
def test_texts_of_a_few_lines(lines: list[str], other_lines: list[str], at: int) -> None:
    check("\n".join(lines), "\n".join([*lines[:at], *other_lines, *lines[at + len(other_lines) :]]))


@given(documents(), st.integers(0, 2**32), st.sampled_from(LINES))
@settings(max_examples=150)
def test_any_document_with_a_line_changed(text: str, seed: int, line: str) -> None:
    rng = Random(seed)
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    key, equals, _ = lines[at].partition("=")
    new = rng.choice([line, key + equals + rng.choice(["1", " true", ' "x"', " []"]), lines[rng.randrange(len(lines))]])
    check(text, "\n".join([*lines[:at], new, *lines[at + 1 :]]))


@pytest.mark.parametrize("release", ["0.10.2", "0.92.2"])
def test_most_stock_values_are_detected(stock: StockFactory, release: str) -> None:
    rng = Random(release)
    count = 0
    for file in sorted(stock(release).tree.rglob("*.toml")):
        text = file.read_text("utf-8")
        lines = text.split("\n")
        plain: list[Any] = [at for at, line in enumerate(lines) if "= " in line and line.endswith(('"', "true", "0"))]
        for at in rng.sample(plain, min(5, len(plain))):
            new = lines[at].partition("=")[0] + '= "another"'
            count += check(text, "\n".join([*lines[:at], new, *lines[at + 1 :]]))
    assert count > 50


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a = [\n'''\nb = 1\n'''\n]", "a = [\n'''\nb = 2\n'''\n]"),
        ('a = """\nb = 1\n"""', 'a = """\nb = 2\n"""'),
        ("[[t]]\nb = 1", "[[t]]\nb = 2"),
        ("[[t]]\n[t.u]\nb = 1", "[[t]]\n[t.u]\nb = 2"),
        ("b = [1]", "b = [2]"),
        ("b = 1", "b = [1]"),
        ("b = 1", "c = 1"),
        ("b = 1", "b = 1\nc = 2"),
        ("b.c = 1", "b.c = 2"),
        ('["a\\\\b"]\nb = 1', '["a\\\\b"]\nb = 2'),
    ],
)
def test_changes_beyond_a_value_give_none(old: str, new: str) -> None:
    assert tomli.loads(old) != tomli.loads(new)
    assert changed_values(old, new) is None


def test_a_value_with_a_comment() -> None:
    old = '[t."a b"]\nb = 1 # one\n[u]\nc = "x"\n'
    new = '[t."a b"]\nb = 2\n[u]\nc = "y" # other\n'
    assert changed_values(old, new) == frozenset([("t", "a b", "b"), ("u", "c")])
    assert changed_values(old, old) == frozenset()
