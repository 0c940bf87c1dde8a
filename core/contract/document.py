"""What all documents have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """Base of the documents: newer versions of pipedeck may add keys."""

    model_config = ConfigDict(extra="allow")
