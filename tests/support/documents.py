"""Strict validation of the JSON documents that the commands print."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from core.json.schemas import DOCUMENTS, document_adapter
from tui.cli.settings import SettingsDocument


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return document_adapter({**DOCUMENTS, "settings": SettingsDocument}[name], strict=True)


def parse_document(name: str, text: str) -> Any:
    """Parse a printed document and validate it strictly against its type."""
    _adapter(name).validate_json(text, strict=True)
    return json.loads(text)
