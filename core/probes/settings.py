"""How a run of checks behaves: its limits, and what the person's network needs."""

from __future__ import annotations

from dataclasses import field

from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a run. Times are in seconds, sizes in bytes.

    This machine (`loopback`) answers soon or not at all. `proxy` is the address of a proxy to go through, though never
    to this machine. `ca_file` names a file of the certificates to believe, in place of the usual ones.
    """

    at_once: int = 6
    per_host: int = 2
    per_check: float = 10.0
    loopback: float = 3.0
    in_all: float = 30.0
    connect: float = 5.0
    most_bytes: int = 4 << 20
    retry: bool = True
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
