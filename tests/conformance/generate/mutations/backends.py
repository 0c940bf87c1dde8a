"""`backends.toml`: what is enabled, in which order, with which values."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import REMOTE, Scenario
from ..tables import spec_path


@mutation()
def enable_one_more(s: Scenario) -> str:
    names = [name for name in s.disabled() if name not in REMOTE and s.models_of(name)]
    if not names:
        return "nothing left to enable"
    name = s.rng.choice(names)
    table = s.backend_table(name)
    if s.rng.random() < 0.4:
        table.pop("enabled", None)
    else:
        table["enabled"] = True
    s.enabled = [other for other in s.backends() if other in s.enabled or other == name]
    return f"{name}, by {'a key' if 'enabled' in table else 'without the key'}"


@mutation()
def disable_one(s: Scenario) -> str:
    if len(s.enabled) < 2:
        return "only one is enabled"
    free = s.free_backends()
    name = s.rng.choice(free if free and s.rng.random() < 0.7 else s.enabled)
    s.backend_table(name)["enabled"] = False
    s.enabled.remove(name)
    return name


@mutation()
def backends_in_other_order(s: Scenario) -> str:
    document = s.edit("backends.toml")
    names = list(document)
    s.rng.shuffle(names)
    reordered = {name: document[name] for name in names}
    document.clear()
    document.update(reordered)
    s.enabled = [name for name in names if name in s.enabled]
    return ", ".join(s.enabled)


@mutation()
def keys_of_the_users_own(s: Scenario) -> str:
    name = s.provider()
    s.backend_table(name).update(
        {"x_region": "eu-${CASE_REGION}", "options": {"retries": 3, "tags": ["a", "${CASE_TAG}"]}}
    )
    return name


@mutation(breaks=True)
def backend_value_of_bad_type(s: Scenario) -> str:
    name = s.provider()
    bad = [
        ("api_key", 3),
        ("endpoint", ["a"]),
        ("enabled", "yes"),
        ("enabled", "false"),
        ("enabled", 1),
        ("extra_config", "x"),
        ("api_key", {"a": 1}),
        ("endpoint", True),
    ]
    key, value = s.rng.choice(bad)
    s.backend_table(name)[key] = value
    return f"{name}.{key} = {value!r}"


@mutation()
def falsy_enabled(s: Scenario) -> str:
    free = s.free_backends()
    if not free or len(s.enabled) < 2:
        return "no free backend"
    name = s.rng.choice(free)
    value = s.rng.choice([0, "", [], {}, 0.0])
    s.backend_table(name)["enabled"] = value
    s.enabled.remove(name)
    return f"{name}.enabled = {value!r}"


@mutation(breaks=True)
def backend_not_a_table(s: Scenario) -> str:
    value = s.rng.choice([False, "on", 3, [], [{"enabled": True}]])
    s.edit("backends.toml")["acme"] = value
    return f"acme = {value!r}"


@mutation(breaks=True)
def backend_without_file(s: Scenario) -> str:
    s.edit("backends.toml")["acme"] = {"enabled": True, "api_key": "${ACME_API_KEY}"}
    return "acme is enabled and has no file"


@mutation()
def disabled_backend_without_file(s: Scenario) -> str:
    s.edit("backends.toml")["acme"] = {"enabled": False, "api_key": "${CASE_UNSET}", "endpoint": 3}
    s.variables["CASE_UNSET"] = None
    return "acme is disabled: no file, an unset variable, a bad endpoint"


@mutation()
def new_backend(s: Scenario) -> str:
    shared = s.an_llm()
    spec = {
        "sdk": "openai",
        "model_id": "acme-1",
        "inputs": ["text"],
        "outputs": ["text"],
        "costs": {"input": 1, "output": 2.5},
    }
    s.add_backend("acme", {shared: spec, "acme-own": {**spec, "max_tokens": 1000}}, api_key="${ACME_API_KEY}")
    if s.rng.random() < 0.5:
        pattern = s.rng.choice([shared, "acme-*", f"{shared[:3]}*"])
        s.routes()[pattern] = "acme"
    return f"acme serves {shared} and acme-own"


@mutation()
def backend_file_without_table(s: Scenario) -> str:
    s.extra["backends/orphan.toml"] = b"[broken\n"
    return "backends/orphan.toml, which nothing names"


@mutation(since=18)
def backend_constraints(s: Scenario) -> str:
    table = s.backend_table(s.provider())
    table["listed_constraints"] = ["temperature_must_be_multiplied_by_2"]
    table["valued_constraints"] = {"fixed_temperature": 1}
    return "on the backend's own table"


@mutation(breaks=True, since=18)
def backend_constraints_unknown(s: Scenario) -> str:
    name = s.provider()
    key, value = s.rng.choice(
        [("listed_constraints", ["be_nice"]), ("valued_constraints", {"be_nice": 1}), ("listed_constraints", "x")]
    )
    s.backend_table(name)[key] = value
    return f"{name}.{key} = {value!r}"


@mutation(breaks=True, since=79)
def retired_gateway(s: Scenario) -> str:
    s.edit("backends.toml")["pipelex_gateway"] = {"enabled": True, "api_key": "${PIPELEX_GATEWAY_API_KEY}"}
    s.extra["backends/pipelex_gateway.toml"] = b'[defaults]\nsdk = "gateway_completions"\n'
    if s.rng.random() < 0.3:
        s.backend_table("pipelex_gateway")["enabled"] = False
        s.routes()["gw-*"] = "pipelex_gateway"
    return "pipelex_gateway, enabled or routed to"


@mutation(breaks=True)
def no_backend_enabled(s: Scenario) -> str:
    for name in s.enabled:
        s.backend_table(name)["enabled"] = False
    return "all disabled"


@mutation(breaks=True)
def backends_file_empty(s: Scenario) -> str:
    s.late.append(lambda files: files.update({"backends.toml": b"# nothing\n"}))
    return "an empty backends.toml"


@mutation(breaks=True)
def backend_file_removed(s: Scenario) -> str:
    name = s.provider()
    s.remove(spec_path(name))
    return spec_path(name)


@mutation(breaks=True)
def backend_file_without_models(s: Scenario) -> str:
    name = s.provider()
    s.replace_text(spec_path(name), "# no model\n")
    return spec_path(name)


@mutation(breaks=True)
def backend_name_in_other_case(s: Scenario) -> str:
    """The table is renamed; its file and the routes keep the old name."""
    name = s.provider()
    document = s.edit("backends.toml")
    renamed = {key.upper() if key == name else key: value for key, value in document.items()}
    document.clear()
    document.update(renamed)
    return f"{name} -> {name.upper()}"
