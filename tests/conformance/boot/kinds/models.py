"""`backends/*.toml`: defaults, fields of models, types, rules, headers, handles, two models of one name."""

from __future__ import annotations

from ..draft import NORTH, PRICES, ROUTING, S_LARGE, SHUT, SOUTH, Draft
from ..registry import added, kind, lines, register, swapped

FIELDS = {
    "unknown text": 'note = "x"',
    "unknown number": "note = 1",
    "hyphenated text": 'x-note = "a"',
    "hyphenated number": "x-note = 1",
    "hyphenated empty": 'x-note = ""',
    "hyphenated umlaut value": 'x-note = "é"',
    "hyphenated line end value": 'x-note = "a\\nb"',
    "hyphenated tab value": 'x-note = "a\\tb"',
    "hyphenated blanks value": 'x-note = " a "',
    "hyphenated placeholder": 'x-note = "${HEADER}"',
    "hyphenated umlaut placeholder": 'x-note = "${HEADER_UMLAUT}"',
    "hyphenated line end placeholder": 'x-note = "${HEADER_LINES}"',
    "hyphenated empty placeholder": 'x-note = "${HEADER_EMPTY}"',
    "hyphenated blanks placeholder": 'x-note = "${HEADER_BLANKS}"',
    "hyphenated in capitals": 'X-Note = "a"',
    "hyphenated with blank": '"x-no te" = "a"',
    "hyphenated with colon": '"x-no:te" = "a"',
    "hyphenated with umlaut": '"x-nöte" = "a"',
    "hyphen last": '"note-" = "a"',
    "hyphen first": '"-note" = "a"',
    "hyphenated known": 'max-tokens = "5"',
    "hyphenated known prompt": 'max-prompt-images = "3"',
    "hyphenated known type": 'model-type = "llm"',
    "hyphenated known sdk": 'model-id = "x"',
    "underscored header": 'x_note = "a"',
    "headers table": 'headers = { "x-a" = "b" }',
    "extra headers table": 'extra_headers = { "x-a" = "b" }',
    "extra headers text": 'extra_headers = "b"',
    "content-length": 'content-length = "5"',
    "enabled false": "enabled = false",
    "enabled text": 'enabled = "no"',
    "enabled one": "enabled = 1",
    "name": 'name = "other"',
    "name number": "name = 5",
    "backend name": 'backend_name = "other"',
    "handle": 'handle = "s-renamed"',
    "handle of another": 'handle = "s-small"',
    "handle of another with a type": 'handle = "s-small"\nmodel_type = "text_extractor"',
    "handle empty": 'handle = ""',
    "handle blank": 'handle = " "',
    "handle with blanks": 'handle = " s-large "',
    "handle with sigil": 'handle = "@s"',
    "handle with prefix": 'handle = "alias:s"',
    "handle number": "handle = 5",
    "handle placeholder": 'handle = "${HEADER}"',
    "handle with colon": 'handle = "s:free"',
    "handle with umlaut": 'handle = "sü"',
    "sdk empty": 'sdk = ""',
    "sdk number": "sdk = 5",
    "sdk of no release": 'sdk = "no_such"',
    "sdk near": 'sdk = "openai_respnses"',
    "sdk placeholder": 'sdk = "${HEADER}"',
    "sdk in capitals": 'sdk = "OpenAI"',
    "sdk of a plugin": 'sdk = "plugin:one"',
    "type llm": 'model_type = "llm"',
    "type in capitals": 'model_type = "LLM"',
    "type empty": 'model_type = ""',
    "type dash": 'model_type = "text-extractor"',
    "type unknown": 'model_type = "video"',
    "type number": "model_type = 5",
    "type image": 'model_type = "img_gen"',
    "type search": 'model_type = "search"',
    "type document": 'model_type = "doc_gen"',
    "type judgment": 'model_type = "judgment"',
    "type placeholder": 'model_type = "${TYPE}"',
    "most tokens text": 'max_tokens = "5"',
    "most tokens whole float": "max_tokens = 5.0",
    "most tokens auto": 'max_tokens = "auto"',
    "most images text": 'max_prompt_images = "5"',
    "most images float": "max_prompt_images = 5.0",
    "most images negative": "max_prompt_images = -5",
    "constraints": 'constraints = ["temperature_must_be_1"]',
    "constraints empty": "constraints = []",
    "constraints unknown": 'constraints = ["no_such"]',
    "constraints twice": 'constraints = ["temperature_must_be_1", "temperature_must_be_1"]',
    "constraints text": 'constraints = "temperature_must_be_1"',
    "listed constraints": 'listed_constraints = ["temperature_unsupported"]',
    "listed constraints thinking": 'listed_constraints = ["thinking_cannot_be_disabled"]',
    "listed constraints multiplied": 'listed_constraints = ["temperature_must_be_multiplied_by_2"]',
    "listed constraints of old": 'listed_constraints = ["temperature_must_be_1"]',
    "listed constraints table": "listed_constraints = {}",
    "valued constraints empty": "valued_constraints = {}",
    "valued constraints text": 'valued_constraints = "x"',
    "valued constraints text number": 'valued_constraints = { fixed_temperature = "1" }',
    "valued constraints negative": "valued_constraints = { fixed_temperature = -1 }",
    "valued constraints high": "valued_constraints = { fixed_temperature = 99 }",
    "budget negative": "valued_constraints = { min_thinking_budget = -1 }",
    "budget truth": "valued_constraints = { max_thinking_budget = true }",
    "budget float": "valued_constraints = { max_thinking_budget = 1.5 }",
    "budget whole float": "valued_constraints = { max_thinking_budget = 2.0 }",
    "budgets crossed": "valued_constraints = { min_thinking_budget = 9, max_thinking_budget = 1 }",
    "budgets equal": "valued_constraints = { min_thinking_budget = 9, max_thinking_budget = 9 }",
    "thinking manual": 'thinking_mode = "manual"',
    "thinking adaptive": 'thinking_mode = "adaptive"',
    "thinking unknown": 'thinking_mode = "often"',
    "thinking truth": "thinking_mode = true",
    "thinking in capitals": 'thinking_mode = "Manual"',
    "variant": 'variant = "v"',
    "variant number": "variant = 2",
    "variant empty": 'variant = ""',
    "endpoint path": 'endpoint_path = "/x"',
    "endpoint path number": "endpoint_path = 5",
    "structure method": 'structure_method = "instructor/json"',
    "structure method tools": 'structure_method = "instructor/openai_tools"',
    "structure method unknown": 'structure_method = "json"',
    "structure method number": "structure_method = 5",
    "prompting target": 'prompting_target = "openai"',
    "prompting target unknown": 'prompting_target = "nobody"',
    "prompting target number": "prompting_target = 5",
    "prompting target and a typo": 'prompting_target = "openai"\nmax_token = 5',
    "rules": 'rules = { prompt = "positive_only" }',
    "rules list": 'rules = ["prompt"]',
    "rules empty": "rules = {}",
    "rules text": 'rules = "prompt"',
    "rules unknown": 'rules = { no_such = "x" }',
    "rules unknown value": 'rules = { prompt = "no_such" }',
    "rules number": "rules = { prompt = 1 }",
    "rules in capitals": 'rules = { Prompt = "positive_only" }',
    "rules late": 'rules = { output_compression = "unavailable", input_fidelity = "unavailable" }',
    "rules model choice": 'rules = { model_choice = "model_id" }',
    "rules model name": 'rules = { model_name = "model_id" }',
    "vertex": 'aws_region = "x"',
    "model specs": "model_specs = {}",
    "extra config": "extra_config = { a = 1 }",
    "self": 'self = "x"',
    "dunder": '__class__ = "x"',
}
HEADER_VALUES = {
    "HEADER": "plain",
    "HEADER_UMLAUT": "é",
    "HEADER_LINES": "a\nb",
    "HEADER_EMPTY": "",
    "HEADER_BLANKS": " a ",
    "TYPE": "llm",
}
for name, line in FIELDS.items():

    def with_field(draft: Draft, line: str = line) -> None:
        draft.env.update(HEADER_VALUES)
        draft.below(SOUTH, S_LARGE, line)

    def in_defaults(draft: Draft, line: str = line) -> None:
        draft.env.update(HEADER_VALUES)
        if draft.minor == 10:
            draft.files[SOUTH] = f"{line}\n{draft.text(SOUTH)}"
        else:
            first = "" if line.startswith("sdk") else 'sdk = "openai"\n'
            draft.swap(SOUTH, 'sdk = "openai"\n', f"{first}{line}\n")

    register(f"model with {name}", with_field)
    register(f"defaults with {name}", in_defaults)

