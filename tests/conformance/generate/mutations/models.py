"""Backend files: which models they declare, with which fields."""

from __future__ import annotations

import copy

from ..registry import mutation
from ..scenario import Scenario
from ..tables import Table, child, spec_path


def own_constraints(s: Scenario, table: Table) -> None:
    """Give a model a fixed temperature in the words of the release."""
    if s.minor <= 17:
        table["constraints"] = ["temperature_must_be_1"]
    else:
        table["valued_constraints"] = {"fixed_temperature": 1}
        table["listed_constraints"] = ["max_tokens_must_be_high_enough"]


@mutation(breaks=True)
def model_with_unknown_key(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    odd = [
        ("temperture", 1),
        ("nickname", "x"),
        ("max-tokens", "9"),
        ("Bad Header-x", "v"),
        ("constraints", ["temperature_must_be_1"]),
        ("listed_constraints", []),
        ("prompting_target", "openai"),
        ("structure_method", "instructor/openai_tools"),
        ("thinking_mode", "manual"),
        ("handle", "another-name"),
        ("endpoint_path", "/v2"),
        ("variant", "x"),
    ]
    key, value = s.rng.choice(odd)
    table[key] = value
    return f"{backend}/{name}.{key} = {value!r}"


@mutation(since=18)
def model_with_headers(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    headers = [
        ("x-header", "v"),
        ("X-Region", "eu"),
        ("anthropic-beta", "a,b"),
        ("x-empty", ""),
        ("x-var", "${CASE_HEADER}"),
    ]
    for key, value in s.rng.sample(headers, k=2):
        table[key] = value
    return f"{backend}/{name}"


@mutation(breaks=True)
def model_with_bad_header(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    odd = [
        ("x-header", 3),
        ("x-header", ["a"]),
        ("x-héader", "v"),
        ("x-tab", "a\tb"),
        ("x-line", "a\nb"),
        ("x-uni", "né"),
        ("model-id", "x"),
        ("x:y-z", "v"),
    ]
    key, value = s.rng.choice(odd)
    table[key] = value
    return f"{backend}/{name}.{key} = {value!r}"


@mutation(breaks=True)
def defaults_with_unknown_key(s: Scenario) -> str:
    backend = s.provider()
    document = s.edit(spec_path(backend))
    key, value = s.rng.choice([("nickname", "x"), ("x-header", "v"), ("handle", "same"), ("costs", 3)])
    child(document, "defaults")[key] = value
    return f"{backend}: [defaults] {key} = {value!r}"


@mutation(breaks=True)
def model_without_a_key(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    key = s.rng.choice(["model_id", "costs", "sdk"])
    table.pop(key, None)
    if key == "sdk":
        document = s.edit(spec_path(backend))
        document.pop("default_sdk", None)
        if isinstance(document.get("defaults"), dict):
            document["defaults"].pop("sdk", None)
    return f"{backend}/{name}: no {key}"


@mutation(breaks=True)
def model_value_of_bad_type(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    bad = [
        ("model_type", "chat"),
        ("model_type", ""),
        ("costs", {"in": 1}),
        ("costs", {"input": -1}),
        ("costs", {"input": "1"}),
        ("costs", {"input": True}),
        ("costs", []),
        ("costs", "free"),
        ("max_tokens", "many"),
        ("max_tokens", 1.5),
        ("max_prompt_images", "2"),
        ("inputs", "text"),
        ("inputs", [1]),
        ("outputs", {"text": True}),
        ("model_id", 3),
        ("model_id", ["a"]),
        ("enabled", "no"),
        ("enabled", 0),
        ("sdk", ""),
        ("sdk", 4),
    ]
    key, value = s.rng.choice(bad)
    table[key] = value
    return f"{backend}/{name}.{key} = {value!r}"


@mutation()
def model_value_allowed(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    good = [
        ("max_tokens", 10),
        ("max_tokens", -5),
        ("max_prompt_images", 0),
        ("costs", {}),
        ("costs", {"input": 3, "output": 0.5, "input_cached": 0}),
        ("costs", {"output_reasoning": 1e3}),
        ("inputs", []),
        ("outputs", ["text", "structured", "telepathy"]),
        ("sdk", "an_sdk_of_their_own"),
        ("model_id", ""),
        ("model_id", "  spaced  "),
    ]
    key, value = s.rng.choice(good)
    table[key] = value
    return f"{backend}/{name}.{key} = {value!r}"


@mutation()
def model_disabled_by_key(s: Scenario) -> str:
    """`enabled = false` in a model table changes nothing."""
    backend, name, table = s.pick_model()
    table["enabled"] = False
    return f"{backend}/{name}"


@mutation()
def model_constraints(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    own_constraints(s, table)
    return f"{backend}/{name}"


@mutation(breaks=True)
def model_constraints_unknown(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    if s.minor <= 17:
        table["constraints"] = s.rng.choice([["be_nice"], "temperature_must_be_1", {"fixed_temperature": 1}])
    else:
        key, value = s.rng.choice(
            [
                ("listed_constraints", ["be_nice"]),
                ("valued_constraints", {"be_nice": 1}),
                ("valued_constraints", {"fixed_temperature": "x"}),
            ]
        )
        table[key] = value
    return f"{backend}/{name}"


@mutation(breaks=True)
def model_not_a_table(s: Scenario) -> str:
    backend = s.provider()
    document = s.edit(spec_path(backend))
    models = dict(document)
    document.clear()
    document["stray"] = s.rng.choice(["text", 3, ["a"], [{"sdk": "openai"}], True])
    document.update(models)
    return f"{backend}: stray = {document['stray']!r}"


@mutation(breaks=True)
def models_below_a_models_table(s: Scenario) -> str:
    """[models.NAME], the shape that no release reads."""
    backend = s.provider()
    document = s.edit(spec_path(backend))
    models = {name: document.pop(name) for name in s.models_of(backend)}
    for table in models.values():
        table.setdefault("sdk", "openai")
        table.setdefault("costs", {"input": 0.15, "output": 0.6})
    document["models"] = models
    return backend


@mutation()
def model_in_two_backends(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    other_backends = [other for other in s.enabled if other != backend]
    if not other_backends:
        return "only one backend"
    other = s.rng.choice(other_backends)
    s.edit(spec_path(other))[name] = {"sdk": "openai", "costs": {}, **copy.deepcopy(table), "model_id": f"from-{other}"}
    return f"{name} of {backend} also in {other}"


@mutation()
def models_in_other_order(s: Scenario) -> str:
    backend = s.provider()
    document = s.edit(spec_path(backend))
    items = list(document.items())
    s.rng.shuffle(items)
    document.clear()
    document.update(items)
    return backend


@mutation()
def empty_model_table(s: Scenario) -> str:
    """Loads only where nothing is required and the defaults give the sdk."""
    backend = s.provider()
    s.edit(spec_path(backend))["bare-model"] = {} if s.by_family else {"model_id": "bare", "costs": {}}
    return f"{backend}/bare-model"


@mutation()
def defaults_replaced_whole(s: Scenario) -> str:
    """A model's `costs` replaces the defaults' `costs`, nothing is merged deeper."""
    if s.minor == 10:
        return "no [defaults] in 0.10"
    backend = s.provider()
    document = s.edit(spec_path(backend))
    child(document, "defaults")["costs"] = {"input": 9, "output": 9}
    child(document, "defaults")["max_tokens"] = 777
    document["half-priced"] = {"sdk": "openai", "model_id": "half", "costs": {"input": 1}}
    return f"{backend}/half-priced"
