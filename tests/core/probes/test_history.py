"""The stored history of checks: bounded, private, of one host, and its sparkline."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from core.files.state_folder import history_file
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Finding
from core.probes.history import (
    MAX_BACKENDS,
    MAX_SAMPLES,
    History,
    Sample,
    load_history,
    save_history,
    sparkline,
)
from core.probes.result_cache import save_results

GOOD = CheckResult("b", "openai", Finding(CheckStatus.OK), "https://h.example", 100.0, latency=0.25)


def test_history_is_stored_bounded_and_private(tmp_path: Path) -> None:
    root, state = str(tmp_path), str(tmp_path / "state")
    assert load_history(root, state) == {}
    for start in range(0, MAX_SAMPLES + 20, 20):
        results = [replace(GOOD, at=100.0 + number) for number in range(start, start + 20)]
        assert save_history(root, state, results) is None
    file = history_file(root, state)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    history = load_history(root, state)["b"]
    assert (len(history.samples), history.samples[-1]) == (MAX_SAMPLES, Sample(359.0, CheckStatus.OK, 0.25))
    # The same result twice, a completion, and checks that sent nothing, are no samples.
    written = file.read_bytes()
    results = [
        GOOD,
        replace(GOOD, at=359.004),
        replace(GOOD, at=400, asked_model="m"),
        replace(GOOD, at=400, finding=Finding(CheckStatus.CANCELLED)),
    ]
    assert save_history(root, state, results) is None
    assert file.read_bytes() == written
    # Another host starts anew; of too many backends the most recent remain.
    many = [replace(GOOD, backend=f"b{number}", at=1000.0 + number) for number in range(MAX_BACKENDS)]
    assert save_history(root, state, [replace(GOOD, host="https://other.example", at=500.0), *many]) is None
    stored = load_history(root, state)
    assert (len(stored), "b" in stored) == (MAX_BACKENDS, False)


def test_results_of_checks_are_in_the_history(tmp_path: Path) -> None:
    assert save_results(str(tmp_path), str(tmp_path / "state"), [], [GOOD]) is None
    assert load_history(str(tmp_path), str(tmp_path / "state"))["b"].samples[0].latency == 0.25
    (tmp_path / "file").write_text("in the way")
    assert "could not be stored" in (save_history(str(tmp_path), str(tmp_path / "file"), [GOOD]) or "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "backends": []}',
        "[" * 10_000,
        '{"format": 1, "backends": {"b": 1}}',
    ]
    + [
        json.dumps({"format": 1, "backends": {"b": {"host": "h", "samples": samples}}})
        for samples in ([[1, "no such status", 1]], [[1, "ok"]], [[float("nan"), "ok", 1], [1, "ok", float("inf")]], 7)
    ],
)
def test_damaged_file_counts_as_empty(content: str, tmp_path: Path) -> None:
    file = history_file(str(tmp_path), str(tmp_path / "state"))
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert all(history.samples == () for history in load_history(str(tmp_path), str(tmp_path / "state")).values())


def test_sparkline_and_text() -> None:
    seconds = (0.0, 0.1, 0.4, 0.8, None, 0.8)
    samples = [Sample(float(at), CheckStatus.OK, latency) for at, latency in enumerate(seconds)]
    samples[-1] = replace(samples[-1], status=CheckStatus.TIMEOUT)
    assert sparkline(samples, 10) == "▁▂▅█-x"
    assert (sparkline(samples, 2), sparkline(samples, 0), sparkline([], 5)) == ("-x", "", "")
    assert sparkline(samples[:1], 5) == "▁"
    history = History("h", tuple(samples))
    assert history.text == "5 of 6 good, 0.40 s median, 0.00 s to 0.80 s"
    assert History("h", tuple(samples[4:5])).text == "1 of 1 good"
