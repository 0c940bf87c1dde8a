"""The provider table: every provider that a tree of any Pipelex release can name.

Sources: Pipelex 0.10.2 to 0.92.2 (called hosts, key headers), the SDKs (openai 3.54, anthropic 2.12, mistralai 3.7,
google-genai 3.4, botocore 1.44, groq 1.7, openrouter 1.3, fal-client 1.0, huggingface-hub 2.4, linkup-sdk 0.24,
typesafe-sdk 0.7, portkey-ai 2.3) and the documentation of the providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from core.providers.provider import Endpoint, KeyHeader, Paging, Provider, RequestTemplate, Role

_LIST = "list the models"
_LIST_WITH_KEY = "list the models, which requires a valid key"
_IMAGE_LIST = "list the image models"
_OPENAI_LIST = RequestTemplate(Role.BOTH, "{base}/models", _LIST_WITH_KEY)
_KEYED_LIST = RequestTemplate(Role.BOTH, "{base}/models", _LIST_WITH_KEY, "any")
_OPEN_LIST = RequestTemplate(Role.BOTH, "{base}/models", _LIST, "any")
_ANTHROPIC_VERSION = ("anthropic-version", "2023-06-01")
_X_API_KEY = KeyHeader("x-api-key", "")

ANTHROPIC: Final = Provider(
    "anthropic",
    "Anthropic",
    (RequestTemplate(Role.BOTH, "{base}/v1/models?limit=1000", _LIST_WITH_KEY, "anthropic", Paging("after_id")),),
    sdks=("anthropic",),
    protocol="anthropic",
    base="https://api.anthropic.com",
    key=_X_API_KEY,
    key_prefixes=("sk-ant-",),
    headers=(_ANTHROPIC_VERSION,),
    base_variables=("ANTHROPIC_BASE_URL",),
    key_variables=("ANTHROPIC_API_KEY",),
    kit_variables=("ANTHROPIC_API_KEY",),
    request_ids=("request-id",),
    sends_headers=False,
)
OPENAI: Final = Provider(
    "openai",
    "OpenAI",
    (_OPENAI_LIST,),
    sdks=("openai",),
    protocol="openai",
    base="https://api.openai.com/v1",
    key_prefixes=("sk-",),
    base_variables=("OPENAI_BASE_URL",),
    kit_variables=("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
)
GOOGLE: Final = Provider(
    "google",
    "Google AI Studio",
    (
        RequestTemplate(Role.BOTH, "{base}/v1beta/models?pageSize=1000", _LIST_WITH_KEY, "google", Paging("pageToken")),
        # Versions of its SDK differ in the path.
        RequestTemplate(
            Role.BOTH, "{base}/v1/models?pageSize=1000", _LIST_WITH_KEY, "google", Paging("pageToken"), fallback=True
        ),
    ),
    sdks=("google",),
    base="https://generativelanguage.googleapis.com",
    endpoint=Endpoint.IGNORED,
    # Never in the query, which proxies write to their logs.
    key=KeyHeader("x-goog-api-key", ""),
    key_prefixes=("AIza", "AQ."),
    errors="google",
    ids="google",
    base_variables=("GOOGLE_GEMINI_BASE_URL",),
    key_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    kit_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    request_ids=("x-goog-request-id",),
    completion="google",
    sends_headers=False,
)
MISTRAL: Final = Provider(
    "mistral",
    "Mistral AI",
    (RequestTemplate(Role.BOTH, "{base}/models", _LIST_WITH_KEY, "mistral"),),
    sdks=("mistral",),
    base="https://api.mistral.ai/v1",
    endpoint=Endpoint.IGNORED,
    key_variables=("MISTRAL_API_KEY",),
    kit_variables=("MISTRAL_API_KEY",),
    request_ids=("x-request-id", "mistral-correlation-id"),
    completion="chat",
    sends_headers=False,
)
XAI: Final = Provider(
    "xai",
    "xAI",
    (
        RequestTemplate(Role.PROOF, "{base}/api-key", "read the permissions of the key", "no list"),
        RequestTemplate(Role.LIST, "{base}/models", _LIST),
        RequestTemplate(Role.LIST, "{base}/language-models", "read the prices of the models", "xai", optional=True),
        RequestTemplate(Role.LIST, "{base}/image-generation-models", _IMAGE_LIST, "any", optional=True),
    ),
    protocol="openai",
    base="https://api.x.ai/v1",
    key_prefixes=("xai-",),
    errors="xai",
    kit_variables=("XAI_API_KEY",),
)
GROQ: Final = Provider(
    "groq",
    "Groq",
    (_OPENAI_LIST,),
    protocol="openai",
    base="https://api.groq.com/openai/v1",
    key_prefixes=("gsk_",),
    kit_variables=("GROQ_API_KEY",),
)
AZURE: Final = Provider(
    "azure",
    "Azure OpenAI",
    (RequestTemplate(Role.BOTH, "{base}/openai/models?api-version={api_version}", _LIST_WITH_KEY),),
    backends=("azure_openai",),
    sdks=("azure",),
    endpoint=Endpoint.REQUIRED,
    key=KeyHeader("api-key", ""),
    errors="azure",
    unlisted="Azure lists base models, not deployments: --deep checks each deployment",
    kit_variables=("AZURE_API_KEY",),
    # Not azure-api.net: the owner of a gateway there sees the keys sent to it.
    hosts=(".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
    request_ids=("apim-request-id", "x-ms-request-id"),
    completion="azure",
)
BEDROCK: Final = Provider(
    "bedrock",
    "Amazon Bedrock",
    sdks=("bedrock",),
    endpoint=Endpoint.DERIVED,
    key=None,
    key_prefixes=("AKIA", "ASIA", "ABSK", "bedrock-api-key-"),
    ids="bedrock",
    kit_variables=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"),
    hosts=(".amazonaws.com",),
    request_ids=("x-amzn-requestid",),
    completion="bedrock",
    sends_headers=False,
)
VERTEX: Final = Provider(
    "vertex",
    "Google Vertex AI",
    backends=("vertexai",),
    endpoint=Endpoint.DERIVED,
    key=None,
    errors="google",
    ids="vertex",
    kit_variables=("GCP_CREDENTIALS_FILE_PATH",),
    hosts=(".googleapis.com",),
    request_ids=("x-goog-request-id",),
    completion="chat",
)
OPENROUTER: Final = Provider(
    "openrouter",
    "OpenRouter",
    (
        # Its list of models requires no key, so that another request has to prove it.
        RequestTemplate(Role.PROOF, "{base}/key", "read the permissions and credit of the key", "no list"),
        RequestTemplate(Role.LIST, "{base}/models", _LIST, "openrouter"),
        RequestTemplate(Role.LIST, "{base}/images/models", _IMAGE_LIST, "any", optional=True),
    ),
    sdks=("openrouter",),
    protocol="openai",
    base="https://openrouter.ai/api/v1",
    key_prefixes=("sk-or-",),
    ids="openrouter",
    kit_variables=("OPENROUTER_API_KEY",),
    request_ids=("x-request-id", "x-generation-id"),
    facts=(("limit_remaining", "credit left, USD"), ("is_free_tier", "free tier"), ("expires_at", "key expires")),
)
BLACKBOX: Final = Provider(
    "blackboxai",
    "BlackBox AI",
    (_OPEN_LIST,),
    sdks=("blackboxai",),
    protocol="openai",
    base="https://api.blackbox.ai/v1",
    key_prefixes=("sk-",),
    proves_key=False,
    lists_all=False,
    kit_variables=("BLACKBOX_API_KEY",),
)
SCALEWAY: Final = Provider(
    "scaleway",
    "Scaleway",
    (_OPENAI_LIST,),
    protocol="openai",
    base="https://api.scaleway.ai/v1",
    errors="scaleway",
    kit_variables=("SCALEWAY_API_KEY",),
)
MINIMAX: Final = Provider(
    "minimax",
    "MiniMax",
    (RequestTemplate(Role.BOTH, "{base}/v1/models", _LIST_WITH_KEY, "anthropic", Paging("after_id")),),
    protocol="anthropic",
    base="https://api.minimax.io/anthropic",
    hosts=("api.minimaxi.com",),
    key=_X_API_KEY,
    key_prefixes=("sk-",),
    headers=(_ANTHROPIC_VERSION,),
    errors="minimax",
    kit_variables=("MINIMAX_API_KEY",),
    request_ids=("request-id", "trace-id"),
    sends_headers=False,
)
OLLAMA: Final = Provider(
    "ollama",
    "Ollama",
    (
        # Compatible servers at its address do not report a version.
        RequestTemplate(Role.PROOF, "{origin}/api/version", "read the version of the server", "no list", optional=True),
        RequestTemplate(Role.LIST, "{base}/models", "list the downloaded models", "any"),
    ),
    protocol="openai",
    base="http://localhost:11434/v1",
    hosts=("ollama.com",),
    key_optional=True,
    proves_key=False,
    ids="ollama",
    kit_variables=("OLLAMA_API_KEY",),
    facts=(("version", "version"),),
)
FAL: Final = Provider(
    "fal",
    "fal",
    sdks=("fal",),
    base="https://api.fal.ai",
    endpoint=Endpoint.IGNORED,
    key=KeyHeader("Authorization", "Key"),
    errors="fal",
    key_variables=("FAL_KEY",),
    kit_variables=("FAL_API_KEY", "FAL_KEY"),
    request_ids=("x-fal-request-id", "x-request-id"),
)
HUGGING_FACE: Final = Provider(
    "huggingface",
    "Hugging Face",
    (RequestTemplate(Role.PROOF, "{base}/api/whoami-v2", "read the owner of the token", "no list"),),
    sdks=("huggingface",),
    base="https://huggingface.co",
    endpoint=Endpoint.IGNORED,
    key_prefixes=("hf_",),
    base_variables=("HF_ENDPOINT",),
    key_variables=("HF_TOKEN",),
    kit_variables=("HF_TOKEN",),
    # The rate limit of `whoami` is strict.
    retried=False,
)
LINKUP: Final = Provider(
    "linkup",
    "Linkup",
    # Not a search, which would be billed.
    (RequestTemplate(Role.PROOF, "{base}/credits/balance", "read the credit left", "no list"),),
    sdks=("linkup",),
    base="https://api.linkup.so/v1",
    endpoint=Endpoint.IGNORED,
    always_served=frozenset({"standard", "deep", "fetch"}),
    kit_variables=("LINKUP_API_KEY",),
    facts=(("balance", "credit left"),),
)
TYPESAFE: Final = Provider(
    "typesafe",
    "TypeSafe",
    (RequestTemplate(Role.BOTH, "{base}/v1/models", _LIST_WITH_KEY, "typesafe"),),
    sdks=("typesafe",),
    base="https://api.typesafe.ai",
    base_variables=("TYPESAFE_BASE_URL",),
    kit_variables=("TYPESAFE_API_KEY",),
    request_ids=("x-typesafe-request-id",),
)
PORTKEY: Final = Provider(
    "portkey",
    "Portkey",
    (_KEYED_LIST,),
    sdks=("portkey",),
    base="https://api.portkey.ai/v1",
    key=KeyHeader("x-portkey-api-key", ""),
    errors="portkey",
    ids="portkey",
    kit_variables=("PORTKEY_API_KEY",),
    request_ids=("x-portkey-trace-id", "x-request-id"),
    completion="chat",
)
GATEWAY: Final = replace(
    PORTKEY,
    name="pipelex-gateway",
    title="the Pipelex gateway",
    sdks=("gateway",),
    unlisted="the gateway's list of models is published elsewhere, per release",
    kit_variables=("PIPELEX_GATEWAY_API_KEY",),
    request_ids=("x-portkey-trace-id",),
    completion="",
)
MANIFOLD: Final = Provider(
    "pipelex-manifold",
    "Pipelex Manifold",
    (RequestTemplate(Role.BOTH, "{origin}/v1/models", _LIST_WITH_KEY, "any"),),
    sdks=("manifold",),
    endpoint=Endpoint.REQUIRED,
    key=KeyHeader("x-pipelex-api-key", ""),
    errors="portkey",
    ids="portkey",
)
INFERENCE: Final = Provider(
    "pipelex-inference",
    "Pipelex Inference",
    (_KEYED_LIST,),
    protocol="openai",
    base="https://inference.pipelex.com/v1",
    kit_variables=("PIPELEX_INFERENCE_API_KEY",),
)
PERPLEXITY: Final = Provider(
    "perplexity",
    "Perplexity",
    (RequestTemplate(Role.BOTH, "{origin}/v1/models", _LIST_WITH_KEY, "any"),),
    protocol="openai",
    base="https://api.perplexity.ai",
    key_prefixes=("pplx-",),
    kit_variables=("PERPLEXITY_API_KEY",),
)
COMPATIBLE: Final = Provider(
    "openai-compatible",
    "an OpenAI-compatible server",
    (_OPEN_LIST,),
    protocol="openai",
    endpoint=Endpoint.REQUIRED,
    key_optional=True,
    proves_key=False,
    lists_all=False,
    ids="compatible",
    request_ids=("x-request-id", "x-litellm-call-id"),
)
ANTHROPIC_COMPATIBLE: Final = Provider(
    "anthropic-compatible",
    "an Anthropic-compatible server",
    (RequestTemplate(Role.BOTH, "{base}/v1/models?limit=1000", _LIST, "any"),),
    protocol="anthropic",
    endpoint=Endpoint.REQUIRED,
    key=_X_API_KEY,
    key_optional=True,
    proves_key=False,
    lists_all=False,
    ids="compatible",
    headers=(_ANTHROPIC_VERSION,),
    request_ids=("request-id", "x-request-id"),
    sends_headers=False,
)
INTERNAL: Final = Provider(
    "internal", "internal", sdks=("pypdfium2", "docling", "reportlab"), key=None, key_optional=True
)

PROVIDERS: Final = tuple(row for row in list(globals().values()) if isinstance(row, Provider))
"""Every row, in order of preference for new trees: model makers first, then resellers."""
BY_NAME: Final[Mapping[str, Provider]] = {row.name: row for row in PROVIDERS}
BY_BACKEND: Final[Mapping[str, Provider]] = {name: row for row in PROVIDERS for name in row.backend_names}


@cache
def provider_of_sdk(sdk: str) -> Provider | None:
    """The provider whose client an sdk uses, regardless of the host."""
    matches = [
        (len(prefix), row) for row in PROVIDERS for prefix in row.sdks if sdk == prefix or sdk.startswith(prefix + "_")
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None