VALUES = {
    "model id number": (S_LARGE, "model_id = 5"),
    "model id truth": (S_LARGE, "model_id = true"),
    "model id empty": (S_LARGE, 'model_id = ""'),
    "model id missing": (S_LARGE, ""),
    "model id placeholder": (S_LARGE, 'model_id = "${HEADER}"'),
    "model id empty placeholder": (S_LARGE, 'model_id = "${HEADER_EMPTY}"'),
    "model id placeholder missing": (S_LARGE, 'model_id = "${NOT_SET}"'),
    "inputs text": ('inputs = ["text"]', 'inputs = "text"'),
    "inputs empty": ('inputs = ["text"]', "inputs = []"),
    "inputs unknown": ('inputs = ["text"]', 'inputs = ["smell"]'),
    "inputs number": ('inputs = ["text"]', "inputs = [1]"),
    "inputs missing": ('inputs = ["text"]\n', ""),
    "inputs twice": ('inputs = ["text"]', 'inputs = ["text", "text"]'),
    "inputs placeholder": ('inputs = ["text"]', 'inputs = ["${HEADER}"]'),
    "outputs missing": ('outputs = ["text"]\n', ""),
    "prices missing": (PRICES, ""),
    "prices empty": (PRICES, "costs = {}"),
    "prices text": (PRICES, 'costs = "free"'),
    "prices number": (PRICES, "costs = 5"),
    "prices list": (PRICES, "costs = [1]"),
    "prices empty text": (PRICES, 'costs = ""'),
    "prices zero": (PRICES, "costs = 0"),
    "prices false": (PRICES, "costs = false"),
    "prices unknown kind": (PRICES, "costs = { no_such = 1 }"),
    "prices in capitals": (PRICES, "costs = { Input = 1 }"),
    "prices cached": (PRICES, "costs = { input_cached = 1, output_reasoning = 1 }"),
    "prices of one kind": (PRICES, "costs = { input = 1 }"),
    "prices placeholder": (PRICES, 'costs = { input = "${HEADER}" }'),
    "prices placeholder key": (PRICES, 'costs = { "${HEADER}" = 1 }'),
    "prices negative and text": (PRICES, 'costs = { input = -1, output = "x" }'),
    "prices empty key": (PRICES, 'costs = { "" = 1 }'),
}
for name, (old, new) in VALUES.items():

    def with_value(draft: Draft, old: str = old, new: str = new) -> None:
        draft.env.update(HEADER_VALUES)
        draft.swap(SOUTH, old, new)

    register(f"model with {name}", with_value)

