"""Parsers for the model lists of providers: a row of field paths for each format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from core.probes.served_models import MAX_ID_LENGTH, MAX_MODELS, Served
from core.providers.provider import ListFormat
from core.records import dataclass


class ListFormatError(ValueError):
    """An answer without a list of models. The text of the error contains nothing of the answer."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `following` is the token of the next page, None on the last page."""

    models: tuple[Served, ...]
    following: str | None = None


Parser = Callable[[object], Page]


@dataclass(frozen=True, slots=True)
class ListParser:
    """A list format: the keys of the list and of the ids, and the path of each field of a model.

    Keys and paths in one text are alternatives, separated by spaces; `a.b` is the field `b` of the table `a`.
    """

    lists: str
    ids: str = "id"
    title: str = ""
    aliases: str = ""
    context: str = ""
    max_output: str = ""
    inputs: str = ""
    vision: str = ""
    """The flag of models that accept images."""
    outputs: str = ""
    prices: tuple[tuple[str, str], ...] = ()
    """The name in Pipelex and the path of each price."""
    price_factor: float = 1.0
    """The factor that converts a price to USD per million tokens."""
    lifecycle: str = "lifecycle lifecycle_status"
    until: str = ""
    uses: str = ""
    next_page: str = ""
    """The key of the token of the next page."""
    has_more: str = ""
    """The flag without which the token of the next page is ignored."""
    may_be_empty: bool = False
    """Whether the list is missing when it has no entries."""

    def __call__(self, data: object) -> Page:
        """The models of a page. Raises ListFormatError if it has no list."""
        items = () if self.may_be_empty and data == {} else _items_in(data, *self.lists.split())
        models = tuple(self._model(name, entry) for name, entry in _entries(items, *self.ids.split()))
        token = _field(data, self.next_page) if not self.has_more or _field(data, self.has_more) is True else None
        return Page(models, token if isinstance(token, str) and 0 < len(token) <= 4096 else None)

    def _model(self, name: str, entry: Mapping[str, object]) -> Served:
        inputs = _lower(entry, self.inputs)
        prices = ((key, _price(_field(entry, path), self.price_factor)) for key, path in self.prices)
        return Served(
            name,
            _texts(_field(entry, self.aliases)),
            _text(_field(entry, self.title)),
            _integer(entry, self.context),
            _integer(entry, self.max_output),
            ("text", "images") if _field(entry, self.vision) is True else inputs,
            _lower(entry, self.outputs),
            tuple((key, price) for key, price in prices if price is not None),
            _lifecycle(entry, self.lifecycle),
            _text(_field(entry, self.until), 30),
            tuple(text for path in self.uses.split() for text in _texts(_field(entry, path))),
        )


_KINDS = "mode type task model_type architecture.modality capabilities"
"""The fields in which servers state the kind of a model."""

