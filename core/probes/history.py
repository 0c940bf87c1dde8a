"""The history of checks: status and latency of the last ones of each backend, mode 0600, without texts of servers."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.files.state_folder import history_file
from core.files.store.commit_results import error_text
from core.files.store.disk import Disk, make_private_folder, read_whole, replace_private
from core.formatting import block, duration
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus
from core.records import dataclass

FORMAT: Final = 1
MAX_SAMPLES: Final = 240
"""The samples of a backend that are stored: two hours at one each half minute."""
MAX_BACKENDS: Final = 500
_MAX_BYTES: Final = 8 << 20
_SAME_S: Final = 0.01
"""Two samples within this time are the same one, with its time rounded."""
_NOT_STORED: Final = frozenset({CheckStatus.CANCELLED, CheckStatus.NOT_CHECKABLE, CheckStatus.MISSING_CREDENTIAL})


@dataclass(frozen=True, slots=True)
class Sample:
    """One check: unix time, status, and seconds to the first byte, None without an answer."""

    at: float
    status: CheckStatus
    latency: float | None

    @property
    def good(self) -> bool:
        """Whether the provider responded as expected."""
        return self.status is CheckStatus.OK


@dataclass(frozen=True, slots=True)
class History:
    """The samples of a backend at one host, the oldest first."""

    host: str
    samples: tuple[Sample, ...] = ()

    def with_result(self, result: CheckResult) -> History:
        """With the sample of a check; another host starts a new series. Checks that sent nothing have no sample."""
        if result.finding.status in _NOT_STORED or result.asked_model:
            return self
        sample = Sample(result.at, result.finding.status, result.latency)
        samples = self.samples if self.host == result.host else ()
        if samples and samples[-1].at >= sample.at - _SAME_S:
            return self
        return History(result.host, (*samples, sample)[-MAX_SAMPLES:])

    @property
    def text(self) -> str:
        """The count of good checks and the range of latencies."""
        latencies = [sample.latency for sample in self.samples if sample.latency is not None]
        count = f"{sum(sample.good for sample in self.samples)} of {len(self.samples)} good"
        if not latencies:
            return count
        low, middle, high = map(duration, (min(latencies), statistics.median(latencies), max(latencies)))
        return f"{count}, {middle} median, {low} to {high}"


def sparkline(samples: Sequence[Sample], width: int) -> str:
    """The last latencies as blocks, from 0 to the longest; `x` for a failed check, `-` for one without a latency."""
    shown = samples[-width:] if width > 0 else ()
    longest = max((sample.latency for sample in shown if sample.good and sample.latency is not None), default=0.0)
    return "".join(_block(sample, longest) for sample in shown)


def _block(sample: Sample, longest: float) -> str:
    if not sample.good:
        return "x"
    if sample.latency is None:
        return "-"
    return block(sample.latency / longest if longest else 0.0)


def load_history(root: str, state: str, *, disk: Disk | None = None) -> dict[str, History]:
    """The stored history of a tree by backend. Never raises: a damaged file counts as empty."""
    try:
        raw = read_whole(disk or Disk(), str(history_file(root, state)))
        content = json.loads(raw) if len(raw) <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return {}
    backends = content.get("backends")
    entries = backends.items() if isinstance(backends, dict) else ()
    return {name: history for name, entry in entries if (history := _read(entry)) is not None}


def _read(entry: Any) -> History | None:
    try:
        samples = [
            Sample(float(at), CheckStatus(status), float(latency) if latency is not None else None)
            for at, status, latency in entry["samples"][-MAX_SAMPLES:]
        ]
        return History(str(entry["host"]), tuple(it for it in samples if _is_possible(it)))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _is_possible(sample: Sample) -> bool:
    return math.isfinite(sample.at) and (sample.latency is None or 0 <= sample.latency < math.inf)


def save_history(root: str, state: str, results: Iterable[CheckResult], *, disk: Disk | None = None) -> str | None:
    """Add results to the stored history. Returns the error, or None."""
    disk = disk or Disk()
    before = load_history(root, state, disk=disk)
    after = added(before, results)
    if after == before:
        return None
    recent = sorted(after, key=lambda name: after[name].samples[-1].at)[-MAX_BACKENDS:]
    content = {
        "format": FORMAT,
        "backends": {
            name: {
                "host": after[name].host,
                "samples": [[round(it.at, 3), it.status, it.latency] for it in after[name].samples],
            }
            for name in recent
        },
    }
    path = str(history_file(root, state))
    try:
        make_private_folder(disk, str(Path(path).parent))
        replace_private(disk, path, json.dumps(content, separators=(",", ":")).encode())
    except OSError as error:
        return f"the history of checks could not be stored ({error_text(error)})"
    return None


def added(histories: Mapping[str, History], results: Iterable[CheckResult]) -> dict[str, History]:
    """The histories with these results."""
    after = dict(histories)
    for result in results:
        history = after.get(result.backend, History(result.host)).with_result(result)
        if history.samples:
            after[result.backend] = history
    return after
