"""Suggestions: near names, and names that read the same, told by their difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.suggest import did_you_mean, near

NAMES = ("gpt-4o", "gpt-4o-mini", "@best-claude", "$writing", "~either", "my model")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("GPT-4o", "upper and lower case differ: write `gpt-4o`"),
        (" gpt-4o", "remove the blanks around it: write `gpt-4o`"),
        ("my  model", "the blanks differ: write `my model`"),
        ("best-claude", "the same name is of another kind: write `@best-claude`"),
        ("@writing", "the same name is of another kind: write `$writing`"),
        ("gpt-4\u043e", "it has U+043E, which only looks like `o`: write `gpt-4o`"),
        ("gpt\u20114o-mini", "it has U+2011, which only looks like `-`: write `gpt-4o-mini`"),
        ("\uff47pt-4o", "it has U+FF47, which only looks like `g`: write `gpt-4o`"),
        ("gpt-4p", "did you mean `gpt-4o`?"),
        ("mistral-large", ""),
    ],
)
def test_hint(name: str, hint: str) -> None:
    assert did_you_mean(name, NAMES) == hint


@given(name=st.text(alphabet="gpt-4o ABC\u043e\u0441@$~", max_size=12))
def test_a_name_is_never_suggested_for_itself(name: str) -> None:
    hint = did_you_mean(name, (*NAMES, name))
    assert f"did you mean `{name}`" not in hint
    assert not hint or hint.startswith("did you mean ") or f"write `{name}`" not in hint


def test_names_that_share_only_their_last_word_are_not_near() -> None:
    assert near("tenacity_config", ["extract_config", "tenacity_confg"]) == ("tenacity_confg",)
    assert near("gpt-5-mini", ["gpt-4o-mini", "text-mini"]) == ("gpt-4o-mini",)
