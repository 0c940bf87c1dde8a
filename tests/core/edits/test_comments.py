"""Comments of lists and of entries in trees: each stays with what it is about, whatever is moved or deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.edits.alias_edits import DeleteAlias, SetEntries
from core.edits.intent import EditLayer, Intent
from core.edits.preset_edits import DeletePreset
from core.edits.profile_edits import SetFallbackOrder
from core.edits.route_edits import DeleteRoute
from tests.core.edits.scenes import changed, scene
from tests.support.trees import minimal

DECK_TEXT = """
[llm.presets]
cheap = { model = "gpt-4o-mini", temperature = 0.5 }
teaching = { model = "gpt-4o-mini", temperature = 0.1 }
# teaching = { model = "claude-4-sonnet", temperature = 0.1 }
# structuring = { model = "claude-4-sonnet", temperature = 0.1 }
structuring = { model = "gpt-4o-mini", temperature = 0.1 }

[llm.aliases]
fast = "gpt-4o-mini"  # by measure
# slow = "claude-4-sonnet"
# spare is for drafts
spare = "gpt-4o-mini"
idle = "gpt-4o-mini"

[llm.waterfalls]
w = [
    "gpt-4o-mini",  # best, but slow
    # @fast is the team's own
    "@fast",        # free
    "@idle",        # last resort
]

[llm.choice_defaults]
default_temperature = 0.7
for_text = "$cheap"
for_object = "$cheap"

[extract]
choice_default = "reader"

[img_gen]
choice_default = "painter"
default_quality = "low"

[search]
choice_default = "finder"
"""
ROUTING_TEXT = """
active = "all"

[profiles.all]
description = "Each to its own"
default = "openai"
fallback_order = [
    "openai",     # paid by the team
    "anthropic",  # my own box
]

[profiles.all.routes]
"claude-*" = "anthropic"   # mine
# all of gpt
"gpt-*" = "openai"   # theirs
# off: "x*" = "openai"
"y*" = "openai"
"""
SLOW, OWN, FREE, LAST = (
    '"gpt-4o-mini",  # best, but slow',
    "# @fast is the team's own",
    '"@fast",        # free',
    '"@idle",        # last resort',
)
PAID, BOX = '"openai",     # paid by the team', '"anthropic",  # my own box'


@pytest.mark.parametrize(
    ("intent", "lines"),
    [
        (SetEntries("llm", "w", ("@fast", "gpt-4o-mini", "@idle")), ["-" + SLOW, "+" + SLOW]),
        (SetEntries("llm", "w", ("@idle", "gpt-4o-mini", "@fast")), ["-" + LAST, "+" + LAST]),
        (SetEntries("llm", "w", ("gpt-4o-mini", "@idle")), ["-" + OWN, "-" + FREE]),
        (SetEntries("llm", "w", ("@fast", "claude-4-sonnet", "@idle")), ["-" + SLOW, '+"claude-4-sonnet",']),
        (SetFallbackOrder("all", ("anthropic", "openai")), ["-" + BOX, "+" + BOX]),
        (SetFallbackOrder("all", ("anthropic",)), ["-" + PAID]),
        (SetFallbackOrder("all", ("openai",)), ["-" + BOX]),
        (
            DeletePreset("llm", "structuring"),
            [
                '-# structuring = { model = "claude-4-sonnet", temperature = 0.1 }',
                '-structuring = { model = "gpt-4o-mini", temperature = 0.1 }',
            ],
        ),
        (
            DeletePreset("llm", "teaching"),
            [
                '-teaching = { model = "gpt-4o-mini", temperature = 0.1 }',
                '-# teaching = { model = "claude-4-sonnet", temperature = 0.1 }',
            ],
        ),
        (DeleteAlias("llm", "spare"), ["-# spare is for drafts", '-spare = "gpt-4o-mini"']),
        (DeleteRoute("all", "gpt-*"), ["-# all of gpt", '-"gpt-*" = "openai"   # theirs']),
    ],
)
def test_comments_stay_with_what_they_are_about(intent: Intent, lines: list[str], tmp_path: Path) -> None:
    files = {**minimal("0.92.2"), "deck/base_deck.toml": DECK_TEXT, "routing_profiles.toml": ROUTING_TEXT}
    tree = scene(tmp_path, "0.92.2", files)
    applied = tree.done(intent, EditLayer.BASE)
    found = [line for part in changed(tree, applied).values() for line in part]
    assert [line[0] + line[1:].strip() for line in found] == lines
