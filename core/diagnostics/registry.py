"""The registry: every diagnostic by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.diagnostics import (
    backend_codes,
    deck_codes,
    file_codes,
    history_codes,
    installation_codes,
    life_codes,
    live_codes,
    method_codes,
    model_codes,
    policy_codes,
    routing_codes,
    settings_codes,
    start_codes,
)
from core.diagnostics.diagnostic import Diagnostic

_MODULES = (
    file_codes,
    start_codes,
    settings_codes,
    installation_codes,
    backend_codes,
    model_codes,
    routing_codes,
    deck_codes,
    method_codes,
    life_codes,
    policy_codes,
    live_codes,
    history_codes,
)

DIAGNOSTICS: Final[Mapping[str, Diagnostic]] = {
    value.code: value for module in _MODULES for value in vars(module).values() if isinstance(value, Diagnostic)
}
"""Every diagnostic by its code, grouped by subject."""
