"""What a new deck holds: presets by the tier of model they want, and the words that go with them.

The names are those that the methods and the tools of Pipelex look for; everything else about them is our own.
"""

from __future__ import annotations

from typing import NamedTuple

SMALL, GENERAL, PREMIUM, VISION = "small", "general", "premium", "vision"
TIERS = (SMALL, GENERAL, PREMIUM, VISION)


class Wanted(NamedTuple):
    """A preset of a language model: its name, the tier it wants, its temperature, what it is for."""

    name: str
    tier: str
    temperature: float
    purpose: str
    since: str = "0.10"
    until: str = "9999"


PRESETS = (
    Wanted("writing-factual", GENERAL, 0.1, "Reports, notes, answers that stay with the facts"),
    Wanted("writing-factual-cheap", SMALL, 0.1, "The same, for much text and little money"),
    Wanted("writing-creative", PREMIUM, 0.9, "Stories, slogans, ideas"),
    Wanted("retrieval", GENERAL, 0.1, "What a long text says about a question"),
    Wanted("engineering-structured", PREMIUM, 0.2, "Objects with many fields, filled with care"),
    Wanted("engineering-code", PREMIUM, 0.1, "Programs"),
    Wanted("engineering-codebase-analysis", PREMIUM, 0.1, "How a whole program works"),
    Wanted("deep-analysis", PREMIUM, 0.5, "Questions that need thought"),
    Wanted("img-gen-prompting", GENERAL, 0.5, "Prompts for models that make images"),
    Wanted("pipe-builder-engineering", PREMIUM, 0.2, "Asked for by the builder of Pipelex itself", "0.18", "0.42"),
    Wanted("vision", VISION, 0.3, "What is seen in an image"),
    Wanted("vision-table", VISION, 0.1, "Tables in an image"),
)
"""From 0.18 on."""

PLAIN_PRESETS = (
    Wanted("cheap_llm_for_text", SMALL, 0.5, "Text, for little money"),
    Wanted("cheap_llm_for_object", SMALL, 0.1, "Objects, for little money"),
    Wanted("llm_for_factual_writing", GENERAL, 0.1, "Reports, notes, answers that stay with the facts"),
    Wanted("llm_for_creative_writing", PREMIUM, 0.9, "Stories, slogans, ideas"),
    Wanted("llm_to_retrieve", GENERAL, 0.1, "What a long text says about a question"),
    Wanted("llm_to_reason", PREMIUM, 0.5, "Questions that need thought"),
    Wanted("llm_to_engineer", PREMIUM, 0.2, "Programs and pipelines; asked for by the builder of Pipelex itself"),
    Wanted("llm_to_pipelex", PREMIUM, 0.2, "Asked for by the methods of Pipelex itself", until="0.11"),
    Wanted("llm_to_describe_img", VISION, 0.5, "Asked for by the methods of Pipelex itself", until="0.11"),
    Wanted("llm_for_img_to_text", VISION, 0.1, "What is seen in an image"),
)
"""Up to 0.17, where no sign says what a name is."""

DEFAULT_FOR_TEXT, DEFAULT_FOR_OBJECT = "llm_for_factual_writing", "cheap_llm_for_object"
"""What a step gets that names no model, up to 0.17."""


class Image(NamedTuple):
    """A preset of an image model."""

    name: str
    plain_name: str
    tier: str
    quality: str
    purpose: str


IMAGES = (
    Image("gen-image", "gen_image_basic", GENERAL, "medium", "An image"),
    Image("gen-image-fast", "gen_image_fast", SMALL, "low", "A sketch, soon and cheap"),
    Image("gen-image-high-quality", "gen_image_high_quality", PREMIUM, "high", "An image to show"),
)

FIXED = "The temperature is 1 wherever a model behind the name takes no other."
"""Said above presets whose natural temperature had to give way."""

NO_IMAGES, NO_SEARCH = "no-image-provider-yet", "no-search-provider-yet"
"""What a default names that the release insists on, when no chosen provider does that work."""

GAP = """\
{release} wants a default here, but no provider of this tree {does}: a step that asks for it fails, and its message then
shows this name. Once {who} is on, name one of its models instead.
"""
