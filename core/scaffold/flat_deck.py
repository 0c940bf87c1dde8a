"""The deck files up to release 0.17: names without sigils, and sections named as each release reads them."""

from __future__ import annotations

from collections.abc import Iterator

from core.scaffold.deck_content import (
    DEFAULT_FOR_OBJECT,
    DEFAULT_FOR_TEXT,
    FIXED_TEMPERATURE,
    FLAT_PRESETS,
    IMAGE_PRESETS,
    NO_IMAGES,
    TIERS,
    gap_comment,
    has_fixed_temperature,
)
from core.scaffold.templates import IMAGES, LLM, PAGES, BackendSelection
from core.scaffold.toml_text import comment, document, pairs, table

_HEAD = """\
The deck: names for models, so that methods need not name a model.

An alias is another name for a model. A preset is a model with its settings, named after its purpose. A step of a method
refers to a preset{or_else}.
"""
_ALIASES = "By strength and price. Everything that uses an alias follows when it is repointed."
_CHAINS = "By strength and price: the first served model of each list is used."
_OVERRIDES = """\
Your own changes: this file is read after base_deck.toml and overrides its names.

Examples; uncomment one to try it:
  [{presets}]
  llm_to_reason = {{ {key} = "small-llm", temperature = 0.5 }}

  [{choices}]
  for_text = "cheap_llm_for_text"
  for_object = "cheap_llm_for_object"
"""

File = tuple[str, str]


def flat_files(selection: BackendSelection) -> tuple[File, ...]:
    """The path inside of `deck/` and the text of each file."""
    return (("base_deck.toml", _base(selection)), ("overrides.toml", _overrides(selection)))


def flat_gaps(selection: BackendSelection) -> tuple[str, ...]:
    """The families whose required default no chosen provider can fill."""
    required = selection.behaviours.deck_layout != "flat"
    return ("img_gen",) if required and not any(selection.models(IMAGES)) else ()


def _base(selection: BackendSelection) -> str:
    flat = selection.behaviours.deck_layout == "flat"
    defaults = {"for_text": DEFAULT_FOR_TEXT, "for_object": DEFAULT_FOR_OBJECT}
    fixed = has_fixed_temperature(*(model for tier in TIERS for model in selection.tier(LLM, tier)))
    return document(
        comment(_HEAD.format(or_else="" if flat else ", or a model, or an alias")),
        *_names(selection),
        [
            *(comment(FIXED_TEMPERATURE) if fixed else []),
            "[llm_presets]" if flat else "[llm.presets]",
            *_presets(selection),
        ],
        table("llm_choice_defaults" if flat else "llm.choice_defaults", defaults, "For a step without a model."),
        *([] if flat else [*_pages(selection), *_images(selection)]),
    )


def _names(selection: BackendSelection) -> Iterator[list[str]]:
    """Aliases for single models; lists or waterfalls for tiers with several models."""
    aliases: dict[str, object] = {}
    chains: dict[str, object] = {}
    spaces = [(LLM, "llm")] if selection.behaviours.deck_layout == "flat" else [(LLM, "llm"), (IMAGES, "image")]
    for kind, suffix in spaces:
        for tier in TIERS:
            handles = [model.handle for model in selection.tier(kind, tier)]
            if len(handles) > 1:
                chains[f"{tier}-{suffix}"] = handles
            elif handles:
                aliases[f"{tier}-{suffix}"] = handles[0]
    if selection.behaviours.alias_lists:
        yield table("aliases", {**aliases, **chains}, _CHAINS if chains else _ALIASES)
    else:
        yield table("aliases", aliases, _ALIASES)
        yield table("waterfalls", chains, _CHAINS)


def _presets(selection: BackendSelection) -> Iterator[str]:
    for preset in FLAT_PRESETS:
        models = selection.tier(LLM, preset.tier)
        if preset.supported_by(selection.release) and models:
            temperature: float = 1 if has_fixed_temperature(*models) else preset.temperature
            fields = {selection.behaviours.handle_key: f"{preset.tier}-llm", "temperature": temperature}
            yield from comment(preset.purpose)
            yield from pairs({preset.name: fields})


def _pages(selection: BackendSelection) -> Iterator[list[str]]:
    """The extraction of pages from documents: `ocr` in 0.11, `extract` from 0.12 on."""
    ocr = selection.behaviours.deck_layout == "ocr"
    section, key = ("ocr", "ocr_handle") if ocr else ("extract", "model")
    reader = selection.tier(PAGES, "pdf-text")[0].handle
    scans = selection.tier(PAGES, "document")
    presets: dict[str, object] = {"extract_text_from_pdf": {key: reader, "max_nb_images": 100, "image_min_size": 50}}
    if scans:
        presets["extract_text_from_visuals"] = {key: scans[0].handle, "max_nb_images": 100, "image_min_size": 50}
    yield table(section, {"choice_default": list(presets)[-1]}, "Extraction of text and images from documents.")
    yield table(f"{section}.presets", presets)


def _images(selection: BackendSelection) -> Iterator[list[str]]:
    key = "img_gen_handle" if selection.behaviours.deck_layout == "ocr" else "model"
    if not any(selection.models(IMAGES)):
        gap = gap_comment("img_gen", selection.release, "openai or fal")
        yield table("img_gen", {"choice_default": NO_IMAGES}, gap)
        return
    yield table("img_gen", {"choice_default": IMAGE_PRESETS[0].flat_name}, "Image generation.")
    presets = {image.flat_name: {key: f"{image.tier}-image", "quality": image.quality} for image in IMAGE_PRESETS}
    yield table("img_gen.presets", presets)


def _overrides(selection: BackendSelection) -> str:
    flat = selection.behaviours.deck_layout == "flat"
    presets, choices = ("llm_presets", "llm_choice_overrides") if flat else ("llm.presets", "llm.choice_overrides")
    key = selection.behaviours.handle_key
    return document(comment(_OVERRIDES.format(presets=presets, choices=choices, key=key)))
