"""Samples of the campaigns over slow and failing storage: projects over one home, commands that are cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.storage import run_preloaded


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("tests.trust.shared_home", ["--edits", "4", "--delay", "1", "--kills", "4"]),
        ("tests.trust.command_faults", ["--cases", "7"]),
    ],
)
def test_sample_of_a_campaign(tmp_path: Path, module: str, arguments: list[str]) -> None:
    assert run_preloaded(module, [*arguments, "--folder", str(tmp_path)], tmp_path) == 0
