"""The delay before a request is repeated: that of the server, or a short one."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Mapping
from typing import Final

from core.probes.answer import Answer
from core.probes.check_status import Finding, Reason

_RETRIED: Final = frozenset({502, 503, 504, 529})
_RETRY_DELAY_S: Final = 0.3


def retry_wait(answer: Answer, finding: Finding) -> float | None:
    """The delay before a retry in seconds, None for no retry."""
    if answer.status == 429 and finding.reason is not Reason.QUOTA:
        return retry_after(answer.headers)
    if answer.status in _RETRIED:
        return retry_after(answer.headers) or short_delay()
    return None


def short_delay() -> float:
    """A delay in seconds, with a random part so that clients do not return all at once."""
    return _RETRY_DELAY_S * (1 + random.random())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The delay in seconds that a server requests, in milliseconds, seconds or as a date."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if text.replace(".", "", 1).isdigit():
            return min(float(text) * factor, 1e6)
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
