"""Traces: the sums of pipedeck over runs of a real release, beside those of the release's own cost report.

`python -m tests.conformance.traces [RELEASE...] [--runs N] [--seed N]` runs generated methods against a server on
loopback that counts tokens at random, and compares calls, errors, tokens and cost to the cent. It exits with 1 if any
differs, or if a text of a run is in the summary.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.api import inspect_tree
from core.past_runs import read_traces
from core.traces.summary import Totals, added_up
from core.traces.trace_cache import traces_file
from tests.support.fake_servers import Server, Talk, answer
from tests.support.trees import g3, g3_1, write_tree

from .environments import answers_of_boot, environment

MEASURED = ("0.60.0", "0.77.0", "0.92.2")
ASK = Path(__file__).resolve().parent / "inside" / "ask_usage.py"
TIMEOUT_S = 60
CANARY = "CANARY-of-the-runs"
MODELS = {
    "priced": "costs = { input = 1.0, output = 2.0, input_cached = 0.1 }",
    "halved": "costs = { input = 2.5, output = 10.0 }",
    "tiny": "costs = { input = 0.0375, output = 0.15 }",
    "free": "costs = { input = 0.0, output = 0.0 }",
    "unrated": "",
    "refused": "costs = { input = 1.0, output = 1.0 }",
}
NAMES = {
    "priced": ("$priced", "@to-priced", "priced"),
    "halved": ("$halved", "~first"),
    "tiny": ("$tiny", "tiny"),
    "free": ("$free",),
    "unrated": ("unrated",),
    "refused": ("$refused",),
}


@dataclass(frozen=True)
class Run:
    """A method with the models that its pipes call in a row. A refused one fails."""

    number: int
    calls: tuple[tuple[str, str], ...]
    """The model of each call, and the reference that names it."""

    @property
    def fails(self) -> bool:
        return any(model == "refused" for model, _ in self.calls)

    @property
    def request(self) -> str:
        """The run as `inside/ask_usage.py` reads it."""
        return json.dumps({"pipe": f"run{self.number}", "text": self.text})

    @property
    def text(self) -> str:
        """The method: one pipe, or a sequence of several."""
        lines = [f'domain = "d{self.number}"', 'description = "x"']
        names = [f"run{self.number}"]
        if len(self.calls) > 1:
            names = [f"step{self.number}_{index}" for index in range(len(self.calls))]
            steps = ", ".join(f'{{ pipe = "{name}", result = "r{index}" }}' for index, name in enumerate(names))
            lines += [f"[pipe.run{self.number}]", 'type = "PipeSequence"', 'description = "x"']
            lines += ['output = "Text"', f"steps = [{steps}]"]
        for name, (_, reference) in zip(names, self.calls, strict=True):
            lines += [f"[pipe.{name}]", 'type = "PipeLLM"', 'description = "x"', 'output = "Text"']
            lines += [f'model = "{reference}"', f'prompt = "{CANARY} \\"event_kind\\":\\"usage_report\\""']
        return "\n".join(lines) + "\n"


def runs(count: int, seed: int) -> list[Run]:
    """Generated runs: one to four calls each, one in ten of which fails at its only call."""
    draw = random.Random(f"traces {seed}")
    made = []
    for number in range(count):
        models = ["refused"] if number % 10 == 9 else draw.choices(list(MODELS)[:-1], k=draw.randint(1, 4))
        made.append(Run(number, tuple((model, draw.choice(NAMES[model])) for model in models)))
    return made


def tree(release: str, port: int) -> dict[str, str]:
    """A tree with the models at one endpoint."""
    files = g3_1() if [int(part) for part in release.split(".")[:2]] >= [0, 78] else g3()
    files["backends.toml"] += f'\n[lab]\nendpoint = "http://127.0.0.1:{port}/v1"\napi_key = "key"\n'
    head = '[defaults]\nsdk = "openai"\ninputs = ["text"]\noutputs = ["text"]\nmax_tokens = 4096\n'
    files["backends/lab.toml"] = head + "".join(f"\n[{name}]\n{costs}\n" for name, costs in MODELS.items())
    files["routing_profiles.toml"] += "".join(f'"{name}" = "lab"\n' for name in MODELS)
    presets = "".join(f'{name} = {{ model = "{name}", temperature = 0.5 }}\n' for name in MODELS)
    files["deck/x_lab.toml"] = (
        f'[llm.presets]\n{presets}[llm.aliases]\nto-priced = "priced"\n[llm.waterfalls]\nfirst = ["nobody", "halved"]\n'
    )
    return files


class Counter:
    """Answers like a provider, with random counts of tokens; a refused model gets an error that quotes the prompt."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(f"tokens {seed}")

    def __call__(self, talk: Talk) -> None:
        if json.loads(talk.request.body)["model"] == "refused":
            answer({"error": {"message": f"no: {CANARY}", "code": "bad"}}, 400)(talk)
            return
        inward, output = self._draw.randint(1, 200_000), self._draw.randint(1, 9000)
        cached = self._draw.choice((0, 0, self._draw.randint(0, inward)))
        usage = {
            "prompt_tokens": inward,
            "completion_tokens": output,
            "total_tokens": inward + output,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": output // 3},
        }
        message = {"role": "assistant", "content": f"{CANARY} pong"}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        head = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
        answer({**head, "choices": [choice], "usage": usage})(talk)


