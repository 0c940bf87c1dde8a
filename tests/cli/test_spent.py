"""`pipedeck spent`: the table, the document, statuses, stopping, and that no text of a run gets anywhere."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from core.lives.clock import VARIABLE
from tests.support.documents import parse_document
from tests.support.git import Repository
from tests.support.traces import CANARY, FORMATS, event, pipe_error, pipe_start, run_of, usage, write_trace
from tests.support.trees import KEYS, minimal, write_tree
from tui.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv(VARIABLE)
    project = write_tree(tmp_path / "project", minimal("0.92.2"))
    monkeypatch.chdir(project)
    return project


def run_now(project: Path, form: str, name: str) -> None:
    """Write the trace of a run that takes place now."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [item | {"timestamp": now, "pipeline_run_id": name} for item in run_of(form)]
    os.utime(write_trace(project / ".pipelex/traces", events, name))


def test_the_table_fits_80_columns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_now(project, "0.92.2", "a/a.ndjson")
    run_now(project, "0.60.0", "b/b.ndjson")
    for arguments in ([], ["--by", "backend", "--since", "99d"], ["--as", "@best-claude=gpt-4o-mini"]):
        assert main(["spent", *arguments]) == 0
        text = capsys.readouterr().out
        assert max(map(len, text.splitlines())) <= 80
        assert "by day  ............." in text
    assert main(["spent", "--by", "pipe", "--since", "1d"]) == 0
    head, first, second, total, days, *notes = capsys.readouterr().out.splitlines()
    assert head.split() == ["PIPE", "CALLS", "ERRORS", "IN", "CACHED", "OUT", "SPENT", "BY", "FILE"]
    assert first.split() == ["summarize", "4", "3k", "400", "300", "$0.0034", "$0.0129", "████████"]
    assert second.split() == ["broken", "0", "2", "0", "0", "0"]
    assert total.split() == ["total", "4", "2", "3k", "400", "300", "$0.0034", "$0.0129"]
    assert days == "by day  █  up to $0.0034 a day"
    assert notes[-1].startswith("  by the index: no published price")


