"""Routes whose pattern is odd: inner stars, many stars, no text, other case, catch-alls before everything else."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario


def put_first(s: Scenario, pattern: str, backend: str) -> None:
    """Put a route before all others of the active profile."""
    profile = s.active_profile()
    routes = profile.get("routes")
    other_routes = {key: value for key, value in routes.items() if key != pattern} if isinstance(routes, dict) else {}
    profile["routes"] = {pattern: backend, **other_routes}


@mutation()
def pattern_with_inner_stars(s: Scenario) -> str:
    name = s.a_model()
    half = max(1, len(name) // 2)
    pattern = s.rng.choice(
        [
            f"{name[:half]}*{name[-1:]}",
            f"*{name[:2]}*{name[-2:]}*",
            f"{name[:half]}**",
            f"**{name[half:]}",
            f"**{name[:half]}**",
            f"{name[:1]}*{name[half:]}*",
            f"*{name[:half]}*{name[half:]}",
        ]
    )
    backend = s.rng.choice(s.enabled)
    put_first(s, pattern, backend)
    return f"{pattern!r} -> {backend}, first"


@mutation()
def pattern_of_stars_only(s: Scenario) -> str:
    pattern = s.rng.choice(["**", "***", "****"])
    backend = s.rng.choice(s.enabled)
    s.routes()[pattern] = backend
    return f"{pattern!r} -> {backend}"


@mutation()
def empty_pattern(s: Scenario) -> str:
    pattern = s.rng.choice(["", " ", "* ", " *", "\t"])
    put_first(s, pattern, s.rng.choice(s.enabled))
    return repr(pattern)


@mutation()
def catch_all_first(s: Scenario) -> str:
    """Everything after it, and the default, is never reached."""
    serving = [name for name in s.enabled if s.llms_of(name)]
    backend = s.rng.choice(serving or s.enabled)
    put_first(s, s.rng.choice(["*", "*", "**"]), backend)
    s.routes()[f"{s.a_model()[:3]}*"] = s.rng.choice(s.enabled)
    return f"catch-all -> {backend}, before the others"


@mutation()
def exact_route_after_catch_all(s: Scenario) -> str:
    backend = s.provider()
    put_first(s, "*", s.rng.choice(s.enabled))
    s.routes()[s.rng.choice(s.models_of(backend) or ["none"])] = backend
    return f"'*' then an exact route to {backend}"


@mutation()
def pattern_in_other_case(s: Scenario) -> str:
    name = s.a_model()
    pattern = s.rng.choice([name.upper(), f"{name.upper()[:4]}*", f"*{name[-4:].title()}", f"*{name[1:4].swapcase()}*"])
    backend = s.rng.choice(s.enabled)
    put_first(s, pattern, backend)
    return f"{pattern!r} -> {backend}"


@mutation()
def equal_length_patterns(s: Scenario) -> str:
    """Two patterns that both match: the first in the file wins, not the longer one."""
    name = s.a_model()
    half = max(1, len(name) // 2)
    first, second = s.rng.choice(s.enabled), s.rng.choice(s.enabled)
    put_first(s, f"{name[:half]}*", first)
    s.routes()[f"{name[: half + 1]}*"] = second
    return f"two prefixes of {name}: {first} then {second}"


@mutation()
def routes_table_empty(s: Scenario) -> str:
    s.active_profile()["routes"] = {}
    if s.minor >= 15 and s.rng.random() < 0.5:
        s.active_profile()["optional_routes"] = {}
        s.active_profile()["fallback_order"] = []
    return "empty routes"


@mutation(breaks=True)
def route_backend_in_other_case(s: Scenario) -> str:
    backend = s.rng.choice(s.enabled)
    put_first(s, f"{s.a_model()[:2]}*", backend.upper())
    return f"a route to {backend.upper()}"


@mutation(breaks=True)
def default_empty(s: Scenario) -> str:
    s.active_profile()["default"] = s.rng.choice(["", " ", f" {s.enabled[0]}"])
    return repr(s.active_profile()["default"])
