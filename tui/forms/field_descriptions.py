"""What keys and their known values mean, in one line each: shown beside fields and in lists to pick from."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "api_key": "the key, as a variable: ${NAME} keeps the secret out of the file",
    "constraints": "what the model insists on, whatever it is asked for",
    "costs": "USD per million tokens",
    "default": "the backend that gets what no route takes",
    "depth": "how far a search goes",
    "description": "for people",
    "display_name": "the name for people",
    "enabled": "whether it may be asked",
    "endpoint": "the address that is asked, up to the version: https://.../v1",
    "endpoint_path": "what follows the endpoint of the backend",
    "extra_config": "what this provider needs besides a key",
    "fallback_order": "the backends to try when the default does not have the model",
    "guidance_scale": "how closely a picture follows its prompt",
    "handle": "the name that the deck and routes use, when it is not the table's",
    "image_detail": "how closely pictures are looked at",
    "image_min_size": "pixels below which a picture is left out",
    "include_images": "whether pictures come with what is found",
    "include_inline_citations": "whether sources stand in the text",
    "inputs": "what it takes: text, images, pdf ...",
    "is_moderated": "whether pictures are moderated",
    "listed_constraints": "what the model insists on, whatever it is asked for",
    "max_nb_images": "at most so many pictures of a document",
    "max_prompt_images": "at most so many pictures in one prompt",
    "max_results": "at most so many results",
    "max_tokens": "the most tokens that come back",
    "model": "the model, alias or waterfall that is asked",
    "model_id": "the model's name at the provider, when it is not the handle",
    "model_type": "what it is used for",
    "nb_steps": "how many steps a picture is made in",
    "outputs": "what it gives: text, structured, image, pages ...",
    "prompting_target": "the style that prompts are written in",
    "quality": "how good a picture gets, and how dear",
    "reasoning_budget": "how many tokens it may think for",
    "reasoning_effort": "how long it may think",
    "safety_tolerance": "how much a picture may show",
    "sdk": "the library that speaks to it",
    "structure_method": "how it is made to answer in a structure",
    "temperature": "0 is strict, 1 is free",
    "thinking_mode": "how thinking is asked for",
    "valued_constraints": "what it insists on, with a value: fixed_temperature",
    "variant": "which of its library's ways is used",
}

VALUES: Mapping[str, Mapping[str, str]] = {
    "model_type": {
        "llm": "writes text and structures",
        "text_extractor": "reads pages and pictures",
        "img_gen": "makes pictures",
        "search": "searches and answers",
        "doc_gen": "makes documents",
        "judgment": "judges",
    },
    "thinking_mode": {
        "none": "it does not think",
        "manual": "with a budget of tokens",
        "adaptive": "as long as it finds right",
    },
    "reasoning_effort": {
        "none": "not at all",
        "minimal": "as little as it can",
        "low": "quick and cheap",
        "medium": "the usual",
        "high": "long, for hard questions",
        "xhigh": "longer",
        "max": "as long as it can",
    },
    "quality": {"low": "quick and cheap", "medium": "the usual", "high": "slow and dear"},
    "image_detail": {"low": "few tokens", "high": "every detail, more tokens", "auto": "the provider decides"},
    "depth": {"standard": "one round", "deep": "several rounds"},
    "listed_constraints": {
        "temperature_must_be_multiplied_by_2": "its scale goes from 0 to 2",
        "max_tokens_must_be_high_enough": "it fails when the limit is low",
        "temperature_unsupported": "it is asked without a temperature",
        "thinking_cannot_be_disabled": "it always thinks",
    },
    "prompting_target": {
        "openai": "as GPT likes it",
        "anthropic": "as Claude likes it",
        "mistral": "as Mistral likes it",
        "gemini": "as Gemini likes it",
        "fal": "as picture models like it",
    },
}


def value_means(key: str, value: str) -> str:
    """What a known value of a key means, empty when that says the value itself."""
    if key == "structure_method":
        library, _, mode = value.partition("/")
        return f"{library}: {mode.replace('_', ' ')}"
    return VALUES.get(key.rpartition(".")[2], {}).get(value, "")