def test_document(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_now(project, "0.92.2", "a/a.ndjson")
    assert main(["spent", "--json", "--as", "gpt-4o-mini=claude-4-sonnet"]) == 0
    document: Any = parse_document("spent", capsys.readouterr().out)
    assert (document["total"]["calls"], document["total"]["errors"], document["by"]) == (2, 1, "model")
    assert document["groups"][0]["recorded"] == {"usd": pytest.approx(0.0017), "unrated": 0}
    assert document["total"]["instead"]["low"] < document["total"]["instead"]["high"]
    assert document["traces"]["folder"] == str(project / ".pipelex/traces")


def test_what_is_left_out_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spent"]) == 0
    assert capsys.readouterr().out.startswith("no call from ")
    (project / ".pipelex/pipelex.toml").write_text("[runtime.tracing]\nis_enabled = false\n")
    run_now(project, "0.92.2", "a/a.ndjson")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    odd = [
        usage(0, at=now, costs={}, model="gone", backend=""),
        usage(1, at=now, model_type="extract", pricing_unit="page", tokens={"output": 2_000_000}),
        event("dance", 2, "0.92.2", now),
        event("dance", 3, "0.92.2", now),
    ]
    path = write_trace(project / ".pipelex/traces", odd, "b/b.ndjson")
    os.utime(path)
    with path.open("a") as file:
        file.write("{")
    assert main(["spent", "--by", "backend"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for said in (
        "no new traces here: `runtime.tracing.is_enabled` is false",
        "1 call of models without a price when they ran",
        "2 calls of models without a price in the tree",
        "2 pages or requests billed by the piece",
        "1 file with an incomplete last line",
        "2 events of an unknown kind, skipped",
    ):
        assert said in text
    assert main(["spent", "--format", "github"]) == 0
    unpriced = capsys.readouterr().out.splitlines()
    assert any("1 call of `gone` since" in line and "which does not declare the model" in line for line in unpriced)
    assert all(line.startswith("::warning file=") for line in unpriced)
    assert main(["spent", "--since", "2999-01-01", "--format", "gitlab"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_reference_that_ran_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (project / ".pipelex").rglob("*.toml"):
        os.utime(path, (0, 0))
    run_now(project, "0.92.2", "a/a.ndjson")
    said = "its model ran just now, 1.50 s, $0.0006; 2 times in 30 days"
    for command in ("explain", "resolve"):
        assert main([command, "$cheap"]) == 0
        assert said in " ".join(capsys.readouterr().out.split())
        assert main([command, "gpt-4o-mini", "--json"]) == 0
        document: Any = parse_document(command, capsys.readouterr().out)
        ran = document["references"][0]["ran"]
        assert (ran["by_name"], ran["calls"], ran["errors"], ran["seconds"]) == (True, 2, 0, 1.5)
        assert ran["usd"] == pytest.approx(0.0006)
    assert main(["resolve", "$cheap", "--offline"]) == 0
    assert said not in capsys.readouterr().out
    (project / "m.mthds").write_text(METHOD)
    assert main(["pipes"]) == 0
    assert "failed just now; 1 error in 30 days" in capsys.readouterr().out
    assert main(["pipes", "--json"]) == 0
    document = parse_document("pipes", capsys.readouterr().out)
    assert document["pipes"][0]["ran"] | {"last_error": ""} == {
        "by_name": True,
        "at": None,
        "seconds": None,
        "usd": None,
        "calls": 0,
        "errors": 1,
        "last_error": "",
    }


def test_validate_tells_of_failed_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (project / ".pipelex").rglob("*.toml"):
        os.utime(path, (0, 0))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [pipe_start(0, "0.92.2", "n", "p", choices="$cheap"), pipe_error(1, "0.92.2", "n", now)]
    os.utime(write_trace(project / ".pipelex/traces", events))
    said = "runs that call `gpt-4o-mini` fail: the last one just now, 1 error and 0 calls in 30 days"
    assert main(["validate"]) == 0
    assert said in " ".join(capsys.readouterr().out.split())
    for option in ("--offline", "--assume-keys"):
        assert main(["validate", option]) == 0
        assert "runs that call" not in capsys.readouterr().out


METHOD = """
domain = "d"
description = "x"
[pipe.broken]
type = "PipeLLM"
description = "x"
output = "Text"
model = "gpt-4o-mini"
prompt = "x"
"""


def test_an_edit_says_what_past_runs_would_have_cost(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_now(project, "0.92.2", "a/a.ndjson")
    edit = ["route", "gpt-*", "anthropic", "--dry-run", "--anyway"]
    assert main(edit) == 0
    text = capsys.readouterr().out
    assert "last 30 days: $0.0017 -> $0, 2 calls without a model" in text
    assert main(["model", "openai", "gpt-4o-mini", "--price", "30,150", "--dry-run", "--json"]) == 0
    document: Any = parse_document("edit", capsys.readouterr().out)
    change = document["impact"]["cost_change"]
    assert (change["moved"], change["unpriced"], change["dead"]) == (2, 0, 0)
    # 1,300 tokens in, 200 of them cached at half the price, and 150 out.
    assert change["high"] == pytest.approx((1300 * 30 + 200 * 15 + 150 * 150) / 1e6)
    assert change["before"] == pytest.approx(0.0017)
    assert main(["preset", "writing", "--set", "temperature=0.9", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["impact"]["cost_change"] is None


def test_a_review_says_what_past_runs_would_have_cost(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_now(project, "0.92.2", "a/a.ndjson")
    Repository(project, minimal("0.92.2"))
    models = project / ".pipelex/inference/backends/openai.toml"
    models.write_text(models.read_text().replace("input = 3.0, output = 15.0", "input = 30.0, output = 150.0"))
    said = "last 30 days: $0.0017 -> $0.0645"
    assert main(["review", "HEAD"]) == 0
    assert said in capsys.readouterr().out
    assert main(["review", "HEAD", "--format", "markdown"]) == 0
    assert "Last 30 days: $0.0017 -&gt; $0.0645" in capsys.readouterr().out
    assert main(["review", "HEAD", "--json"]) == 0
    document: Any = parse_document("review", capsys.readouterr().out)
    assert document["cost_change"]["moved"] == 2


def test_texts_of_runs_get_nowhere(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in FORMATS:
        run_now(project, form, f"{form}/a.ndjson")
    broken = json.dumps(pipe_error(0, "0.92.2", CANARY) | {"event_kind": "pipe_end_error", "timestamp": CANARY})
    (project / ".pipelex/traces/c.ndjson").write_text(f"{CANARY}\n{broken}\n{broken[:90]}")
    printed = ""
    for arguments in ([], ["--json"], ["--by", "pipe"], ["--by", "day"], ["--as", f"{CANARY}x=gpt-4o-mini"]):
        main(["spent", *arguments])
        found = capsys.readouterr()
        printed += found.out + (found.err if CANARY not in str(arguments) else "")
    stored = "".join(path.read_text(errors="replace") for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert "summarize" in stored
    assert CANARY not in printed + stored


def test_ctrl_c_stops_the_reading(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        run_now(project, "0.92.2", f"{number}/a.ndjson")

    class Terminal:
        """A standard error on which the person presses Ctrl+C once something is written."""

        written = ""

        def isatty(self) -> bool:
            signal.raise_signal(signal.SIGINT)
            return True

        def write(self, text: str) -> int:
            self.written += text
            return len(text)

        def flush(self) -> None:
            """Nothing is kept back."""

    with monkeypatch.context() as context:
        context.setattr("sys.stderr", Terminal())
        assert main(["spent"]) == 130
    assert "older traces are missing" in " ".join(capsys.readouterr().out.split())
    assert main(["spent", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["calls"] == 6


@pytest.mark.parametrize("arguments", [["--since", "soon"], ["--by", "hour"], ["--as", "gpt-4o-mini"]])
def test_wrong_usage(arguments: list[str], project: Path) -> None:
    try:
        status = main(["spent", *arguments])
    except SystemExit as exit_:
        status = int(str(exit_.code))
    assert status == 2
