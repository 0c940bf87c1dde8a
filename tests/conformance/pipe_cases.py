"""Generated pipes over kinds, names, settings, inputs and outputs, and a tree with models of every kind."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from typing import Any

from core.releases import parse_release
from tests.support.trees import g3, g3_1

MODELS = {
    "plain": 'inputs = ["text"]\noutputs = ["text"]\n',
    "object": 'inputs = ["text"]\noutputs = ["text", "structured"]\n',
    "eye": 'inputs = ["text", "images"]\noutputs = ["text", "structured"]\nmax_prompt_images = 2\n',
    "reader": 'inputs = ["text", "pdf"]\noutputs = ["text", "structured"]\n',
    "all": 'inputs = ["text", "images", "pdf"]\noutputs = ["text", "structured"]\n',
    "thinker": 'inputs = ["text", "images"]\noutputs = ["text", "structured"]\nthinking_mode = "manual"\n',
    "answers": 'sdk = "openai_responses"\ninputs = ["text"]\noutputs = ["text"]\nthinking_mode = "adaptive"\n',
}
_RULES = """[{}.rules]
model_choice = "model_id"
prompt = "positive_only"
num_images = "gpt_image"
aspect_ratio = "gpt_image_legacy"
background = "available"
inference = "gpt_image"
safety_checker = "openai_moderation"
output_format = "gpt_image_legacy"
output_compression = "gpt_image_legacy"
input_images = "gpt_image"
"""
_READER = 'model_type = "text_extractor"\n'
_PAINTER = 'model_type = "img_gen"\nsdk = "openai_img_gen"\noutputs = ["image"]\n'
SPECIAL = {
    "painter": _PAINTER + 'inputs = ["text"]\n' + _RULES.format("painter"),
    "repainter": _PAINTER + 'inputs = ["text", "images"]\n' + _RULES.format("repainter"),
    "unruled": _PAINTER + 'inputs = ["text", "images"]\n',
    "scanner": _READER + 'sdk = "mistral"\ninputs = ["pdf", "image"]\noutputs = ["pages"]\n',
    "scan-text": _READER + 'sdk = "mistral"\ninputs = ["pdf"]\noutputs = ["pages"]\n',
    "scan-photo": _READER + 'sdk = "mistral"\ninputs = ["image"]\noutputs = ["pages"]\n',
    "captioner": _READER + 'sdk = "mistral"\ninputs = ["pdf", "image"]\noutputs = ["pages", "captions"]\n',
    "local": _READER + 'sdk = "pypdfium2"\ninputs = ["pdf"]\noutputs = ["pages"]\n',
    "local-all": _READER + 'sdk = "pypdfium2"\ninputs = ["pdf", "image"]\noutputs = ["pages", "captions"]\n',
    "browser": _READER + 'sdk = "linkup_fetch"\nmodel_id = "fetch"\ninputs = ["web_page"]\noutputs = ["pages"]\n',
    "seeker": 'model_type = "search"\nsdk = "linkup"\nmodel_id = "standard"\ninputs = ["text"]\n'
    'outputs = ["sourced-answers", "structured"]\n',
}
"""Models of other kinds than text, by name."""
_FAMILIES = {
    "img_gen": ("painter", "unruled", "repainter"),
    "extract": ("scanner", "scan-text", "scan-photo", "captioner", "local", "local-all", "browser"),
    "search": ("seeker",),
}
PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
).decode()
IMAGE = {"url": f"data:image/png;base64,{PNG}"}
_PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
PDF = {"url": f"data:application/pdf;base64,{base64.b64encode(_PAGE).decode()}"}
WEB_PAGE = {"url": "http://pages.example/page"}
CONCEPTS = """
[concept]
Note = "A text"

[concept.Photo]
description = "A photo"
refines = "Image"

[concept.Paper]
description = "A paper"
refines = "Document"

[concept.Order]
description = "An order"

[concept.Order.structure]
number = "The number"
scan = { type = "concept", concept_ref = "native.Image", description = "The scan" }

[concept.Portrait]
description = "A portrait"
refines = "Photo"

[concept.Rush]
description = "An order in a hurry"
refines = "Order"

[concept.Folder]
description = "A folder"

[concept.Folder.structure]
order = { type = "concept", concept_ref = "DOMAIN.Order", description = "The order" }

[concept.Bill]
description = "A bill"

