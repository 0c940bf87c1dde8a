"""`backends.toml`: names, `enabled`, unknown keys, constraints, special backends."""

from __future__ import annotations

from ..case import Folder
from ..draft import BACKENDS, INTERNAL, PRICES, ROUTING, S_LARGE, SOUTH, TREE, Draft
from ..registry import added, kind, lines, register, swapped

ENABLED = {
    "missing": "",
    "true": "enabled = true",
    "zero": "enabled = 0",
    "one": "enabled = 1",
    "float zero": "enabled = 0.0",
    "not a number": "enabled = nan",
    "empty text": 'enabled = ""',
    "text false": 'enabled = "false"',
    "text true": 'enabled = "true"',
    "empty list": "enabled = []",
    "list of false": "enabled = [false]",
    "empty table": "enabled = {}",
    "table": "enabled = { a = 1 }",
    "date": "enabled = 2024-01-01",
    "placeholder": 'enabled = "${SHUT_ON}"',
    "in capitals": "Enabled = true",
}
for name, line in ENABLED.items():
    swapped(f"enabled {name}", BACKENDS, "enabled = false", line)

TOP = {
    "number": "x = 1",
    "text": 'x = "y"',
    "empty text": 'x = ""',
    "list": "x = [1]",
    "empty list": "x = []",
    "truth": "x = true",
    "false": "x = false",
    "date": "x = 2024-01-01",
    "empty table": "x = {}",
}
for name, line in TOP.items():

    def on_top(draft: Draft, line: str = line) -> None:
        draft.files[BACKENDS] = f"{line}\n\n{draft.text(BACKENDS)}"

    register(f"backend that is a {name}", on_top)

FIELDS = {
    "endpoint number": "endpoint = 1",
    "endpoint list": 'endpoint = ["a"]',
    "endpoint empty": 'endpoint = ""',
    "key number": "api_key = 123",
    "key truth": "api_key = true",
    "key table": "api_key = { a = 1 }",
    "key empty": 'api_key = ""',
}
for name, line in FIELDS.items():
    field = line.partition(" ")[0]
    old = 'endpoint = "https://south.example/v1"' if field == "endpoint" else 'api_key = "${SOUTH_KEY}"'
    swapped(f"backend {name}", BACKENDS, old, line)

EXTRA = {
    "unknown text": 'note = "x"',
    "unknown number": "note = 1",
    "unknown table": "note = { a = { b = [1] } }",
    "name": 'name = "other"',
    "display name": 'display_name = "South"',
    "display name number": "display_name = 5",
    "model specs": "model_specs = 5",
    "model specs table": "model_specs = {}",
    "model specs of models": 'model_specs = { x = { sdk = "openai" } }',
    "extra config": "extra_config = { a = 1 }",
    "extra config text": 'extra_config = "a"',
    "extra config list": "extra_config = [1]",
    "specs section": 'model_specs_section = "x"',
    "specs section number": "model_specs_section = 5",
    "listed constraints": 'listed_constraints = ["max_tokens_must_be_high_enough"]',
    "listed constraints unknown": 'listed_constraints = ["no_such"]',
    "listed constraints text": 'listed_constraints = "max_tokens_must_be_high_enough"',
    "listed constraints twice": 'listed_constraints = ["temperature_unsupported", "temperature_unsupported"]',
    "listed constraints number": "listed_constraints = [1]",
    "valued constraints": "valued_constraints = { fixed_temperature = 1 }",
    "valued constraints text": 'valued_constraints = { fixed_temperature = "1" }',
    "valued constraints unknown": "valued_constraints = { no_such = 1 }",
    "valued constraints list": "valued_constraints = [1]",
    "valued constraints not a number": "valued_constraints = { fixed_temperature = nan }",
    "valued constraints date": "valued_constraints = { fixed_temperature = 2024-01-01 }",
    "constraints of old": 'constraints = ["temperature_must_be_1"]',
    "self": 'self = "x"',
    "root": 'root = "x"',
    "model config": 'model_config = "x"',
    "class": 'class = "x"',
    "underscored": '__x__ = "x"',
    "headers": 'headers = { "x-a" = "b" }',
    "api version": "api_version = 5",
    "sdk": 'sdk = "openai"',
}
for name, line in EXTRA.items():
    lines(f"backend with {name}", BACKENDS, "[south]", line)