@dataclass(frozen=True)
class Outcome:
    """The sums of the release's reports and of pipedeck, and what differs, in words."""

    theirs: Totals
    ours: Totals
    wrong: tuple[str, ...]


def outcome(release: str, count: int, seed: int = 0) -> Outcome:
    """Run generated methods in a release, and compare."""
    made = runs(count, seed)
    with tempfile.TemporaryDirectory() as folder, Server({"/v1/*": Counter(seed)}) as server:
        project, home = Path(folder, "project"), Path(folder, "home")
        (home / ".pipelex").mkdir(parents=True)
        write_tree(project, tree(release, server.port))
        (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
        answers = _answers(release, project, home, made)
        report = inspect_tree(str(project), release=release, environ={"HOME": str(home)}, cwd=str(project))
        environ = {"XDG_STATE_HOME": str(home / "state")}
        read = read_traces(report, environ)
        stored = Path(traces_file(str(project / ".pipelex" / "inference"), f"{home}/state/pipedeck")).read_bytes()
    good = [item for item in answers if item["message"] is None]
    sums = {name: sum(item[name] for item in good) for name in ("calls", "input", "output", "cached", "cost")}
    theirs = Totals(errors=len(answers) - len(good), **sums)
    summary = read.summary
    ours = added_up(summary.rows.values())
    wrong = [
        f"{release} run {run.number}: {item['message']}"
        for run, item in zip(made, answers, strict=True)
        if (item["message"] is not None) is not run.fails or (not run.fails and item["calls"] != len(run.calls))
    ]
    for name in ("calls", "errors", "input", "output", "cached"):
        if getattr(theirs, name) != getattr(ours, name):
            wrong.append(f"{release} {name}: {getattr(theirs, name)} in its reports, {getattr(ours, name)} here")
    if round(theirs.cost, 4) != round(ours.cost, 4):
        wrong.append(f"{release} cost: ${theirs.cost} in its reports, ${ours.cost} here")
    wrong += [f"{release}: {number} {gap.value} in its traces" for gap, number in summary.gaps.items()]
    if CANARY.encode() in stored:
        wrong.append(f"{release}: a text of a run is in the summary")
    return Outcome(theirs, ours, tuple(wrong))


def _answers(release: str, project: Path, home: Path, made: Sequence[Run]) -> list[dict[str, Any]]:
    """The report of each run."""
    environ = {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x"}
    request = {"project": str(project), "home": str(home), "env": environ, "timeout": TIMEOUT_S}
    return answers_of_boot(environment(release), ASK, request, [run.request for run in made])


def main() -> int:
    """Measure releases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("releases", nargs="*", default=MEASURED)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    failed = False
    for release in options.releases:
        found = outcome(release, options.runs, options.seed)
        total = found.ours
        words = (
            f"{options.runs} runs, {total.calls} calls, {total.errors} errors, {total.input} + {total.output} tokens"
        )
        costs = f"${total.cost:.6f}, in its reports ${found.theirs.cost:.6f}"
        print(f"{release}: {words}, {costs}; {len(found.wrong)} differ", flush=True)
        for text in found.wrong[:10]:
            print(text)
        failed |= bool(found.wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
