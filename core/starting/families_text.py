"""The texts of the deck from 0.18 on: a file for each family, whose names carry signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.dialects.deck_shape import sections_of
from core.dialects.shape import Field
from core.starting.deck_words import FIXED, GAP, GENERAL, IMAGES, NO_IMAGES, NO_SEARCH, PRESETS, TIERS, VISION, Wanted
from core.starting.lines import comment, document, header, pairs
from core.starting.lineup import DOCUMENTS, JUDGMENTS, LLM, PAGES, SEARCH, Lineup
from core.starting.lineup import IMAGES as IMAGE_MODELS
from core.starting.providers import Model

_NAMES = """\
Four kinds of names, told apart by their sign:
  $name   a preset: a model with its settings, named after the work it is for
  @name   an alias: another name for a model
  ~name   a waterfall: a list of models, the first that is served is taken
  name    a model itself, by the handle that a file in backends/ gives it
"""
_LLM = """\
The deck: names for the work of language models, so that methods need not name a model.

"""
_OWN = """
Every file of this folder counts, one over the other in the order of their names. Pipelex itself replaces only the
numbered ones (1_..., 2_...): what stands in x_custom_... is yours.
"""
_DEFAULTS = "For a step that names no model."
_ALIASES = "By strength and price. Repoint one, and everything that uses it follows."
_WATERFALLS = "One model of each provider: the next is taken when a provider is off, or left out by the active profile."
_OVERRIDES = """\
An override wins over the defaults above, not over what a method asks for. Take the signs away to try it:
  [llm.choice_overrides]
  for_text = "@default-small"
