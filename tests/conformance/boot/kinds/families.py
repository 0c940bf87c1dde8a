"""Presets of the other families, and names that families share."""

from __future__ import annotations

from ..draft import LATER, Draft
from ..registry import added, kind, register

IMAGE = {
    "plain": "",
    "quality": 'quality = "low"',
    "quality unknown": 'quality = "best"',
    "steps": "nb_steps = 5",
    "steps zero": "nb_steps = 0",
    "steps float": "nb_steps = 5.0",
    "quality and steps": 'quality = "low"\nnb_steps = 5',
    "guidance": "guidance_scale = 3.5",
    "guidance zero": "guidance_scale = 0",
    "guidance not a number": "guidance_scale = nan",
    "moderated": "is_moderated = true",
    "moderated text": 'is_moderated = "yes"',
    "tolerance one": "safety_tolerance = 1",
    "tolerance zero": "safety_tolerance = 0",
    "tolerance six": "safety_tolerance = 6",
    "tolerance seven": "safety_tolerance = 7",
    "raw": "is_raw = true",
    "background": 'background = "transparent"',
    "format": 'output_format = "png"',
    "ratio": 'aspect_ratio = "square"',
    "seed": "seed = 5",
    "unknown": "x = 1",
}
for name, line in IMAGE.items():

    def image(draft: Draft, line: str = line) -> None:
        key = "model" if draft.minor >= 12 else "img_gen_handle"
        draft.add(LATER, f'[img_gen.presets.fresh]\n{key} = "n-image"\n{line}\n')

    register(f"image preset {name}", image, since=11)

SCAN = {
    "plain": "",
    "images": "max_nb_images = 5",
    "images zero": "max_nb_images = 0",
    "images negative": "max_nb_images = -1",
    "images float": "max_nb_images = 1.0",
    "size": "image_min_size = 5",
    "size negative": "image_min_size = -5",
    "description": 'description = "x"',
    "unknown": "x = 1",
}
for name, line in SCAN.items():

    def scan(draft: Draft, line: str = line) -> None:
        key = "model" if draft.minor >= 12 else "ocr_handle"
        draft.add(LATER, f'[{draft.scan}.presets.fresh]\n{key} = "n-scan"\n{line}\n')

    register(f"scan preset {name}", scan, since=11)

SEARCH = {
    "plain": "",
    "images": "include_images = true",
    "images text": 'include_images = "yes"',
    "results": "max_results = 5",
    "results zero": "max_results = 0",
    "citations": "include_inline_citations = false",
    "unknown": "x = 1",
}
for name, line in SEARCH.items():
    added(f"search preset {name}", LATER, f'[search.presets.fresh]\nmodel = "n-find"\n{line}\n', since=19)


@kind(since=18)
def families_with_one_name(draft: Draft) -> None:
    draft.add(LATER, '[img_gen.aliases]\nbest = "n-image"\n[extract.aliases]\nbest = "n-scan"\n')


@kind(since=18)
def alias_of_another_family(draft: Draft) -> None:
    draft.add(LATER, '[img_gen.aliases]\nx = "@best"\ny = "n-large"\n')


@kind(since=18)
def alias_chain_of_a_hundred(draft: Draft) -> None:
    chain = "\n".join(f'c{number} = "@c{number + 1}"' for number in range(100))
    draft.add(LATER, f'[llm.aliases]\n{chain}\nc100 = "n-large"\n')


@kind(since=18)
def alias_chain_of_three_hundred(draft: Draft) -> None:
    chain = "\n".join(f'c{number} = "@c{number + 1}"' for number in range(300))
    draft.add(LATER, f'[llm.aliases]\n{chain}\nc300 = "n-large"\n')
