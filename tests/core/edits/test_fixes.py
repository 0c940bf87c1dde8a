"""Repairs: each problem that has a safe fix gets it, the fix fixes it, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.diagnostics.registry import DIAGNOSTICS
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes import Fix, better_fixes, fix_for, fixes, fixes_for
from core.edits.fixes.fix_table import FIXERS
from core.files.view import Snapshot
from core.problems import Check, Problem, Severity
from tests.core.edits.fix_campaign import RELEASES, faults, reports, run
from tests.core.edits.scenes import Scene, changed, scene, scene_of
from tests.support.stock import stock_tree_or_skip
from tests.support.trees import Files, edited, extended, inspect, minimal, with_override, with_preset

Break = Callable[[Files], Files]
OWN = "deck/x_custom_llm_deck.toml"


def backend(line: str) -> Break:
    return lambda files: edited(files, "backends.toml", "[openai]", f"[openai]\n{line}")


def routing(text: str) -> Break:
    return lambda files: extended(files, "routing_profiles.toml", text)


def routed(old: str, new: str) -> Break:
    return lambda files: edited(files, "routing_profiles.toml", old, new)


def model(line: str) -> Break:
    return lambda files: edited(files, "backends/openai.toml", "[gpt-4o-mini]", f"[gpt-4o-mini]\n{line}")


def added(name: str, text: str) -> Break:
    return lambda files: extended(files, name, text)


def presets(name: str, reference: str, settings: str = "temperature = 0.5") -> Break:
    return lambda files: with_preset(files, name, reference, settings)


def mine(text: str) -> Break:
    return added(OWN, text)


CASES: list[tuple[str, Break, str, dict[str, list[str]]]] = [
    # ---- files
    (
        "0.92.2",
        routed("[profiles.all.routes]", '[profiles.all.routes]\n"gpt-*": "openai"'),
        "syntax",
        {"routing_profiles.toml": ['-"gpt-*": "openai"', '+"gpt-*" = "openai"']},
    ),
    (
        "0.92.2",
        mine('[img_gen.presets]\np = {\n  model = "painter",\n  quality = "low"\n}\n'),
        "toml-1-1",
        {
            OWN: [
                "-p = {",
                '-  model = "painter",',
                '-  quality = "low"',
                "-}",
                '+p = { model = "painter", quality = "low" }',
            ]
        },
    ),
    (
        "0.11.0",
        added("deck/zz.toml", '[img_gen.presets]\np = {\n  img_gen_handle = "painter",\n  quality = "low"\n}\n'),
        "toml-too-new",
        {
            "deck/zz.toml": [
                "-p = {",
                '-  img_gen_handle = "painter",',
                '-  quality = "low"',
                "-}",
                '+p = { img_gen_handle = "painter", quality = "low" }',
            ]
        },
    ),
    # ---- names with a dot
    (
        "0.92.2",
        added("backends/openai.toml", '[gpt-4.1] # new\noutputs = ["text"]\n[gpt-4.1.costs]\ninput = 2\n'),
        "key-unquoted",
        {
            "backends/openai.toml": [
                "-[gpt-4.1] # new",
                "-[gpt-4.1.costs]",
                '+["gpt-4.1"] # new',
                '+["gpt-4.1".costs]',
            ]
        },
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\nclaude-4.5 = "claude-4-sonnet"\n'),
        "key-unquoted",
        {OWN: ['-claude-4.5 = "claude-4-sonnet"', '+"claude-4.5" = "claude-4-sonnet"']},
    ),
    (
        "0.92.2",
        mine('[llm.presets.my.fast]\nmodel = "gpt-4o-mini"\ntemperature = 0.5\n'),
        "key-unquoted",
        {OWN: ["-[llm.presets.my.fast]", '+[llm.presets."my.fast"]']},
    ),
    (
        "0.92.2",
        routed("[profiles.all.routes]", '[profiles.all.routes]\ngpt-4.1 = "openai"'),
        "key-unquoted",
        {"routing_profiles.toml": ['-gpt-4.1 = "openai"', '+"gpt-4.1" = "openai"']},
    ),
    # ---- backends
    (
        "0.92.2",
        backend('endpoint = "https://api.openai.com/v1/chat/completions" # mine'),
        "endpoint-path",
        {
            "backends.toml": [
                '-endpoint = "https://api.openai.com/v1/chat/completions" # mine',
                '+endpoint = "https://api.openai.com/v1" # mine',
            ]
        },
    ),
    (
        "0.92.2",
        backend('endpoint = "https://api.openai.com/v1 "'),
        "endpoint-invalid",
        {"backends.toml": ['-endpoint = "https://api.openai.com/v1 "', '+endpoint = "https://api.openai.com/v1"']},
    ),
    (
        "0.92.2",
        lambda files: edited(files, "backends.toml", 'api_key = "${OPENAI_API_KEY}"\n', ""),
        "key-missing",
        {"backends.toml": ['+api_key = "${OPENAI_API_KEY}"']},
    ),
    (
        "0.92.2",
        lambda files: edited(files, "backends.toml", '"${OPENAI_API_KEY}"', '"a-key-of-a-test" # mine'),
        "secret-literal",
        {"backends.toml": ['-api_key = "a-key-of-a-test" # mine', '+api_key = "${OPENAI_API_KEY}" # mine']},
    ),
    (
        "0.10.2",
        lambda files: edited(files, "backends.toml", 'api_key = "${OPENAI_API_KEY}"', 'api_ky = "${OPENAI_API_KEY}"'),
        "backend-key-unknown",
        {"backends.toml": ['-api_ky = "${OPENAI_API_KEY}"', '+api_key = "${OPENAI_API_KEY}"']},
    ),
    (
        "0.92.2",
        backend('extra_config = { region = "eu" }'),
        "extra-config-ignored",
        {"backends.toml": ['-extra_config = { region = "eu" }', '+region = "eu"']},
    ),
    (
        "0.92.2",
        lambda files: edited(files, "backends.toml", "[openai]", "mistral = false\n\n[openai]"),
        "backend-not-a-table",
        {"backends.toml": ["-mistral = false", "+[mistral]", "+enabled = false"]},
    ),
    (
        "0.92.2",
        lambda files: edited(files, "backends.toml", "[openai]\nenabled = true", '[openai]\nenabled = "true"'),
        "backend-invalid",
        {"backends.toml": ['-enabled = "true"', "+enabled = true"]},
    ),
    (
        "0.92.2",
        added("backends.toml", "\n[mistral]\nenabled = true\n"),
        "backend-file-missing",
        {"backends.toml": ["-enabled = true", "+enabled = false"]},
    ),
    (
        "0.92.2",
        lambda files: extended(extended(files, "backends.toml", "\n[mistral]\n"), "backends/mistral.toml", "# none\n"),
        "backend-without-models",
        {"backends.toml": ["+enabled = false"]},
    ),
    (
        "0.92.2",
        lambda files: extended(
            extended(files, "backends.toml", "\n[mistral]\n"), "backends/mistral.toml", '[m]\nsdk = "x"\n'
        ),
        "backend-unused",
        {"backends.toml": ["+enabled = false"]},
    ),
    (
        "0.92.2",
        lambda files: extended(
            extended(files, "backends.toml", "\n[pipelex_gateway]\nenabled = true\n"),
            "backends/pipelex_gateway.toml",
            '[m]\nsdk = "x"\n',
        ),
        "gateway-retired",
        {"backends.toml": ["-enabled = true", "+enabled = false"]},
    ),
    # ---- models
    (
        "0.92.2",
        model("max_prompt_imges = 5"),
        "spec-invalid",
        {"backends/openai.toml": ["-max_prompt_imges = 5", "+max_prompt_images = 5"]},
    ),
    (
        "0.92.2",
        lambda files: edited(files, "backends/openai.toml", "max_tokens = 8192", 'max_tokens = "8192"'),
        "spec-invalid",
        {"backends/openai.toml": ['-max_tokens = "8192"', "+max_tokens = 8192"]},
    ),
    (
        "0.92.2",
        model('constraints = ["temperature_must_be_1", "max_tokens_must_be_high_enough"]'),
        "spec-invalid",
        {
            "backends/openai.toml": [
                '-constraints = ["temperature_must_be_1", "max_tokens_must_be_high_enough"]',
                '+listed_constraints = ["max_tokens_must_be_high_enough"]',
                "+valued_constraints = { fixed_temperature = 1 }",
            ]
        },
    ),
    (
        "0.17.6",
        lambda files: edited(files, "backends/openai.toml", '[defaults]\nsdk = "openai"', 'default_sdk = "openai"'),
        "spec-not-a-table",
        {"backends/openai.toml": ['-default_sdk = "openai"', "+[defaults]", '+sdk = "openai"']},
    ),
    (
        "0.14.3",
        lambda files: edited(files, "backends/openai.toml", 'inputs = ["text"]', 'inputs = ["text", "structured"]'),
        "capability-misplaced",
        {"backends/openai.toml": ['-inputs = ["text", "structured"]', '+inputs = ["text"]']},
    ),
    (
        "0.14.3",
        lambda files: edited(
            files, "backends/openai.toml", "input = 3.0, output = 15.0", "input = 0.00015, output = 0.0006"
        ),
        "price-per-thousand",
        {
            "backends/openai.toml": [
                "-costs = { input = 0.00015, output = 0.0006 }",
                "+costs = { input = 0.15, output = 0.6 }",
            ]
        },
    ),
    (
        "0.10.2",
        lambda files: edited(files, "backends/openai.toml", "[gpt-4o-mini]", "[models.gpt-4o-mini]"),
        "seed-models-table",
        {"backends/openai.toml": ["-[models.gpt-4o-mini]", "+[gpt-4o-mini]"]},
    ),
    # ---- routing
    (
        "0.92.2",
        routed('active = "all"', 'active = "al"'),
        "profile-unknown",
        {"routing_profiles.toml": ['-active = "al"', '+active = "all"']},
    ),
    (
        "0.17.6",
        routing('\n[profiles.mine]\ndefault = "openai"\n'),
        "routing-invalid",
        {"routing_profiles.toml": ['+description = "Routing profile mine"']},
    ),
    (
        "0.10.2",
        routing('\n[profiles.mine]\ndescription = "x"\ndefualt = "openai"\n'),
        "routing-invalid",
        {"routing_profiles.toml": ['-defualt = "openai"', '+default = "openai"']},
    ),
    (
        "0.92.2",
        routing('\n[profiles.all.optional_routes]\n"claude-*" = "anthropic"\n'),
        "route-duplicate",
        {"routing_profiles.toml": ['-"claude-*" = "anthropic"']},
    ),
    (
        "0.92.2",
        routing('"gpt-*" = "opnai"\n'),
        "route-backend-unknown",
        {"routing_profiles.toml": ['-"gpt-*" = "opnai"', '+"gpt-*" = "openai"']},
    ),
    (
        "0.92.2",
        lambda files: extended(
            extended(files, "backends.toml", "\n[mistral]\nenabled = false\n"),
            "routing_profiles.toml",
            '"mistral-*" = "mistral"\n',
        ),
        "route-backend-off",
        {"routing_profiles.toml": ['-"mistral-*" = "mistral"']},
    ),
    (
        "0.14.3",
        routing('"gpt-4o-mini" = "anthropic"\n'),
        "route-exact-miss",
        {"routing_profiles.toml": ['-"gpt-4o-mini" = "anthropic"', '+"gpt-4o-mini" = "openai"']},
    ),
    (
        "0.92.2",
        routing('"claude-4*" = "anthropic"\n'),
        "route-never-wins",
        {"routing_profiles.toml": ['-"claude-4*" = "anthropic"']},
    ),
    (
        "0.92.2",
        routing('"gpt-4o-minu" = "openai"\n'),
        "route-matches-nothing",
        {"routing_profiles.toml": ['-"gpt-4o-minu" = "openai"', '+"gpt-4o-mini" = "openai"']},
    ),
    (
        "0.92.2",
        routed('default = "openai"', 'default = "openai"\nfallback_order = ["openai", "antropic"]'),
        "fallback-unknown",
        {
            "routing_profiles.toml": [
                '-fallback_order = ["openai", "antropic"]',
                '+fallback_order = ["openai", "anthropic"]',
            ]
        },
    ),
    # ---- the deck
    (
        "0.92.2",
        mine('[llm.presets]\np = { model = "gpt-4o-mini", temprature = 0.5 }\n'),
        "deck-invalid",
        {
            OWN: [
                '-p = { model = "gpt-4o-mini", temprature = 0.5 }',
                '+p = { model = "gpt-4o-mini", temperature = 0.5 }',
            ]
        },
    ),
    (
        "0.17.6",
        added("deck/zz.toml", '[llm.presets]\np = { model = "gpt-4o-mini", temperature = "0.5" }\n'),
        "deck-invalid",
        {
            "deck/zz.toml": [
                '-p = { model = "gpt-4o-mini", temperature = "0.5" }',
                '+p = { model = "gpt-4o-mini", temperature = 0.5 }',
            ]
        },
    ),
    (
        "0.92.2",
        mine('[img_gen.presets]\np = { model = "painter", quality = "low", nb_steps = 4 }\n'),
        "deck-invalid",
        {
            OWN: [
                '-p = { model = "painter", quality = "low", nb_steps = 4 }',
                '+p = { model = "painter", quality = "low" }',
            ]
        },
    ),
    (
        "0.17.6",
        added("deck/zz.toml", '[llm.choice_overrides]\nfor_text = "cheap"\n'),
        "deck-invalid",
        {"deck/zz.toml": ['+for_object = "disabled"']},
    ),
    (
        "0.17.6",
        added("deck/zz.toml", '[aliases]\nmany = ["nobody", "gpt-4o-mini"]\nthird = "many"\n'),
        "deck-invalid",
        {"deck/zz.toml": ['-third = "many"', '+third = "many"', "+[waterfalls]"]},
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\nmany = ["nobody", "gpt-4o-mini"]\nthird = "@many"\n'),
        "deck-invalid",
        {OWN: ['-third = "@many"', '+third = "~many"', "+[llm.waterfalls]"]},
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\nmany = ["gpt-4o-mini"]\n'),
        "deck-invalid",
        {OWN: ['-many = ["gpt-4o-mini"]', '+many = "gpt-4o-mini"']},
    ),
    (
        "0.92.2",
        added("deck/zz.toml", '[aliases]\n# both\nmany = ["nobody", "gpt-4o-mini"] # mine\nthird = "many"\n'),
        "deck-invalid",
        {
            "deck/zz.toml": [
                "-[aliases]",
                '-many = ["nobody", "gpt-4o-mini"] # mine',
                '-third = "many"',
                "+[llm.waterfalls]",
                '+many = ["nobody", "gpt-4o-mini"]  # mine',
                "+[llm.aliases]",
                '+third = "~many"',
            ]
        },
    ),
    (
        "0.14.3",
        added("deck/zz.toml", '[llm.waterfalls]\nw = ["@best-claude"]\n[llm.aliases]\nx = "~w"\n'),
        "waterfall-dead",
        {"deck/zz.toml": ["-[llm.waterfalls]", '-w = ["@best-claude"]', "+[aliases]", '+w = ["best-claude"]']},
    ),
    (
        "0.92.2",
        lambda files: with_override(files, '"cheap"', '"disabled"'),
        "override-unknown",
        {OWN: ["+[llm.choice_overrides]", '+for_text = "$cheap"']},
    ),
    (
        "0.14.3",
        lambda files: with_override(files, '"gpt-4o-mini"', '"disabled"'),
        "override-unknown",
        {"deck/overrides.toml": ["+[llm.choice_overrides]", '+for_text = "disabled"']},
    ),
    (
        "0.92.2",
        presets("p", "gpt-4o-mini", "temperature = 0.5\nmax_tokens = 9000"),
        "preset-max-tokens",
        {OWN: ["+[llm.presets]", "+p = { max_tokens = 8192 }"]},
    ),
    (
        "0.92.2",
        lambda files: model("valued_constraints = { fixed_temperature = 1 }")(
            mine('[llm.presets]\np = { model = "gpt-4o-mini", temperature = 0.5 }\ncheap = { temperature = 1 }\n')(
                files
            )
        ),
        "preset-temperature",
        {
            OWN: [
                '-p = { model = "gpt-4o-mini", temperature = 0.5 }',
                '+p = { model = "gpt-4o-mini", temperature = 1 }',
            ]
        },
    ),
    (
        "0.92.2",
        mine('[llm.presets]\np = { model = "gpt-4o-mini", temperature = 0.5, reasoning_effort = "high" }\n'),
        "setting-refused",
        {
            OWN: [
                '-p = { model = "gpt-4o-mini", temperature = 0.5, reasoning_effort = "high" }',
                '+p = { model = "gpt-4o-mini", temperature = 0.5 }',
            ]
        },
    ),
    # ---- references
    (
        "0.17.6",
        lambda files: edited(files, "deck/base_deck.toml", 'choice_default = "painter"', 'choice_default = "reader"'),
        "preset-wrong-type",
        {"deck/overrides.toml": ["+[img_gen]", '+choice_default = "painter"']},
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\none = "@two"\ntwo = "@one"\n'),
        "alias-cycle",
        {OWN: ['-one = "@two"', '+one = "claude-4-sonnet"']},
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\nclever = "nobody-knows"\n'),
        "alias-dead",
        {OWN: ['-clever = "nobody-knows"', '+clever = "claude-4-sonnet"']},
    ),
    (
        "0.14.3",
        added("deck/base_deck.toml", '\n[extract.presets.scan]\nmodel = "pages"\n'),
        "preset-dead",
        {"deck/overrides.toml": ["+[extract.presets]", '+scan = { model = "reader" }']},
    ),
    (
        "0.92.2",
        mine('[llm.waterfalls]\nw = ["nobody-knows"] # mine\n'),
        "waterfall-dead",
        {OWN: ['-w = ["nobody-knows"] # mine', '+w = ["nobody-knows", "claude-4-sonnet"] # mine']},
    ),
    ("0.92.2", presets("p", "@chain"), "preset-dead", {OWN: ["+[llm.presets]", '+p = { model = "~chain" }']}),
    ("0.92.2", presets("p", "$writing"), "preset-dead", {OWN: ["+[llm.presets]", '+p = { model = "@best-claude" }']}),
    (
        "0.17.6",
        presets("p", "@best-claude"),
        "preset-dead",
        {"deck/overrides.toml": ["+[llm.presets]", '+p = { model = "best-claude" }']},
    ),
    (
        "0.10.2",
        presets("p", "gpt-4o-minu"),
        "preset-dead",
        {"deck/overrides.toml": ["+[llm_presets]", '+p = { llm_handle = "gpt-4o-mini" }']},
    ),
    (
        "0.92.2",
        mine('[llm.aliases]\na = "@best-clade"\nb = "@a"\n'),
        "alias-dead",
        {OWN: ['-a = "@best-clade"', '+a = "@best-claude"']},
    ),
    (
        "0.92.2",
        mine('[llm.choice_defaults]\nfor_text = "cheap"\n'),
        "choice-dead",
        {OWN: ['-for_text = "cheap"', '+for_text = "$cheap"']},
    ),
    (
        "0.92.2",
        mine('[llm.choice_defaults]\nfor_text = { model = "gpt-4o-minu", temperature = 0.1 }\n'),
        "choice-dead",
        {
            OWN: [
                '-for_text = { model = "gpt-4o-minu", temperature = 0.1 }',
                '+for_text = { model = "gpt-4o-mini", temperature = 0.1 }',
            ]
        },
    ),
    (
        "0.92.2",
        mine('[llm.waterfalls]\nw = ["gpt-4o-minu"]\n'),
        "waterfall-dead",
        {OWN: ['-w = ["gpt-4o-minu"]', '+w = ["gpt-4o-mini"]']},
    ),
    (
        "0.14.3",
        lambda files: edited(files, "deck/base_deck.toml", "[aliases]", '[aliases]\n        w = ["gpt-4o-minu"]'),
        "alias-dead",
        {"deck/base_deck.toml": ['-w = ["gpt-4o-minu"]', '+w = ["gpt-4o-mini"]']},
    ),
    # ---- rarer ones
    (
        "0.92.2",
        lambda files: edited(files, "backends.toml", "[openai]\nenabled = true", "[openai]\nenabled = 1"),
        "backend-invalid",
        {"backends.toml": ["-enabled = 1", "+enabled = true"]},
    ),
    (
        "0.92.2",
        added("backends.toml", '\n[mine]\nmodel_specs_section = "x"\n'),
        "gateway-retired",
        {"backends.toml": ['-model_specs_section = "x"']},
    ),
    (
        "0.92.2",
        added(OWN, "[llm.alias]\n"),
        "deck-invalid",
        {OWN: ["-[llm.alias]", "+[llm.aliases]"]},
    ),
    (
        "0.10.2",
        lambda files: edited(files, "deck/base_deck.toml", "[aliases]", "[aliasses]"),
        "deck-invalid",
        {"deck/base_deck.toml": ["-[aliasses]", "+[aliases]"]},
    ),
    (
        "0.92.2",
        lambda files: {**files, "backends/openai.toml": 'default_sdk = "openai"\n' + files["backends/openai.toml"]},
        "spec-not-a-table",
        {"backends/openai.toml": ['-default_sdk = "openai"']},
    ),
    (
        "0.92.2",
        lambda files: {
            **files,
            "backends/openai.toml": 'default_sdk = "openai"\n[defaults]\nstructure_method = "instructor/openai_tools"\n'
            + files["backends/openai.toml"].partition("\n\n")[2],
        },
        "spec-not-a-table",
        {"backends/openai.toml": ['-default_sdk = "openai"', '+sdk = "openai"']},
    ),
    (
        "0.92.2",
        model('constraints = ["temperature_must_be_1"]'),
        "spec-invalid",
        {
            "backends/openai.toml": [
                '-constraints = ["temperature_must_be_1"]',
                "+valued_constraints = { fixed_temperature = 1 }",
            ]
        },
    ),
    (
        "0.92.2",
        model('constraints = ["temperature_must_be_multiplied_by_2"]'),
        "spec-invalid",
        {
            "backends/openai.toml": [
                '-constraints = ["temperature_must_be_multiplied_by_2"]',
                '+listed_constraints = ["temperature_must_be_multiplied_by_2"]',
            ]
        },
    ),
    (
        "0.92.2",
        mine('[llm.choice_defaults]\nfor_text = { model = "gpt-4o-mini", temperature = 0.5, max_tokens = 99999 }\n'),
        "preset-max-tokens",
        {
            OWN: [
                '-for_text = { model = "gpt-4o-mini", temperature = 0.5, max_tokens = 99999 }',
                '+for_text = { model = "gpt-4o-mini", temperature = 0.5, max_tokens = 8192 }',
            ]
        },
    ),
]


@pytest.mark.parametrize(
    ("release", "break_it", "code", "lines"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_fix_gives_the_expected_lines(
    release: str, break_it: Break, code: str, lines: dict[str, list[str]], tmp_path: Path
) -> None:
    tree = scene(tmp_path, release, break_it(minimal(release)))
    problem = next(one for one in tree.report.problems if one.code == code and fix_for(tree.report, one))
    fix = fix_for(tree.report, problem)
    assert fix is not None
    applied = tree.done(fix.intent, fix.layer)
    assert _lines(tree, applied) == lines
    assert isinstance(tree.view, Snapshot)
    for one in fixes_for(tree.report, problem):
        assert [*faults(tree.report, tree.view, problem, one)] == []


UNSAFE: list[tuple[str, Break, str]] = [
    (
        "0.92.2",
        lambda files: edited(files, "backends/openai.toml", "max_tokens = 8192", "max_tokens = true"),
        "spec-invalid",
    ),
    ("0.92.2", model("constraints = []\nlisted_constraints = []"), "spec-invalid"),
    (
        "0.92.2",
        lambda files: {
            **files,
            "backends/openai.toml": 'default_prompting_target = "openai"\n' + files["backends/openai.toml"],
        },
        "spec-not-a-table",
    ),
    (
        "0.92.2",
        lambda files: {**files, "backends/openai.toml": '[models.defaults]\nmodel_id = "x"\nsdk = "openai"\n'},
        "seed-models-table",
    ),
    ("0.92.2", mine("[llm.aliases]\nodd = [1, 2]\n"), "deck-invalid"),
    ("0.92.2", mine('[llm.aliases]\nchain = ["gpt-4o-mini", "claude-4-sonnet"]\n'), "deck-invalid"),
    ("0.92.2", backend('extra_config = { api_key = "x" }'), "extra-config-ignored"),
    ("0.92.2", mine("[aliases]\n"), "deck-invalid"),
    ("0.92.2", mine("aliases = 1\n"), "deck-invalid"),
]


@pytest.mark.parametrize(("release", "break_it", "code"), UNSAFE)
def test_unsafe_fix_is_not_offered(release: str, break_it: Break, code: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, release, break_it(minimal(release)))
    matching = [one for one in tree.report.problems if one.code == code]
    assert matching, [one.code for one in tree.report.problems]
    assert [fix_for(tree.report, one) for one in matching] == [None] * len(matching)


def test_names_that_are_there_already_are_not_overwritten(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", mine('[aliases]\nbest-claude = "gpt-4o-mini"\n')(minimal("0.92.2")))
    [problem] = [one for one in tree.report.problems if one.code == "deck-invalid"]
    [fix] = fixes_for(tree.report, problem)
    assert tree.refused(fix.intent, fix.layer).reason == "There is a name `best-claude` already."
    assert [*better_fixes(tree.report, tree.view, problem)] == []


def test_secret_fix_notes_the_variable_to_set_first(tmp_path: Path) -> None:
    files = edited(minimal("0.92.2"), "backends.toml", '"${OPENAI_API_KEY}"', '"a-key-of-a-test"')
    tree = Scene(inspect(tmp_path, files, release="0.92.2", environ={}))
    problem = next(one for one in tree.report.problems if one.code == "secret-literal")
    fix = fix_for(tree.report, problem)
    assert fix is not None
    notes = tree.done(fix.intent, fix.layer).notes
    assert notes[0] == "first add this line to ./.env, with the current key: OPENAI_API_KEY=..."
    assert not any("a-key-of-a-test" in note for note in notes)


def test_misspelled_setting_in_pipelex_toml_gets_the_nearest_name(tmp_path: Path) -> None:
    text = "[inference.model_deck]\nis_model_fallback_enabld = true\n"
    tree = scene(tmp_path, "0.92.2", {**minimal("0.92.2"), "../pipelex.toml": text})
    problem = next(one for one in tree.report.problems if one.code == "settings-invalid")
    fix = fix_for(tree.report, problem)
    assert fix is not None
    assert fix.sentence == "rename `is_model_fallback_enabld` to `is_model_fallback_enabled`"


@pytest.mark.parametrize(
    "text", ["[interpreter.feature_config]\nis_on = true\nother = 1\n", "[interpreter]\nfeature_config = 1\n"]
)
def test_unknown_setting_is_taken_out(text: str, tmp_path: Path) -> None:
    kept = "[run]\nexecution = 'local'\n"
    tree = scene(tmp_path, "0.92.2", {**minimal("0.92.2"), "../pipelex.toml": text + kept})
    problem = next(one for one in tree.report.problems if one.code == "settings-invalid")
    fix = fix_for(tree.report, problem)
    assert fix is not None
    assert fix.sentence == "take `interpreter.feature_config` out"
    [content] = tree.done(fix.intent).contents.values()
    assert isinstance(content, bytes)
    assert b"feature_config" not in content
    assert content.endswith(kept.encode())


def _lines(tree: Scene, applied: Applied) -> dict[str, list[str]]:
    diffs = changed(tree, applied)
    return {file: [line for line in lines if not line.startswith("+# Your own")] for file, lines in diffs.items()}


def test_route_fix_never_takes_models_from_their_backend(tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", routing('"gpt-*" = "antropic"\n')(minimal("0.92.2")))
    [problem] = [one for one in tree.report.problems if one.code == "route-backend-unknown"]
    sentences = [fix.sentence for fix in fixes_for(tree.report, problem)]
    assert sentences == ["send it to `openai`, an enabled backend", "delete the route `gpt-*`"]


def test_byte_order_mark_is_removed(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {**minimal("0.92.2")}
    files["backends.toml"] = b"\xef\xbb\xbf" + minimal("0.92.2")["backends.toml"].encode()
    tree = scene(tmp_path, "0.92.2", files)
    [problem] = [one for one in tree.report.problems if one.code == "file-bom"]
    fix = fix_for(tree.report, problem)
    assert fix is not None
    [content] = tree.done(fix.intent).contents.values()
    assert content == minimal("0.92.2")["backends.toml"].encode()


@pytest.mark.parametrize(
    ("break_", "code", "expected"),
    [
        (
            lambda files: edited(
                files, "backends.toml", "[openai]\n", '[openai]\n\n# of it\nextra_config = { r = "eu" } # ours\n\n'
            ),
            "extra-config-ignored",
            '# of it\nr = "eu"  # ours\n',
        ),
        (
            added("backends.toml", '\n[openai.extra_config]\nr = "eu" # ours\n# of x\nx = [1] # two\n'),
            "extra-config-ignored",
            'r = "eu"  # ours\n# of x\nx = [1]  # two\n',
        ),
        (
            lambda files: edited(files, "backends.toml", "[openai]", "# no\nmistral = false # yet\n\n[openai]"),
            "backend-not-a-table",
            "[mistral]\n# no\nenabled = false  # yet\n",
        ),
        (
            model('# why\nconstraints = ["temperature_must_be_1", "x"] # both'),
            "spec-invalid",
            '# why\nlisted_constraints = ["x"] # both\nvalued_constraints = { fixed_temperature = 1 }\n',
        ),
        (
            lambda files: edited(
                files, "backends/openai.toml", '[defaults]\nsdk = "openai"', 'default_sdk = "x" # for all'
            ),
            "spec-not-a-table",
            '[defaults]\nsdk = "x"  # for all\n',
        ),
    ],
)
def test_comments_go_with_their_keys(break_: Break, code: str, expected: str, tmp_path: Path) -> None:
    tree = scene(tmp_path, "0.92.2", break_(minimal("0.92.2")))
    fix = next(fix for fix in fixes(tree.report, tree.view) if fix.code == code)
    assert any(expected in content.decode() for content in tree.done(fix.intent).contents.values() if content)


def test_fix_texts_contain_no_secret(tmp_path: Path) -> None:
    secret = "sk-proj-1234567890abcdefghij"
    files = edited(minimal("0.92.2"), "backends.toml", '"${OPENAI_API_KEY}"', f'"{secret}"')
    tree = scene(tmp_path, "0.92.2", files)
    [fix] = [one for one in fixes(tree.report, tree.view) if one.code == "secret-literal"]
    applied = tree.done(fix.intent)
    texts = f"{fix} {fix.intent!r} {fix.intent.label} {fix.sentence} {applied.notes} {applied.steps} {applied!r}"
    assert secret not in texts
    assert "./.env" in fix.sentence
    assert "OPENAI_API_KEY=..." in fix.sentence


def test_fixed_real_tree_can_be_read(shared_trees: tuple[Path, ...]) -> None:
    root = next(tree for tree in shared_trees if "moodmeal" in str(tree)).parent.parent
    tree = scene_of(root)
    assert not tree.report.catalog.profiles
    problem = tree.report.problems[0]
    fix = fix_for(tree.report, problem)
    assert fix is not None
    assert fix.sentence == "line 18: write = for :"
    applied = tree.done(fix.intent)
    assert changed(tree, applied) == {"routing_profiles.toml": ['-"*": "blackboxai"', '+"*" = "blackboxai"']}
    after = tree.after(applied)
    assert [*after.catalog.profiles] == ["all_blackboxai"]
    assert "syntax" not in {one.code for one in after.problems}


def test_every_fix_solves_its_problem_in_real_trees(shared_trees: tuple[Path, ...]) -> None:
    for root in shared_trees:
        report = scene_of(root.parent.parent).report
        seen: set[str] = set()
        for problem in report.problems:
            fix = fix_for(report, problem) if problem.code not in seen else None
            if fix is not None:
                seen.add(problem.code)
                assert [*faults(report, Snapshot(), problem, fix)] == [], f"{root} {problem}"


def test_repeated_fixes_leave_no_fixable_problem(tmp_path: Path) -> None:
    files = mine('[llm.aliases]\na = "@best-clade"\n[llm.presets]\np = { model = "$writing", temprature = 0.5 }\n')(
        routed('active = "all"', 'active = "al"')(minimal("0.92.2"))
    )
    tree = scene(tmp_path, "0.92.2", files)
    for _ in range(9):
        available = fixes(tree.report, tree.view)
        if not available:
            break
        tree = tree.then(tree.done(available[0].intent, available[0].layer))
    assert [one for one in tree.report.problems if one.severity.value == "error"] == []


def test_every_diagnostic_has_a_fix_or_a_reason_against_one() -> None:
    assert set(FIXERS) == {diagnostic for diagnostic in DIAGNOSTICS.values() if not diagnostic.no_fix}


def test_random_broken_trees(tmp_path: Path) -> None:
    for release in RELEASES:
        stock_tree_or_skip(release)
    tally = run(RELEASES, 40, 3000, tmp_path, most=1)
    assert tally.faults == []
    assert sum(tally.tried.values()) > 150


def test_fixes_never_raise(tmp_path: Path) -> None:
    for release in RELEASES:
        stock_tree_or_skip(release)
    for _, report in reports(RELEASES, 40, 9000, tmp_path):
        for problem in report.problems:
            fixes_for(report, problem)


def test_problem_without_location_has_no_fix(tmp_path: Path) -> None:
    report = scene(tmp_path, "0.92.2").report
    for diagnostic in FIXERS:
        problem = Problem(diagnostic, Severity.ERROR, Check.PRESETS, "made up", subject="nobody")
        for fix in fixes_for(report, problem):
            assert isinstance(fix, Fix)
            apply_intent(report, Snapshot(), fix.intent, fix.layer)


@pytest.mark.parametrize("fixable", [True, False])
def test_names_and_routes_of_an_unread_file_get_no_fix_of_their_own(fixable: bool, tmp_path: Path) -> None:
    name = "backends/openai.toml"
    files = minimal("0.92.2")
    broken = f"{files[name]}\nx: 1\n" if fixable else f"{files[name]}\n@@@\n"
    report = inspect(tmp_path, {**files, name: broken}, release="0.92.2")
    assert [cause.effect for cause in report.causes if cause.code == "syntax" and cause.dead]
    assert {fix.code for fix in fixes(report)} == ({"syntax"} if fixable else set())
