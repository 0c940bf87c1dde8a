"""The behaviours of one release, typed."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from core.records import dataclass
from core.releases.number import Release
from core.releases.table import TABLE


@dataclass(frozen=True, slots=True)
class Behaviours:
    """The behaviours of one release that the code depends on.

    Rows of the table without a field are documentation: schemas of tables and the walk over names implement them.
    """

    release: Release
    generation: str
    load_order: Literal["routing first", "backends first"]
    toml_reader: Literal["toml", "tomli"]
    rewrites_files: bool
    home_layer: bool
    project_root: Literal["start folder", "markers", "markers or .pipelex"]
    unreadable_markers_refused: bool
    first_start: Literal["nothing", "missing home", "empty home", "missing files"]
    pipelex_home: bool
    override_files: bool
    home_dotenv: bool
    tree_path_setting: Literal["pipelex.toml", ".pipelex/pipelex.toml", ""]
    deck_settings_section: str
    settings_layout: Literal["project root", "one folder", "home then project"]
    settings_of_tests: tuple[str, ...]
    settings_environment_variable: str
    reads_pyproject: bool
    run_modes: tuple[str, ...]
    without_vertexai: tuple[str, ...]
    deck_layout: Literal["flat", "ocr", "nested", "families"]
    handle_key: Literal["llm_handle", "model"]
    alias_lists: bool
    waterfalls: bool
    merged_lists: Literal["concatenated", "replaced"]
    model_defaults: Literal["flat keys", "defaults table"]
    unknown_model_keys: Literal["refused", "any header", "hyphenated header"]
    model_id_required: bool
    handle_field: bool
    empty_backend_refused: bool
    gateway: Literal["none", "remote", "retired"]
    remote_sections: bool
    all_prefixes_checked: bool
    descriptive_placeholders: Literal["allowed", "refused"]
    active_match: Literal["exact", "substring"]
    routes_to_disabled: Literal["refused when used", "refused"]
    disabled_routes_skipped: bool
    fallback_order: bool
    optional_routes: Literal["refused", "ignored", "live"]
    default_miss: Literal["other backends", "order then others", "order or drop", "order or internal"]
    unrouted_to_internal: bool
    index: Literal["name", "type and name"]
    exact_miss: Literal["error", "error when undeclared"]
    cycle_guard: Literal["none", "aliases", "all"]
    inner_waterfall_exhausted: Literal["ends the outer", "the outer goes on"]
    sigils: bool
    choice_strings: Literal["presets", "presets then models", "sigils"]
    presets_checked_by_name: bool
    thinking_budgets: bool
    keyless_openai: Literal["none", "empty", "dummy"]
    methods_folder: str
    method_ending: Literal[".plx", ".mthds"]
    model_keys: tuple[str, ...]
    pipe_types: tuple[str, ...]
    prompt_files: Literal["image inputs", "what the prompt reads"]
    list_of_one: bool

    def __repr__(self) -> str:
        return f"Behaviours({self.release})"


@lru_cache(maxsize=64)
def behaviours_of(release: Release) -> Behaviours:
    """The behaviours of a release."""
    names = Behaviours.__annotations__
    return Behaviours(release=release, **{row.name: row.step(release).value for row in TABLE if row.name in names})
