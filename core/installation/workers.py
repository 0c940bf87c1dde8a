"""The sdks that releases of Pipelex have a worker for, and the packages that each worker imports.

Measured from the wheels of all releases from 0.10.0 to 0.92.2: the `match` of the worker factories (to 0.35), the
`add_inference_backend` calls of the built-in plugins (from 0.36), and the imports that each worker checks or makes.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.records import dataclass
from core.releases import Release, release_of

DISTRIBUTIONS: Mapping[str, str] = {
    "aioboto3": "aioboto3",
    "aiobotocore": "aiobotocore",
    "anthropic": "anthropic",
    "boto3": "boto3",
    "docling": "docling",
    "fal_client": "fal-client",
    "google.genai": "google-genai",
    "google.oauth2": "google-auth-oauthlib",
    "huggingface_hub": "huggingface-hub",
    "linkup": "linkup-sdk",
    "mistralai": "mistralai",
    "types_aiobotocore_bedrock_runtime": "types-aiobotocore-bedrock-runtime",
    "typesafe_sdk": "typesafe-sdk",
}
"""The distribution of each module that a worker may lack; the other imports are plain dependencies of Pipelex."""

PART_OF: Mapping[str, str] = {"google-auth-oauthlib": "google-auth"}
"""The distribution that has the modules in question, where the one of the extra only depends on it."""

BACKEND_IMPORTS: Mapping[str, tuple[str, ...]] = {"vertexai": ("google.oauth2",)}
"""Modules that loading an enabled backend of a certain name needs, whatever its sdk: it mints a token at the start."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of Pipelex: the model type and sdk it serves, the releases that have it, the modules it imports.

    `until` is the first release without it, or with another row.
    """

    model_type: str
    sdk: str
    since: str
    until: str | None = None
    imports: tuple[str, ...] = ()


WORKERS = (
    Worker("llm", "anthropic", "0.10.0", None, ("anthropic",)),
    Worker("llm", "azure_openai", "0.10.0"),
    Worker("llm", "azure_openai_responses", "0.18.0b1"),
    Worker("llm", "bedrock_aioboto", "0.69.0", None, ("aiobotocore", "boto3")),
    # Up to 0.51 the client imports the types that its extra does not include.
    Worker("llm", "bedrock_aioboto3", "0.10.0", "0.52.0", ("aioboto3", "boto3", "types_aiobotocore_bedrock_runtime")),
    Worker("llm", "bedrock_aioboto3", "0.52.0", "0.69.0", ("aioboto3", "boto3")),
    Worker("llm", "bedrock_anthropic", "0.10.0", None, ("anthropic",)),
    Worker("llm", "bedrock_boto3", "0.10.0", "0.69.0", ("aioboto3", "boto3")),
    Worker("llm", "bedrock_boto3", "0.69.0", None, ("aiobotocore", "boto3")),
    Worker("llm", "gateway_completions", "0.18.0b1", "0.73.0"),
    Worker("llm", "gateway_responses", "0.18.0b1", "0.73.0"),
    Worker("llm", "google", "0.11.0", None, ("google.genai",)),
    Worker("llm", "groq", "0.15.4", "0.15.6"),
    Worker("llm", "manifold_anthropic", "0.73.0", "0.74.0", ("anthropic",)),
    Worker("llm", "manifold_completions", "0.56.0", "0.74.0"),
    Worker("llm", "manifold_responses", "0.56.0", "0.74.0"),
    Worker("llm", "mistral", "0.10.0", None, ("mistralai",)),
    Worker("llm", "openai", "0.10.0"),
    Worker("llm", "openai_responses", "0.18.0b1"),
    Worker("llm", "portkey_completions", "0.18.0b1"),
    Worker("llm", "portkey_responses", "0.18.0b1"),
    Worker("text_extractor", "basic", "0.10.0", "0.10.2"),
    Worker("text_extractor", "docling_sdk", "0.18.0b1", None, ("docling",)),
    Worker("text_extractor", "gateway_extract", "0.18.0b1", "0.73.0"),
    Worker("text_extractor", "linkup_fetch", "0.21.0", None, ("linkup",)),
    Worker("text_extractor", "manifold_extract", "0.56.0", "0.74.0"),
    Worker("text_extractor", "mistral", "0.10.0", None, ("mistralai",)),
    Worker("text_extractor", "pypdfium2", "0.10.2"),
    Worker("img_gen", "azure_openai", "0.15.6", "0.16.0"),
    Worker("img_gen", "azure_rest", "0.16.0", "0.18.0b1"),
    Worker("img_gen", "azure_rest_img_gen", "0.18.0b1"),
    Worker("img_gen", "blackboxai_img_gen", "0.18.0b1"),
    Worker("img_gen", "fal", "0.11.0", None, ("fal_client",)),
    Worker("img_gen", "fal-ai", "0.10.0", "0.11.0", ("fal_client",)),
    Worker("img_gen", "gateway_completions", "0.18.0b1", "0.73.0"),
    Worker("img_gen", "gateway_img_gen", "0.18.0b1", "0.73.0"),
    Worker("img_gen", "google", "0.18.0b1", None, ("google.genai",)),
    Worker("img_gen", "huggingface_img_gen", "0.18.0b1", None, ("huggingface_hub",)),
    Worker("img_gen", "manifold_completions", "0.56.0", "0.74.0"),
    Worker("img_gen", "manifold_img_gen", "0.56.0", "0.74.0"),
    Worker("img_gen", "openai", "0.10.0", "0.18.0b1"),
    Worker("img_gen", "openai_alt_img_gen", "0.14.3", "0.18.0b1"),
    Worker("img_gen", "openai_img_gen", "0.18.0b1"),
    Worker("img_gen", "openrouter_img_gen", "0.18.0"),
    Worker("search", "gateway_search", "0.20.0", "0.73.0"),
    Worker("search", "linkup", "0.19.0", None, ("linkup",)),
    Worker("search", "manifold_search", "0.56.0", "0.74.0"),
    Worker("doc_gen", "reportlab", "0.71.0"),
    Worker("judgment", "typesafe", "0.72.0", None, ("typesafe_sdk",)),
)


def workers_of(release: Release) -> Mapping[tuple[str, str], Worker]:
    """The workers of a release, by model type and sdk."""
    return {
        (worker.model_type, worker.sdk): worker
        for worker in WORKERS
        if release_of(worker.since) <= release and (worker.until is None or release < release_of(worker.until))
    }
