"""Resolution from 0.18 on: families, sigils, bare handles, waterfalls and cycles, and what changed in 0.78."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.resolution import Resolution, Status
from tests.support.trees import DECK, Files, edited, end, extended, inspect, minimal, resolved, with_preset

BOTH = ("0.43.1", "0.92.2")


def names(release: str, kind: str, *lines: str, files: Files | None = None) -> Files:
    """The tree with more aliases or waterfalls of LLMs."""
    title = f"[llm.{kind}]\n"
    return edited(files or minimal(release), DECK, title, title + "".join(f"    {line}\n" for line in lines))


def follow(files: Files, release: str, tmp_path: Path, name: str = "odd", kind: str | None = None) -> Resolution:
    return resolved(inspect(tmp_path, files, release=release), name, kind)


@pytest.mark.parametrize("release", BOTH)
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4o-mini", "openai/gpt-4o-mini"),
        ("handle:gpt-4o-mini", "openai/gpt-4o-mini"),
        ("@best-claude", "anthropic/claude-4-sonnet"),
        ("alias:best-claude", "anthropic/claude-4-sonnet"),
        ("best-claude", "anthropic/claude-4-sonnet"),
        ("~chain", "openai/gpt-4o-mini"),
        ("waterfall:chain", "openai/gpt-4o-mini"),
        ("chain", "openai/gpt-4o-mini"),
        ("  @best-claude ", "anthropic/claude-4-sonnet"),
        ("$cheap", None),
        ("preset:cheap", None),
        ("cheap", None),
        ("@chain", None),
        ("~best-claude", None),
        ("@gpt-4o-mini", None),
        ("painter", None),
        ("nobody", None),
    ],
)
def test_meaning_of_the_model_of_a_preset(model: str, expected: str | None, release: str, tmp_path: Path) -> None:
    assert end(follow(with_preset(minimal(release), "odd", model), release, tmp_path)) == expected


@pytest.mark.parametrize("release", BOTH)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$writing", "anthropic/claude-4-sonnet"),
        ("preset:writing", "anthropic/claude-4-sonnet"),
        ("@best-claude", "anthropic/claude-4-sonnet"),
        ("~chain", "openai/gpt-4o-mini"),
        ("gpt-4o-mini", "openai/gpt-4o-mini"),
        ("best-claude", "anthropic/claude-4-sonnet"),
        ("writing", None),
        ("$nobody", None),
        ("@nobody", None),
        ("painter", None),
    ],
)
def test_meaning_of_a_choice(text: str, expected: str | None, release: str, tmp_path: Path) -> None:
    files = edited(minimal(release), DECK, 'for_text = "$cheap"', f'for_text = "{text}"')
    assert end(follow(files, release, tmp_path, "llm/default/for_text")) == expected


def test_a_bare_preset_in_a_choice_is_answered_with_its_sigil(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), DECK, 'for_text = "$cheap"', 'for_text = "cheap"')
    unresolved = follow(files, "0.92.2", tmp_path, "llm/default/for_text").unresolved
    assert unresolved is not None
    assert "write $cheap" in unresolved.message


@pytest.mark.parametrize("release", BOTH)
def test_families_do_not_share_names(release: str, tmp_path: Path) -> None:
    files = extended(minimal(release), DECK, '\n[img_gen.aliases]\nbest-claude = "painter"\n')
    report = inspect(tmp_path, files, release=release)
    assert end(resolved(report, "best-claude", family="llm")) == "anthropic/claude-4-sonnet"
    assert end(resolved(report, "best-claude", family="img_gen")) == "openai/painter"


@pytest.mark.parametrize(("release", "expected"), [("0.43.1", None), ("0.92.2", "anthropic/claude-4-sonnet")])
def test_a_model_of_another_type_ends_the_search_until_0_78(release: str, expected: str | None, tmp_path: Path) -> None:
    files = names(release, "aliases", 'painter = "claude-4-sonnet"')
    assert end(follow(with_preset(files, "odd", "painter"), release, tmp_path)) == expected


@pytest.mark.parametrize(("release", "expected"), [("0.43.1", None), ("0.92.2", "openai/gpt-4o-mini")])
def test_an_exhausted_inner_waterfall_ends_the_outer_one_until_0_78(
    release: str, expected: str | None, tmp_path: Path
) -> None:
    files = names(release, "waterfalls", 'inner = ["nobody"]', 'odd = ["~inner", "gpt-4o-mini"]')
    assert end(follow(files, release, tmp_path)) == expected


@pytest.mark.parametrize(
    ("kind", "lines", "old", "new"),
    [
        ("aliases", ('odd = "@odd"',), "ModelNotFoundError", "ModelNotFoundError"),
        ("aliases", ('odd = "b"', 'b = "@odd"'), "ModelNotFoundError", "ModelNotFoundError"),
        ("waterfalls", ('odd = ["~odd"]',), "RecursionError", "ModelWaterfallError"),
        ("waterfalls", ('odd = ["~b"]', 'b = ["odd"]'), "RecursionError", "ModelWaterfallError"),
    ],
)
@pytest.mark.parametrize("release", BOTH)
def test_cycles(kind: str, lines: tuple[str, ...], old: str, new: str, release: str, tmp_path: Path) -> None:
    resolution = follow(names(release, kind, *lines), release, tmp_path)
    assert resolution.unresolved is not None
    assert resolution.unresolved.error == (old if release == "0.43.1" else new)
    text = resolution.unresolved.message + "".join(hop.note for hop in resolution.hops)
    assert "a cycle: odd -> " in text


def test_a_waterfall_goes_on_after_a_cycle_from_0_78_on(tmp_path: Path) -> None:
    files = names("0.92.2", "waterfalls", 'odd = ["~odd", "gpt-4o-mini"]')
    assert end(follow(files, "0.92.2", tmp_path)) == "openai/gpt-4o-mini"


@pytest.mark.parametrize(
    ("release", "section"), [("0.43.1", "cogt.model_deck_config"), ("0.92.2", "inference.model_deck")]
)
def test_with_fallback_off_only_the_first_entry_counts(release: str, section: str, tmp_path: Path) -> None:
    files = {**minimal(release), "../pipelex.toml": f"[{section}]\nis_model_fallback_enabled = false\n"}
    unresolved = follow(files, release, tmp_path, "chain").unresolved
    assert unresolved is not None
    assert (unresolved.code, unresolved.error) == ("fallback-off", "ModelNotFoundError")


def test_the_settings_of_another_release_mean_nothing(tmp_path: Path) -> None:
    files = {**minimal("0.43.1"), "../pipelex.toml": "[inference.model_deck]\nis_model_fallback_enabled = false\n"}
    assert end(follow(files, "0.43.1", tmp_path, "chain")) == "openai/gpt-4o-mini"


@pytest.mark.parametrize("release", BOTH)
@pytest.mark.parametrize("text", ["disabled", "$disabled", "@disabled", "~disabled", "handle:disabled"])
def test_an_override_named_disabled_is_none(text: str, release: str, tmp_path: Path) -> None:
    lines = f'\n[llm.choice_overrides]\nfor_text = "{text}"\nfor_object = "$cheap"\n'
    report = inspect(tmp_path, extended(minimal(release), DECK, lines), release=release)
    assert [item.name for item in report.resolutions if item.name.startswith("override")] == ["override/for_object"]
    assert report.boots


@pytest.mark.parametrize("release", BOTH)
def test_disabled_in_a_default_means_nothing_special(release: str, tmp_path: Path) -> None:
    files = edited(minimal(release), DECK, 'for_text = "$cheap"', 'for_text = "$disabled"')
    assert not follow(files, release, tmp_path, "llm/default/for_text").alive


def test_a_dead_end_that_the_gateway_may_serve_is_unknown(tmp_path: Path) -> None:
    files = extended(
        minimal("0.43.1"), "backends.toml", '\n[pipelex_gateway]\nenabled = true\napi_key = "${OPENAI_API_KEY}"\n'
    )
    files = extended(files, "routing_profiles.toml", '"gemini-*" = "pipelex_gateway"\n')
    files = with_preset(with_preset(files, "odd", "gemini-9"), "dead", "nobody")
    report = inspect(tmp_path, files)
    assert resolved(report, "odd").status is Status.UNKNOWN
    assert resolved(report, "dead").status is Status.DEAD
    assert [problem.subject for problem in report.problems if problem.code == "preset-dead"] == ["dead"]
    route = next(step for step in report.trail(resolved(report, "odd")) if step.kind == "route")
    assert route.note == "-> pipelex_gateway, which gets its models from its server"


def test_handles_of_two_types_are_distinct_from_0_78_on(tmp_path: Path) -> None:
    twin = '\n[twin]\nhandle = "gpt-4o-mini"\nmodel_type = "img_gen"\nmodel_id = "image"\n'
    files = extended(minimal("0.92.2"), "backends/openai.toml", twin)
    files = extended(files, DECK, '\n[img_gen.presets.odd]\nmodel = "gpt-4o-mini"\n')
    resolution = follow(files, "0.92.2", tmp_path)
    assert resolution.spec is not None
    assert (resolution.spec.model_id, resolution.spec.table) == ("image", "twin")


def test_a_model_without_model_id_is_called_by_its_handle(tmp_path: Path) -> None:
    spec = follow(minimal("0.92.2"), "0.92.2", tmp_path, "painter").spec
    assert spec is not None
    assert spec.model_id == "painter-id"
    finder = follow(minimal("0.92.2"), "0.92.2", tmp_path, "finder").spec
    assert finder is not None
    assert finder.model_id == "finder"