"""

File = tuple[str, str]


def family_files(lineup: Lineup) -> tuple[File, ...]:
    """The files of the deck: each with its path inside of `deck/` and its text."""
    makers = {"llm": _llm, "img_gen": _images, "extract": _pages, "search": _search, "doc_gen": _documents}
    out = []
    for section in sections_of(lineup.behaviours):
        text = {**makers, "judgment": _judgments}[section.family](lineup)
        if text:
            out.append((f"x_custom_{section.family}_deck.toml", text))
    return tuple(out)


def gaps(lineup: Lineup) -> tuple[str, ...]:
    """The families for which the release wants a default that nobody chosen can fill."""
    wanted = {"img_gen": IMAGE_MODELS, "search": SEARCH}
    known = [section.family for section in sections_of(lineup.behaviours)]
    return tuple(name for name, kind in wanted.items() if name in known and not any(lineup.models(kind)))


def _llm(lineup: Lineup) -> str:
    aliases, waterfalls = _tiers(lineup, LLM, TIERS)
    temperature = 1 if _fixed(lineup.tier(LLM, GENERAL)) else 0.5
    defaults = {"default_temperature": temperature, "for_text": "@default-general", "for_object": "@default-general"}
    presets = {wanted.name: _preset(wanted, lineup) for wanted in _wanted(lineup)}
    return document(
        comment(_LLM + _NAMES + _OWN),
        [*comment(_DEFAULTS), header("llm", "choice_defaults"), *pairs(defaults)],
        [*comment(_ALIASES), header("llm", "aliases"), *pairs(aliases)],
        [*comment(_WATERFALLS), header("llm", "waterfalls"), *pairs(waterfalls)] if waterfalls else [],
        [*_presets_head(lineup), header("llm", "presets"), *pairs(presets)],
        comment(_OVERRIDES),
    )


def _presets_head(lineup: Lineup) -> list[str]:
    given_way = any(_fixed(lineup.tier(LLM, tier)) for tier in TIERS)
    return comment(FIXED) if given_way else []


def _wanted(lineup: Lineup) -> Iterator[Wanted]:
    for wanted in PRESETS:
        known = Field("", lambda _: None, since=wanted.since, until=wanted.until).known(lineup.release)
        if known and lineup.tier(LLM, wanted.tier):
            yield wanted


def _preset(wanted: Wanted, lineup: Lineup) -> dict[str, object]:
    temperature: float = 1 if _fixed(lineup.tier(LLM, wanted.tier)) else wanted.temperature
    return {"model": f"@{_alias(wanted.tier)}", "temperature": temperature, "description": wanted.purpose}


def _fixed(models: Sequence[Model]) -> bool:
    return any(model.temperature == "fixed" for model in models)


def _alias(tier: str) -> str:
    return "default-premium-vision" if tier == VISION else f"default-{tier}"


def _tiers(lineup: Lineup, kind: str, tiers: Sequence[str]) -> tuple[dict[str, object], dict[str, object]]:
    """Aliases for the tiers, and the waterfalls behind them where there are several providers."""
    aliases: dict[str, object] = {}
    waterfalls: dict[str, object] = {}
    for tier in tiers:
        handles = [model.handle for model in lineup.tier(kind, tier)]
        if len(handles) > 1:
            waterfalls[tier] = handles
            aliases[_alias(tier)] = f"~{tier}"
        elif handles:
            aliases[_alias(tier)] = handles[0]
    return aliases, waterfalls


def _images(lineup: Lineup) -> str:
    section: dict[str, object] = {"choice_default": "$gen-image", "default_quality": "medium"}
    if not any(lineup.models(IMAGE_MODELS)):
        section["choice_default"] = NO_IMAGES
        return document([*_gap(lineup, "makes images", "openai, google or fal"), header("img_gen"), *pairs(section)])
    aliases, waterfalls = _tiers(lineup, IMAGE_MODELS, TIERS)
    presets = {
        image.name: {"model": f"@{_alias(image.tier)}", "quality": image.quality, "description": image.purpose}
        for image in IMAGES
    }
    return document(
        [*comment("Names for making images."), header("img_gen"), *pairs(section)],
        [header("img_gen", "aliases"), *pairs(aliases)],
        [header("img_gen", "waterfalls"), *pairs(waterfalls)] if waterfalls else [],
        [header("img_gen", "presets"), *pairs(dict(presets))],
    )


def _pages(lineup: Lineup) -> str:
    readers = [model.handle for name in ("document", "pdf-text") for model in lineup.tier(PAGES, name)]
    aliases: dict[str, object] = {
        "default-extract-document": "~document" if len(readers) > 1 else readers[0],
        "default-text-from-pdf": readers[-1],
    }
    for name, tier in (("default-extract-image", "image"), ("default-extract-web-page", "web-page")):
        if models := lineup.tier(PAGES, tier):
            aliases[name] = models[0].handle
    preset = {"model": "@default-extract-document", "max_nb_images": 100, "image_min_size": 50}
    return document(
        [
            *comment("Names for taking text and images out of documents."),
            header("extract"),
            *pairs({"choice_default": "$extract-document"}),
        ],
        [header("extract", "aliases"), *pairs(aliases)],
        [header("extract", "waterfalls"), *pairs({"document": readers})] if len(readers) > 1 else [],
        [header("extract", "presets"), *pairs({"extract-document": preset})],
    )


def _search(lineup: Lineup) -> str:
    deep = any(field.name == "default_depth" and field.known(lineup.release) for field in _search_settings(lineup))
    section: dict[str, object] = {"default_depth": "standard"} if deep else {}
    names = {"standard": lineup.tier(SEARCH, GENERAL), "deep": lineup.tier(SEARCH, "premium")}
    if not names["standard"]:
        section["choice_default"] = NO_SEARCH
        return document([*_gap(lineup, "searches the web", "linkup"), header("search"), *pairs(section)])
    section["choice_default"] = "$standard"
    presets = {
        name: {"model": models[0].handle, **({"depth": name} if deep else {}), "include_inline_citations": True}
        for name, models in names.items()
        if models
    }
    return document(
        [*comment("Names for searching the web."), header("search"), *pairs(section)],
        [header("search", "aliases"), *pairs({"default-search": names["standard"][0].handle})],
        [header("search", "presets"), *pairs(dict(presets))],
    )


def _search_settings(lineup: Lineup) -> tuple[Field, ...]:
    return next(section.settings for section in sections_of(lineup.behaviours) if section.family == "search")


def _documents(lineup: Lineup) -> str:
    models = lineup.tier(DOCUMENTS, GENERAL)
    if not models:
        return ""
    return document(
        [
            *comment("Names for making documents: what is made, from what."),
            header("doc_gen", "choice_defaults"),
            *pairs({"pdf.layout": "@default-pdf"}),
        ],
        [header("doc_gen", "aliases"), *pairs({"default-pdf": models[0].handle})],
    )


def _judgments(lineup: Lineup) -> str:
    models = lineup.tier(JUDGMENTS, GENERAL)
    if not models:
        return ""
    return document(
        [*comment("Names for judging."), header("judgment"), *pairs({"choice_default": "@default-judgment"})],
        [header("judgment", "aliases"), *pairs({"default-judgment": models[0].handle})],
    )


def _gap(lineup: Lineup, does: str, who: str) -> list[str]:
    return comment(GAP.format(release=f"Pipelex {lineup.release}", does=does, who=who))
