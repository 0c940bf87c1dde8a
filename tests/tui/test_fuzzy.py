"""Fuzzy search: matches and their ranking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.dialogs.pick import best, score

NAMES = ("gpt-5", "gpt-5-mini", "claude-4.5-sonnet", "claude-4.5-opus", "$writing", "@best-claude", "mistral-large")


def test_letters_in_order_match() -> None:
    assert best("c45o", NAMES, str)[0] == "claude-4.5-opus"
    assert best("mlarge", NAMES, str) == ["mistral-large"]
    assert score("zz", "gpt-5") is None


def test_prefix_and_exact_matches_come_first() -> None:
    assert best("claude", NAMES, str)[0].startswith("claude")
    assert best("gpt-5", NAMES, str) == ["gpt-5", "gpt-5-mini"]


def test_words_match_in_any_order_and_case() -> None:
    assert best("SONNET claude", NAMES, str) == ["claude-4.5-sonnet"]


def test_empty_query_keeps_the_order() -> None:
    assert best(" ", NAMES, str) == list(NAMES)


@given(st.text(max_size=8), st.text(max_size=20))
def test_never_raises(query: str, text: str) -> None:
    result = score(query, text)
    assert result is None or isinstance(result, float)
