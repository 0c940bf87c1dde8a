"""Routing: the names a pattern matches, the winning route, and the fallback where its backend lacks the model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import Report
from core.entities import Location, Place, Profile, Route
from core.entities import Path as KeyPath
from core.releases import Behaviours, behaviours_of, parse_release
from core.routing import Match, RouteTable, pattern_matches
from tests.support.trees import Files, extended, inspect, llm, minimal


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "anything", True),
        ("*", "", True),
        ("**", "anything", True),
        ("***", "a*b", True),
        ("***", "ab", False),
        ("gpt-*", "gpt-4", True),
        ("gpt-*", "GPT-4", False),
        ("gpt-*", "my-gpt-4", False),
        ("*-mini", "gpt-4o-mini", True),
        ("*-mini", "mini", False),
        ("*4o*", "gpt-4o-mini", True),
        ("*4o*", "4o", True),
        ("gpt-*-mini", "gpt-4o-mini", False),
        ("gpt-*-mini", "gpt-*-mini", True),
        ("*gpt*mini*", "xgpt*minix", True),
        ("gpt-?", "gpt-4", False),
        ("gpt-[4]", "gpt-4", False),
        ("gpt.4", "gpt-4", False),
        ("", "", True),
        ("", "x", False),
        ("gpt-4", "gpt-4", True),
        ("gpt-4", "gpt-4o", False),
    ],
)
def test_pattern_matches_names(pattern: str, name: str, expected: bool) -> None:
    assert pattern_matches(pattern, name) is expected


SHORT = st.text("*ab", max_size=5)


def as_expression(pattern: str) -> re.Pattern[str]:
    """The rule said another way: a star at either end is any text, one star alone is both ends."""
    front = pattern.startswith("*")
    back = pattern.endswith("*") and (len(pattern) > 1 or not front)
    core = pattern[front : len(pattern) - back]
    return re.compile(("(?s:.*)" if front else "") + re.escape(core) + ("(?s:.*)" if back else ""))


@given(SHORT | st.text(max_size=6), SHORT | st.text(max_size=6))
def test_pattern_equals_its_regular_expression(pattern: str, name: str) -> None:
    assert pattern_matches(pattern, name) == bool(as_expression(pattern).fullmatch(name))


class _Nowhere:
    """Where the routes of these tests stand: nowhere."""

    def locate(self, path: KeyPath) -> Location:
        raise NotImplementedError


NOWHERE = _Nowhere()
BACKENDS = ("one", "two", "three")


def route(number: int, pattern: str, backend: str, optional: bool) -> Route:
    return Route(pattern, backend, optional, Place(NOWHERE, ("routes", number)))


def behaviours(release: str) -> Behaviours:
    parsed = parse_release(release)
    assert parsed is not None
    return behaviours_of(parsed)


def naive(profile: Profile, enabled: frozenset[str], release: str, name: str) -> tuple[str, str | None, str] | None:
    """Exact, else first match, else default; said in the plainest way."""
    skips = parse_release(release) >= parse_release("0.15.0")  # type: ignore[operator]
    entries = list(profile.routes)
    if parse_release(release) >= parse_release("0.37.0"):  # type: ignore[operator]
        entries += profile.optional_routes
    live = [entry for entry in entries if entry.backend in enabled or not (skips or entry.optional)]
    for entry in live:
        if entry.pattern == name:
            return "exact", entry.pattern, entry.backend
    for entry in live:
        if pattern_matches(entry.pattern, name):
            return "pattern", entry.pattern, entry.backend
    defaults = [profile.default, *(profile.fallback_order or ())] if skips else [profile.default]
    for backend in defaults:
        if backend and (backend in enabled or not skips):
            return "default", None, backend
    return None


ENTRIES = st.lists(st.tuples(SHORT, st.sampled_from(BACKENDS)), max_size=6)


@given(
    ENTRIES,
    ENTRIES,
    st.none() | st.sampled_from(BACKENDS),
    st.none() | st.lists(st.sampled_from(BACKENDS)),
    st.sets(st.sampled_from(BACKENDS)),
    st.sampled_from(["0.10.2", "0.14.3", "0.17.6", "0.36.0", "0.92.2"]),
    st.text("*ab", max_size=4),
)
def test_table_equals_trying_each_route(
    routes: list[tuple[str, str]],
    optional: list[tuple[str, str]],
    default: str | None,
    order: list[str] | None,
    enabled: set[str],
    release: str,
    name: str,
) -> None:
    profile = Profile(
        "p",
        "",
        default,
        tuple(route(number, *entry, False) for number, entry in enumerate(routes)),
        tuple(route(100 + number, *entry, True) for number, entry in enumerate(optional)),
        tuple(order) if order is not None else None,
        Place(NOWHERE, ("p",)),
    )
    table = RouteTable(profile, sorted(enabled), behaviours(release))
    match: Match | None = table.match(name)
    actual = (match.method, match.pattern, match.backend) if match is not None else None
    assert actual == naive(profile, frozenset(enabled), release, name)
    taking = [number for number, entry in enumerate(table.entries) if pattern_matches(entry.pattern, name)]
    assert table.matching(name) == taking
    assert len(list(table.lost(name))) == len(taking) - (match is not None and match.pattern is not None)


# ---- from a match to a model


def three(release: str, routing: str) -> Files:
    """Backends openai, anthropic and internal, of which the last two declare `odd`; with this routing."""
    files = minimal(release)
    files = extended(files, "backends.toml", "\n[internal]\n")
    defaults = 'default_sdk = "x"\n' if release == "0.10.2" else '[defaults]\nsdk = "x"\n'
    files["backends/internal.toml"] = defaults + llm("odd")
    files = extended(files, "backends/anthropic.toml", llm("odd"))
    return {**files, "routing_profiles.toml": routing}


def odd(report: Report) -> tuple[str | None, str | None]:
    """Who serves `odd`, and by which method."""
    assignment = report.serving.assignment("llm", "odd")
    return (None, None) if assignment is None or assignment.backend is None else (assignment.backend, assignment.method)


def profile(lines: str) -> str:
    return f'active = "p"\n[profiles.p]\ndescription = "d"\n{lines}\n'


@pytest.mark.parametrize(
    ("lines", "release", "expected"),
    [
        ('default = "openai"', "0.10.2", ("anthropic", "fallback")),
        ('default = "openai"', "0.14.3", ("anthropic", "fallback")),
        ('default = "openai"', "0.17.6", (None, None)),
        ('default = "openai"', "0.43.1", ("internal", "internal")),
        ('default = "openai"', "0.92.2", ("internal", "internal")),
        ('default = "openai"\nfallback_order = ["internal"]', "0.17.6", ("internal", "fallback")),
        ('default = "openai"\nfallback_order = ["nobody"]', "0.17.6", (None, None)),
        ('default = "openai"\nfallback_order = ["openai"]', "0.17.6", ("anthropic", "fallback")),
        ('default = "openai"\nfallback_order = ["openai"]', "0.92.2", ("anthropic", "fallback")),
        ('fallback_order = ["nobody", "anthropic"]', "0.92.2", ("anthropic", "default")),
        ('default = "anthropic"', "0.92.2", ("anthropic", "default")),
        ("", "0.17.6", (None, None)),
        ("", "0.43.1", (None, None)),
        ("", "0.92.2", ("internal", "internal")),
        ('routes = { "o*" = "openai", "odd*" = "anthropic" }', "0.92.2", (None, None)),
        ('routes = { "o*" = "openai", "odd" = "anthropic" }', "0.92.2", ("anthropic", "exact")),
        ('routes = { "o*" = "anthropic", "odd*" = "internal" }', "0.10.2", ("anthropic", "pattern")),
        ('default = "openai"\noptional_routes = { "o*" = "anthropic" }', "0.92.2", ("anthropic", "optional")),
        ('default = "openai"\noptional_routes = { "o*" = "nobody" }', "0.92.2", ("internal", "internal")),
        ('default = "openai"\noptional_routes = { "o*" = "anthropic" }', "0.17.6", (None, None)),
    ],
)
def test_serving_backend_of_a_name(
    lines: str, release: str, expected: tuple[str | None, str | None], tmp_path: Path
) -> None:
    assert odd(inspect(tmp_path, three(release, profile(lines)), release=release)) == expected


def test_0_15_without_a_fallback_order_tries_the_others(tmp_path: Path) -> None:
    report = inspect(tmp_path, three("0.17.6", profile('default = "openai"')), release="0.15.4")
    assert odd(report) == ("anthropic", "fallback")


def test_an_exact_route_wins_over_a_pattern_before_it(tmp_path: Path) -> None:
    lines = 'routes = { "*" = "internal", "odd" = "anthropic" }'
    report = inspect(tmp_path, three("0.10.2", profile(lines)), release="0.10.2")
    assert odd(report) == ("anthropic", "exact")


def test_a_star_hides_what_follows_and_the_default(tmp_path: Path) -> None:
    lines = 'default = "anthropic"\nroutes = { "*" = "internal", "od*" = "anthropic" }'
    report = inspect(tmp_path, three("0.92.2", profile(lines)))
    assert odd(report) == ("internal", "pattern")


def test_without_an_active_profile_nothing_is_served(tmp_path: Path) -> None:
    report = inspect(tmp_path, three("0.92.2", 'active = "x"\n'))
    assert report.serving.served == {}
    assert odd(report) == (None, None)
