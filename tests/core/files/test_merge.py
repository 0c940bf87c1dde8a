"""Merging deck files: their order, the depth, and the file of each value."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.entities import Layer
from core.files.outline import dotted
from core.files.source import LayeredDocument, Source, Table, layered, read_source
from core.files.view import DISK
from core.toml.toml_reader import TomlDocument, read_toml
from tests.support.trees import g1, inspect


def names(folder: Path) -> list[str]:
    return [Path(path).relative_to(folder).as_posix() for path in DISK.toml_below(str(folder))]


def test_deck_files_are_ordered_by_the_characters_of_their_paths(tmp_path: Path) -> None:
    ordered = [
        ".hid.toml",
        "00.toml",
        "A.toml",
        "a.toml",
        "base_deck.toml",
        "overrides.toml",
        "sub.toml",
        "sub/b.toml",
        "z-1.toml",
        "z.toml",
    ]
    for name in (*reversed(ordered), "notes.txt", "UPPER.TOML", "x.toml.bak"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert names(tmp_path) == ordered


@given(
    st.sets(
        st.text("aZ0_-./", min_size=1, max_size=6).filter(lambda name: not set("/.") & set(name[:1] + name[-1:])),
        max_size=6,
    )
)
@settings(max_examples=40)
def test_any_names_are_ordered_by_their_characters(found: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for name in found:
            path = Path(folder, f"{name.replace('//', '/')}.toml")
            if ".." in path.parts:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            made.append(path.relative_to(folder).as_posix())
        assert names(Path(folder)) == sorted(set(made))


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.toml").touch()
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "deck" / "loop").symlink_to(tmp_path / "deck")
    assert names(tmp_path / "deck") == []


def merged(tmp_path: Path, *texts: str, concatenate: bool = False) -> LayeredDocument:
    sources = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        sources.append(read_source(str(path), path.name, Layer.PROJECT))
    return layered(tuple(sources), concatenate=concatenate)


def test_tables_merge_key_by_key_and_keep_their_places(tmp_path: Path) -> None:
    document = merged(tmp_path, "[t]\na = 1\nb = 2\n[u]\nc = 3\n", "[t]\nb = 5\nd = 4\n")
    assert document.data == {"t": {"a": 1, "b": 5, "d": 4}, "u": {"c": 3}}
    assert list(document.data["t"]) == ["a", "b", "d"]  # type: ignore[call-overload]
    assert document.locate(("t", "a")).file == "0.toml"
    assert (document.locate(("t", "b")).file, document.locate(("t", "b")).line) == ("1.toml", 2)
    assert [source.shown for source in document.stack(("t", "b"))] == ["0.toml", "1.toml"]


def test_an_inline_table_merges_like_any_table(tmp_path: Path) -> None:
    document = merged(tmp_path, "p = { a = 1, b = 2 }\n", "[p]\nb = 3\n")
    assert document.data == {"p": {"a": 1, "b": 3}}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("v = 1", "v = { a = 1 }", {"a": 1}), ("v = { a = 1 }", "v = 1", 1), ("v = [1]", "v = 2", 2)],
)
def test_other_values_are_replaced(first: str, second: str, expected: object, tmp_path: Path) -> None:
    assert merged(tmp_path, first, second).data["v"] == expected


def test_lists_are_replaced_or_appended(tmp_path: Path) -> None:
    assert merged(tmp_path, "v = [1, 2]", "v = [3]").data["v"] == [3]
    document = merged(tmp_path, "v = [1, 2]", "v = [3]", concatenate=True)
    assert document.data["v"] == [1, 2, 3]
    assert [document.locate(("v", index)).file for index in range(3)] == ["0.toml", "0.toml", "1.toml"]
    assert document.locate(("v", 2)).key == "v[0]"


VALUES = st.recursive(
    st.integers(0, 9),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(st.integers(0, 9), max_size=2),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return str(value)


def _naive(first: object, second: object) -> object:
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **{key: _naive(first[key], item) if key in first else item for key, item in second.items()}}
    return second


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
@settings(max_examples=60)
def test_three_files_merge_like_a_reference_implementation(
    one: dict[str, object], two: dict[str, object], three: dict[str, object]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        texts = ["".join(f"{key} = {_toml(value)}\n" for key, value in data.items()) for data in (one, two, three)]
        document = merged(Path(folder), *texts)
    expected = _naive(_naive(one, two), three)
    assert document.data == expected
    assert isinstance(expected, dict)
    assert list(document.data) == list(expected)


def test_last_deck_file_wins(tmp_path: Path) -> None:
    more = "[llm_presets.cheap]\ntemperature = 0.1\n"
    files = {**g1(), "deck/a.toml": more.replace("0.1", "0.9"), "deck/c.toml": more}
    preset = inspect(tmp_path, files).catalog.families["llm"].presets["cheap"]
    assert preset.fields == {"llm_handle": "gpt-4o-mini", "temperature": 0.1}
    assert preset.place.at("temperature").location.file.endswith("deck/c.toml")
    assert preset.place.at("llm_handle").location.file.endswith("deck/base_deck.toml")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("a", "b-c", "d_1"), "a.b-c.d_1"),
        (("a", "b.c"), 'a."b.c"'),
        (("a", 'b"c'), 'a."b\\"c"'),
        (("a", 2, "b"), "a[2].b"),
        (("é",), '"é"'),
    ],
)
def test_a_path_is_written_as_toml_writes_it(path: tuple[str | int, ...], expected: str) -> None:
    assert dotted(path) == expected


@pytest.mark.benchmark
def test_merge_time_is_linear_in_the_number_of_files() -> None:
    def seconds(count: int) -> float:
        texts = [f"[llm.presets]\np{number} = {{ model = 'm' }}\n" for number in range(count)]
        sources = tuple(
            Source(f"{number}.toml", "", Layer.PROJECT, read_toml(text.encode())) for number, text in enumerate(texts)
        )
        start = time.process_time()
        assert len(layered(sources).data["llm"]["presets"]) == count  # type: ignore[index]
        return time.process_time() - start

    small, large = min(seconds(1_000) for _ in range(3)), min(seconds(8_000) for _ in range(3))
    assert large < 30 * small  # twice as much for each doubling would be 64 times


VALUES = st.integers(0, 3) | st.lists(st.integers(0, 9), max_size=2)
for _ in range(3):
    VALUES = VALUES | st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2)


@given(
    st.lists(st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2), min_size=9, max_size=10),
    st.lists(st.sampled_from(["a", "b", 0]), max_size=5).map(tuple),
)
@example([{}] * 8 + [{"b": [0]}, {"b": {}}], ("b", 0))
@settings(max_examples=100)
def test_index_and_scan_agree_on_the_winning_file(tables: list[Table], path: tuple[str | int, ...]) -> None:
    """Many files are looked up by their first keys, a few are looked through."""
    sources = tuple(
        Source(f"{number}.toml", f"{number}.toml", Layer.PROJECT, TomlDocument("", table, None, True))
        for number, table in enumerate(tables)
    )
    many = layered(sources)
    kept: list[Source] = []
    for source in sources:
        if source.holds(path):
            kept.append(source)
        elif source._file_outline.replaces(path):
            kept.clear()
    assert many.stack(path) == tuple(kept)
    if kept:
        assert many.winner(path) is kept[-1]
