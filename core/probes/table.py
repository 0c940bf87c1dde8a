"""The table of providers: every one that a tree of any Pipelex release can name, and how to ask it.

Read in Pipelex 0.10.2 to 0.92.2 (which host is called, which header carries the key), in the providers' own SDKs
(openai 3.54, anthropic 2.12, mistralai 3.7, google-genai 3.4, botocore 1.44, groq 1.7, openrouter 1.3, fal-client 1.0,
huggingface-hub 2.4, linkup-sdk 0.24, typesafe-sdk 0.7, portkey-ai 2.3) and in their documentation.
"""

from __future__ import annotations

from typing import Final

from core.probes import classify, names, shapes
from core.probes.provider import Endpoint, KeyHeader, Paging, Provider, Role, Row

_LISTS = "asks for the list of models, which only a valid key gets"
_LIST_ONLY = "asks for the list of models"
_OPENAI_LIST = (Row(Role.BOTH, "{base}/models", _LISTS),)
_VERSION = ("anthropic-version", "2023-06-01")
_IMAGES_LISTED_ELSEWHERE = "asks for the list of models that make images"

_ANTHROPIC_LIST = (Row(Role.BOTH, "{base}/v1/models?limit=1000", _LISTS, shapes.anthropic, Paging("after_id")),)

