"""Aliases: added, pointed elsewhere and deleted, each where and as the release has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.alias_edits import AddAlias, DeleteAlias, SetTarget
from core.edits.intent import EditLayer
from tests.core.edits.scenes import changed, ends, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, end, extended, minimal, resolved


@pytest.mark.parametrize("release", [*MINIMAL])
def test_added_alias_goes_to_the_user_file(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(AddAlias("llm", "mine", "gpt-4o-mini"))
    file = "deck/x_custom_llm_deck.toml" if tree.report.catalog.behaviours.sigils else "deck/overrides.toml"
    header = "[llm.aliases]" if tree.report.catalog.behaviours.sigils else "[aliases]"
    head = "+# Your own settings. They override the files shipped with Pipelex."
    assert changed(tree, applied) == {file: [head, f"+{header}", '+mine = "gpt-4o-mini"']}
    assert end(resolved(tree.after(applied), "mine")) == "openai/gpt-4o-mini"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_shipped_alias_is_retargeted_by_an_override(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(SetTarget("llm", "best-claude", "gpt-4o-mini"))
    [(path, content)] = applied.contents.items()
    assert "base_deck" not in path
    assert content is not None
    assert content.decode().endswith('aliases]\nbest-claude = "gpt-4o-mini"\n')
    before, after = ends(tree.report), ends(tree.after(applied))
    assert {key for key in before if before[key] != after[key]} == {
        key for key, value in before.items() if value == "anthropic/claude-4-sonnet" and key[0] != "model"
    }


@pytest.mark.parametrize("release", [*MINIMAL])
def test_base_file_is_edited_in_place_on_request(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(SetTarget("llm", "best-claude", "gpt-4o-mini"), EditLayer.BASE)
    assert changed(tree, applied) == {
        "deck/base_deck.toml": ['-best-claude = "claude-4-sonnet"', '+best-claude = "gpt-4o-mini"']
    }
    assert any("managed by Pipelex" in note for note in applied.notes)


def test_references_use_the_syntax_of_the_release(tmp_path: Path) -> None:
    new = scene(tmp_path / "new", "0.92.2")
    assert '+mine = "@best-claude"' in _added(new, "best-claude")
    assert '+mine = "~chain"' in _added(new, "chain")
    assert '+mine = "handle:gpt-4o-mini"' in _added(new, "handle:gpt-4o-mini")
    old = scene(tmp_path / "old", "0.17.6")
    assert '+mine = "best-claude"' in _added(old, "@best-claude")


def _added(tree, target: str) -> list[str]:  # type: ignore[no-untyped-def]
    [lines] = changed(tree, tree.done(AddAlias("llm", "mine", target))).values()
    return lines


@pytest.mark.parametrize(
    ("release", "target", "message", "instead"),
    [
        ("0.92.2", "$writing", "is a preset", "`@best-claude`"),
        ("0.92.2", "writing", "is a preset", "`@best-claude`"),
        ("0.92.2", "@chain", "no llm alias `chain`", "`~chain`"),
        ("0.92.2", "@best-clade", "no llm alias", "`best-claude`"),
        ("0.92.2", "painter", "is a model of img_gen", "of that type"),
        ("0.92.2", " ", "empty", "Give a model"),
        ("0.92.2", "@", "empty", "Give a model"),
        ("0.17.6", "@nothing", "has no meaning", "without a sigil"),
        ("0.17.6", "", "empty", "Give a model"),
    ],
)
def test_unresolvable_target_is_refused(release: str, target: str, message: str, instead: str, tmp_path: Path) -> None:
    refused = scene(tmp_path, release).refused(AddAlias("llm", "mine", target))
    assert message in refused.reason
    assert instead in refused.instead


def test_undeclared_name_is_written_with_a_note(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    applied = tree.done(AddAlias("llm", "mine", "gpt-4o-minu"))
    assert applied.notes == ("no backend here declares `gpt-4o-minu`: did you mean `gpt-4o-mini`?",)


@pytest.mark.parametrize("release", [*MINIMAL])
@pytest.mark.parametrize("name", ["best-claude", "", " x", "x ", "@x", "alias:x", "disabled", "a\nb", "gpt-4o-mini"])
def test_invalid_name_is_refused(release: str, name: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = AddAlias("llm", name, "claude-4-sonnet")
    if name == "gpt-4o-mini" and tree.report.catalog.behaviours.sigils:
        assert any("write the sigil" in note for note in tree.done(intent).notes)
    else:
        tree.refused(intent)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_alias_cycle_is_refused(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    tree = tree.then(tree.done(AddAlias("llm", "two", "best-claude")))
    for target in ("best-claude", "two"):
        assert "cycle" in tree.refused(SetTarget("llm", "best-claude", target)).reason


def test_missing_alias_suggests_the_nearest_name(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    assert "`best-claude`" in tree.refused(SetTarget("llm", "best-clade", "gpt-4o-mini")).instead
    assert "a waterfall with that name" in tree.refused(SetTarget("llm", "chain", "gpt-4o-mini")).instead
    assert "`img_gen`" in tree.refused(AddAlias("img_gne", "x", "painter")).instead


@pytest.mark.parametrize("release", [*MINIMAL])
def test_used_alias_is_deleted_only_with_a_replacement(release: str, tmp_path: Path) -> None:
    deck = "deck/mine.toml" if release < "0.18" else "deck/x_custom_llm_deck.toml"
    section = "aliases" if release < "0.18" else "llm.aliases"
    tree = scene(
        tmp_path, release, extended(minimal(release), deck, f'[{section}]\none = "gpt-4o-mini"\ntwo = "one"\n')
    )
    refused = tree.refused(DeleteAlias("llm", "one"))
    assert "in use: 1 alias" in refused.reason
    [offer] = refused.alternatives
    applied = tree.done(offer)
    assert changed(tree, applied) == {deck: ['-one = "gpt-4o-mini"', '-two = "one"', '+two = "gpt-4o-mini"']}
    after = ends(tree.after(applied))
    assert ("alias", "global" if release < "0.18" else "llm", "one") not in after
    assert {key: value for key, value in ends(tree.report).items() if key in after} == after


def test_shipped_alias_cannot_be_deleted_in_another_file(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    refused = tree.refused(DeleteAlias("llm", "best-claude", "claude-4-sonnet"))
    assert refused.layers == (EditLayer.BASE,)
    applied = tree.done(DeleteAlias("llm", "best-claude", "claude-4-sonnet"), EditLayer.BASE)
    assert end(resolved(tree.after(applied), "writing")) == "anthropic/claude-4-sonnet"


def test_file_sorted_before_the_base_cannot_win(tmp_path: Path) -> None:
    files = extended(minimal("0.17.6"), "deck/a_mine.toml", '[aliases]\nbest-claude = "gpt-4o-mini"\n')
    tree = scene(tmp_path, "0.17.6", files)
    applied = tree.done(SetTarget("llm", "best-claude", "gpt-4o-mini"))
    assert [*changed(tree, applied)] == ["deck/overrides.toml"]
    assert end(resolved(tree.after(applied), "best-claude")) == "openai/gpt-4o-mini"


def test_user_file_that_sorts_last_wins(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "deck/zz.toml", '[llm.aliases]\nbest-claude = "claude-4-sonnet"\n')
    tree = scene(tmp_path, "0.92.2", files)
    applied = tree.done(SetTarget("llm", "best-claude", "gpt-4o-mini"))
    assert [*changed(tree, applied)] == ["deck/zz.toml"]
    assert end(resolved(tree.after(applied), "best-claude")) == "openai/gpt-4o-mini"


def test_broken_user_file_is_reported_and_unchanged(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "deck/x_custom_llm_deck.toml", "[llm\n")
    refused = scene(tmp_path, "0.92.2", files).refused(AddAlias("llm", "mine", "gpt-4o-mini"))
    assert refused.file is not None
    assert refused.file.endswith("x_custom_llm_deck.toml")
    assert "line 1" in refused.reason


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.15.7", "0.17.6", "0.18.6", "0.43.1", "0.92.2"])
def test_stock_base_files_stay_unchanged(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    space = "llm" if tree.report.catalog.behaviours.sigils else "global"
    alias = next(iter(tree.report.catalog.families[space].aliases))
    for intent in (SetTarget("llm", alias, "gpt-4o"), AddAlias("llm", "mine", alias)):
        [file] = changed(tree, tree.done(intent))
        assert file == ("deck/x_custom_llm_deck.toml" if space == "llm" else "deck/overrides.toml")
