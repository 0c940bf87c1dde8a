"""Aliases and waterfalls: chains, cycles, lists, shadows."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario

LONG_CHAIN = (60, 75, 90)


def sigil(s: Scenario, mark: str, chance: float = 0.6) -> str:
    """A sigil, sometimes, where the release has them."""
    return mark if s.by_family and s.rng.random() < chance else ""


@mutation()
def alias_new(s: Scenario) -> str:
    target = s.an_llm()
    return f"fresh-alias = {target} in {s.alias('fresh-alias', target)}"


@mutation()
def alias_overridden(s: Scenario) -> str:
    names = s.deck_names("aliases")
    if not names:
        return "no alias"
    name, target = s.rng.choice(names), s.an_llm()
    return f"{name} = {target} in {s.alias(name, target)}"


@mutation()
def alias_chain(s: Scenario) -> str:
    mark = sigil(s, "@")
    target = s.an_llm() if s.rng.random() < 0.75 else "no-such-model"
    return chain(s, s.rng.randint(2, 5), mark, target)


@mutation()
def alias_chain_very_long(s: Scenario) -> str:
    mark = sigil(s, s.rng.choice(["@", "alias:"]))
    note = chain(s, s.rng.choice(LONG_CHAIN), mark, s.an_llm())
    s.preset("long_preset", f"{mark}chain-0")
    return note


def chain(s: Scenario, length: int, mark: str, target: str) -> str:
    """Aliases chain-0 to chain-<length - 1>, each to the next, the last to a target."""
    file = s.deck_file()
    for index in range(length):
        s.alias(f"chain-{index}", target if index == length - 1 else f"{mark}chain-{index + 1}", file)
    return f"{length} aliases to {target} ({mark or 'bare'}) in {file}"


@mutation()
def alias_cycle(s: Scenario) -> str:
    length = s.rng.randint(1, 4)
    mark = sigil(s, s.rng.choice(["@", "alias:"]))
    file = s.deck_file()
    for index in range(length):
        s.alias(f"ring-{index}", f"{mark}ring-{(index + 1) % length}", file)
    if s.rng.random() < 0.4:
        s.preset("ring_preset", "ring-0", file)
    return f"a cycle of {length} ({mark or 'bare'})"


@mutation(since=18)
def alias_cycle_with_mixed_sigils(s: Scenario) -> str:
    """The guard of the releases up to 0.77 compares the strings as written."""
    file = s.alias("mix-a", s.rng.choice(["mix-b", "@mix-b", " mix-b "]))
    s.alias("mix-b", s.rng.choice(["@mix-a", "alias:mix-a", "mix-a", "alias: mix-a"]), file)
    return "mix-a and mix-b"


@mutation()
def alias_dangling(s: Scenario) -> str:
    target = s.rng.choice(["no-such-model", "", "@", "$nothing", " gpt-4o ", "no such model"])
    return f"dangling = {target!r} in {s.alias('dangling', target)}"


@mutation()
def alias_shadows_model(s: Scenario) -> str:
    name = s.a_model()
    return f"an alias called {name} in {s.alias(name, s.an_llm())}"


@mutation(since=15)
def alias_and_waterfall_of_one_name(s: Scenario) -> str:
    file = s.alias("double", s.an_llm())
    s.waterfall("double", ["no-such-model", s.an_llm()], file)
    s.preset("double_preset", "~double" if sigil(s, "~") else "double", file)
    return file


@mutation(until=14)
def alias_list(s: Scenario) -> str:
    lists: list[list[str]] = [
        ["no-such-model", s.an_llm()],
        [s.an_llm(), "no-such-model"],
        ["nope", "nada"],
        [],
        ["chained-list"],
        ["no-such-model", "second-list"],
        ["listed", s.an_llm()],
        [""],
    ]
    value = s.rng.choice(lists)
    file = s.alias("listed", value)
    s.alias("second-list", ["nope", s.an_llm()], file)
    return f"listed = {value} in {file}"


@mutation(breaks=True, since=15)
def alias_list_too_late(s: Scenario) -> str:
    return s.alias("listed", [s.an_llm()])


@mutation(breaks=True)
def alias_of_bad_type(s: Scenario) -> str:
    value = s.rng.choice([3, True, {"a": "b"}, 1.5, [3], [["a"]], [{}]])
    return f"{value!r} in {s.alias('bad', value)}"


@mutation(since=15)
def waterfall_new(s: Scenario) -> str:
    lists = [
        ["no-such-model", s.an_llm()],
        [s.an_llm(), "no-such-model"],
        ["nope", "nada"],
        [s.an_llm()],
        ["no-such-model", "inner-fall"],
        ["nope"],
    ]
    value = s.rng.choice(lists)
    file = s.waterfall("fresh-fall", value)
    s.waterfall("inner-fall", ["nope", s.an_llm()], file)
    handle = s.rng.choice(["fresh-fall", "~fresh-fall", "waterfall:fresh-fall"]) if s.by_family else "fresh-fall"
    s.preset("fall_preset", handle, file)
    return f"{value} and a preset on {handle} in {file}"


@mutation(since=15)
def waterfall_of_waterfalls(s: Scenario) -> str:
    """Inner waterfalls that are exhausted, empty or served, before and after served entries."""
    mark = sigil(s, "~")
    file = s.deck_file()
    s.waterfall("dry", ["nope", "nada"], file)
    s.waterfall("empty", [], file)
    s.waterfall("wet", ["nope", s.an_llm()], file)
    inner = [f"{mark}{name}" for name in s.rng.sample(["dry", "empty", "wet"], k=s.rng.randint(1, 3))]
    outer = s.rng.choice([inner, [*inner, s.an_llm()], ["nope", *inner]])
    s.waterfall("outer", outer, file)
    s.waterfall("outermost", [f"{mark}outer", s.an_llm()], file)
    s.alias("to-outer", f"{mark}outer", file)
    s.preset("outer_preset", f"{mark}outermost", file)
    return f"outer = {outer}"


@mutation(since=15)
def waterfall_cycle(s: Scenario) -> str:
    tilde, at = ("~", "@") if sigil(s, "~", 0.5) else ("", "")
    file = s.deck_file()
    s.waterfall("loop-fall", [f"{tilde}loop-fall", s.an_llm()], file)
    s.alias("loop-alias", f"{tilde}loop-mix", file)
    s.waterfall("loop-mix", [f"{at}loop-alias", s.an_llm()], file)
    return f"waterfalls that reach themselves, in {file}"


@mutation(since=15)
def waterfall_empty(s: Scenario) -> str:
    file = s.waterfall("dry-fall", [])
    s.preset("dry_preset", "dry-fall", file)
    return file


@mutation(breaks=True, since=15)
def waterfall_of_bad_type(s: Scenario) -> str:
    value = s.rng.choice(["gpt-4o", [3], {"a": "b"}, [["a"]], 1])
    return f"{value!r} in {s.waterfall('bad-fall', value)}"


@mutation(breaks=True, until=14)
def waterfall_too_early(s: Scenario) -> str:
    return s.deck_put(["waterfalls", "early"], [s.an_llm()])


@mutation(since=15)
def waterfall_with_repeats(s: Scenario) -> str:
    name = s.an_llm()
    return s.waterfall("repeated", ["nope", "nope", name, name])


@mutation(since=18)
def aliases_of_other_families(s: Scenario) -> str:
    """Families do not share names."""
    family = s.rng.choice([name for name in s.families() if name != "llm"])
    file = s.deck_put([family, "aliases", "shared-name"], s.a_model())
    s.deck_put([family, "waterfalls", "shared-fall"], ["nope", "@shared-name", s.a_model()], file)
    s.alias("shared-name", s.an_llm(), file)
    s.preset("shared_preset", s.rng.choice(["~shared-fall", "@shared-name"]), file)
    return f"shared-name in {family} and in llm"
