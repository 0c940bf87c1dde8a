"""The facts of one line of a trace: a call with its tokens and cost, or a failed pipe.

The lines of a trace hold prompts, inputs, outputs and error texts too. A line is parsed only where its kind is needed,
and nothing but the fields of `Call`, `Failure` and `Start` leaves this module.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from core.records import dataclass

KINDS: Final = frozenset(
    {
        "pipe_start",
        "pipe_end_success",
        "pipe_end_error",
        "pipe_end_skipped",
        "edge",
        "controller_output",
        "batch_item",
        "batch_aggregate",
        "batch_fanned_out",
        "parallel_combine",
        "condition_output_merge",
        "condition_resolved",
        "execution_data",
        "usage_report",
    }
)
"""The kinds of events that releases up to 0.92 write."""
USAGE: Final = "usage_report"
ERROR: Final = "pipe_end_error"
START: Final = "pipe_start"
ENDS: Final = frozenset({"pipe_end_success", "pipe_end_error", "pipe_end_skipped"})
_CHOICES: Final = frozenset(
    {
        "llm_choices",
        "llm_choice",
        "extract_choice",
        "img_gen_choice",
        "search_choice",
        "doc_gen_choice",
        "judgment_choice",
    }
)
"""The keys that name the models of a pipe in releases up to 0.92: others of the pipe's data may hold texts."""
UNNAMED: Final = "?"
MAX_NAME: Final = 200
_MAX_TOKENS: Final = 10**13
_KIND: Final = re.compile(rb'"event_kind"\s*:\s*"([a-z_]{1,64})"')
_NODE: Final = re.compile(rb'"node_id"\s*:\s*"([^"\\]{1,200})"')
_MILLION: Final = 1_000_000


class Unit(StrEnum):
    """The unit of the counts of a call. Requests and pages are recorded as a million tokens each."""

    TOKEN = "token"
    REQUEST = "request"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a model that was answered. `at`: unix time; `seconds`: None if unknown; `cost` in USD: None if unrated.

    `backend` is empty before 0.92, which does not record it. `event` identifies the event in its run, `node` the pipe.
    """

    at: float
    pipe: str
    model: str
    model_id: str
    backend: str
    model_type: str
    unit: Unit
    input: int
    output: int
    cached: int
    cost: float | None
    seconds: float | None
    dry: bool
    event: int
    node: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A pipe that failed, by its node of the run. `at`: unix time."""

    at: float
    node: str


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a pipe. `reference`: the model that it names, empty for a default, and where it names several."""

    node: str
    pipe: str
    reference: str
    controller: bool


def kind_of(line: bytes) -> str:
    """The kind of a line's event; empty if it states none. Does not parse the line."""
    found = _KIND.search(line)
    return found[1].decode() if found is not None else ""


def node_of(line: bytes) -> str:
    """The node of a line's event; empty if it states none. Does not parse the line."""
    found = _NODE.search(line)
    return found[1].decode(errors="replace") if found is not None else ""


def read_call(line: bytes) -> Call | None:
    """The call of a `usage_report`; None for another shape. Raises ValueError or RecursionError if it is no JSON."""
    event = _event(line, USAGE)
    try:
        usage = event["tokens_usage"]
        job, tokens, rates = usage["job_metadata"], usage["nb_tokens_by_category"], usage["unit_costs"] or {}
        input_tokens, output, cached = (_count(tokens.get(name)) for name in ("input", "output", "input_cached"))
        prices = {name: amount for name in ("input", "output", "input_cached") if (amount := _amount(rates.get(name)))}
        mode = event.get("mode", "live")
        keys = [event.get(key) for key in ("pipeline_run_id", "workflow_id", "attempt", "lineage", "writer_id")]
        unit = usage.get("pricing_unit") or "token"
        return Call(
            _time(event["timestamp"]),
            _name(job.get("pipe_code")),
            _name(usage["inference_model_name"]),
            _name(usage.get("inference_model_id")),
            _name(usage.get("backend_name"), ""),
            _name(usage.get("model_type")),
            Unit(unit),
            input_tokens,
            output,
            cached,
            cost_as_recorded(prices, input_tokens, output, cached) if rates else None,
            _seconds(job.get("started_at"), job.get("completed_at")),
            mode != "live" or job.get("is_mock_inference") is True,
            hash((repr(keys), event.get("sequence"))),
            _name(event.get("node_id")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def read_failure(line: bytes) -> Failure | None:
    """The failure of a `pipe_end_error`; None for another shape. Raises ValueError or RecursionError if no JSON."""
    event = _event(line, ERROR)
    try:
        return Failure(_time(event["timestamp"]), _name(event["node_id"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def read_start(line: bytes) -> Start | None:
    """The start of a pipe; None for another shape. Raises ValueError or RecursionError if the line is no JSON."""
    event = _event(line, START)
    data = event.get("pipe_data")
    reference = _reference(data) if isinstance(data, dict) else ""
    try:
        controller = event.get("node_kind", "operator") != "operator"
        return Start(_name(event["node_id"]), _name(event["pipe_code"]), reference, controller)
    except KeyError:
        return None


def cost_as_recorded(rates: Mapping[str, float], input_tokens: int, output: float, cached: int) -> float:
    """The cost of a call in USD by the rule of Pipelex: cached tokens without a price cost half of the input price.

    `rates`: USD per million tokens; a missing one is 0. `input_tokens` includes the cached tokens.
    """
    price = rates.get("input", 0.0)
    cached_price = rates.get("input_cached") or 0.5 * price
    return ((input_tokens - cached) * price + cached * cached_price + output * rates.get("output", 0.0)) / _MILLION


def _event(line: bytes, kind: str) -> dict[str, Any]:
    """The event of a line, empty where its kind is another: the first word like a kind may be one of a text."""
    event = json.loads(line)
    return event if isinstance(event, dict) and event.get("event_kind") == kind else {}


def _reference(data: Mapping[str, Any]) -> str:
    """The model that a pipe names, by text or in the `model` of inline settings; empty where its choices differ."""
    named = set()
    for key in _CHOICES & data.keys():
        value = data[key]
        choices = value.values() if key == "llm_choices" and isinstance(value, dict) else (value,)
        named |= {_name(choice.get("model") if isinstance(choice, dict) else choice, "") for choice in choices}
    named.discard("")
    return named.pop() if len(named) == 1 else ""


def _name(value: object, default: str = UNNAMED) -> str:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_NAME else default


def _count(value: object) -> int:
    """A count of tokens; a missing one is 0. Raises ValueError for an impossible one."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_TOKENS:
        raise ValueError("no count")
    return value


def _amount(value: object) -> float:
    """A price; 0 for a missing or impossible one."""
    possible = isinstance(value, int | float) and math.isfinite(value) and 0 < value < _MAX_TOKENS
    return float(value) if possible else 0.0  # type: ignore[arg-type]


def _time(value: str) -> float:
    """The unix time of a moment, in UTC where it states no zone. Raises ValueError or TypeError."""
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _seconds(start: object, end: object) -> float | None:
    if not isinstance(start, str) or not isinstance(end, str):
        return None
    try:
        seconds = _time(end) - _time(start)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 7 * 86_400 else None
