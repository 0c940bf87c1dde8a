"""Pipes: pipedeck's word on each, against runs of a real release whose providers are a port of this machine.

`python -m tests.conformance.pipes [RELEASE...] [--pipes N] [--seed N]` prints the pipes whose call reaches the provider
although pipedeck says that it cannot, and the other way round.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.api import inspect_tree
from core.pipes import PipeAnswer
from core.resolution import Status
from tests.support.trees import write_tree

from .environments import answers_of_boot, environment
from .packages import extras_folder
from .pipe_cases import PDF, WEB_PAGE, Case, cases, tree

MEASURED = ("0.24.1", "0.45.0", "0.60.0", "0.77.0", "0.92.2")
ASK = Path(__file__).resolve().parent / "inside" / "ask_pipes.py"
TIMEOUT_S = 60


def answers_of(project: Path, release: str, asked: Sequence[Case]) -> list[PipeAnswer]:
    """What pipedeck says of each pipe."""
    for case in asked:
        (project / f"{case.pipe}.mthds").write_text(case.text, encoding="utf-8")
    environ = {"HOME": str(project / "home"), **ENVIRONMENT}
    report = inspect_tree(str(project), release=release, environ=environ, methods=True)
    found = {item.pipe.code: item for item in report.pipes}
    return [found[case.pipe] for case in asked]


def with_web_pages(case: Case, answer: PipeAnswer) -> Case:
    """A case with a web page for each document, where its model reads nothing else: which file is given is no fault."""
    models = [call.spec for call in answer.calls if call.spec is not None]
    if not any(spec.fields.get("inputs") == ["web_page"] for spec in models):
        return case
    return replace(case, inputs=json.loads(json.dumps(case.inputs).replace(json.dumps(PDF), json.dumps(WEB_PAGE))))


ENVIRONMENT = {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x"}


def runs(project: Path, release: str, asked: Sequence[Case]) -> list[dict[str, Any]]:
    """What happens when the release runs each pipe."""
    home = project / "home"
    (home / ".pipelex").mkdir(parents=True, exist_ok=True)
    made = environment(release)
    extras = str(extras_folder(made))
    request = {"project": str(project), "home": str(home), "env": ENVIRONMENT, "extras": extras, "timeout": TIMEOUT_S}
    return answers_of_boot(made, ASK, request, [case.request for case in asked])


@dataclass(frozen=True)
class Outcome:
    """How many pipes reached the provider, or ended without one, and where pipedeck says otherwise, in words."""

    asked: int
    ran: int
    wrong: tuple[str, ...]


def outcome(release: str, count: int, seed: int = 0) -> Outcome:
    """Run generated pipes in a release, and compare."""
    asked = cases(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        write_tree(project, tree(release))
        (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n', encoding="utf-8")
        found = answers_of(project, release, asked)
        said = [answer.status is Status.CALLABLE for answer in found]
        asked = [with_web_pages(case, answer) for case, answer in zip(asked, found, strict=True)]
        for file in project.glob("*.mthds"):
            file.unlink()
        answers = runs(project, release, asked)
    wrong = tuple(
        f"{release} pipe {case.number}: pipedeck says {'it runs' if can else 'it cannot run'}; {item['message']}\n"
        + case.text.partition("[pipe.")[2]
        for case, item, can in zip(asked, answers, said, strict=True)
        if item["ran"] is not can
    )
    return Outcome(len(asked), sum(item["ran"] for item in answers), wrong)


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
        print(f"{release}: {found.asked} pipes, {found.ran} reach the provider, {len(found.wrong)} differ", flush=True)
        for text in found.wrong[:5]:
            print(text)
        failed |= bool(found.wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
