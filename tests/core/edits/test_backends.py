"""Edits of backends: on and off, fields, adding one with its files, removing one with all that names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.edits.backend_edits import RemoveBackend, SetBackendField, SwitchBackend, UseVariable
from core.edits.edit_session import Intent
from core.edits.intent import EditLayer
from core.edits.new_backends import AddBackend
from tests.core.edits.conftest import SceneFactory
from tests.core.edits.stock_scene import crlf, unended
from tests.support.trees import codes

FAMILIES = ("0.10.2", "0.14.3", "0.15.7", "0.17.6", "0.43.1", "0.92.2")
LOCAL = AddBackend(
    "lmstudio",
    "http://localhost:1234/v1",
    models=(("qwen3", (("inputs", ["text"]), ("outputs", ["text", "structured"]))),),
)

GOLDEN: dict[str, tuple[str, Intent, list[str]]] = {
    "off": ("0.92.2", SwitchBackend("openai", False), ["-enabled = true", "+enabled = false"]),
    "off, where nothing says on": ("0.10.2", SwitchBackend("pipelex_inference", False), ["+enabled = false"]),
    "endpoint": (
        "0.14.3",
        SetBackendField("xai", "endpoint", "https://proxy/v1"),
        ['-endpoint = "https://api.x.ai/v1"', '+endpoint = "https://proxy/v1"'],
    ),
    "no endpoint": ("0.14.3", SetBackendField("xai", "endpoint", None), ['-endpoint = "https://api.x.ai/v1"']),
    "a key that Pipelex does not know": (
        "0.92.2",
        SetBackendField("openai", "team", "shop"),
        ['+team = "shop"'],
    ),
    "variable": (
        "0.43.1",
        UseVariable("openai", "SHOP_KEY"),
        ['-api_key = "${OPENAI_API_KEY}"', '+api_key = "${SHOP_KEY}"'],
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_edit_gives_the_expected_lines(case: str, scene: SceneFactory) -> None:
    release, intent, lines = GOLDEN[case]
    assert scene(release).apply(intent).diff == ["backends.toml:", *lines]


@pytest.mark.parametrize("change", [crlf, unended], ids=["crlf", "unended"])
@pytest.mark.parametrize("case", [*GOLDEN, "add", "remove"])
def test_line_ends_and_final_newline_are_kept(case: str, change: Callable[[str], str], scene: SceneFactory) -> None:
    more: dict[str, tuple[str, Intent]] = {"add": ("0.92.2", LOCAL), "remove": ("0.92.2", RemoveBackend("groq"))}
    release, intent = more[case] if case in more else GOLDEN[case][:2]
    here = scene(release)
    plain = here.apply(intent).text("backends.toml")
    assert here.rewritten(change).apply(intent).text("backends.toml") == change(plain)


def test_edit_without_effect_changes_nothing(scene: SceneFactory) -> None:
    for intent in (
        SwitchBackend("openai", True),
        SetBackendField("openai", "endpoint", None),
        UseVariable("openai", "OPENAI_API_KEY"),
    ):
        assert scene("0.92.2").apply(intent).applied.steps == ()
    assert scene("0.10.2").apply(SwitchBackend("pipelex_inference", True)).applied.steps == ()


# ---- adding


def test_new_backend_has_two_files_and_a_route_if_needed(scene: SceneFactory) -> None:
    assert scene("0.43.1").apply(LOCAL).diff == [
        "backends/lmstudio.toml:",
        "+# Models of lmstudio. Prices are USD per million tokens.",
        "+",
        "+[defaults]",
        '+sdk = "openai"',
        "+",
        "+[qwen3]",
        '+inputs = ["text"]',
        '+outputs = ["text", "structured"]',
        "backends.toml:",
        "+",
        "+[lmstudio]",
        "+enabled = true",
        '+endpoint = "http://localhost:1234/v1"',
        "routing_profiles.toml:",
        "+",
        "+[profiles.all_pipelex_gateway.routes]",
        '+"qwen3" = "lmstudio"',
    ]


@pytest.mark.parametrize("release", FAMILIES)
def test_every_family_serves_an_added_backend(release: str, scene: SceneFactory) -> None:
    here = scene(release)
    report = here.apply(LOCAL).after.report
    spec = report.serving.spec("llm", "qwen3")
    assert spec is not None
    assert (spec.backend, spec.sdk) == ("lmstudio", "openai")
    assert set(codes(report)) <= set(codes(here.report))
    text = here.apply(LOCAL).text("backends/lmstudio.toml")
    assert ('default_sdk = "openai"' in text) is (release == "0.10.2")


def test_new_backend_with_variable_and_profile(scene: SceneFactory) -> None:
    intent = AddBackend("proxy", "https://proxy/v1", "PROXY_KEY", (("gpt-4o", ()),), profile=True, routes=True)
    edit = scene("0.92.2").apply(intent)
    assert '+api_key = "${PROXY_KEY}"' in edit.diff
    assert edit.after.report.catalog.profiles["all_proxy"].default == "proxy"
    assert any("is still served by openai" in note for note in edit.applied.notes)
    names = list(edit.after.report.catalog.profiles)
    assert names[names.index("all_proxy") - 1] == "all_internal"


def test_override_holds_the_table_and_the_backend_file_is_created(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(LOCAL, EditLayer.OVERRIDE)
    assert sorted(edit.files) == ["backends/lmstudio.toml", "backends_override.toml"]
    assert "lmstudio" in edit.after.report.catalog.enabled


def test_existing_backend_file_is_reused(scene: SceneFactory) -> None:
    removed = scene("0.92.2").apply(RemoveBackend("groq")).after
    edit = removed.apply(AddBackend("groq", variable="GROQ_API_KEY"))
    assert "backends/groq.toml" not in edit.files
    assert edit.after.report.catalog.specs_by_backend["groq"]


# ---- removing


def test_references_are_removed_with_the_backend(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(RemoveBackend("fal", file=True))
    assert edit.files["backends/fal.toml"] is None
    catalog = edit.after.report.catalog
    assert "fal" not in catalog.backends
    assert "all_fal" not in catalog.profiles
    for profile in catalog.profiles.values():
        assert "fal" not in (profile.default, *(profile.fallback_order or ()))
        assert "fal" not in [route.backend for route in (*profile.routes, *profile.optional_routes)]
    assert edit.applied.notes == ("profile `all_fal` is deleted too: it sent everything to fal",)


def test_backend_is_replaced_by_another(scene: SceneFactory) -> None:
    edit = scene("0.92.2").apply(RemoveBackend("openai", "azure_openai"))
    catalog = edit.after.report.catalog
    assert catalog.profiles["all_openai"].default == "azure_openai"
    assert (catalog.profiles["all_enabled_backends"].fallback_order or ())[:2] == ("anthropic", "google")
    assert any("is kept, but no longer read" in note for note in edit.applied.notes)


def test_active_profile_is_not_removed(scene: SceneFactory) -> None:
    refused = scene("0.43.1").refuse(RemoveBackend("pipelex_gateway"))
    assert "The active profile" in refused.reason
    assert refused.alternatives
    for other in refused.alternatives:
        assert scene("0.43.1").apply(other).applied.steps


# ---- what is refused


@pytest.mark.parametrize(
    ("release", "intent", "words"),
    [
        ("0.92.2", SwitchBackend("open_ai", True), "`openai`"),
        ("0.92.2", SetBackendField("openai", "enabled", "yes"), "true or false"),
        ("0.92.2", SetBackendField("openai", "api_ky", "x"), "`api_key`"),
        ("0.92.2", UseVariable("openai", "MY KEY"), "letters, digits"),
        ("0.92.2", AddBackend("openai"), "already"),
        ("0.92.2", AddBackend("x"), "without models"),
        ("0.92.2", AddBackend("../x", models=(("m", ()),)), "valid file name"),
        ("0.92.2", AddBackend("", models=(("m", ()),)), "must not be empty"),
        ("0.92.2", AddBackend("pipelex_gateway", models=(("m", ()),)), "refuses `pipelex_gateway`"),
        ("0.92.2", AddBackend("x", models=(("m", ()), ("m", ()))), "listed twice"),
        ("0.92.2", AddBackend("x", models=(("m", (("sdk", 1),)),)), "a string"),
        ("0.92.2", AddBackend("x", models=(("m", ()),), fields=(("listed_constraints", "x"),)), "list"),
        ("0.10.2", AddBackend("x", models=(("m", ()),), defaults=(("max_tokens", 1),)), "no default"),
        ("0.92.2", RemoveBackend("openai", "openai"), "to remove"),
        ("0.92.2", RemoveBackend("openai", "opnai"), "There is no backend"),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_refusal_has_reason_and_alternative(release: str, intent: Intent, words: str, scene: SceneFactory) -> None:
    refused = scene(release).refuse(intent)
    assert words in refused.message
    assert refused.instead


def test_alternative_edits_of_refusals_apply(scene: SceneFactory) -> None:
    here = scene("0.92.2")
    assert here.refuse(RemoveBackend("groq"), EditLayer.OVERRIDE).alternatives == (SwitchBackend("groq", False),)
    for intent in (AddBackend("vertexai"), AddBackend("x")):
        alternatives = here.refuse(intent).alternatives
        assert alternatives
        for other in alternatives:
            assert here.apply(other).applied.steps


def test_labels_and_reprs_contain_no_secret(scene: SceneFactory) -> None:
    secret = "sk-ant-0123456789abcdef"
    for intent in (
        SetBackendField("openai", "api_key", secret),
        AddBackend("x", models=(("m", ()),), fields=(("api_key", secret),)),
    ):
        edit = scene("0.92.2").apply(intent)
        assert secret not in f"{intent.label} {intent!r} {edit.applied!r}"
        assert any("to keep it out" in note for note in edit.applied.notes)
