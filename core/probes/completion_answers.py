"""The answers of models: whether an answer is one, and what it states.

An answer is one if Pipelex 0.92.2 takes a text from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from core.probes.answer import Answer

_MAX_REPLY: Final = 1000


def is_chat(answer: Answer) -> bool:
    """Whether an answer is one of OpenAI's chat completions with a text, which may be empty."""
    return isinstance(_at(answer.data, "choices", 0, "message", "content"), str)


def is_whole_chat(answer: Answer) -> bool:
    """The same for releases from 0.83 on, which take no text that was cut off or held back (`completion_stop.py`)."""
    return is_chat(answer) and not was_cut_off(answer)


def was_cut_off(answer: Answer) -> bool:
    """Whether one of OpenAI's chat completions states that its text was cut off or held back."""
    return _at(answer.data, "choices", 0, "finish_reason") in _CUT_OFF


_CUT_OFF: Final = ("length", "content_filter", "refusal")


def is_response(answer: Answer) -> bool:
    """Whether an answer is one of OpenAI's responses with a text."""
    output = _at(answer.data, "output")
    parts = [part for item in _list(output) for part in _list(_at(item, "content"))]
    return any(_at(part, "text") for part in parts if _at(part, "type") == "output_text")


def is_message(answer: Answer) -> bool:
    """Whether an answer is one of Anthropic's messages with a text."""
    blocks = _list(_at(answer.data, "content"))
    return any(isinstance(_at(block, "text"), str) for block in blocks)


def is_candidate(answer: Answer) -> bool:
    """Whether an answer is one of Google's with a text."""
    parts = _list(_at(answer.data, "candidates", 0, "content", "parts"))
    return any(isinstance(_at(part, "text"), str) for part in parts)


def is_converse(answer: Answer) -> bool:
    """Whether an answer is one of Amazon's with a text."""
    return any(isinstance(_at(part, "text"), str) for part in _list(_at(answer.data, "output", "message", "content")))


def _at(node: object, *path: str | int) -> object:
    for key in path:
        if isinstance(key, int):
            node = node[key] if isinstance(node, list) and len(node) > key else None
        else:
            node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _list(node: object) -> list[object]:
    return node if isinstance(node, list) else []


def completion_facts(data: object) -> Iterator[tuple[str, str]]:
    """The labels and values of a completion: responding model, token counts, reply."""
    if not isinstance(data, Mapping):
        return
    for key in ("model", "modelVersion"):
        value = data.get(key)
        if isinstance(value, str) and value:
            yield "answered by", value
            break
    usage: Mapping[str, object] = next(
        (data[key] for key in ("usage", "usageMetadata") if isinstance(data.get(key), Mapping)), {}
    )
    for label, keys in (
        ("input tokens", ("prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens")),
        ("output tokens", ("completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens")),
    ):
        count = next((usage[key] for key in keys if isinstance(usage.get(key), int)), None)
        if count is not None:
            yield label, str(count)
    reply = next((text for text in _texts(data, 0) if text.strip()), "")
    if reply:
        yield "it said", " ".join(reply[:_MAX_REPLY].split())


def _texts(node: object, depth: int) -> Iterator[str]:
    """The texts of an answer in any format."""
    if depth > 8:
        return
    if isinstance(node, list):
        for item in node[:20]:
            yield from _texts(item, depth + 1)
    elif isinstance(node, Mapping):
        for key in ("output_text", "text", "content"):
            value = node.get(key)
            if isinstance(value, str):
                yield value
        for key in ("choices", "message", "content", "candidates", "parts", "output"):
            if key in node:
                yield from _texts(node[key], depth + 1)
