"""Routing profiles: which is active, its default, its routes, its shape."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario


def make_active(s: Scenario, names: list[str]) -> str:
    """Make one of some profiles the active one."""
    name = s.rng.choice(names)
    s.routing()["active"] = name
    return name


@mutation()
def other_active_profile(s: Scenario) -> str:
    profiles = s.profiles()
    fitting = [name for name, one in profiles.items() if one.get("default") in s.enabled and s.llms_of(one["default"])]
    return make_active(s, fitting or list(profiles))


@mutation(breaks=True)
def any_active_profile(s: Scenario) -> str:
    return make_active(s, list(s.profiles()))


@mutation(breaks=True)
def unknown_active_profile(s: Scenario) -> str:
    s.routing()["active"] = s.rng.choice(["no_such_profile", "all_", "benc", "", "BENCH", "bench "])
    return repr(s.routing()["active"])


@mutation(breaks=True)
def no_active_profile(s: Scenario) -> str:
    s.routing().pop("active", None)
    return "no `active` key"


@mutation()
def routes_of_every_kind(s: Scenario) -> str:
    """Patterns of all kinds, overlapping, some put before the others."""
    routes = s.routes()
    added = []
    for _ in range(s.rng.randint(1, 5)):
        name = s.a_model()
        half = max(1, len(name) // 2)
        third = len(name) // 3
        pattern = s.rng.choice(
            [
                f"{name[:half]}*",
                f"*{name[-half:]}",
                f"*{name[1:-1]}*",
                f"{name[:1]}*",
                f"*{name[-1:]}",
                f"*{name[third : third + 3]}*",
                f"{name}*",
                f"*{name}",
                f"*{name}*",
                f"{name.upper()[:half]}*",
                name.replace("-", "?", 1),
                f"{name[:half]}[a-z]*",
                f"{name[:half]}.*",
            ]
        )
        backend = s.rng.choice(s.enabled)
        if s.rng.random() < 0.3:
            previous = dict(routes)
            routes.clear()
            routes[pattern] = backend
            routes.update({key: value for key, value in previous.items() if key != pattern})
        else:
            routes[pattern] = backend
        added.append(f"{pattern!r} -> {backend}")
    return ", ".join(added)


@mutation()
def exact_route(s: Scenario) -> str:
    backend = s.provider()
    name = s.rng.choice(s.models_of(backend) or ["none"])
    s.routes()[name] = backend
    return f"{name} -> {backend}"


@mutation()
def exact_route_for_nothing(s: Scenario) -> str:
    backend = s.rng.choice(s.enabled)
    s.routes()["no-such-model"] = backend
    return f"no-such-model -> {backend}"


@mutation(breaks=True)
def exact_route_to_a_stranger(s: Scenario) -> str:
    pairs = [(name, other) for name in s.models() for other in s.enabled if name not in s.models_of(other)]
    name, backend = s.rng.choice(pairs) if pairs else (s.a_model(), s.enabled[0])
    s.routes()[name] = backend
    return f"{name} -> {backend}, which lacks it"


@mutation(breaks=True)
def route_to_unknown_backend(s: Scenario) -> str:
    name = s.a_model()
    pattern = s.rng.choice([name, f"{name[:2]}*", "zzz-*", "no-such-model"])
    s.routes()[pattern] = "no_such_backend"
    return f"{pattern!r} -> no_such_backend"


@mutation(breaks=True)
def route_to_disabled_backend(s: Scenario) -> str:
    backend = s.rng.choice(s.disabled() or ["nobody"])
    name = s.a_model()
    pattern = s.rng.choice([name, f"{name[:3]}*", "zzz-*"])
    s.routes()[pattern] = backend
    return f"{pattern!r} -> {backend}, disabled"


@mutation()
def no_default(s: Scenario) -> str:
    s.active_profile().pop("default", None)
    return "no default"


@mutation()
def other_default(s: Scenario) -> str:
    serving = [name for name in s.enabled if s.llms_of(name)]
    s.active_profile()["default"] = s.rng.choice(serving or s.enabled)
    return str(s.active_profile()["default"])


@mutation(breaks=True)
def useless_default(s: Scenario) -> str:
    s.active_profile()["default"] = s.rng.choice([*(s.disabled() or ["nobody"]), "no_such_backend"])
    return str(s.active_profile()["default"])


@mutation(since=15)
def optional_routes(s: Scenario) -> str:
    optional = s.routes("optional_routes")
    for _ in range(s.rng.randint(1, 3)):
        name = s.a_model()
        pattern = s.rng.choice([name, f"{name[:3]}*", f"*{name[-3:]}", "*"])
        if pattern not in s.routes():
            optional[pattern] = s.rng.choice([s.rng.choice(s.enabled), *s.disabled()[:2], "no_such_backend"])
    return str(optional)


@mutation(breaks=True, since=15)
def optional_route_conflict(s: Scenario) -> str:
    backend = s.rng.choice(s.enabled)
    pattern = s.rng.choice(["gpt-*", "*", s.a_model()])
    s.routes()[pattern] = backend
    s.routes("optional_routes")[pattern] = backend
    return f"{pattern!r} in both"


@mutation(since=15)
def optional_route_conflict_elsewhere(s: Scenario) -> str:
    """The same pattern twice, but once in upper case: no conflict."""
    backend = s.rng.choice(s.enabled)
    s.routes()["zz-*"] = backend
    s.routes("optional_routes")["ZZ-*"] = backend
    return "'zz-*' and 'ZZ-*'"


@mutation(breaks=True, until=14)
def optional_routes_too_early(s: Scenario) -> str:
    key = s.rng.choice(["optional_routes", "fallback_order"])
    s.active_profile()[key] = {"gpt-*": s.enabled[0]} if key == "optional_routes" else [s.enabled[0]]
    return f"{key} before 0.15"


@mutation(since=15)
def fallback_order(s: Scenario) -> str:
    """Enabled, disabled, unknown and repeated names, with or without a default."""
    candidates = [*s.enabled, *s.disabled()[:2], "no_such_backend"]
    order = s.rng.sample(candidates, k=s.rng.randint(0, len(candidates)))
    if order and s.rng.random() < 0.2:
        order.append(order[0])
    s.active_profile()["fallback_order"] = order
    if s.rng.random() < 0.4:
        s.active_profile().pop("default", None)
    return str(order)


@mutation(breaks=True)
def profile_of_bad_shape(s: Scenario) -> str:
    profile = s.active_profile()
    kind = s.rng.choice(["no description", "unknown key", "list default", "number route", "text routes"])
    match kind:
        case "no description":
            profile.pop("description", None)
        case "unknown key":
            profile["fallback"] = "openai"
        case "list default":
            profile["default"] = ["openai"]
        case "number route":
            s.routes()["zzz-*"] = 3
        case _:
            profile["routes"] = "openai"
    return kind


@mutation(breaks=True)
def idle_profile_of_bad_shape(s: Scenario) -> str:
    s.profiles()["broken"] = {"default": "openai", "nonsense": True}
    return "an idle profile without description, with an unknown key"


@mutation()
def idle_profile_to_nowhere(s: Scenario) -> str:
    s.profiles()["elsewhere"] = {"description": "idle", "default": "no_such_backend", "routes": {"*": "nowhere"}}
    return "an idle profile that names unknown backends"


@mutation(breaks=True)
def unknown_key_beside_profiles(s: Scenario) -> str:
    s.routing()["version"] = 2
    return "version = 2"
