"""JSON Schemas of the documents, made by pydantic from the typed dicts.

Imported only to print or check a schema: pydantic takes longer to import than most commands take to answer.
"""

from __future__ import annotations

import functools
import operator
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from core.json.check_document import CheckDocument
from core.json.compare_document import CompareDocument, ProfilesDocument
from core.json.edit_document import ChangeDocument, EditDocument, FixDocument
from core.json.explain_document import ExplainDocument
from core.json.init_document import InitDocument, ProviderDocument
from core.json.keys_document import KeysDocument
from core.json.models_document import ModelsDocument
from core.json.releases_document import ReleasesDocument, StepDocument
from core.json.resolve_document import ResolveDocument
from core.json.routes_document import RoutesDocument
from core.json.uses_document import UsesDocument
from core.json.validate_document import ValidateDocument

DOCUMENTS: dict[str, Any] = {
    "validate": ValidateDocument,
    "resolve": ResolveDocument,
    "explain": ExplainDocument,
    "uses": UsesDocument,
    "models": ModelsDocument,
    "routes": RoutesDocument,
    "keys": KeysDocument,
    "check": CheckDocument,
    "compare": CompareDocument,
    "profiles": ProfilesDocument,
    "releases": ReleasesDocument,
    "behaviours": dict[str, list[StepDocument]],
    "init": InitDocument,
    "providers": list[ProviderDocument],
    "edit": EditDocument,
    "fixes": list[FixDocument],
    "changes": list[ChangeDocument],
}


def document_adapter(document: Any) -> TypeAdapter[Any]:
    """A validator of a document type that accepts neither extra nor missing keys."""
    return TypeAdapter(_strict(document, {}))


def _strict(annotation: Any, converted: dict[Any, Any]) -> Any:
    """The type with extra keys forbidden in every typed dict; pydantic takes none of `typing` before Python 3.12."""
    if is_typeddict(annotation):
        if annotation not in converted:
            fields = {name: _strict(hint, converted) for name, hint in get_type_hints(annotation).items()}
            make: Any = TypedDict
            strict = make(annotation.__name__, fields)
            strict.__doc__ = annotation.__doc__
            strict.__pydantic_config__ = ConfigDict(extra="forbid")
            converted[annotation] = strict
        return converted[annotation]
    arguments = [_strict(argument, converted) for argument in get_args(annotation)]
    if isinstance(annotation, UnionType):
        return functools.reduce(operator.or_, arguments)
    origin = get_origin(annotation)
    return origin[*arguments] if origin in (list, dict) else annotation
