"""Fixes name the `.env` of the folder that Pipelex is started in, as the release reads it."""

from __future__ import annotations

from pathlib import Path

from core.keys import keys
from core.probes.check_planner import plan_checks
from core.probes.runner import skipped_result
from tests.support.trees import g3_1, inspect, only


def test_fixes_name_the_env_file_of_the_start_folder(tmp_path: Path) -> None:
    files = {**g3_1(), "../../.env.local": "OPENAI_API_KEY=there\n", "../../app/main.py": ""}
    inspect(tmp_path / "shop", files, environ={})
    report = inspect(tmp_path / "shop", environ={}, cwd=tmp_path / "shop" / "app")
    named = "./app/.env"
    missing = [problem for problem in report.problems if problem.code == "variable-missing"]
    assert missing
    assert all((problem.fix or "").endswith(named) for problem in missing)
    assert only(report, "variable-elsewhere").fix == f"move the line to {named}"
    plans = plan_checks(report.catalog, ["openai"])
    assert [skipped_result(plan).texts[1] for plan in plans] == [f"set OPENAI_API_KEY in the shell or in {named}"]
    assert {row.source for row in keys(report)} == {None}


def test_a_start_outside_of_the_project_is_named_by_its_path(tmp_path: Path) -> None:
    inspect(tmp_path / "shop", g3_1(), environ={})
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    report = inspect(tmp_path / "shop", environ={})
    assert report.catalog.environment.dotenv == "./.env"
