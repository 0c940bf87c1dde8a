"""Any value by its address: read from text, checked against what the release takes, written where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits.address_edits import SetValueAt, UnsetAt, value_of
from core.edits.addresses import Address, parse_address
from core.edits.intent import EditLayer, EditRefused
from tests.core.edits.scenes import Scene, changed, scene, scene_of
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, Files, extended, minimal

SMALL: dict[str, dict[str, object]] = {
    "0.10.2": {"deck.aliases.x": "gpt-4o-mini", "deck.llm_presets.cheap.temperature": 0.9},
    "0.11.0": {"deck.llm.presets.cheap.llm_handle": "best-claude", "deck.ocr.choice_default": "reader"},
    "0.14.3": {"deck.aliases.chain": ["gpt-4o-mini"], "deck.extract.choice_default": "nobody"},
    "0.17.6": {"deck.waterfalls.chain": ["gpt-4o-mini"], "deck.llm.choice_defaults.for_text": "writing"},
    "0.43.1": {"deck.llm.aliases.x": "@best-claude", "deck.llm.choice_defaults.default_temperature": 0.1},
    "0.92.2": {"deck.llm.waterfalls.x": ["~chain"], "deck.img_gen.default_quality": "high"},
}


@pytest.mark.parametrize("release", [*SMALL])
def test_every_deck_value_has_an_address(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    for address, value in SMALL[release].items():
        layer = EditLayer.BASE if isinstance(value, list) and release == "0.14.3" else EditLayer.AUTO
        applied = tree.done(SetValueAt(address, value), layer)
        document = tree.then(applied).report.catalog.tree.deck
        parsed = parse_address(tree.report, address)
        assert isinstance(parsed, Address)
        node: object = document.data
        for key in parsed.keys:
            assert isinstance(node, dict)
            node = node[key]
        assert node == value


def dotted_names(release: str) -> Files:
    files = minimal(release)
    files = extended(
        files, "backends/openai.toml", '\n["gpt-4.1"]\nmodel_id = "x"\ncosts = { input = 2, output = 8 }\n'
    )
    return extended(files, "routing_profiles.toml", '\n[profiles."a.b"]\ndescription = "x"\n')


@pytest.mark.parametrize("release", [*MINIMAL])
@pytest.mark.parametrize(
    ("address", "value", "line"),
    [
        ("backends.openai.enabled", False, "+enabled = false"),
        ("backends.openai.some_key", "x", '+some_key = "x"'),
        ('models.openai."gpt-4.1".costs.input', 2.5, "+costs = { input = 2.5, output = 8 }"),
        ("models.openai.gpt-4.1.costs.input", 2.5, "+costs = { input = 2.5, output = 8 }"),
        ("models.openai.gpt-4.1.max_tokens", 500, "+max_tokens = 500"),
        ("models.openai.gpt-4o-mini.inputs[1]", "images", '+inputs = ["text", "images"]'),
        ("active", "a.b", '+active = "a.b"'),
        ("routing.active", "a.b", '+active = "a.b"'),
        ("profiles.a.b.default", "openai", '+default = "openai"'),
        ("profiles.all.routes.gpt-4.1*", "openai", '+"gpt-4.1*" = "openai"'),
        ("profiles.all.routes.'claude-*'", "openai", '+"claude-*" = "openai"'),
    ],
)
def test_values_of_other_files_are_edited_in_place(
    release: str, address: str, value: object, line: str, tmp_path: Path
) -> None:
    tree = scene(tmp_path, release, dotted_names(release))
    [lines] = changed(tree, tree.done(SetValueAt(address, value))).values()
    assert [one for one in lines if one[0] == "+"] == [line]


@pytest.mark.parametrize("release", [*MINIMAL])
@pytest.mark.parametrize(
    ("address", "value", "message", "instead"),
    [
        ("backends.openai.enabled", "no", "expected true or false", ""),
        ("backends.opnai.enabled", True, "no backend", "`openai`"),
        ("backends.openai.api_ky", "x", "would ignore it", "`api_key`"),
        ("backends.openai", "x", "is a table", ""),
        ("models.openai.gpt-4o-minu.max_tokens", 1, "declares no model", "`gpt-4o-mini`"),
        ("models.openai.gpt-4o-mini.max_tokns", 1, "no key `max_tokns`", "`max_tokens`"),
        ("models.openai.gpt-4o-mini.max_tokens", "1", "expected an integer", ""),
        ("models.openai.gpt-4o-mini.costs.inptu", 1, "keys among", ""),
        ("models.openai.gpt-4o-mini.costs.input", "free", "expected a table in which", ""),
        ("models.openai.gpt-4o-mini.model_type", "llmm", "one of", ""),
        ("models.nobody.x.y", 1, "no backend file", ""),
        ("active", "al", "No such profile", "all"),
        ("profiles.al.default", "openai", "no profile", "`all`"),
        ("profiles.all.defalt", "openai", "no key `defalt`", "`default`"),
        ("profiles.all.default", "opnai", "no backend", "`openai`"),
        ("profiles.all.routes.x", "opnai", "no backend", "`openai`"),
        ("profiles.all.description", 1, "expected a string", ""),
        ("deck.nothing.here", 1, "nothing at", ""),
        ("nothing", 1, "not an address", ""),
        ("", 1, "not an address", ""),
        ("backends.", 1, "ends with a dot", ""),
        ('backends."openai"x', 1, "dot is missing", ""),
    ],
)
def test_unknown_address_or_invalid_value_is_refused(
    release: str, address: str, value: object, message: str, instead: str, tmp_path: Path
) -> None:
    refused = scene(tmp_path, release).refused(SetValueAt(address, value))
    assert message in refused.reason
    assert instead in refused.instead


def test_table_replacing_the_defaults_copies_their_values(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    files["backends/openai.toml"] = '[defaults]\nsdk = "openai"\ncosts = { input = 1, output = 2 }\n\n[gpt-4o-mini]\n'
    tree = scene(tmp_path, "0.92.2", files)
    applied = tree.done(SetValueAt("models.openai.gpt-4o-mini.costs.input", 3))
    assert changed(tree, applied) == {"backends/openai.toml": ["+costs = { input = 3, output = 2 }"]}
    assert any("no longer inherits" in note for note in applied.notes)
    applied = tree.done(SetValueAt("models.openai.defaults.costs.input", 3))
    assert changed(tree, applied)["backends/openai.toml"][1] == "+costs = { input = 3, output = 2 }"
    tree.refused(SetValueAt("models.openai.defaults.handle", "x"))
    old = scene(tmp_path / "old", "0.10.2")
    assert old.done(SetValueAt("models.openai.default_sdk", "x")).steps
    old.refused(SetValueAt("models.openai.default_max_tokens", 1))


def test_handle_address_and_header_syntax(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    applied = tree.done(SetValueAt("models.anthropic.claude-4-sonnet.max_tokens", 5))
    assert "[sonnet]" in (applied.contents[next(iter(applied.contents))] or b"").decode()
    assert tree.done(SetValueAt("models.anthropic.sonnet.X-Beta", "yes")).steps
    tree.refused(SetValueAt("models.anthropic.sonnet.beta", "yes"))
    scene(tmp_path / "old", "0.17.6").refused(SetValueAt("models.anthropic.claude-4-sonnet.X-Beta", "yes"))


def test_secret_value_is_noted_and_never_shown(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    intent = SetValueAt("backends.openai.api_key", "sk-proj-1234567890abcdef")
    applied = tree.done(intent)
    assert any("${NAME}" in note for note in applied.notes)
    assert "sk-proj" not in f"{intent!r} {intent.label} {applied.notes}"
    assert not tree.done(SetValueAt("backends.openai.api_key", "${MY_KEY}")).notes


@pytest.mark.parametrize("release", [*MINIMAL])
def test_optional_value_is_unset_and_required_value_is_not(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    applied = tree.done(UnsetAt("backends.openai.api_key"))
    assert changed(tree, applied) == {"backends.toml": ['-api_key = "${OPENAI_API_KEY}"']}
    applied = tree.done(UnsetAt("models.openai.gpt-4o-mini.max_tokens"))
    assert changed(tree, applied) == {"backends/openai.toml": ["-max_tokens = 8192"]}
    assert tree.done(UnsetAt("profiles.all.routes.claude-*")).steps
    for address in ("active", "profiles.all.description", "backends.openai", "profiles.all", "models.openai.x"):
        tree.refused(UnsetAt(address))
    assert tree.refused(UnsetAt("backends.openai.endpoint")).reason.startswith("There is no")
    preset = "llm_presets" if release == "0.10.2" else "llm.presets"
    tree.refused(UnsetAt(f"deck.{preset}.cheap.temperature"), EditLayer.BASE)
    assert tree.refused(UnsetAt(f"deck.{preset}.cheap")).layers == (EditLayer.BASE,)
    assert tree.done(UnsetAt(f"deck.{preset}.cheap"), EditLayer.BASE).steps
    needed = release < "0.18"
    model = tree.apply(UnsetAt("models.openai.gpt-4o-mini.model_id"))
    assert isinstance(model, EditRefused) == needed


@pytest.mark.parametrize(
    ("address", "text", "value"),
    [
        ("backends.openai.enabled", "false", False),
        ("backends.openai.enabled", "no", "no"),
        ("backends.openai.display_name", "1.10", "1.10"),
        ("backends.openai.api_version", "2024-08-01", "2024-08-01"),
        ("backends.openai.retries", "3", 3),
        ("models.openai.gpt-4o-mini.max_tokens", "500", 500),
        ("models.openai.gpt-4o-mini.model_id", "500", "500"),
        ("models.openai.gpt-4o-mini.model_id", '"500"', "500"),
        ("models.openai.gpt-4o-mini.inputs", '["text"]', ["text"]),
        ("deck.llm.presets.cheap.temperature", "0.3", 0.3),
        ("deck.llm.presets.cheap.description", "true", "true"),
        ("deck.llm.presets.cheap.max_tokens", "auto", "auto"),
        ("deck.llm.aliases.best-claude", "gpt-4o-mini", "gpt-4o-mini"),
        ("deck.llm.presets.cheap.temperature", "[1", "[1"),
    ],
)
def test_text_is_parsed_as_the_type_of_the_address(address: str, text: str, value: object, tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "backends.toml", "")
    files["backends.toml"] = files["backends.toml"].replace(
        "[openai]", '[openai]\ndisplay_name = "x"\napi_version = "y"'
    )
    tree = scene(tmp_path, "0.92.2", files)
    result = value_of(tree.report, address, text)
    assert (result, type(result)) == (value, type(value))


@given(text=st.text(max_size=30))
def test_any_text_is_an_address_or_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    tree = _one(tmp_path_factory)
    for prefix in ("", "backends.", "models.openai.", "profiles.all.", "deck.llm.presets."):
        address = parse_address(tree.report, prefix + text)
        assert isinstance(address, EditRefused) or parse_address(tree.report, str(address)) == address


_scenes: list[Scene] = []


def _one(factory: pytest.TempPathFactory) -> Scene:
    if not _scenes:
        _scenes.append(scene(factory.mktemp("tree"), "0.92.2"))
    return _scenes[0]


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.15.7", "0.18.6", "0.92.2"])
def test_every_stock_model_and_backend_has_an_address(release: str, stock: StockFactory) -> None:
    tree = scene_of(stock(release).root, release)
    for name in tree.report.catalog.backends:
        address = parse_address(tree.report, f"backends.{name}.enabled")
        assert isinstance(address, Address)
        assert address.name == name
    for spec in tree.report.catalog.specs:
        address = parse_address(tree.report, f"models.{spec.backend}.{spec.table}.max_tokens")
        assert isinstance(address, Address)
        assert address.keys == (*spec.place.path, "max_tokens")
