"""LLM presets: handles, bounds, keys."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario


@mutation()
def preset_new(s: Scenario) -> str:
    keys: dict[str, object] = {"temperature": s.rng.choice([0, 0.3, 1, 1.0])}
    if s.rng.random() < 0.6:
        keys["max_tokens"] = s.rng.choice(["auto", 50, 1000000, 0, -1])
    return s.preset("fresh_preset", s.an_llm(), None, **keys)


@mutation()
def preset_temperature_bounds(s: Scenario) -> str:
    value = s.rng.choice([0, 1, 0.0, 1.0, 0.999999, 1e-9, -0.0])
    return f"{value!r} in {s.preset('edge_preset', s.an_llm(), None, temperature=value)}"


@mutation(breaks=True)
def preset_temperature_out_of_bounds(s: Scenario) -> str:
    value = s.rng.choice([1.5, -0.1, 2, -1, 1.0000001, "0.5", True, [0.5], float("inf"), float("nan")])
    return f"{value!r} in {s.preset('hot_preset', s.an_llm(), None, temperature=value)}"


@mutation()
def preset_overridden_in_one_key(s: Scenario) -> str:
    names = s.deck_names("presets")
    if not names:
        return "no preset"
    name = s.rng.choice(names)
    file = s.rng.choice(["deck/zz_extra.toml", "deck/00_extra.toml"])
    return f"{name} in {s.deck_put([*s.where('presets'), name, 'temperature'], 0.25, file)}"


@mutation(breaks=True)
def preset_incomplete(s: Scenario) -> str:
    key = s.rng.choice([s.handle_key(), "temperature"])
    complete = {s.handle_key(): s.an_llm(), "temperature": 0.5}
    complete.pop(key)
    return f"no {key} in {s.deck_put([*s.where('presets'), 'half_preset'], complete)}"


@mutation()
def preset_on_nothing(s: Scenario) -> str:
    handle = s.rng.choice(["no-such-model", "$fresh_preset", "@no-alias", "~no-fall", "preset:x", "handle:no-such"])
    return f"{handle!r} in {s.preset('lost_preset', handle)}"


@mutation()
def preset_on_served_reference(s: Scenario) -> str:
    """Every way to name something that is there."""
    alias = s.rng.choice(s.deck_names("aliases") or ["none"])
    preset = s.rng.choice(s.deck_names("presets") or ["none"])
    name = s.an_llm()
    handle = s.rng.choice(
        [name, f"handle:{name}", alias, f"@{alias}", f"alias:{alias}", f"@{name}", f"${preset}", preset]
    )
    return f"{handle!r} in {s.preset('ref_preset', handle)}"


@mutation(breaks=True)
def preset_on_empty_reference(s: Scenario) -> str:
    handle = s.rng.choice(["", " ", "@", "$", "~", "alias:", "handle:", "preset: ", "@ "])
    return f"{handle!r} in {s.preset('void_preset', handle)}"


@mutation()
def preset_above_the_models_tokens(s: Scenario) -> str:
    backend, name, table = s.pick_model()
    table["max_tokens"] = 100
    return f"{backend}/{name} in {s.preset('greedy', name, None, max_tokens=101)}"


@mutation(breaks=True)
def preset_with_unknown_key(s: Scenario) -> str:
    other = "llm_handle" if s.handle_key() == "model" else "model"
    odd = [
        ("top_p", 0.9),
        (other, "gpt-4o"),
        ("prompting_target", "openai"),
        ("prompting_target", "nobody"),
        ("reasoning_effort", "high"),
        ("image_detail", "low"),
        ("description", "text"),
        ("handle", "gpt-4o"),
        ("Temperature", 0.1),
    ]
    key, value = s.rng.choice(odd)
    return f"{key} = {value!r} in {s.preset('odd_preset', s.an_llm(), None, **{key: value})}"


@mutation(breaks=True)
def preset_value_of_bad_type(s: Scenario) -> str:
    bad = [
        ("max_tokens", "lots"),
        ("max_tokens", 1.5),
        ("max_tokens", True),
        ("max_tokens", [1]),
        (s.handle_key(), 3),
        (s.handle_key(), ["gpt-4o"]),
        (s.handle_key(), {"name": "x"}),
    ]
    key, value = s.rng.choice(bad)
    file = s.preset("badly_typed", s.an_llm())
    s.deck_put([*s.where("presets"), "badly_typed", key], value, file)
    return f"{key} = {value!r} in {file}"


@mutation(breaks=True)
def preset_not_a_table(s: Scenario) -> str:
    value = s.rng.choice(["gpt-4o", 3, [], [{s.handle_key(): "gpt-4o", "temperature": 0.5}], False])
    return f"{value!r} in {s.deck_put([*s.where('presets'), 'flat_preset'], value)}"


@mutation(since=18)
def preset_reasoning(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [
            {"reasoning_effort": "low"},
            {"reasoning_effort": "xhigh"},
            {"reasoning_budget": 1024},
            {"image_detail": "auto"},
        ]
    )
    return f"{keys} in {s.preset('thinker', s.an_llm(), None, **keys)}"


@mutation(breaks=True, since=18)
def preset_reasoning_refused(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [
            {"reasoning_effort": "low", "reasoning_budget": 10},
            {"reasoning_budget": 0},
            {"reasoning_budget": -1},
            {"reasoning_budget": "10"},
            {"reasoning_effort": "huge"},
            {"reasoning_effort": 3},
            {"image_detail": "sharp"},
        ]
    )
    return f"{keys} in {s.preset('overthinker', s.an_llm(), None, **keys)}"


@mutation()
def preset_named_as_something_else(s: Scenario) -> str:
    """A preset, an alias and a model share a name."""
    name = s.a_model()
    file = s.preset(name, s.an_llm())
    s.alias(name, s.an_llm(), file)
    return f"{name} in {file}"


@mutation(since=15)
def preset_reaction_raise(s: Scenario) -> str:
    """With a setting, presets that name nothing are an error."""
    section = "inference.model_deck" if s.minor >= 46 else "cogt.model_deck_config"
    reaction = s.rng.choice(["raise", "raise", "none", "log"])
    s.project[".pipelex/pipelex.toml"] = f'[{section}]\nmissing_presets_reaction = "{reaction}"\n'
    if s.rng.random() < 0.5:
        s.preset("lost_preset", s.rng.choice(["no-such-model", "@no-alias", "~no-fall"]))
    return reaction
