"""Defaults of pipes that name no model, for each kind of work of each release, with overrides."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.defaults import Default, defaults
from tests.support.stock import StockFactory
from tests.support.trees import DECK, edited, end, extended, g3_1, inspect, minimal, with_override


def rows(report: Report) -> dict[str, Default]:
    return {row.purpose: row for row in defaults(report)}


def ending(row: Default) -> str | None:
    return end(row.resolution) if row.resolution is not None else None


@pytest.mark.parametrize(
    ("release", "purposes"),
    [
        ("0.10.2", ["text", "object"]),
        ("0.11.0", ["text", "object", "extract", "image"]),
        ("0.17.6", ["text", "object", "extract", "image"]),
        ("0.43.1", ["text", "object", "extract", "image", "search"]),
        ("0.92.2", ["text", "object", "extract", "image", "search", "judgment"]),
    ],
)
def test_each_purpose_of_a_release(release: str, purposes: list[str], tmp_path: Path) -> None:
    defaults = rows(inspect(tmp_path, minimal(release), release=release))
    assert list(defaults) == purposes
    assert ending(defaults["text"]) == "openai/gpt-4o-mini"
    assert ending(defaults["object"]) == "anthropic/claude-4-sonnet"
    assert (defaults["object"].price.input, defaults["object"].price.output) == (3, 15)


def test_a_kind_without_a_default_must_be_named(tmp_path: Path) -> None:
    judgment = rows(inspect(tmp_path, g3_1()))["judgment"]
    assert (judgment.says, judgment.resolution, judgment.price.is_known) == ("", None, False)


def test_override_wins_unless_disabled(tmp_path: Path) -> None:
    defaults = rows(inspect(tmp_path, with_override(g3_1(), '"$writing"', '"$disabled"')))
    text, object_ = defaults["text"], defaults["object"]
    assert (text.says, text.override, text.hides) == ("$writing", True, "$cheap")
    assert ending(text) == "anthropic/claude-4-sonnet"
    assert (object_.says, object_.override, object_.hides) == ("$writing", False, "")


def test_settings_in_place_and_those_of_a_preset(tmp_path: Path) -> None:
    files = edited(g3_1(), DECK, 'for_text = "$cheap"', 'for_text = { model = "@best-claude", temperature = 0.1 }')
    defaults = rows(inspect(tmp_path, files))
    assert defaults["text"].says == "settings for @best-claude"
    assert [(item.key, item.sent) for item in defaults["text"].settings] == [("temperature", "0.1")]
    assert [(item.key, item.sent) for item in defaults["object"].settings] == [("temperature", "0.5")]
    assert defaults["text"].place is not None
    assert defaults["text"].place.location.line == 14


def test_document_formats_have_a_row_each(tmp_path: Path) -> None:
    files = extended(g3_1(), DECK, '[doc_gen.choice_defaults]\n"pdf.html" = "x"\n')
    assert rows(inspect(tmp_path, files))["doc pdf.html"].says == "x"


def test_a_dead_default_says_so(tmp_path: Path) -> None:
    files = edited(g3_1(), DECK, 'for_text = "$cheap"', 'for_text = "$nobody"')
    text = rows(inspect(tmp_path, files))["text"]
    assert text.resolution is not None
    assert (text.resolution.status.value, text.spec) == ("dead", None)


def test_a_tree_without_a_deck_has_rows_without_an_answer(tmp_path: Path) -> None:
    defaults = rows(inspect(tmp_path, {"backends.toml": ""}))
    assert all(row.resolution is None for row in defaults.values())


def test_the_stock_tree(stock: StockFactory) -> None:
    defaults = rows(inspect(stock("0.92.2").root, release="0.92.2", assume_keys=True))
    assert ending(defaults["text"]) == "openai/gpt-5.6-terra"
    assert (defaults["text"].price.input, defaults["text"].price.output) == (2, 12)