OPENAI: Final = Provider(
    "openai",
    "OpenAI",
    _OPENAI_LIST,
    base="https://api.openai.com/v1",
    base_variables=("OPENAI_BASE_URL",),
    kit_variables=("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    completion="chat",
)
COMPATIBLE: Final = Provider(
    "openai-compatible",
    "a server that speaks as OpenAI does",
    (Row(Role.BOTH, "{base}/models", _LIST_ONLY, shapes.any_list),),
    endpoint=Endpoint.REQUIRED,
    key_optional=True,
    proves_key=False,
    request_ids=("x-request-id", "x-litellm-call-id"),
    completion="chat",
)
ANTHROPIC: Final = Provider(
    "anthropic",
    "Anthropic",
    _ANTHROPIC_LIST,
    base="https://api.anthropic.com",
    key=KeyHeader("x-api-key", ""),
    headers=(_VERSION,),
    base_variables=("ANTHROPIC_BASE_URL",),
    key_variables=("ANTHROPIC_API_KEY",),
    kit_variables=("ANTHROPIC_API_KEY",),
    request_ids=("request-id",),
    completion="anthropic",
)
ANTHROPIC_COMPATIBLE: Final = Provider(
    "anthropic-compatible",
    "a server that speaks as Anthropic does",
    (Row(Role.BOTH, "{base}/v1/models?limit=1000", _LIST_ONLY, shapes.any_list),),
    endpoint=Endpoint.REQUIRED,
    key=KeyHeader("x-api-key", ""),
    key_optional=True,
    proves_key=False,
    headers=(_VERSION,),
    request_ids=("request-id", "x-request-id"),
    completion="anthropic",
)
MINIMAX: Final = Provider(
    "minimax",
    "MiniMax",
    (Row(Role.BOTH, "{base}/v1/models", _LISTS, shapes.anthropic, Paging("after_id")),),
    base="https://api.minimax.io/anthropic",
    key=KeyHeader("x-api-key", ""),
    headers=(_VERSION,),
    classify=classify.minimax,
    kit_variables=("MINIMAX_API_KEY",),
    hosts=("api.minimaxi.com",),
    request_ids=("request-id", "trace-id"),
    completion="anthropic",
)
AZURE: Final = Provider(
    "azure",
    "Azure OpenAI",
    (Row(Role.BOTH, "{base}/openai/models?api-version={api_version}", _LISTS),),
    endpoint=Endpoint.REQUIRED,
    key=KeyHeader("api-key", ""),
    classify=classify.azure,
    unlisted="Azure lists base models, not the deployments that a tree names: --deep asks for each",
    kit_variables=("AZURE_API_KEY",),
    # Not azure-api.net: whoever has a gateway there sees the keys that are sent to it.
    hosts=(".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
    request_ids=("apim-request-id", "x-ms-request-id"),
    completion="azure",
)
BEDROCK: Final = Provider(
    "bedrock",
    "Amazon Bedrock",
    (),
    endpoint=Endpoint.DERIVED,
    key=None,
    names=names.BEDROCK,
    kit_variables=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"),
    hosts=(".amazonaws.com",),
    request_ids=("x-amzn-requestid",),
    completion="bedrock",
)
MISTRAL: Final = Provider(
    "mistral",
    "Mistral AI",
    (Row(Role.BOTH, "{base}/models", _LISTS, shapes.mistral),),
    base="https://api.mistral.ai/v1",
    endpoint=Endpoint.IGNORED,
    kit_variables=("MISTRAL_API_KEY",),
    request_ids=("x-request-id", "mistral-correlation-id"),
    completion="chat",
)
GOOGLE: Final = Provider(
    "google",
    "Google AI Studio",
    (
        Row(Role.BOTH, "{base}/v1beta/models?pageSize=1000", _LISTS, shapes.google, Paging("pageToken")),
        # Its SDK has moved from one to the other.
        Row(Role.BOTH, "{base}/v1/models?pageSize=1000", _LISTS, shapes.google, Paging("pageToken"), fallback=True),
    ),
    base="https://generativelanguage.googleapis.com",
    endpoint=Endpoint.IGNORED,
    # Never in the query, where every log on the way keeps it.
    key=KeyHeader("x-goog-api-key", ""),
    classify=classify.google,
    names=names.GOOGLE,
    base_variables=("GOOGLE_GEMINI_BASE_URL",),
    key_variables=("GEMINI_API_KEY",),
    kit_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    request_ids=("x-goog-request-id",),
    completion="google",
)
VERTEX: Final = Provider(
    "vertex",
    "Google Vertex AI",
    (),
    endpoint=Endpoint.DERIVED,
    key=None,
    classify=classify.google,
    names=names.VERTEX,
    kit_variables=("GCP_CREDENTIALS_FILE_PATH",),
    hosts=(".googleapis.com",),
    request_ids=("x-goog-request-id",),
    completion="chat",
)
XAI: Final = Provider(
    "xai",
    "xAI",
    (
        Row(Role.PROOF, "{base}/api-key", "asks what the key may do", shapes.anything),
        Row(Role.LIST, "{base}/models", _LIST_ONLY),
        Row(
            Role.LIST,
            "{base}/language-models",
            "asks for the models' prices",
            shapes.xai_language_models,
            optional=True,
        ),
        Row(Role.LIST, "{base}/image-generation-models", _IMAGES_LISTED_ELSEWHERE, shapes.any_list, optional=True),
    ),
    base="https://api.x.ai/v1",
    classify=classify.xai,
    kit_variables=("XAI_API_KEY",),
    completion="chat",
)
GROQ: Final = Provider(
    "groq",
    "Groq",
    _OPENAI_LIST,
    base="https://api.groq.com/openai/v1",
    kit_variables=("GROQ_API_KEY",),
    completion="chat",
)
OLLAMA: Final = Provider(
    "ollama",
    "Ollama",
    (
        # Other servers that stand in its place have no version to tell.
        Row(Role.PROOF, "{origin}/api/version", "asks which version runs", shapes.anything, optional=True),
        Row(Role.LIST, "{base}/models", "asks for the list of models that are downloaded", shapes.any_list),
    ),
    base="http://localhost:11434/v1",
    key_optional=True,
    proves_key=False,
    names=names.OLLAMA,
    kit_variables=("OLLAMA_API_KEY",),
    hosts=("ollama.com",),
    completion="chat",
    facts=(("version", "version"),),
)
OPENROUTER: Final = Provider(
    "openrouter",
    "OpenRouter",
    (
        # Anybody gets its list of models: only this proves the key.
        Row(Role.PROOF, "{base}/key", "asks what the key may do and what credit is left", shapes.anything),
        Row(Role.LIST, "{base}/models", _LIST_ONLY, shapes.openrouter),
        Row(Role.LIST, "{base}/images/models", _IMAGES_LISTED_ELSEWHERE, shapes.any_list, optional=True),
    ),
    base="https://openrouter.ai/api/v1",
    names=names.OPENROUTER,
    kit_variables=("OPENROUTER_API_KEY",),
    request_ids=("x-request-id", "x-generation-id"),
    completion="chat",
    facts=(("limit_remaining", "credit left, USD"), ("is_free_tier", "free tier"), ("expires_at", "key expires")),
)
PORTKEY: Final = Provider(
    "portkey",
    "Portkey",
    (Row(Role.BOTH, "{base}/models", _LISTS, shapes.any_list),),
    base="https://api.portkey.ai/v1",
    key=KeyHeader("x-portkey-api-key", ""),
    classify=classify.portkey,
    names=names.PORTKEY,
    kit_variables=("PORTKEY_API_KEY",),
    request_ids=("x-portkey-trace-id", "x-request-id"),
    completion="chat",
)
GATEWAY: Final = Provider(
    "pipelex-gateway",
    "the Pipelex gateway",
    (Row(Role.BOTH, "{base}/models", _LISTS, shapes.any_list),),
    base="https://api.portkey.ai/v1",
    key=KeyHeader("x-portkey-api-key", ""),
    classify=classify.portkey,
    names=names.PORTKEY,
    unlisted="the gateway's own list of models is published elsewhere, per release",
    kit_variables=("PIPELEX_GATEWAY_API_KEY",),
    request_ids=("x-portkey-trace-id",),
)
MANIFOLD: Final = Provider(
    "pipelex-manifold",
    "Pipelex Manifold",
    (Row(Role.BOTH, "{origin}/v1/models", _LISTS, shapes.any_list),),
    endpoint=Endpoint.REQUIRED,
    key=KeyHeader("x-pipelex-api-key", ""),
    classify=classify.portkey,
    names=names.PORTKEY,
)
INFERENCE: Final = Provider(
    "pipelex-inference",
    "Pipelex Inference",
    (Row(Role.BOTH, "{base}/models", _LISTS, shapes.any_list),),
    base="https://inference.pipelex.com/v1",
    kit_variables=("PIPELEX_INFERENCE_API_KEY",),
    completion="chat",
)
SCALEWAY: Final = Provider(
    "scaleway",
    "Scaleway",
    _OPENAI_LIST,
    base="https://api.scaleway.ai/v1",
    classify=classify.scaleway,
    kit_variables=("SCALEWAY_API_KEY",),
    completion="chat",
)
BLACKBOX: Final = Provider(
    "blackboxai",
    "BlackBox AI",
    (Row(Role.BOTH, "{base}/models", _LIST_ONLY, shapes.any_list),),
    base="https://api.blackbox.ai/v1",
    proves_key=False,
    kit_variables=("BLACKBOX_API_KEY",),
    completion="chat",
)
PERPLEXITY: Final = Provider(
    "perplexity",
    "Perplexity",
    (Row(Role.BOTH, "{origin}/v1/models", _LISTS, shapes.any_list),),
    base="https://api.perplexity.ai",
    kit_variables=("PERPLEXITY_API_KEY",),
    completion="chat",
)
HUGGING_FACE: Final = Provider(
    "huggingface",
    "Hugging Face",
    # Its limit is strict on purpose: once, and never retried.
    (Row(Role.PROOF, "{base}/api/whoami-v2", "asks whose token it is", shapes.anything),),
    base="https://huggingface.co",
    endpoint=Endpoint.IGNORED,
    base_variables=("HF_ENDPOINT",),
    key_variables=("HF_TOKEN",),
    kit_variables=("HF_TOKEN",),
    retried=False,
)
FAL: Final = Provider(
    "fal",
    "fal",
    (),
    base="https://api.fal.ai",
    endpoint=Endpoint.IGNORED,
    key=KeyHeader("Authorization", "Key"),
    classify=classify.fal,
    key_variables=("FAL_KEY",),
    kit_variables=("FAL_API_KEY", "FAL_KEY"),
    request_ids=("x-fal-request-id", "x-request-id"),
)
LINKUP: Final = Provider(
    "linkup",
    "Linkup",
    # Never a search: that costs money.
    (Row(Role.PROOF, "{base}/credits/balance", "asks what credit is left", shapes.anything),),
    base="https://api.linkup.so/v1",
    endpoint=Endpoint.IGNORED,
    fixed=frozenset({"standard", "deep", "fetch"}),
    kit_variables=("LINKUP_API_KEY",),
    facts=(("balance", "credit left"),),
)
TYPESAFE: Final = Provider(
    "typesafe",
    "TypeSafe",
    (Row(Role.BOTH, "{base}/v1/models", _LISTS, shapes.typesafe),),
    base="https://api.typesafe.ai",
    base_variables=("TYPESAFE_BASE_URL",),
    kit_variables=("TYPESAFE_API_KEY",),
    request_ids=("x-typesafe-request-id",),
)
INTERNAL: Final = Provider("internal", "software inside Pipelex", (), key=None, key_optional=True)

PROVIDERS: Final = (
    OPENAI,
    COMPATIBLE,
    ANTHROPIC,
    ANTHROPIC_COMPATIBLE,
    MINIMAX,
    AZURE,
    BEDROCK,
    MISTRAL,
    GOOGLE,
    VERTEX,
    XAI,
    GROQ,
    OLLAMA,
    OPENROUTER,
    PORTKEY,
    GATEWAY,
    MANIFOLD,
    INFERENCE,
    SCALEWAY,
    BLACKBOX,
    PERPLEXITY,
    HUGGING_FACE,
    FAL,
    LINKUP,
    TYPESAFE,
    INTERNAL,
)
