"""The counts and rows of `check` under load."""

from __future__ import annotations

import os

from tests.cli.check_load import run_campaign


def test_no_row_is_lost_under_load() -> None:
    assert run_campaign(5, os.cpu_count() or 1) == []
