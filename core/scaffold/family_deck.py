"""The deck files from release 0.18 on: a file for each family, with sigils in references."""

from __future__ import annotations

from core.dialects.deck_schema import sections_of
from core.scaffold.deck_content import (
    FIXED_TEMPERATURE,
    GENERAL,
    IMAGE_PRESETS,
    NO_IMAGES,
    NO_SEARCH,
    PRESETS,
    TIERS,
    VISION,
    DeckPreset,
    gap_comment,
    has_fixed_temperature,
)
from core.scaffold.templates import DOCUMENTS, IMAGES, JUDGMENTS, LLM, PAGES, SEARCH, BackendSelection
from core.scaffold.toml_text import comment, document, table

_NAMES = """\
Four kinds of names, distinguished by their sigil:
  $name   a preset: a model with its settings, named after its purpose
  @name   an alias: another name for a model
  ~name   a waterfall: a list of models, of which the first served one is used
  name    a model itself, by its handle from a file in backends/
"""
_LLM = """\
The deck: names for language models, so that methods need not name a model.

"""
_OWN = """
All files of this folder are merged in the order of their names; each overrides those before it. Pipelex itself
replaces only the numbered files (1_..., 2_...): x_custom_... files are yours.
"""
_DEFAULTS = "For a step without a model."
_ALIASES = "By strength and price. Everything that uses an alias follows when it is repointed."
_WATERFALLS = (
    "One model of each provider: the next is used when a provider is disabled or excluded by the active profile."
)
_OVERRIDES = """\
An override replaces the defaults above, not the model of a method. Uncomment to try it:
  [llm.choice_overrides]
  for_text = "@default-small"
"""
_PAGES = "Names for the extraction of text and images from documents."
_DOCUMENTS = "Names for document generation: the target format, then the source."

File = tuple[str, str]


def family_files(selection: BackendSelection) -> tuple[File, ...]:
    """The path inside of `deck/` and the text of each file."""
    makers = {
        "llm": _llm,
        "img_gen": _images,
        "extract": _pages,
        "search": _search,
        "doc_gen": _documents,
        "judgment": _judgments,
    }
    texts = {section.family: makers[section.family](selection) for section in sections_of(selection.behaviours)}
    return tuple((f"x_custom_{family}_deck.toml", text) for family, text in texts.items() if text)


def family_gaps(selection: BackendSelection) -> tuple[str, ...]:
    """The families whose required default no chosen provider can fill."""
    families = [section.family for section in sections_of(selection.behaviours)]
    required = {"img_gen": IMAGES, "search": SEARCH}
    return tuple(name for name, kind in required.items() if name in families and not any(selection.models(kind)))


def _llm(selection: BackendSelection) -> str:
    aliases, waterfalls = _tiers(selection, LLM)
    temperature = 1 if has_fixed_temperature(*selection.tier(LLM, GENERAL)) else 0.5
    defaults = {"default_temperature": temperature, "for_text": "@default-general", "for_object": "@default-general"}
    presets = {
        preset.name: _preset(preset, selection)
        for preset in PRESETS
        if preset.supported_by(selection.release) and selection.tier(LLM, preset.tier)
    }
    fixed = has_fixed_temperature(*(model for tier in TIERS for model in selection.tier(LLM, tier)))
    return document(
        comment(_LLM + _NAMES + _OWN),
        table("llm.choice_defaults", defaults, _DEFAULTS),
        table("llm.aliases", aliases, _ALIASES),
        table("llm.waterfalls", waterfalls, _WATERFALLS),
        table("llm.presets", presets, FIXED_TEMPERATURE if fixed else ""),
        comment(_OVERRIDES),
    )


def _preset(preset: DeckPreset, selection: BackendSelection) -> dict[str, object]:
    temperature: float = 1 if has_fixed_temperature(*selection.tier(LLM, preset.tier)) else preset.temperature
    return {"model": f"@{_alias(preset.tier)}", "temperature": temperature, "description": preset.purpose}


