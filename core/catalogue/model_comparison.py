"""Models side by side: each property with its values, the differences and the best value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.api import Report
from core.catalogue.model_rows import Tokens
from core.catalogue.offers import Offer
from core.constraints import fixed_temperature, listed_constraints
from core.dialects.field_values import shown_field
from core.dialects.model_schema import MODEL
from core.formatting import usd
from core.records import dataclass

NOT_SET = "-"
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Compared:
    """One property of several models: its name, a text for each, and the index of the best, if there is one."""

    name: str
    values: tuple[str, ...]
    differs: bool
    best: int | None = None


def compare_offers(report: Report, compared: Sequence[Offer], tokens: Tokens | None = None) -> tuple[Compared, ...]:
    """Models side by side; with `tokens`, also the cost of such a call in USD.

    The best value is the lowest known price or the highest known limit, unless two models share it.
    """
    rows = [
        _texts("model", compared, lambda offer: offer.handle),
        _texts("backend", compared, lambda offer: f"{offer.backend} ({'on' if offer.on else 'off'})"),
        _texts("status", compared, lambda offer: offer.status),
        _texts("key", compared, lambda offer: offer.key.value),
        _texts("type", compared, lambda offer: offer.model_type),
        _texts("model id", compared, lambda offer: offer.model_id),
        _texts("sdk", compared, lambda offer: offer.spec.sdk or NOT_SET),
        _texts("takes", compared, lambda offer: ", ".join(offer.inputs) or UNKNOWN),
        _texts("gives", compared, lambda offer: ", ".join(offer.outputs) or UNKNOWN),
        _numbers("max tokens", compared, lambda offer: offer.max_tokens, lambda value: f"{value:,.0f}", highest=True),
        _numbers("context", compared, lambda offer: offer.context, lambda value: f"{value:,.0f}", highest=True),
        _texts("ends", compared, lambda offer: offer.ends or NOT_SET),
        _numbers("$ in per M", compared, lambda offer: offer.price.input, usd),
        _numbers("$ out per M", compared, lambda offer: offer.price.output, usd),
    ]
    if tokens is not None:
        cached = f", {tokens[2]} cached" if len(tokens) > 2 else ""
        title = f"call of {tokens[0]} in, {tokens[1]} out{cached}"
        rows.append(_numbers(title, compared, lambda offer: offer.cost(*tokens), usd))
    rows += [
        _numbers(f"$ {kind} per M", compared, partial(_other_price, kind), usd)
        for kind in dict.fromkeys(kind for offer in compared for kind in offer.price.other_costs)
    ]
    for key in _other_fields(compared):
        rows.append(_texts(key, compared, partial(_field, report, key)))
    rows.append(_texts("temperature", compared, lambda offer: _temperature(report, offer)))
    return tuple(row for row in rows if any(value != NOT_SET for value in row.values))


_COMPARED = frozenset(
    ("handle", "model_type", "model_id", "sdk", "inputs", "outputs", "max_tokens", "costs", "enabled")
) | {"valued_constraints", "listed_constraints", "constraints"}


def _other_fields(compared: Sequence[Offer]) -> list[str]:
    """The other fields of the models."""
    return [
        key for key in dict.fromkeys(key for offer in compared for key in offer.spec.fields) if key not in _COMPARED
    ]


def _other_price(kind: str, offer: Offer) -> float | None:
    return offer.price.other_costs.get(kind)


def _field(report: Report, key: str, offer: Offer) -> str:
    fields = offer.spec.fields
    return shown_field(MODEL, key, fields[key], report.release, strict=True) if key in fields else NOT_SET


def _temperature(report: Report, offer: Offer) -> str:
    fixed = fixed_temperature(report.catalog, offer.spec)
    if fixed is not None:
        return f"always {fixed:g}"
    if "temperature_unsupported" in listed_constraints(report.catalog, offer.spec):
        return "none accepted"
    return "as asked" if offer.model_type == "llm" else NOT_SET


def _texts(name: str, compared: Sequence[Offer], value: Callable[[Offer], str]) -> Compared:
    values = tuple(value(offer) for offer in compared)
    return Compared(name, values, len(set(values)) > 1)


def _numbers(
    name: str,
    compared: Sequence[Offer],
    value: Callable[[Offer], float | None],
    shown: Callable[[float], str],
    *,
    highest: bool = False,
) -> Compared:
    numbers = [value(offer) for offer in compared]
    present = [number for number in numbers if number is not None]
    best = None
    if present:
        top = max(present) if highest else min(present)
        if numbers.count(top) == 1 and len(compared) > 1:
            best = numbers.index(top)
    texts = tuple(shown(number) if number is not None else UNKNOWN for number in numbers)
    return Compared(name, texts, len(set(numbers)) > 1, best)
