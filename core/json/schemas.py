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


def document_adapter(document: Any, *, strict: bool = False) -> TypeAdapter[Any]:
    """A validator of a document type: newer versions may add keys, so only with `strict` are they refused."""
    return TypeAdapter(_pydantic_type(document, {}, ConfigDict(extra="forbid" if strict else "allow")))


def _pydantic_type(annotation: Any, converted: dict[Any, Any], config: ConfigDict) -> Any:
    """The type as pydantic takes it: before Python 3.12 no typed dict of `typing`."""
    if is_typeddict(annotation):
        if annotation not in converted:
            hints = get_type_hints(annotation)
            fields = {name: _pydantic_type(hint, converted, config) for name, hint in hints.items()}
            make: Any = TypedDict
            copy = make(annotation.__name__, fields)
            copy.__doc__ = annotation.__doc__
            copy.__pydantic_config__ = config
            converted[annotation] = copy
        return converted[annotation]
    arguments = [_pydantic_type(argument, converted, config) for argument in get_args(annotation)]
    if isinstance(annotation, UnionType):
        return functools.reduce(operator.or_, arguments)
    origin = get_origin(annotation)
    return origin[*arguments] if origin in (list, dict) else annotation
