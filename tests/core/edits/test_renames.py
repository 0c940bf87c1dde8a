"""Renames: one step for a name and everything that says it, after which every other reference ends where it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.alias_edits import AddAlias
from core.edits.intent import EditLayer, Intent
from core.edits.preset_edits import DuplicatePreset
from core.edits.rename_edits import RenameAlias, RenamePreset, RenameWaterfall
from tests.core.edits.scenes import Ends, Scene, changed, ends, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, Files, extended, minimal, section


def renamed(before: Ends, kind: str, old: str, new: str) -> Ends:
    return {(key[0], key[1], new) if (key[0], key[2]) == (kind, old) else key: value for key, value in before.items()}


def mine(release: str) -> Files:
    """A tree in which the user's alias, waterfall and preset are referenced from user and base files."""
    files = minimal(release)
    handle = "llm_handle" if release < "0.12" else "model"
    space = "" if release < "0.18" else "llm."
    lists = "aliases" if release < "0.15" else "waterfalls"
    alias, chain, preset = ("", "", "") if release < "0.18" else ("@", "~", "$")
    more = f'many = ["{alias}mine", "gpt-4o-mini"]'
    text = f"""
        [{space}aliases]
        mine = "claude-4-sonnet" # the best
        second = "{alias}mine"
        {more if lists == "aliases" else ""}

        [{section(files, "presets")}]
        my-preset = {{ {handle} = "{alias}mine", temperature = 0.1 }}
        over-list = {{ {handle} = "{chain}many", temperature = 0.2 }}

        [{section(files, "choice_overrides")}]
        for_text = "{preset}my-preset"
        for_object = "disabled"
        """
    if lists == "waterfalls":
        text += f"\n        [{space}waterfalls]\n        {more}\n"
    base = f'\n[{section(files, "presets")}.of-the-base]\n{handle} = "{alias}mine"\ntemperature = 0.5\n'
    return extended(extended(files, own(release), text), "deck/base_deck.toml", base)


def own(release: str) -> str:
    return "deck/overrides.toml" if release < "0.18" else "deck/x_custom_llm_deck.toml"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_alias_rename_updates_every_reference(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release, mine(release))
    applied = tree.done(RenameAlias("llm", "mine", "yours"))
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "mine", "yours")
    diffs = changed(tree, applied)
    assert [*diffs] == [own(release)]
    sigil = "" if release < "0.18" else "@"
    assert '+yours = "claude-4-sonnet" # the best' in diffs[own(release)]
    assert f'+second = "{sigil}yours"' in diffs[own(release)]
    assert f'+many = ["{sigil}yours", "gpt-4o-mini"]' in diffs[own(release)]
    handle = "llm_handle" if release < "0.12" else "model"
    assert f'+of-the-base = {{ {handle} = "{sigil}yours" }}' in diffs[own(release)]
    assert applied.notes == ("2 aliases and 2 presets follow",) or applied.notes == (
        "1 alias, 1 waterfall and 2 presets follow",
    )


@pytest.mark.parametrize("release", [*MINIMAL])
def test_base_references_are_updated_on_request(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release, mine(release))
    applied = tree.done(RenameAlias("llm", "mine", "yours"), EditLayer.BASE)
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "mine", "yours")
    assert len(changed(tree, applied)["deck/base_deck.toml"]) == 2


@pytest.mark.parametrize("release", [*MINIMAL])
def test_waterfalls_and_presets_are_renamed(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release, mine(release))
    kind = "alias" if release < "0.15" else "waterfall"
    applied = tree.done(RenameWaterfall("llm", "many", "lots"))
    assert ends(tree.after(applied)) == renamed(ends(tree.report), kind, "many", "lots")
    applied = tree.done(RenamePreset("llm", "my-preset", "your-preset"))
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "preset", "my-preset", "your-preset")
    written = '+for_text = "your-preset"' if release < "0.18" else '+for_text = "$your-preset"'
    assert written in changed(tree, applied)[own(release)]


@pytest.mark.parametrize("release", [*MINIMAL])
def test_shipped_entry_is_not_renamed_in_another_file(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    refused = tree.refused(RenameAlias("llm", "best-claude", "top"))
    assert refused.layers == (EditLayer.BASE,)
    written = "best-claude" if release < "0.18" else "@best-claude"
    assert refused.alternatives == (AddAlias("llm", "top", written),)
    tree.done(refused.alternatives[0])
    applied = tree.done(RenameAlias("llm", "best-claude", "top"), EditLayer.BASE)
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "best-claude", "top")
    refused = tree.refused(RenamePreset("llm", "writing", "top"))
    assert refused.alternatives == (DuplicatePreset("llm", "writing", "top"),)


def test_concatenated_shipped_list_cannot_be_updated(tmp_path: Path) -> None:
    files = extended(minimal("0.14.3"), "deck/zz.toml", '[aliases]\nnobody = "gpt-4o-mini"\n')
    tree = scene(tmp_path, "0.14.3", files)
    refused = tree.refused(RenameAlias("llm", "nobody", "somebody"))
    assert refused.layers == (EditLayer.BASE,)
    assert "appends" in refused.reason
    applied = tree.done(RenameAlias("llm", "nobody", "somebody"), EditLayer.BASE)
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "nobody", "somebody")


