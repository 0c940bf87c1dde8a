"""Small texts before and after an edit, byte for byte."""

from __future__ import annotations

import pytest

from core.toml.edit import toml_commands as c
from core.toml.edit.editor import Edited, apply

ROUTES = """\
# Routing

# Which profile to use
active = "all" # change me

# ----- Profiles -----

[profiles.all]
description = "All"
fallback_order = [
  "openai", # first
  # then
  "anthropic",
]

# Only when enabled.
[profiles.all.optional_routes]
"jev-*" = "typesafe"

# --- mine ---
[profiles.mine]
default = "mistral"
# end of mine
"""
DEFAULTS = '[defaults]\nsdk = "openai"\n'
ONE = '["a/one"]\ninputs = ["text"]\ncosts = { input = 2, output = 8 }\n'
TWO = '["a/two"]\ninputs = ["text"]\ncosts = { input = 2, output = 8 }\n'
MODELS = f"{DEFAULTS}\n# --- a ---\n{ONE}\n{TWO}"
DECK = """\
[llm.aliases]
best = "claude"  # until May
cheap = "mini"

# ---- presets ----
[llm.presets]
# Long texts
writing = { model = "$best", temperature = 0.7 }
# writing = { model = "cheap" }
teaching = { model = "cheap", temperature = 0.1 }

[llm.waterfalls]
chain = ["claude", "gpt", "mini"]
long = [
    # claude is free for us
    "claude", # claude at night
    "gpt",    # second
    "mini"
]
"""
KEYS = """\
[openai]
enabled = true
api_key = "${OPENAI_API_KEY}" # of the team

# Off since June
[mistral]
enabled = false
api_key = '${MISTRAL_API_KEY}'
"""
PRESET = ("llm", "presets", "writing")
LONG = ("llm", "waterfalls", "long")
GOLDEN: list[tuple[str, c.Command, str, str]] = [
    (ROUTES, c.SetValue(("active",), "mine"), 'active = "all" # change me', 'active = "mine" # change me'),
    (ROUTES, c.InsertKey(("extra",), True), '"all" # change me\n', '"all" # change me\nextra = true\n'),
    (ROUTES, c.InsertKey(("first",), 1, before="active"), "# Routing\n", "# Routing\n\nfirst = 1\n"),
    (
        ROUTES,
        c.InsertKey(("profiles", "all", "optional_routes", "gpt-*"), "openai", before="jev-*"),
        '"jev-*"',
        '"gpt-*" = "openai"\n"jev-*"',
    ),
    (ROUTES, c.InsertKey(("profiles", "mine", "x"), "y"), '"mistral"\n', '"mistral"\nx = "y"\n'),
    (ROUTES, c.DeleteKey(("profiles", "all", "fallback_order", 0)), '  "openai", # first\n', ""),
    (
        ROUTES,
        c.DeleteKey(("profiles", "all", "fallback_order", 1), "attached"),
        '  # then\n  "anthropic",\n',
        "",
    ),
    (
        ROUTES,
        c.MoveElement(("profiles", "all", "fallback_order", 0), 1),
        '  "openai", # first\n  # then\n  "anthropic",\n',
        '  # then\n  "anthropic",\n  "openai", # first\n',
    ),
    (
        ROUTES,
        c.SetValue(("profiles", "all", "fallback_order"), ["openai", "xai", "anthropic"]),
        '  "openai", # first\n',
        '  "openai", # first\n  "xai",\n',
    ),
    (
        ROUTES,
        c.AddTable(("profiles", "new"), {"default": "x", "optional_routes": {"a-*": "b"}}),
        "# end of mine\n",
        '# end of mine\n\n[profiles.new]\ndefault = "x"\n\n[profiles.new.optional_routes]\na-* = "b"\n'.replace(
            "a-*", '"a-*"'
        ),
    ),
    (
        ROUTES,
        c.AddTable(("profiles", "new"), {"default": "x"}, before="mine"),
        '"typesafe"\n',
        '"typesafe"\n\n[profiles.new]\ndefault = "x"\n',
    ),
    (ROUTES, c.RenameKey(("profiles", "all"), "a b"), "", ROUTES.replace("[profiles.all", '[profiles."a b"')),
    (
        ROUTES,
        c.DeleteKey(("profiles", "all", "optional_routes"), "attached"),
        '# Only when enabled.\n[profiles.all.optional_routes]\n"jev-*" = "typesafe"\n\n',
        "",
    ),
    (ROUTES, c.DeleteKey(("profiles", "mine")), '[profiles.mine]\ndefault = "mistral"\n', ""),
    (
        MODELS,
        c.SetValue(("a/one", "costs", "input"), 0.5),
        "input = 2, output = 8 }\n\n",
        "input = 0.5, output = 8 }\n\n",
    ),
    (
        MODELS,
        c.InsertKey(("a/one", "costs", "cached"), 1),
        "output = 8 }\n\n",
        "output = 8, cached = 1 }\n\n",
    ),
    (
        MODELS,
        c.AddTable(("b/three",), {"inputs": ["text", "images"], "costs": {"input": 1}}),
        "",
        MODELS + '\n["b/three"]\ninputs = ["text", "images"]\ncosts = { input = 1 }\n',
    ),
    (
        MODELS,
        c.DeleteKey(("a/one",)),
        '# --- a ---\n["a/one"]\ninputs = ["text"]\ncosts = { input = 2, output = 8 }\n',
        "# --- a ---\n",
    ),
    (MODELS, c.RenameKey(("a/two",), "two"), '["a/two"]', '["two"]'),
    (
        MODELS,
        c.InsertKey(("a/one", "n"), 1, after="inputs"),
        'one"]\ninputs = ["text"]\n',
        'one"]\ninputs = ["text"]\nn = 1\n',
    ),
    (
        MODELS,
        c.MoveKey(("a/two",), after="defaults"),
        "",
        f"{DEFAULTS}\n{TWO}\n# --- a ---\n{ONE}",
    ),
    (DECK, c.SetValue(("llm", "aliases", "best"), "gpt"), '"claude"  # until', '"gpt"  # until'),
    (DECK, c.InsertKey(("llm", "aliases", "mine"), "gpt"), 'cheap = "mini"\n', 'cheap = "mini"\nmine = "gpt"\n'),
    (DECK, c.RenameKey(("llm", "aliases", "best"), "top"), "best = ", "top = "),
    (DECK, c.DeleteKey(("llm", "aliases", "best")), 'best = "claude"  # until May\n', ""),
    (DECK, c.SetValue((*PRESET, "temperature"), 0.5), "temperature = 0.7", "temperature = 0.5"),
    (DECK, c.InsertKey((*PRESET, "max_tokens"), 900), "0.7 }", "0.7, max_tokens = 900 }"),
    (DECK, c.DeleteKey((*PRESET, "temperature")), '"$best", temperature = 0.7', '"$best"'),
    (DECK, c.RenameKey(PRESET, "drafts"), 'writing = { model = "$', 'drafts = { model = "$'),
    (
        DECK,
        c.DeleteKey(PRESET, "attached"),
        '# Long texts\nwriting = { model = "$best", temperature = 0.7 }\n# writing = { model = "cheap" }\n',
        "",
    ),
    (DECK, c.SetValue((*LONG[:2], "chain"), ["claude", "mini", "gpt"]), '"gpt", "mini"]', '"mini", "gpt"]'),
    (DECK, c.DeleteKey((*LONG[:2], "chain", 0)), '["claude", ', "["),
    (
        DECK,
        c.SetValue(LONG, ["opus", "gpt", "mini"]),
        '    # claude is free for us\n    "claude", # claude at night\n',
        '    "opus",\n',
    ),
    (DECK, c.SetValue(LONG, ["claude", "xai", "mini"]), '"gpt",    # second', '"xai",    # second'),
    (DECK, c.DeleteKey((*LONG, 2)), '"gpt",    # second\n    "mini"\n', '"gpt"    # second\n'),
    (
        DECK,
        c.SetValue(LONG, ["claude", "gpt", "mini", "xai"]),
        '    "mini"\n',
        '    "mini",\n    "xai"\n',
    ),
    (KEYS, c.SetValue(("mistral", "enabled"), True), "false", "true"),
    (KEYS, c.SetValue(("mistral", "api_key"), "${KEY}"), "'${MISTRAL_API_KEY}'", "'${KEY}'"),
    (
        KEYS,
        c.InsertKey(("openai", "endpoint"), "https://h/v1"),
        "# of the team\n",
        '# of the team\nendpoint = "https://h/v1"\n',
    ),
    (
        KEYS,
        c.DeleteKey(("mistral",), "attached"),
        "\n# Off since June\n[mistral]\nenabled = false\napi_key = '${MISTRAL_API_KEY}'\n",
        "",
    ),
    ("a.b = 1\nd = 3\n", c.InsertKey(("a", "c"), {"x": 1}), "d = 3", "a.c = { x = 1 }\nd = 3"),
    ("[a.x]\nb = 1\n", c.InsertKey(("a", "k"), 1), "[a.x]", "[a]\nk = 1\n\n[a.x]"),
    ("name  = 1\nother = 2\n", c.InsertKey(("k",), 3), "other = 2\n", "other = 2\nk = 3\n"),
    ("name  = 1\nlong  = 2\n", c.InsertKey(("k",), 3), "long  = 2\n", "long  = 2\nk     = 3\n"),
    ("name  = 1\nlong  = 2\n", c.RenameKey(("name",), "n"), "name  =", "n     ="),
    ("a = [1, 2,]\n", c.DeleteKey(("a", 1)), "1, 2,", "1,"),
    ("a = [1]\n", c.DeleteKey(("a", 0)), "1", ""),
    ("a = {}\n", c.InsertKey(("a", "b"), 1), "{}", "{ b = 1 }"),
    ("a = {b=1,c=2}\n", c.InsertKey(("a", "d"), 3), "c=2", "c=2,d=3"),
    ("a = {b=1,c=2}\n", c.MoveKey(("a", "c"), before="b"), "b=1,c=2", "c=2,b=1"),
    ("a = {b=1,c=2}\n", c.DeleteKey(("a", "b")), "b=1,", ""),
    (
        "a = 1\n# of b\nb = 2\n\nc = 3\n",
        c.MoveKey(("b",), before="a"),
        "a = 1\n# of b\nb = 2\n",
        "# of b\nb = 2\na = 1\n",
    ),
    ("a = 1\n\n# of b\nb = 2\n\nc = 3\n", c.DeleteKey(("b",), "attached"), "# of b\nb = 2\n\n", ""),
    ("[[p]]\nn = 1\n\n[[p]]\nn = 2\n", c.DeleteKey(("p", 0)), "[[p]]\nn = 1\n\n", ""),
    ("", c.AddTable(("a", "b"), {"c": 1}), "", "[a.b]\nc = 1\n"),
    ("", c.InsertKey(("a",), "b"), "", 'a = "b"\n'),
    ("# only\n# this\n", c.InsertKey(("a",), 1), "# this\n", "# this\n\na = 1\n"),
    ("a = 1", c.InsertKey(("b",), 2), "a = 1", "a = 1\nb = 2"),
    ("a = 1\nb = 2", c.DeleteKey(("b",)), "\nb = 2", ""),
    ("a = 1\r\n[t]\r\nb = 2", c.AddTable(("u",), {"x": 1}), "b = 2", "b = 2\r\n[u]\r\nx = 1"),
    ("a = 0x0F\nb = 1_000\n", c.SetValue(("a",), 255), "0x0F", "0xFF"),
    ('a = """\nx\ny"""\n', c.SetValue(("a",), "p\nq"), '"""\nx\ny"""', '"""\np\nq"""'),
]


@pytest.mark.parametrize(("text", "command", "old", "new"), GOLDEN)
def test_edit_matches_manual_typing(text: str, command: c.Command, old: str, new: str) -> None:
    """`new` replaces the single `old`; for an empty `old` it is the whole text."""
    assert not old or text.count(old) == 1
    expected = text.replace(old, new) if old else new
    assert _edited(text, command) == expected
    if "\n" in text and "\r" not in text:
        assert _edited(text.replace("\n", "\r\n"), command) == expected.replace("\n", "\r\n")


def _edited(text: str, command: c.Command) -> str:
    done = apply(text, command)
    assert isinstance(done, Edited), done
    return done.text
