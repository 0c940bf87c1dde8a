"""The deck's files: their names decide the order, and tables and lists merge across them."""

from __future__ import annotations

import copy

from ..registry import mutation
from ..scenario import Scenario
from ..tables import at

ORDERED_NAMES = (
    "deck/.x.toml",
    "deck/0.toml",
    "deck/A_extra.toml",
    "deck/Z.toml",
    "deck/_under.toml",
    "deck/base_deck.toml.toml",
    "deck/overrides/more.toml",
    "deck/z-1.toml",
    "deck/z.toml",
    "deck/z/a.toml",
    "deck/z.d/a.toml",
    "deck/.hidden/deep.toml",
    "deck/éé.toml",
    "deck/with space.toml",
)


@mutation()
def merge_order_by_name(s: Scenario) -> str:
    """The same alias and preset in several files: the last by code point wins."""
    names = s.rng.sample(ORDERED_NAMES, k=s.rng.randint(2, 5))
    models = s.models() or ["gpt-4o"]
    for index, file in enumerate(names):
        target = models[index % len(models)]
        s.alias("by-order", target, file)
        s.preset("order_preset", target, file, temperature=index / 10)
    return ", ".join(names)


@mutation(breaks=True)
def folder_named_like_a_file(s: Scenario) -> str:
    """The walk takes a folder `zz.toml` for a deck file."""
    return s.alias("inside", s.an_llm(), s.rng.choice(["deck/zz.toml/inside.toml", "deck/.toml/x.toml"]))


@mutation()
def stock_file_again(s: Scenario) -> str:
    """A stock deck file once more under another name, with other alias targets."""
    source = s.rng.choice(s.paths("deck/") or ["deck/none.toml"])
    document = copy.deepcopy(s.doc(source))
    aliases = at(document, s.where("aliases"))
    if isinstance(aliases, dict):
        for name in list(aliases)[:2]:
            if isinstance(aliases[name], str):
                aliases[name] = s.an_llm()
    target = s.rng.choice(
        ["deck/zzz_copy.toml", "deck/000_copy.toml", "deck/Copy.toml", "deck/sub/deep/copy.toml", "deck/.copy.toml"]
    )
    s.edit(target).update(document)
    return f"{source} as {target}"


@mutation()
def inline_tables_merge(s: Scenario) -> str:
    """A preset written inline in one file and as a table in another merges key by key."""
    section = ".".join([*s.where("presets"), "merged"])
    key = s.handle_key()
    s.texts["deck/y1_inline.toml"] = (
        f'[{".".join(s.where("presets"))}]\nmerged = {{ {key} = "{s.an_llm()}", temperature = 0.1 }}\n'
    )
    s.texts["deck/y2_table.toml"] = f"[{section}]\ntemperature = 0.9\n"
    s.texts["deck/y3_dotted.toml"] = f"{section}.max_tokens = 12\n"
    return "three files, one preset"


@mutation()
def lists_across_three_files(s: Scenario) -> str:
    """Concatenated up to 0.16, replaced from 0.17 on."""
    files = ("deck/aa_extra.toml", "deck/mm_extra.toml", "deck/zz_extra.toml")
    lists = [["nope", s.an_llm()], [s.an_llm()], [s.an_llm(), "nada"]]
    s.rng.shuffle(lists)
    for file, entries in zip(files, lists, strict=True):
        if s.minor <= 14:
            s.alias("merged-list", entries, file)
        elif s.minor >= 15:
            s.waterfall("merged-list", entries, file)
    s.preset("merged_preset", "merged-list")
    return str(lists)


@mutation(breaks=True)
def list_over_text(s: Scenario) -> str:
    """Anything over anything else replaces it."""
    first, second = s.rng.choice(
        [("gpt-4o", ["gpt-4o"]), (["gpt-4o"], "gpt-4o"), ({"a": "b"}, "gpt-4o"), ("gpt-4o", {"a": "b"})]
    )
    s.alias("changing", first, "deck/aa_extra.toml")
    s.alias("changing", second, "deck/zz_extra.toml")
    return f"{first!r} then {second!r}"


@mutation()
def overridden_key_keeps_its_place(s: Scenario) -> str:
    names = s.deck_names("presets")
    for name in names[:3]:
        s.deck_put([*s.where("presets"), name, s.handle_key()], s.an_llm(), "deck/zz_extra.toml")
    return ", ".join(names[:3])


@mutation()
def files_that_are_no_deck(s: Scenario) -> str:
    s.extra["deck/notes.md"] = b"# not a deck file\n"
    s.extra["deck/zz_old.toml.bak"] = b"[aliases\n"
    s.extra["deck/UPPER.TOML"] = b"[aliases\n"
    s.extra["deck/toml"] = b"[aliases\n"
    return "a note, a backup, an upper-case extension"


@mutation(breaks=True)
def deck_unknown_key(s: Scenario) -> str:
    key = s.rng.choice(["llm_presets", "audio", "defaults", "ocr", "extract", "waterfalls", "choice", "presets"])
    if s.rng.random() < 0.3:
        return f"llm.{key} in {s.deck_put(['llm', key], 'x')}"
    return f"[{key}] in {s.deck_put([key, 'unknown'], {'model': 'gpt-4o', 'temperature': 0.5})}"


@mutation(breaks=True)
def deck_without_files(s: Scenario) -> str:
    s.leave_out("deck/")
    if s.rng.random() < 0.5:
        s.late.append(lambda files: files.update({"deck/readme.txt": b"empty\n"}))
    return "no deck file"


@mutation(breaks=True)
def deck_file_removed(s: Scenario) -> str:
    paths = [path for path in s.paths("deck/") if "extra" not in path]
    if not paths:
        return "none left"
    path = s.rng.choice(paths)
    s.remove(path)
    return path


@mutation()
def empty_tables(s: Scenario) -> str:
    """Tables with nothing in them, in a file of their own and as the only content."""
    family = s.rng.choice(s.families())
    file = s.deck_put(s.where("aliases"), {}, "deck/zz_empty.toml")
    s.deck_put(s.where("presets", family) if s.minor > 10 else s.where("presets"), {}, file)
    if s.minor >= 15:
        s.deck_put(s.where("waterfalls"), {}, file)
    return file


@mutation()
def aliases_emptied(s: Scenario) -> str:
    """No alias at all: every stock table of aliases is empty."""
    path = s.where("aliases")
    for file in s.paths("deck/"):
        parent = at(s.doc(file), path[:-1])
        if isinstance(parent, dict) and path[-1] in parent:
            s.deck_put(path, {}, file)
    return "every [aliases] is empty"


@mutation()
def presets_emptied(s: Scenario) -> str:
    path = s.where("presets")
    for file in s.paths("deck/"):
        parent = at(s.doc(file), path[:-1])
        if isinstance(parent, dict) and path[-1] in parent:
            s.deck_put(path, {}, file)
    return "every LLM preset is gone"


@mutation()
def deck_file_empty(s: Scenario) -> str:
    s.extra[s.rng.choice(["deck/zz_blank.toml", "deck/00_blank.toml"])] = s.rng.choice(
        [b"", b"\n", b"# only words\n", b"  \t\n"]
    )
    return "an empty deck file"
