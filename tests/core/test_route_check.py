"""Checking routes: what each rule catches, shadows and loses, which can never match, and where any name would go."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Report
from core.route_check import Rule, route_of, routes_everywhere, rules
from tests.core.properties.values import toml_files
from tests.support.stock import StockFactory
from tests.support.trees import MINIMAL, Files, edited, extended, g3_1, inspect, llm, minimal

ROUTES = '"claude-*" = "anthropic"'


def with_routes(*lines: str, more: str = "") -> Files:
    files = edited(g3_1(), "routing_profiles.toml", ROUTES, "\n".join(lines))
    return extended(files, "routing_profiles.toml", more) if more else files


def rule(report: Report, pattern: str) -> Rule:
    (match,) = [item for item in rules(report.catalog, report.serving) if item.pattern == pattern]
    return match


def test_models_that_a_rule_matches_serves_and_drops(tmp_path: Path) -> None:
    files = with_routes('"claude-*" = "anthropic"', '"gpt-*" = "anthropic"')
    report = inspect(tmp_path, files)
    claude, gpt, default = rules(report.catalog, report.serving)
    assert (claude.caught, claude.served, claude.missed) == (("claude-4-sonnet",), 1, ())
    assert (gpt.caught, gpt.served, gpt.missed) == (("gpt-4o-mini",), 0, ("gpt-4o-mini",))
    assert (default.kind, set(default.caught)) == ("default", {"reader", "painter", "finder"})


def test_models_that_a_rule_shadows(tmp_path: Path) -> None:
    files = with_routes('"claude-*" = "anthropic"', '"*sonnet" = "openai"', '"*-4-*" = "anthropic"')
    report = inspect(tmp_path, files)
    (shadowed,) = rule(report, "claude-*").shadows
    assert (shadowed.handle, shadowed.pattern, shadowed.backend) == ("claude-4-sonnet", "*sonnet", "openai")
    assert rule(report, "*sonnet").loses == ("claude-4-sonnet",)
    assert rule(report, "*-4-*").loses == ("claude-4-sonnet",)


def test_exact_route_shadows_a_preceding_pattern(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_routes('"claude-*" = "openai"', '"claude-4-sonnet" = "anthropic"'))
    exact = rule(report, "claude-4-sonnet")
    assert (exact.label, exact.idle_reason) == ("exact", "")
    assert [(item.pattern, item.backend) for item in exact.shadows] == [("claude-*", "openai")]


@pytest.mark.parametrize(
    ("lines", "pattern", "why"),
    [
        (
            ('"gpt-*" = "openai"', '"gpt-4*" = "anthropic"'),
            "gpt-4*",
            "`gpt-*` comes first and matches every such name",
        ),
        (('"gpt-*" = "nobody"',), "gpt-*", "there is no backend nobody"),
        (('"gpt-*-mini" = "openai"',), "gpt-*-mini", "a `*` counts only as the first or last character"),
        (('"*" = "openai"',), "(default)", "route `*` takes every name before it"),
        (('"gpt-*" = "openai"', '"gpt-4o-mini" = "openai"'), "gpt-4o-mini", ""),
    ],
)
def test_rules_that_can_never_match(lines: tuple[str, ...], pattern: str, why: str, tmp_path: Path) -> None:
    assert rule(inspect(tmp_path, with_routes(*lines)), pattern).idle_reason == why


def test_a_route_to_a_backend_that_is_off(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false")
    idle = rule(inspect(tmp_path, files), "claude-*")
    assert (idle.live, idle.idle_reason) == (False, "backend anthropic is off")


def test_optional_routes_do_nothing_before_0_37(tmp_path: Path) -> None:
    more = '[profiles.all.optional_routes]\n"gpt-*" = "openai"\n'
    for release, never in (("0.17.6", "optional routes have no effect in 0.17.6"), ("0.43.1", "")):
        files = extended(minimal(release), "routing_profiles.toml", more)
        row = rule(inspect(tmp_path / release, files, release=release), "gpt-*")
        assert (row.kind, row.idle_reason) == ("optional", never)


def test_any_name_is_sent_somewhere_or_nowhere(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_routes(ROUTES, '"*-new" = "openai"'))
    new = route_of(report, "claude-new")
    assert new is not None
    assert new.match is not None
    assert (new.match.pattern, new.backend, new.undeclared) == ("claude-*", None, True)
    assert [(lost.route.pattern, lost.reason) for lost in new.lost] == [("*-new", "a preceding pattern takes the name")]
    assert [destination.reason for destination in new.destinations] == [
        "it is sent to anthropic, which does not declare it"
    ]
    served = route_of(report, "gpt-4o-mini")
    assert served is not None
    assert (served.backend, served.on, served.disabled) == ("openai", ("openai",), ())
    assert route_of(report, "x", "no such profile") is None


def test_no_default_and_no_route(tmp_path: Path) -> None:
    files = edited(g3_1(), "routing_profiles.toml", 'default = "openai"', "")
    row = route_of(inspect(tmp_path, files), "odd")
    assert row is not None
    assert (row.match, row.destinations[0].reason) == (
        None,
        "no route takes it and the profile has no enabled default",
    )


def test_each_type_has_its_own_outcome_from_0_78_on(tmp_path: Path) -> None:
    files = extended(g3_1(), "backends/anthropic.toml", llm("reader"))
    test = route_of(inspect(tmp_path, files), "reader")
    assert test is not None
    assert [(destination.model_type, destination.backend) for destination in test.destinations] == [
        ("text_extractor", "openai"),
        ("llm", None),
    ]


def test_every_profile_is_asked(tmp_path: Path) -> None:
    more = '[profiles.other]\ndescription = ""\ndefault = "anthropic"\n'
    report = inspect(tmp_path, with_routes(ROUTES, more=more))
    assert [(test.profile, test.backend) for test in routes_everywhere(report, "gpt-4o-mini")] == [
        ("all", "openai"),
        ("other", None),
    ]


def agrees(report: Report) -> None:
    """What is said of each handle is what serving does with it, and every handle that is served is caught by a rule."""
    serving = report.serving
    for (kind, handle), assignment in serving.assignments.items():
        test = route_of(report, handle)
        if test is None:
            continue
        (destination,) = [item for item in test.destinations if item.model_type in ("", kind)]
        assert (destination.backend, destination.method) == (assignment.backend, assignment.method)
    listed = rules(report.catalog, serving)
    caught = {handle for item in listed for handle in item.caught}
    assert {handle for _, handle in serving.served} <= caught
    assert sum(item.served for item in listed) == len(serving.served)
    for item in listed:
        assert set(item.missed) <= set(item.caught)
        assert {shadowed.handle for shadowed in item.shadows} <= set(item.caught)
        assert not set(item.loses) & (set(item.caught) if not serving.typed else set())


@pytest.mark.parametrize("release", ["0.10.2", "0.15.7", "0.17.6", "0.43.1", "0.92.2"])
def test_rules_of_a_stock_tree_agree_with_served_models(release: str, stock: StockFactory) -> None:
    project = stock(release).root
    agrees(inspect(project, release=release, assume_keys=True))
    agrees(inspect(project, release=release, assume_keys=True, profile="all_openai"))


@given(routing=toml_files(), backends=toml_files(), release=st.sampled_from(list(MINIMAL)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_rules_of_any_tree_agree_with_served_models(routing: str, backends: str, release: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {**minimal(release), "routing_profiles.toml": routing, "backends/openai.toml": backends}
        agrees(inspect(Path(folder), files, release=release))


PATTERNS = st.sampled_from(
    ["*", "**", "gpt-*", "*mini", "*-4*", "claude-*", "gpt-4o-mini", "*so*", "g*t", "", "nobody"]
)
BACKENDS = st.sampled_from(["openai", "anthropic", "nobody"])


@given(
    routes=st.dictionaries(PATTERNS, BACKENDS, max_size=5),
    optional=st.dictionaries(PATTERNS, BACKENDS, max_size=3),
    default=st.none() | BACKENDS,
    order=st.none() | st.lists(BACKENDS, max_size=3),
    release=st.sampled_from([*MINIMAL, "0.15.7", "0.16.0", "0.79.0"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_rules_of_any_profile_agree_with_served_models(
    routes: dict[str, str],
    optional: dict[str, str],
    default: str | None,
    order: list[str] | None,
    release: str,
) -> None:
    lines = ['active = "p"', "[profiles.p]", 'description = ""']
    lines += [f'default = "{default}"'] if default is not None else []
    lines += ["fallback_order = [" + ", ".join(f'"{name}"' for name in order) + "]"] if order is not None else []
    for title, table in (("routes", routes), ("optional_routes", optional)):
        lines += [f"[profiles.p.{title}]", *(f'"{pattern}" = "{backend}"' for pattern, backend in table.items())]
    near = {"0.15.7": "0.17.6", "0.16.0": "0.17.6", "0.79.0": "0.92.2"}
    files = {**minimal(near.get(release, release)), "routing_profiles.toml": "\n".join(lines)}
    with tempfile.TemporaryDirectory() as folder:
        report = inspect(Path(folder), files, release=release)
        agrees(report)
        for item in rules(report.catalog, report.serving):
            if item.idle_reason:
                assert item.caught == ()


@pytest.mark.benchmark
def test_checking_costs_what_the_routes_are_many(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        report = inspect(tmp_path / str(count), with_routes(*(f'"m{number}-*" = "openai"' for number in range(count))))
        serving = report.serving
        start = time.thread_time()
        assert len(rules(report.catalog, serving)) == count + 1
        return time.thread_time() - start

    small, large = min(seconds(500) for _ in range(2)), min(seconds(4_000) for _ in range(2))
    assert large < 30 * small  # twice as much for each doubling would be 64 times