def test_replaced_shipped_list_is_updated_by_an_override(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "deck/zz.toml", '[llm.aliases]\nnobody = "gpt-4o-mini"\n')
    tree = scene(tmp_path, "0.92.2", files)
    applied = tree.done(RenameAlias("llm", "nobody", "somebody"))
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "nobody", "somebody")
    assert '+chain = ["somebody", "gpt-4o-mini"]' in changed(tree, applied)["deck/x_custom_llm_deck.toml"]


@pytest.mark.parametrize(
    ("release", "intent"),
    [
        ("0.92.2", RenameAlias("llm", "mine", "second")),
        ("0.92.2", RenameAlias("llm", "mine", "@x")),
        ("0.92.2", RenameAlias("llm", "min", "x")),
        ("0.17.6", RenameAlias("llm", "mine", "many")),
        ("0.17.6", RenameAlias("llm", "mine", "gpt-4o-mini")),
        ("0.17.6", RenameWaterfall("llm", "many", "second")),
        ("0.92.2", RenamePreset("llm", "my-preset", "")),
        ("0.17.6", RenamePreset("llm", "my-preset", "disabled")),
    ],
)
def test_invalid_new_names_are_refused(release: str, intent: Intent, tmp_path: Path) -> None:
    scene(tmp_path, release, mine(release)).refused(intent)


def test_ambiguous_bare_name_gets_a_sigil(tmp_path: Path) -> None:
    text = '[llm.aliases]\nmine = "claude-4-sonnet"\nother = "mine"\nquoted = "alias:mine"\n'
    tree = scene(tmp_path, "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", text))
    applied = tree.done(RenameAlias("llm", "mine", "gpt-4o-mini"))
    assert '+other = "@gpt-4o-mini"' in changed(tree, applied)["deck/zz.toml"]
    assert '+quoted = "alias:gpt-4o-mini"' in changed(tree, applied)["deck/zz.toml"]
    assert ends(tree.after(applied)) == renamed(ends(tree.report), "alias", "mine", "gpt-4o-mini")


def test_rename_that_retargets_another_reference_is_refused(tmp_path: Path) -> None:
    # Up to 0.17 a choice that names an alias would get the preset of that name.
    text = '[aliases]\nx = "claude-4-sonnet"\n[llm.choice_defaults]\nfor_text = "x"\n'
    text += '[llm.presets]\nmine = { model = "gpt-4o-mini", temperature = 0 }\n'
    tree = scene(tmp_path, "0.17.6", extended(minimal("0.17.6"), "deck/zz.toml", text))
    refused = tree.refused(RenamePreset("llm", "mine", "x"))
    assert "choice `default/for_text` would resolve to another model" in refused.reason


def test_references_resolved_by_a_rename_are_noted(tmp_path: Path) -> None:
    text = '[llm.aliases]\nmine = "claude-4-sonnet"\nother = "@yours"\n'
    tree = scene(tmp_path, "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", text))
    applied = tree.done(RenameAlias("llm", "mine", "yours"))
    assert applied.notes == ("1 dead reference becomes alive, because of the name `yours`",)


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.18.6", "0.43.1", "0.92.2"])
def test_stock_trees_have_no_other_changes(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    before = ends(tree.report)
    for family, entries in tree.report.catalog.families.items():
        name = "llm" if family == "global" else family
        intents: list[tuple[Intent, str, str]] = []
        intents += [(RenameAlias(name, one, "zz-new"), "alias", one) for one in list(entries.aliases)[:2]]
        intents += [(RenameWaterfall(name, one, "zz-new"), "waterfall", one) for one in list(entries.waterfalls)[:1]]
        intents += [(RenamePreset(name, one, "zz-new"), "preset", one) for one in list(entries.presets)[:1]]
        for intent, kind, one in intents:
            _check(tree, intent, before, kind, family, one)


def _check(tree: Scene, intent: Intent, before: Ends, kind: str, family: str, name: str) -> None:
    applied = tree.done(intent, EditLayer.BASE)
    key = (kind, family, name)
    expected = {(kind, family, "zz-new") if one == key else one: value for one, value in before.items()}
    assert ends(tree.after(applied)) == expected


def test_shadowed_base_entry_stays_unchanged(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "deck/base_deck.toml", '\n[llm.presets.p]\nmodel = "@mine"\ntemperature = 0\n')
    text = '[llm.aliases]\nmine = "claude-4-sonnet"\n[llm.presets]\np = { model = "gpt-4o-mini" }\n'
    tree = scene(tmp_path, "0.92.2", extended(files, own("0.92.2"), text))
    applied = tree.done(RenameAlias("llm", "mine", "yours"))
    assert changed(tree, applied) == {own("0.92.2"): ['-mine = "claude-4-sonnet"', '+yours = "claude-4-sonnet"']}
    applied = tree.done(RenameAlias("llm", "mine", "yours"), EditLayer.BASE)
    assert changed(tree, applied)["deck/base_deck.toml"] == ['-model = "@mine"', '+model = "@yours"']
