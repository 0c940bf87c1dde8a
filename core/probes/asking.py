"""The requests of one backend: most straight from the provider's rows, some for each model or each group of models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from core.catalog import Catalog
from core.entities import Backend, ModelSpec
from core.probes import shapes, table
from core.probes.address import Address
from core.probes.answer import Answer
from core.probes.classify import common, message_of
from core.probes.filling import fill, variable
from core.probes.plan import MOST_ITEMS, Ask, Header
from core.probes.provider import Paging, Provider, Role, Row
from core.probes.secret import Secret, fits_a_header
from core.probes.served import LONGEST_ID
from core.probes.status import CheckStatus, Reason
from core.records import dataclass

GROUP_HEADER: Final = "x-portkey-provider"
_FAL_AT_ONCE: Final = 50
_JSON: Final = Header("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Base:
    """Where requests go: a host, perhaps with a prefix where somebody stands in for it, and the provider's own path."""

    address: Address
    path: str

    @property
    def url(self) -> str:
        return self.address.url + self.path


@dataclass(frozen=True, slots=True)
class Asking:
    """All that the requests of a backend are made from."""

    provider: Provider
    base: Base
    catalog: Catalog
    backend: Backend
    specs: Sequence[ModelSpec]
    headers: tuple[Header, ...]
    deep: bool = False

    def ask(self, row: Row, **fields: str) -> Ask:
        """A request as a row of the table has it."""
        path = row.path.replace("{base}", self.base.address.path.rstrip("/") + self.base.path)
        path = path.replace("{origin}", self.base.address.path.rstrip("/"))
        for name, value in fields.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return Ask(
            row.role,
            row.method,
            self.base.address,
            path,
            row.why,
            self.headers,
            row.body.encode(),
            row.parse,
            row.paging,
            row.optional,
            fallback=row.fallback,
        )


def asks_for(asking: Asking) -> tuple[Ask, ...] | str:
    """The requests, or the name of a field of the backend that they cannot do without."""
    provider = asking.provider
    if provider is table.AZURE:
        version = api_version(asking)
        return version if version.startswith("?") else tuple(_azure(asking, version))
    if provider is table.HUGGING_FACE:
        return tuple(_hugging_face(asking))
    if provider is table.FAL:
        return tuple(_fal(asking))
    if provider is table.PORTKEY:
        return tuple(_portkey(asking))
    asks = [asking.ask(row) for row in provider.rows]
    if asking.deep and not provider.proves_key and provider.completion == "chat" and provider is not table.OLLAMA:
        asks += _empty_chats(asking)
    return tuple(asks)


def declared_ids(asking: Asking, most: int = MOST_ITEMS) -> list[ModelSpec]:
    """The models of a backend, each id once, that can be asked for one by one."""
    found = {spec.model_id: spec for spec in asking.specs if 0 < len(spec.model_id) <= LONGEST_ID}
    return [spec for name, spec in found.items() if "${" not in name][:most]


# ---- Azure: deployments


def api_version(asking: Asking) -> str:
    """The version, or `?` and the name of the field when there is none."""
    text = asking.backend.text("api_version")
    if text:
        filled = fill(asking.catalog, text)
        value = filled.text.reveal()
    else:
        found = variable(asking.catalog, "OPENAI_API_VERSION")
        value = found.reveal() if found is not None else ""
    return value if value and fits_a_header(value) else "?api_version"


def _azure(asking: Asking, version: str) -> Iterator[Ask]:
    for row in asking.provider.rows:
        yield asking.ask(row, api_version=version)
    if not asking.deep:
        return
    for spec in declared_ids(asking):
        what = "images/generations" if spec.model_type == "img_gen" else "chat/completions"
        body: Mapping[str, object] = {} if spec.model_type == "img_gen" else {"messages": []}
        path = f"/openai/deployments/{quote(spec.model_id, safe='')}/{what}?{urlencode({'api-version': version})}"
        yield _empty(asking, asking.base.address.path.rstrip("/") + asking.base.path + path, spec.model_id, body)


# ---- an empty request for each model


def _empty_chats(asking: Asking) -> Iterator[Ask]:
    for spec in declared_ids(asking):
        if spec.model_type == "llm":
            path = asking.base.address.path.rstrip("/") + asking.base.path + "/chat/completions"
            yield _empty(asking, path, spec.model_id, {"model": spec.model_id, "messages": []}, fallback=True)


