"""Canaries planted in the texts of traces (prompts, inputs, outputs, errors): commands, screens, state, crash reports.

`python -m tests.trust.canaries --traces N` runs a campaign.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.support.traces import FORMATS, event, pipe_error, pipe_start, usage
from tests.trust.canaries import run_command, stored
from tests.trust.failing import failing
from tests.trust.planted_canaries import canary, lay_project, leaks
from tests.trust.screen_canaries import SIZE, Walk, crash
from tests.tui.app_driver import open_app, request_for
from tui.sample import DEMO_VARIABLES

COMMANDS: Final = (
    "spent",
    "spent --by pipe",
    "spent --by day --since 99d",
    "spent --by backend",
    "explain $writing",
    "resolve $writing",
    "pipes",
    "preset writing --model gpt-4o-mini --dry-run --anyway",
    "use openai --dry-run --anyway",
)
SCREENS: Final = (
    "8",
    "8 b",
    "8 b b",
    "8 b b b",
    "8 p p Y enter",
    "2 e",
    "2 l",
    "4 e",
    "7",
    "7 l",
    "0",
    "5 l",
    "L",
    "w",
)
Plant = Callable[[random.Random, str, str], dict[str, Any]]


def words(source: random.Random) -> str:
    """A text that does not look like a key, so that nothing else hides it."""
    return "".join(source.choices("bcdfghjklmnpqrstvwxz", k=12)) + " in the " + "".join(source.choices("aeiou", k=14))


def _inputs(source: random.Random, form: str, value: str) -> dict[str, Any]:
    """A pipe whose inputs and prompt hold a text, with keys like those of models."""
    key = source.choice(("text", "model", "llm_choice", "pipe_code", "reference", "event_kind", "node_id"))
    start = pipe_start(7, form, "run:node_5", "pipe", choices=source.choice(("$writing", None)))
    start["input_specs"] = [{"data": {key: value}, "llm_choices": {"for_text": value}}]
    start["pipe_data"] |= {
        "llm_prompt_spec": {"template": value, key: value},
        "answer_choice": value,
    }
    return start


def _output(source: random.Random, form: str, value: str) -> dict[str, Any]:
    key = source.choice(("text", "event_kind", "tokens_usage", "inference_model_name"))
    return event("pipe_end_success", 8, form, now(), "run:node_5", output_spec={"data": {key: value}})


def _error(source: random.Random, form: str, value: str) -> dict[str, Any]:
    failed = pipe_error(9, form, source.choice(("run:node_5", "run:node_9")), now())
    texts = {"detail": value, "message": value, "error_type": value, "title": value}
    return failed | {"error": texts, "error_stack": f'File "x", line 1\n{value}'}


def _prompt(source: random.Random, form: str, value: str) -> dict[str, Any]:
    text = source.choice(
        (value, f'{value} "event_kind":"usage_report"', f'"event_kind":"pipe_start"{value}', value * 900)
    )
    data = {"resolved_model": "m", "rendered_user_prompt": text, "rendered_system_prompt": value}
    return event("execution_data", 3, form, now(), execution_data=data)


def _usage(source: random.Random, form: str, value: str) -> dict[str, Any]:
    """A call with a text where none belongs."""
    made = usage(source.randrange(20, 90), form, at=now(), node=source.choice(("run:node_1", "run:node_5")))
    field = source.choice(("user_id", "session_id", "otel_context", "pipeline_run_id"))
    made["tokens_usage"]["job_metadata"][field] = value
    place = source.choice(("timestamp", "unit", "tokens", "model", "dates", "more", "", ""))
    if place == "timestamp":
        made["timestamp"] = value
    elif place == "unit":
        made["tokens_usage"]["pricing_unit"] = value
    elif place == "tokens":
        made["tokens_usage"]["nb_tokens_by_category"] = {value: 7, "input": value}
    elif place == "model":
        made["tokens_usage"]["inference_model_name"] = {"text": value}
    elif place == "dates":
        made["tokens_usage"]["job_metadata"]["started_at"] = value
    elif place == "more":
        made[value] = [value]
    return made


PLANTS: Final[tuple[Plant, ...]] = (_inputs, _output, _error, _prompt, _usage)


def now() -> str:
    """The present moment, as Pipelex writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def plant_in_traces(source: random.Random, folder: Path) -> str:
    """Write traces with a canary in some of their texts; the canary."""
    value = source.choice((canary, words))(source)
    for number in range(3):
        form = source.choice(FORMATS)
        events = [
            pipe_start(0, form, "run:node_0", "all", kind="controller"),
            pipe_start(1, form, "run:node_1", "write", choices="$writing"),
            usage(2, form, at=now(), pipe="write"),
            *(source.choice(PLANTS)(source, form, value) for _ in range(6)),
        ]
        if source.random() < 0.5:
            source.shuffle(events)
        lines = [_line(item | {"pipeline_run_id": f"run{number}"}) for item in events]
        if source.random() < 0.5:  # broken in the middle of a text, or no event at all
            broken = source.choice(
                (lines[-1][: len(lines[-1]) * 2 // 3], value, f'{{"event_kind": "{value}"}}', f"[{value}")
            )
            lines.insert(source.randrange(len(lines) + 1), broken)
        path = folder / f"run{number}" / "wf_direct.ndjson"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(lines) + source.choice(("\n", "", f"\n{value}")))
        age = source.choice((0, 600, 5 * 86_400))
        os.utime(path, (time.time() - age, time.time() - age))
    return value


def _line(item: Mapping[str, Any]) -> str:
    return json.dumps(item, separators=(",", ":"))


def _project(source: random.Random, folder: Path) -> tuple[Path, Path, str]:
    """A project with traces beside its tree: its folder, the home, and the canary."""
    root, home = lay_project(folder)
    return root, home, plant_in_traces(source, root / "logs")


def run_trace_commands(seed: int, folder: Path, commands: int | None = None) -> list[str]:
    """Plant canaries in traces and run commands over them, one of which fails; what leaked, in words."""
    source = random.Random(seed)
    root, home, value = _project(source, folder)
    found = []
    for command in COMMANDS if commands is None else source.sample(COMMANDS, commands):
        for form in ([], ["--json"]):
            printed = run_command([*command.split(" "), *form, "--tree", str(root)])
            found += [f"{command} {' '.join(form)}"] if leaks(value, printed) else []
            if "had to stop" in printed or "Traceback" in printed:
                found.append(f"{command} {' '.join(form)} fails: {printed[-200:]}")
    shutil.rmtree(home)
    with failing(round(10 ** source.uniform(0.5, 4.5)), f"in {value}"):
        printed = run_command(["spent", "--tree", str(root)])
    found += ["crash report"] if leaks(value, printed) else []
    return [f"seed {seed}, traces: {line}" for line in found + stored(value, root, home)]


async def run_trace_screens(seed: int, folder: Path, screens: int = len(SCREENS)) -> list[str]:
    """Plant canaries in traces, and show screens over them, one of which fails; what leaked, in words."""
    source = random.Random(seed)
    root, home, value = _project(source, folder)
    request = request_for(root, home, **dict.fromkeys(DEMO_VARIABLES, "k"))
    async with open_app(request, SIZE) as driver:
        walk = Walk(driver, [value])
        copied: list[str] = []
        driver.app.copy = lambda text: copied.append(text)  # type: ignore[method-assign]
        assert driver.main.session.traces is not None
        for keys in source.sample(SCREENS, screens):
            await walk.show(keys)
        assert driver.main.session.runs is not None or not driver.main.session.traces.summary.rows
    found = walk.found + [f"copied: {text[:100]}" for text in copied if leaks(value, text)]
    text = "".join(path.read_text() for path in sorted((root / "logs").rglob("*.ndjson")))
    found += await crash(source, request, [value], text) + stored(value, root, home)
    return [f"seed {seed}, traces: {line}" for line in found]
