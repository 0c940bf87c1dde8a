"""Random TOML of the keys that Pipelex knows, with valid and invalid values."""

from __future__ import annotations

from hypothesis import strategies as st

# fmt: off
KEYS = (
    "openai", "anthropic", "internal", "pipelex_gateway", "enabled", "endpoint", "api_key", "extra_config",
    "listed_constraints", "valued_constraints", "model_specs_section", "active", "profiles", "all", "description",
    "default", "routes", "optional_routes", "fallback_order", "gpt-*", "*", "*x*", "gpt-4o-mini", "claude-4-sonnet",
    "defaults", "models", "default_sdk", "default_prompting_target", "handle", "sdk", "model_id", "model_type",
    "inputs", "outputs", "costs", "input", "output", "max_tokens", "structure_method", "thinking_mode", "variant",
    "rules", "constraints", "fixed_temperature", "min_thinking_budget", "max_thinking_budget", "prompting_target",
    "endpoint_path", "X-Header", "aliases", "waterfalls", "presets", "llm", "ocr", "extract", "img_gen", "search",
    "doc_gen", "judgment", "llm_presets", "llm_choice_defaults", "llm_choice_overrides", "choice_defaults",
    "choice_overrides", "choice_default", "default_temperature", "default_quality", "for_text", "for_object",
    "llm_handle", "model", "temperature", "quality", "nb_steps", "cogt", "inference", "model_deck", "inference_config",
    "inference_config_path", "model_deck_config", "is_model_fallback_enabled", "missing_presets_reaction",
    "pdf.layout",
)
# fmt: on

TEXTS = st.sampled_from(
    [
        "",
        "openai",
        "anthropic",
        "internal",
        "pipelex_gateway",
        "all",
        "al",
        "gpt-4o-mini",
        "claude-4-sonnet",
        "best",
        "@best",
        "~best",
        "$best",
        "$",
        "@",
        "disabled",
        "auto",
        "low",
        "llm",
        "img_gen",
        "text",
        "${OPENAI_API_KEY}",
        "${NOBODY}",
        "${env:A|secret:OPENAI_API_KEY}",
        "${vault:X}",
        "true",
        "*",
        "..",
        "/",
        "\x1b[31m",
        "\u202e",
        "é",
        "a\nb",
    ]
)
NUMBERS = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "0.5",
        "1.5",
        "nan",
        "inf",
        "-inf",
        "9" * 25,
        "1" + "0" * 400,
        "0x" + "f" * 4000,
        "-0.0",
        "true",
        "false",
    ]
)
DATES = st.sampled_from(["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"])


def quoted(text: str) -> str:
    """A text as a TOML basic string."""
    escaped = "".join(char if char.isprintable() and char not in '"\\' else f"\\u{ord(char):04x}" for char in text)
    return f'"{escaped}"'


def _table(items: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{quoted(key)} = {value}" for key, value in items.items()) + " }"


SCALARS = TEXTS.map(quoted) | NUMBERS | DATES
NAMES = st.sampled_from([*KEYS, "best", "", "a.b", "é", "\x1b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(NAMES, inner, max_size=4).map(_table)
    ),
    max_leaves=12,
)


@st.composite
def toml_files(draw: st.DrawFn) -> str:
    """A file of these keys and values, at the top and in tables up to three levels deep."""
    lines = [f"{quoted(key)} = {value}" for key, value in draw(st.dictionaries(NAMES, VALUES, max_size=3)).items()]
    used: set[tuple[str, ...]] = {()}
    for path in draw(st.lists(st.lists(NAMES, min_size=1, max_size=3).map(tuple), max_size=4, unique=True)):
        if path in used or any(line.startswith(quoted(path[0])) for line in lines):
            continue
        used.add(path)
        lines.append("[" + ".".join(map(quoted, path)) + "]")
        lines += [f"{quoted(key)} = {value}" for key, value in draw(st.dictionaries(NAMES, VALUES, max_size=4)).items()]
    return "\n".join(lines) + "\n"