def _empty(asking: Asking, target: str, model: str, body: Mapping[str, object], *, fallback: bool = False) -> Ask:
    return Ask(
        Role.ITEM,
        "POST",
        asking.base.address,
        target,
        f"asks {model} nothing at all: a model that is there refuses an empty request",
        (*asking.headers, _JSON),
        json.dumps(body).encode(),
        item=model,
        settle=is_there,
        plain=True,
        fallback=fallback,
    )


def is_there(answer: Answer) -> bool | None:
    """Whether the answer to an empty request means that the model is there: it is refused for being empty."""
    found = common(answer)
    if found is not None and found.status is CheckStatus.NOT_FOUND:
        return False if found.reason is Reason.MODEL else None
    said = message_of(answer).lower()
    unknown = any(words in said for words in ("not found", "invalid model", "does not exist", "unknown model"))
    if answer.status in (400, 404, 422) and "model" in said and unknown:
        return False
    if answer.status in (400, 422) and found is None:
        return True
    return True if 200 <= answer.status < 300 else None


# ---- Hugging Face: one model after the other


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Whether a model's page says that an inference provider serves it now."""

    variant: str

    def __call__(self, answer: Answer) -> bool | None:
        """None when the answer says nothing of it."""
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


def _hugging_face(asking: Asking) -> Iterator[Ask]:
    for row in asking.provider.rows:
        yield asking.ask(row)
    for spec in declared_ids(asking):
        variant = spec.fields.get("variant")
        who = variant if isinstance(variant, str) else ""
        name = quote(spec.model_id, safe="/")
        path = f"{asking.base.address.path.rstrip('/')}{asking.base.path}/api/models/{name}"
        yield Ask(
            Role.ITEM,
            "GET",
            asking.base.address,
            path + "?expand=inferenceProviderMapping",
            f"asks whether {who or 'anybody'} serves {spec.model_id}",
            asking.headers,
            item=spec.model_id,
            settle=ServedBy(who),
        )


# ---- fal: the declared ids only; its whole list proves no key


def _fal(asking: Asking) -> Iterator[Ask]:
    ids = [spec.model_id for spec in declared_ids(asking, 4 * _FAL_AT_ONCE)]
    root = asking.base.address.path.rstrip("/") + asking.base.path
    if ids:
        row = Row(Role.PROOF, "", "asks for the price of one model, which only a valid key gets", shapes.anything)
        yield asking.ask(_at(row, f"{root}/v1/models/pricing?{urlencode({'endpoint_id': ids[0]})}"))
    for start in range(0, len(ids), _FAL_AT_ONCE):
        query = urlencode([("endpoint_id", name) for name in ids[start : start + _FAL_AT_ONCE]])
        row = Row(Role.LIST, "", "asks which of the declared models there are", shapes.fal, Paging("cursor"))
        yield asking.ask(_at(row, f"{root}/v1/models?{query}"))
    if not ids:
        row = Row(Role.BOTH, "", "asks for the list of models", shapes.fal)
        yield asking.ask(_at(row, f"{root}/v1/models"))


def _at(row: Row, path: str) -> Row:
    return Row(row.role, path, row.why, row.parse, row.paging, row.optional, row.method, row.body)


# ---- Portkey: one list for each provider behind it


def groups_of(specs: Sequence[ModelSpec]) -> list[str]:
    """The providers behind a gateway that the models of a backend go to, as the tree writes them."""
    found = (spec.fields.get(GROUP_HEADER) for spec in specs)
    return list(dict.fromkeys(value for value in found if isinstance(value, str) and value))


def _portkey(asking: Asking) -> Iterator[Ask]:
    for row in asking.provider.rows:
        yield asking.ask(row)
    for group in groups_of(asking.specs):
        filled = fill(asking.catalog, group)
        value = filled.text.reveal()
        if filled.fault is not None or not fits_a_header(value):
            continue
        header = Header(GROUP_HEADER, Secret(value) if filled.variables else value)
        yield Ask(
            Role.LIST,
            "GET",
            asking.base.address,
            f"{asking.base.address.path.rstrip('/')}{asking.base.path}/models",
            f"asks for the list of models of {group}",
            (*asking.headers, header),
            parse=shapes.any_list,
            group=group,
        )
