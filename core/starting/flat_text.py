"""The texts of the deck up to 0.17: plain names in one space, no signs, and what each release calls its sections."""

from __future__ import annotations

from collections.abc import Iterator

from core.dialects.shape import Field
from core.starting.deck_words import (
    DEFAULT_FOR_OBJECT,
    DEFAULT_FOR_TEXT,
    FIXED,
    GAP,
    IMAGES,
    NO_IMAGES,
    PLAIN_PRESETS,
    TIERS,
    Wanted,
)
from core.starting.lines import comment, document, header, pairs
from core.starting.lineup import IMAGES as IMAGE_MODELS
from core.starting.lineup import LLM, PAGES, Lineup

_HEAD = """\
The deck: names for the work of models, so that methods need not name a model.

An alias is another name for a model. A preset is a model with its settings, named after the work it is for; what a step
of a method asks for is a preset{or_else}.
"""
_ALIASES = "By strength and price. Repoint one, and everything that uses it follows."
_CHAINS = "By strength and price: of each list the first model that is served is taken."
_OVERRIDES = """\
Your own changes: read after base_deck.toml, this file wins wherever both set the same name.

Examples; take the signs away to try one:
  [{presets}]
  llm_to_reason = {{ {key} = "small-llm", temperature = 0.5 }}

  [{choices}]
  for_text = "cheap_llm_for_text"
  for_object = "cheap_llm_for_object"
"""

File = tuple[str, str]


def plain_files(lineup: Lineup) -> tuple[File, ...]:
    """The files of the deck: each with its path inside of `deck/` and its text."""
    return (("base_deck.toml", _base(lineup)), ("overrides.toml", _overrides(lineup)))


def plain_gaps(lineup: Lineup) -> tuple[str, ...]:
    """The families for which the release wants a default that nobody chosen can fill."""
    wanted = lineup.behaviours.deck_layout != "flat" and not any(lineup.models(IMAGE_MODELS))
    return ("img_gen",) if wanted else ()


def _base(lineup: Lineup) -> str:
    flat = lineup.behaviours.deck_layout == "flat"
    presets = ("llm_presets",) if flat else ("llm", "presets")
    defaults = ("llm_choice_defaults",) if flat else ("llm", "choice_defaults")
    fixed = any(model.temperature == "fixed" for tier in TIERS for model in lineup.tier(LLM, tier))
    return document(
        comment(_HEAD.format(or_else="" if flat else ", or a model, or an alias")),
        *_names(lineup),
        [*(comment(FIXED) if fixed else []), header(*presets), *_presets(lineup)],
        [
            *comment("For a step that names no model."),
            header(*defaults),
            *pairs({"for_text": DEFAULT_FOR_TEXT, "for_object": DEFAULT_FOR_OBJECT}),
        ],
        *([] if flat else [*_pages(lineup), *_images(lineup)]),
    )


def _names(lineup: Lineup) -> Iterator[list[str]]:
    """Aliases, and what takes the place of an alias where there are several models."""
    one: dict[str, object] = {}
    several: dict[str, object] = {}
    spaces = [(LLM, "llm")] if lineup.behaviours.deck_layout == "flat" else [(LLM, "llm"), (IMAGE_MODELS, "image")]
    for kind, word in spaces:
        for tier in TIERS:
            handles = [model.handle for model in lineup.tier(kind, tier)]
            if len(handles) > 1:
                several[f"{tier}-{word}"] = handles
            elif handles:
                one[f"{tier}-{word}"] = handles[0]
    if lineup.behaviours.alias_lists:
        yield [*comment(_CHAINS if several else _ALIASES), header("aliases"), *pairs({**one, **several})]
        return
    if one:
        yield [*comment(_ALIASES), header("aliases"), *pairs(one)]
    if several:
        yield [*comment(_CHAINS), header("waterfalls"), *pairs(several)]


def _presets(lineup: Lineup) -> Iterator[str]:
    for wanted in PLAIN_PRESETS:
        models = lineup.tier(LLM, wanted.tier)
        known = Field("", lambda _: None, since=wanted.since, until=wanted.until).known(lineup.release)
        if not known or not models:
            continue
        fixed = any(model.temperature == "fixed" for model in models)
        yield from comment(wanted.purpose)
        yield from pairs({wanted.name: _preset(wanted, lineup, fixed=fixed)})


def _preset(wanted: Wanted, lineup: Lineup, *, fixed: bool) -> dict[str, object]:
    temperature: float = 1 if fixed else wanted.temperature
    return {lineup.behaviours.handle_key: f"{wanted.tier}-llm", "temperature": temperature}


def _pages(lineup: Lineup) -> Iterator[list[str]]:
    """Taking pages out of documents: `ocr` in 0.11, `extract` from 0.12 on."""
    ocr = lineup.behaviours.deck_layout == "ocr"
    section, key = ("ocr", "ocr_handle") if ocr else ("extract", "model")
    reader = lineup.tier(PAGES, "pdf-text")[0].handle
    scans = lineup.tier(PAGES, "document")
    presets: dict[str, object] = {"extract_text_from_pdf": {key: reader, "max_nb_images": 100, "image_min_size": 50}}
    if scans:
        seen = {key: scans[0].handle, "max_nb_images": 100, "image_min_size": 50}
        presets["extract_text_from_visuals"] = seen
    default = list(presets)[-1]
    head = comment("Taking text and images out of documents.")
    yield [*head, header(section), *pairs({"choice_default": default})]
    yield [header(section, "presets"), *pairs(presets)]


def _images(lineup: Lineup) -> Iterator[list[str]]:
    key = "img_gen_handle" if lineup.behaviours.deck_layout == "ocr" else "model"
    if not any(lineup.models(IMAGE_MODELS)):
        words = GAP.format(release=f"Pipelex {lineup.release}", does="makes images", who="openai or fal")
        yield [*comment(words), header("img_gen"), *pairs({"choice_default": NO_IMAGES})]
        return
    yield [*comment("Making images."), header("img_gen"), *pairs({"choice_default": IMAGES[0].plain_name})]
    presets = {image.plain_name: {key: f"{image.tier}-image", "quality": image.quality} for image in IMAGES}
    yield [header("img_gen", "presets"), *pairs(dict(presets))]


def _overrides(lineup: Lineup) -> str:
    flat = lineup.behaviours.deck_layout == "flat"
    return document(
        comment(
            _OVERRIDES.format(
                presets="llm_presets" if flat else "llm.presets",
                choices="llm_choice_overrides" if flat else "llm.choice_overrides",
                key=lineup.behaviours.handle_key,
            )
        )
    )
