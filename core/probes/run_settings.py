"""The settings of a run of checks."""

from __future__ import annotations

from core.probes.certificates import Certificates
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits of a run. Times are in seconds, sizes in bytes.

    `per_check` limits one check, `total` all of them. `concurrency` checks start at once; one without an answer after
    `slow` seconds lets the next one start. `certificates` are the authorities to trust.
    """

    concurrency: int = 6
    per_host: int = 2
    slow: float = 1.0
    per_check: float = 10.0
    total: float = 30.0
    connect: float = 5.0
    max_bytes: int = 4 << 20
    retry: bool = True
    certificates: Certificates = Certificates()
