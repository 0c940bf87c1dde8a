"""Hand-made traces in the formats of releases, with canaries where runs have texts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FORMATS = ("0.32.1", "0.60.0", "0.92.2")
CANARY = "CANARY-yellow-feathers"
NOON = 1_606_824_000.0
"""2020-12-01 12:00 UTC."""


def event(kind: str, sequence: int, form: str, at: str, node: str = "run:node_0", **fields: Any) -> dict[str, Any]:
    """An event as a release writes it."""
    event = {"pipeline_run_id": "run", "workflow_id": "direct"}
    if form == "0.92.2":
        event |= {"attempt": 1, "lineage": [], "path": "d.p", "mode": "live"}  # type: ignore[dict-item]
    return event | {
        "writer_id": "primary",
        "timestamp": at,
        "sequence": sequence,
        "event_kind": kind,
        "node_id": node,
        **fields,
    }


def usage(
    sequence: int,
    form: str = "0.92.2",
    *,
    at: str = "2020-12-01T10:00:00.500000Z",
    model: str = "gpt-4o-mini",
    pipe: str = "summarize",
    tokens: Mapping[str, Any] | None = None,
    costs: Mapping[str, Any] | None = None,
    backend: str = "openai",
    node: str = "run:node_1",
    **fields: Any,
) -> dict[str, Any]:
    """A `usage_report` of a call that took 1.5 seconds. `fields` replace those of `tokens_usage`."""
    own = {"user_id": CANARY, "pipeline_run_id": "run"}
    job = (own if form == "0.32.1" else {"run_metadata": own}) | {
        "pipe_code": pipe,
        "started_at": "2020-12-01T09:59:59.000000",
        "completed_at": "2020-12-01T10:00:00.500000",
    }
    found = {
        "model_type": "llm",
        "job_metadata": job,
        "inference_model_name": model,
        "unit_costs": {"input": 1.0, "output": 2.0} if costs is None else costs,
        "inference_model_id": f"{model}-id",
        "nb_tokens_by_category": tokens or {"input": 1000, "input_cached": 200, "output": 100, "output_reasoning": 7},
    }
    if form == "0.92.2":
        found |= {"backend_name": backend, "pricing_unit": "token"}
    return event("usage_report", sequence, form, at, node, tokens_usage=found | fields)


def pipe_start(
    sequence: int, form: str, node: str, pipe: str, *, kind: str = "operator", choices: Any = None
) -> dict[str, Any]:
    """The start of a pipe, with its prompt and inputs."""
    data = {
        "type": "PipeLLM",
        "llm_prompt_spec": {"template": CANARY},
        "llm_choices": {"for_text": choices, "for_object": None},
    }
    return event(
        "pipe_start",
        sequence,
        form,
        "2020-12-01T10:00:00Z",
        node,
        pipe_code=pipe,
        node_kind=kind,
        input_specs=[{"data": {"text": CANARY}}],
        pipe_data=data,
    )


def pipe_error(sequence: int, form: str, node: str, at: str = "2020-12-01T10:00:01Z") -> dict[str, Any]:
    """The failure of a pipe, with the error text."""
    error = {"detail": CANARY} if form == "0.92.2" else {"error_type": "PipeRunError", "message": CANARY}
    return event("pipe_end_error", sequence, form, at, node, error=error, error_stack=CANARY)


def run_of(form: str) -> list[dict[str, Any]]:
    """A run of two calls, then a failed pipe in a sequence, with all that a trace holds besides."""
    prompt = {"resolved_model": "gpt-4o-mini", "rendered_user_prompt": f'{CANARY} "event_kind":"usage_report"'}
    return [
        pipe_start(0, form, "run:node_0", "all", kind="controller"),
        pipe_start(1, form, "run:node_1", "summarize", choices="$writing"),
        usage(2, form),
        event("execution_data", 3, form, "2020-12-01T10:00:01Z", execution_data=prompt),
        usage(4, form, tokens={"input": 500, "output": 50}),
        event("pipe_end_success", 5, form, "2020-12-01T10:00:01Z", output_spec={"data": {"text": CANARY}}),
        pipe_start(6, form, "run:node_2", "broken", choices="@best"),
        pipe_error(7, form, "run:node_2"),
        pipe_error(8, form, "run:node_0"),
    ]


def text_of(events: Iterable[Mapping[str, Any]]) -> str:
    """The lines of a trace, as Pipelex writes them."""
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)


def write_trace(folder: Path, events: Iterable[Mapping[str, Any]], name: str = "run/wf_direct.ndjson") -> Path:
    """Write a trace file, changed at noon."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(events))
    os.utime(path, (NOON, NOON))
    return path
