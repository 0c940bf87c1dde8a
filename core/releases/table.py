"""Table of the behaviours in which releases differ when they read a tree."""

from __future__ import annotations

from typing import Any

from core.records import dataclass
from core.releases.number import Release, release_of


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a behaviour from release `since` on; `text` describes it in `pipedeck releases`."""

    since: Release
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that releases do differently, with the release of each change."""

    name: str
    title: str
    steps: tuple[Step, ...]

    def step(self, release: Release) -> Step:
        """The step in force in a release; releases before the first step get the first."""
        current = self.steps[0]
        for step in self.steps[1:]:
            if step.since <= release:
                current = step
        return current


def _behaviour(name: str, title: str, *steps: tuple[str, Any, str]) -> Behaviour:
    return Behaviour(name, title, tuple(Step(release_of(since), value, text) for since, value, text in steps))


TABLE: tuple[Behaviour, ...] = (
    _behaviour(
        "generation",
        "generation of the tree's shape",
        ("0.10.0", "G1", "flat deck (`[llm_presets]`, `[llm_choice_defaults]`)"),
        ("0.11.0", "G1.1", "deck sections `[llm]`, `[ocr]`, `[img_gen]` with `llm_handle`"),
        ("0.12.0", "G2", "`model` instead of `llm_handle`, `[extract]` instead of `[ocr]`"),
        ("0.15.0", "G2.1", "`[waterfalls]`, aliases are single names"),
        ("0.18.0b3", "G3", "aliases, waterfalls and presets per family; `$`, `@`, `~`"),
        ("0.78.0", "G3.1", "models are indexed by type and handle"),
    ),
    _behaviour(
        "load_order",
        "order of loading",
        ("0.10.0", "routing first", "routing profiles are read before backends"),
        ("0.15.0", "backends first", "backends are read before routing profiles"),
    ),
    _behaviour(
        "toml_reader",
        "TOML reader",
        ("0.10.0", "toml", "the old `toml` library: TOML 0.5"),
        ("0.12.0", "tomli", "`tomli`: TOML 1.0, and 1.1 from tomli 2.4"),
    ),
    _behaviour(
        "rewrites_files",
        "files as read",
        ("0.10.0", True, "are rewritten without the white space at the ends of lines"),
        ("0.11.0", False, "stay as they are"),
    ),
    _behaviour(
        "home_layer",
        "home configuration",
        ("0.10.0", False, "only the current directory's `.pipelex` is read"),
        ("0.18.0", True, "files missing in the project are read from the home directory's `.pipelex`"),
    ),
    _behaviour(
        "project_root",
        "project root",
        ("0.10.0", "start folder", "the folder that Pipelex is started in"),
        (
            "0.18.0",
            "markers",
            "the nearest folder upward with `.git`, `pyproject.toml`, `setup.py`, `setup.cfg`, `package.json` or `.hg`",
        ),
        ("0.29.0", "markers or .pipelex", "a folder holding `.pipelex` is a project root too"),
    ),
    _behaviour(
        "unreadable_markers_refused",
        "marker of a project that cannot be examined",
        ("0.10.0", False, "a link to itself is no marker"),
        ("0.84.0", True, "a link to itself stops the start, where the release meets it before another marker"),
    ),
    _behaviour(
        "first_start",
        "first start",
        ("0.10.0", "nothing", "nothing is copied"),
        ("0.18.0", "missing home", "the kit is copied into a home configuration directory that does not exist"),
        ("0.74.1", "empty home", "the kit is copied into one that does not exist or is empty"),
        ("0.79.0", "missing files", "missing kit files are copied; `inference` when it has no `backends.toml`"),
    ),
    _behaviour(
        "pipelex_home",
        "`PIPELEX_HOME`",
        ("0.10.0", False, "ignored"),
        ("0.74.1", True, "names the home configuration directory"),
    ),
    _behaviour(
        "override_files",
        "override files",
        ("0.10.0", False, "`backends_override.toml` and `routing_profiles_override.toml` are ignored"),
        ("0.56.0", True, "`backends_override.toml` and `routing_profiles_override.toml` are merged over the base"),
    ),
    _behaviour(
        "home_dotenv",
        "`.env` files",
        ("0.10.0", False, "`./.env` is read"),
        ("0.18.0", True, "the home `.env` is read, then `./.env`; both win over the shell"),
    ),
    _behaviour(
        "tree_path_setting",
        "place of the tree",
        ("0.10.0", "pipelex.toml", "`inference_config_path` in `./pipelex.toml` moves it"),
        ("0.11.0", ".pipelex/pipelex.toml", "`inference_config_path` in `.pipelex/pipelex.toml` moves it"),
        ("0.15.0", "", "always `.pipelex/inference`"),
    ),
    _behaviour(
        "deck_settings_section",
        "settings of the deck in `pipelex.toml`",
        ("0.10.0", "", "none"),
        ("0.15.0", "cogt.model_deck_config", "`[cogt.model_deck_config]`"),
        ("0.46.0", "inference.model_deck", "`[inference.model_deck]`"),
    ),
    _behaviour(
        "reads_pyproject",
        "`pyproject.toml` of the folder Pipelex starts in",
        ("0.10.0", True, "is read: one that is no TOML stops the start"),
        ("0.15.0", False, "is not read"),
    ),
    _behaviour(
        "settings_layout",
        "files layered over `pipelex.toml`",
        ("0.10.0", "project root", "`pipelex_local.toml`, `pipelex_<env>.toml` ... in the project's root"),
        ("0.18.0b1", "one folder", "those of the project's `.pipelex`, or else of the home's"),
        ("0.28.0", "home then project", "those of the home, then those of the project's `.pipelex`"),
    ),
    _behaviour(
        "settings_of_tests",
        "run modes whose `pipelex_<run mode>.toml` is in `tests` of the start folder",
        ("0.10.0", ("unit_test",), "`unit_test`"),
        ("0.16.0", ("unit_test", "ci_test", "codex_cloud_test"), "`unit_test`, `ci_test`, `codex_cloud_test`"),
    ),
    _behaviour(
        "settings_environment_variable",
        "variable that names the settings environment",
        ("0.10.0", "ENV", "`ENV`"),
        ("0.26.0", "ENVIRONMENT", "`ENVIRONMENT`"),
        ("0.27.0", "PIPELEX_ENV", "`PIPELEX_ENV`"),
    ),
    _behaviour(
        "run_modes",
        "values of `RUN_MODE`",
        ("0.10.0", ("normal", "unit_test"), "`normal`, `unit_test`; another stops the start"),
        ("0.10.2", (_MODES := ("normal", "unit_test", "ci_test")), "also `ci_test`"),
        ("0.16.0", (*_MODES, "codex_cloud", "codex_cloud_test"), "also `codex_cloud`, `codex_cloud_test`"),
    ),
    _behaviour(
        "without_vertexai",
        "run modes that leave out the backend `vertexai`",
        ("0.10.0", (), "none"),
        ("0.10.2", ("ci_test",), "`ci_test`"),
        ("0.16.0", ("ci_test", "codex_cloud_test"), "`ci_test`, `codex_cloud_test`"),
    ),
    _behaviour(
        "deck_layout",
        "deck layout",
        ("0.10.0", "flat", "`[aliases]`, `[llm_presets]`, `[llm_choice_defaults]`"),
        ("0.11.0", "ocr", "`[llm.presets]`, `[ocr]`, `[img_gen]`"),
        ("0.12.0", "nested", "`[llm.presets]`, `[extract]`, `[img_gen]`"),
        ("0.18.0b3", "families", "`[llm.aliases]`, `[llm.presets]`, ... for each family"),
    ),
    _behaviour(
        "handle_key",
        "key that names a preset's model",
        ("0.10.0", "llm_handle", "`llm_handle`"),
        ("0.12.0", "model", "`model`"),
    ),
    _behaviour(
        "alias_lists",
        "fallback chains in aliases",
        ("0.10.0", True, "an alias may be a list, tried in order"),
        ("0.15.0", False, "an alias is one name; chains are waterfalls"),
    ),
    _behaviour("waterfalls", "waterfalls", ("0.10.0", False, "none"), ("0.15.0", True, "lists of names, in order")),
    _behaviour(
        "merged_lists",
        "lists set by two deck files",
        ("0.10.0", "concatenated", "the second file's entries are appended to the first file's"),
        ("0.17.1", "replaced", "the second file's list replaces the first file's"),
    ),
    _behaviour(
        "model_defaults",
        "defaults of a backend file",
        ("0.10.0", "flat keys", "`default_sdk` and `default_prompting_target` at the top"),
        ("0.11.0", "defaults table", "a `[defaults]` table"),
    ),
    _behaviour(
        "unknown_model_keys",
        "unknown keys of a model",
        ("0.10.0", "refused", "refused"),
        ("0.18.0b1", "any header", "with a text value: a request header; else refused"),
        ("0.46.0", "hyphenated header", "a request header when hyphenated text; else refused"),
    ),
    _behaviour(
        "model_id_required",
        "`model_id` and `costs` of a model",
        ("0.10.0", True, "required"),
        ("0.18.0b1", False, "optional: the handle, and unknown prices"),
    ),
    _behaviour(
        "handle_field",
        "`handle` of a model table",
        ("0.10.0", False, "the table's name is the handle"),
        ("0.78.0", True, "a `handle` key may name it"),
    ),
    _behaviour(
        "empty_backend_refused",
        "an enabled backend that declares no model",
        ("0.10.0", False, "loads"),
        ("0.73.0", True, "is refused, except `internal`"),
    ),
    _behaviour(
        "gateway",
        "`pipelex_gateway`",
        ("0.10.0", "none", "an ordinary name"),
        ("0.18.0b1", "remote", "its models are listed by a server"),
        ("0.73.0", "none", "an ordinary name"),
        ("0.79.0", "retired", "refused when enabled or routed to"),
    ),
    _behaviour(
        "remote_sections",
        "`model_specs_section` of a backend",
        ("0.10.0", False, "has no effect"),
        ("0.56.0", True, "the service lists the models of the backend, under its terms"),
        ("0.73.0", False, "is refused: there is no service"),
    ),
    _behaviour(
        "all_prefixes_checked",
        "unknown prefix in a `${a|b}` list",
        ("0.10.0", False, "refused when reached"),
        ("0.75.0", True, "refused always"),
    ),
    _behaviour(
        "descriptive_placeholders",
        "`${VAR}` in fields that describe a backend or a model",
        ("0.10.0", "allowed", "replaced"),
        ("0.75.0", "refused", "refused"),
    ),
    _behaviour(
        "active_match",
        "check of the active profile's name",
        ("0.10.0", "exact", "must name a profile"),
        ("0.15.0", "substring", "a part of a profile's name passes the check, then crashes"),
        ("0.18.4", "exact", "must name a profile"),
    ),
    _behaviour(
        "routes_to_disabled",
        "routes to a disabled or unknown backend",
        ("0.10.0", "refused when used", "refused when a model is matched to it"),
        ("0.15.0", "refused", "refused, matched or not"),
    ),
    _behaviour(
        "disabled_routes_skipped",
        "matching",
        ("0.10.0", False, "every route takes part"),
        ("0.15.0", True, "routes to backends that are off take no part"),
    ),
    _behaviour(
        "fallback_order",
        "`fallback_order`",
        ("0.10.0", False, "refused"),
        ("0.15.0", True, "backends to try when the default has no such model"),
    ),
    _behaviour(
        "optional_routes",
        "`optional_routes`",
        ("0.10.0", "refused", "refused"),
        ("0.15.0", "ignored", "accepted and ignored"),
        ("0.37.0", "live", "take part while their backend is on"),
    ),
    _behaviour(
        "default_miss",
        "a model that the default backend does not declare",
        ("0.10.0", "other backends", "the other backends are tried, in file order"),
        ("0.15.0", "order then others", "`fallback_order` is tried, then the other backends"),
        ("0.16.0", "order or drop", "`fallback_order`, then the others; without it the model is dropped"),
        ("0.18.0b3", "order or internal", "`fallback_order`, then the others; without it only `internal`"),
    ),
    _behaviour(
        "methods_folder",
        "folder of methods",
        ("0.10.0", "pipelex_libraries/pipelines", "has to exist, and `tests/test_pipelines` in a test run mode"),
        ("0.12.0", "", "may be missing"),
    ),
    _behaviour(
        "unrouted_to_internal",
        "a model that no route and no default takes",
        ("0.10.0", False, "is dropped"),
        ("0.79.0", True, "is served by `internal` if it declares it"),
    ),
    _behaviour(
        "index",
        "models are looked up by",
        ("0.10.0", "name", "name"),
        ("0.78.0", "type and name", "type and name: one handle may serve several types"),
    ),
    _behaviour(
        "exact_miss",
        "an exact route to a backend that does not declare the model",
        ("0.10.0", "error", "is refused"),
        ("0.78.0", "error when undeclared", "is refused when it declares the name under no type"),
    ),
    _behaviour(
        "cycle_guard",
        "cycles of aliases and waterfalls",
        ("0.10.0", "none", "crash when used"),
        ("0.18.0b3", "aliases", "alias cycles resolve to nothing; waterfall cycles crash when used"),
        ("0.78.0", "all", "resolve to nothing"),
    ),
    _behaviour(
        "wrong_type_stops",
        "a model of that name but another type",
        ("0.10.0", False, "types are not looked at"),
        ("0.18.0b3", True, "ends the search"),
        ("0.78.0", False, "the search goes on to aliases and waterfalls"),
    ),
    _behaviour(
        "inner_waterfall_exhausted",
        "a waterfall inside a waterfall with no served entry",
        ("0.10.0", "ends the outer", "ends the outer one too"),
        ("0.78.0", "the outer goes on", "is passed over"),
    ),
    _behaviour(
        "sigils",
        "`$preset`, `@alias`, `~waterfall`",
        ("0.10.0", False, "no meaning"),
        ("0.18.0b3", True, "say what a reference is"),
    ),
    _behaviour(
        "choice_strings",
        "a name in a choice",
        ("0.10.0", "presets", "a preset"),
        ("0.11.0", "presets then models", "a preset, else a model, alias or waterfall"),
        ("0.18.0b3", "sigils", "what its sigil says; bare: a model, alias or waterfall"),
    ),
    _behaviour(
        "preset_max_tokens_text",
        "`max_tokens` of a preset that is neither a number nor `auto`",
        ("0.10.0", "refused", "refused"),
        ("0.11.0", "silently none", "silently means no limit"),
        ("0.82.0", "refused", "refused"),
    ),
    _behaviour(
        "presets_checked_by_name",
        "presets that name no model",
        ("0.10.0", False, "load unnoticed"),
        ("0.15.0", True, "the first of each family is logged, or refused if `pipelex.toml` says so"),
    ),
    _behaviour(
        "thinking_budgets",
        "thinking budgets of a model",
        ("0.10.0", False, "not known, or not checked"),
        ("0.77.0", True, "whole numbers of 0 or more, the lower at most the upper"),
    ),
    _behaviour("costs_finite", "prices that are not finite", ("0.10.0", False, "load"), ("0.82.0", True, "refused")),
    _behaviour(
        "keyless_openai",
        "the key passed to the client of OpenAI for a backend without `api_key`",
        ("0.10.0", "none", "none: the client is not built unless OPENAI_API_KEY is set"),
        ("0.15.0", "empty", "an empty one, which newer clients (openai 2.34 on) refuse"),
        ("0.26.3", "dummy", "a dummy, which servers without keys ignore"),
    ),
    _behaviour(
        "method_ending",
        "ending of method files",
        ("0.10.0", ".plx", "`.plx`"),
        ("0.18.0", ".mthds", "`.mthds`; files that end in `.plx` are not read"),
    ),
    _behaviour(
        "model_keys",
        "key that names the model of a pipe",
        ("0.10.0", ("llm", "llm_to_structure", "ocr_model", "imgg_handle"), "`llm`, `ocr_model` or `imgg_handle`"),
        ("0.11.0", ("llm", "llm_to_structure", "ocr", "img_gen"), "`llm`, `ocr` or `img_gen`"),
        ("0.12.0", ("model", "model_to_structure"), "`model`"),
    ),
    _behaviour(
        "pipe_types",
        "types of pipes that use a model",
        ("0.10.0", ("PipeLLM", "PipeImgGen", "PipeOcr"), "`PipeLLM`, `PipeImgGen`, `PipeOcr`"),
        ("0.12.0", ("PipeLLM", "PipeImgGen", "PipeExtract"), "`PipeExtract` instead of `PipeOcr`"),
        ("0.19.0", (_PIPES := ("PipeLLM", "PipeImgGen", "PipeExtract", "PipeSearch")), "also `PipeSearch`"),
        ("0.29.0", (*_PIPES, "PipeStructure"), "also `PipeStructure`"),
        ("0.71.0", (*_PIPES, "PipeStructure", "PipeDocGen"), "also `PipeDocGen`"),
        ("0.72.0", (*_PIPES, "PipeStructure", "PipeDocGen", "PipeJudge"), "also `PipeJudge`"),
    ),
    _behaviour(
        "prompt_files",
        "images and documents that a model gets",
        ("0.10.0", "image inputs", "every image input, and no document"),
        ("0.18.0b1", "what the prompt reads", "the images and documents that the prompt reads"),
    ),
    _behaviour(
        "list_of_one",
        "an output of one, `Text[1]` or `nb_output = 1`",
        ("0.10.0", True, "is a list, and so structured output"),
        ("0.54.0", False, "is one value"),
    ),
)  # fmt: skip
