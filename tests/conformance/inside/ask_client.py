"""The text of a model as the release's own client and worker get it: address, headers and answer are all theirs.

Reads one request a line: `{"sdk", "endpoint", "api_key", "api_version", "model_id", "headers", "user_text"}`.
Writes one answer a line: `{"text", "error", "message"}`.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

sys.path.insert(0, str(Path(__file__).resolve().parent))
import ask_boot
import ask_refused

TIMEOUT_S = 5


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The text that the worker returns, or its error."""
    try:
        text = asyncio.run(text_of(request))
    except Exception as error:  # the release's own errors have no common base
        return {"text": None, "error": type(error).__name__, "message": str(error)[:500]}
    return {"text": text, "error": None, "message": None}


async def text_of(request: dict[str, Any]) -> str:
    """The answer of the worker for a prompt."""
    sdk = request["sdk"]
    backend = ask_boot.first_importable("pipelex.cogt.model_backends.backend:InferenceBackend")(
        name="lab",
        endpoint=request["endpoint"],
        api_key=request["api_key"],
        extra_config={"api_version": request["api_version"]} if request["api_version"] else {},
    )
    spec = ask_refused.model_of({"sdk": sdk, "spec": {}, "listed": [], "valued": {}})
    spec = spec.model_copy(update={"model_id": request["model_id"], "extra_headers": request["headers"] or None})
    handle = ask_boot.first_importable("pipelex.plugins.model_handle:ModelHandle")
    factory = importlib.import_module("pipelex.providers.openai.openai_client_factory").OpenAIClientFactory
    client = factory.make_openai_client(handle(sdk=sdk, backend="lab"), backend=backend)
    # One request each, of the time of a test: a retry repeats the same one.
    client.max_retries, client.timeout = 0, TIMEOUT_S
    kind = "responses" if "responses" in sdk else "completions"
    module = importlib.import_module(f"pipelex.providers.openai.openai_{kind}_factory")
    worker_module = importlib.import_module(f"pipelex.providers.openai.openai_{kind}_llm_worker")
    name = f"OpenAI{kind.capitalize()}"
    worker = getattr(worker_module, f"{name}LLMWorker")
    made = worker.__new__(worker)
    factory_of_messages = getattr(module, f"{name}Factory")
    arguments = dict.fromkeys(inspect.signature(factory_of_messages).parameters, True)
    made_factory = factory_of_messages(**arguments)
    made.__dict__.update(
        inference_model=spec,
        reporting_delegate=None,
        openai_client_for_text=client,
        openai_client_for_responses=client,
        **{f"openai_{kind}_factory": made_factory},
    )
    prompt = ask_boot.first_importable("pipelex.cogt.llm.llm_prompt:LLMPrompt")(user_text=request["user_text"])
    setting = ask_boot.first_importable("pipelex.cogt.llm.llm_setting:LLMSetting")(model="m", temperature=0.5)
    job = SimpleNamespace(
        llm_prompt=prompt,
        job_params=setting.make_llm_job_params(),
        applied_job_params=None,
        job_report=MagicMock(llm_tokens_usage=None),
        job_config=MagicMock(),
        job_metadata=MagicMock(),
        params_desc="",
    )
    try:
        text = await made._gen_text(job)
        if not isinstance(text, str):
            # Its content has the type that the server sent; a pipe refuses any but a text.
            raise TypeError(f"a text of type {type(text).__name__}")
        return text
    finally:
        await client.close()


def main() -> None:
    """Answer every line of standard input."""
    ask_boot.record_log()
    ask_boot.boot_settings()
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
