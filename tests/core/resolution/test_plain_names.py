"""Resolution up to 0.17: one space of plain names, chains in aliases, then waterfalls."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.resolution import Status
from tests.support.trees import DECK, Files, edited, end, extended, inspect, minimal, resolved, with_preset

OLD = ("0.10.2", "0.11.0", "0.14.3")


def alias(release: str, *lines: str) -> Files:
    """The tree with more aliases."""
    return edited(minimal(release), DECK, "[aliases]\n", "[aliases]\n        " + "\n        ".join(lines) + "\n")


def waterfall(*lines: str) -> Files:
    """The tree of 0.17 with more waterfalls."""
    return edited(minimal("0.17.6"), DECK, "[waterfalls]\n", "[waterfalls]\n        " + "\n        ".join(lines) + "\n")


def first_end(files: Files, release: str, tmp_path: Path, name: str = "odd") -> str | None:
    return end(resolved(inspect(tmp_path, files, release=release), name))


@pytest.mark.parametrize("release", OLD)
@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ('["gpt-4o-mini", "claude-4-sonnet"]', "openai/gpt-4o-mini"),
        ('["nobody", "claude-4-sonnet"]', "anthropic/claude-4-sonnet"),
        ('["nobody", "none"]', None),
        ('["best-claude"]', "anthropic/claude-4-sonnet"),
        ('["chain", "claude-4-sonnet"]', "openai/gpt-4o-mini"),
        ("[]", None),
        ('""', None),
        ('"best-claude"', "anthropic/claude-4-sonnet"),
        ('"writing"', None),
    ],
)
def test_an_alias_ends_at_the_first_target_that_resolves(
    targets: str, expected: str | None, release: str, tmp_path: Path
) -> None:
    assert first_end(alias(release, f"odd = {targets}"), release, tmp_path) == expected


@pytest.mark.parametrize("release", [*OLD, "0.17.6"])
def test_sigils_have_no_meaning(release: str, tmp_path: Path) -> None:
    assert first_end(with_preset(minimal(release), "odd", "@best-claude"), release, tmp_path) is None


@pytest.mark.parametrize("release", [*OLD, "0.17.6"])
def test_a_served_model_hides_an_alias_of_its_name(release: str, tmp_path: Path) -> None:
    files = with_preset(alias(release, 'gpt-4o-mini = "claude-4-sonnet"'), "odd", "gpt-4o-mini")
    assert first_end(files, release, tmp_path) == "openai/gpt-4o-mini"


def test_an_alias_hides_a_waterfall_of_its_name(tmp_path: Path) -> None:
    files = with_preset(waterfall('best-claude = ["gpt-4o-mini"]'), "odd", "best-claude")
    assert first_end(files, "0.17.6", tmp_path) == "anthropic/claude-4-sonnet"


def test_an_empty_alias_does_not_hide_a_waterfall(tmp_path: Path) -> None:
    files = edited(waterfall('odd = ["gpt-4o-mini"]'), DECK, "[aliases]\n", '[aliases]\n        odd = ""\n')
    report = inspect(tmp_path, files, release="0.17.6")
    assert end(resolved(report, "odd", "waterfall")) == "openai/gpt-4o-mini"


@pytest.mark.parametrize("release", OLD)
@pytest.mark.parametrize(
    "lines", [('odd = "odd"',), ('odd = "b"', 'b = "odd"'), ('odd = ["b"]', 'b = ["c"]', 'c = "odd"')]
)
def test_a_cycle_crashes_when_it_is_used(lines: tuple[str, ...], release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, alias(release, *lines), release=release)
    unresolved = resolved(report, "odd").unresolved
    assert unresolved is not None
    assert (unresolved.code, unresolved.error) == ("cycle", "RecursionError")
    assert unresolved.message.startswith("a cycle: odd -> ")
    assert report.boots


def test_a_chain_that_enters_a_cycle_crashes_before_its_other_targets(tmp_path: Path) -> None:
    unresolved = resolved(inspect(tmp_path, alias("0.14.3", 'odd = ["odd", "gpt-4o-mini"]')), "odd").unresolved
    assert unresolved is not None
    assert unresolved.error == "RecursionError"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ('["nobody", "gpt-4o-mini"]', "openai/gpt-4o-mini"),
        ('["best-claude", "gpt-4o-mini"]', "anthropic/claude-4-sonnet"),
        ('["chain"]', "openai/gpt-4o-mini"),
        ('["nobody"]', None),
        ("[]", None),
    ],
)
def test_a_waterfall_ends_at_its_first_entry_that_resolves(entries: str, expected: str | None, tmp_path: Path) -> None:
    assert first_end(waterfall(f"odd = {entries}"), "0.17.6", tmp_path) == expected


def test_an_exhausted_waterfall_raises_an_error_of_its_own(tmp_path: Path) -> None:
    unresolved = resolved(inspect(tmp_path, waterfall('odd = ["a", "b"]')), "odd").unresolved
    assert unresolved is not None
    assert (unresolved.code, unresolved.error, unresolved.names) == (
        "waterfall-exhausted",
        "ModelWaterfallError",
        ("a", "b"),
    )
    assert unresolved.message == "no entry of waterfall `odd` is served: a, b"


def test_an_exhausted_waterfall_ends_the_outer_one(tmp_path: Path) -> None:
    files = waterfall('inner = ["nobody"]', 'odd = ["inner", "gpt-4o-mini"]')
    assert first_end(files, "0.17.6", tmp_path) is None


FALLBACK_OFF = "[cogt.model_deck_config]\nis_model_fallback_enabled = false\n"


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ('["nobody", "gpt-4o-mini"]', "fallback-off"),
        ('["nobody"]', "waterfall-exhausted"),
        ('["gpt-4o-mini", "x"]', None),
    ],
)
def test_with_fallback_off_only_the_first_entry_counts(entries: str, code: str | None, tmp_path: Path) -> None:
    files = {**waterfall(f"odd = {entries}"), "../pipelex.toml": FALLBACK_OFF}
    unresolved = resolved(inspect(tmp_path, files), "odd").unresolved
    assert (unresolved.code if unresolved else None) == code


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.17.6"])
@pytest.mark.parametrize("text", ["gpt-4o-mini", "best-claude", "cheap"])
def test_meaning_of_a_plain_name_in_a_choice(text: str, release: str, tmp_path: Path) -> None:
    files = edited(minimal(release), DECK, 'for_text = "cheap"', f'for_text = "{text}"')
    resolution = resolved(inspect(tmp_path, files, release=release), "llm/default/for_text")
    only_presets = release == "0.10.2"
    assert resolution.alive == (text == "cheap" or not only_presets)


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.17.6"])
def test_a_preset_wins_over_a_model_of_its_name_in_a_choice(release: str, tmp_path: Path) -> None:
    files = with_preset(minimal(release), "gpt-4o-mini", "claude-4-sonnet")
    files = edited(files, DECK, 'for_text = "cheap"', 'for_text = "gpt-4o-mini"')
    resolution = resolved(inspect(tmp_path, files, release=release), "llm/default/for_text")
    assert end(resolution) == "anthropic/claude-4-sonnet"


@pytest.mark.parametrize("release", ["0.10.2", "0.14.3", "0.17.6"])
def test_an_override_that_says_disabled_is_none(release: str, tmp_path: Path) -> None:
    title = "llm_choice_overrides" if release == "0.10.2" else "llm.choice_overrides"
    files = extended(minimal(release), DECK, f'\n[{title}]\nfor_text = "disabled"\nfor_object = "cheap"\n')
    report = inspect(tmp_path, files, release=release)
    assert [item.name for item in report.resolutions if item.name.startswith("override")] == ["override/for_object"]
    assert report.boots


def test_settings_in_place_are_a_preset_of_their_own(tmp_path: Path) -> None:
    inline = 'for_text = { llm_handle = "best-claude", temperature = 0 }'
    files = edited(minimal("0.10.2"), DECK, 'for_text = "cheap"', inline)
    resolution = resolved(inspect(tmp_path, files), "llm/default/for_text")
    assert end(resolution) == "anthropic/claude-4-sonnet"
    assert resolution.lookup == "best-claude"
    assert resolution.status is Status.CALLABLE
