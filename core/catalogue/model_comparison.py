"""Models side by side: property by property, what differs and which is best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    """One property of several models: its name, a text for each, whether they differ, and which is best, if one is."""

    name: str
    values: tuple[str, ...]
    differs: bool
    best: int | None = None


def compare_offers(report: Report, found: Sequence[Offer], tokens: Tokens | None = None) -> tuple[Compared, ...]:
    """Models side by side. With `tokens`, also what a call of so many tokens in and out costs, in USD.

    Best is the lowest price and the highest limit, among those that are known, if it is one model's alone.
    """
    rows = [
        _texts("model", found, lambda offer: offer.handle),
        _texts("backend", found, lambda offer: f"{offer.backend} ({'on' if offer.on else 'off'})"),
        _texts("status", found, lambda offer: offer.status),
        _texts("key", found, lambda offer: offer.key.value),
        _texts("type", found, lambda offer: offer.model_type),
        _texts("model id", found, lambda offer: offer.model_id),
        _texts("sdk", found, lambda offer: offer.spec.sdk or NOT_SET),
        _texts("takes", found, lambda offer: ", ".join(offer.inputs) or UNKNOWN),
        _texts("gives", found, lambda offer: ", ".join(offer.outputs) or UNKNOWN),
        _numbers("max tokens", found, lambda offer: offer.max_tokens, lambda value: f"{value:.0f}", highest=True),
        _numbers("$ in per M", found, lambda offer: offer.price.input, usd),
        _numbers("$ out per M", found, lambda offer: offer.price.output, usd),
    ]
    if tokens is not None:
        title = f"call of {tokens[0]} in, {tokens[1]} out"
        rows.append(_numbers(title, found, lambda offer: offer.cost(*tokens), usd))
    rows += [
        _numbers(f"$ {kind} per M", found, lambda offer, kind=kind: offer.price.others.get(kind), usd)  # type: ignore[misc]
        for kind in dict.fromkeys(kind for offer in found for kind in offer.price.others)
    ]
    rows += [_texts(key, found, lambda offer, key=key: _field(report, offer, key)) for key in _further(found)]  # type: ignore[misc]
    rows.append(_texts("temperature", found, lambda offer: _temperature(report, offer)))
    return tuple(row for row in rows if any(value != NOT_SET for value in row.values))


_TOLD = frozenset(
    ("handle", "model_type", "model_id", "sdk", "inputs", "outputs", "max_tokens", "costs", "enabled")
) | {"valued_constraints", "listed_constraints", "constraints"}


def _further(found: Sequence[Offer]) -> list[str]:
    """The other fields that any of the models has."""
    return [key for key in dict.fromkeys(key for offer in found for key in offer.spec.fields) if key not in _TOLD]


def _field(report: Report, offer: Offer, key: str) -> str:
    fields = offer.spec.fields
    return shown_field(MODEL, key, fields[key], report.release) if key in fields else NOT_SET


def _temperature(report: Report, offer: Offer) -> str:
    fixed = fixed_temperature(report.catalog, offer.spec)
    if fixed is not None:
        return f"always {fixed:g}"
    if "temperature_unsupported" in listed_constraints(report.catalog, offer.spec):
        return "none taken"
    return "as asked" if offer.model_type == "llm" else NOT_SET


def _texts(name: str, found: Sequence[Offer], value: Callable[[Offer], str]) -> Compared:
    values = tuple(value(offer) for offer in found)
    return Compared(name, values, len(set(values)) > 1)


def _numbers(
    name: str,
    found: Sequence[Offer],
    value: Callable[[Offer], float | None],
    shown: Callable[[float], str],
    *,
    highest: bool = False,
) -> Compared:
    numbers = [value(offer) for offer in found]
    known = [number for number in numbers if number is not None]
    best = None
    if known:
        top = max(known) if highest else min(known)
        if numbers.count(top) == 1 and len(found) > 1:
            best = numbers.index(top)
    texts = tuple(shown(number) if number is not None else UNKNOWN for number in numbers)
    return Compared(name, texts, len(set(numbers)) > 1, best)
