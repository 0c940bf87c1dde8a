"""The record of one diagnostic: its code, severity and check, what it means, and how to fix it."""

from __future__ import annotations

from enum import StrEnum

from core.records import dataclass


class Severity(StrEnum):
    """The severity of a problem: an error makes a run fail, a warning may."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Check(StrEnum):
    """The checks of a configuration and its methods; every problem belongs to exactly one."""

    BACKENDS = "backend_connectivity"
    MODELS = "model_availability"
    ROUTING = "routing_consistency"
    PRESETS = "preset_validity"
    ALIASES = "alias_resolution"
    METHODS = "method_validity"
    """Only in a project with methods."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostic:
    """One kind of problem. Diagnostics are constants, compared by identity."""

    code: str
    """The stable public name, as in JSON documents and `pipedeck help CODE`."""
    severity: Severity
    """The default severity; a problem may be less severe, as in a release that tolerates it."""
    check: Check
    """The default check; problems of files and variables belong to the check of their file."""
    meaning: str
    why: str
    example: str
    fix: str
    """The advice: a value to write, or something to do."""
    no_fix: str = ""
    """Why `pipedeck fix` cannot do it; empty when it can."""
