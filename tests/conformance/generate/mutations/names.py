"""Odd names for handles, aliases, presets, backends and profiles."""

from __future__ import annotations

import copy

from ..registry import mutation
from ..scenario import Scenario
from ..tables import spec_path

UNICODE = (
    "модель",
    "模型-1",
    "modèle",
    "e\u0301clair",
    "éclair",
    "ß",
    "İstanbul",
    "🙂",
    "\uff21\uff22\uff23",
    "a\u200bb",
)
NUMERIC = ("123", "1.5", "0", "1e3", "-7", "inf", "true", "2024-01-01", "0x1F")
ODD = (
    "with space",
    'with "quotes"',
    "with.dots.in.it",
    "with/slash",
    "it's",
    "back\\slash",
    " lead",
    "a:b",
    "a@b",
    "x*y",
    "#no",
    "[b]x[/b]",
    "a=b",
)
CASED = ("GPT-Mine", "gpt-mine", "Gpt-Mine")


def declare(s: Scenario, name: str) -> str:
    """Declare an LLM of that name in an enabled backend and return the backend."""
    backend = s.provider()
    s.edit(spec_path(backend))[name] = {"sdk": "openai", "model_id": "odd-one", "costs": {}}
    return backend


def refer(s: Scenario, name: str, label: str) -> None:
    """An alias and a preset of an odd name, and a preset on the odd handle."""
    file = s.alias(label, name)
    s.alias(f"to {label}", f"@{label}" if s.by_family else label, file)
    s.preset(f"{label} preset", name, file)
    s.preset(f"{label} via alias", f"@{label}" if s.by_family else label, file)


def one_of_each(s: Scenario, names: tuple[str, ...]) -> str:
    """A model, a route, an alias and presets whose names come from a list."""
    handle, label = s.rng.choice(names), s.rng.choice(names)
    backend = declare(s, handle)
    refer(s, handle, label)
    if s.rng.random() < 0.6:
        s.routes()[s.rng.choice([handle, f"{handle[:1]}*", f"*{handle[-1:]}"])] = backend
    return f"model {handle!r} in {backend}, alias {label!r}"


@mutation()
def unicode_names(s: Scenario) -> str:
    return one_of_each(s, UNICODE)


@mutation()
def numeric_names(s: Scenario) -> str:
    return one_of_each(s, NUMERIC)


@mutation()
def names_with_signs(s: Scenario) -> str:
    return one_of_each(s, ODD)


@mutation()
def names_in_several_cases(s: Scenario) -> str:
    """Three models that differ only in case, and references in each case."""
    for name in CASED:
        declare(s, name)
    s.routes()[s.rng.choice(["gpt-mine*", "GPT*", "*Mine", "gpt-mine"])] = s.rng.choice(s.enabled)
    for name in s.rng.sample(CASED, k=2):
        refer(s, name, f"as-{name}")
    s.alias("As-Mine", "gpt-MINE")
    return "GPT-Mine, gpt-mine, Gpt-Mine"


@mutation()
def alias_of_names_in_other_case(s: Scenario) -> str:
    names = s.deck_names("aliases")
    if not names:
        return "no alias"
    name = s.rng.choice(names)
    file = s.alias(name.upper(), s.an_llm())
    s.preset("cased_preset", s.rng.choice([name.upper(), name.title()]), file)
    return name.upper()


@mutation()
def profile_of_odd_name(s: Scenario) -> str:
    name = s.rng.choice([*UNICODE[:4], *NUMERIC[:4], *ODD[:6], ""])
    profiles = s.profiles()
    profiles[name] = copy.deepcopy(s.active_profile())
    s.routing()["active"] = name
    return repr(name)


@mutation()
def backend_of_odd_name(s: Scenario) -> str:
    """A backend whose name is odd but can be a file's name."""
    name = s.rng.choice(
        ["модель", "éclair", "123", "1.5", "with space", "with.dots", "it's", "UPPER", "🙂", "-dash", "defaults"]
    )
    s.add_backend(
        name, {f"model of {name}": {"sdk": "openai", "model_id": "m", "costs": {}}}, api_key="${CASE_ODD_KEY}"
    )
    s.routes()[s.rng.choice([f"model of {name}", "model of*", "zz*"])] = name
    s.preset("odd_backend_preset", f"model of {name}")
    return repr(name)


@mutation(breaks=True)
def backend_named_with_a_slash(s: Scenario) -> str:
    """Its file is looked for in a folder of `backends/`."""
    s.edit("backends.toml")["sub/other"] = {"enabled": True}
    if s.rng.random() < 0.5:
        s.extra["backends/sub/other.toml"] = b'[slashed]\nsdk = "openai"\nmodel_id = "m"\ncosts = {}\n'
        s.enabled.append("sub/other")
    return "sub/other"


@mutation()
def model_named_as_a_backend(s: Scenario) -> str:
    name = s.rng.choice(s.enabled)
    s.routes()[name] = declare(s, name)
    return name


@mutation()
def model_named_defaults_or_models(s: Scenario) -> str:
    """`models` is a name like any other while its table is a model's."""
    backend = declare(s, "models")
    refer(s, "models", "plural")
    return f"{backend}/models"


@mutation()
def very_long_names(s: Scenario) -> str:
    name = "long-" * s.rng.randint(20, 50)
    declare(s, name)
    refer(s, name, "for-" * 30)
    return f"{len(name)} characters"


@mutation()
def empty_names(s: Scenario) -> str:
    """A name of no characters, where a table can have one."""
    kind = s.rng.choice(["alias", "preset", "model", "profile"])
    match kind:
        case "alias":
            s.alias("", s.an_llm())
        case "preset":
            s.preset("", s.an_llm())
        case "model":
            declare(s, "")
        case _:
            s.profiles()[""] = {"description": "no name"}
    return kind
