"""The requests of a backend, made from the rows of its provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

from core.catalog import Catalog
from core.entities import Backend, ModelSpec
from core.probes.address import Address
from core.probes.answer import Answer
from core.probes.check_plan import MAX_ITEMS, Header, Request, UnsendableError
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.classify import common, message_of
from core.probes.list_parsers import PARSERS, any_list, fal, litellm_details
from core.probes.secret import Secret, fill, fits_a_header, variable_value
from core.probes.served_models import MAX_ID_LENGTH
from core.probes.server_make import MAKES
from core.providers import table
from core.providers.provider import GROUP_HEADER, Paging, Provider, RequestTemplate, Role
from core.records import dataclass

LOOK_ELSEWHERE: Final = "look for the list at another path"
_FAL_BATCH: Final = 50
_JSON: Final = Header("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """The base of request URLs: an address, with a path prefix for stand-ins, and the provider's own path."""

    address: Address
    path: str

    @property
    def url(self) -> str:
        return self.address.url + self.path

    def target(self, path: str) -> str:
        """The request target for a path below the base."""
        return self.address.path.rstrip("/") + self.path + path


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The inputs of all requests to a backend."""

    provider: Provider
    base: BaseUrl
    catalog: Catalog
    backend: Backend
    specs: Sequence[ModelSpec]
    headers: tuple[Header, ...]
    deep: bool = False

    def get(self, role: Role, path: str, purpose: str) -> Request:
        """A request for a path below the base."""
        return Request(role, "GET", self.base.address, self.base.target(path), purpose, self.headers)

    def request(self, template: RequestTemplate, **fields: str) -> Request:
        """The request of a row, with the backend's fields in its path."""
        path = template.path.replace("{base}", self.base.target(""))
        path = path.replace("{origin}", self.base.address.path.rstrip("/"))
        for name, value in fields.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return replace(
            self.get(template.role, "", template.purpose),
            target=path,
            parse=PARSERS[template.format],
            paging=template.paging,
            optional=template.optional,
            fallback=template.fallback,
        )


def requests_for(context: RequestContext) -> tuple[Request, ...]:
    """The requests of a check. Raises UnsendableError if a field of the backend is missing."""
    provider = context.provider
    fields = {"api_version": api_version(context)} if provider is table.AZURE else {}
    requests = [context.request(template, **fields) for template in provider.requests]
    requests += _details(context)
    requests += _lists_elsewhere(context)
    if provider.name in _PER_MODEL:
        requests += _PER_MODEL[provider.name](context)
    elif context.deep and not provider.proves_key and provider.completion_format == "chat" and provider != table.OLLAMA:
        requests += _empty_chats(context)
    return tuple(requests)


def _details(context: RequestContext) -> Iterator[Request]:
    """The places where servers of known makes state the kinds and limits of the models in their lists."""
    if context.provider is not table.COMPATIBLE:
        return
    for name, make in MAKES.items():
        if make.details:
            below_origin = make.details.startswith("{origin}")
            prefix = context.base.address.path.rstrip("/") if below_origin else context.base.target("")
            request = context.get(Role.LIST, "", f"read what {make.title} states of its models")
            target = prefix + make.details.removeprefix("{origin}")
            parse = litellm_details if name == "litellm" else any_list
            yield replace(request, target=target, parse=parse, fallback=True, optional=True, make=name)


def _lists_elsewhere(context: RequestContext) -> Iterator[Request]:
    """The places of the same server where the list would be if the path of the endpoint were wrong."""
    if context.provider not in (table.COMPATIBLE, table.OLLAMA) or context.backend.text("endpoint") is None:
        return
    path = context.base.path
    for right in dict.fromkeys((f"{path}/v1", "/v1")):
        if right != path and not right.endswith("/v1/v1"):
            request = context.get(Role.LIST, "", LOOK_ELSEWHERE)
            target = f"{context.base.address.path.rstrip('/')}{right}"
            yield replace(
                request,
                target=f"{target}/models",
                parse=any_list,
                fallback=True,
                suggests=f"{context.base.address.origin}{target}",
            )


def declared_models(context: RequestContext, limit: int = MAX_ITEMS) -> list[ModelSpec]:
    """The models of a backend that can be requested individually, each id once."""
    by_id = {spec.model_id: spec for spec in context.specs if 0 < len(spec.model_id) <= MAX_ID_LENGTH}
    return [spec for name, spec in by_id.items() if "${" not in name][:limit]


# ---- Azure: deployments


def api_version(context: RequestContext) -> str:
    """The API version. Raises UnsendableError if it is missing."""
    text = context.backend.text("api_version")
    value = fill(context.catalog, text).text if text else variable_value(context.catalog, "OPENAI_API_VERSION")
    if value is None or not fits_a_header(value.reveal()):
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NO_FIELD), field="api_version")
    return value.reveal()


def _azure_deployments(context: RequestContext) -> Iterator[Request]:
    if not context.deep:
        return
    query = urlencode({"api-version": api_version(context)})
    for spec in declared_models(context):
        images = spec.model_type == "img_gen"
        body: Mapping[str, object] = {} if images else {"messages": []}
        operation = "images/generations" if images else "chat/completions"
        path = f"/openai/deployments/{quote(spec.model_id, safe='')}/{operation}?{query}"
        yield _empty_request(context, path, spec.model_id, body)


