"""The answers about pipes after random edits equal those of a report from scratch."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from core.api import Report
from core.pipes import PipeAnswer
from core.workspace import Workspace
from tests.conformance.pipe_cases import cases, tree
from tests.core.workspace.incremental_campaign import KEYS, Session
from tests.core.workspace.report_contents import read_fresh
from tests.support.trees import write_tree

MORE = """
[pipe.more]
type = "PipeLLM"
output = "Number"
model = "$gone"
"""


def answers(report: Report) -> dict[str, object]:
    """What a report says of pipes, in its order."""
    rows = [
        (item.pipe.source.shown, item.pipe.code, item.status, item.needs, item.foreign, _calls(item))
        for item in report.pipes
    ]
    problems, causes = list(report.problems), list(report.causes)
    return {"pipes": rows, "tally": report.pipe_tally, "problems": problems, "causes": causes}


def _calls(item: PipeAnswer) -> list[object]:
    return [(call.text, call.status, call.lacks, call.resolution) for call in item.calls]


@pytest.mark.parametrize("seed", range(4))
def test_answers_after_edits_equal_fresh_answers(tmp_path: Path, seed: int) -> None:
    rng = Random(f"pipes {seed}")
    write_tree(tmp_path, tree("0.92.2"))
    for case in cases(40, seed):
        (tmp_path / f"{case.pipe}.mthds").write_text(case.text, encoding="utf-8")
    workspace = Workspace.open(str(tmp_path), release="0.92.2", environ={**KEYS, "HOME": str(tmp_path)})
    workspace.attach_methods(workspace.read_methods())
    session = Session(rng, workspace)
    seen = set()
    for number in range(25):
        session.step()
        if number % 8 == 0:
            path = tmp_path / f"{rng.choice(cases(40, seed)).pipe}.mthds"
            path.write_text(path.read_text() + MORE.replace("more", f"more{number}"), encoding="utf-8")
            workspace.attach_methods(workspace.read_methods())
        report = workspace.report
        assert report.methods is not None
        fresh = read_fresh(report, workspace.view, report.catalog.assumed_profile).with_methods(report.methods)
        found = answers(report)
        assert found == answers(fresh), number
        seen.add(str(report.pipe_tally))
    assert len(seen) > 2