any_list = ListParser(
    # llama.cpp sends both `data` and `models`; LiteLLM responds in Anthropic's format to Anthropic's headers.
    "data models modelSummaries publisherModels inferenceProfileSummaries",
    "id model name endpoint_id modelId inferenceProfileId",
    context="context_window context_length max_model_len max_input_tokens max_context_length",
    max_output="max_completion_tokens max_output_tokens",
    inputs="input_modalities architecture.input_modalities",
    outputs="output_modalities architecture.output_modalities",
    uses=_KINDS,
)
openai = ListParser(  # openai 3.54; groq adds tokens and `active`
    "data models",
    "id name",
    context="context_window context_length max_model_len max_input_tokens max_context_length",
    max_output="max_completion_tokens max_output_tokens",
    inputs="input_modalities architecture.input_modalities",
    outputs="output_modalities architecture.output_modalities",
    uses=_KINDS,
    until="shutdown_date",
)
anthropic = ListParser(  # anthropic 2.12
    "data",
    title="display_name",
    context="max_input_tokens",
    max_output="max_tokens",
    until="deprecated_at",
    next_page="last_id",
    has_more="has_more",
)
mistral = ListParser(  # mistralai 3.7
    "data",
    title="description",
    aliases="aliases",
    context="max_context_length",
    vision="capabilities.vision",
    until="deprecation",
    uses="capabilities",
)
google = ListParser(
    "models",
    "name",
    title="displayName",
    context="inputTokenLimit",
    max_output="outputTokenLimit",
    uses="supportedGenerationMethods",
    next_page="nextPageToken",
    may_be_empty=True,
)
vertex = ListParser("publisherModels", "name", next_page="nextPageToken")
openrouter = ListParser(  # prices in USD per token
    "data",
    title="name",
    context="context_length",
    max_output="top_provider.max_completion_tokens",
    inputs="architecture.input_modalities",
    outputs="architecture.output_modalities",
    prices=(
        ("input", "pricing.prompt"),
        ("input_cached", "pricing.input_cache_read"),
        ("output", "pricing.completion"),
    ),
    price_factor=1e6,
    until="expiration_date",
    uses="supported_parameters",
)
xai = ListParser(  # prices in USD cents per 100 million tokens
    "models",
    aliases="aliases",
    inputs="input_modalities",
    outputs="output_modalities",
    prices=(
        ("input", "prompt_text_token_price"),
        ("input_cached", "cached_prompt_text_token_price"),
        ("output", "completion_text_token_price"),
    ),
    price_factor=1e-4,
)
bedrock_models = ListParser(  # botocore 1.44
    "modelSummaries",
    "modelId",
    title="modelName",
    inputs="inputModalities",
    outputs="outputModalities",
    lifecycle="modelLifecycle.status",
    uses="inferenceTypesSupported",
)
bedrock_profiles = ListParser(
    "inferenceProfileSummaries",
    "inferenceProfileId",
    title="inferenceProfileName",
    lifecycle="",
    next_page="nextToken",
)
fal = ListParser(
    "models",
    "endpoint_id",
    title="metadata.display_name",
    lifecycle="metadata.status",
    uses="metadata.category",
    next_page="next_cursor",
    has_more="has_more",
)
litellm_details = ListParser(  # litellm 1.106, `/model/info`; prices in USD per token
    "data",
    "model_name",
    context="model_info.max_input_tokens",
    max_output="model_info.max_output_tokens model_info.max_tokens",
    vision="model_info.supports_vision",
    prices=(
        ("input", "model_info.input_cost_per_token"),
        ("input_cached", "model_info.cache_read_input_token_cost"),
        ("output", "model_info.output_cost_per_token"),
    ),
    price_factor=1e6,
    uses="model_info.mode",
)
typesafe = ListParser("models", "name id", title="description")  # typesafe-sdk 0.7


def no_list(data: object) -> Page:
    """An answer without models: any table or list."""
    if not isinstance(data, Mapping | list):
        raise ListFormatError("neither a table nor a list")
    return Page(())


PARSERS: Mapping[ListFormat, Parser] = {
    "openai": openai,
    "anthropic": anthropic,
    "mistral": mistral,
    "google": google,
    "openrouter": openrouter,
    "xai": xai,
    "typesafe": typesafe,
    "any": any_list,
    "no list": no_list,
}
"""The parser of each format that a row of the provider table names."""


def in_group(page: Page, group: str) -> Page:
    """The page with its models assigned to a gateway group."""
    return replace(page, models=tuple(replace(model, group=group) for model in page.models)) if group else page


def goes_on(data: object, headers: Mapping[str, str]) -> bool:
    """Whether an answer indicates further pages in any common form."""
    if 'rel="next"' in headers.get("link", "") or "rel=next" in headers.get("link", ""):
        return True
    if not isinstance(data, Mapping):
        return False
    tables = [data, *(data[key] for key in _PAGE_TABLES if isinstance(data.get(key), Mapping))]
    listed = max((len(items) for items in data.values() if isinstance(items, list)), default=0)
    totals = (table.get(key) for table in tables for key in ("total", "total_count", "totalCount"))
    return any(map(_says_more, tables)) or any(isinstance(total, int) and total > listed > 0 for total in totals)


