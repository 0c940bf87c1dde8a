"""Choice defaults and overrides: strings, sigils, inline tables, `disabled`."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario
from ..tables import Table, at

USES = ("for_text", "for_object")


def put_override(s: Scenario, value: object, file: str | None = None) -> str:
    """Override the choice for text; the one for objects stays off, because both keys are required."""
    file = s.deck_put([*s.where("choice_overrides"), "for_text"], value, file)
    return s.deck_put([*s.where("choice_overrides"), "for_object"], "disabled", file)


def inline(s: Scenario, handle: str | None = None) -> Table:
    """An inline table, which is a preset of its own."""
    return {s.handle_key(): handle or s.an_llm(), "temperature": 0.4}


@mutation()
def choice_default(s: Scenario) -> str:
    values: list[object] = [s.an_llm(), "no-such-choice", inline(s), f"handle:{s.an_llm()}"]
    for kind, mark, word in (("presets", "$", "preset:"), ("aliases", "@", "alias:")):
        names = s.deck_names(kind)
        if names:
            name = s.rng.choice(names)
            values += [name, f"{mark}{name}", f"{word}{name}"]
    value = s.rng.choice(values)
    use = s.rng.choice(USES)
    return f"{use} = {value!r} in {s.deck_put([*s.where('choice_defaults'), use], value)}"


@mutation()
def choice_default_inline(s: Scenario) -> str:
    value = inline(s, s.rng.choice([s.an_llm(), "no-such-model", s.rng.choice(s.deck_names("aliases") or ["none"])]))
    if s.rng.random() < 0.5:
        value["max_tokens"] = s.rng.choice(["auto", 9])
    use = s.rng.choice(USES)
    return f"{use} = {value!r} in {s.deck_put([*s.where('choice_defaults'), use], value)}"


@mutation(breaks=True)
def choice_default_inline_refused(s: Scenario) -> str:
    value = s.rng.choice(
        [{s.handle_key(): "gpt-4o"}, {"temperature": 1}, {**inline(s), "top_p": 1}, {**inline(s), "temperature": 7}, {}]
    )
    return f"{value!r} in {s.deck_put([*s.where('choice_defaults'), 'for_text'], value)}"


@mutation()
def choice_override(s: Scenario) -> str:
    preset = s.rng.choice(s.deck_names("presets") or ["none"])
    alias = s.rng.choice(s.deck_names("aliases") or ["none"])
    values: list[object] = [inline(s), inline(s)]
    if s.by_family:
        values += [f"${preset}", f"preset:{preset}", f"@{alias}", f"alias:{alias}", s.an_llm(), f" ${preset} "]
    else:
        values += [preset, preset, preset]
    value = s.rng.choice(values)
    return f"for_text = {value!r} in {put_override(s, value)}"


@mutation()
def choice_override_disabled(s: Scenario) -> str:
    """Up to 0.17 exactly that word; from 0.18 any reference of that name."""
    forms = ["disabled", "disabled"]
    if s.by_family:
        forms += [
            "$disabled",
            "@disabled",
            "~disabled",
            "preset:disabled",
            "handle:disabled",
            " disabled ",
            "$ disabled",
        ]
    value = s.rng.choice(forms)
    return f"{value!r} in {put_override(s, value)}"


@mutation(breaks=True)
def choice_override_almost_disabled(s: Scenario) -> str:
    value = s.rng.choice(["Disabled", "disable", "$disabled", " disabled", "none", "", "disabled!"])
    return f"{value!r} in {put_override(s, value)}"


@mutation()
def choice_default_disabled(s: Scenario) -> str:
    """In a default the word means nothing."""
    return s.deck_put([*s.where("choice_defaults"), s.rng.choice(USES)], "disabled")


@mutation(breaks=True)
def choice_override_unknown(s: Scenario) -> str:
    value = s.rng.choice(
        ["no_such_preset", s.an_llm(), "$no_such_preset", "@no_such_alias", "~no_such_fall", "handle:nobody"]
    )
    return f"{value!r} in {put_override(s, value, 'deck/zz_extra.toml')}"


@mutation(breaks=True)
def choice_override_in_half(s: Scenario) -> str:
    take_out(s, "choice_overrides")
    s.deck_put([*s.where("choice_overrides"), s.rng.choice(USES)], "disabled", "deck/zz_extra.toml")
    return "one of the two keys"


@mutation(breaks=True)
def choice_default_missing(s: Scenario) -> str:
    key = s.rng.choice([*USES, "all", "default_temperature"])
    take_out(s, "choice_defaults", None if key == "all" else key)
    return key


@mutation()
def choice_overrides_absent(s: Scenario) -> str:
    take_out(s, "choice_overrides")
    return "no overrides"


def take_out(s: Scenario, what: str, key: str | None = None) -> None:
    """Remove a table of choices, or one key of it, from every deck file."""
    path = s.where(what)
    for file in s.paths("deck/"):
        table = at(s.doc(file), path[:-1])
        if not isinstance(table, dict) or path[-1] not in table:
            continue
        table = at(s.edit(file), path[:-1])
        assert isinstance(table, dict)
        if key is None:
            table.pop(path[-1])
        elif isinstance(table[path[-1]], dict):
            table[path[-1]].pop(key, None)


@mutation(breaks=True)
def choice_of_bad_type(s: Scenario) -> str:
    value = s.rng.choice([3, True, ["gpt-4o"], 0.5, [inline(s)]])
    key = s.rng.choice(["choice_defaults", "choice_overrides"])
    return f"{key}.for_text = {value!r} in {s.deck_put([*s.where(key), 'for_text'], value)}"


@mutation(since=18)
def default_temperature(s: Scenario) -> str:
    value = s.rng.choice([0, 1, 0.33])
    return f"{value} in {s.deck_put(['llm', 'choice_defaults', 'default_temperature'], value)}"


@mutation(breaks=True, since=18)
def default_temperature_refused(s: Scenario) -> str:
    value = s.rng.choice([1.1, -0.1, "0.5", True])
    return f"{value!r} in {s.deck_put(['llm', 'choice_defaults', 'default_temperature'], value)}"


@mutation(breaks=True)
def choice_with_unknown_key(s: Scenario) -> str:
    key = s.rng.choice(["choice_defaults", "choice_overrides"])
    return s.deck_put([*s.where(key), s.rng.choice(["for_images", "default_quality"])], "x")
