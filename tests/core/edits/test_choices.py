"""Choices: defaults and overrides set as each release takes them, and the settings that go with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride, SetDeckSetting
from core.edits.intent import EditLayer
from tests.core.edits.scenes import Scene, changed, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, codes, end, extended, minimal, resolved, section, with_override


def own(tree: Scene, family: str = "llm") -> str:
    by_family = tree.report.catalog.behaviours.sigils
    return f"deck/x_custom_{family}_deck.toml" if by_family else "deck/overrides.toml"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_default_uses_the_syntax_of_the_release(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    for name in ("writing", "$writing"):
        applied = tree.done(SetChoiceDefault("llm", "for_text", name))
        written = "writing" if release < "0.18" else "$writing"
        table = section(minimal(release), "choice_defaults")
        assert changed(tree, applied)[own(tree)][1:] == [f"+[{table}]", f'+for_text = "{written}"']
        assert end(resolved(tree.after(applied), "llm/default/for_text")) == "anthropic/claude-4-sonnet"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_override_adds_the_other_required_key(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(SetChoiceOverride("llm", "for_object", "cheap"))
    written = "cheap" if release < "0.18" else "$cheap"
    table = section(minimal(release), "choice_overrides")
    assert changed(tree, applied)[own(tree)][1:] == [
        f"+[{table}]",
        f'+for_object = "{written}"',
        '+for_text = "disabled"',
    ]
    assert codes(tree.after(applied)) == codes(tree.report)
    assert end(resolved(tree.after(applied), "llm/override/for_object")) == "openai/gpt-4o-mini"


@pytest.mark.parametrize("release", [*MINIMAL])
def test_override_is_disabled(release: str, tmp_path: Path) -> None:
    name = '"cheap"' if release < "0.18" else '"$cheap"'
    tree = scene(tmp_path, release, with_override(minimal(release), name, name))
    applied = tree.done(SetChoiceOverride("llm", "for_text", None))
    assert changed(tree, applied)[own(tree)][-1] == '+for_text = "disabled"'
    assert not any(item.reference == "llm/override/for_text" for item in tree.after(applied).resolutions)
    applied = tree.done(SetChoiceOverride("llm", "for_text", None), EditLayer.BASE)
    assert changed(tree, applied) == {"deck/base_deck.toml": [f"-for_text = {name}", '+for_text = "disabled"']}
    assert not scene(tmp_path / "none", release).done(SetChoiceOverride("llm", "for_text", None)).steps


@pytest.mark.parametrize(
    ("release", "expected", "works"),
    [
        ("0.10.2", "gpt-4o-mini", False),
        ("0.10.2", "writng", False),
        ("0.11.0", "gpt-4o-mini", True),
        ("0.17.6", "best-claude", True),
        ("0.43.1", "@best-claude", True),
        ("0.43.1", "$nothing", False),
        ("0.92.2", "~chain", True),
    ],
)
def test_targets_of_a_default_depend_on_the_release(release: str, expected: str, works: bool, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = SetChoiceDefault("llm", "for_text", expected)
    if works:
        assert "choice-dead" not in codes(tree.after(tree.done(intent)))
    else:
        tree.refused(intent)


@pytest.mark.parametrize(
    ("release", "expected", "works"),
    [
        ("0.10.2", "gpt-4o-mini", False),
        ("0.17.6", "gpt-4o-mini", False),
        ("0.17.6", "cheap", True),
        ("0.43.1", "gpt-4o-mini", True),
        ("0.43.1", "gpt-4o-minu", False),
        ("0.92.2", "@best-claude", True),
    ],
)
def test_override_target_must_exist(release: str, expected: str, works: bool, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = SetChoiceOverride("llm", "for_text", expected)
    if works:
        assert tree.after(tree.done(intent)).boots
    else:
        tree.refused(intent)


@pytest.mark.parametrize("release", [*MINIMAL][1:])
def test_other_families_have_one_choice_without_override(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(SetChoiceDefault("text_extractor", "", "nobody"))
    family = "ocr" if release < "0.12" else "extract"
    assert changed(tree, applied)[own(tree, family)][1:] == [f"+[{family}]", '+choice_default = "nobody"']
    tree.refused(SetChoiceOverride("img_gen", "", "painter"))
    assert "one without a key" in tree.refused(SetChoiceDefault("img_gen", "for_text", "painter")).instead
    assert "`for_text`" in tree.refused(SetChoiceDefault("llm", "for_txt", "cheap")).instead


def test_reference_replaces_inline_settings(tmp_path: Path) -> None:
    mine = '[llm.choice_defaults.for_text]\nmodel = "gpt-4o-mini"\ntemperature = 0.1\n'
    tree = scene(tmp_path, "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", mine))
    applied = tree.done(SetChoiceDefault("llm", "for_text", "$writing"))
    assert end(resolved(tree.after(applied), "llm/default/for_text")) == "anthropic/claude-4-sonnet"
    inline = '[llm.choice_defaults]\nfor_text = { model = "gpt-4o-mini", temperature = 0.1 } # mine\n'
    tree = scene(tmp_path / "b", "0.92.2", extended(minimal("0.92.2"), "deck/zz.toml", inline))
    applied = tree.done(SetChoiceDefault("llm", "for_text", "$writing"))
    assert changed(tree, applied)["deck/zz.toml"][1] == '+for_text = "$writing" # mine'


def test_deck_settings(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    applied = tree.done(SetDeckSetting("llm", "default_temperature", 0.2))
    assert changed(tree, applied)[own(tree)][1:] == ["+[llm.choice_defaults]", "+default_temperature = 0.2"]
    assert tree.after(applied).catalog.families["llm"].settings["default_temperature"] == 0.2
    applied = tree.done(SetDeckSetting("img_gen", "default_quality", "high"), EditLayer.BASE)
    assert changed(tree, applied) == {"deck/base_deck.toml": ['-default_quality = "low"', '+default_quality = "high"']}
    assert "from 0 to 1" in tree.refused(SetDeckSetting("llm", "default_temperature", 2)).reason
    assert "one of low" in tree.refused(SetDeckSetting("img_gen", "default_quality", "best")).reason
    tree.refused(SetDeckSetting("extract", "default_quality", "low"))
    scene(tmp_path / "old", "0.17.6").refused(SetDeckSetting("llm", "default_temperature", 0.2))


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.15.7", "0.17.6", "0.18.6", "0.43.1", "0.92.2"])
def test_stock_trees(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    preset = next(iter(tree.report.catalog.families["llm"].presets))
    written = preset if release < "0.18" else f"${preset}"
    applied = tree.done(SetChoiceOverride("llm", "for_text", preset))
    assert changed(tree, applied) == {own(tree): ['-for_text = "disabled"', f'+for_text = "{written}"']}