# ---- an empty request for each model


def _empty_chats(context: RequestContext) -> Iterator[Request]:
    for spec in declared_models(context):
        if spec.model_type == "llm":
            body = {"model": spec.model_id, "messages": []}
            yield _empty_request(context, "/chat/completions", spec.model_id, body, fallback=True)


def _empty_request(
    context: RequestContext, path: str, model: str, body: Mapping[str, object], *, fallback: bool = False
) -> Request:
    return Request(
        Role.ITEM,
        "POST",
        context.base.address,
        context.base.target(path),
        f"send {model} an empty request, which a served model rejects",
        (*context.headers, _JSON),
        json.dumps(body).encode(),
        item=model,
        is_served=rejects_empty_request,
        any_body=True,
        fallback=fallback,
    )


def rejects_empty_request(answer: Answer) -> bool | None:
    """Whether the answer to an empty request shows that the model is served; None if that is unknown."""
    finding = common(answer)
    if finding is not None and finding.status is CheckStatus.NOT_FOUND:
        return False if finding.reason is Reason.MODEL else None
    message = message_of(answer).lower()
    unknown = any(phrase in message for phrase in ("not found", "invalid model", "does not exist", "unknown model"))
    if answer.status in (400, 404, 422) and "model" in message and unknown:
        return False
    if answer.status in (400, 422) and finding is None:
        return True
    return True if 200 <= answer.status < 300 else None


# ---- Hugging Face: one request per model


@dataclass(frozen=True, slots=True)
class ServedBy:
    """A test of a model's page: whether an inference provider serves the model now."""

    variant: str

    def __call__(self, answer: Answer) -> bool | None:
        """None if the answer does not show it."""
        if answer.status == 404:
            return False
        data = answer.data
        mapping = data.get("inferenceProviderMapping") if isinstance(data, Mapping) else None
        rows: list[tuple[object, object]] = []
        if isinstance(mapping, Mapping):
            rows = list(mapping.items())
        elif isinstance(mapping, list):
            rows = [(item.get("provider"), item) for item in mapping if isinstance(item, Mapping)]
        elif answer.status != 200 or not isinstance(data, Mapping):
            return None
        live = [name for name, row in rows if isinstance(row, Mapping) and row.get("status") == "live"]
        return bool(live) if self.variant in ("", "auto") else self.variant in live


def _hugging_face_models(context: RequestContext) -> Iterator[Request]:
    for spec in declared_models(context):
        variant = spec.fields.get("variant")
        server = variant if isinstance(variant, str) else ""
        path = f"/api/models/{quote(spec.model_id, safe='/')}?expand=inferenceProviderMapping"
        purpose = f"check whether {server or 'any provider'} serves {spec.model_id}"
        yield replace(context.get(Role.ITEM, path, purpose), item=spec.model_id, is_served=ServedBy(server))


# ---- fal: only the declared ids, as its complete list proves no key


def _fal_models(context: RequestContext) -> Iterator[Request]:
    ids = [spec.model_id for spec in declared_models(context, 4 * _FAL_BATCH)]
    if not ids:
        yield replace(context.get(Role.BOTH, "/v1/models", "list the models"), parse=fal)
        return
    pricing = urlencode({"endpoint_id": ids[0]})
    purpose = "read the price of a model, which requires a valid key"
    yield context.get(Role.PROOF, f"/v1/models/pricing?{pricing}", purpose)
    for start in range(0, len(ids), _FAL_BATCH):
        query = urlencode([("endpoint_id", name) for name in ids[start : start + _FAL_BATCH]])
        request = context.get(Role.LIST, f"/v1/models?{query}", "list the declared models that exist")
        yield replace(request, parse=fal, paging=Paging("cursor"))


# ---- Portkey: one list for each provider behind it


def gateway_groups(specs: Sequence[ModelSpec]) -> list[str]:
    """The providers behind a gateway that the models of a backend name, as written in the tree."""
    headers = (spec.fields.get(GROUP_HEADER) for spec in specs)
    return list(dict.fromkeys(value for value in headers if isinstance(value, str) and value))


def _portkey_groups(context: RequestContext) -> Iterator[Request]:
    for group in gateway_groups(context.specs):
        filled = fill(context.catalog, group)
        value = filled.text.reveal()
        if filled.fault is not None or not fits_a_header(value):
            continue
        header = Header(GROUP_HEADER, Secret(value) if filled.variables else value)
        request = context.get(Role.LIST, "/models", f"list the models of {group}")
        yield replace(request, headers=(*context.headers, header), parse=any_list, group=group)


_PER_MODEL: Mapping[str, Callable[[RequestContext], Iterator[Request]]] = {
    table.AZURE.name: _azure_deployments,
    table.HUGGING_FACE.name: _hugging_face_models,
    table.FAL.name: _fal_models,
    table.PORTKEY.name: _portkey_groups,
}
"""The requests besides those of the row, by provider: for each declared model, or for each group of them."""
