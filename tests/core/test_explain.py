"""Explaining a reference: trail, losers, settings as asked and as sent, other backends, near names."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.explain import Explanation, explain, explanations
from tests.support.trees import DECK, Files, edited, extended, g3_1, inspect, llm, minimal, resolved, with_preset


def one(tmp_path: Path, files: Files, name: str, release: str | None = None) -> Explanation:
    (explanation,) = explanations(inspect(tmp_path, files, release=release), name)
    return explanation


def test_a_preset_is_explained_to_the_end(tmp_path: Path) -> None:
    explanation = one(tmp_path, g3_1(), "$writing")
    assert [(step.kind, step.name) for step in explanation.steps] == [
        ("preset", "writing"),
        ("alias", "best-claude"),
        ("model", "claude-4-sonnet"),
        ("route", "claude-*"),
        ("backend", "anthropic"),
        ("spec", "claude-4-sonnet-id"),
        ("call", "https://api.anthropic.com"),
    ]
    assert explanation.route is not None
    assert (explanation.route.pattern, str(explanation.route.place.location)) == (
        "claude-*",
        ".pipelex/inference/routing_profiles.toml:9",
    )
    assert [(item.name, item.state, item.source) for item in explanation.variables] == [
        ("ANTHROPIC_API_KEY", "set", "shell")
    ]
    assert (explanation.price.input, explanation.price.output, explanation.max_tokens) == (3, 15, 8192)
    (setting,) = explanation.settings
    assert (setting.key, setting.requested, setting.changed) == ("temperature", "0.5", False)
    assert [layers.key for layers in explanation.values] == ["model", "temperature"]
    assert (explanation.node.kind, explanation.other_offers, explanation.near, explanation.problems) == (
        "preset",
        (),
        (),
        (),
    )


def test_lost_routes_have_a_reason(tmp_path: Path) -> None:
    files = edited(
        g3_1(), "routing_profiles.toml", '"claude-*" = "anthropic"', '"claude-*" = "anthropic"\n"*sonnet" = "openai"'
    )
    (lost,) = one(tmp_path, files, "claude-4-sonnet").lost
    assert (lost.route.pattern, lost.reason) == ("*sonnet", "a preceding pattern takes the name")


@pytest.mark.parametrize(
    ("constraint", "requested", "sent"),
    [
        ("valued_constraints = { fixed_temperature = 1 }", "0.5", "1"),
        ('listed_constraints = ["temperature_must_be_multiplied_by_2"]', "0.5", "1"),
        ('listed_constraints = ["temperature_unsupported"]', "0.5", "none"),
        ("", "0.5", "0.5"),
    ],
)
def test_the_temperature_that_is_sent(constraint: str, requested: str, sent: str, tmp_path: Path) -> None:
    files = edited(g3_1(), "backends/openai.toml", "max_tokens = 8192", f"max_tokens = 8192\n{constraint}")
    (setting,) = one(tmp_path, files, "$cheap").settings
    assert (setting.requested, setting.sent, bool(setting.note)) == (requested, sent, requested != sent)


def test_more_tokens_than_the_limit_of_the_model(tmp_path: Path) -> None:
    files = with_preset(g3_1(), "long", "gpt-4o-mini", "temperature = 0.5\nmax_tokens = 9000")
    explanation = one(tmp_path, files, "$long")
    assert [(item.key, item.note) for item in explanation.settings] == [
        ("temperature", ""),
        ("max_tokens", "gpt-4o-mini gives at most 8,192"),
    ]
    assert [problem.code for problem in explanation.problems] == ["preset-max-tokens"]


@pytest.mark.parametrize(
    ("release", "name", "settings"),
    [
        ("0.92.2", "@best-claude", [("temperature", "0.7", f".pipelex/inference/{DECK}:13")]),
        ("0.92.2", "img_gen/default", [("quality", "low", f".pipelex/inference/{DECK}:22")]),
        ("0.17.6", "best-claude", [("temperature", "0.7", None)]),
        ("0.10.2", "best-claude", []),
        ("0.92.2", "llm/default/for_text", [("temperature", "0.5", f".pipelex/inference/{DECK}:10")]),
    ],
)
def test_settings_of_a_model_named_without_a_preset(
    release: str, name: str, settings: list[tuple[str, str, str | None]], tmp_path: Path
) -> None:
    explanation = one(tmp_path, minimal(release), name, release)
    listed = [
        (item.key, item.requested, str(item.place.location) if item.place else None) for item in explanation.settings
    ]
    assert listed == settings


def test_dead_reference_names_declaring_backends_and_near_names(tmp_path: Path) -> None:
    files = with_preset(edited(g3_1(), "backends.toml", "enabled = true", "enabled = false"), "odd", "gpt-4o-mni")
    report = inspect(tmp_path, files)
    off = explain(report, resolved(report, "cheap"))
    assert [(offer.backend, offer.status) for offer in off.other_offers] == [("openai", "off")]
    assert [problem.code for problem in off.problems] == ["preset-dead"]
    typo = explain(report, resolved(report, "odd"))
    assert typo.near == ()  # the model that is meant is not served either
    assert one(tmp_path / "on", with_preset(g3_1(), "odd", "gpt-4o-mni"), "$odd").near == ("gpt-4o-mini",)


def test_unknown_preset(tmp_path: Path) -> None:
    explanation = one(tmp_path, g3_1(), "$writin")
    assert explanation.resolution.unresolved is not None
    assert (explanation.resolution.unresolved.message, explanation.near) == (
        "there is no preset `writin`",
        ("writing",),
    )
    assert explanation.values == ()


def test_the_same_model_on_other_backends(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends/openai.toml", llm("claude-4-sonnet"))
    explanation = one(tmp_path, files, "$writing")
    assert [(offer.backend, offer.status) for offer in explanation.other_offers] == [("openai", "on")]


def test_tokens_within_the_limit_need_no_note(tmp_path: Path) -> None:
    files = with_preset(g3_1(), "short", "gpt-4o-mini", "temperature = 0.5\nmax_tokens = 8192")
    explanation = one(tmp_path, files, "$short")
    assert [(item.key, item.note) for item in explanation.settings] == [("temperature", ""), ("max_tokens", "")]
    assert not explanation.problems
