"""Pipes: pipedeck's word on each, against runs of a real release whose endpoint is a port of this machine.

`python -m tests.conformance.pipes [RELEASE...] [--pipes N] [--seed N]` prints the pipes whose call reaches the provider
although pipedeck says that it cannot, and the other way round.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.api import inspect_tree
from core.releases import parse_release
from core.resolution import Status
from tests.support.trees import g3, g3_1, write_tree

from .environments import environment

MEASURED = ("0.24.1", "0.45.0", "0.60.0", "0.77.0", "0.92.2")
ASK = Path(__file__).resolve().parent / "inside" / "ask_pipes.py"
TIMEOUT_S = 60
MODELS = {
    "plain": 'inputs = ["text"]\noutputs = ["text"]\n',
    "object": 'inputs = ["text"]\noutputs = ["text", "structured"]\n',
    "eye": 'inputs = ["text", "images"]\noutputs = ["text", "structured"]\nmax_prompt_images = 2\n',
    "reader": 'inputs = ["text", "pdf"]\noutputs = ["text", "structured"]\n',
    "all": 'inputs = ["text", "images", "pdf"]\noutputs = ["text", "structured"]\n',
    "thinker": 'inputs = ["text", "images"]\noutputs = ["text", "structured"]\nthinking_mode = "manual"\n',
    "answers": 'sdk = "openai_responses"\ninputs = ["text"]\noutputs = ["text"]\nthinking_mode = "adaptive"\n',
}
PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
).decode()
IMAGE = {"url": f"data:image/png;base64,{PNG}"}
PDF = {"url": f"data:application/pdf;base64,{base64.b64encode(b'%PDF-1.4 %%EOF').decode()}"}
CONCEPTS = """
[concept]
Note = "A text"

[concept.Photo]
description = "A photo"
refines = "Image"

[concept.Order]
description = "An order"

[concept.Order.structure]
number = "The number"
scan = { type = "concept", concept_ref = "native.Image", description = "The scan" }

[concept.Bill]
description = "A bill"

[concept.Bill.structure]
total = "The total"
"""
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
    ("Order", {"number": "1", "scan": IMAGE}, "$x.number"),
    ("Order", {"number": "1", "scan": IMAGE}, "see $x.scan"),
    ("Order", {"number": "1", "scan": IMAGE}, "{{ x | with_images }}"),
    ("Order", {"number": "1", "scan": IMAGE}, "{{ x.number }}"),
)
OUTPUTS = ("Text", "Note", "Bill", "Number", "Text[]", "Bill[2]", "Dynamic")
EFFORTS = ("none", "low", "high")


@dataclass(frozen=True)
class Case:
    """One pipe, in a method of its own."""

    number: int
    text: str
    inputs: dict[str, Any]

    @property
    def pipe(self) -> str:
        return f"p{self.number}"

    @property
    def request(self) -> str:
        """The case as `inside/ask_pipes.py` reads it."""
        return json.dumps({"pipe": self.pipe, "text": self.text, "inputs": self.inputs})


def tree(release: str, port: int) -> dict[str, str]:
    """A tree with models of every kind at one endpoint."""
    number, typed = parse_release(release), parse_release("0.78.0")
    assert number is not None
    assert typed is not None
    files = g3_1() if number >= typed else g3()
    files["backends.toml"] += f'\n[lab]\nendpoint = "http://127.0.0.1:{port}/v1"\napi_key = "key"\n'
    shared = '[defaults]\nsdk = "openai"\nmax_tokens = 4096\ncosts = { input = 1.0, output = 2.0 }\n'
    target = 'prompting_target = "openai"\n' if number < parse_release("0.46.0") else ""  # type: ignore[operator]
    files["backends/lab.toml"] = shared + target + "".join(f"\n[{name}]\n{text}" for name, text in MODELS.items())
    files["routing_profiles.toml"] += "".join(f'"{name}" = "lab"\n' for name in MODELS)
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
    return files


def cases(count: int, seed: int = 0) -> list[Case]:
    """Generated pipes over kinds, names, settings, inputs and outputs."""
    draw = random.Random(f"pipes {seed}")
    return [_case(number, draw) for number in range(count)]


def _case(number: int, draw: random.Random) -> Case:
    concept, value, prompt = draw.choice(INPUTS)
    output = draw.choice(OUTPUTS)
    lines = [f'domain = "d{number}"', 'description = "x"', CONCEPTS, f"[pipe.p{number}]", 'description = "x"']
    if draw.random() < 0.1:
        output = draw.choice(("Bill", "Number"))
        concept, value, prompt = "Text", "a text", ""
        lines.append('type = "PipeStructure"')
    else:
        lines += ['type = "PipeLLM"', f'prompt = """\n{prompt}\n"""']
        if output in ("Bill", "Number") and draw.random() < 0.2:
            lines.append('structuring_method = "preliminary_text"')
        if draw.random() < 0.2:
            lines.append(f"model_to_structure = {_model(draw)}")
    if concept:
        lines.append(f'inputs = {{ x = "{concept}" }}')
    if draw.random() < 0.8:
        lines.append(f"model = {_model(draw)}")
    lines.append(f'output = "{output}"')
    spec = concept.split("[")[0]
    name = f"d{number}.{spec}" if spec in ("Note", "Photo", "Order") else f"native.{spec}"
    content = {"text": value} if spec in ("Text", "Note") else value
    return Case(number, "\n".join(lines) + "\n", {"x": {"concept": name, "content": content}} if concept else {})


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


def predicted(project: Path, release: str, asked: Sequence[Case]) -> list[bool]:
    """Whether pipedeck says that each pipe's calls can be made."""
    for case in asked:
        (project / f"{case.pipe}.mthds").write_text(case.text, encoding="utf-8")
    environ = {"HOME": str(project / "home"), **ENVIRONMENT}
    report = inspect_tree(str(project), release=release, environ=environ, methods=True)
    status = {item.pipe.code: item.status for item in report.pipes}
    return [status[case.pipe] is Status.CALLABLE for case in asked]


