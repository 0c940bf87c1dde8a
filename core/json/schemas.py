"""JSON Schemas of the documents, made by pydantic from their classes.

Imported only to print or check a schema: pydantic takes longer to import than most commands take to answer.
"""

from __future__ import annotations

import ast
import functools
import inspect
import operator
import sys
import textwrap
from types import SimpleNamespace, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from core.json.check_document import CheckDocument
from core.json.compare_document import CompareDocument, ProfilesDocument
from core.json.document import Document
from core.json.edit_document import ChangeDocument, EditDocument, FixDocument
from core.json.explain_document import ExplainDocument
from core.json.init_document import InitDocument, ProviderDocument
from core.json.keys_document import KeysDocument
from core.json.lives_document import LivesDocument, PricesDocument, RefreshDocument
from core.json.models_document import ModelsDocument
from core.json.pipes_document import PipesDocument
from core.json.recover_document import RecoveryDocument
from core.json.releases_document import ReleasesDocument, StepDocument
from core.json.resolve_document import ResolveDocument
from core.json.review_document import ReviewDocument
from core.json.routes_document import RoutesDocument
from core.json.spent_document import SpentDocument
from core.json.upgrade_document import DriftDocument, UpgradeDocument
from core.json.uses_document import UsesDocument
from core.json.validate_document import ValidateDocument

DOCUMENTS: dict[str, Any] = {
    "validate": ValidateDocument,
    "resolve": ResolveDocument,
    "explain": ExplainDocument,
    "uses": UsesDocument,
    "pipes": PipesDocument,
    "models": ModelsDocument,
    "lives": LivesDocument,
    "prices": PricesDocument,
    "refresh": RefreshDocument,
    "spent": SpentDocument,
    "routes": RoutesDocument,
    "keys": KeysDocument,
    "check": CheckDocument,
    "compare": CompareDocument,
    "review": ReviewDocument,
    "profiles": ProfilesDocument,
    "releases": ReleasesDocument,
    "behaviours": dict[str, list[StepDocument]],
    "init": InitDocument,
    "providers": list[ProviderDocument],
    "edit": EditDocument,
    "fixes": list[FixDocument],
    "changes": list[ChangeDocument],
    "upgrade": UpgradeDocument,
    "drift": DriftDocument,
    "recover": list[RecoveryDocument],
}


def document_adapter(document: Any, *, strict: bool = False) -> TypeAdapter[Any]:
    """A validator of a document type: newer versions may add keys, so only with `strict` are they refused."""
    return TypeAdapter(_pydantic_type(document, {}, ConfigDict(extra="forbid" if strict else "allow")))


def _pydantic_type(annotation: Any, converted: dict[Any, Any], config: ConfigDict) -> Any:
    """The type as pydantic takes it, with a typed dict in place of each document."""
    if isinstance(annotation, type) and issubclass(annotation, Document):
        if annotation not in converted:
            fields = {name: _pydantic_type(hint, converted, config) for name, hint in _fields(annotation).items()}
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


def _fields(document: type[Document]) -> dict[str, Any]:
    """The type of each field, those of base classes first.

    Python keeps no annotations of attributes, so they are read from the source of `__init__`.
    """
    fields: dict[str, Any] = {}
    for base in reversed(document.__mro__[: document.__mro__.index(Document)]):
        source = ast.parse(textwrap.dedent(inspect.getsource(vars(base)["__init__"])))
        annotations = {
            node.target.attr: ast.unparse(node.annotation)
            for node in ast.walk(source)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute)
        }
        fields |= get_type_hints(SimpleNamespace(__annotations__=annotations), vars(sys.modules[base.__module__]))
    return fields
