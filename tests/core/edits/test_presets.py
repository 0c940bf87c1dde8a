"""Presets: added, duplicated, changed key by key and deleted, with every key that the release knows and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.intent import EditLayer
from core.edits.preset_edits import (
    AddPreset,
    DeletePreset,
    DuplicatePreset,
    SetPresetField,
    SetPresetModel,
    UnsetPresetField,
)
from tests.core.edits.scenes import Scene, changed, ends, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, end, extended, minimal, resolved, section


def own(tree: Scene, family: str = "llm") -> str:
    by_family = tree.report.catalog.behaviours.sigils
    return f"deck/x_custom_{family}_deck.toml" if by_family else "deck/overrides.toml"


def key(release: str) -> str:
    return "llm_handle" if release < "0.12" else "model"


def presets(release: str) -> str:
    return section(minimal(release), "presets")


def lines(tree: Scene, intent: object) -> list[str]:
    """The lines that an edit changes in the user's deck file, without the head of a new file."""
    diff = changed(tree, tree.done(intent))[own(tree)]  # type: ignore[arg-type]
    return [line for line in diff if not line.startswith("+# Your own")]


@pytest.mark.parametrize("release", [*MINIMAL])
def test_preset_is_added(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = AddPreset("llm", "mine", "best-claude", (("temperature", 0.3), ("max_tokens", "auto")))
    alias = "best-claude" if release < "0.18" else "@best-claude"
    written = f'+mine = {{ {key(release)} = "{alias}", temperature = 0.3, max_tokens = "auto" }}'
    assert lines(tree, intent) == [f"+[{presets(release)}]", written]
    assert end(resolved(tree.after(tree.done(intent)), "mine")) == "anthropic/claude-4-sonnet"


def test_required_preset_fields_come_from_the_deck(tmp_path: Path) -> None:
    applied = scene(tmp_path / "new", "0.92.2").done(AddPreset("llm", "mine", "gpt-4o-mini"))
    assert applied.notes == ("temperature defaults to 0.7",)
    assert "needs `model`" not in str(applied.notes)
    old = scene(tmp_path / "old", "0.10.2").done(AddPreset("llm", "mine", "gpt-4o-mini"))
    assert old.notes == ("temperature defaults to 0.7",)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_single_key_of_a_shipped_preset_is_overridden(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = SetPresetField("llm", "writing", "temperature", 0.25)
    assert lines(tree, intent) == [f"+[{presets(release)}]", "+writing = { temperature = 0.25 }"]
    after = tree.after(tree.done(intent))
    assert after.catalog.families["llm"].presets["writing"].fields["temperature"] == 0.25
    assert ends(after) == ends(tree.report)
    base = changed(tree, tree.done(intent, EditLayer.BASE))
    assert [*base] == ["deck/base_deck.toml"]
    assert base["deck/base_deck.toml"][1].endswith("temperature = 0.25 }")


@pytest.mark.parametrize("release", [*MINIMAL])
def test_second_key_is_added_beside_the_first(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    tree = tree.then(tree.done(SetPresetField("llm", "writing", "temperature", 0.25)))
    assert lines(tree, SetPresetField("llm", "writing", "max_tokens", 50)) == [
        "-writing = { temperature = 0.25 }",
        "+writing = { temperature = 0.25, max_tokens = 50 }",
    ]


@pytest.mark.parametrize("release", [*MINIMAL])
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("temperature", 1.5, "expected a number from 0 to 1"),
        ("temperature", "0.5", "expected a number"),
        ("temperature", True, "expected a number"),
        ("max_tokens", "lots", "expected an integer"),
        ("max_tokens", 1.5, "expected an integer"),
        ("temprature", 0.5, "no key `temprature`"),
        ("quality", "low", "no key `quality`"),
    ],
)
def test_invalid_preset_is_refused(release: str, field: str, value: object, message: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    assert message in tree.refused(SetPresetField("llm", "writing", field, value)).reason
    tree.refused(AddPreset("llm", "mine", "gpt-4o-mini", (("temperature", 0.5), (field, value))))
    tree.refused(DuplicatePreset("llm", "writing", "mine", ((field, value),)))


def test_preset_keys_depend_on_the_release(tmp_path: Path) -> None:
    effort = SetPresetField("llm", "writing", "reasoning_effort", "xhigh")
    assert "from 0.18.0b3 on" in scene(tmp_path / "a", "0.17.6").refused(effort).reason
    assert lines(scene(tmp_path / "b", "0.92.2"), effort)
    target = SetPresetField("llm", "writing", "prompting_target", "openai")
    assert lines(scene(tmp_path / "c", "0.17.6"), target)
    assert "to 0.45" in scene(tmp_path / "d", "0.92.2").refused(target).reason


@pytest.mark.parametrize("release", [*MINIMAL])
def test_preset_is_retargeted(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    intent = SetPresetModel("llm", "writing", "gpt-4o-mini")
    assert lines(tree, intent)[1] == f'+writing = {{ {key(release)} = "gpt-4o-mini" }}'
    before, after = ends(tree.report), ends(tree.after(tree.done(intent)))
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {("preset", "llm", "writing"), ("choice", "llm", "default/for_object")}
    assert after["preset", "llm", "writing"] == "openai/gpt-4o-mini"
    # The name that another release has for the key means the same.
    assert changed(tree, tree.done(SetPresetField("llm", "writing", "model", "gpt-4o-mini"))) == changed(
        tree, tree.done(intent)
    )


def test_missing_capabilities_of_the_new_model_are_noted(tmp_path: Path) -> None:
    files = extended(
        minimal("0.92.2"),
        "backends/openai.toml",
        '\n[seer]\ninputs = ["text", "images"]\noutputs = ["text"]\nvalued_constraints = { fixed_temperature = 1 }\n',
    )
    tree = scene(tmp_path, "0.92.2", files)
    notes = tree.done(SetPresetModel("llm", "writing", "seer")).notes
    assert "`seer` gives no structured, as `claude-4-sonnet` does" in notes
    assert "it sets temperature 0.5, but `seer` always uses 1" in notes
    assert not any("images" in note for note in notes)
    tokens = tree.done(SetPresetField("llm", "cheap", "max_tokens", 9000)).notes
    assert tokens == ("it sets max_tokens to 9000, but `gpt-4o-mini` gives at most 8192",)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_duplicate_has_all_fields(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    tree = tree.then(tree.done(SetPresetField("llm", "writing", "max_tokens", 50)))
    intent = DuplicatePreset("llm", "writing", "mine", (("temperature", 0.9),))
    alias = "best-claude" if release < "0.18" else "@best-claude"
    assert lines(tree, intent) == [f'+mine = {{ {key(release)} = "{alias}", temperature = 0.9, max_tokens = 50 }}']
    tree.refused(DuplicatePreset("llm", "writing", "cheap"))
    tree.refused(DuplicatePreset("llm", "wriitng", "mine"))


@pytest.mark.parametrize("release", ["0.17.6", "0.92.2"])
def test_new_key_replaces_an_exclusive_one(release: str, tmp_path: Path) -> None:
    mine = '[img_gen.presets]\nmine = { model = "painter", nb_steps = 4 }\n'
    tree = scene(tmp_path, release, extended(minimal(release), "deck/zz.toml", mine))
    applied = tree.done(SetPresetField("img_gen", "mine", "quality", "low"))
    assert changed(tree, applied)["deck/zz.toml"][1] == '+mine = { model = "painter", quality = "low" }'
    assert any("`nb_steps` is removed" in note for note in applied.notes)
    shipped = '\n[img_gen.presets]\nmine = { model = "painter", nb_steps = 4 }\n'
    tree = scene(tmp_path / "b", release, extended(minimal(release), "deck/base_deck.toml", shipped))
    refused = tree.refused(SetPresetField("img_gen", "mine", "quality", "low"))
    assert refused.layers == (EditLayer.BASE,)
    assert "duplicate" in refused.instead
    tree.done(SetPresetField("img_gen", "mine", "quality", "low"), EditLayer.BASE)
    applied = tree.done(DuplicatePreset("img_gen", "mine", "other", (("quality", "low"),)))
    assert changed(tree, applied)[own(tree, "img_gen")][-1] == '+other = { model = "painter", quality = "low" }'


@pytest.mark.parametrize("release", [*MINIMAL])
def test_optional_key_is_removed_and_required_key_is_not(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    tree.refused(UnsetPresetField("llm", "writing", "temperature"), EditLayer.BASE)
    tree.refused(UnsetPresetField("llm", "writing", "max_tokens"))
    tree = tree.then(tree.done(SetPresetField("llm", "writing", "max_tokens", 50)))
    assert lines(tree, UnsetPresetField("llm", "writing", "max_tokens"))[1:] == ["+writing = {}"]


@pytest.mark.parametrize("release", [*MINIMAL])
def test_used_preset_is_deleted_only_with_a_replacement(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    tree = tree.then(tree.done(AddPreset("llm", "mine", "gpt-4o-mini", (("temperature", 0.5),))))
    applied = tree.done(DeletePreset("llm", "mine"))
    assert ends(tree.after(applied)) == ends(scene(tmp_path / "before", release).report)
    assert "1 choice" in tree.refused(DeletePreset("llm", "cheap"), EditLayer.BASE).reason
    tree.refused(DeletePreset("llm", "cheap", "cheap"), EditLayer.BASE)
    applied = tree.done(DeletePreset("llm", "cheap", "writing"), EditLayer.BASE)
    assert end(resolved(tree.after(applied), "llm/default/for_text")) == "anthropic/claude-4-sonnet"
    assert tree.refused(DeletePreset("llm", "cheap", "writing")).layers == (EditLayer.BASE,)


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.15.7", "0.17.6", "0.18.6", "0.43.1", "0.92.2"])
def test_stock_base_files_stay_unchanged(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    for family, entries in tree.report.catalog.families.items():
        if not entries.presets:
            continue
        name, preset = next(iter(entries.presets.items()))
        applied = tree.done(DuplicatePreset(family, name, "mine"))
        assert [*changed(tree, applied)] == [own(tree, family)]
        copy = tree.after(applied).catalog.families[family].presets["mine"]
        assert dict(copy.fields) == dict(preset.fields)
        applied = tree.done(SetPresetModel(family, name, preset.reference))
        assert not applied.steps or [*changed(tree, applied)] == [own(tree, family)]
