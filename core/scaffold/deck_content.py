"""The content of a new deck: presets by model tier, and the comments around them.

The names are those that the methods and tools of Pipelex refer to.
"""

from __future__ import annotations

from typing import NamedTuple

from core.dialects.table_schema import Field
from core.releases import Release
from core.scaffold.templates import ModelTemplate

SMALL, GENERAL, PREMIUM, VISION = TIERS = ("small", "general", "premium", "vision")


class DeckPreset(NamedTuple):
    """A preset of a language model: its name, model tier, temperature and purpose, and the releases that use it."""

    name: str
    tier: str
    temperature: float
    purpose: str
    since: str = "0.10"
    until: str = "9999"

    def supported_by(self, release: Release) -> bool:
        """Whether a release uses this preset."""
        return Field("", lambda _: None, since=self.since, until=self.until).exists_in(release)


PRESETS = (
    DeckPreset("writing-factual", GENERAL, 0.1, "Reports, notes and factual answers"),
    DeckPreset("writing-factual-cheap", SMALL, 0.1, "Reports, notes and factual answers at low cost"),
    DeckPreset("writing-creative", PREMIUM, 0.9, "Stories, slogans, ideas"),
    DeckPreset("retrieval", GENERAL, 0.1, "Answers from a long text"),
    DeckPreset("engineering-structured", PREMIUM, 0.2, "Objects with many fields"),
    DeckPreset("engineering-code", PREMIUM, 0.1, "Programs"),
    DeckPreset("engineering-codebase-analysis", PREMIUM, 0.1, "Analysis of a whole codebase"),
    DeckPreset("deep-analysis", PREMIUM, 0.5, "Questions that need reasoning"),
    DeckPreset("img-gen-prompting", GENERAL, 0.5, "Prompts for image models"),
    DeckPreset("pipe-builder-engineering", PREMIUM, 0.2, "Used by the builder of Pipelex itself", "0.18", "0.42"),
    DeckPreset("vision", VISION, 0.3, "Description of an image"),
    DeckPreset("vision-table", VISION, 0.1, "Tables in an image"),
)
"""The presets from release 0.18 on."""

FLAT_PRESETS = (
    DeckPreset("cheap_llm_for_text", SMALL, 0.5, "Text at low cost"),
    DeckPreset("cheap_llm_for_object", SMALL, 0.1, "Objects at low cost"),
    DeckPreset("llm_for_factual_writing", GENERAL, 0.1, "Reports, notes and factual answers"),
    DeckPreset("llm_for_creative_writing", PREMIUM, 0.9, "Stories, slogans, ideas"),
    DeckPreset("llm_to_retrieve", GENERAL, 0.1, "Answers from a long text"),
    DeckPreset("llm_to_reason", PREMIUM, 0.5, "Questions that need reasoning"),
    DeckPreset("llm_to_engineer", PREMIUM, 0.2, "Programs and pipelines; used by the builder of Pipelex itself"),
    DeckPreset("llm_to_pipelex", PREMIUM, 0.2, "Used by the methods of Pipelex itself", until="0.11"),
    DeckPreset("llm_to_describe_img", VISION, 0.5, "Used by the methods of Pipelex itself", until="0.11"),
    DeckPreset("llm_for_img_to_text", VISION, 0.1, "Description of an image"),
)
"""The presets up to release 0.17, whose references have no sigils."""

DEFAULT_FOR_TEXT, DEFAULT_FOR_OBJECT = "llm_for_factual_writing", "cheap_llm_for_object"
"""The presets of a step without a model, up to release 0.17."""


class ImagePreset(NamedTuple):
    """A preset of an image model, with its name up to release 0.17."""

    name: str
    flat_name: str
    tier: str
    quality: str
    purpose: str


IMAGE_PRESETS = (
    ImagePreset("gen-image", "gen_image_basic", GENERAL, "medium", "An image"),
    ImagePreset("gen-image-fast", "gen_image_fast", SMALL, "low", "A fast, cheap sketch"),
    ImagePreset("gen-image-high-quality", "gen_image_high_quality", PREMIUM, "high", "An image for publication"),
)

FIXED_TEMPERATURE = "The temperature is 1 wherever a model behind the name accepts no other value."
"""The comment above presets whose temperature was replaced."""

NO_IMAGES, NO_SEARCH = "no-image-provider-yet", "no-search-provider-yet"
"""The model of a default that the release requires and no chosen provider serves."""

GAP_LABELS = {"img_gen": "makes images", "search": "searches the web"}
"""The work that no chosen provider does, by the family whose default is then missing."""
_GAP_PROVIDERS = {"img_gen": "openai, google or fal", "search": "linkup"}
_GAP = """\
{release} requires a default here, but no provider of this tree {task}: a step that needs it fails, and its message then
shows this name. After enabling {providers}, set one of its models instead.
"""


def gap_comment(family: str, release: Release, providers: str = "") -> str:
    """The comment above a default that no chosen provider can serve."""
    names = providers or _GAP_PROVIDERS[family]
    return _GAP.format(release=f"Pipelex {release}", task=GAP_LABELS[family], providers=names)


def has_fixed_temperature(*models: ModelTemplate) -> bool:
    """Whether one of these models accepts no temperature but 1."""
    return any(model.temperature == "fixed" for model in models)