ENVIRONMENT = {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x"}


def runs(project: Path, release: str, port: int, asked: Sequence[Case]) -> list[dict[str, Any]]:
    """What happens when the release runs each pipe."""
    home = project / "home"
    (home / ".pipelex").mkdir(parents=True, exist_ok=True)
    request = {"project": str(project), "home": str(home), "env": ENVIRONMENT, "port": port, "timeout": TIMEOUT_S}
    done = subprocess.run(
        [str(environment(release).python), str(ASK), json.dumps(request)],
        input="".join(f"{case.request}\n" for case in asked),
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
    )
    boot, *answers = [json.loads(line) for line in done.stdout.splitlines()] or [{"error": done.stderr[-2000:]}]
    if boot["error"] is not None or len(answers) != len(asked):
        raise RuntimeError(f"pipelex {release} stopped: {boot['error']} {done.stderr[-2000:]}")
    return answers


@dataclass(frozen=True)
class Outcome:
    """How many pipes reached the provider, and those where pipedeck says otherwise, in words."""

    asked: int
    left: int
    wrong: tuple[str, ...]


def outcome(release: str, count: int, seed: int = 0) -> Outcome:
    """Run generated pipes in a release, and compare."""
    asked = cases(count, seed)
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        project, port = Path(folder), free.getsockname()[1]
        free.close()
        write_tree(project, tree(release, port))
        (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
        answers = runs(project, release, port, asked)
        said = predicted(project, release, asked)
    wrong = tuple(
        f"{release} pipe {case.number}: pipedeck says {'it runs' if can else 'it cannot run'}; {item['message']}\n"
        + case.text.replace(CONCEPTS, "")
        for case, item, can in zip(asked, answers, said, strict=True)
        if item["left"] is not can
    )
    return Outcome(len(asked), sum(item["left"] for item in answers), wrong)


def main() -> int:
    """Measure releases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", nargs="*", default=MEASURED)
    parser.add_argument("--pipes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    failed = False
    for release in options.releases:
        found = outcome(release, options.pipes, options.seed)
        print(f"{release}: {found.asked} pipes, {found.left} reach the provider, {len(found.wrong)} differ", flush=True)
        for text in found.wrong[:5]:
            print(text)
        failed |= bool(found.wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
