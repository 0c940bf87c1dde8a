"""Sections and entries of the deck, known and unknown, and their types."""

from __future__ import annotations

from ..draft import LATER, Draft
from ..registry import added, register

SECTIONS = {
    "unknown": "[nothing]\nx = 1",
    "unknown number": "nothing = 1",
    "llm unknown": "[llm]\nx = 1",
    "llm number": "llm = 5",
    "llm empty": "[llm]",
    "extract unknown": "[extract]\nx = 1",
    "img_gen unknown": "[img_gen]\nx = 1",
    "search": '[search]\nchoice_default = "x"',
    "search unknown": "[search]\nx = 1",
    "doc_gen": "[doc_gen]",
    "doc_gen choice": '[doc_gen.choice_defaults]\n"pdf.layout" = "x"',
    "doc_gen choice unknown": '[doc_gen.choice_defaults]\n"txt.layout" = "x"',
    "doc_gen choice nested": '[doc_gen.choice_defaults.pdf]\nlayout = "x"',
    "judgment": "[judgment]",
    "judgment choice": '[judgment]\nchoice_default = "@nothing"',
    "judgment alias": '[judgment.aliases]\nx = "n-large"',
    "ocr": '[ocr]\nocr_handle = "x"',
    "aliases on top": '[aliases]\nx = "n-large"',
    "waterfalls on top": '[waterfalls]\nx = ["n-large"]',
    "presets on top": "[presets]\nx = {}",
    "llm presets flat": '[llm_presets]\nx = { llm_handle = "n-large", temperature = 0.5 }',
    "llm presets empty": "[llm.presets]",
    "llm choice defaults flat": '[llm_choice_defaults]\nfor_text = "x"',
    "llm handles": '[llm_handles]\nx = "y"',
    "llm aliases": '[llm.aliases]\nx = "n-large"',
    "llm default": 'llm = "n-large"',
    "inference models": "[inference_models]\nx = 1",
    "model deck": "[model_deck]\nx = 1",
    "video": "[video]\nchoice_default = 5",
}
for name, text in SECTIONS.items():
    added(f"deck section {name}", LATER, text + "\n")

ENTRIES = {
    "alias number": ("aliases", "x = 5"),
    "alias truth": ("aliases", "x = true"),
    "alias table": ("aliases", "x = { a = 1 }"),
    "alias list": ("aliases", 'x = ["n-large"]'),
    "alias empty list": ("aliases", "x = []"),
    "alias mixed list": ("aliases", 'x = ["n-large", 1]'),
    "alias list of lists": ("aliases", 'x = [["n-large"]]'),
    "alias list with alias list": ("aliases", 'x = ["chain", "n-large"]'),
    "alias of itself": ("aliases", 'x = "x"'),
    "alias of itself by sigil": ("aliases", 'x = "@x"'),
    "alias cycle": ("aliases", 'x = "y"\ny = "x"'),
    "alias cycle by sigil": ("aliases", 'x = "@y"\ny = "@x"'),
    "alias cycle mixed": ("aliases", 'x = "@y"\ny = "alias:x"'),
    "alias named as a model": ("aliases", '"n-large" = "s-large"'),
    "alias named with sigil": ("aliases", '"@x" = "n-large"'),
    "alias named empty": ("aliases", '"" = "n-large"'),
    "alias named with blanks": ("aliases", '" x " = "n-large"'),
    "alias named as a preset": ("aliases", 'plain = "n-large"'),
    "alias twice as far": ("aliases", 'x = "@twice"'),
    "waterfall text": ("waterfalls", 'x = "n-large"'),
    "waterfall number": ("waterfalls", "x = 5"),
    "waterfall empty": ("waterfalls", "x = []"),
    "waterfall of numbers": ("waterfalls", "x = [1]"),
    "waterfall of itself": ("waterfalls", 'x = ["~x"]'),
    "waterfall of itself first": ("waterfalls", 'x = ["~x", "n-large"]'),
    "waterfall of itself bare": ("waterfalls", 'x = ["x", "n-large"]'),
    "waterfall cycle": ("waterfalls", 'x = ["~y"]\ny = ["~x"]'),
    "waterfall of the dead": ("waterfalls", 'x = ["no", "none"]\ny = ["~x", "n-large"]'),
    "waterfall through the dead": ("waterfalls", 'x = ["@old", "n-large"]'),
    "waterfall of twins": ("waterfalls", 'x = ["n-large", "n-large"]'),
    "waterfall of a preset": ("waterfalls", 'x = ["$plain", "n-large"]'),
    "waterfall table": ("waterfalls", "x = {}"),
    "waterfall named as an alias": ("waterfalls", 'best = ["s-large"]'),
    "waterfall of an image": ("waterfalls", 'x = ["n-image", "n-large"]'),
    "preset text": ("presets", 'x = "n-large"'),
    "preset number": ("presets", "x = 5"),
    "preset empty": ("presets", "x = {}"),
    "preset list": ("presets", "x = []"),
}
for name, (section, line) in ENTRIES.items():

    def entry(draft: Draft, section: str = section, line: str = line) -> None:
        draft.add(LATER, f"[{getattr(draft, section)}]\n{line}\n")

    register(f"deck entry {name}", entry)
