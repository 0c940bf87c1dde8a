"""The base of every case: a few backends with a few models each, and a routing profile that works."""

from __future__ import annotations

import random
from typing import Any

from .scenario import REMOTE, Scenario
from .tables import Table, at, routes_of, spec_path
from .toml_text import keep_tables

MAX_MODELS = 9
MAX_MODELS_DISABLED = 2
FAVOURITES = ("openai", "anthropic", "pipelex_inference", "azure_openai", "google", "mistral")
SIGILS = ("@", "~", "$")


def make_base(scenario: Scenario) -> None:
    """Choose backends, cut the files down, choose a profile, and point most of the deck at what is left."""
    choose_backends(scenario)
    cut_models(scenario)
    choose_profile(scenario)
    if scenario.rng.random() < 0.85:
        repoint_deck(scenario)


def choose_backends(scenario: Scenario) -> None:
    """Enable one to five backends, nearly always with one that serves common LLMs, and mostly `internal`."""
    rng = scenario.rng
    backends = scenario.backends()
    usable = [name for name in backends if name not in (*REMOTE, "internal") and spec_path(name) in scenario.texts]
    chosen = rng.sample(usable, k=min(len(usable), rng.randint(1, 4)))
    favourites = [name for name in FAVOURITES if name in usable and name not in chosen]
    if favourites and rng.random() < 0.8:
        chosen.append(rng.choice(favourites))
    if "internal" in backends and rng.random() < 0.85:
        chosen.append("internal")
    for name in backends:
        scenario.backend_table(name)["enabled"] = name in chosen
    scenario.enabled = [name for name in backends if name in chosen]


def cut_models(scenario: Scenario) -> None:
    """Keep a few models per backend, first those the deck names."""
    rng = scenario.rng
    used_names = set(texts_in(scenario.merged_deck()))
    for path in scenario.paths("backends/"):
        backend = path.removeprefix("backends/").removesuffix(".toml")
        names = scenario.models_of(backend)
        rng.shuffle(names)
        names.sort(key=lambda name: name not in used_names)
        limit = MAX_MODELS if backend in scenario.enabled else MAX_MODELS_DISABLED
        scenario.replace_text(path, keep_tables(scenario.texts[path], ["defaults", *names[:limit]]))


def texts_in(node: Any) -> list[str]:
    """Every string value below a node."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts_in(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts_in(value)]
    return [node] if isinstance(node, str) else []


def choose_profile(scenario: Scenario) -> None:
    """Make a stock profile active when one fits the enabled backends, or write one that does."""
    rng = scenario.rng
    routing = scenario.routing()
    fitting = [name for name, profile in routing["profiles"].items() if fits(scenario, profile)]
    if fitting and rng.random() < 0.35:
        routing["active"] = rng.choice(fitting)
        return
    profile: Table = {"description": "of this case"}
    if rng.random() < 0.88:
        serving = [name for name in scenario.enabled if scenario.llms_of(name)]
        profile["default"] = rng.choice(serving if serving and rng.random() < 0.92 else scenario.enabled)
    if rng.random() < 0.6:
        profile["routes"] = {}
        for _ in range(rng.randint(1, 3)):
            backend = rng.choice(scenario.enabled)
            models = scenario.models_of(backend)
            if models:
                name = rng.choice(models)
                profile["routes"][name if rng.random() < 0.35 else pattern_for(rng, name)] = backend
    if scenario.minor >= 15 and rng.random() < 0.3:
        profile["fallback_order"] = rng.sample(scenario.enabled, k=rng.randint(1, len(scenario.enabled)))
    routing["profiles"]["bench"] = profile
    routing["active"] = "bench"


def fits(scenario: Scenario, profile: Table) -> bool:
    """Whether a profile names only enabled backends and its default serves LLMs."""
    default = profile.get("default")
    return (
        default in scenario.enabled
        and bool(scenario.llms_of(str(default)))
        and all(backend in scenario.enabled for backend in routes_of(profile).values())
    )


def pattern_for(rng: random.Random, name: str) -> str:
    """A prefix, suffix or contains pattern that matches a name."""
    length = rng.randint(1, max(1, len(name) - 1))
    match rng.choice(["prefix", "prefix", "suffix", "contains"]):
        case "prefix":
            return name[:length] + "*"
        case "suffix":
            return "*" + name[-length:]
    start = rng.randint(0, len(name) - length)
    return f"*{name[start : start + length]}*"


def repoint_deck(scenario: Scenario) -> None:
    """Point most of the deck's dead LLM aliases and presets at models that the profile serves."""
    rng = scenario.rng
    default = str(scenario.active_profile().get("default"))
    llms = scenario.llms_of(default) if default in scenario.enabled else []
    served = scenario.models_of(default) if llms else scenario.models()
    llms = llms or [name for backend in scenario.enabled for name in scenario.llms_of(backend)]
    if not llms:
        return
    names = {*served, *scenario.deck_names("aliases"), *scenario.deck_names("waterfalls")}

    def alive(target: object) -> bool:
        return isinstance(target, str) and (target in names or target.startswith(SIGILS))

    for path in scenario.paths("deck/"):
        aliases = at(scenario.doc(path), scenario.where("aliases"))
        for name, target in list(aliases.items()) if isinstance(aliases, dict) else []:
            other_family = not scenario.by_family and any(word in name for word in ("img", "ocr", "extract"))
            targets = target if isinstance(target, list) else [target]
            if other_family or any(alive(item) for item in targets) or rng.random() < 0.15:
                continue
            new = rng.choice(llms)
            scenario.alias(name, [targets[0], new] if isinstance(target, list) else new, path)
        presets = at(scenario.doc(path), scenario.where("presets"))
        for name, preset in list(presets.items()) if isinstance(presets, dict) else []:
            if not alive(preset.get(scenario.handle_key())) and rng.random() >= 0.15:
                scenario.deck_put([*scenario.where("presets"), name, scenario.handle_key()], rng.choice(llms), path)
