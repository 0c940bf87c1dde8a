"""The keys of backends that Pipelex knows, and keys that look like one of them."""

from __future__ import annotations

from collections.abc import Mapping

from core.entities import Backend
from core.suggest import near

KNOWN_KEYS = (
    "enabled",
    "endpoint",
    "api_key",
    "extra_config",
    "listed_constraints",
    "valued_constraints",
    "display_name",
    "api_version",
    "aws_region",
    "gcp_project_id",
    "gcp_location",
    "gcp_credentials_file_path",
)


def mistyped(backend: Backend) -> Mapping[str, str]:
    """The keys of a backend that look like a known one which it lacks, with that one."""
    found: dict[str, str] = {}
    for key in backend.fields:
        names = near(key, KNOWN_KEYS) if key not in KNOWN_KEYS else ()
        if meant := next((name for name in names if name not in backend.fields), ""):
            found[key] = meant
    return found
