"""The other families' sections: presets of images, extraction, search, documents and judgment, with their bounds."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario

IMAGES = "img_gen"


def family_preset(s: Scenario, family: str, **keys: object) -> str:
    """Add a preset to a family, on some declared model."""
    file = s.deck_put([family, "presets", f"fresh_{family}"], {s.handle_key(family): s.a_model(), **keys})
    return f"{family} {keys} in {file}"


def extraction(s: Scenario) -> str:
    """What the release calls the family of text extraction."""
    return "ocr" if s.minor == 11 else "extract"


@mutation(since=11)
def image_preset(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [
            {"quality": "low"},
            {"quality": "high", "guidance_scale": 0.1},
            {"nb_steps": 1},
            {"guidance_scale": 7.5, "is_moderated": True},
            {"safety_tolerance": 1},
            {"safety_tolerance": 6, "nb_steps": 28},
            {"is_moderated": False},
        ]
    )
    return family_preset(s, IMAGES, **keys)


@mutation(breaks=True, since=11)
def image_preset_refused(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [
            {"quality": "low", "nb_steps": 3},
            {"quality": "best"},
            {"nb_steps": 0},
            {"nb_steps": -2},
            {"nb_steps": 1.5},
            {"nb_steps": "3"},
            {"guidance_scale": 0},
            {"guidance_scale": -1.5},
            {"guidance_scale": "7"},
            {"safety_tolerance": 0},
            {"safety_tolerance": 7},
            {"is_moderated": "yes"},
            {"is_moderated": 1},
            {"temperature": 0.5},
        ]
    )
    return family_preset(s, IMAGES, **keys)


@mutation(since=11)
def extract_preset(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [{}, {"max_nb_images": 0}, {"image_min_size": 0, "max_nb_images": 3}, {"image_min_size": 900}]
    )
    return family_preset(s, extraction(s), **keys)


@mutation(breaks=True, since=11)
def extract_preset_refused(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [
            {"max_nb_images": -1},
            {"image_min_size": -5},
            {"max_nb_images": 1.5},
            {"image_min_size": "9"},
            {"quality": "low"},
            {"max_nb_images": True},
        ]
    )
    return family_preset(s, extraction(s), **keys)


@mutation(since=19)
def search_preset(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [{}, {"include_images": True}, {"include_inline_citations": False, "max_results": 1}, {"max_results": 50}]
    )
    return family_preset(s, "search", **keys)


@mutation(breaks=True, since=19)
def search_preset_refused(s: Scenario) -> str:
    keys: dict[str, object] = s.rng.choice(
        [{"max_results": 0}, {"max_results": -1}, {"include_images": "no"}, {"max_results": 2.5}, {"depth": "deep"}]
    )
    return family_preset(s, "search", **keys)


@mutation(since=72)
def document_choice(s: Scenario) -> str:
    key = s.rng.choice(["pdf.layout", "pdf.html", "xlsx.layout", "docx.template_file", "pptx.template_file"])
    value = s.rng.choice(["@default-pdf", "reportlab-pdf", "$none", "@none", {"model": "reportlab-pdf"}])
    return f"{key} = {value!r} in {s.deck_put(['doc_gen', 'choice_defaults', key], value)}"


@mutation(breaks=True, since=72)
def document_choice_refused(s: Scenario) -> str:
    key = s.rng.choice(["pdf", "pdf.template_file", "odt.layout", "pptx.layout", "PDF.layout", ""])
    return f"{key!r} in {s.deck_put(['doc_gen', 'choice_defaults', key], '@default-pdf')}"


@mutation(since=72)
def judgment_section(s: Scenario) -> str:
    file = s.deck_put(
        ["judgment", "choice_default"], s.rng.choice(["@default-judgment", "no-such-judge", "$none", "judge"])
    )
    s.deck_put(["judgment", "aliases", "judge"], s.a_model(), file)
    s.deck_put(["judgment", "presets", "fair"], {"model": s.rng.choice(["@judge", "nobody"])}, file)
    return file


@mutation(breaks=True)
def family_of_a_later_release(s: Scenario) -> str:
    family = s.rng.choice(["judgment", "doc_gen", "search", "ocr", "extract", "audio"])
    return f"[{family}] in {s.deck_put([family, 'presets', 'early'], {s.handle_key(family): s.a_model()})}"


@mutation(since=11)
def family_choice_default(s: Scenario) -> str:
    families = [family for family in s.families() if family not in ("llm", "doc_gen")]
    family = s.rng.choice(families)
    preset = s.rng.choice(s.deck_names("presets", family) or ["none"])
    alias = s.rng.choice(s.deck_names("aliases", family) or ["none"])
    value = s.rng.choice(
        [preset, alias, f"${preset}", f"@{alias}", s.a_model(), "no-such-choice", {s.handle_key(family): s.a_model()}]
    )
    return f"{family} = {value!r} in {s.deck_put([family, 'choice_default'], value)}"


@mutation(breaks=True, since=11)
def family_section_missing(s: Scenario) -> str:
    family = s.rng.choice([name for name in s.families() if name != "llm"])
    for file in s.paths("deck/"):
        if family in s.doc(file):
            s.edit(file).pop(family)
    return family


@mutation(breaks=True, since=18)
def image_default_quality(s: Scenario) -> str:
    value = s.rng.choice(["best", 3, "", "LOW"])
    return f"{value!r} in {s.deck_put(['img_gen', 'default_quality'], value)}"


@mutation(since=18)
def description_of_a_preset(s: Scenario) -> str:
    family = s.rng.choice([name for name in s.families() if name not in ("llm", "doc_gen", "judgment")])
    return family_preset(s, family, description="Ein Satz, ünïcödé 模型")
