"""Answer, with the real workers of the Pipelex this runs in, which settings a language model refuses.

Standard input: one JSON request a line: `sdk`, `spec` (its fields), `listed` and `valued` (constraints of the backend),
`settings`, `structured`. Standard output: one JSON answer a line: `refused` (null when Pipelex does not load such a
preset, "broken" for any other error), `error`, `message`. Client libraries that are not installed are replaced by empty
ones: the workers look at them only after the checks.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import ask_boot

CLIENT_LIBRARIES = (
    "anthropic",
    "google.genai",
    "mistralai",
    "boto3",
    "botocore",
    "aioboto3",
    "aiobotocore",
)
MODULES = {
    "anthropic": ("anthropic.anthropic_llm_worker", "AnthropicLLMWorker"),
    "bedrock": ("bedrock.bedrock_llm_worker", "BedrockLLMWorker"),
    "google": ("google.google_llm_worker", "GoogleLLMWorker"),
    "mistral": ("mistral.mistral_llm_worker", "MistralLLMWorker"),
    "responses": ("openai.openai_responses_llm_worker", "OpenAIResponsesLLMWorker"),
    "completions": ("openai.openai_completions_llm_worker", "OpenAICompletionsLLMWorker"),
}


class Members(type):
    """The type of an empty class, which has every member of an enumeration as its name."""

    def __getattr__(cls, name: str) -> str:
        if name.isupper():
            return name
        raise AttributeError(name)


class EmptyLibrary(ModuleType):
    """A module whose every capitalized name is an empty class, and every other one an empty module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name.islower():
            raise AttributeError(name)  # a submodule, which the finder makes
        if name.endswith("Param"):
            return dict
        value = Members(
            name, (Exception,), {"__init__": lambda *_, **__: None, "__class_getitem__": lambda cls, _: cls}
        )
        setattr(self, name, value)
        return value


class EmptyLibraries(MetaPathFinder, Loader):
    """Finds the client libraries that are not installed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        mine = any(name == library or name.startswith(library + ".") for library in CLIENT_LIBRARIES)
        return ModuleSpec(name, self, is_package=True) if mine else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = EmptyLibrary(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """An empty module needs nothing more."""


def worker_class(sdk: str) -> Any:
    """The worker that the release registers for an sdk, by the part of its name that says it."""
    part = next(
        (word for word in ("responses", "anthropic", "bedrock", "google", "mistral") if word in sdk), "completions"
    )
    module, name = MODULES[part]
    return ask_boot.first_importable(f"pipelex.providers.{module}:{name}", f"pipelex.plugins.{module}:{name}")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Whether the worker refuses the request."""
    try:
        spec, job_params = model_of(request), None
        setting = ask_boot.first_importable("pipelex.cogt.llm.llm_setting:LLMSetting")
        made = setting(model="m", **request["settings"])
    except Exception as error:  # the release's own errors have no common base
        return {"refused": None, "error": type(error).__name__, "message": str(error)}
    try:
        job_params = made.make_llm_job_params()
        worker = worker_class(request["sdk"])
        build(worker, spec)
        if hasattr(worker, "check_request"):
            sent = worker.constrained_job_params(inference_model=spec, job_params=job_params) or job_params
            worker.check_request(inference_model=spec, job_params=sent, is_structured=request["structured"])
        else:
            call(worker, spec, job_params, request["structured"])
    except Exception as error:
        known = is_refusal(error) or type(error).__name__.endswith(("WorkerConfigurationError", "ValidationError"))
        refused = True if known else "broken"
        return {"refused": refused, "error": type(error).__name__, "message": str(error)}
    return {"refused": False, "error": None, "message": None}


def model_of(request: dict[str, Any]) -> Any:
    """The model spec that the release reads from a backend file."""
    module = importlib.import_module("pipelex.cogt.model_backends.model_spec_factory")
    backend = ask_boot.first_importable("pipelex.cogt.model_backends.backend_factory:InferenceBackendBlueprint")(
        listed_constraints=request["listed"], valued_constraints=request["valued"]
    )
    blueprint = module.InferenceModelSpecBlueprint(
        sdk=request["sdk"], model_type="llm", model_id="m", outputs=["text", "structured"], **request["spec"]
    )
    return module.InferenceModelSpecFactory.make_inference_model_spec(
        backend_name="lab",
        name="m",
        blueprint=blueprint,
        backend_listed_constraints=backend.listed_constraints,
        backend_valued_constraints=backend.valued_constraints,
    )


def build(worker: Any, spec: Any) -> None:
    """Build the worker as far as it goes without a client; raises when it refuses the model."""
    names = inspect.signature(worker.__init__).parameters
    client = MagicMock()
    if "mistral" in worker.__module__:
        client = sys.modules[worker.__module__].Mistral
        client = client.__new__(client)
    elif "bedrock" in worker.__module__:
        client = MagicMock(spec=sys.modules[worker.__module__].BedrockClientProtocol)
    arguments = {name: MagicMock() for name in names if name not in ("self", "reporting_delegate")}
    arguments |= {"sdk_instance": client, "inference_model": spec}
    try:
        worker(**arguments)
    except Exception as error:
        if type(error).__name__.endswith("WorkerConfigurationError"):
            raise


def call(worker: Any, spec: Any, job_params: Any, structured: bool) -> None:
    """Call a worker whose client and factories answer nothing; raises when it refuses the settings."""
    module = sys.modules[worker.__module__]
    for name in dir(module):
        if name.endswith("Factory"):
            setattr(module, name, AsyncMock())
    made = worker.__new__(worker)
    made.__dict__.update(
        inference_model=spec,
        default_max_tokens=spec.max_tokens or 0,
        openai_completions_factory=AsyncMock(),
        openai_responses_factory=AsyncMock(),
        mistral_factory=AsyncMock(),
    )
    job = MagicMock(job_params=job_params, applied_job_params=None)
    try:
        asyncio.run(made._gen_object(job, MagicMock) if structured else made._gen_text(job))
    except TypeError as error:
        if "positional" not in str(error):
            return
        try:
            asyncio.run(made._gen_object(job, schema=MagicMock))
        except Exception as second:
            if is_refusal(second):
                raise
    except Exception as error:
        if is_refusal(error):
            raise


def is_refusal(error: Exception) -> bool:
    """Whether an error of a call refuses it; any other comes from the missing client."""
    return type(error).__name__ in ("LLMCapabilityError", "ConfigValidationError", "NotImplementedError")


def main() -> None:
    """Answer every line of standard input."""
    sys.meta_path.append(EmptyLibraries())
    ask_boot.record_log()
    ask_boot.boot_settings()
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
