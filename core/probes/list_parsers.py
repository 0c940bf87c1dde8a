"""Parsers for the model lists of providers, one function per format."""

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


def any_list(data: object) -> Page:
    """The list of any server: models under one of the common keys, with ids under one of the common keys.

    llama.cpp sends both `data` and `models`; LiteLLM responds in Anthropic's format to Anthropic's headers.
    """
    items = _items_in(data, "data", "models", "modelSummaries", "publisherModels", "inferenceProfileSummaries")
    models = _entries(items, "id", "model", "name", "endpoint_id", "modelId", "inferenceProfileId")
    return Page(tuple(Served(name, lifecycle=_lifecycle(entry)) for name, entry in models))


def openai(data: object) -> Page:
    """`{data: [{id, shutdown_date?}]}` (openai 3.54); groq adds `active`, `context_window`, `max_completion_tokens`."""
    return Page(
        tuple(
            Served(
                name,
                context=_integer(entry, "context_window", "context_length", "max_model_len"),
                max_output=_integer(entry, "max_completion_tokens"),
                lifecycle="retired" if entry.get("active") is False else _lifecycle(entry),
                until=_text(entry, "shutdown_date", 30),
            )
            for name, entry in _entries(_items_in(data, "data", "models"), "id", "name")
        )
    )


def anthropic(data: object) -> Page:
    """`{data: [{id, display_name, lifecycle, max_input_tokens, max_tokens}], has_more, last_id}` (anthropic 2.12)."""
    models = tuple(
        Served(
            name,
            title=_text(entry, "display_name"),
            context=_integer(entry, "max_input_tokens"),
            max_output=_integer(entry, "max_tokens"),
            lifecycle=_lifecycle(entry),
            until=_text(entry, "deprecated_at", 30),
        )
        for name, entry in _entries(_items_in(data, "data"), "id")
    )
    return Page(models, _following(data, "has_more", "last_id"))


def mistral(data: object) -> Page:
    """`{data: [{id, aliases, capabilities, max_context_length, deprecation?}]}` (mistralai 3.7)."""
    return Page(
        tuple(
            Served(
                name,
                aliases=_texts(entry, "aliases"),
                title=_text(entry, "description"),
                context=_integer(entry, "max_context_length"),
                inputs=("text", "images") if _table(entry, "capabilities").get("vision") is True else (),
                lifecycle="deprecated" if _text(entry, "deprecation") else None,
                until=_text(entry, "deprecation", 30),
                uses=tuple(str(key)[:60] for key, on in list(_table(entry, "capabilities").items())[:30] if on is True),
            )
            for name, entry in _entries(_items_in(data, "data"), "id")
        )
    )


def google(data: object) -> Page:
    """`{models: [{name: "models/...", inputTokenLimit, outputTokenLimit, supportedGenerationMethods}]}`."""
    models = tuple(
        Served(
            name,
            title=_text(entry, "displayName"),
            context=_integer(entry, "inputTokenLimit"),
            max_output=_integer(entry, "outputTokenLimit"),
            uses=_texts(entry, "supportedGenerationMethods"),
        )
        for name, entry in _entries(_items_in(data, "models") if data != {} else (), "name")
    )
    return Page(models, _token(data, "nextPageToken"))


def vertex(data: object) -> Page:
    """`{publisherModels: [{name: "publishers/google/models/X"}]}`; Pipelex calls such a model `google/X`."""
    models = tuple(
        Served(name, lifecycle=_vertex_stage(entry))
        for name, entry in _entries(_items_in(data, "publisherModels"), "name")
    )
    return Page(models, _token(data, "nextPageToken"))


def openrouter(data: object) -> Page:
    """`{data: [{id, canonical_slug, context_length, pricing, architecture, top_provider, expiration_date?}]}`.

    Prices are texts in USD per token, converted to USD per million tokens.
    """
    return Page(
        tuple(
            Served(
                name,
                title=_text(entry, "name"),
                context=_integer(entry, "context_length"),
                max_output=_integer(_table(entry, "top_provider"), "max_completion_tokens"),
                inputs=_texts(_table(entry, "architecture"), "input_modalities"),
                outputs=_texts(_table(entry, "architecture"), "output_modalities"),
                costs=_per_token(_table(entry, "pricing")),
                until=_text(entry, "expiration_date", 30),
                uses=_texts(entry, "supported_parameters"),
            )
            for name, entry in _entries(_items_in(data, "data"), "id")
        )
    )


def xai(data: object) -> Page:
    """`{models: [{id, aliases, input_modalities, output_modalities, prompt_text_token_price ...}]}`.

    Prices are USD cents per 100 million tokens, converted to USD per million tokens.
    """
    return Page(
        tuple(
            Served(
                name,
                aliases=_texts(entry, "aliases"),
                inputs=_texts(entry, "input_modalities"),
                outputs=_texts(entry, "output_modalities"),
                costs=_xai_costs(entry),
            )
            for name, entry in _entries(_items_in(data, "models"), "id")
        )
    )


