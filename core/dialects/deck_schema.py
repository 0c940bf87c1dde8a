"""Schemas of the deck: its sections and presets, by release."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from core.dialects.model_schema import PROMPTING_TARGETS
from core.dialects.table_schema import (
    CrossCheck,
    Expectation,
    Fault,
    Field,
    TableSchema,
    Validator,
    boolean,
    integer,
    number,
    one_of,
    text,
)
from core.records import dataclass
from core.releases import Behaviours, Release

QUALITY = ("low", "medium", "high")
DOC_GEN_CHOICES = (
    "pdf.layout",
    "pdf.html",
    "xlsx.layout",
    "xlsx.template_file",
    "docx.layout",
    "docx.template_file",
    "pptx.template_file",
)


def _max_tokens(value: object) -> Expectation:
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    return None if value == "auto" else 'an integer or "auto"'


def _lenient_max_tokens(value: object) -> Expectation:
    # From 0.11 to 0.81 any value but a number silently means no limit; only a boolean is refused.
    return 'an integer or "auto"' if isinstance(value, bool) else None


def _not_both(first: str, second: str, kind: str) -> CrossCheck:
    def check(values: Mapping[str, object]) -> Fault | None:
        if first in values and second in values:
            return Fault((second,), values[second], f"{first} or {second}, not both", kind)
        return None

    return check


_DESCRIPTION = Field("description", text, since="0.18.0b3")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "max")


def _preset(
    label: str, handle_keys: tuple[tuple[str, str, str], ...], *fields: Field, cross_checks: tuple[CrossCheck, ...] = ()
) -> TableSchema:
    handles = tuple(Field(key, text, required=True, since=since, until=until) for key, since, until in handle_keys)
    return TableSchema(label, (*handles, *fields), cross_checks=cross_checks)


LLM_PRESET = _preset(
    "LLM preset",
    (("llm_handle", "0.10", "0.11"), ("model", "0.12", "9999")),
    _DESCRIPTION,
    Field("temperature", number(at_least=0, at_most=1), required=True),
    Field("max_tokens", _max_tokens, until="0.10", kind="max_tokens"),
    Field("max_tokens", _lenient_max_tokens, since="0.11", until="0.81"),
    Field("max_tokens", _max_tokens, since="0.82"),
    Field("image_detail", one_of("high", "low", "auto"), since="0.18.0b1"),
    *PROMPTING_TARGETS,
    Field("reasoning_effort", one_of(*_EFFORTS), since="0.18.0b3", until="0.23"),
    Field("reasoning_effort", one_of(*_EFFORTS, "xhigh"), since="0.24"),
    Field("reasoning_budget", integer(above=0), since="0.18.0b3"),
    cross_checks=(_not_both("reasoning_effort", "reasoning_budget", "value"),),
)

EXTRACT_PRESET = _preset(
    "extraction preset",
    (("ocr_handle", "0.11", "0.11"), ("model", "0.12", "9999")),
    _DESCRIPTION,
    Field("max_nb_images", integer(at_least=0)),
    Field("image_min_size", integer(at_least=0)),
)

IMG_GEN_PRESET = _preset(
    "image preset",
    (("img_gen_handle", "0.11", "0.11"), ("model", "0.12", "9999")),
    _DESCRIPTION,
    Field("quality", one_of(*QUALITY)),
    Field("nb_steps", integer(above=0)),
    Field("guidance_scale", number(above=0)),
    Field("is_moderated", boolean),
    Field("safety_tolerance", integer(at_least=1, at_most=6)),
    cross_checks=(_not_both("quality", "nb_steps", "quality and steps"),),
)

_SEARCH_DEPTH = one_of("standard", "deep")
SEARCH_PRESET = _preset(
    "search preset",
    (("model", "0.19", "9999"),),
    _DESCRIPTION,
    Field("depth", _SEARCH_DEPTH, required=True, since="0.19", until="0.19"),
    Field("include_images", boolean),
    Field("include_inline_citations", boolean),
    Field("max_results", integer(at_least=1)),
)

PLAIN_PRESET = _preset("preset", (("model", "0.12", "9999"),), _DESCRIPTION)


@dataclass(frozen=True)
class Section:
    """The deck section of a family: its choice keys and the schema of its presets."""

    family: str
    model_type: str
    preset: TableSchema
    since: str
    until: str = "9999"
    required: bool = True
    choices: str = "one"
    """`text and object`: choice_defaults.for_text; `one`: choice_default; `formats`: choice_defaults."pdf.html"."""
    choice_required: bool = True
    settings: tuple[Field, ...] = ()

    def exists_in(self, release: Release) -> bool:
        """Whether a release knows the section."""
        return Field("", lambda _: None, since=self.since, until=self.until).exists_in(release)


SECTIONS: tuple[Section, ...] = (
    Section("llm", "llm", LLM_PRESET, "0.11", choices="text and object"),
    Section("ocr", "text_extractor", EXTRACT_PRESET, "0.11", "0.11"),
    Section("extract", "text_extractor", EXTRACT_PRESET, "0.12"),
    Section(
        "img_gen",
        "img_gen",
        IMG_GEN_PRESET,
        "0.11",
        settings=(Field("default_quality", one_of(*QUALITY), required=True, since="0.18.0b3"),),
    ),
    Section(
        "search",
        "search",
        SEARCH_PRESET,
        "0.19",
        settings=(Field("default_depth", _SEARCH_DEPTH, required=True, since="0.19", until="0.19"),),
    ),
    Section("doc_gen", "doc_gen", PLAIN_PRESET, "0.71", required=False, choices="formats", choice_required=False),
    Section("judgment", "judgment", PLAIN_PRESET, "0.72", required=False, choice_required=False),
)

FLAT_SECTIONS = ("llm_presets", "llm_choice_defaults", "llm_choice_overrides")
"""The top-level deck tables of 0.10."""

DEFAULT_TEMPERATURE: Validator = number(at_least=0, at_most=1)


def sections_of(behaviours: Behaviours) -> tuple[Section, ...]:
    """The sections that a release knows, in the order it validates them."""
    return _sections_of(behaviours.release)


@lru_cache(maxsize=64)
def _sections_of(release: Release) -> tuple[Section, ...]:
    return tuple(section for section in SECTIONS if section.exists_in(release))


def family_of(model_type: str, behaviours: Behaviours) -> str:
    """The family of a model type in a release; up to 0.10 there is only `llm`."""
    for section in sections_of(behaviours):
        if section.model_type == model_type:
            return section.family
    return "llm" if behaviours.deck_layout == "flat" else model_type
