"""Replacements: the fewest entries that revive everything dead, and what each could name, nearest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.candidates import Candidate
from core.replacements import Replacement, cuts, replacements
from tests.support.trees import DECK, Files, edited, extended, inspect, llm, minimal, with_override, with_preset


def family(files: Files) -> str:
    """What the table of aliases is called in a deck's generation."""
    return "llm.aliases" if "[llm.aliases]" in files[DECK] else "aliases"


def dead(release: str, tmp_path: Path, *presets: str) -> Report:
    """A tree where `top` leads over `middle` to an unserved handle; `presets` are the targets of presets."""
    files = minimal(release)
    text = files[DECK]
    table = f"[{family(files)}]"
    files = edited(files, DECK, table, f'{table}\n    top = "middle"\n    middle = "gone"')
    assert files[DECK] != text
    for number, model in enumerate(presets):
        files = with_preset(files, f"p{number}", model)
    return inspect(tmp_path, files, release=release)


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.17.6", "0.43.1", "0.92.2"])
def test_entry_nearest_to_the_dead_model_is_replaced_once(release: str, tmp_path: Path) -> None:
    replaced = cuts(dead(release, tmp_path, "top", "middle", "top"))
    assert [(cut.node.kind, cut.node.name, cut.texts) for cut in replaced] == [("alias", "middle", ("gone",))]
    assert {item.name for item in replaced[0].revives} == {"middle", "top", "p0", "p1", "p2"}
    assert replaced[0].revives[0].name == "middle"


def test_entry_that_names_a_dead_model_is_replaced(tmp_path: Path) -> None:
    replaced = cuts(dead("0.92.2", tmp_path, "gone", "@top"))
    assert [cut.node.name for cut in replaced] == ["middle", "p0"]


def test_of_names_that_go_round_in_a_circle_one_is_cut(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), DECK, "[llm.aliases]", '[llm.aliases]\n    a = "@b"\n    b = "@a"')
    report = inspect(tmp_path, with_preset(files, "round", "@a"), release="0.92.2")
    [cut] = cuts(report)
    assert {item.name for item in cut.revives} == {"a", "b", "round"}


def test_a_list_with_a_dead_alias_in_it_follows_the_alias(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    files = edited(files, DECK, '["nobody", "gpt-4o-mini"]', '["nobody", "@lost"]')
    files = edited(files, DECK, "[llm.aliases]", '[llm.aliases]\n    lost = "gone"')
    [cut] = cuts(inspect(tmp_path, files, release="0.92.2"))
    assert (cut.node.name, cut.is_list) == ("lost", False)
    assert {item.name for item in cut.revives} == {"lost", "chain"}


def test_a_tree_without_a_dead_name_has_nothing_to_replace(tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal("0.92.2"), release="0.92.2")
    assert replacements(report, report) == ()


# ---- candidates


MODELS = {
    "cheap": ('inputs = ["text", "images"]', 'outputs = ["text", "structured"]', "input = 0.1, output = 0.4"),
    "same-price": ('inputs = ["text", "images"]', 'outputs = ["text", "structured"]', "input = 3, output = 15"),
    "blind": ('inputs = ["text"]', 'outputs = ["text", "structured"]', "input = 3, output = 15"),
    "loose": ('inputs = ["text", "images"]', 'outputs = ["text"]', "input = 3, output = 15"),
    "unpriced": ('inputs = ["text", "images"]', 'outputs = ["text", "structured"]', ""),
}


def proposed(tmp_path: Path, preset: str = "temperature = 0.5", extra: str = "") -> Replacement:
    """What could stand in for a model that sees and gives structured output, of a backend that is off."""
    files = minimal("0.92.2")
    files = extended(files, "backends.toml", "\n[other]\nenabled = false\n")
    gone = llm("gone", 'inputs = ["text", "images"]\n').replace('inputs = ["text"]\n', "", 1)
    files["backends/other.toml"] = '[defaults]\nsdk = "openai"\n' + gone
    for name, (inputs, outputs, costs) in MODELS.items():
        table = f"\n[{name}]\n{inputs}\n{outputs}\ncosts = {{ {costs} }}\n{extra}\n"
        files = extended(files, "backends/openai.toml", table)
    report = inspect(tmp_path, with_preset(files, "picky", "gone", preset), release="0.92.2")
    [replacement] = [one for one in replacements(report, report) if one.node.name == "picky"]
    return replacement


def by_name(replacement: Replacement) -> dict[str, Candidate]:
    """The candidates by name."""
    return {one.text: one for one in replacement.candidates}


def test_candidates_rank_by_capability_then_price(tmp_path: Path) -> None:
    order = [one.text for one in proposed(tmp_path).candidates]
    assert order[:2] == ["same-price", "cheap"]
    assert order.index("unpriced") < order.index("blind")
    assert {"blind", "loose"} <= set(order[3:])


def test_lost_and_unknown_abilities_are_listed(tmp_path: Path) -> None:
    replacement = by_name(proposed(tmp_path))
    assert replacement["same-price"].reasons == (
        "keeps vision and structured output",
        "$3 in / $15 out per M (same for output)",
    )
    assert replacement["same-price"].warnings == ()
    assert replacement["blind"].warnings == ("takes no images",)
    assert replacement["loose"].warnings == ("gives no structured output",)
    assert replacement["unpriced"].warnings == ("its price is not known",)


def test_settings_of_a_preset_count(tmp_path: Path) -> None:
    replacement = by_name(proposed(tmp_path, "temperature = 0.5\nmax_tokens = 9000", "max_tokens = 100"))
    assert replacement["same-price"].lost == ("gives at most 100 tokens, and a preset asks for 9,000",)
    fixed = by_name(proposed(tmp_path, extra="valued_constraints = { fixed_temperature = 1 }"))
    assert fixed["same-price"].warnings == ("always uses temperature 1, and 1 preset asks for one",)
    thinking = by_name(proposed(tmp_path, 'temperature = 1\nreasoning_effort = "high"', 'thinking_mode = "none"'))
    assert thinking["same-price"].lost == ("refuses reasoning_effort, which 1 preset asks for",)


def test_models_of_another_type_are_none(tmp_path: Path) -> None:
    texts = set(by_name(proposed(tmp_path)))
    assert not {"reader", "painter", "finder"} & texts
    assert {"gpt-4o-mini", "claude-4-sonnet"} <= texts


def test_presets_are_proposed_for_preset_only_choices(tmp_path: Path) -> None:
    files = edited(minimal("0.10.2"), DECK, 'for_text = "cheap"', 'for_text = "nobody"')
    report = inspect(tmp_path, files, release="0.10.2")
    [replacement] = replacements(report, report)
    assert {one.text for one in replacement.candidates} == {"cheap", "writing"}
    files = with_override(minimal("0.17.6"), '"nobody"', '"cheap"')
    report = inspect(tmp_path, files, release="0.17.6")
    [replacement] = [one for one in replacements(report, report) if one.node.kind == "choice"]
    assert {one.text for one in replacement.candidates} == {"cheap", "writing"}
