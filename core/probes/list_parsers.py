"""Parsers for the model lists of providers, one function per format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from core.probes.served_models import MAX_ID_LENGTH, MAX_MODELS, Served
from core.providers.provider import ListFormat
from core.records import dataclass


class ListFormatError(ValueError):
    """An answer that is no list of models. The text contains nothing of the answer."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `following` is what to ask the next one with, None at the end."""

    models: tuple[Served, ...]
    following: str | None = None


Parser = Callable[[object], Page]


def any_list(data: object) -> Page:
    """Whatever a server of unknown make answers: a list under one of the usual names, ids under one of the usual keys.

    llama.cpp sends `data` and `models` at once; LiteLLM answers in Anthropic's shape to Anthropic's headers.
    """
    items = _items_in(data, "data", "models", "modelSummaries", "publisherModels", "inferenceProfileSummaries")
    found = _entries(items, "id", "model", "name", "endpoint_id", "modelId", "inferenceProfileId")
    return Page(tuple(Served(name, lifecycle=_lifecycle(entry)) for name, entry in found))


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

    Prices are texts in USD per token; here they become USD per million.
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

    Prices are USD cents per 100 million tokens; here they become USD per million.
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
    found = _entries(_items_in(data, "models"), "name", "id")
    return Page(tuple(Served(name, title=_text(entry, "description")) for name, entry in found))


def no_list(data: object) -> Page:
    """An answer that lists nothing: any table or list will do."""
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
    """The page with each model marked as belonging to a group."""
    return replace(page, models=tuple(replace(model, group=group) for model in page.models)) if group else page


def goes_on(data: object, headers: Mapping[str, str]) -> bool:
    """Whether an answer says that there is more of its list, in any of the ways in which servers say so."""
    if 'rel="next"' in headers.get("link", "") or "rel=next" in headers.get("link", ""):
        return True
    if not isinstance(data, Mapping):
        return False
    marks = ("next", "next_page", "next_cursor", "next_page_token", "nextPageToken", "nextToken")
    return data.get("has_more") is True or any(isinstance(data.get(key), str) and data[key] for key in marks)


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
    """A price given as a number or as a text, times a factor, without the dust of binary fractions."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        price = float(value) * factor
    except (ValueError, OverflowError):
        return None
    return float(f"{price:.6g}") if isfinite(price) and price >= 0 else None


def _per_token(pricing: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    names = (("input", "prompt"), ("input_cached", "input_cache_read"), ("output", "completion"))
    found = ((name, _price(pricing.get(key), 1e6)) for name, key in names)
    return tuple((name, price) for name, price in found if price is not None)


def _xai_costs(entry: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    names = (
        ("input", "prompt_text_token_price"),
        ("input_cached", "cached_prompt_text_token_price"),
        ("output", "completion_text_token_price"),
    )
    found = ((name, _price(entry.get(key), 1e-4)) for name, key in names)
    return tuple((name, price) for name, price in found if price is not None)


# ---- fields of entries


def _items_in(data: object, *keys: str) -> Sequence[object]:
    """The list under the first of these keys, or the answer itself. Raises ListFormatError."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping):
        for key in keys:
            found = data.get(key)
            if isinstance(found, list):
                return found
    raise ListFormatError("not a list of models")


def _entries(items: Sequence[object], *id_keys: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The entries of a list that have an id, with it. Other things among them are passed over.

    Raises ListFormatError when a list has entries and none of them has an id.
    """
    found = False
    for item in items[:MAX_MODELS]:
        entry: Mapping[str, object] = item if isinstance(item, Mapping) else {}
        name = item if isinstance(item, str) else next((entry[key] for key in id_keys if key in entry), None)
        if isinstance(name, str) and 0 < len(name) <= MAX_ID_LENGTH:
            found = True
            yield name, entry
    if items and not found:
        raise ListFormatError("no entry has an id")


def _text(entry: Mapping[str, object], key: str, most: int = 200) -> str | None:
    """A text of an entry, cut to a sane length, or None."""
    value = entry.get(key)
    return value[:most] if isinstance(value, str) and value else None


def _integer(entry: Mapping[str, object], *keys: str) -> int | None:
    """The first of these fields that is a positive whole number of a sane size."""
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
    """A table inside an entry; empty when there is none."""
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}
