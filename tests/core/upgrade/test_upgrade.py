"""Upgrades of small trees between the forms of all generations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import PipedeckError
from core.upgrade.drift import Drift
from core.upgrade.kit import Kit
from core.upgrade.plan import Undecided, choices_text, read_choices, unknown_choices
from core.upgrade.planner import plan_upgrade, tree_drift
from core.workspace import Workspace
from tests.support.trees import NOWHERE, Files, edited, extended, llm, write_tree

from .conftest import Carried, stock

Carry = Callable[..., Carried]
OLD = ("0.10.2", "0.11.0", "0.14.3", "0.17.6", "0.43.1")
NEW = "0.92.2"
CUSTOM = "deck/x_custom_llm_deck.toml"
PIPE = """domain = "shop"
[pipe.sell]
type = "PipeLLM"
output = "Text"
{key} = "{name}"
"""


def handle(release: str) -> str:
    """The key that names the model of a preset."""
    return "llm_handle" if release in ("0.10.2", "0.11.0") else "model"


def deck(release: str) -> str:
    """The name of the deck file that Pipelex manages."""
    return "deck/1_llm_deck.toml" if release == "0.43.1" else "deck/base_deck.toml"


@pytest.mark.parametrize("old", OLD)
def test_untouched_tree_becomes_the_kit(old: str, carry: Carry, kit: Callable[..., Kit]) -> None:
    carried = carry(old, NEW, {})
    for name, content in kit(NEW).files.items():
        assert carried.text(name.removeprefix("inference/")) == content.decode()
    assert carried.text("deck/base_deck.toml") == ""
    assert carried.plan.decisions == ()
    assert "0 yours carried" in carried.plan.summary


@pytest.mark.parametrize("old", OLD)
def test_changed_preset_and_its_comment_move_to_the_own_file(old: str, carry: Carry) -> None:
    name, key = deck(old), handle(old)
    target = '"@best-claude"' if old == "0.43.1" else '"best-claude"'
    line = f"writing = {{ {key} = {target}, temperature = 0.5 }}"
    changed = edited(stock(old), name, line, f"# dry, as our readers want it\n{line.replace('0.5', '0.125')} # ours")
    carried = carry(old, NEW, changed)
    own = carried.text(CUSTOM)
    assert "temperature = 0.125" in own
    assert "# dry, as our readers want it" in own
    assert "# ours" in own
    assert "0.5" in carried.text("deck/1_llm_deck.toml")


@pytest.mark.parametrize("old", OLD[:3])
def test_own_list_alias_becomes_a_waterfall_of_the_families_that_use_it(old: str, carry: Carry) -> None:
    key, section = handle(old), "llm_presets" if old == "0.10.2" else "llm.presets"
    text = f"""
        [aliases]
        team = ["nobody", "best-claude", "gpt-4o-mini"]
        spare = "gpt-4o-mini"

        [{section}]
        selling = {{ {key} = "team", temperature = 0.25 }}
        """
    carried = carry(old, NEW, {"deck/mine.toml": text})
    own = carried.text("deck/mine.toml")
    assert '"nobody", "@best-claude", "gpt-4o-mini"' in own
    assert 'selling = { model = "~team", temperature = 0.25 }' in own
    assert carried.workspace.report.resolver.names.model_exists("gpt-4o-mini", "llm")
    families = carried.workspace.report.catalog.families["llm"]
    assert {"team"} == set(families.waterfalls) - {"chain"}
    assert "spare" in families.aliases
    assert "[aliases]" not in own.replace("[llm.aliases]", "")


def test_backend_file_of_one_own_follows_in_its_form(carry: Carry) -> None:
    spec = 'default_sdk = "openai"\ndefault_prompting_target = "openai"\n[local-1]\nmodel_id = "x"\ncosts = {}\n'
    spec += 'constraints = ["temperature_must_be_1", "max_tokens_must_be_high_enough"]\n'
    backends = '[mine]\nendpoint = "http://localhost:1/v1" # the box below the desk\n'
    files = extended(extended(stock("0.10.2"), "backends.toml", backends), "backends/mine.toml", spec)
    carried = carry("0.10.2", NEW, files)
    report = carried.workspace.report
    [model] = report.catalog.specs_by_backend["mine"]
    assert model.sdk == "openai"
    text = carried.text("backends/mine.toml")
    assert 'listed_constraints = ["max_tokens_must_be_high_enough"]' in text
    assert "fixed_temperature = 1" in text
    assert "prompting_target" not in text
    assert "# the box below the desk" in carried.text("backends.toml")
    assert any("default_prompting_target" in name for name in carried.left())


def test_choice_of_backends_and_profile_stays(carry: Carry) -> None:
    files = edited(stock("0.14.3"), "backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false")
    files = edited(files, "routing_profiles.toml", 'active = "all"', 'active = "mine"')
    files = extended(files, "routing_profiles.toml", _PROFILE)
    added = '[newer]\nenabled = true\napi_key = "${NEWER}"\n'
    kit_files = extended(extended(stock(NEW), "backends.toml", added), "backends/newer.toml", "")
    carried = carry("0.14.3", NEW, files, kit_files=kit_files)
    catalog = carried.workspace.report.catalog
    assert catalog.enabled == ("openai",)
    assert catalog.active == "mine"
    assert [route.backend for route in catalog.profiles["mine"].optional_routes] == ["anthropic"]
    assert any("gone-*" in name for name in carried.left())


_PROFILE = """
[profiles.mine]
description = "Ours"
default = "anthropic"
[profiles.mine.routes]
"gpt-*" = "openai"
"claude-*" = "anthropic"
"gone-*" = "nowhere"
"""


def test_active_profile_that_is_gone_is_replaced_and_listed(carry: Carry) -> None:
    files = edited(stock("0.14.3"), "routing_profiles.toml", 'active = "all"', 'active = "lost"')
    assert carry("0.14.3", NEW, files).left() == {"active": "there is no such profile; `all` is active instead"}


def test_broken_file_is_repaired_or_listed(carry: Carry) -> None:
    broken = edited(stock("0.14.3"), "routing_profiles.toml", '"claude-*" = "anthropic"', '"claude-*": "anthropic"')
    assert carry("0.14.3", NEW, broken).left() == {}


@pytest.mark.parametrize("content", ["= x\n[[[", b"\xff\xfe"])
def test_file_that_cannot_be_read_is_replaced_and_listed(content: str | bytes, carry: Carry) -> None:
    left = carry("0.14.3", NEW, {"backends/openai.toml": content}).left()
    assert left == {"inference/backends/openai.toml": "it is no TOML: nothing in it can be carried"}


def test_what_stops_the_start_is_left_out_with_a_reason(carry: Carry) -> None:
    settings = "[inference.model_deck]\nis_model_fallback_enabled = true\nis_sideways = true\n"
    mine = """
        [llm.presets]
        hot = { model = "gpt-4o-mini", temperature = 3 }

        [llm.choice_overrides]
        for_text = "no-such-thing"
        for_object = "disabled"
        """
    files: Files = {"deck/mine.toml": mine, "../pipelex.toml": settings}
    carried = carry("0.17.6", NEW, files)
    left = carried.left()
    assert {"inference.model_deck.is_sideways", "llm.presets.hot.temperature"} <= set(left)
    assert all(left.values())
    assert "is_model_fallback_enabled = true" in carried.text("/.pipelex/pipelex.toml")
    assert 'for_text = "disabled"' in carried.text("deck/mine.toml") or "for_text" in str(carried.plan.decisions)


def test_deleted_parts_of_files_of_ones_own_stay_deleted(carry: Carry) -> None:
    files = stock("0.14.3")
    files["routing_profiles.toml"] = files["routing_profiles.toml"].replace('"claude-*" = "anthropic"', "")
    extra = '\n[profiles.two]\ndescription = "2"\ndefault = "openai"\n'
    kit_files = extended(stock(NEW), "routing_profiles.toml", extra)
    carried = carry("0.14.3", NEW, files, kit_files=kit_files)
    assert "claude-*" not in carried.text("routing_profiles.toml")
    assert "[profiles.two]" in carried.text("routing_profiles.toml")


@pytest.mark.parametrize(("undecided", "expected"), [(Undecided.TAKE, "$writing"), (Undecided.KEEP, "$writing-old")])
def test_name_that_is_gone_is_a_decision(
    undecided: Undecided, expected: str, tmp_path: Path, kit: Callable[..., Kit]
) -> None:
    line = 'writing-old = { model = "best-old", temperature = 0.75 }'
    old = edited(stock("0.14.3"), "deck/base_deck.toml", "[llm.presets]", f"[llm.presets]\n{line}")
    old = edited(
        old, "deck/base_deck.toml", "[aliases]", '[aliases]\nbest-old = "claude-4-sonnet"\nunused = "gpt-4o-mini"'
    )
    root = write_tree(tmp_path / "project", old)
    (root / "shop.plx").write_text(PIPE.format(key="model", name="writing-old"))
    carried = Carried(root, kit(NEW), kit("0.14.3", old), undecided=undecided)
    [decision] = carried.plan.decisions
    assert decision.id == "preset llm writing-old"
    assert decision.proposal == "$writing"
    assert decision.uses == ("shop.plx:5",)
    assert carried.plan.gone == ("alias llm best-old", "alias llm unused")
    assert f'model = "{expected}"' in carried.text("/shop.plx")
    assert ("0.75" in carried.text(CUSTOM)) == (undecided is Undecided.KEEP)
    assert ("best-old" in carried.text(CUSTOM)) == (undecided is Undecided.KEEP)
    assert carried.stops_at == ""


def test_name_that_is_gone_from_two_families_is_asked_about_where_it_is_used(carry: Carry) -> None:
    """An alias of images is not used by a preset of texts that names one of the same name."""
    old = edited(stock("0.43.1"), "deck/1_llm_deck.toml", "[llm.aliases]", '[llm.aliases]\nolder = "gpt-4o-mini"')
    old = extended(old, "deck/2_img_gen_deck.toml", '[img_gen.aliases]\nolder = "painter"\n')
    mine = '[llm.presets]\nteam = { model = "@older", temperature = 0.5 }\n'
    carried = carry("0.43.1", NEW, {**old, "deck/mine.toml": mine}, old_files=old)
    assert [decision.id for decision in carried.plan.decisions] == ["alias llm older"]
    assert "alias img_gen older" in carried.plan.gone


def test_default_that_sends_to_a_backend_that_is_off_is_left_out(carry: Carry) -> None:
    files = edited(stock("0.10.2"), "backends.toml", "[openai]\nenabled = true", "[openai]\nenabled = false")
    files = extended(files, "backends/anthropic.toml", llm("other"))
    assert "profiles.all.default" in carry("0.10.2", "0.11.0", files).left()


@pytest.mark.parametrize(("undecided", "left"), [(Undecided.TAKE, {"llm.presets.my-lost"}), (Undecided.KEEP, set())])
def test_model_that_the_gateway_does_not_list_is_a_decision(undecided: Undecided, left: set[str], carry: Carry) -> None:
    """Pipelex does not start where the deck names a model that its gateway does not have."""
    kit_files = extended(stock("0.43.1"), "backends.toml", "\n[pipelex_gateway]\nenabled = true\n")
    kit_files = edited(kit_files, "routing_profiles.toml", 'default = "openai"', 'default = "pipelex_gateway"')
    kit_files["backends/pipelex_gateway_models_plain.md"] = "## Models\n\n- **listed**\n  - inputs: text\n"
    mine = "[llm.presets]\n" + "".join(
        f'my-{name} = {{ model = "{name}", temperature = 0.5 }}\n' for name in ("lost", "listed", "gpt-4o-mini")
    )
    files = {"deck/mine.toml": mine}
    carried = carry("0.17.6", "0.43.1", files, kit_files=kit_files, undecided=undecided)
    assert set(carried.left()) == left
    assert [decision.id for decision in carried.plan.decisions] == ["gateway model lost"]
    assert ("lost" in carried.text("deck/mine.toml")) == (not left)
    assert "listed" in carried.text("deck/mine.toml")
    assert carried.text("backends/pipelex_gateway_models_plain.md") == ""


def test_pipes_follow_in_keys_and_names(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    root = write_tree(tmp_path / "project", stock("0.11.0"))
    (root / "shop.plx").write_text(PIPE.format(key="llm", name="writing"))
    carried = Carried(root, kit(NEW), kit("0.11.0"))
    assert 'model = "$writing"' in carried.text("/shop.plx")
    assert any(".mthds" in note for note in carried.plan.notes)


def test_model_that_is_gone_gets_the_nearest_one(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    old = extended(stock("0.14.3"), "backends/openai.toml", '\n[gpt-4o-small]\nmodel_id = "x"\ncosts = {}\n')
    files = {**old, "deck/mine.toml": '[aliases]\nteam = "gpt-4o-small"\n'}
    root = write_tree(tmp_path / "project", files)
    (root / "shop.plx").write_text(PIPE.format(key="model", name="gpt-4o-small"))
    carried = Carried(root, kit(NEW), kit("0.14.3", old))
    assert {decision.id for decision in carried.plan.decisions} == {
        "target of alias llm team",
        "model llm gpt-4o-small",
    }
    assert 'team = "gpt-4o-mini"' in carried.text("deck/mine.toml")
    assert 'model = "gpt-4o-mini"' in carried.text("/shop.plx")
    kept = Carried(root, kit(NEW), kit("0.14.3", old), undecided=Undecided.KEEP)
    assert 'team = "gpt-4o-small"' in kept.text("deck/mine.toml")


@pytest.mark.parametrize("name", ["pipelex_inference", "pipelex_gateway", "old_lab"])
def test_backend_that_is_gone_is_a_decision_when_it_is_on(name: str, tmp_path: Path, kit: Callable[..., Kit]) -> None:
    table = f'\n[{name}]\nenabled = false\nendpoint = "https://old.example/v1"\n'
    spec = '[defaults]\nsdk = "openai"\n[old-model]\nmodel_id = "x"\ncosts = {}\n'
    old = extended(extended(stock("0.17.6"), "backends.toml", table), f"backends/{name}.toml", spec)
    mine = edited(old, "backends.toml", f"[{name}]\nenabled = false", f"[{name}]\nenabled = true")
    for files, decisions in ((old, 0), (mine, 1)):
        root = write_tree(tmp_path / f"project-{decisions}", files)
        carried = Carried(root, kit(NEW), kit("0.17.6", old))
        assert len(carried.plan.decisions) == decisions
        is_there = name in carried.workspace.report.catalog.backends
        assert is_there == (bool(decisions) and name == "old_lab")
        assert bool(carried.text(f"backends/{name}.toml")) == is_there
        assert carried.stops_at == ""


def test_newer_tree_goes_back_to_an_older_release(carry: Carry) -> None:
    spec = '[defaults]\nsdk = "openai"\n[small]\nhandle = "house-small"\nmodel_id = "x"\n'
    files = extended(stock(NEW), "backends.toml", '[mine]\nendpoint = "http://localhost:1/v1"\n')
    deck = '[llm.presets]\nteam = { model = "house-small", temperature = 0.25 }\n[doc_gen.aliases]\nx = "y"\n'
    files = {**files, "backends/mine.toml": spec, "deck/mine.toml": deck}
    carried = carry(NEW, "0.43.1", files)
    assert carried.workspace.report.catalog.declared["house-small"]
    assert 'team = { model = "house-small", temperature = 0.25 }' in carried.text("deck/mine.toml")
    assert any("doc_gen" in name for name in carried.left())
    assert "choice llm for_text" not in carried.plan.gone


def test_own_file_wins_over_a_changed_file_of_pipelex(carry: Carry) -> None:
    old = '"best-claude", temperature = 0.5 }'
    files = edited(stock("0.17.6"), "deck/base_deck.toml", old, '"best-claude", temperature = 0.125, max_tokens = 9 }')
    files = edited(files, "deck/base_deck.toml", "[aliases]", '[aliases]\nteam = "claude-4-sonnet"')
    mine = '[aliases]\nteam = "gpt-4o-mini"\n[llm.presets]\nwriting = { temperature = 0.25 }\n'
    kit_files = {"deck/x_custom_llm_deck.toml": "# yours\n"}
    families = {**files, "deck/x_custom_llm_deck.toml": mine}
    carried = carry("0.17.6", NEW, families, kit_files=kit_files)
    assert 'team = "gpt-4o-mini"' in carried.text(CUSTOM)
    assert "0.125" not in carried.text(CUSTOM)
    assert "max_tokens = 9" in carried.text(CUSTOM)


def test_comments_of_ones_own_survive(carry: Carry) -> None:
    files = edited(stock("0.14.3"), "backends.toml", "[anthropic]", '# api_key = "of the old account"\n\n[anthropic]')
    files = edited(files, "deck/base_deck.toml", "[llm.presets]", "# ask Kim before changing these\n\n[llm.presets]")
    carried = carry("0.14.3", NEW, files)
    assert "# ask Kim before changing these" in carried.text(CUSTOM)
    assert '# api_key = "of the old account"' in carried.text("backends.toml")


def test_backends_without_their_variables_are_off(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    root = write_tree(tmp_path / "project", stock("0.14.3"))
    environ = {"HOME": NOWHERE, "OPENAI_API_KEY": "set"}
    workspace = Workspace.open(str(root), release=NEW, environ=environ, cwd=str(root))
    plan = plan_upgrade(workspace.report, workspace.view, kit(NEW), origin_kit=kit("0.14.3"))
    assert plan.notes == ("off, as their variables are not set here: anthropic",)


def test_answers_are_read_from_their_file(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    old = extended(stock("0.14.3"), "deck/base_deck.toml", "")
    old = edited(old, "deck/base_deck.toml", "[aliases]", '[aliases]\nteam = "gpt-4o-mini"')
    files = {**old, "deck/mine.toml": '[llm.presets]\nours = { model = "team", temperature = 0.5 }\n'}
    root = write_tree(tmp_path / "project", files)
    asked = Carried(root, kit(NEW), kit("0.14.3", old), undecided=Undecided.ASK)
    [decision] = asked.plan.open
    text = choices_text(asked.plan)
    assert read_choices(text, "choices") == {}
    choices = read_choices(text.replace(f'"{decision.id}" = ""', f'"{decision.id}" = "claude-4-sonnet"'), "choices")
    answered = Carried(root, kit(NEW), kit("0.14.3", old), undecided=Undecided.ASK, choices=choices)
    assert answered.plan.open == ()
    assert 'ours = { model = "claude-4-sonnet"' in answered.text("deck/mine.toml")
    assert unknown_choices({"x": "take"}, answered.plan.decisions) == ("x",)
    for wrong in ("x = 1", "x = "):
        with pytest.raises(PipedeckError):
            read_choices(wrong, "choices")


def test_drift_tells_yours_behind_gone_and_both(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    new = edited(stock(NEW), "deck/1_llm_deck.toml", 'best-claude = "claude-4-sonnet"', 'best-claude = "gpt-4o-mini"')
    new = edited(new, "deck/1_llm_deck.toml", 'chain = ["nobody", "gpt-4o-mini"]', 'chain = ["gpt-4o-mini"]')
    old = edited(stock("0.14.3"), "deck/base_deck.toml", "[aliases]", '[aliases]\nlost = "gpt-4o-mini"')
    mine = edited(old, "deck/base_deck.toml", 'chain = ["nobody", "gpt-4o-mini"]', 'chain = ["mine"]')
    mine = edited(
        mine, "deck/base_deck.toml", "writing = {", 'ours = { model = "gpt-4o-mini", temperature = 1 }\nwriting = {'
    )
    root = write_tree(tmp_path / "project", mine)
    workspace = Workspace.open(str(root), release=NEW, environ={"HOME": NOWHERE}, cwd=str(root))
    report = tree_drift(workspace.report, workspace.view, kit(NEW, new), origin_kit=kit("0.14.3", old))
    found = {row.name: row.drift.value for row in report.rows if kind(row.file)}
    assert found["aliases.best-claude"] == "behind"
    assert found["aliases.lost"] == "gone"
    assert found["aliases.chain"] == "both"
    assert found["llm.presets.ours"] == "yours"
    assert report.counts[Drift.BEHIND] >= 1


def kind(file: str) -> bool:
    """Whether a file is of the deck."""
    return "/deck/" in file


def test_project_without_a_tree_is_refused(tmp_path: Path, kit: Callable[..., Kit]) -> None:
    home = tmp_path / "home"
    write_tree(home, stock(NEW))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").touch()
    environ = {"HOME": str(home)}
    workspace = Workspace.open(None, release=NEW, environ=environ, cwd=str(tmp_path / "project"))
    with pytest.raises(PipedeckError, match="no tree of its own"):
        plan_upgrade(workspace.report, workspace.view, kit(NEW))