[concept.Bill.structure]
total = "The total"
"""
ORDER = {"number": "1", "scan": IMAGE}
PAGE = {"text_and_images": {"text": {"text": "a"}, "images": [IMAGE]}, "page_view": IMAGE}
INPUTS: tuple[tuple[str, Any, str], ...] = (
    ("", None, "hello"),
    ("Text", "a text", "$x"),
    ("Note", "a text", "@x"),
    ("Image", IMAGE, "see $x"),
    ("Image", IMAGE, "@x"),
    ("Photo", IMAGE, "see $x"),
    ("Image[]", [IMAGE, IMAGE], "see $x"),
    ("Image[3]", [IMAGE, IMAGE, IMAGE], "see $x"),
    ("Document", PDF, "read $x"),
    ("Order", ORDER, "$x.number"),
    ("Order", ORDER, "see $x.scan"),
    ("Order", ORDER, "{{ x | with_images }}"),
    ("Order", ORDER, "{{ x.number }}"),
    ("Portrait", IMAGE, "{% if x %}see $x{% endif %}"),
    ("Portrait[3]", [IMAGE, IMAGE, IMAGE], "{% for i in x %}{{ i }}{% endfor %}"),
    ("Image[]", [IMAGE, IMAGE], "see {{ x[0] }}"),
    ("Image", IMAGE, "{% set y = x %}{{ y }}"),
    ("Rush", ORDER, "see $x.scan"),
    ("Rush", ORDER, "{{ x | with_images }}"),
    ("Folder", {"order": ORDER}, "see $x.order.scan"),
    ("Folder", {"order": ORDER}, "$x.order.number"),
    ("Page", PAGE, "see $x.page_view"),
    ("Page", PAGE, "{{ x | with_images }}"),
)
PICTURED = (
    ("", None, "a cat"),
    ("Text", "a text", "a $x"),
    ("Image", IMAGE, "as $x"),
    ("Photo", IMAGE, "as $x"),
    ("Image[]", [IMAGE, IMAGE], "as $x"),
    ("Order", ORDER, "as $x.scan"),
    ("Order", ORDER, "as $x.number"),
)
OUTPUTS = ("Text", "Note", "Bill", "Number", "Text[]", "Text[1]", "Bill[2]", "Dynamic")
STEPS = ("nb_output = 2", "multiple_output = true")
"""The outputs that a step may ask of its pipe, besides the declared one."""
OWN = ("Note", "Photo", "Portrait", "Order", "Rush", "Folder", "Paper")
EFFORTS = ("none", "low", "high")


@dataclass(frozen=True)
class Case:
    """One pipe, in a method of its own."""

    number: int
    text: str
    inputs: dict[str, Any]
    controller: str = ""
    """The pipe to run, if another one calls it."""

    @property
    def pipe(self) -> str:
        return f"p{self.number}"

    @property
    def request(self) -> str:
        """The case as `inside/ask_pipes.py` reads it."""
        calls = 2 if "preliminary_text" in self.text else 1
        return json.dumps(
            {"pipe": self.controller or self.pipe, "text": self.text, "inputs": self.inputs, "calls": calls}
        )


def tree(release: str) -> dict[str, str]:
    """A tree with models of every kind at one endpoint."""
    number, typed = parse_release(release), parse_release("0.78.0")
    assert number is not None
    assert typed is not None
    files = g3_1() if number >= typed else g3()
    files["backends.toml"] += '\n[lab]\nendpoint = "http://127.0.0.1:9/v1"\napi_key = "key"\n'
    shared = '[defaults]\nsdk = "openai"\nmax_tokens = 4096\ncosts = { input = 1.0, output = 2.0 }\n'
    target = 'prompting_target = "openai"\n' if number < parse_release("0.46.0") else ""  # type: ignore[operator]
    models = {**MODELS, **SPECIAL}
    if number < parse_release("0.25.0"):  # type: ignore[operator]
        models |= {
            name: SPECIAL[name].partition(f"[{name}.rules]")[0] for name in _FAMILIES["img_gen"]
        }  # other rules, none wanted
    files["backends/lab.toml"] = shared + target + "".join(f"\n[{name}]\n{text}" for name, text in models.items())
    files["routing_profiles.toml"] += "".join(f'"{name}" = "lab"\n' for name in models)
    presets = "".join(f'{name} = {{ model = "{name}", temperature = 0.5 }}\n' for name in MODELS)
    efforts = "".join(
        f'{name}-{effort} = {{ model = "{name}", temperature = 0.5, reasoning_effort = "{effort}" }}\n'
        for name in MODELS
        for effort in EFFORTS
    )
    aliases = "".join(f'to-{name} = "{name}"\n' for name in MODELS)
    files["deck/x_lab.toml"] = (
        f'[llm.presets]\n{presets}{efforts}hollow = {{ model = "@void", temperature = 0 }}\n[llm.aliases]\n{aliases}'
        'void = "nobody"\n[llm.waterfalls]\nfirst = ["nobody", "eye"]\nnone = ["nobody", "@void"]\n'
        '[llm.choice_overrides]\nfor_text = "$plain"\nfor_object = "$object"\n'
    )
    for family, names in _FAMILIES.items():
        presets = "".join(f'{name} = {{ model = "{name}" }}\n' for name in names)
        aliases = "".join(f'to-{name} = "{name}"\n' for name in names)
        files[f"deck/x_lab_{family}.toml"] = (
            f'[{family}]\nchoice_default = "${names[0]}"\n'
            f'[{family}.presets]\n{presets}hollow = {{ model = "@void" }}\n[{family}.aliases]\n{aliases}'
            f'void = "nobody"\n[{family}.waterfalls]\nfirst = ["nobody", "{names[-1]}"]\nnone = ["nobody", "@void"]\n'
        )
    return files


def cases(count: int, seed: int = 0) -> list[Case]:
    """Generated pipes over kinds, names, settings, inputs and outputs."""
    draw = random.Random(f"pipes {seed}")
    return [_case(number, draw) for number in range(count)]


def _case(number: int, draw: random.Random) -> Case:
    kind = draw.choices(("llm", "extract", "img_gen", "search"), (12, 4, 3, 1))[0]
    concept, value, lines = {"llm": _text, "extract": _extract, "img_gen": _image, "search": _search}[kind](draw)
    concepts = CONCEPTS.replace("DOMAIN", f"d{number}")
    head = [f'domain = "d{number}"', 'description = "x"', concepts, f"[pipe.p{number}]", 'description = "x"']
    if concept:
        lines.append(f'inputs = {{ x = "{concept}" }}')
    if draw.random() < 0.8:
        lines.append(f"model = {_model(draw) if kind == 'llm' else _special(draw, kind)}")
    spec = concept.split("[")[0]
    name = f"d{number}.{spec}" if spec in OWN else f"native.{spec}"
    content = {"text": value} if spec in ("Text", "Note") else value
    inputs = {"x": {"concept": name, "content": content}} if concept else {}
    controller = ""
    # The draft of a list is asked for anew when it is no list, which looks like the call after it.
    drafted = 'structuring_method = "preliminary_text"' in lines
    if lines[0] == 'type = "PipeLLM"' and not drafted and draw.random() < 0.2:
        controller = f"s{number}"
        lines += _steps(controller, number, concept, lines, draw)
    return Case(number, "\n".join((*head, *lines)) + "\n", inputs, controller)


def _steps(code: str, number: int, concept: str, lines: list[str], draw: random.Random) -> list[str]:
    """A sequence that calls the pipe, asking for its output or for several."""
    declared = next(line for line in lines if line.startswith("output = ")).split('"')[1]
    asked = draw.choice((*STEPS, ""))
    output = f"{declared.partition('[')[0]}[]" if asked else declared
    inputs = [f'inputs = {{ x = "{concept}" }}'] if concept else []
    step = f'{{ pipe = "p{number}", result = "r"{f", {asked}" if asked else ""} }}'
    head = ["", f"[pipe.{code}]", 'type = "PipeSequence"', 'description = "x"', f'output = "{output}"']
    return [*head, *inputs, f"steps = [{step}]"]


DrawnPipe = tuple[str, Any, list[str]]
"""The concept of the input, its value, and the lines of a pipe."""


def _text(draw: random.Random) -> DrawnPipe:
    concept, value, prompt = draw.choice(INPUTS)
    output = draw.choice(OUTPUTS)
    if draw.random() < 0.1:
        output = draw.choice(("Bill", "Number"))
        return "Text", "a text", ['type = "PipeStructure"', f'output = "{output}"']
    lines = ['type = "PipeLLM"', f'prompt = """\n{prompt}\n"""', f'output = "{output}"']
    if output in ("Bill", "Number") and draw.random() < 0.2:
        lines.append('structuring_method = "preliminary_text"')
    if draw.random() < 0.2:
        lines.append(f"model_to_structure = {_model(draw)}")
    return concept, value, lines


def _extract(draw: random.Random) -> DrawnPipe:
    lines = ['type = "PipeExtract"', 'output = "Page[]"']
    if draw.random() < 0.4:
        return draw.choice(("Image", "Photo")), IMAGE, lines
    if draw.random() < 0.3:
        lines.append("page_image_captions = true")
    return draw.choice(("Document", "Paper")), PDF, lines


def _image(draw: random.Random) -> DrawnPipe:
    output = draw.choice(("Image", "Photo", "Image[2]"))
    concept, value, prompt = draw.choice(PICTURED)
    return concept, value, ['type = "PipeImgGen"', f'prompt = "{prompt}"', f'output = "{output}"']


def _search(draw: random.Random) -> DrawnPipe:
    output = draw.choice(("SearchResult", "Bill"))
    return "Text", "a text", ['type = "PipeSearch"', 'prompt = "news of $x"', f'output = "{output}"']


def _model(draw: random.Random) -> str:
    name = draw.choice(tuple(MODELS))
    effort = draw.choice(EFFORTS)
    return draw.choice(
        (
            f'"${name}"',
            f'"${name}"',
            f'"${name}-{effort}"',
            f'"@to-{name}"',
            f'"{name}"',
            f'"preset:{name}"',
            '"~first"',
            f'{{ model = "{name}", temperature = 0.2 }}',
            f'{{ model = "{name}", temperature = 0.2, reasoning_effort = "{effort}" }}',
            draw.choice(('"$gone"', '"@gone"', '"gone"', '"$hollow"', '"@void"', '"~none"')),
        )
    )


def _special(draw: random.Random, family: str) -> str:
    name = draw.choice(_FAMILIES[family])
    return draw.choice(
        (
            *(f'"${name}"', f'"{name}"', f'"@to-{name}"', f'"{name}"', '"~first"', f'{{ model = "{name}" }}'),
            draw.choice(('"$gone"', '"@gone"', '"gone"', '"$hollow"', '"@void"', '"~none"', '"$plain"', '"plain"')),
        )
    )
