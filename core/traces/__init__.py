"""The traces of runs (`*.ndjson`): what each model was called for, and what it cost, without the texts of the runs."""

from __future__ import annotations

from typing import Final

RECENT_DAYS: Final = 30
"""The days of recent runs."""