_PAGE_TABLES = ("links", "_links", "meta", "pagination", "paging", "page_info", "pageInfo")
_MORE_FLAGS = ("has_more", "hasMore", "has_next", "hasNext", "has_next_page", "hasNextPage", "truncated")
_NEXT_KEYS = (
    *("next", "next_page", "nextPage", "next_cursor", "nextCursor"),
    *("next_page_token", "nextPageToken", "nextToken"),
)
_PAGE_COUNTS = ("total_pages", "totalPages", "pages", "last_page")


def _says_more(table: Mapping[str, object]) -> bool:
    if any(table.get(key) is True for key in _MORE_FLAGS):
        return True
    if any(bool(value) for key in _NEXT_KEYS if isinstance(value := table.get(key), str | int | Mapping)):
        return True
    return any(isinstance(count := table.get(key), int) and count > 1 for key in _PAGE_COUNTS)


# ---- fields of entries


def _field(entry: object, path: str) -> object:
    """The value at a path of keys, None if missing."""
    for key in path.split("."):
        entry = entry.get(key) if isinstance(entry, Mapping) and key else None
    return entry


_LIFECYCLE_FLAGS = (
    ("active", False, "retired"),
    ("deprecated", True, "deprecated"),
    ("launchStage", "DEPRECATED", "deprecated"),
)


def _lifecycle(entry: Mapping[str, object], paths: str) -> str | None:
    flags = (lifecycle for key, value, lifecycle in _LIFECYCLE_FLAGS if key in entry and entry[key] == value)
    stages = (stage.lower()[:40] for path in paths.split() if (stage := _text(_field(entry, path))))
    stage = next(flags, None) or next((stage for stage in stages if stage != "active"), None)
    return stage or ("deprecated" if _text(entry.get("deprecation")) else None)


def _price(value: object, factor: float) -> float | None:
    """A price from a number or a text, multiplied by a factor and rounded to six digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        price = float(value) * factor
    except (ValueError, OverflowError):
        return None
    return float(f"{price:.6g}") if isfinite(price) and price >= 0 else None


def _items_in(data: object, *keys: str) -> Sequence[object]:
    """The list under the first of these keys, or the answer itself. Raises ListFormatError."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        lists = [items for key in keys if isinstance(items := data.get(key), list)]
        if lists:
            # Some servers send an empty list beside the real one.
            return next((items for items in lists if items), lists[0])
    raise ListFormatError("not a list of models")


def _entries(items: Sequence[object], *id_keys: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The ids and entries of a list. Entries without an id are skipped.

    Raises ListFormatError if the list has entries and none of them has an id.
    """
    has_id = False
    for item in items[:MAX_MODELS]:
        entry: Mapping[str, object] = item if isinstance(item, Mapping) else {}
        name = item if isinstance(item, str) else next((entry[key] for key in id_keys if key in entry), None)
        if isinstance(name, str) and 0 < len(name) <= MAX_ID_LENGTH:
            has_id = True
            yield name, entry
    if items and not has_id:
        raise ListFormatError("no entry has an id")


def _text(value: object, limit: int = 200) -> str | None:
    """A text, truncated, or None."""
    return value[:limit] if isinstance(value, str) and value else None


def _lower(entry: Mapping[str, object], paths: str) -> tuple[str, ...]:
    """The texts of the first of these fields that has any, in lower case."""
    values = (_texts(_field(entry, path)) for path in paths.split())
    return tuple(text.lower() for text in next(filter(None, values), ()))


def _integer(entry: Mapping[str, object], paths: str) -> int | None:
    """The first of these fields with a positive integer below 10**12."""
    for path in paths.split():
        value = _field(entry, path)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12:
            return value
    return None


def _texts(value: object) -> tuple[str, ...]:
    """The texts of a list, the keys of a table whose value is true, or a single text."""
    if isinstance(value, Mapping):
        value = [key for key, flag in value.items() if flag is True]
    items = value if isinstance(value, list) else [value]
    return tuple(item[:100] for item in items[:50] if isinstance(item, str) and item)