def bedrock_models(data: object) -> Page:
    """`{modelSummaries: [{modelId, modelLifecycle, inferenceTypesSupported, inputModalities}]}` (botocore 1.44)."""
    return Page(
        tuple(
            Served(
                name,
                title=_text(entry, "modelName"),
                inputs=tuple(word.lower() for word in _texts(entry, "inputModalities")),
                outputs=tuple(word.lower() for word in _texts(entry, "outputModalities")),
                lifecycle="legacy" if _table(entry, "modelLifecycle").get("status") == "LEGACY" else None,
                uses=_texts(entry, "inferenceTypesSupported"),
            )
            for name, entry in _entries(_items_in(data, "modelSummaries"), "modelId")
        )
    )


def bedrock_profiles(data: object) -> Page:
    """`{inferenceProfileSummaries: [{inferenceProfileId, status}], nextToken}` (botocore 1.44)."""
    models = tuple(
        Served(name, title=_text(entry, "inferenceProfileName"), uses=("INFERENCE_PROFILE",))
        for name, entry in _entries(_items_in(data, "inferenceProfileSummaries"), "inferenceProfileId")
    )
    return Page(models, _token(data, "nextToken"))


def fal(data: object) -> Page:
    """`{models: [{endpoint_id, metadata: {status, category, display_name}}], has_more, next_cursor}`."""
    models = tuple(
        Served(
            name,
            title=_text(_table(entry, "metadata"), "display_name"),
            lifecycle=_word(_table(entry, "metadata").get("status")),
            uses=tuple(filter(None, (_text(_table(entry, "metadata"), "category"),))),
        )
        for name, entry in _entries(_items_in(data, "models"), "endpoint_id")
    )
    return Page(models, _following(data, "has_more", "next_cursor"))


def typesafe(data: object) -> Page:
    """`{models: [{name, description, release_date}]}` (typesafe-sdk 0.7)."""
    models = _entries(_items_in(data, "models"), "name", "id")
    return Page(tuple(Served(name, title=_text(entry, "description")) for name, entry in models))


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
    keys = ("next", "next_page", "next_cursor", "next_page_token", "nextPageToken", "nextToken")
    return data.get("has_more") is True or any(isinstance(data.get(key), str) and data[key] for key in keys)


def _following(data: object, more: str, key: str) -> str | None:
    if isinstance(data, Mapping) and data.get(more) is True:
        return _token(data, key)
    return None


def _token(data: object, key: str) -> str | None:
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) and 0 < len(value) <= 4096 else None


def _word(value: object) -> str | None:
    return value.lower()[:40] if isinstance(value, str) and value.lower() not in ("", "active") else None


def _lifecycle(entry: Mapping[str, object]) -> str | None:
    if entry.get("deprecated") is True:
        return "deprecated"
    return _word(entry.get("lifecycle")) or _word(entry.get("lifecycle_status"))


def _vertex_stage(entry: Mapping[str, object]) -> str | None:
    return "deprecated" if entry.get("launchStage") == "DEPRECATED" else None


def _price(value: object, factor: float) -> float | None:
    """A price from a number or a text, multiplied by a factor and rounded to six digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        price = float(value) * factor
    except (ValueError, OverflowError):
        return None
    return float(f"{price:.6g}") if isfinite(price) and price >= 0 else None


def _per_token(pricing: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    names = (("input", "prompt"), ("input_cached", "input_cache_read"), ("output", "completion"))
    return _prices(pricing, names, 1e6)


def _xai_costs(entry: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    names = (
        ("input", "prompt_text_token_price"),
        ("input_cached", "cached_prompt_text_token_price"),
        ("output", "completion_text_token_price"),
    )
    return _prices(entry, names, 1e-4)


def _prices(
    table: Mapping[str, object], names: Sequence[tuple[str, str]], factor: float
) -> tuple[tuple[str, float], ...]:
    prices = ((name, _price(table.get(key), factor)) for name, key in names)
    return tuple((name, price) for name, price in prices if price is not None)


# ---- fields of entries


def _items_in(data: object, *keys: str) -> Sequence[object]:
    """The list under the first of these keys, or the answer itself. Raises ListFormatError."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        for key in keys:
            items = data.get(key)
            if isinstance(items, list):
                return items
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


def _text(entry: Mapping[str, object], key: str, limit: int = 200) -> str | None:
    """A text of an entry, truncated, or None."""
    value = entry.get(key)
    return value[:limit] if isinstance(value, str) and value else None


def _integer(entry: Mapping[str, object], *keys: str) -> int | None:
    """The first of these fields with a positive integer below 10**12."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**12:
            return value
    return None


def _texts(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    """The texts in a list of an entry."""
    value = entry.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(item[:100] for item in value[:50] if isinstance(item, str) and item)


def _table(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    """A table inside an entry; empty if missing."""
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}
