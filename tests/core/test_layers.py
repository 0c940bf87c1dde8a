"""Layers of values: removing the top layer leaves exactly the predicted value."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.entities import Path as Keys
from core.entities import Place
from core.layers import PIPELEX, Layers, layers_at, model_layers, settings_of
from core.mentions import Node
from core.secret_texts import HIDDEN
from core.toml.edit.editor import Edited, apply
from core.toml.edit.plain_data import identical
from core.toml.edit.toml_commands import DeleteKey
from tests.core.properties.values import toml_files
from tests.support.stock import StockFactory
from tests.support.trees import DECK, MINIMAL, Files, extended, g1, g3_1, inspect, minimal, write_tree

MINE = """
[llm.presets.cheap]
temperature = 0.1

[llm.aliases]
best-claude = "gpt-4o-mini"
"""


def one(stacks: tuple[Layers, ...], key: str) -> Layers:
    (layers,) = [item for item in stacks if item.key == key]
    return layers


def values(layers: Layers) -> list[tuple[str, str]]:
    return [(item.origin, item.shown) for item in layers.stack]


def test_a_setting_of_a_preset_comes_from_the_last_deck_file(tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(g3_1(), "deck/z_mine.toml", MINE))
    layers = settings_of(report, Node("preset", "llm", "cheap"))
    temperature = one(layers, "temperature")
    assert values(temperature) == [("deck file", "0.5"), ("deck file", "0.1")]
    assert temperature.path == "llm.presets.cheap.temperature"
    assert temperature.winner is not None
    assert temperature.winner.place is not None
    assert str(temperature.winner.place.location) == ".pipelex/inference/deck/z_mine.toml:3"
    assert temperature.restores is not None
    assert (temperature.restores.shown, temperature.restores.refused) == ("0.5", False)
    model = one(layers, "model")
    assert model.restores is not None
    assert (model.restores.shown, model.restores.refused) == ("not set", True)
    alias = one(settings_of(report, Node("alias", "llm", "best-claude")), "best-claude")
    assert values(alias) == [("deck file", "claude-4-sonnet"), ("deck file", "gpt-4o-mini")]


def test_a_backend_in_home_and_project_layers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = tmp_path / "project"
    write_tree(home, {"backends_override.toml": '[openai]\nenabled = false\nendpoint = "https://a"\n'})
    files = {**g3_1(), "backends_override.toml": "[openai]\nenabled = true\n"}
    report = inspect(project, files, home=home)
    enabled = one(settings_of(report, Node("backend", "", "openai")), "enabled")
    assert values(enabled) == [
        (PIPELEX, "true"),
        ("project", "true"),
        ("home override", "false"),
        ("project override", "true"),
    ]
    assert enabled.restores is not None
    assert (enabled.restores.shown, enabled.restores.origin) == ("false", "home override")
    assert enabled.hides == ""


def test_a_file_of_the_home_that_is_hidden_whole_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_tree(home, g3_1())
    report = inspect(tmp_path / "project", {"backends.toml": g3_1()["backends.toml"]}, home=home)
    assert (
        one(settings_of(report, Node("backend", "", "openai")), "enabled").hides == "~/.pipelex/inference/backends.toml"
    )
    assert one(settings_of(report, Node("preset", "llm", "cheap")), "model").hides == ""


def test_a_model_has_its_own_table_over_the_defaults_over_pipelex(tmp_path: Path) -> None:
    files = g3_1()
    files["backends/openai.toml"] = files["backends/openai.toml"].replace(
        "[defaults]", '[defaults]\nmax_tokens = 4096\nthinking_mode = "manual"'
    )
    report = inspect(tmp_path, files)
    (spec,) = report.catalog.declared["gpt-4o-mini"]
    tokens = model_layers(report, spec, "max_tokens")
    assert values(tokens) == [("the file's defaults", "4096"), ("the model's own table", "8192")]
    assert tokens.restores is not None
    assert tokens.restores.shown == "4096"
    mode = model_layers(report, spec, "thinking_mode")
    assert values(mode) == [(PIPELEX, "none"), ("the file's defaults", "manual")]
    assert model_layers(report, spec, "max_prompt_images").shown == "not set"
    sdk = model_layers(report, spec, "sdk")
    assert sdk.restores is not None
    assert sdk.restores.refused


def test_constraints_of_the_backend_join_those_of_the_model(tmp_path: Path) -> None:
    files = g3_1()
    files["backends.toml"] = files["backends.toml"].replace(
        "[openai]", "[openai]\nvalued_constraints = { fixed_temperature = 1, min_thinking_budget = 5 }"
    )
    files["backends/openai.toml"] = files["backends/openai.toml"].replace(
        "max_tokens = 8192", "max_tokens = 8192\nvalued_constraints = { fixed_temperature = 0 }"
    )
    report = inspect(tmp_path, files)
    (spec,) = report.catalog.declared["gpt-4o-mini"]
    layers = model_layers(report, spec, "valued_constraints")
    assert (layers.value, layers.is_merged) == ({"fixed_temperature": 0, "min_thinking_budget": 5}, True)
    assert layers.restores is not None
    assert layers.restores.value == {"fixed_temperature": 1, "min_thinking_budget": 5}


def test_the_flat_defaults_of_0_10(tmp_path: Path) -> None:
    report = inspect(tmp_path, g1(), release="0.10.2")
    (spec,) = report.catalog.declared["gpt-4o-mini"]
    sdk = model_layers(report, spec, "sdk")
    assert values(sdk) == [("the file's defaults", "openai")]
    assert sdk.winner is not None
    assert sdk.winner.place is not None
    assert sdk.winner.place.path == ("default_sdk",)


def test_lists_add_up_until_0_16_and_are_replaced_after(tmp_path: Path) -> None:
    more = '[aliases]\nchain = ["claude-4-sonnet"]\n'
    report = inspect(tmp_path, extended(g1(), "deck/z.toml", more), release="0.10.2")
    chain = one(settings_of(report, Node("alias", "global", "chain")), "chain")
    assert (chain.value, chain.is_merged) == (["nobody", "gpt-4o-mini", "claude-4-sonnet"], True)
    assert chain.restores is not None
    assert chain.restores.value == ["nobody", "gpt-4o-mini"]
    more = '[llm.waterfalls]\nchain = ["claude-4-sonnet"]\n'
    report = inspect(tmp_path / "new", extended(g3_1(), "deck/z.toml", more))
    chain = one(settings_of(report, Node("waterfall", "llm", "chain")), "chain")
    assert (chain.value, chain.is_merged) == (["claude-4-sonnet"], False)


def test_value_of_another_type_hides_the_layers_below(tmp_path: Path) -> None:
    files = extended(g3_1(), "deck/m.toml", "llm = { aliases = 3 }\n")
    files = extended(files, "deck/z.toml", '[llm.aliases]\nbest-claude = "gpt-4o-mini"\n')
    report = inspect(tmp_path, files)
    alias = one(settings_of(report, Node("alias", "llm", "best-claude")), "best-claude")
    assert values(alias) == [("deck file", "gpt-4o-mini")]


def test_a_literal_key_is_not_shown(tmp_path: Path) -> None:
    files = {**g3_1(), "backends_override.toml": '[openai]\napi_key = "very-secret-key"\n'}
    key = one(settings_of(inspect(tmp_path, files), Node("backend", "", "openai")), "api_key")
    assert [shown for _, shown in values(key)] == ["${OPENAI_API_KEY}", HIDDEN]
    assert "very-secret" not in repr(key)


def test_missing_values_have_no_layers(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    for kind in ("preset", "alias", "waterfall", "choice", "backend", "profile", "model", "gibberish"):
        assert settings_of(report, Node(kind, "llm", "nobody")) == ()


# ---- the law of removal


def every_value(report: Report) -> Iterator[Layers]:
    """The layers of every value of a tree."""
    catalog = report.catalog
    for backend in catalog.backends:
        yield from settings_of(report, Node("backend", "", backend))
    for profile in catalog.profiles:
        yield from settings_of(report, Node("profile", "", profile))
    for family in catalog.families.values():
        names = {"preset": family.presets, "alias": family.aliases, "waterfall": family.waterfalls}
        for kind, held in names.items():
            for name in held:
                yield from settings_of(report, Node(kind, family.name, name))
        for choice in family.choices:
            yield from settings_of(report, Node("choice", family.name, choice.name))
    for spec in catalog.specs:
        for key in spec.fields:
            yield model_layers(report, spec, key)


def in_force(report: Report, before: Layers, source: str, path: Keys) -> object:
    """The value in force, from the merged data and the parsed models."""
    tree = report.catalog.tree
    for spec in report.catalog.specs:
        own = spec.place.path
        if tree.specs[spec.backend].path == source and path[: len(own)] == own:
            return spec.fields.get(before.key)
    for document in (tree.backends, tree.routing, tree.deck):
        if any(item.path == source for item in document.sources):
            node: object = document.data
            for key in path:
                node = node.get(key) if isinstance(node, Mapping) else None
            return node
    return None


def check_removal(project: Path, report: Report, layers: Layers, release: str | None) -> bool:
    """Remove the top layer with the editor and compare the value with the prediction. False if it cannot be removed."""
    top = layers.winner
    if top is None or top.place is None or layers.restores is None:
        return False
    file = Path(top.file)
    text = file.read_bytes().decode("utf-8")
    done = apply(text, DeleteKey(top.place.path))
    if not isinstance(done, Edited):
        return False
    file.write_bytes(done.text.encode("utf-8"))
    try:
        after = inspect(project, release=release)
    finally:
        file.write_bytes(text.encode("utf-8"))
    restored = layers.restores
    left = in_force(after, layers, top.file, top.place.path)
    if restored.origin == PIPELEX:
        assert left is None or identical(left, restored.value)
    else:
        assert identical(left, restored.value), (layers.path, left, restored.value)
    if restored.refused:
        assert not after.boots
    return True


@pytest.mark.parametrize("release", MINIMAL)
def test_removing_the_top_layer_leaves_the_predicted_value(release: str, tmp_path: Path) -> None:
    files = minimal(release)
    files = extended(files, "deck/z.toml", files[DECK].replace("0.5", "0.2"))
    files["backends_override.toml"] = "[openai]\nenabled = true\ntimeout = 3\n"
    report = inspect(tmp_path, files, release=release)
    checked = 0
    for layers in every_value(report):
        # A model's place in the file is not a field of it, and a joined field is looked up otherwise.
        if layers.key not in ("listed_constraints", "valued_constraints", "handle"):
            checked += check_removal(tmp_path, report, layers, release)
    assert checked > 25


def test_removing_layers_of_a_stock_tree(stock: StockFactory) -> None:
    project = stock("0.92.2")
    mine = project.tree / "deck" / "x_custom_llm_deck.toml"
    mine.write_text('[llm.presets.vision]\nmodel = "@best-gpt"\n[llm.aliases]\nbest-gpt = "gpt-5.6-luna"\n', "utf-8")
    report = inspect(project.root)
    for name in ("vision", "writing-factual"):
        for layers in settings_of(report, Node("preset", "llm", name)):
            assert check_removal(project.root, report, layers, None)
    (alias,) = settings_of(report, Node("alias", "llm", "best-gpt"))
    assert check_removal(project.root, report, alias, None)


@given(first=toml_files(), second=toml_files(), third=toml_files(), data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_removal_in_any_three_deck_files(first: str, second: str, third: str, data: st.DataObject) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        release = data.draw(st.sampled_from(list(MINIMAL)))
        files: Files = {**minimal(release), "deck/m.toml": first, "deck/n.toml": second, "deck/o.toml": third}
        report = inspect(folder, files, release=release)
        stacks = [item for item in every_value(report) if item.path and "deck" in str(item.winner and item.winner.file)]
        assume(stacks)
        check_removal(folder, report, data.draw(st.sampled_from(stacks)), release)
    finally:
        shutil.rmtree(folder)


def test_a_place_leads_to_its_layers(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    for spec in report.catalog.specs:
        for key in spec.own:
            assert layers_at(report, spec.place.at(key)) == model_layers(report, spec, key)
    (chain,) = list(report.catalog.families["llm"].waterfalls.values())
    assert layers_at(report, chain.place.at(1)).value == ["nobody", "gpt-4o-mini"]


def test_settings_of_pipelex_toml_have_layers_too(tmp_path: Path) -> None:
    files = {**g3_1(), "../pipelex.toml": "[cogt.model_deck_config]\nis_model_fallback_enabled = false\n"}
    report = inspect(tmp_path, files)
    tree = report.catalog.tree
    path = ("cogt", "model_deck_config", "is_model_fallback_enabled")
    layers = layers_at(report, Place(tree.settings, path))
    assert layers.value is False
    assert layers.stack[-1].place is not None
    assert "settings" in layers.stack[-1].origin
    assert layers.restores is not None
    assert layers.restores.value is True


def test_a_place_in_one_file_leads_to_the_layers_of_its_document(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends_override.toml", "[openai]\nenabled = false\n")
    report = inspect(tmp_path, files)
    tree = report.catalog.tree
    base, override = tree.backends.sources
    for source in (base, override):
        assert layers_at(report, Place(source, ("openai", "enabled"))).value is False
    alone = layers_at(report, Place(tree.specs["openai"], ("defaults", "sdk")))
    assert [(layer.value, layer.origin) for layer in alone.stack] == [("openai", "project")]
    assert layers_at(report, Place(tree.specs["openai"], ("defaults", "nothing"))).stack == ()
