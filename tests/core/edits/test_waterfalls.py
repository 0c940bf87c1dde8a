"""Waterfalls, and up to 0.14 aliases that are lists: entries changed where lists add up or replace."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.alias_edits import (
    AddWaterfall,
    DeleteAlias,
    DeleteWaterfall,
    InsertEntry,
    MoveEntry,
    RemoveEntry,
    ReplaceEntry,
    ReplaceWaterfall,
    SetEntries,
)
from core.edits.intent import EditLayer, Intent
from core.edits.rename_edits import RenameAlias
from tests.core.edits.scenes import Scene, changed, ends, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, end, extended, minimal, resolved

ADDED_UP = ["0.10.2", "0.11.0", "0.14.3"]
REPLACED = ["0.17.6", "0.43.1", "0.92.2"]


def own(tree: Scene) -> str:
    return "deck/x_custom_llm_deck.toml" if tree.report.catalog.behaviours.sigils else "deck/overrides.toml"


def entries(tree: Scene, name: str) -> tuple[str, ...]:
    """The entries of a list as the release merges them."""
    for family in tree.report.catalog.families.values():
        if name in family.waterfalls:
            return family.waterfalls[name].entries
        if name in family.aliases:
            return family.aliases[name].targets
    raise AssertionError(name)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_waterfall_uses_the_syntax_of_the_release(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(AddWaterfall("llm", "mine", ("nobody", "gpt-4o-mini")))
    section = "aliases" if release < "0.15" else "waterfalls" if release < "0.18" else "llm.waterfalls"
    assert changed(tree, applied)[own(tree)][1:] == [f"+[{section}]", '+mine = ["nobody", "gpt-4o-mini"]']
    assert ("written as an alias" in " ".join(applied.notes)) == (release < "0.15")
    assert end(resolved(tree.after(applied), "mine")) == "openai/gpt-4o-mini"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_entry_is_appended_in_the_user_file(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(InsertEntry("llm", "chain", "claude-4-sonnet"))
    assert [*changed(tree, applied)] == [own(tree)]
    alone = '+chain = ["claude-4-sonnet"]'
    line = '+chain = ["nobody", "gpt-4o-mini", "claude-4-sonnet"]'
    assert changed(tree, applied)[own(tree)][-1] == (alone if release in ADDED_UP else line)
    assert entries(tree.then(applied), "chain") == ("nobody", "gpt-4o-mini", "claude-4-sonnet")


CHANGES: list[tuple[Intent, tuple[str, ...]]] = [
    (InsertEntry("llm", "chain", "claude-4-sonnet", 0), ("claude-4-sonnet", "nobody", "gpt-4o-mini")),
    (MoveEntry("llm", "chain", 1, 0), ("gpt-4o-mini", "nobody")),
    (RemoveEntry("llm", "chain", 0), ("gpt-4o-mini",)),
    (ReplaceEntry("llm", "chain", 0, "claude-4-sonnet"), ("claude-4-sonnet", "gpt-4o-mini")),
    (SetEntries("llm", "chain", ("claude-4-sonnet",)), ("claude-4-sonnet",)),
]


@pytest.mark.parametrize(("intent", "expected"), CHANGES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("release", REPLACED)
def test_replacing_override_holds_the_full_list(
    release: str, intent: Intent, expected: tuple[str, ...], tmp_path: Path
) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(intent)
    assert [*changed(tree, applied)] == [own(tree)]
    assert entries(tree.then(applied), "chain") == expected


@pytest.mark.parametrize(("intent", "expected"), CHANGES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("release", ADDED_UP)
def test_concatenated_list_is_refused_with_alternatives(
    release: str, intent: Intent, expected: tuple[str, ...], tmp_path: Path
) -> None:
    tree = scene(tmp_path, release)
    refused = tree.refused(intent)
    assert "appends the list `chain`" in refused.reason
    assert refused.layers == (EditLayer.BASE,)
    applied = tree.done(intent, EditLayer.BASE)
    assert [*changed(tree, applied)] == ["deck/base_deck.toml"]
    assert entries(tree.then(applied), "chain") == expected
    [other] = refused.alternatives
    assert isinstance(other, ReplaceWaterfall)
    applied = tree.done(other)
    assert [*changed(tree, applied)] == [own(tree)]
    assert entries(tree.then(applied), "my-chain") == expected


@pytest.mark.parametrize("release", [*MINIMAL])
def test_user_list_is_edited_by_entry_and_keeps_comments(release: str, tmp_path: Path) -> None:
    section = "aliases" if release < "0.15" else "waterfalls" if release < "0.18" else "llm.waterfalls"
    mine = f'[{section}]\nmine = [\n  "nobody", # none yet\n  "gpt-4o-mini", # cheap\n]\n'
    tree = scene(tmp_path, release, extended(minimal(release), "deck/zz.toml", mine))
    moved = changed(tree, tree.done(MoveEntry("llm", "mine", 1, 0)))
    assert moved == {"deck/zz.toml": ['-  "gpt-4o-mini", # cheap', '+  "gpt-4o-mini", # cheap']}
    lines = changed(tree, tree.done(RemoveEntry("llm", "mine", 0)))
    assert lines == {"deck/zz.toml": ['-  "nobody", # none yet']}
    added = changed(tree, tree.done(InsertEntry("llm", "mine", "best-claude", 1)))
    text = "best-claude" if release < "0.18" else "@best-claude"
    assert added == {"deck/zz.toml": [f'+  "{text}",']}


@pytest.mark.parametrize("release", ADDED_UP)
def test_user_part_of_a_concatenated_list_is_editable(release: str, tmp_path: Path) -> None:
    files = extended(minimal(release), "deck/zz.toml", '[aliases]\nchain = ["claude-4-sonnet", "best-claude"]\n')
    tree = scene(tmp_path, release, files)
    applied = tree.done(MoveEntry("llm", "chain", 3, 2))
    assert changed(tree, applied)["deck/zz.toml"][1] == '+chain = ["best-claude", "claude-4-sonnet"]'
    applied = tree.done(SetEntries("llm", "chain", ("nobody", "gpt-4o-mini")))
    assert changed(tree, applied)["deck/zz.toml"] == ['-chain = ["claude-4-sonnet", "best-claude"]']
    tree.refused(MoveEntry("llm", "chain", 3, 0))


@pytest.mark.parametrize("release", [*MINIMAL])
def test_invalid_waterfall_edit_is_refused(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    for intent in (
        AddWaterfall("llm", "mine", ()),
        AddWaterfall("llm", "chain", ("gpt-4o-mini",)),
        SetEntries("llm", "chain", ()),
        SetEntries("llm", "chain", ("chain",)),
        InsertEntry("llm", "chain", "gpt-4o-mini", 9),
        RemoveEntry("llm", "chain", 2),
        MoveEntry("llm", "chain", 0, 5),
        ReplaceEntry("llm", "nothing", 0, "gpt-4o-mini"),
        SetEntries("llm", "best-claude", ("gpt-4o-mini",)),
    ):
        tree.refused(intent, EditLayer.BASE)


@pytest.mark.parametrize("release", ["0.17.6", "0.92.2"])
def test_used_waterfall_is_deleted_only_with_a_replacement(release: str, tmp_path: Path) -> None:
    section = "waterfalls" if release < "0.18" else "llm.waterfalls"
    names = "aliases" if release < "0.18" else "llm.aliases"
    user = "mine" if release < "0.18" else "~mine"
    files = extended(
        minimal(release), "deck/zz.toml", f'[{section}]\nmine = ["gpt-4o-mini"]\n[{names}]\nit = "{user}"\n'
    )
    tree = scene(tmp_path, release, files)
    [offer] = tree.refused(DeleteWaterfall("llm", "mine")).alternatives
    applied = tree.done(offer)
    assert end(resolved(tree.after(applied), "it")) == "openai/gpt-4o-mini"
    assert not any(key[2] == "mine" for key in ends(tree.after(applied)))


@pytest.mark.parametrize("release", ["0.15.7", "0.17.6"])
def test_stock_trees(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    if release == "0.15.7":
        tree.refused(InsertEntry("llm", "smart_llm", "gpt-4o", 0))
        applied = tree.done(InsertEntry("llm", "smart_llm", "gpt-4o-mini"))
        assert changed(tree, applied) == {"deck/overrides.toml": ["+[waterfalls]", '+smart_llm = ["gpt-4o-mini"]']}
    else:
        applied = tree.done(InsertEntry("llm", "cheap_llm_for_structured", "gpt-4o", 0))
        line = '+cheap_llm_for_structured = ["gpt-4o", "gpt-4o-mini", "mistral-small", "claude-3-haiku"]'
        assert changed(tree, applied) == {"deck/overrides.toml": ["+[waterfalls]", line]}


LISTED = """[llm.waterfalls]
mine = [
    # @cheap is free of charge
    "@cheap", # cheap at night
    "gpt-4o-mini", # last
]
[llm.aliases]
cheap = "gpt-4o-mini"
"""


@pytest.mark.parametrize(
    "intent", [ReplaceEntry("llm", "mine", 0, "claude-4-sonnet"), DeleteAlias("llm", "cheap", "claude-4-sonnet")]
)
def test_comments_that_name_a_replaced_entry_go_with_it_and_the_review_says_so(intent: Intent, tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", LISTED))
    applied = tree.done(intent, EditLayer.BASE)
    assert '+    "claude-4-sonnet",' in changed(tree, applied)["deck/zz.toml"]
    assert "comments go with it: `# @cheap is free of charge`, `# cheap at night`" in applied.notes


def test_comments_that_name_a_renamed_entry_stay_with_it(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", LISTED))
    applied = tree.done(RenameAlias("llm", "cheap", "free"), EditLayer.BASE)
    assert '+    "@free", # cheap at night' in changed(tree, applied)["deck/zz.toml"]
    assert not [note for note in applied.notes if "comment" in note]
