"""The seed document's own dialect, which keeps models under `[models.NAME]`."""

from __future__ import annotations

from collections.abc import Mapping

FLAT_DEFAULTS = {"default_sdk": "sdk", "default_prompting_target": "prompting_target"}
SEED_TABLE = "models"


def is_seed_dialect(data: Mapping[str, object]) -> bool:
    """Whether a file keeps its models under `[models.NAME]`, as the seed document shows and no release loads."""
    inner = data.get(SEED_TABLE)
    if not isinstance(inner, dict) or not inner:
        return False
    rest = [key for key in data if key not in (SEED_TABLE, "defaults", *FLAT_DEFAULTS)]
    return not rest and all(isinstance(table, dict) for table in inner.values())
