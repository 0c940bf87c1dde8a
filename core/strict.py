"""The strict interface for programs: a tree or reference loads, or a typed error is raised.

The errors are the four that the documentation of Pipelex names for the inference configuration.

ModelsManagerError
+-- ModelDeckNotFoundError      there is no deck file
+-- LLMHandleNotFoundError      a model or alias is not served
+-- LLMPresetNotFoundError      a preset does not exist
"""

from __future__ import annotations

from collections.abc import Mapping

from core.api import Report, inspect_tree
from core.diagnostics.file_codes import DECK_MISSING
from core.entities import ModelSpec
from core.errors import LLMHandleNotFoundError, LLMPresetNotFoundError, ModelDeckNotFoundError, ModelsManagerError
from core.references import Kind, parse_reference
from core.resolution import find_references

__all__ = [
    "LLMHandleNotFoundError",
    "LLMPresetNotFoundError",
    "ModelDeckNotFoundError",
    "ModelsManagerError",
    "load",
    "require",
]


def load(
    path: str | None = None,
    *,
    release: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: str | None = None,
) -> Report:
    """Read a tree that its release would load.

    Raises ModelDeckNotFoundError when there is no deck, ModelsManagerError for anything else at which the release
    stops, NoTreeError when there is no tree.
    """
    report = inspect_tree(path, release=release, profile=profile, environ=environ, cwd=cwd)
    stop = report.stops_at
    if stop is not None:
        location = f"{stop.location}: " if stop.location is not None else ""
        error = ModelDeckNotFoundError if stop.diagnostic is DECK_MISSING else ModelsManagerError
        raise error(f"{location}{stop.message}")
    return report


def require(report: Report, reference: str) -> ModelSpec:
    """Return the model of a reference.

    Raises LLMPresetNotFoundError when it names a preset that does not exist, LLMHandleNotFoundError when it ends at
    no served model; the message says why.
    """
    matches = find_references(report.resolver, report.resolutions, reference)
    served = next((item.spec for item in matches if item.spec is not None), None)
    if served is not None:
        return served
    parsed = parse_reference(reference)
    if parsed.kind is Kind.PRESET and all(item.kind is not Kind.PRESET or item.place is None for item in matches):
        raise LLMPresetNotFoundError(f"there is no preset `{parsed.name}`")
    unresolved = matches[0].unresolved
    raise LLMHandleNotFoundError(
        unresolved.message if unresolved is not None else f"no enabled backend serves `{reference}`"
    )
