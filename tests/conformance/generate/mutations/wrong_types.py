"""Integers, booleans, dates, lists and arrays of tables where each kind of file expects something else."""

from __future__ import annotations

import datetime

from ..registry import mutation
from ..scenario import Scenario
from ..tables import spec_path

WRONG: tuple[object, ...] = (
    7,
    -1.5,
    True,
    datetime.date(2024, 2, 29),
    datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.UTC),
    [],
    ["text"],
    [1, 2],
    {},
    {"nested": {"deep": 1}},
)


@mutation(breaks=True)
def wrong_type_in_backends(s: Scenario) -> str:
    name = s.provider()
    key = s.rng.choice(["api_key", "endpoint", "enabled"])
    value = s.rng.choice(WRONG)
    s.backend_table(name)[key] = value
    if key == "enabled" and not value:
        s.enabled.remove(name)
        if not s.enabled:
            s.enabled.append(name)
    return f"{name}.{key} = {value!r}"


@mutation()
def any_type_in_own_keys(s: Scenario) -> str:
    """Unknown keys of a backend take anything, dates too."""
    value = s.rng.choice(WRONG)
    s.backend_table(s.provider())["of_their_own"] = value
    return repr(value)


@mutation(breaks=True)
def list_of_mixed_types(s: Scenario) -> str:
    """The parser of 0.10 and 0.11 reads TOML 0.5, whose lists hold one type only."""
    value = s.rng.choice([["x", {"deep": 1}], [1, "two"], [1, 2.5], [["a"], [1]]])
    s.backend_table(s.provider())["of_their_own"] = value
    return repr(value)


@mutation(breaks=True)
def wrong_type_in_routing(s: Scenario) -> str:
    value = s.rng.choice(WRONG)
    key = s.rng.choice(["active", "profiles", "description", "default", "routes", "route"])
    match key:
        case "active":
            s.routing()["active"] = value
        case "profiles":
            s.late.append(lambda files: files.update({"routing_profiles.toml": b'active = "x"\nprofiles = 3\n'}))
        case "route":
            s.routes()["gpt-*"] = value
        case _:
            s.active_profile()[key] = value
    return f"{key} = {value!r}"


@mutation(breaks=True)
def wrong_type_in_models(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    key = s.rng.choice(["sdk", "model_id", "model_type", "inputs", "outputs", "max_tokens", "costs"])
    table[key] = s.rng.choice(WRONG)
    return f"{backend}/{name}.{key} = {table[key]!r}"


@mutation(breaks=True)
def wrong_type_in_deck(s: Scenario) -> str:
    value = s.rng.choice(WRONG)
    places = [
        [*s.where("aliases"), "odd"],
        [*s.where("presets"), "odd"],
        [*s.where("presets"), "odd", "temperature"],
        [*s.where("choice_defaults"), "for_text"],
        s.where("aliases"),
        s.where("presets"),
        s.where("choice_overrides"),
    ]
    if s.minor >= 15:
        places.append([*s.where("waterfalls"), "odd"])
    place = s.rng.choice(places)
    return f"{'.'.join(place)} = {value!r} in {s.deck_put(place, value)}"


@mutation(breaks=True)
def section_of_wrong_type(s: Scenario) -> str:
    value = s.rng.choice(["text", 3, [], True])
    section = s.where("presets")[0]
    # In a file of its own, because a table of that name may stand in any other.
    s.parsed["deck/zz_scalar.toml"] = {section: value}
    s.texts["deck/zz_scalar.toml"] = ""
    s.edited.add("deck/zz_scalar.toml")
    return f"{section} = {value!r}"


@mutation(breaks=True)
def array_of_tables_in_backends(s: Scenario) -> str:
    s.append_late("backends.toml", b'\n[[acme]]\nenabled = true\napi_key = "k"\n')
    return "[[acme]]"


@mutation(breaks=True)
def array_of_tables_in_models(s: Scenario) -> str:
    s.append_late(spec_path(s.provider()), b'\n[[acme-model]]\nsdk = "openai"\nmodel_id = "m"\ncosts = {}\n')
    return "[[acme-model]]"


@mutation(breaks=True)
def array_of_tables_in_deck(s: Scenario) -> str:
    section = ".".join(s.where("presets"))
    text = f'[[{section}.listed]]\n{s.handle_key()} = "{s.an_llm()}"\ntemperature = 0.5\n'
    s.extra["deck/zz_array.toml"] = text.encode()
    return f"[[{section}.listed]]"


@mutation(breaks=True)
def array_of_tables_in_routing(s: Scenario) -> str:
    s.append_late("routing_profiles.toml", b'\n[[profiles.listed]]\ndescription = "in an array"\n')
    return "[[profiles.listed]]"


@mutation(breaks=True)
def defaults_of_wrong_type(s: Scenario) -> str:
    backend = s.provider()
    document = s.edit(spec_path(backend))
    value = s.rng.choice(["openai", 3, [], [{"sdk": "openai"}]])
    models = {key: one for key, one in document.items() if key != "defaults"}
    document.clear()
    document.update({"defaults": value, **models})
    return f"{backend}: defaults = {value!r}"
