"""Values moved between layers: into the override file, into the base, and away, so that the one below counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.address_edits import UnsetAt
from core.edits.layer_edits import MoveToBase, MoveToOverride, ResetToBase
from tests.core.edits.scenes import changed, ends, scene
from tests.support.trees import MINIMAL, Files, extended, minimal

OVERRIDES = "routing_profiles_override.toml"


def layered() -> Files:
    """A tree of 0.92.2 with an override of each kind."""
    files = extended(minimal("0.92.2"), "backends_override.toml", "[openai]\nenabled = true # mine\n")
    files = extended(files, OVERRIDES, '[profiles.all]\ndefault = "anthropic"\n')
    return extended(
        files,
        "deck/x_custom_llm_deck.toml",
        '[llm.presets]\ncheap = { temperature = 0.1 }\n[llm.aliases]\nmine = "x"\n',
    )


def test_value_moves_to_the_override_file_and_back(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    applied = tree.done(MoveToOverride("backends.openai.api_key"))
    assert changed(tree, applied) == {
        "backends_override.toml": [
            "+# Overrides backends.toml.",
            "+[openai]",
            '+api_key = "${OPENAI_API_KEY}"',
        ],
        "backends.toml": ['-api_key = "${OPENAI_API_KEY}"'],
    }
    moved = tree.then(applied)
    assert moved.report.catalog.backends["openai"].fields == tree.report.catalog.backends["openai"].fields
    back = moved.done(MoveToBase("backends.openai.api_key"))
    assert moved.then(back).report.catalog.tree.backends.data == tree.report.catalog.tree.backends.data
    assert changed(moved, back)["backends.toml"] == ['+api_key = "${OPENAI_API_KEY}"']


def test_moved_backend_keeps_its_position(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2")
    applied = tree.done(MoveToOverride("backends.openai"))
    assert [*tree.after(applied).catalog.backends] == ["openai", "anthropic"]
    assert ends(tree.after(applied)) == ends(tree.report)


def test_route_whose_order_matters_is_not_moved(tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "routing_profiles.toml", '"claude-4*" = "openai"\n')
    tree = scene(tmp_path, "0.92.2", files)
    assert "order counts" in tree.refused(MoveToOverride("profiles.all.routes.claude-*")).reason
    assert tree.done(MoveToOverride("profiles.all.routes.claude-4*")).steps


@pytest.mark.parametrize("release", [*MINIMAL])
def test_release_without_override_files_is_refused(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    if tree.report.catalog.behaviours.override_files:
        assert tree.done(MoveToOverride("active")).steps
    else:
        assert "does not read routing_profiles_override.toml" in tree.refused(MoveToOverride("active")).reason


def test_comments_go_with_a_value_to_another_layer_and_back(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    head = '# The profiles\n\n# Which one\nactive = "all"  # for now\n# active = "none"\n'
    files["routing_profiles.toml"] = head + files["routing_profiles.toml"].lstrip().removeprefix('active = "all"\n')
    tree = scene(tmp_path, "0.92.2", files)
    moved = tree.done(MoveToOverride("active"))
    lines = ["# Which one", 'active = "all"  # for now', '# active = "none"']
    assert changed(tree, moved)["routing_profiles.toml"] == [f"-{line}" for line in lines]
    [(_, there)] = [item for item in changed(tree, moved).items() if item[0] != "routing_profiles.toml"]
    assert [line for line in there if line[1:] in lines] == ["+# Which one", '+# active = "none"', f"+{lines[1]}"]
    assert moved.notes == ()
    then = tree.then(moved)
    back = changed(then, then.done(MoveToBase("active")))["routing_profiles.toml"]
    assert sorted(line[1:] for line in back if line.startswith("+")) == sorted(lines)


@pytest.mark.parametrize("release", [*MINIMAL])
def test_deck_value_is_copied_to_the_user_file(release: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release)
    table = "deck.aliases" if release < "0.18" else "deck.llm.aliases"
    applied = tree.done(MoveToOverride(f"{table}.best-claude"))
    [(file, lines)] = changed(tree, applied).items()
    assert file != "deck/base_deck.toml"
    assert lines[-1] == '+best-claude = "claude-4-sonnet"'
    assert "is overridden now" in applied.notes[0]
    overridden = tree.then(applied)
    back = overridden.done(MoveToBase(f"{table}.best-claude"))
    assert overridden.then(back).report.catalog.tree.deck.data == tree.report.catalog.tree.deck.data
    if release < "0.15":
        assert "append" in tree.refused(MoveToOverride(f"{table}.chain")).reason


def test_user_deck_value_moves_to_the_base(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", layered())
    applied = tree.done(MoveToBase("deck.llm.presets.cheap"))
    assert changed(tree, applied) == {
        "deck/base_deck.toml": [
            '-cheap = { model = "gpt-4o-mini", temperature = 0.5 }',
            '+cheap = { model = "gpt-4o-mini", temperature = 0.1 }',
        ],
        "deck/x_custom_llm_deck.toml": ["-cheap = { temperature = 0.1 }"],
    }
    assert any("managed by Pipelex" in note for note in applied.notes)
    applied = tree.done(MoveToBase("deck.llm.aliases.mine"))
    assert changed(tree, applied)["deck/base_deck.toml"] == ['+mine = "x"']


def test_concatenated_lists_are_joined_in_the_base(tmp_path: Path) -> None:
    files = extended(minimal("0.14.3"), "deck/overrides.toml", '[aliases]\nchain = ["claude-4-sonnet"]\n')
    tree = scene(tmp_path, "0.14.3", files)
    applied = tree.done(MoveToBase("deck.aliases.chain"))
    assert changed(tree, applied)["deck/base_deck.toml"][1] == '+chain = ["nobody", "gpt-4o-mini", "claude-4-sonnet"]'
    assert ends(tree.after(applied)) == ends(tree.report)


@pytest.mark.parametrize(
    ("address", "file", "note"),
    [
        ("backends.openai.enabled", "backends_override.toml", "the value is then true (project)"),
        ("profiles.all.default", OVERRIDES, "the value is then openai (project)"),
        ("deck.llm.presets.cheap.temperature", "deck/x_custom_llm_deck.toml", "the value is then 0.5 (deck file)"),
    ],
)
def test_reset_reports_the_resulting_value(address: str, file: str, note: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", layered())
    applied = tree.done(ResetToBase(address))
    assert [*changed(tree, applied)] == [file]
    assert applied.notes[0] == note


def test_model_field_is_reset_to_the_defaults(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    files["backends/openai.toml"] = '[defaults]\nsdk = "openai"\n\n[gpt-4o-mini]\nsdk = "mine"\n'
    tree = scene(tmp_path, "0.92.2", files)
    applied = tree.done(ResetToBase("models.openai.gpt-4o-mini.sdk"))
    assert changed(tree, applied) == {"backends/openai.toml": ['-sdk = "mine"']}
    assert applied.notes == ("the value is then openai (the file's defaults)",)


def test_reset_without_a_lower_layer_is_refused(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", layered())
    refused = tree.refused(ResetToBase("deck.llm.aliases.mine"))
    assert refused.alternatives == (UnsetAt("deck.llm.aliases.mine"),)
    assert tree.done(refused.alternatives[0]).steps
    tree.refused(ResetToBase("backends.openai.endpoint"))
    tree.refused(MoveToBase("backends.openai.endpoint"))
    tree.refused(MoveToBase("active"))
    tree.refused(MoveToOverride("backends.openai.enabled"))
    tree.refused(MoveToOverride("deck.llm.aliases.mine"))
    tree.refused(MoveToOverride("models.openai.gpt-4o-mini.max_tokens"))
    tree.refused(MoveToOverride("deck.llm.waterfalls.chain[0]"))
