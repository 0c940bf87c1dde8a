"""Parse method files with the parser of the Pipelex of this environment.

Standard input: one path a line. Standard output: one line for each, `{"error": text}`, or `{"pipes": {code: facts}}`:
the type of the pipe, and its keys that name a model; a model of settings is `{"model": name}`.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

import ask_boot

KEYS = ("model", "model_to_structure", "llm", "llm_to_structure", "ocr", "ocr_model", "img_gen", "imgg_handle")
NAMES = ("model", "llm_handle", "ocr_handle", "img_gen_handle")


def blueprint_of(path: str) -> Any:
    """The blueprint of a file. Raises what the parser raises."""
    parser = ask_boot.first_importable(
        "pipelex.mthds_parsing.parser:MthdsParser",
        "pipelex.core.interpreter.interpreter:PipelexInterpreter",
        "pipelex.core.interpreter:PipelexInterpreter",
    )
    parameter = inspect.signature(parser.make_pipelex_bundle_blueprint).parameters.get("bundle_path")
    takes_path = parameter is None or "Path" in str(parameter.annotation)
    try:
        return parser.make_pipelex_bundle_blueprint(bundle_path=Path(path) if takes_path else path)
    except TypeError:
        return parser(file_path=Path(path)).make_pipelex_bundle_blueprint()


def facts_of(pipe: Any) -> dict[str, object]:
    """The type of a pipe, and what names its models."""
    facts: dict[str, object] = {"type": str(pipe.type)}
    for key in KEYS:
        value = getattr(pipe, key, None)
        value = getattr(value, "raw", value)  # of a parsed reference
        if isinstance(value, str):
            facts[key] = str(value)
        elif value is not None and not callable(value):
            facts[key] = {"model": next((getattr(value, name) for name in NAMES if hasattr(value, name)), None)}
    return facts


def main() -> int:
    """Answer every path of standard input."""
    real_stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    ask_boot.record_log()  # the parser of 0.16 to 0.18 logs, which needs settings otherwise
    for line in sys.stdin:
        answer: dict[str, object]
        try:
            blueprint = blueprint_of(line.rstrip("\n"))
            answer = {"pipes": {code: facts_of(pipe) for code, pipe in (blueprint.pipe or {}).items()}}
        except Exception as exc:
            answer = {"error": f"{type(exc).__name__}: {exc}"[:300]}
        print(json.dumps(answer, default=str), file=real_stdout, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
