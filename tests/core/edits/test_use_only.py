"""Using one backend only, on stock trees of every family: nothing of its types stays dead, and little is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.intent import EditLayer, EditRefused
from core.edits.repoint_edits import Repoint, UseOnly, accept, proposed
from core.mentions import Node
from core.references import Kind
from core.replacements import Replacement, replacements
from core.resolution import Status
from core.verdict import Verdict
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import Edit, Scene, crlf, unended
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, NOWHERE, codes

FAMILIES = ("0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.43.1", "0.92.2")


def only(here: Scene, backend: str, layer: EditLayer = EditLayer.AUTO) -> tuple[tuple[Replacement, ...], Edit]:
    """The proposed replacements, and the edit that accepts the best of each."""
    proposal = proposed(here.report, here.view, backend, layer)
    assert not isinstance(proposal, EditRefused), proposal.message
    return proposal, here.apply(UseOnly(backend, accept(proposal)), layer)


def dead(here: Scene, family: str = "llm") -> list[str]:
    """The dead entries of a family."""
    kinds = (Kind.ALIAS, Kind.WATERFALL, Kind.PRESET, Kind.CHOICE)
    items = [item for item in here.report.resolutions if item.kind in kinds and item.family in (family, "global")]
    return [item.name for item in items if item.status is Status.DEAD and "img-gen" not in item.name]


def test_anthropic_alone_leaves_no_llm_preset_dead(stock: StockFactory) -> None:
    here = Scene.of(stock("0.92.2").root, environ={**KEYS, "HOME": NOWHERE})
    _, edit = only(here, "anthropic")
    report = edit.after.report
    assert dead(edit.after) == []
    assert [item for item in report.resolutions if item.kind is Kind.PRESET and item.family == "llm" and item.spec]
    callable_ = [item for item in report.resolutions if item.kind is Kind.PRESET and item.family == "llm"]
    assert {item.status for item in callable_} == {Status.CALLABLE}
    assert report.verdict[0] is Verdict.WARNINGS
    assert report.boots
    assert report.catalog.enabled == ("anthropic", "internal")
    assert report.catalog.active == "all_anthropic"
    assert list(edit.files) == [
        "backends.toml",
        "routing_profiles.toml",
        "deck/x_custom_llm_deck.toml",
        "deck/x_custom_extract_deck.toml",
    ]


@pytest.mark.parametrize("backend", ["anthropic", "openai"])
@pytest.mark.parametrize("release", FAMILIES)
def test_no_family_has_a_dead_llm_reference(release: str, backend: str, scene: SceneFactory) -> None:
    here = scene(release)
    replaced, edit = only(here, backend)
    assert dead(edit.after) == []
    assert edit.after.report.boots
    assert {name for name in edit.after.report.catalog.enabled if name != "internal"} == {backend}
    # Every reference for whose type any model is served is alive.
    for one in replaced:
        if one.best is not None:
            after = {(item.kind, item.family, item.name): item for item in edit.after.report.resolutions}
            assert all(after[item.kind, item.family, item.name].alive for item in one.revives)


def test_shared_alias_is_retargeted_once(scene: SceneFactory) -> None:
    replaced, edit = only(scene("0.92.2"), "anthropic")
    first = replaced[0]
    assert first.node == Node("alias", "llm", "default-premium")
    assert len(first.revives) == 7
    assert [item.name for item in first.revives[:2]] == ["default-premium", "writing-factual"]
    assert '+default-premium = "claude-5.5-opus"' in edit.diff
    changed = [line for line in edit.diff if line.startswith("+writing-")]
    assert changed == []


def test_nearest_candidate_has_similar_capabilities_and_price(scene: SceneFactory) -> None:
    replaced, _ = only(scene("0.92.2"), "anthropic")
    by_name = {one.node.name: one for one in replaced if one.node.family == "llm"}
    best = {name: one.best.text for name, one in by_name.items() if one.best is not None}
    assert best["default-premium"] == "claude-5.5-opus"
    assert best["default-general"] == "claude-5.5-sonnet"
    assert best["default-small"] == "claude-5.5-haiku"
    vision = by_name["default-premium-vision"].best
    assert vision is not None
    assert vision.reasons[0] == "keeps vision and structured output"
    assert vision.reasons[1].startswith("$4 in / $20 out per M")


def test_lost_capabilities_are_noted(scene: SceneFactory) -> None:
    replaced, _ = only(scene("0.17.6"), "xai")
    warnings = {one.node.name: one.best.warnings for one in replaced if one.best is not None}
    assert any("takes no images" in words for words in warnings["base-claude"])
    mistral, _ = only(scene("0.10.2"), "anthropic")
    limits = {one.node.name: one.best.warnings for one in mistral if one.best is not None}
    assert limits["best-mistral"] == ("gives at most 4,096 tokens, where the old one gave 128,000",)


def test_unsuitable_model_is_no_replacement(scene: SceneFactory) -> None:
    replaced, _ = only(scene("0.92.2"), "anthropic")
    pages = next(one for one in replaced if one.node.name == "default-extract-web-page")
    assert pages.best is None
    assert pages.candidates
    images = next(one for one in replaced if one.node == Node("alias", "img_gen", "default-general"))
    assert images.candidates == ()


def test_list_keeps_its_entries_and_gets_another(scene: SceneFactory) -> None:
    replaced, edit = only(scene("0.92.2"), "anthropic")
    ocr = next(one for one in replaced if one.node.kind == "waterfall")
    assert ocr.adds
    assert '+ocr-extractor = ["mistral-ocr", "docling-extract-text"]' in edit.diff


def test_reference_may_stay_dead(scene: SceneFactory) -> None:
    here = scene("0.92.2")
    replaced, _ = only(here, "anthropic")
    some = accept(one for one in replaced if one.node.name == "default-premium")
    edit = here.apply(UseOnly("anthropic", some))
    assert "writing-factual" not in dead(edit.after)
    assert "writing-factual-cheap" in dead(edit.after)


def test_dead_tree_is_repointed_without_switching(scene: SceneFactory) -> None:
    here = scene("0.92.2").apply(UseOnly("anthropic")).after
    assert here.report.verdict[0] is Verdict.CANNOT_RUN
    replaced = replacements(here.report, here.report)
    assert not any(one.died for one in replaced)
    fixed = here.apply(Repoint(accept(replaced))).after
    assert dead(fixed) == []
    assert replacements(fixed.report, fixed.report) != ()  # images and searches have nobody


def test_repeated_edit_changes_nothing(scene: SceneFactory) -> None:
    for release in FAMILIES:
        replaced, edit = only(scene(release), "anthropic")
        repeated = edit.after.apply(UseOnly("anthropic", accept(replaced)))
        lists = [one for one in replaced if one.adds]
        if not lists:  # an entry of a list is added each time
            assert repeated.applied.steps == ()


# ---- profiles


def test_profile_is_added_if_none_routes_everything_to_the_backend(scene: SceneFactory) -> None:
    edit = scene("0.10.2").apply(UseOnly("openai"))
    catalog = edit.after.report.catalog
    assert catalog.active == "all_openai"
    assert catalog.profile is not None
    assert catalog.profile.default == "openai"


def test_internal_stays_served_without_a_default_backend(scene: SceneFactory) -> None:
    edit = scene("0.17.6").apply(UseOnly("anthropic"))
    assert '+fallback_order = ["anthropic", "internal"]' in edit.diff
    assert edit.after.report.serving.spec(None, "pypdfium2-extract-text") is not None


def test_profile_with_other_routes_is_not_used(stock: StockFactory, scene: SceneFactory) -> None:
    from core.edits.route_edits import AddRoute

    here = scene("0.92.2").apply(AddRoute("all_anthropic", "gpt-*", "openai")).after
    catalog = here.apply(UseOnly("anthropic")).after.report.catalog
    assert catalog.active == "all_anthropic_2"


def test_override_edit_leaves_the_base_unchanged(scene: SceneFactory) -> None:
    _, edit = only(scene("0.92.2"), "anthropic", EditLayer.OVERRIDE)
    assert [name for name in edit.files if name in ("backends.toml", "routing_profiles.toml")] == []
    assert edit.after.report.catalog.enabled == ("anthropic", "internal")
    assert dead(edit.after) == []


@pytest.mark.parametrize("change", [crlf, unended], ids=["crlf", "unended"])
def test_line_ends_and_final_newline_are_kept(change: object, scene: SceneFactory) -> None:
    here = scene("0.92.2")
    assert callable(change)
    _, plain = only(here, "anthropic")
    _, other = only(here.rewritten(change), "anthropic")
    assert other.files == {name: change(text) for name, text in plain.files.items()}


def test_backend_unusable_alone_is_refused(scene: SceneFactory, tmp_path: Path) -> None:
    here = scene("0.92.2")
    assert "`anthropic`" in here.refuse(UseOnly("antropic")).message
    proposal = proposed(here.report, here.view, "antropic")
    assert isinstance(proposal, EditRefused)
    gone = (Node("alias", "llm", "nope"), "gpt-4o")
    assert "There is no alias `nope`" in here.refuse(UseOnly("anthropic", (gone,))).reason


def test_single_backend_has_only_warnings(scene: SceneFactory) -> None:
    _, edit = only(scene("0.92.2"), "openai")
    assert {problem.severity for problem in edit.after.report.problems} == {"warning"}
    assert "preset-dead" in codes(edit.after.report)
