"""The scanner of edits against the parser: every value where it says, nothing missing, nothing twice."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.toml.edit.containers import comment_spans, parse_container
from core.toml.edit.text_layout import Layout, Path, Span, scan
from core.toml.scanner import ANY_STRING
from tests.core.toml.documents import documents
from tests.core.toml.edit.campaign import RELEASES
from tests.core.toml.edit.nasty import DOCUMENTS, variants
from tests.core.toml.edit.tiles import tiles
from tests.support.stock import StockFactory

_TOKEN = re.compile(rf"{ANY_STRING}|\#[^\n]*+")


def _value_spans(layout: Layout) -> dict[Path, Span]:
    """The span of every written value: pairs, array elements and inline entries, at any depth.

    Tables with a header, or implied by a dotted key, have no written value and are left out.
    """
    text = layout.text
    spans: dict[Path, Span] = {}
    for section in layout.sections:
        for statement in layout.statements[section.first : section.stop]:
            if statement.kind != "pair":
                continue
            path = layout.full_path(section, statement)
            spans[path] = Span(statement.value_start, statement.value_end)
            if text.startswith(("[", "{"), statement.value_start):
                _add_inner(text, path, statement.value_start, spans)
    return spans


def _add_inner(text: str, path: Path, pos: int, spans: dict[Path, Span]) -> None:
    pending = [(path, pos)]
    while pending:
        outer, at = pending.pop()
        inside = parse_container(text, at)
        if inside is None:
            continue
        for number, item in enumerate(inside.items):
            inner = outer + (tuple([part.name for part in item.parts]) if inside.table else (number,))
            spans[inner] = Span(item.value_start, item.end)
            if text.startswith(("[", "{"), item.value_start):
                pending.append((inner, item.value_start))


def check(text: str) -> None:
    """The statements tile the text; each path of the data that is written as a value has one span that reads as it."""
    layout = scan(text)
    assert "".join(text[statement.start : statement.end] for statement in layout.statements) == text
    spans = _value_spans(layout)
    sections = {section.path for section in layout.sections}
    pending: list[tuple[Path, Any]] = [((), tomli.loads(text))]
    while pending:
        path, node = pending.pop()
        span = spans.pop(path, None)
        if span is None:
            # A table with a header, or that dotted keys or headers go through, or an array of tables.
            assert isinstance(node, dict | list), path
            assert path in sections or node, path
        else:
            assert repr(tomli.loads(f"x = {text[span.start : span.end]}")["x"]) == repr(node), path
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        pending += [((*path, key), value) for key, value in items]
    assert spans == {}


def check_keys(text: str) -> None:
    """Each part of each key has its position, and the slow scanner of the tests gives the same statements."""
    layout = scan(text)
    for statement in layout.statements:
        for part in statement.parts:
            assert tomli.loads(f"{text[part.start : part.end]} = 1") == {part.name: 1}
    kinds = {"table": "header", "tables": "header"}
    seen = [
        (kinds.get(statement.kind, statement.kind), text[statement.start : statement.end])
        for statement in layout.statements
    ]
    assert seen == [(tile.kind, tile.text) for tile in tiles(text)]


def check_comments(text: str) -> None:
    """Taking the comments out by their spans, and nothing else, changes no data and leaves no `#` but in strings."""
    assert len(comment_spans(scan(text))) == sum(1 for token in _TOKEN.findall(text) if token.startswith("#"))
    pieces, at = [], 0
    for start, end in comment_spans(scan(text)):
        assert text[start] == "#"
        pieces.append(text[at:start])
        at = end
    bare = "".join((*pieces, text[at:]))
    assert repr(tomli.loads(bare)) == repr(tomli.loads(text))
    assert comment_spans(scan(bare)) == []


@given(documents())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_random_documents(text: str) -> None:
    check(text)
    check_keys(text)
    check_comments(text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nasty_documents(name: str) -> None:
    for _, text in variants(DOCUMENTS[name]):
        check(text)
        check_keys(text)
        check_comments(text)


@pytest.mark.parametrize("release", RELEASES)
def test_every_file_of_a_stock_tree(release: str, stock: StockFactory) -> None:
    files = sorted(stock(release).tree.rglob("*.toml"))
    assert len(files) > 10
    for file in files:
        text = file.read_bytes().decode()
        for written in (text, text.replace("\n", "\r\n")):
            check(written)
            check_comments(written)
        check_keys(text)


@given(st.text("[]{}\"'\\=.,# \na\r\t0\x00\ufeff"))
def test_any_text_is_laid_out_completely(text: str) -> None:
    layout = scan(text)
    assert "".join(text[statement.start : statement.end] for statement in layout.statements) == text
    _value_spans(layout)
    comment_spans(layout)


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = [1,\n" * 20_000, "a." * 50_000 + "a = 1", '\\"' * 50_000])
def test_long_invalid_texts_are_scanned_once(text: str) -> None:
    """None of these may take time that grows with the square of its length: the run would not end."""
    assert scan(text).statements


def test_seeded_scanner_fault_is_detected() -> None:
    """The checks above can fail: a value cut short by one character, a statement lost, a comment overlooked."""
    text = 'a = "x" # c\n[t]\nb = [1, 2]\n'
    layout = scan(text)
    first = layout.statements[0]
    for wrong in (
        first._replace(value_end=first.value_end - 1),
        first._replace(end=first.end - 1),
        first._replace(parts=(first.parts[0]._replace(start=1),)),
        first._replace(comment=-1),
    ):
        broken = layout._replace(statements=(wrong, *layout.statements[1:]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.modules[__name__], "scan", lambda _, broken=broken: broken)
            assert not _passes(text)
    assert _passes(text)


def _passes(text: str) -> bool:
    try:
        check(text)
        check_keys(text)
        check_comments(text)
    except (AssertionError, tomli.TOMLDecodeError):
        return False
    return True
