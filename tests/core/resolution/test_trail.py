"""Trails: each step of a reference with its location, winning and losing routes, candidates of dead references."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.verdict import count_keys
from tests.support.trees import DECK, edited, extended, g3_1, inspect, llm, minimal, resolved, with_preset


def steps(report: Report, name: str, kind: str | None = None) -> list[tuple[str, str, str]]:
    """Kind, name and `file:line` of each step."""
    return [
        (
            step.kind,
            step.name,
            str(step.location).removeprefix(".pipelex/inference/") if step.location is not None else "",
        )
        for step in report.trail(resolved(report, name, kind))
    ]


def notes(report: Report, name: str) -> dict[tuple[str, str], str]:
    return {(step.kind, step.name): step.note for step in report.trail(resolved(report, name))}


def test_the_trail_of_a_choice_has_every_step(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    assert steps(report, "llm/default/for_object") == [
        ("choice", "default/for_object", f"{DECK}:15"),
        ("preset", "writing", f"{DECK}:9"),
        ("alias", "best-claude", f"{DECK}:3"),
        ("model", "claude-4-sonnet", ""),
        ("route", "claude-*", "routing_profiles.toml:9"),
        ("backend", "anthropic", "backends.toml:6"),
        ("spec", "claude-4-sonnet-id", "backends/anthropic.toml:4"),
        ("call", "https://api.anthropic.com", ""),
    ]


def test_notes_name_route_backend_and_price(tmp_path: Path) -> None:
    texts = notes(inspect(tmp_path, g3_1()), "writing")
    assert texts["route", "claude-*"] == "-> anthropic: first route that matches"
    assert texts["backend", "anthropic"] == "on, ANTHROPIC_API_KEY set"
    assert texts["spec", "claude-4-sonnet-id"] == "anthropic, $3 in / $15 out per M, max 8,192 tokens"


def test_unknown_price_is_stated(tmp_path: Path) -> None:
    assert notes(inspect(tmp_path, g3_1()), "finder")["spec", "finder"] == "linkup, price unknown"


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    texts = notes(inspect(tmp_path, g3_1(), environ={"ANTHROPIC_API_KEY": ""}), "writing")
    assert texts["backend", "anthropic"] == "on, ANTHROPIC_API_KEY empty"


@pytest.mark.parametrize(
    ("environ", "note", "counted"),
    [
        ({"FIRST": "x"}, "on, FIRST set", (1, 2)),
        ({"SECOND": "x"}, "on, SECOND set", (1, 2)),
        ({}, "on, FIRST missing, SECOND missing", (0, 3)),
    ],
)
def test_one_of_several_alternative_variables_is_enough(
    environ: dict[str, str], note: str, counted: tuple[int, int], tmp_path: Path
) -> None:
    files = edited(g3_1(), "backends.toml", "${ANTHROPIC_API_KEY}", "${env:FIRST|secret:SECOND}")
    report = inspect(tmp_path, files, environ=environ)
    assert notes(report, "writing")["backend", "anthropic"] == note
    assert count_keys(report.catalog) == counted
    assert ("anthropic" in report.resolver.ready) == bool(environ)


def test_the_default_has_its_place(tmp_path: Path) -> None:
    assert ("route", "(default)", "routing_profiles.toml:6") in steps(inspect(tmp_path, g3_1()), "cheap")


def test_routes_that_lost_are_reported_with_the_reason(tmp_path: Path) -> None:
    lines = """
        "claude*" = "openai"
        "claude-4-sonnet" = "anthropic"
        "mistral-*" = "openai"
        """
    report = inspect(tmp_path, extended(g3_1(), "routing_profiles.toml", lines))
    texts = notes(report, "writing")
    assert texts["route", "claude-4-sonnet"] == "-> anthropic: exact route"
    assert texts["lost", "claude-*"] == "-> anthropic: an exact route wins over patterns"
    assert texts["lost", "claude*"] == "-> openai: an exact route wins over patterns"
    assert ("lost", "mistral-*") not in texts


def test_a_later_pattern_lost_to_an_earlier_one(tmp_path: Path) -> None:
    report = inspect(tmp_path, extended(g3_1(), "routing_profiles.toml", '"*" = "openai"\n'))
    assert notes(report, "writing")["lost", "*"] == "-> openai: a preceding pattern takes the name"


def test_skipped_waterfall_entries_stay_in_the_trail(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    assert [step[:2] for step in steps(report, "chain")[:3]] == [
        ("waterfall", "chain"),
        ("model", "nobody"),
        ("model", "gpt-4o-mini"),
    ]
    assert notes(report, "chain")["model", "nobody"] == "passed over: no backend declares `nobody`"


def test_dead_reference_lists_candidates(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[spare]\nenabled = false\n") | {"backends/spare.toml": llm("odd")}
    report = inspect(tmp_path, with_preset(files, "dead", "odd"))
    trail = steps(report, "dead")
    assert ("candidate", "spare", "backends/spare.toml:2") in trail
    assert ("route", "(default)", "routing_profiles.toml:6") in trail
    texts = notes(report, "dead")
    assert texts["candidate", "spare"] == "declares odd; the backend is off"
    assert texts["route", "(default)"] == "-> openai, which does not declare odd"
    unresolved = resolved(report, "dead").unresolved
    assert unresolved is not None
    assert (unresolved.code, unresolved.names) == ("backend-off", ("odd",))


def test_a_route_to_a_backend_that_is_off_is_reported(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false")
    report = inspect(tmp_path, files, release="0.92.2")
    texts = notes(report, "writing")
    assert texts["lost", "claude-*"] == "-> anthropic: backend anthropic is off"
    assert texts["candidate", "anthropic"] == "declares claude-4-sonnet; the backend is off"


def test_lines_match_the_files(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    for resolution in report.resolutions:
        for step in report.trail(resolution):
            if step.location is not None and step.kind not in ("route", "choice"):
                text = (tmp_path / step.location.file).read_text("utf-8").splitlines()[step.location.line - 1]
                assert step.location.key.rpartition(".")[2].strip('"') in text


def test_long_chain_is_shortened_in_the_middle(tmp_path: Path) -> None:
    links = "".join(f'a{number} = "@a{number + 1}"\n' for number in range(200))
    files = {**g3_1(), "deck/x_custom_llm_deck.toml": f'[llm.aliases]\n{links}a200 = "gpt-4o-mini"\n'}
    lines = steps(inspect(tmp_path, files), "a0", "alias")
    (more,) = [step for step in lines if step[0] == "more"]
    shown = [step for step in lines if step[0] in ("alias", "model")]
    assert int(more[1].partition(" ")[0]) + len(shown) == 202
    assert (lines[0][1], [step[1] for step in lines if step[0] == "model"]) == ("a0", ["gpt-4o-mini"])


@pytest.mark.parametrize("name", ["", "blank "])
def test_unreferencable_name_is_dead(name: str, tmp_path: Path) -> None:
    files = extended(g3_1(), "deck/x_custom_llm_deck.toml", f'[llm.aliases]\n"{name}" = "gpt-4o-mini"\n')
    report = inspect(tmp_path, files)
    (resolution,) = [item for item in report.resolutions if item.kind.value == "alias" and item.name == name]
    assert resolution.unresolved is not None
    assert "no reference can name" in resolution.unresolved.message


@pytest.mark.parametrize(("release", "handle"), [("0.43.1", "@odd"), ("0.92.2", "blank ")])
def test_unreferencable_handle_stops_the_release(release: str, handle: str, tmp_path: Path) -> None:
    report = inspect(
        tmp_path,
        extended(minimal(release), "backends/openai.toml", f'\n["{handle}"]\nmodel_id = "x"\n'),
        release=release,
    )
    assert report.stops_at is not None
    assert (report.stops_at.code, report.stops_at.subject) == ("handle-unreachable", handle)
