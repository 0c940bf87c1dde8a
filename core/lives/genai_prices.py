"""Reader of genai-prices: a Python module with one list of constructor calls, of which the syntax tree is read."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from core.lives.services import SERVICES, Service
from core.lives.source import Record, Source, SourcePrice, count_of, number_of
from core.lives.wheel import Wheel
from core.records import dataclass

_Clause = Callable[[str], bool]
_GENAI_OTHER = {
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "audio_input": "input_audio_mtok",
    "audio_output": "output_audio_mtok",
}


@dataclass(frozen=True, slots=True)
class _Call:
    """A constructor call: its name and keyword arguments."""

    name: str
    arguments: Mapping[str, Any]


def _value(node: ast.expr | None) -> Any:
    """The value of a literal or a constructor call; None for other expressions."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {_value(key): _value(item) for key, item in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        values = [_value(item) for item in node.args]
        if name == "Decimal":
            return float(values[0])
        if name in ("date", "datetime"):
            return "-".join(f"{part:02}" for part in values[:3])
        return _Call(name, {item.arg: _value(item.value) for item in node.keywords if item.arg})
    return None


def read_genai_prices(wheel: Wheel, version: str) -> Source:
    module = ast.parse(wheel.read(r"genai_prices/data\.py"))
    [listed] = (item.value for item in module.body if isinstance(item, ast.AnnAssign))
    providers = {call.arguments["id"]: call.arguments for call in _value(listed)}
    records: list[Record] = []
    clauses: dict[str, list[tuple[_Clause, str]]] = {}
    for service in SERVICES:
        for name in service.genai_prices:
            for model in providers.get(name, {}).get("models", ()):
                found = model.arguments
                records.append(_genai_record(service, found))
                clauses.setdefault(service.name, []).append((_clause(found["match"]), found["id"]))
                # Its other ids have the price of the model, but not always its context window (`gpt-5-chat`).
                others = (other for other in _equal_ids(found["match"]) if other != found["id"])
                records.extend(replace(records[-1], model_id=other, context=None) for other in others)

    def matches(service_name: str, model_id: str) -> str | None:
        lower = model_id.lower()
        return next((own for clause, own in clauses.get(service_name, ()) if clause(lower)), None)

    return Source("genai-prices", version, "", tuple(records), wheel.notices, matches)


def _equal_ids(match: _Call) -> Iterator[str]:
    if match.name == "ClauseEquals":
        yield match.arguments["equals"]
    elif match.name == "ClauseOr":
        for item in match.arguments["or_"]:
            yield from _equal_ids(item)


def _clause(match: _Call) -> _Clause:
    kind = match.name
    if kind in ("ClauseOr", "ClauseAnd"):
        parts = [_clause(item) for item in match.arguments["or_" if kind == "ClauseOr" else "and_"]]
        combine = any if kind == "ClauseOr" else all
        return lambda text: combine(part(text) for part in parts)
    [value] = (str(item) for item in match.arguments.values())
    if kind == "ClauseRegex":
        regex = re.compile(value)
        return lambda text: regex.search(text) is not None
    wanted = value.lower()
    return {
        "ClauseEquals": lambda text: text == wanted,
        "ClauseStartsWith": lambda text: text.startswith(wanted),
        "ClauseEndsWith": lambda text: text.endswith(wanted),
        "ClauseContains": lambda text: wanted in text,
    }[kind]


def _genai_record(service: Service, model: Mapping[str, Any]) -> Record:
    listed = model["prices"]
    prices = []
    for item in listed if isinstance(listed, list) else [listed]:
        start = ""
        if item.name == "ConditionalPrice":
            constraint = item.arguments.get("constraint")
            if constraint is not None and constraint.name != "StartDateConstraint":
                continue  # prices by the time of day
            start = constraint.arguments["start_date"] if constraint is not None else ""
            item = item.arguments["prices"]
        prices.append(_genai_price(item.arguments, start))
    status = "deprecated" if model.get("deprecated") else ""
    return Record(service.name, model["id"], tuple(prices), count_of(model.get("context_window")), status=status)


def _genai_price(table: Mapping[str, Any], start: str) -> SourcePrice:
    def base(name: str) -> float | None:
        value = table.get(name)
        return number_of(value.arguments["base"] if isinstance(value, _Call) else value)

    def at(name: str, size: int) -> float | None:
        value = table.get(name)
        steps = value.arguments["tiers"] if isinstance(value, _Call) else ()
        found = [number_of(step.arguments["price"]) for step in steps if step.arguments["start"] <= size]
        return found[-1] if found else base(name)

    sizes = sorted(
        {
            step.arguments["start"]
            for name in ("input_mtok", "output_mtok")
            if isinstance(table.get(name), _Call)
            for step in table[name].arguments["tiers"]
        }
    )
    other = {kind: price for kind, name in _GENAI_OTHER.items() if (price := base(name)) is not None}
    steps = tuple(
        (size, at("input_mtok", size), at("output_mtok", size), at("cache_read_mtok", size)) for size in sizes
    )
    image = base("output_image_mtok")
    return SourcePrice(base("input_mtok"), image if image is not None else base("output_mtok"), start, other, steps)
