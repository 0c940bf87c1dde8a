"""Reading the lists of models that providers answer with: one small function for each shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite

from core.probes.served import Served, ShapeError, entries, listed, table, text, whole, words
from core.records import dataclass


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
    items = listed(data, "data", "models", "modelSummaries", "publisherModels", "inferenceProfileSummaries")
    found = entries(items, "id", "model", "name", "endpoint_id", "modelId", "inferenceProfileId")
    return Page(tuple(Served(name, lifecycle=_lifecycle(entry)) for name, entry in found))


def openai(data: object) -> Page:
    """`{data: [{id, shutdown_date?}]}` (openai 3.54); groq adds `active`, `context_window`, `max_completion_tokens`."""
    return Page(
        tuple(
            Served(
                name,
                context=whole(entry, "context_window", "context_length", "max_model_len"),
                max_output=whole(entry, "max_completion_tokens"),
                lifecycle="retired" if entry.get("active") is False else _lifecycle(entry),
                until=text(entry, "shutdown_date", 30),
            )
            for name, entry in entries(listed(data, "data", "models"), "id", "name")
        )
    )


def anthropic(data: object) -> Page:
    """`{data: [{id, display_name, lifecycle, max_input_tokens, max_tokens}], has_more, last_id}` (anthropic 2.12)."""
    models = tuple(
        Served(
            name,
            title=text(entry, "display_name"),
            context=whole(entry, "max_input_tokens"),
            max_output=whole(entry, "max_tokens"),
            lifecycle=_lifecycle(entry),
            until=text(entry, "deprecated_at", 30),
        )
        for name, entry in entries(listed(data, "data"), "id")
    )
    return Page(models, _following(data, "has_more", "last_id"))


def mistral(data: object) -> Page:
    """`{data: [{id, aliases, capabilities, max_context_length, deprecation?}]}` (mistralai 3.7)."""
    return Page(
        tuple(
            Served(
                name,
                aliases=words(entry, "aliases"),
                title=text(entry, "description"),
                context=whole(entry, "max_context_length"),
                inputs=("text", "images") if table(entry, "capabilities").get("vision") is True else (),
                lifecycle="deprecated" if text(entry, "deprecation") else None,
                until=text(entry, "deprecation", 30),
                uses=tuple(str(key)[:60] for key, on in list(table(entry, "capabilities").items())[:30] if on is True),
            )
            for name, entry in entries(listed(data, "data"), "id")
        )
    )


def google(data: object) -> Page:
    """`{models: [{name: "models/...", inputTokenLimit, outputTokenLimit, supportedGenerationMethods}]}`."""
    models = tuple(
        Served(
            name,
            title=text(entry, "displayName"),
            context=whole(entry, "inputTokenLimit"),
            max_output=whole(entry, "outputTokenLimit"),
            uses=words(entry, "supportedGenerationMethods"),
        )
        for name, entry in entries(listed(data, "models") if data != {} else (), "name")
    )
    return Page(models, _token(data, "nextPageToken"))


def vertex(data: object) -> Page:
    """`{publisherModels: [{name: "publishers/google/models/X"}]}`; Pipelex calls such a model `google/X`."""
    models = tuple(
        Served(name, lifecycle=_vertex_stage(entry)) for name, entry in entries(listed(data, "publisherModels"), "name")
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
                title=text(entry, "name"),
                context=whole(entry, "context_length"),
                max_output=whole(table(entry, "top_provider"), "max_completion_tokens"),
                inputs=words(table(entry, "architecture"), "input_modalities"),
                outputs=words(table(entry, "architecture"), "output_modalities"),
                costs=_per_token(table(entry, "pricing")),
                until=text(entry, "expiration_date", 30),
                uses=words(entry, "supported_parameters"),
            )
            for name, entry in entries(listed(data, "data"), "id")
        )
    )


def xai_language_models(data: object) -> Page:
    """`{models: [{id, aliases, input_modalities, output_modalities, prompt_text_token_price ...}]}`.

    Prices are USD cents per 100 million tokens; here they become USD per million.
    """
    return Page(
        tuple(
            Served(
                name,
                aliases=words(entry, "aliases"),
                inputs=words(entry, "input_modalities"),
                outputs=words(entry, "output_modalities"),
                costs=_xai_costs(entry),
            )
            for name, entry in entries(listed(data, "models"), "id")
        )
    )


def bedrock_models(data: object) -> Page:
    """`{modelSummaries: [{modelId, modelLifecycle, inferenceTypesSupported, inputModalities}]}` (botocore 1.44)."""
    return Page(
        tuple(
            Served(
                name,
                title=text(entry, "modelName"),
                inputs=tuple(word.lower() for word in words(entry, "inputModalities")),
                outputs=tuple(word.lower() for word in words(entry, "outputModalities")),
                lifecycle="legacy" if table(entry, "modelLifecycle").get("status") == "LEGACY" else None,
                uses=words(entry, "inferenceTypesSupported"),
            )
            for name, entry in entries(listed(data, "modelSummaries"), "modelId")
        )
    )


def bedrock_profiles(data: object) -> Page:
    """`{inferenceProfileSummaries: [{inferenceProfileId, status}], nextToken}` (botocore 1.44)."""
    models = tuple(
        Served(name, title=text(entry, "inferenceProfileName"), uses=("INFERENCE_PROFILE",))
        for name, entry in entries(listed(data, "inferenceProfileSummaries"), "inferenceProfileId")
    )
    return Page(models, _token(data, "nextToken"))


def fal(data: object) -> Page:
    """`{models: [{endpoint_id, metadata: {status, category, display_name}}], has_more, next_cursor}`."""
    models = tuple(
        Served(
            name,
            title=text(table(entry, "metadata"), "display_name"),
            lifecycle=_word(table(entry, "metadata").get("status")),
            uses=tuple(filter(None, (text(table(entry, "metadata"), "category"),))),
        )
        for name, entry in entries(listed(data, "models"), "endpoint_id")
    )
    return Page(models, _following(data, "has_more", "next_cursor"))


def typesafe(data: object) -> Page:
    """`{models: [{name, description, release_date}]}` (typesafe-sdk 0.7)."""
    found = entries(listed(data, "models"), "name", "id")
    return Page(tuple(Served(name, title=text(entry, "description")) for name, entry in found))


def anything(data: object) -> Page:
    """An answer that lists nothing: any table or list will do."""
    if not isinstance(data, Mapping | list):
        raise ShapeError("neither a table nor a list")
    return Page(())


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
