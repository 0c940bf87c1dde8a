"""Edits that a tree cannot take: each says why and what to do instead, and some are done with a word beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.edits.address_edits import SetValueAt, UnsetAt
from core.edits.alias_edits import RemoveEntry, SetTarget
from core.edits.backend_edits import SetBackendField
from core.edits.batch import Batch
from core.edits.choice_edits import SetChoiceOverride, SetInlineField
from core.edits.edit_session import Intent
from core.edits.fixes.model_fixes import RewriteSeedModels
from core.edits.intent import EditLayer
from core.edits.layer_edits import MoveToBase, ResetToBase
from core.edits.model_edits import AddModel, ChangeModelField, DeleteModel
from core.edits.new_backends import AddBackend
from core.edits.preset_edits import SetPresetModel
from core.edits.profile_edits import AddProfile, RenameProfile, SetFallbackOrder
from core.edits.rename_edits import RenameAlias, RenameModel
from core.edits.repoint_edits import UseOnly
from core.edits.route_edits import AddRoute, MoveRoute, RenamePattern
from tests.core.edits.scenes import changed, scene
from tests.support.trees import Files, edited, extended, minimal, with_override, without

Change = Callable[[Files], Files]


def as_it_is(files: Files) -> Files:
    return files


def more(name: str, text: str) -> Change:
    return lambda files: extended(files, name, text)


def other(name: str, old: str, new: str) -> Change:
    return lambda files: edited(files, name, old, new)


def both(*changes: Change) -> Change:
    def change(files: Files) -> Files:
        for one in changes:
            files = one(files)
        return files

    return change


PAINTS = '\n[gpt-4o-mini-img-gen]\nhandle = "gpt-4o-mini"\nmodel_type = "img_gen"\n'
SETTINGS = "{ model = 'gpt-4o-mini', temperature = 0.5 }"
SEEDED = '[models.gpt-4o-mini]\nmodel_id = "x"\nsdk = "openai"\n'


@pytest.mark.parametrize(
    ("release", "change", "intent", "layer", "words"),
    [
        # ---- addresses
        ("0.92.2", as_it_is, SetValueAt("backends", 1), EditLayer.AUTO, "names no backend"),
        ("0.92.2", as_it_is, SetValueAt("models.openai", 1), EditLayer.AUTO, "names no model"),
        ("0.92.2", as_it_is, SetValueAt("profiles", 1), EditLayer.AUTO, "names no profile"),
        (
            "0.92.2",
            other("routing_profiles.toml", "default =", 'fallback_order = ["openai"]\ndefault ='),
            SetValueAt("profiles.all.fallback_order[7]", "anthropic"),
            EditLayer.AUTO,
            "1 element.",
        ),
        (
            "0.92.2",
            other("backends.toml", "[openai]", "[openai]\nextra = { deep = [1, 2] }"),
            SetValueAt("backends.openai.extra.deep[0]", 3),
            EditLayer.AUTO,
            "is nested too deeply",
        ),
        ("0.92.2", as_it_is, UnsetAt("models.openai.gpt-4o-mini.rules"), EditLayer.AUTO, "Nothing is set"),
        (
            "0.92.2",
            lambda files: with_override(files, '"$cheap"', '"$cheap"'),
            UnsetAt("deck.llm.choice_overrides.for_text"),
            EditLayer.AUTO,
            "needs",
        ),
        # ---- models
        (
            "0.92.2",
            as_it_is,
            ChangeModelField("openai", "gpt-4o-mini", "max_tokens", "many"),
            EditLayer.AUTO,
            "integer",
        ),
        (
            "0.92.2",
            more("backends/openai.toml", PAINTS),
            ChangeModelField("openai", "gpt-4o-mini", "max_tokens", 9),
            EditLayer.AUTO,
            "declared as llm and img_gen",
        ),
        (
            "0.92.2",
            more("backends/openai.toml", PAINTS),
            RenameModel("gpt-4o-mini", "x"),
            EditLayer.AUTO,
            "declared as llm and img_gen",
        ),
        (
            "0.92.2",
            more("backends/openai.toml", '\n[x]\nhandle = "y"\nmodel_type = "img_gen"\n'),
            RenameModel("gpt-4o-mini", "x"),
            EditLayer.AUTO,
            "Table `x` already exists",
        ),
        (
            "0.92.2",
            more("backends/openai.toml", '\n[x]\nhandle = "y"\n[x-img-gen]\nhandle = "z"\n'),
            AddModel("openai", "x", (("model_type", "img_gen"),)),
            EditLayer.AUTO,
            "Table `x-img-gen` already exists",
        ),
        (
            "0.92.2",
            as_it_is,
            DeleteModel("openai", "gpt-4o-mini", "gpt-4o-mini"),
            EditLayer.AUTO,
            "is the model to delete",
        ),
        (
            "0.92.2",
            lambda files: without(files, *(name for name in files if name.startswith("backends/"))),
            AddModel("openai", "gpt-9"),
            EditLayer.AUTO,
            "backends/openai.toml has none in its defaults",
        ),
        # ---- the form of the seed document
        (
            "0.92.2",
            lambda files: {**files, "backends/openai.toml": SEEDED.replace("gpt-4o-mini", "defaults")},
            RewriteSeedModels("openai"),
            EditLayer.AUTO,
            "`defaults` is a reserved name",
        ),
        (
            "0.92.2",
            lambda files: {**files, "backends/openai.toml": 'models = { a = { model_id = "x", sdk = "openai" } }\n'},
            RewriteSeedModels("openai"),
            EditLayer.AUTO,
            "cannot be rewritten",
        ),
        # ---- backends
        (
            "0.92.2",
            as_it_is,
            AddBackend("mistral", models=(("m", ()),), fields=(("listed_constraints", ["${NAME}"]),)),
            EditLayer.AUTO,
            "expected a list in which each item is one of",
        ),
        (
            "0.92.2",
            more("backends.toml", "[idle]\nenabled = false\n"),
            UseOnly("idle"),
            EditLayer.AUTO,
            "declares no model",
        ),
        (
            "0.92.2",
            more("backends_override.toml", "[mine]\nenabled = false\n"),
            SetBackendField("mine", "endpoint", "https://mine.example"),
            EditLayer.BASE,
            "It is in .pipelex/inference/backends_override.toml",
        ),
        # ---- profiles and routes
        ("0.92.2", as_it_is, SetFallbackOrder("all", ("openai", "openai")), EditLayer.AUTO, "twice"),
        (
            "0.92.2",
            more("routing_profiles.toml", '[profiles.all.optional_routes]\n"o-*" = "openai"\n'),
            AddRoute("all", "x-*", "openai", before="o-*"),
            EditLayer.AUTO,
            "`o-*` is an optional route",
        ),
        (
            "0.92.2",
            more("routing_profiles_override.toml", '[profiles.all.routes]\n"o-*" = "openai"\n'),
            MoveRoute("all", "o-*", before="claude-*"),
            EditLayer.AUTO,
            "the routes of the base come first",
        ),
        # ---- the deck
        (
            "0.92.2",
            as_it_is,
            SetInlineField("llm", "default", "for_text", "temperature", 0.1),
            EditLayer.AUTO,
            "has no keys",
        ),
        ("0.17.6", as_it_is, SetPresetModel("llm", "writing", "cheap"), EditLayer.AUTO, "cannot be used as a model"),
        (
            "0.92.2",
            as_it_is,
            SetPresetModel("llm", "writing", "@gpt-4o-mini"),
            EditLayer.AUTO,
            "Write `gpt-4o-mini`, a model",
        ),
        (
            "0.92.2",
            other("backends.toml", "[anthropic]\nenabled = true", "[anthropic]\nenabled = false"),
            SetChoiceOverride("llm", "for_text", "claude-4-sonnet"),
            EditLayer.AUTO,
            "No enabled backend serves `claude-4-sonnet`",
        ),
        (
            "0.92.2",
            other("deck/base_deck.toml", '["nobody", "gpt-4o-mini"]', '["gpt-4o-mini"]'),
            RemoveEntry("llm", "chain", 0),
            EditLayer.BASE,
            "no entries left",
        ),
        (
            "0.92.2",
            more("deck/x_custom_llm_deck.toml", '[llm.aliases]\nnew = "gpt-4o-mini"\n'),
            SetTarget("llm", "new", "new"),
            EditLayer.AUTO,
            "points back to `new`",
        ),
        (
            "0.92.2",
            both(
                more("deck/x_custom_llm_deck.toml", '[llm.aliases]\nbest-claude = "gpt-4o-mini"\n'),
                more("deck/z_mine.toml", '[llm.aliases]\nbest-claude = "claude-4-sonnet"\n'),
            ),
            MoveToBase("deck.llm.aliases.best-claude"),
            EditLayer.AUTO,
            "x_custom_llm_deck.toml sets `deck.llm.aliases.best-claude` too",
        ),
        (
            "0.92.2",
            more("deck/1_llm_deck.toml", "[llm.presets]\ncheap = { temperature = 0.9 }\n"),
            ResetToBase("deck.llm.presets.cheap.temperature"),
            EditLayer.AUTO,
            "a file managed by Pipelex",
        ),
        # ---- several at once
        (
            "0.92.2",
            as_it_is,
            Batch("two", ((RenameModel("x", "y"), EditLayer.AUTO), (RenameModel("z", "y"), EditLayer.AUTO))),
            EditLayer.AUTO,
            "No backend declares `z`",
        ),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_refusal_has_reason_and_alternative(
    release: str, change: Change, intent: Intent, layer: EditLayer, words: str, tmp_path: Path
) -> None:
    refused = scene(tmp_path, release, change(minimal(release))).refused(intent, layer)
    assert words in refused.message, refused.message


@pytest.mark.parametrize(
    ("release", "change", "intent", "lines", "note"),
    [
        (
            "0.92.2",
            more("backends/mistral.toml", '[defaults]\nsdk = "mistral"\n[m]\n'),
            AddBackend("mistral", defaults=(("sdk", "openai"),), routes=False),
            {"backends.toml": ["+[mistral]", "+enabled = true"]},
            "its defaults are unchanged",
        ),
        (
            "0.92.2",
            both(
                more("backends/mistral.toml", '[defaults]\nsdk = "mistral"\n[m]\n'),
                other("routing_profiles.toml", 'active = "all"', 'active = "none"'),
            ),
            AddBackend("mistral"),
            {"backends.toml": ["+[mistral]", "+enabled = true"]},
            "no profile is active",
        ),
        (
            "0.92.2",
            both(
                more("backends/mistral.toml", '[defaults]\nsdk = "mistral"\n[m]\n'),
                more("routing_profiles.toml", '[profiles.all_mistral]\ndescription = "Mine"\ndefault = "mistral"\n'),
            ),
            AddBackend("mistral", profile=True, routes=False),
            {"backends.toml": ["+[mistral]", "+enabled = true"]},
            "",
        ),
        (
            "0.92.2",
            more("routing_profiles.toml", '"claude-5" = "anthropic"\n"claude-4-sonnet" = "anthropic"\n'),
            RenameModel("claude-4-sonnet", "claude-5"),
            {
                "backends/anthropic.toml": ['-handle = "claude-4-sonnet"', '+handle = "claude-5"'],
                "deck/x_custom_llm_deck.toml": [
                    "+# Your own settings. They override the files shipped with Pipelex.",
                    "+[llm.aliases]",
                    '+best-claude = "claude-5"',
                ],
            },
            "profile `all` already has a route `claude-5`",
        ),
        (
            "0.92.2",
            more("routing_profiles.toml", '"gpt-4o-mini" = "openai"\n'),
            DeleteModel("openai", "gpt-4o-mini", "claude-4-sonnet"),
            None,
            "route `gpt-4o-mini` of profile `all` is deleted too",
        ),
        (
            "0.92.2",
            as_it_is,
            Batch(
                "two",
                (
                    (RenameModel("x", "y"), EditLayer.AUTO),
                    (ChangeModelField("openai", "gpt-4o-mini", "max_tokens", 9), EditLayer.AUTO),
                ),
            ),
            {"backends/openai.toml": ["-max_tokens = 8192", "+max_tokens = 9"]},
            "left out: rename model x to y",
        ),
        (
            "0.92.2",
            other("deck/base_deck.toml", 'for_text = "$cheap"', f"for_text = {SETTINGS}"),
            SetValueAt("deck.llm.choice_defaults.for_text.temperature", 0.25),
            {
                "deck/x_custom_llm_deck.toml": [
                    "+# Your own settings. They override the files shipped with Pipelex.",
                    "+[llm.choice_defaults]",
                    "+for_text = { temperature = 0.25 }",
                ]
            },
            "",
        ),
        (
            "0.92.2",
            other("deck/base_deck.toml", 'for_text = "$cheap"', f"for_text = {SETTINGS}"),
            SetInlineField("llm", "default", "for_text", "model", "@best-claude"),
            {
                "deck/x_custom_llm_deck.toml": [
                    "+# Your own settings. They override the files shipped with Pipelex.",
                    "+[llm.choice_defaults]",
                    '+for_text = { model = "@best-claude" }',
                ]
            },
            "",
        ),
        (
            "0.92.2",
            more("deck/x_custom_mine.toml", '[llm.waterfalls]\nmine = ["gpt-4o-mini", "@best-claude"]\n'),
            SetValueAt("deck.llm.waterfalls.mine[0]", "claude-4-sonnet"),
            {
                "deck/x_custom_mine.toml": [
                    '-mine = ["gpt-4o-mini", "@best-claude"]',
                    '+mine = ["claude-4-sonnet", "@best-claude"]',
                ]
            },
            "",
        ),
        (
            "0.92.2",
            more("deck/x_custom_mine.toml", "[llm.presets]\ncheap = { max_tokens = 9 }\n"),
            UnsetAt("deck.llm.presets.cheap.max_tokens"),
            None,
            "",
        ),
        (
            "0.17.6",
            more("deck/overrides_mine.toml", '[aliases]\nmine = "gpt-4o-mini"\n'),
            SetPresetModel("llm", "writing", "mine"),
            {"deck/overrides_mine.toml": ["+[llm.presets]", '+writing = { model = "mine" }']},
            "",
        ),
        (
            "0.92.2",
            lambda files: without(files, "routing_profiles.toml"),
            AddProfile("mine", "openai"),
            {
                "routing_profiles.toml": [
                    '+active = "mine"',
                    "+[profiles.mine]",
                    '+description = "Use openai backend for all its supported models"',
                    '+default = "openai"',
                ]
            },
            "",
        ),
        (
            "0.92.2",
            as_it_is,
            AddProfile("mine", routes=(("gpt-*", "openai"),)),
            {
                "routing_profiles.toml": [
                    "+[profiles.mine]",
                    '+description = "Custom routing"',
                    "+[profiles.mine.routes]",
                    '+"gpt-*" = "openai"',
                ]
            },
            "",
        ),
        ("0.92.2", as_it_is, RenameProfile("all", "all"), {}, ""),
        ("0.92.2", as_it_is, RenamePattern("all", "claude-*", "claude-*"), {}, ""),
        ("0.92.2", as_it_is, RenameModel("gpt-4o-mini", "gpt-4o-mini"), {}, ""),
        ("0.92.2", as_it_is, RenameAlias("llm", "best-claude", "best-claude"), {}, ""),
        (
            "0.92.2",
            as_it_is,
            SetPresetModel("llm", "cheap", "handle:nobody"),
            None,
            "no backend here declares `nobody`",
        ),
    ],
    ids=lambda value: value.label if hasattr(value, "label") else "",
)
def test_applied_edit_has_notes(
    release: str, change: Change, intent: Intent, lines: dict[str, list[str]] | None, note: str, tmp_path: Path
) -> None:
    tree = scene(tmp_path, release, change(minimal(release)))
    applied = tree.done(intent)
    if lines is not None:
        assert changed(tree, applied) == lines
    assert note in "\n".join(applied.notes)
