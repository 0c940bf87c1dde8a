"""Where the keys of a TOML text are found: each path the parser knows, at the place where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.toml.positions import Position, locate
from tests.core.toml.documents import documents

Path = tuple[str | int, ...]
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOTTED = re.compile(rf"""(?:{_KEY.pattern})(?:[ \t]*\.[ \t]*(?:{_KEY.pattern}))*[ \t]*=[ \t]*""")


def _paths(data: object) -> Iterator[tuple[Path, object]]:
    pending: list[tuple[Path, object]] = [((), data)]
    while pending:
        path, node = pending.pop()
        yield path, node
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in items]


def _offset(text: str, position: Position) -> int:
    lines = text.split("\n")
    assert 1 <= position.line <= len(lines)
    assert 1 <= position.column <= len(lines[position.line - 1])
    return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1


def _is_value(text: str, offset: int, value: object) -> bool:
    if isinstance(value, dict):
        return text.startswith("{", offset)
    if isinstance(value, list):
        return text.startswith("[", offset)
    if isinstance(value, int) and not isinstance(value, bool):
        return re.match(rf"{value}(?!\d)", text[offset:]) is not None
    if isinstance(value, str):
        # Every text the generator makes begins with its own number, or is empty.
        return text[offset] in "\"'" and (not value or value.split()[0] in text[offset:][:12] or value in "\x1bA")
    return text[offset] not in "\"'[{ \t\n"


def _check(text: str) -> None:
    positions = locate(text)
    for path, value in _paths(tomli.loads(text)):
        position = positions.get(path)
        assert position is not None, path
        assert positions.nearest(path) == position
        if not path:
            assert position == (1, 1)
            continue
        offset = _offset(text, position)
        # The elements of an array of tables stand at the name in their header.
        header = text[text.rfind("\n", 0, offset) + 1 : offset].strip().startswith("[") and not isinstance(
            path[-1], str
        )
        if isinstance(path[-1], int) and not (header and isinstance(value, dict) and text[offset] != "{"):
            assert _is_value(text, offset, value), path
            continue
        name = next(key for key in reversed(path) if isinstance(key, str))
        written = _KEY.match(text, offset)
        assert written is not None, path
        assert tomli.loads(f"{written[0]} = 1") == {name: 1}
        if not isinstance(value, dict | list):
            statement = _DOTTED.match(text, offset)
            assert statement is not None, path
            assert _is_value(text, statement.end(), value), path


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents())
def test_every_path_has_its_written_position(text: str) -> None:
    _check(text)


@given(documents(), st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_broken_documents_never_raise(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    positions = locate(text[:start] + data.draw(st.text("[]{}\"'\\=.,# \na\r\x00", max_size=5)) + text[stop:])
    for path in (("a",), ("a", "b"), ("a", 0), ("a", 0, "a", 1), ("", "a.b"), (0,), ("fake", -1)):
        positions.get(path)
        assert positions.nearest(path).line >= 1


@given(st.text("[]{}\"'\\=.,# \na\r\t0\x00\ufeff"))
def test_any_text_is_scanned(text: str) -> None:
    for path in (("a",), ("a", "a"), ("a", 0, 0), ("a", 0, "a")):
        assert locate(text).nearest(path).column >= 1


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{a=" * 100_000,
        "[" * 100_000,
        "a." * 100_000 + "a = 1",
        "[" + "a." * 100_000 + "a]",
        '\\"' * 100_000,
        'a = \\"' * 50_000,
        "a = '''" * 50_000,
        'a = ["' * 50_000,
        "a = [1,\n" * 50_000,
        "a = {b = [1, 2\n" * 50_000,
        "# comment\n" * 100_000,
        "\r" * 100_000,
        "\ufeff" * 100_000,
        "a = [" + '"x", ' * 100_000,
        'a = """' + '\\"""' * 100_000,
        "=" * 100_000,
    ],
    ids=lambda text: text[:8],
)
def test_long_invalid_texts_are_scanned_once(text: str) -> None:
    """None of these may take time that grows with the square of its length: the run would not end."""
    assert locate(text).nearest(("a", 0, "a", 0, 0)).line >= 1
    assert locate(text).nearest(("a", "a", "a", "zz")).line >= 1


def test_positions_of_all_kinds_of_keys() -> None:
    text = """\
top = 1  # note
a.b."c.d" = { x = 1, y.z = [10, {w = 2}] }

[t]
list = [
  # comment ] "
  "one", 'two',
  [3],
]
text = \"""
[fake]
fake = 1
\"""
[t.sub.deep]
'k v' = true
[[many]]
n = 1
[[many.inner]]
n = 2
[many.inner.leaf]
x = 1
[[many]]
n = 3
"""
    positions = locate(text)
    for path, place in {
        (): (1, 1),
        ("top",): (1, 1),
        ("a",): (2, 1),
        ("a", "b"): (2, 3),
        ("a", "b", "c.d"): (2, 5),
        ("a", "b", "c.d", "x"): (2, 15),
        ("a", "b", "c.d", "y"): (2, 22),
        ("a", "b", "c.d", "y", "z"): (2, 24),
        ("a", "b", "c.d", "y", "z", 0): (2, 29),
        ("a", "b", "c.d", "y", "z", 1): (2, 33),
        ("a", "b", "c.d", "y", "z", 1, "w"): (2, 34),
        ("t",): (4, 2),
        ("t", "list"): (5, 1),
        ("t", "list", 0): (7, 3),
        ("t", "list", 1): (7, 10),
        ("t", "list", 2): (8, 3),
        ("t", "list", 2, 0): (8, 4),
        ("t", "text"): (10, 1),
        ("t", "sub"): (14, 4),
        ("t", "sub", "deep"): (14, 8),
        ("t", "sub", "deep", "k v"): (15, 1),
        ("many",): (16, 3),
        ("many", 0): (16, 3),
        ("many", 0, "n"): (17, 1),
        ("many", 0, "inner", 0): (18, 8),
        ("many", 0, "inner", 0, "leaf", "x"): (21, 1),
        ("many", 1): (22, 3),
        ("many", 1, "n"): (23, 1),
    }.items():
        assert positions.get(path) == place, path


def test_table_position_is_its_header_even_after_a_subtable() -> None:
    assert locate("[a.b]\n[a]\n").get(("a",)) == (2, 2)
    assert locate("[a.b]\n[a.c]\n").get(("a",)) == (1, 2)


def test_columns_count_characters_and_lines_end_in_lf() -> None:
    assert locate("# é\u2028😀\r\nx = {'😀' = 1, y = 2}\r\n").get(("x", "y")) == (2, 15)


def test_a_byte_order_mark_takes_a_column() -> None:
    assert locate("\ufeffa = 1").get(("a",)) == (1, 2)
    assert locate("\ufeff[a]\nb = 1").get(("a", "b")) == (2, 1)


def test_unknown_path_has_only_a_nearest_position() -> None:
    positions = locate("[t]\na = [1]\n")
    for path in (("t", "b"), ("t", "a", 1), ("t", "a", -1), ("t", "a", "x"), ("t", 0), ("u",), (0,)):
        assert positions.get(path) is None, path
    assert positions.nearest(("t", "a", 7, "x")) == (2, 1)
    assert positions.nearest(("t", "b", "c")) == (1, 2)
    assert positions.nearest(("u",)) == (1, 1)
    assert locate("").nearest(("u",)) == (1, 1)
