"""Edits of routing profiles and routes: the changed lines, their file, and refusals with alternatives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.edits.edit_session import Intent
from core.edits.intent import EditLayer
from core.edits.profile_edits import (
    AddProfile,
    DeleteProfile,
    DuplicateProfile,
    RenameProfile,
    SetDefault,
    SetFallbackOrder,
    SetProfileDescription,
    SwitchProfile,
)
from core.edits.route_edits import AddRoute, DeleteRoute, MoveRoute, RenamePattern, RetargetRoute, SetRouteOptional
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import crlf, unended

FAMILIES = ("0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.43.1", "0.92.2")
FILE = "routing_profiles.toml:"
PATTERNS = "example_routing_using_patterns"

GOLDEN: dict[str, tuple[str, Intent, list[str]]] = {
    "switch": (
        "0.92.2",
        SwitchProfile("all_anthropic"),
        ['-active = "all_enabled_backends"', '+active = "all_anthropic"'],
    ),
    "describe": (
        "0.92.2",
        SetProfileDescription("all_xai", "Grok only"),
        ['-description = "Use xAI backend for all its supported models"', '+description = "Grok only"'],
    ),
    "default": ("0.92.2", SetDefault("all_enabled_backends", "openai"), ['+default = "openai"']),
    "no default": ("0.10.2", SetDefault("all_anthropic", None), ['-default = "anthropic"']),
    "fallback order": (
        "0.17.6",
        SetFallbackOrder("all_openai", ("openai", "internal")),
        ['+fallback_order = ["openai", "internal"]'],
    ),
    "other fallback order": (
        "0.17.6",
        SetFallbackOrder("pipelex_first", ("pipelex_inference", "azure_openai", "google", "fal")),
        ['-    "bedrock",', '-    "blackboxai",', '-    "mistral",', '+    "google",'],
    ),
    "add profile": (
        "0.92.2",
        AddProfile("mine", "anthropic", routes=(("gpt-*", "openai"), ("o3", "openai"))),
        [
            "+",
            "+[profiles.mine]",
            '+description = "Custom routing"',
            '+default = "anthropic"',
            "+",
            "+[profiles.mine.routes]",
            '+"gpt-*" = "openai"',
            '+"o3" = "openai"',
        ],
    ),
    "copy profile": (
        "0.10.2",
        DuplicateProfile("custom_routing", "mine"),
        [
            "+[profiles.mine]",
            '+description = "Custom routing"',
            '+default = "pipelex_inference"',
            "+",
            "+[profiles.mine.routes]",
            '+"gpt-*" = "pipelex_inference"',
            '+"claude-*" = "pipelex_inference"',
            '+"gemini-*" = "pipelex_inference"',
            '+"grok-*" = "pipelex_inference"',
            '+"*-sdxl" = "pipelex_inference"',
            "+",
        ],
    ),
    "rename active profile": (
        "0.92.2",
        RenameProfile("all_enabled_backends", "every"),
        [
            '-active = "all_enabled_backends"',
            '+active = "every"',
            "-[profiles.all_enabled_backends]",
            "+[profiles.every]",
            "-[profiles.all_enabled_backends.optional_routes]",
            "+[profiles.every.optional_routes]",
        ],
    ),
    "delete profile": (
        "0.14.3",
        DeleteProfile("all_azure_openai"),
        [
            "-[profiles.all_azure_openai]",
            '-description = "Use Azure OpenAI backend for all its supported models"',
            '-default = "azure_openai"',
            "-",
        ],
    ),
    "add route": ("0.92.2", AddRoute(PATTERNS, "o3*", "openai"), ['+"o3*" = "openai"']),
    "first route of a profile": (
        "0.10.2",
        AddRoute("all_anthropic", "gpt-*", "openai"),
        ["+", "+[profiles.all_anthropic.routes]", '+"gpt-*" = "openai"'],
    ),
    "optional route": (
        "0.43.1",
        AddRoute(PATTERNS, "o3*", "openai", optional=True),
        [f"+[profiles.{PATTERNS}.optional_routes]", '+"o3*" = "openai"', "+"],
    ),
    "retarget": (
        "0.17.6",
        RetargetRoute(PATTERNS, "gpt-*", "openai"),
        ['-"gpt-*" = "azure_openai"', '+"gpt-*" = "openai"'],
    ),
    "retarget optional": (
        "0.92.2",
        RetargetRoute("all_enabled_backends", "jev-*", "openrouter"),
        ['-"jev-*" = "typesafe"', '+"jev-*" = "openrouter"'],
    ),
    "other pattern": (
        "0.14.3",
        RenamePattern("custom_routing", "gpt-*", "gpt*"),
        ['-"gpt-*" = "azure_openai"', '+"gpt*" = "azure_openai"'],
    ),
    "delete route": ("0.92.2", DeleteRoute(PATTERNS, "gpt-*"), ['-"gpt-*" = "azure_openai"']),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_edit_gives_the_expected_lines(case: str, scene: SceneFactory) -> None:
    release, intent, lines = GOLDEN[case]
    assert scene(release).apply(intent).diff == [FILE, *lines]


@pytest.mark.parametrize("change", [crlf, unended, lambda text: unended(crlf(text))], ids=["crlf", "unended", "both"])
@pytest.mark.parametrize("case", GOLDEN)
def test_line_ends_and_final_newline_are_kept(case: str, change: Callable[[str], str], scene: SceneFactory) -> None:
    release, intent, _ = GOLDEN[case]
    here = scene(release)
    plain = here.apply(intent).text("routing_profiles.toml")
    assert here.rewritten(change).apply(intent).text("routing_profiles.toml") == change(plain)


@pytest.mark.parametrize("release", FAMILIES)
def test_every_family_accepts_a_profile_with_routes(release: str, scene: SceneFactory) -> None:
    here = scene(release)
    added = here.apply(AddProfile("mine", "anthropic", routes=(("gpt-*", "openai"),))).after
    switched = added.apply(SwitchProfile("mine")).after.report.catalog
    assert switched.active == "mine"
    assert switched.profile is not None
    assert [(route.pattern, route.backend) for route in switched.profile.routes] == [("gpt-*", "openai")]


# ---- the order of routes


def routes(scene: SceneFactory, *intents: Intent) -> list[str]:
    """The patterns of a profile in file order, after edits of the newest stock tree."""
    here = scene("0.92.2")
    for intent in intents:
        here = here.apply(intent).after
    return [route.pattern for route in here.report.catalog.profiles[PATTERNS].routes]


BEFORE = ["gpt-*", "claude-*", "gemini-*", "grok-*", "*-sdxl", "flux-*", "gpt-image-1"]


@pytest.mark.parametrize(
    ("move", "order"),
    [
        (MoveRoute(PATTERNS, "claude-*", "up"), ["claude-*", "gpt-*", *BEFORE[2:]]),
        (MoveRoute(PATTERNS, "gpt-*", "up"), BEFORE),
        (MoveRoute(PATTERNS, "gpt-*", "down"), ["claude-*", "gpt-*", *BEFORE[2:]]),
        (MoveRoute(PATTERNS, "gpt-image-1", "down"), BEFORE),
        (MoveRoute(PATTERNS, "gpt-image-1", "first"), ["gpt-image-1", *BEFORE[:-1]]),
        (MoveRoute(PATTERNS, "gpt-*", "last"), [*BEFORE[1:], "gpt-*"]),
        (MoveRoute(PATTERNS, "flux-*", before="gemini-*"), [*BEFORE[:2], "flux-*", *BEFORE[2:5], "gpt-image-1"]),
        (MoveRoute(PATTERNS, "gpt-*", after="gemini-*"), ["claude-*", "gemini-*", "gpt-*", *BEFORE[3:]]),
        (AddRoute(PATTERNS, "o3*", "openai", first=True), ["o3*", *BEFORE]),
        (AddRoute(PATTERNS, "o3*", "openai", before="claude-*"), ["gpt-*", "o3*", *BEFORE[1:]]),
        (AddRoute(PATTERNS, "o3*", "openai", after="claude-*"), [*BEFORE[:2], "o3*", *BEFORE[2:]]),
        (SetRouteOptional(PATTERNS, "gpt-*", True), BEFORE[1:]),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_routes_are_placed_at_their_position(move: Intent, order: list[str], scene: SceneFactory) -> None:
    assert routes(scene, move) == order


def test_comment_above_all_routes_stays_there(scene: SceneFactory) -> None:
    for intent in (
        AddRoute(PATTERNS, "o3*", "openai", first=True),
        MoveRoute(PATTERNS, "gpt-image-1", "first"),
        DeleteRoute(PATTERNS, "gpt-*"),
    ):
        lines = scene("0.92.2").apply(intent).text("routing_profiles.toml").splitlines()
        assert lines[lines.index(f"[profiles.{PATTERNS}.routes]") + 1].startswith("# Pattern matching")


def test_empty_table_is_removed_unless_commented(scene: SceneFactory) -> None:
    added = scene("0.92.2").apply(AddRoute("all_xai", "o3*", "openai"))
    gone = added.after.apply(DeleteRoute("all_xai", "o3*"))
    assert gone.text("routing_profiles.toml") == added.scene.view.content(next(iter(gone.applied.contents))).decode()  # type: ignore[union-attr]
    result = scene("0.92.2").apply(DeleteRoute("all_enabled_backends", "jev-*")).text("routing_profiles.toml")
    assert "[profiles.all_enabled_backends.optional_routes]\n\n" in result


def test_route_is_made_optional_and_required(scene: SceneFactory) -> None:
    here = scene("0.92.2").apply(SetRouteOptional(PATTERNS, "gpt-*", True)).after
    profile = here.report.catalog.profiles[PATTERNS]
    assert [(route.pattern, route.backend) for route in profile.optional_routes] == [("gpt-*", "azure_openai")]
    back = here.apply(SetRouteOptional(PATTERNS, "gpt-*", False)).after.report.catalog.profiles[PATTERNS]
    assert [route.pattern for route in back.routes] == [*BEFORE[1:], "gpt-*"]
    assert not back.optional_routes


# ---- the override file


def test_override_holds_only_the_difference(scene: SceneFactory) -> None:
    head = "# Overrides routing_profiles.toml.\n\n"
    here = scene("0.92.2")
    switched = here.apply(SwitchProfile("all_anthropic"), EditLayer.OVERRIDE)
    assert switched.files == {"routing_profiles_override.toml": head + 'active = "all_anthropic"\n'}
    routed = switched.after.apply(RetargetRoute(PATTERNS, "gpt-*", "openai"), EditLayer.OVERRIDE)
    assert routed.text("routing_profiles_override.toml") == (
        head + f'active = "all_anthropic"\n\n[profiles.{PATTERNS}.routes]\n"gpt-*" = "openai"\n'
    )
    assert routed.after.report.catalog.active == "all_anthropic"
    assert routed.after.report.catalog.profiles[PATTERNS].routes[0].backend == "openai"


def test_overridden_value_is_changed_in_the_override(scene: SceneFactory) -> None:
    here = scene("0.92.2").apply(SwitchProfile("all_anthropic"), EditLayer.OVERRIDE).after
    assert list(here.apply(SwitchProfile("all_xai")).files) == ["routing_profiles_override.toml"]
    refused = here.refuse(SwitchProfile("all_xai"), EditLayer.BASE)
    assert refused.layers == (EditLayer.AUTO,)
    both = here.apply(RenameProfile("all_anthropic", "claude"))
    assert sorted(both.files) == ["routing_profiles.toml", "routing_profiles_override.toml"]
    assert both.after.report.catalog.active == "claude"


@pytest.mark.parametrize("release", ["0.10.2", "0.17.6", "0.43.1"])
def test_without_override_files_the_base_is_offered(release: str, scene: SceneFactory) -> None:
    refused = scene(release).refuse(SwitchProfile("all_anthropic"), EditLayer.OVERRIDE)
    assert refused.layers == (EditLayer.BASE,)
    assert scene(release).apply(SwitchProfile("all_anthropic"), EditLayer.BASE).diff[0] == FILE


@pytest.mark.parametrize(
    "intent",
    [
        DeleteRoute(PATTERNS, "gpt-*"),
        RenamePattern(PATTERNS, "gpt-*", "gpt*"),
        MoveRoute(PATTERNS, "gpt-*", "down"),
        AddRoute(PATTERNS, "o3*", "openai", first=True),
        DeleteProfile("all_xai"),
        RenameProfile("all_xai", "grok"),
        SetDefault("all_xai", None),
    ],
    ids=lambda intent: intent.label,
)
def test_edit_impossible_in_an_override_is_offered_in_the_base(intent: Intent, scene: SceneFactory) -> None:
    refused = scene("0.92.2").refuse(intent, EditLayer.OVERRIDE)
    assert refused.layers == (EditLayer.BASE,)
    assert scene("0.92.2").apply(intent, EditLayer.BASE).diff[0] == FILE


# ---- what is refused


@pytest.mark.parametrize(
    ("release", "intent", "words"),
    [
        ("0.92.2", SwitchProfile("all_antropic"), "`all_anthropic`"),
        ("0.92.2", AddProfile("all_xai", "xai"), "already"),
        ("0.92.2", AddProfile("", "xai"), "must not be empty"),
        ("0.92.2", AddProfile("mine", "opnai"), "`openai`"),
        ("0.14.3", AddProfile("mine", "openai", fallback_order=("openai",)), "new in 0.15"),
        ("0.14.3", SetFallbackOrder("all_anthropic", ("openai",)), "new in 0.15"),
        ("0.92.2", SetFallbackOrder("all_xai", ("xai", "xai")), "twice"),
        ("0.14.3", AddRoute("all_anthropic", "gpt-*", "openai", optional=True), "new in 0.15"),
        ("0.92.2", AddRoute(PATTERNS, "gpt-*-mini", "openai"), "is literal"),
        ("0.92.2", AddRoute(PATTERNS, "o3*", "openai", before="nope-*"), "has no route"),
        ("0.92.2", DeleteRoute(PATTERNS, "gpt*"), "`gpt-*`"),
        ("0.92.2", RenameProfile("all_xai", "all_openai"), "already"),
        ("0.92.2", DeleteProfile("all_xai", "all_xai"), "to delete"),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_refusal_has_reason_and_alternative(release: str, intent: Intent, words: str, scene: SceneFactory) -> None:
    refused = scene(release).refuse(intent)
    assert words in refused.message
    assert refused.instead


def test_alternative_edits_of_refusals_apply(scene: SceneFactory) -> None:
    here = scene("0.92.2")
    for intent in (
        DeleteProfile("all_enabled_backends"),
        AddRoute(PATTERNS, "gpt-*", "openai"),
        RenamePattern(PATTERNS, "gpt-*", "claude-*"),
    ):
        alternatives = here.refuse(intent).alternatives
        assert alternatives
        for other in alternatives:
            assert here.apply(other).applied.steps


def test_active_profile_is_deleted_with_a_replacement(scene: SceneFactory) -> None:
    catalog = scene("0.92.2").apply(DeleteProfile("all_enabled_backends", "all_openai")).after.report.catalog
    assert catalog.active == "all_openai"
    assert "all_enabled_backends" not in catalog.profiles


def test_ignored_optional_routes_are_noted(scene: SceneFactory) -> None:
    notes = scene("0.17.6").apply(AddRoute("all_openai", "o3*", "openai", optional=True)).applied.notes
    assert notes == ("Pipelex 0.17.6 accepts optional routes, but ignores them",)
