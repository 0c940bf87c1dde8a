"""The day that lives and prices are judged by."""

from __future__ import annotations

import os
import re
import time
from typing import Final

VARIABLE: Final = "PIPEDECK_TODAY"
"""Names another day than the present one, as `2026-12-31`, for reports that can be repeated."""


def today() -> str:
    """The present day in UTC, as `2026-12-31`; or the day that `PIPEDECK_TODAY` names."""
    named = os.environ.get(VARIABLE, "")
    return named if re.fullmatch(r"\d{4}-\d\d-\d\d", named) else time.strftime("%Y-%m-%d", time.gmtime())