def _alias(tier: str) -> str:
    return "default-premium-vision" if tier == VISION else f"default-{tier}"


def _tiers(selection: BackendSelection, kind: str) -> tuple[dict[str, object], dict[str, object]]:
    """Aliases for the tiers, and their waterfalls where a tier has models of several providers."""
    aliases: dict[str, object] = {}
    waterfalls: dict[str, object] = {}
    for tier in TIERS:
        handles = [model.handle for model in selection.tier(kind, tier)]
        if len(handles) > 1:
            waterfalls[tier] = handles
            aliases[_alias(tier)] = f"~{tier}"
        elif handles:
            aliases[_alias(tier)] = handles[0]
    return aliases, waterfalls


def _images(selection: BackendSelection) -> str:
    section: dict[str, object] = {"choice_default": "$gen-image", "default_quality": "medium"}
    if not any(selection.models(IMAGES)):
        section["choice_default"] = NO_IMAGES
        return document(table("img_gen", section, gap_comment("img_gen", selection.release)))
    aliases, waterfalls = _tiers(selection, IMAGES)
    presets = {
        image.name: {"model": f"@{_alias(image.tier)}", "quality": image.quality, "description": image.purpose}
        for image in IMAGE_PRESETS
    }
    return document(
        table("img_gen", section, "Names for image models."),
        table("img_gen.aliases", aliases),
        table("img_gen.waterfalls", waterfalls),
        table("img_gen.presets", presets),
    )


def _pages(selection: BackendSelection) -> str:
    readers = [model.handle for name in ("document", "pdf-text") for model in selection.tier(PAGES, name)]
    aliases: dict[str, object] = {
        "default-extract-document": "~document" if len(readers) > 1 else readers[0],
        "default-text-from-pdf": readers[-1],
    }
    for name, tier in (("default-extract-image", "image"), ("default-extract-web-page", "web-page")):
        if models := selection.tier(PAGES, tier):
            aliases[name] = models[0].handle
    preset = {"model": "@default-extract-document", "max_nb_images": 100, "image_min_size": 50}
    return document(
        table("extract", {"choice_default": "$extract-document"}, _PAGES),
        table("extract.aliases", aliases),
        table("extract.waterfalls", {"document": readers} if len(readers) > 1 else {}),
        table("extract.presets", {"extract-document": preset}),
    )


def _search(selection: BackendSelection) -> str:
    settings = next(section.settings for section in sections_of(selection.behaviours) if section.family == "search")
    deep = any(field.name == "default_depth" and field.exists_in(selection.release) for field in settings)
    section: dict[str, object] = {"default_depth": "standard"} if deep else {}
    names = {"standard": selection.tier(SEARCH, GENERAL), "deep": selection.tier(SEARCH, "premium")}
    if not names["standard"]:
        section["choice_default"] = NO_SEARCH
        return document(table("search", section, gap_comment("search", selection.release)))
    section["choice_default"] = "$standard"
    presets = {
        name: {"model": models[0].handle, **({"depth": name} if deep else {}), "include_inline_citations": True}
        for name, models in names.items()
        if models
    }
    return document(
        table("search", section, "Names for web search."),
        table("search.aliases", {"default-search": names["standard"][0].handle}),
        table("search.presets", presets),
    )


def _documents(selection: BackendSelection) -> str:
    models = selection.tier(DOCUMENTS, GENERAL)
    if not models:
        return ""
    return document(
        table("doc_gen.choice_defaults", {"pdf.layout": "@default-pdf"}, _DOCUMENTS),
        table("doc_gen.aliases", {"default-pdf": models[0].handle}),
    )


def _judgments(selection: BackendSelection) -> str:
    models = selection.tier(JUDGMENTS, GENERAL)
    if not models:
        return ""
    return document(
        table("judgment", {"choice_default": "@default-judgment"}, "Names for judgments."),
        table("judgment.aliases", {"default-judgment": models[0].handle}),
    )