NAMES = {
    "dots": "a.b",
    "blanks": "so uth",
    "trailing blank": "south ",
    "capitals": "South",
    "umlaut": "süd",
    "emoji": "🚀",
    "slash": "sub/south",
    "climbing": "../backends/south",
    "climbing to the tree": "../up",
    "climbing far": "../../../outside",
    "climbing inside": "sub/../south",
    "dot": "./south",
    "absolute": "/south",
    "two slashes": "sub//south",
    "slash last": "sub/",
    "backslash": "sub\\\\south",
    "300 letters": "n" * 300,
    "NUL": "a\\u0000b",
    "line end": "a\\nb",
    "tab": "a\\tb",
    "empty": "",
    "only a dot": ".",
    "two dots": "..",
    "default": "default",
    "active": "active",
    "ending": "south.toml",
    "star": "so*th",
    "quote": "so'uth",
    "dollar": "${SOUTH_KEY}",
    "percent": "%s",
    "braces": "{x}",
}
for name, written in NAMES.items():

    def renamed(draft: Draft, written: str = written) -> None:
        draft.add(BACKENDS, f'\n["{written}"]\nenabled = true\n')
        plain = written.encode().decode("unicode_escape") if "\\" in written else written
        file = f"{TREE}backends/{plain}.toml"
        usable = plain and not plain.startswith("/") and "\x00" not in plain and len(plain) < 200
        if usable and file not in draft.files and not plain.endswith("/"):
            draft.files[file.replace("sub/../", "")] = draft.defaults() + draft.model("extra-one")
        if plain.startswith("sub/../"):
            draft.files[TREE + "backends/sub/keep.txt"] = ""

    register(f"backend name with {name}", renamed)


@kind()
def backend_without_a_file(draft: Draft) -> None:
    draft.add(BACKENDS, "\n[stranger]\nenabled = true\n")


@kind()
def backend_off_without_a_file(draft: Draft) -> None:
    draft.add(BACKENDS, "\n[stranger]\nenabled = false\n")


@kind()
def backends_all_off(draft: Draft) -> None:
    draft.files[BACKENDS] = draft.text(BACKENDS).replace("enabled = true", "enabled = false")


@kind()
def backends_all_off_but_internal(draft: Draft) -> None:
    text = draft.text(BACKENDS).replace("enabled = true", "enabled = false", 2)
    draft.files[BACKENDS] = text


@kind()
def south_off(draft: Draft) -> None:
    draft.swap(BACKENDS, "[south]\nenabled = true", "[south]\nenabled = false")


@kind()
def south_gone(draft: Draft) -> None:
    text = draft.text(BACKENDS)
    start = text.index("[south]")
    draft.files[BACKENDS] = text[:start] + text[text.index("[shut]") :]


@kind()
def internal_off(draft: Draft) -> None:
    draft.swap(BACKENDS, "[internal]\nenabled = true", "[internal]\nenabled = false")


@kind()
def internal_gone(draft: Draft) -> None:
    draft.swap(BACKENDS, "[internal]\nenabled = true\n", "")


@kind()
def internal_first(draft: Draft) -> None:
    internal_gone(draft)
    draft.files[BACKENDS] = "[internal]\nenabled = true\n\n" + draft.text(BACKENDS)
    draft.add(INTERNAL, draft.model("s-large", extra='sdk = "own"\n'))


@kind()
def internal_with_a_language_model(draft: Draft) -> None:
    draft.add(INTERNAL, draft.model("own-llm", extra='sdk = "own"\n'))


@kind()
def internal_with_a_routed_model(draft: Draft) -> None:
    draft.add(INTERNAL, draft.model("own-llm", extra='sdk = "own"\n'))
    draft.below(ROUTING, '"s-*" = "south"', '"own-*" = "internal"')


SPECIAL = ("pipelex_gateway", "pipelex_inference", "pipelex_manifold", "bedrock", "google", "azure_openai", "vertex")
for special in SPECIAL:
    for state in ("true", "false"):

        def with_special(draft: Draft, special: str = special, state: str = state) -> None:
            draft.add(BACKENDS, f'\n[{special}]\nenabled = {state}\napi_key = "k"\n')
            draft.files[f"{TREE}backends/{special}.toml"] = draft.defaults() + draft.model("special-one")

        register(f"backend {special} {'on' if state == 'true' else 'off'}", with_special)


@kind()
def manifold_with_a_specs_section(draft: Draft) -> None:
    draft.add(BACKENDS, '\n[pipelex_manifold]\nenabled = true\nmodel_specs_section = "x"\n')
    draft.files[TREE + "backends/pipelex_manifold.toml"] = draft.defaults() + draft.model("special-one")


@kind()
def specs_section_of_a_backend_that_is_off(draft: Draft) -> None:
    draft.below(BACKENDS, "[shut]", 'model_specs_section = "x"')


