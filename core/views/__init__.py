"""The report as plain data for scripts: one JSON document for each command, as `core.contract` promises it."""

from __future__ import annotations

from core.views.checking import problem_document, resolution_document, resolve_document, validate_document

__all__ = ["problem_document", "resolution_document", "resolve_document", "validate_document"]
