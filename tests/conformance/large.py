"""A very large tree, for a release: 10,000 models in 20 backends, 1,000 routes, 5,000 aliases; or any other size."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from .generate import Case
from .generate.scenario import REMOTE, Scenario
from .generate.tables import Table

BACKENDS = 20
SHARED = 100
CHAIN = 12
"""The length of a chain of aliases."""

LARGE_SEED = -1
TIMEOUT_S = 900
FAMILIES = ("atlas", "borealis", "cirrus", "delta", "ember", "fjord")
SIZES = ("mini", "small", "medium", "large", "max")


class Size(NamedTuple):
    """The number of models, routes and aliases."""

    models: int = 10_000
    routes: int = 1_000
    aliases: int = 5_000
    presets: int = 200


LARGE = Size()


def large_case(release: str, stock: Path, size: Size = LARGE) -> Case:
    """The large case of a release, the same bytes every time."""
    rng = random.Random(f"large:{release}")
    scenario = Scenario(release, stock, rng)
    for name in scenario.backends():
        scenario.backend_table(name)["enabled"] = name == "internal" and name not in REMOTE
    scenario.enabled = ["internal"] if "internal" in scenario.backends() else []
    names = model_names(rng, size.models)
    share = size.models // BACKENDS
    for index in range(BACKENDS):
        # Some of the next backend's models too, so that routing has to choose.
        declared = (
            names[index * share : (index + 1) * share] + names[(index + 1) * share : (index + 1) * share + SHARED]
        )
        models: dict[str, Table] = {}
        for name in declared:
            models[name] = {"sdk": "openai", "model_id": f"{name}-at-{index}", "costs": {"input": 1, "output": 2}}
        scenario.add_backend(f"cloud-{index:02d}", models, api_key=f"${{CLOUD_{index:02d}_KEY}}")
    scenario.profiles()["large"] = {
        "description": "very many routes",
        "default": "cloud-00",
        "routes": routes(rng, names, size.routes),
    }
    if scenario.minor >= 15:
        # Since 0.16 a default alone serves only what its own backend declares.
        scenario.profiles()["large"]["fallback_order"] = scenario.enabled
    scenario.routing()["active"] = "large"
    aliases(scenario, rng, names, size.aliases)
    for index in range(size.presets):
        mark = "@" if scenario.by_family else ""
        scenario.preset(f"preset-{index}", f"{mark}alias-{rng.randrange(size.aliases)}", "deck/zz_large.toml")
    return scenario.finish(LARGE_SEED, ("large",))


def model_names(rng: random.Random, count: int) -> list[str]:
    """Names that look like real ones, in no order."""
    names = [
        f"{FAMILIES[index % len(FAMILIES)]}-{index // 97 % 10}.{index % 10}-{rng.choice(SIZES)}-{index:05d}"
        for index in range(count)
    ]
    rng.shuffle(names)
    return names


def routes(rng: random.Random, names: list[str], count: int) -> dict[str, str]:
    """Prefix, suffix and contains patterns to backends that may or may not declare what they match."""
    routes: dict[str, str] = {}
    while len(routes) < count:
        name = rng.choice(names)
        pattern = rng.choice([f"{name[:-2]}*", f"*{name[-4:]}", f"*{name[-9:-1]}*", f"{name}*"])
        routes[pattern] = f"cloud-{rng.randrange(BACKENDS):02d}"
    return routes


def aliases(scenario: Scenario, rng: random.Random, names: list[str], count: int) -> None:
    """Chains of aliases; one in fifty ends at nothing."""
    mark = "@" if scenario.by_family else ""
    for index in range(count):
        last = index % CHAIN == CHAIN - 1 or index == count - 1
        target = rng.choice(names) if rng.random() < 0.98 else "no-such-model"
        scenario.alias(f"alias-{index}", target if last else f"{mark}alias-{index + 1}", "deck/zz_large.toml")