@kind()
def gateway_as_default(draft: Draft) -> None:
    draft.swap(ROUTING, 'default = "north"', 'default = "pipelex_gateway"')


@kind()
def gateway_routed(draft: Draft) -> None:
    draft.below(ROUTING, '"s-*" = "south"', '"zz-*" = "pipelex_gateway"')


@kind()
def gateway_profile(draft: Draft) -> None:
    draft.swap(ROUTING, 'active = "work"', 'active = "all_pipelex_gateway"')


@kind()
def gateway_profile_written(draft: Draft) -> None:
    draft.swap(ROUTING, 'active = "work"', 'active = "all_pipelex_gateway"')
    draft.files[ROUTING] = draft.text(ROUTING).replace("profiles.work", "profiles.all_pipelex_gateway")


@kind()
def constraints_of_backend_and_model(draft: Draft) -> None:
    draft.below(BACKENDS, "[south]", "valued_constraints = { fixed_temperature = 1 }")
    draft.below(SOUTH, S_LARGE, "valued_constraints = { fixed_temperature = 2 }")


@kind()
def budgets_of_backend_and_model_that_clash(draft: Draft) -> None:
    draft.below(BACKENDS, "[south]", "valued_constraints = { min_thinking_budget = 100 }")
    draft.below(SOUTH, S_LARGE, "valued_constraints = { max_thinking_budget = 10 }")


@kind()
def same_model_in_every_backend(draft: Draft) -> None:
    draft.add(INTERNAL, draft.model("shared", extra='sdk = "own"\n'))


added("backend without any key", BACKENDS, "\n[stranger]\n")
added("two faults in one file", BACKENDS, '\n[stranger]\nenabled = "yes"\nendpoint = 5\n')
added("model of a stranger", SOUTH, f'\n[s-odd]\nmodel_id = "x"\nsdk = "no_such_sdk"\n{PRICES}\n')

VERTEX = {
    "without fields": "",
    "without a project": 'gcp_location = "l"\ngcp_credentials_file_path = "account.json"\n',
    "without a location": 'gcp_project_id = "p"\ngcp_location = ""\ngcp_credentials_file_path = "account.json"\n',
    "without an account": 'gcp_project_id = "p"\ngcp_location = "l"\n',
    "with a placeholder": 'gcp_project_id = "p"\ngcp_location = "l"\ngcp_credentials_file_path = "placeholder-x"\n',
    "without its package": 'gcp_project_id = 5\ngcp_location = "l"\ngcp_credentials_file_path = "account.json"\n',
    "with a variable that is not set": 'gcp_project_id = "${GONE}"\n',
    "that is off": "enabled = false\n",
}
for name, text in VERTEX.items():

    def vertex(draft: Draft, text: str = text) -> None:
        draft.add(BACKENDS, f"\n[vertexai]\n{text}")
        draft.files[TREE + "backends/vertexai.toml"] = draft.defaults() + draft.model("v-one")

    def vertex_first(draft: Draft, text: str = text) -> None:
        draft.files[BACKENDS] = f"[vertexai]\n{text}\n[stranger]\nendpoint = 5\n" + draft.text(BACKENDS)
        draft.files[TREE + "backends/vertexai.toml"] = draft.defaults() + draft.model("v-one")

    register(f"vertexai {name}", vertex)
    register(f"vertexai {name} before a fault", vertex_first)


for mode in ("ci_test", "codex_cloud_test", "unit_test"):
    for name in ("without fields", "with a variable that is not set", "that is off", "routed to"):

        def vertex_in_ci(draft: Draft, mode: str = mode, text: str = VERTEX.get(name, ""), name: str = name) -> None:
            draft.env["RUN_MODE"] = mode
            draft.add(BACKENDS, f"\n[vertexai]\n{text}")
            if name == "routed to":
                draft.below(ROUTING, "[profiles.work.routes]", '"v-*" = "vertexai"')
            if draft.minor <= 11:
                draft.files["tests/test_pipelines"] = Folder()

        register(f"vertexai {name} in {mode}", vertex_in_ci, since=16 if "codex" in mode else 0)
for value in ("1", "false", "0", ""):
    for run_mode in ("", "normal"):

        def in_the_cloud(draft: Draft, value: str = value, run_mode: str = run_mode) -> None:
            draft.env |= {"CODEX_CLOUD": value, "RUN_MODE": run_mode}
            for folder in ("", ".pipelex/"):
                draft.files[f"{folder}pipelex_codex_cloud.toml"] = f"[{draft.deck_settings}]\nx = 1\n"

        register(f"variable CODEX_CLOUD {value!r} with RUN_MODE {run_mode!r}", in_the_cloud)
