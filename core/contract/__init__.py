"""The contract of the JSON documents, as models: what scripts may rely on, and the JSON Schema of it.

Imported only to print or check a schema: pydantic takes longer to import than a whole tree takes to answer for.
"""

from __future__ import annotations

from core.contract.checking import (
    CheckDocument,
    ChecksDocument,
    DeathDocument,
    ProblemDocument,
    ReferenceDocument,
    ResolveDocument,
    RouteDocument,
    StepDocument,
    ValidateDocument,
)
from core.contract.compare import CompareDocument, ProfilesDocument
from core.contract.document import Document
from core.contract.editing import EditDocument
from core.contract.explain import ExplainDocument
from core.contract.keys import KeysDocument
from core.contract.live import LiveCheckDocument
from core.contract.models import ModelsDocument
from core.contract.routes import RoutesDocument
from core.contract.starting import InitDocument
from core.contract.usage import UsesDocument

__all__ = [
    "DOCUMENTS",
    "CheckDocument",
    "ChecksDocument",
    "CompareDocument",
    "DeathDocument",
    "Document",
    "EditDocument",
    "ExplainDocument",
    "InitDocument",
    "KeysDocument",
    "LiveCheckDocument",
    "ModelsDocument",
    "ProblemDocument",
    "ProfilesDocument",
    "ReferenceDocument",
    "ResolveDocument",
    "RouteDocument",
    "RoutesDocument",
    "StepDocument",
    "UsesDocument",
    "ValidateDocument",
    "schema",
]

DOCUMENTS: dict[str, type[Document]] = {
    "validate": ValidateDocument,
    "resolve": ResolveDocument,
    "explain": ExplainDocument,
    "uses": UsesDocument,
    "models": ModelsDocument,
    "routes": RoutesDocument,
    "keys": KeysDocument,
    "check": LiveCheckDocument,
    "compare": CompareDocument,
    "profiles": ProfilesDocument,
    "init": InitDocument,
    "edit": EditDocument,
}


def schema(command: str) -> dict[str, object]:
    """The JSON Schema of what a command prints with `--json`."""
    return DOCUMENTS[command].model_json_schema()