TOPS = {
    "number": "x = 1",
    "text": 'x = "y"',
    "list": "x = []",
    "truth": "x = true",
    "empty table": "x = {}",
    "defaults number": "defaults = 5",
    "defaults empty": "defaults = {}",
    "defaults text": 'defaults = "openai"',
    "default sdk": 'default_sdk = "anthropic"',
    "default prompting target": 'default_prompting_target = "openai"',
    "default prompting target unknown": 'default_prompting_target = "nobody"',
    "default sdk number": "default_sdk = 5",
    "default sdk empty": 'default_sdk = ""',
    "default unknown": 'default_max_tokens = "5"',
}
for name, line in TOPS.items():

    def on_top(draft: Draft, line: str = line) -> None:
        body = draft.model("s-large", extra='sdk = "openai"\n') if "default" in line else draft.text(SOUTH)
        draft.files[SOUTH] = f"{line}\n{body}"

    register(f"spec with a top {name}", on_top)

NAMES = {
    "a dot quoted": '"s-4.1"',
    "blanks": '"s 4"',
    "trailing blank": '"s-4 "',
    "slash": '"vendor/s-4"',
    "colon": '"s-4:free"',
    "at": '"@s-4"',
    "dollar": '"$s-4"',
    "tilde": '"~s-4"',
    "prefix": '"alias:s-4"',
    "handle prefix": '"handle:s-4"',
    "star": '"s-*"',
    "empty": '""',
    "blank": '" "',
    "umlaut": '"sü"',
    "placeholder": '"${HEADER}"',
    "capitals": '"S-Large"',
    "line end": '"s-\\n4"',
    "defaults in capitals": '"Defaults"',
    "models": '"models"',
    "of an alias": '"best"',
    "of a preset": '"plain"',
    "of a waterfall": '"falls"',
    "disabled": '"disabled"',
}
for name, written in NAMES.items():

    def named(draft: Draft, written: str = written) -> None:
        draft.env.update(HEADER_VALUES)
        draft.add(SOUTH, draft.model("new").replace("[new]", f"[{written}]"))
        draft.below(ROUTING, '"s-*" = "south"', f'{written} = "south"' if written != '"s-*"' else "")

    register(f"model name with {name}", named)


