"""Settings that models refuse: pipedeck's table against the real workers of a release, on generated presets.

`python -m tests.conformance.refused RELEASE... [--presets N] [--seed N]` prints the presets that differ.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.entities import Backend, Layer, Location, ModelSpec, Place
from core.installation.workers import workers_of
from core.refusals import refusal_of
from core.releases import release_of

from .environments import environment

MEASURED = ("0.18.6", "0.32.1", "0.60.0", "0.77.0", "0.92.2")
ASK = Path(__file__).resolve().parent / "inside" / "ask_refused.py"
EFFORTS = ("none", "minimal", "low", "medium", "high", "max")
METHODS = (None, "instructor/json", "instructor/mistral_tools", "instructor/anthropic_tools", "instructor/openai_tools")


class _Nowhere:
    def locate(self, path: tuple[str | int, ...]) -> Location:
        return Location("", 0, 0, "", Layer.PROJECT, path)


NOWHERE = Place(_Nowhere(), ())


@dataclass(frozen=True)
class Case:
    """A preset with its model: the fields of the model, the constraints of its backend, the settings."""

    release: str
    sdk: str
    spec: dict[str, Any]
    listed: list[str]
    valued: dict[str, Any]
    settings: dict[str, Any]
    structured: bool

    @property
    def refused(self) -> bool:
        """What pipedeck says."""
        release = release_of(self.release)
        backend = Backend(
            "lab", True, {"listed_constraints": self.listed, "valued_constraints": self.valued}, NOWHERE, 0
        )
        spec = ModelSpec("lab", "m", "m", "llm", self.sdk, "m", self.spec, NOWHERE, None, frozenset(self.spec))
        return refusal_of(release, spec, backend, self.settings, structured=self.structured) is not None

    @property
    def request(self) -> str:
        """The case as `inside/ask_refused.py` reads it."""
        keys = ("sdk", "spec", "listed", "valued", "settings", "structured")
        return json.dumps({key: getattr(self, key) for key in keys})


def cases(release: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Generated presets over every sdk of a release, thinking mode, kind of setting and constraint."""
    sdks = [sdk for model_type, sdk in workers_of(release_of(release)) if model_type == "llm"]
    rng = random.Random(f"{release} {seed}")
    for index in range(count):
        yield _case(release, sdks[index % len(sdks)], rng)


def _case(release: str, sdk: str, rng: random.Random) -> Case:
    number = release_of(release)
    checked = number >= release_of("0.77.0")
    spec: dict[str, Any] = {}
    if number >= release_of("0.18.0b3"):
        spec["thinking_mode"] = rng.choice(("none", "manual", "adaptive"))
    if rng.random() < 0.8:
        spec["max_tokens"] = rng.choice((1, 800, 1024, 1400, 8192, 64_000))
    if (method := rng.choice(METHODS)) is not None:
        spec["structure_method"] = method
    if number < release_of("0.46.0") and rng.random() < 0.7:
        spec["prompting_target"] = rng.choice(("anthropic", "gemini", "openai", "mistral"))
    settings: dict[str, Any] = {"temperature": rng.choice((0, 0.5, 1))}
    match rng.randrange(4) if "thinking_mode" in spec else 3:
        case 0:
            settings["reasoning_budget"] = rng.choice((1, 500, 4000, 50_000))
        case 1 | 2:
            settings["reasoning_effort"] = rng.choice(EFFORTS)
    if rng.random() < 0.5:
        settings["max_tokens"] = rng.choice((0, -5, 1, 2, 1000, 1365, 1366, 5000, 100_000))
    listed = [name for name in _listed(checked) if rng.random() < 0.25]
    own = [name for name in _listed(checked) if rng.random() < 0.25]
    if own:
        spec["listed_constraints"] = own
    valued = _valued(checked, rng)
    if shared := _valued(checked, rng):
        spec["valued_constraints"] = shared
    return Case(release, sdk, spec, listed, valued, settings, rng.random() < 0.4)


def _listed(checked: bool) -> tuple[str, ...]:
    return ("temperature_must_be_multiplied_by_2", *(("thinking_cannot_be_disabled",) if checked else ()))


def _valued(checked: bool, rng: random.Random) -> dict[str, Any]:
    valued: dict[str, Any] = {}
    if rng.random() < 0.25:
        valued["fixed_temperature"] = rng.choice((0.5, 1))
    if checked and rng.random() < 0.4:
        valued["min_thinking_budget"] = rng.choice((128, 1024))
    return valued


def ask(release: str, asked: Sequence[Case]) -> list[dict[str, Any]]:
    """What the release's own workers say of each case."""
    text = "".join(case.request + "\n" for case in asked)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(environment(release).python), str(ASK)],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={"HOME": folder, "PATH": "/usr/bin:/bin"},
        )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(asked):
        raise RuntimeError(f"pipelex {release} stopped: {done.stderr[-2000:]}")
    return answers


def differing(release: str, count: int, seed: int = 0) -> tuple[int, int, list[str]]:
    """How many presets the release loads, how many of them it refuses, and those where pipedeck differs, in words."""
    asked = list(cases(release, count, seed))
    answers = ask(release, asked)
    pairs = [(case, answer) for case, answer in zip(asked, answers, strict=True) if answer["refused"] is not None]
    if not pairs:
        raise RuntimeError(f"pipelex {release} loads no preset: {answers[0]['error']} {answers[0]['message']}")
    wrong = [
        f"{case.refused=} {case.request} {answer['error']}: {str(answer['message'])[:200]}"
        for case, answer in pairs
        if case.refused is not answer["refused"]
    ]
    return len(pairs), sum(answer["refused"] is True for _, answer in pairs), wrong


def main() -> int:
    """Measure the releases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("releases", nargs="*", default=list(MEASURED))
    parser.add_argument("--presets", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    failed = False
    for release in options.releases:
        loaded, refused, wrong = differing(release, options.presets, options.seed)
        print(f"{release}: {loaded} presets, {refused} refused, {len(wrong)} differ")
        for line in wrong[:10]:
            print("  " + line)
        failed = failed or bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
