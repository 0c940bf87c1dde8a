"""Rules about routing: routes that never win, match nothing or drop models; unreached backends."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.problems import Severity
from tests.support.trees import Files, codes, edited, extended, g1, g2_1, g3, g3_1, inspect, llm, only, place

ROUTING = "routing_profiles.toml"


def routes(*lines: str, files: Files | None = None) -> Files:
    """A tree whose active profile has these lines after its own route."""
    return extended(files or g3_1(), ROUTING, "\n" + "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('"*" = "openai"', '"gpt-*" = "openai"'),
        ('"**" = "openai"', '"*x*" = "openai"'),
        ('"gpt*" = "openai"', '"gpt-4*" = "openai"'),
        ('"*mini" = "openai"', '"*o-mini" = "openai"'),
        ('"*4o*" = "openai"', '"gpt-4o*" = "openai"'),
        ('"*4o*" = "openai"', '"*-4o-*" = "openai"'),
        ('"*4o*" = "openai"', '"*-4o" = "openai"'),
    ],
)
def test_a_route_behind_one_that_takes_all_its_names_can_never_win(first: str, second: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, routes(first, second))
    hidden = [problem.subject for problem in report.problems if problem.code == "route-never-wins"]
    assert second.split('"')[1] in hidden


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('"gpt-4*" = "openai"', '"gpt*" = "openai"'),
        ('"*mini" = "openai"', '"gpt*" = "openai"'),
        ('"gpt*" = "openai"', '"*gpt*" = "openai"'),
        ('"gpt*" = "openai"', '"gpt-4o-mini" = "openai"'),
        ('"*4*" = "openai"', '"*" = "openai"'),
    ],
)
def test_a_route_that_may_still_win_is_not_reported(first: str, second: str, tmp_path: Path) -> None:
    assert "route-never-wins" not in codes(inspect(tmp_path, routes(first, second)))


def test_a_route_that_takes_no_model_is_reported(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, routes('"mistral-*" = "openai"')), "route-matches-nothing")
    assert problem.severity is Severity.INFO
    assert place(problem) == (ROUTING, 11, 'profiles.all.routes."mistral-*"')


def test_a_star_inside_a_pattern_is_reported_as_literal(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, routes('"gpt-*-mini" = "openai"')), "route-matches-nothing")
    assert problem.severity is Severity.WARNING
    assert problem.fix == "a `*` counts only as the first or last character"


def test_a_near_model_is_suggested_for_a_route_that_takes_none(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, routes('"gpt-4o-mnii" = "openai"')), "route-matches-nothing")
    assert problem.fix == "did you mean `gpt-4o-mini`?"


def test_a_route_for_a_model_of_a_backend_that_is_off_takes_something(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[spare]\nenabled = false\n") | {"backends/spare.toml": llm("odd-1")}
    assert codes(inspect(tmp_path, routes('"odd-*" = "openai"', files=files))) == []


def test_a_pattern_that_drops_models_is_reported_with_their_names(tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, routes('"gpt*" = "anthropic"')), "route-drops-models")
    assert "sends 1 model to `anthropic`, which does not declare it: gpt-4o-mini" in problem.message
    assert problem.cause == "route gpt*"
    assert place(problem) == (ROUTING, 11, 'profiles.all.routes."gpt*"')


def test_a_default_that_drops_models_is_reported(tmp_path: Path) -> None:
    files = edited(g3_1(), ROUTING, '"claude-*" = "anthropic"', "")
    problem = only(inspect(tmp_path, files), "route-drops-models")
    assert problem.cause == "default of profile all"
    assert problem.fix == "add a route for it, or a fallback_order to the profile"


def test_up_to_0_14_a_default_drops_nothing(tmp_path: Path) -> None:
    assert codes(inspect(tmp_path, edited(g1(), ROUTING, '"claude-*" = "anthropic"', ""))) == []


def test_more_than_five_dropped_models_are_counted(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends/openai.toml", "".join(llm(f"odd-{number}") for number in range(7)))
    problem = only(inspect(tmp_path, routes('"odd-*" = "anthropic"', files=files)), "route-drops-models")
    assert problem.message.endswith("odd-0, odd-1, odd-2, odd-3, odd-4 and 2 more")


def test_a_backend_that_nothing_reaches_is_reported(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends.toml", "\n[spare]\n") | {
        "backends/spare.toml": llm("odd").replace("[odd]", '[odd]\nsdk = "x"')
    }
    problem = only(inspect(tmp_path, files), "backend-unused")
    assert problem.fix == "turn `spare` off, or add a route or a fallback_order that reaches it"


def test_backends_that_serve_something_are_not_reported(tmp_path: Path) -> None:
    assert "backend-unused" not in codes(inspect(tmp_path, g3_1()))


def test_names_of_a_fallback_order_that_are_no_backends_are_reported(tmp_path: Path) -> None:
    files = edited(g3_1(), ROUTING, 'default = "openai"', 'default = "openai"\nfallback_order = ["openai", "antropic"]')
    problem = only(inspect(tmp_path, files), "fallback-unknown")
    assert problem.severity is Severity.INFO
    assert problem.fix == "did you mean `anthropic`?"
    assert place(problem) == (ROUTING, 7, "profiles.all.fallback_order[1]")


@pytest.mark.parametrize(("release", "ignored"), [("0.17.6", True), ("0.36.0", True), ("0.37.0", False)])
def test_optional_routes_do_nothing_until_0_37(release: str, ignored: bool, tmp_path: Path) -> None:
    base = g2_1() if release == "0.17.6" else g3()
    files = routes("[profiles.all.optional_routes]", '"gpt*" = "openai"', files=base)
    assert ("optional-routes-ignored" in codes(inspect(tmp_path, files, release=release))) == ignored