@kind(since=11)
def defaults_last(draft: Draft) -> None:
    draft.files[SOUTH] = draft.model("s-large") + draft.model("s-small") + '[defaults]\nsdk = "anthropic"\n'


@kind(since=11)
def defaults_inline(draft: Draft) -> None:
    draft.files[SOUTH] = 'defaults = { sdk = "anthropic", max_tokens = 5 }\n' + draft.model("s-large")


@kind(since=11)
def defaults_for_all_fields(draft: Draft) -> None:
    draft.files[SOUTH] = f'[defaults]\nsdk = "openai"\nmodel_id = "same"\n{PRICES}\n[s-large]\n[s-small]\n'


@kind(since=11)
def defaults_and_nothing_else(draft: Draft) -> None:
    draft.files[SOUTH] = '[defaults]\nsdk = "openai"\n'


@kind()
def no_sdk_anywhere(draft: Draft) -> None:
    draft.files[SOUTH] = draft.model("s-large")


@kind()
def sdk_per_model(draft: Draft) -> None:
    draft.files[SOUTH] = draft.model("s-large", extra='sdk = "openai"\n') + draft.model("s-small", extra='sdk = "x"\n')


@kind()
def models_below_a_models_table(draft: Draft) -> None:
    draft.files[SOUTH] = draft.defaults() + draft.model("s-large").replace("[s-large]", "[models.s-large]")


@kind()
def models_as_an_array(draft: Draft) -> None:
    draft.files[SOUTH] = draft.defaults() + draft.model("s-large").replace("[s-large]", "[[s-large]]")


@kind()
def two_types_in_two_backends(draft: Draft) -> None:
    draft.add(SOUTH, draft.model("n-large", extra='model_type = "text_extractor"\nsdk = "mistral"\n'))


@kind()
def two_types_routed_by_pattern(draft: Draft) -> None:
    two_types_in_two_backends(draft)
    draft.below(ROUTING, '"s-*" = "south"', '"n-*" = "south"')


@kind()
def two_types_routed_exactly(draft: Draft) -> None:
    two_types_in_two_backends(draft)
    draft.below(ROUTING, '"s-*" = "south"', '"n-large" = "south"')


@kind()
def two_types_by_default(draft: Draft) -> None:
    two_types_in_two_backends(draft)
    draft.swap(ROUTING, 'default = "north"', 'default = "south"')


@kind(since=78)
def two_types_in_one_file(draft: Draft) -> None:
    draft.add(
        SOUTH, draft.model("s-scan", extra='handle = "s-large"\nmodel_type = "text_extractor"\nsdk = "mistral"\n')
    )


@kind(since=78)
def two_models_of_one_handle(draft: Draft) -> None:
    draft.add(SOUTH, draft.model("s-other", extra='handle = "s-large"\n'))


@kind(since=78)
def handles_swapped(draft: Draft) -> None:
    draft.below(SOUTH, "[s-large]", 'handle = "s-small"')
    draft.below(SOUTH, "[s-small]", 'handle = "s-large"')


added("spec not read with a fault", SHUT, "\n[c-two]\nno_such = 1\n")
added("two faulty models", SOUTH, "\n[bad-one]\nsdk = 5\n\n[bad-two]\nno_such = [1]\n")
added("faulty models in two files", NORTH, "\n[bad-one]\nsdk = 5\n")
lines("three faults in one model", SOUTH, S_LARGE, 'max_tokens = "x"\nno_such = 1\nthinking_mode = "x"')
swapped("model id of two kinds", SOUTH, S_LARGE, 'model_id = ["a", "b"]')
