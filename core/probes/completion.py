"""The minimal completion of one model, with its maximum cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from core.catalog import Catalog
from core.entities import ModelSpec
from core.formatting import usd
from core.probes.check_plan import CheckPlan, Header, Request, UnsendableError
from core.probes.check_planner import PlanOptions, plan_requests
from core.probes.check_requests import GROUP_HEADER, RequestContext, api_version
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.secret import Secret, fill, fits_a_header
from core.probes.served_models import MAX_ID_LENGTH
from core.providers import table
from core.providers.provider import Role
from core.records import dataclass

PROMPT: Final = "Answer with the one word: pong"
_PROMPT_TOKENS: Final = 15
_MAX_TOKENS: Final = 16
_MAX_TOKENS_THINKING: Final = 256
_MAX_REPLY: Final = 1000
_JSON: Final = Header("Content-Type", "application/json")


@dataclass(frozen=True)
class CompletionPlan:
    """The plan of a completion. `estimate` is the maximum cost in USD; None if the tree has no price."""

    spec: ModelSpec
    plan: CheckPlan
    max_tokens: int
    estimate: float | None

    @property
    def cost_text(self) -> str:
        """The maximum cost in words."""
        if self.estimate is None:
            return "price unknown"
        return f"at most {usd(self.estimate)}" if self.estimate else "free according to the tree"

    def cost_of(self, result: CheckResult) -> float | None:
        """The cost in USD by the provider's token counts and the tree's prices; None if unknown."""
        counts = dict(result.facts)
        input_tokens, output_tokens = counts.get("input tokens", ""), counts.get("output tokens", "")
        if self.estimate is None or not all(
            count.isdecimal() and len(count) < 10 for count in (input_tokens, output_tokens)
        ):
            return None
        return (int(input_tokens) * self.spec.costs["input"] + int(output_tokens) * self.spec.costs["output"]) / 1e6


def plan_completion(catalog: Catalog, spec: ModelSpec, terms: PlanOptions | None = None) -> CompletionPlan:
    """The plan of one completion request to the host and with the key that Pipelex uses. Sends nothing."""
    limit = _token_limit(spec)
    plan = plan_requests(
        catalog, spec.backend, terms or PlanOptions(), lambda context: _requests(context, spec, limit), only=spec
    )
    return CompletionPlan(spec, plan, limit, _estimate(spec, limit))


def _token_limit(spec: ModelSpec) -> int:
    """The token limit: models with reasoning fail on a limit of a few tokens."""
    thinks = spec.fields.get("thinking_mode") not in (None, "none")
    constraints = spec.fields.get("valued_constraints")
    fixed = isinstance(constraints, Mapping) and "fixed_temperature" in constraints
    listed = spec.fields.get("constraints")
    fixed = fixed or (isinstance(listed, list) and "temperature_must_be_1" in listed)
    limit = _MAX_TOKENS_THINKING if thinks or fixed or spec.model_id.startswith(("o", "gpt-5")) else _MAX_TOKENS
    return min(limit, spec.max_tokens) if spec.max_tokens is not None and spec.max_tokens > 0 else limit


def _estimate(spec: ModelSpec, limit: int) -> float | None:
    costs = spec.costs
    if "input" not in costs or "output" not in costs:
        return None
    return (_PROMPT_TOKENS * costs["input"] + limit * costs["output"]) / 1e6


def _requests(context: RequestContext, spec: ModelSpec, limit: int) -> tuple[Request, ...]:
    """The completion request."""
    if spec.model_type != "llm":
        raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NOT_A_LANGUAGE_MODEL))
    model = fill(context.catalog, spec.model_id)
    name = model.text.reveal()
    if model.fault is not None or not 0 < len(name) <= MAX_ID_LENGTH or not name.isprintable():
        raise UnsendableError(Finding(CheckStatus.NOT_FOUND, Reason.MODEL))
    target, body, headers = _form(context, spec, name, limit)
    return (
        Request(
            Role.PROOF,
            "POST",
            context.base.address,
            context.base.target(target),
            f"generate one word with {spec.handle}",
            (*context.headers, _JSON, *headers),
            json.dumps(body).encode(),
            extract_facts=completion_facts,
        ),
    )


_Form = tuple[str, Mapping[str, object], tuple[Header, ...]]


def _form(context: RequestContext, spec: ModelSpec, name: str, limit: int) -> _Form:
    """The path below the base, the body and the model's own headers, in the provider's format."""
    form = context.provider.completion_format
    messages = [{"role": "user", "content": PROMPT}]
    sdk = spec.sdk or ""
    if form == "chat" and sdk.endswith("_responses"):
        body: Mapping[str, object] = {"model": name, "input": PROMPT, "max_output_tokens": limit}
        return "/responses", body, tuple(_own_headers(context, spec))
    if form == "chat":
        # OpenAI's newer models reject the older name of the limit, which other servers require.
        limit_key = "max_completion_tokens" if context.provider is table.OPENAI else "max_tokens"
        return (
            "/chat/completions",
            {"model": name, "messages": messages, limit_key: limit},
            tuple(_own_headers(context, spec)),
        )
    if form == "anthropic":
        return "/v1/messages", {"model": name, "max_tokens": limit, "messages": messages}, ()
    if form == "google":
        path = f"/v1beta/models/{quote(name.removeprefix('models/'), safe='')}:generateContent"
        config = {"maxOutputTokens": limit}
        return path, {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}], "generationConfig": config}, ()
    if form == "azure":
        query = urlencode({"api-version": api_version(context)})
        path = f"/openai/deployments/{quote(name, safe='')}/chat/completions?{query}"
        return path, {"messages": messages, "max_completion_tokens": limit}, ()
    if form == "bedrock":
        content = [{"role": "user", "content": [{"text": PROMPT}]}]
        path = f"/model/{quote(name, safe='')}/converse"
        return path, {"messages": content, "inferenceConfig": {"maxTokens": limit}}, ()
    raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NOT_A_LANGUAGE_MODEL))


def _own_headers(context: RequestContext, spec: ModelSpec) -> Iterator[Header]:
    """The group header of a gateway model."""
    text = spec.fields.get(GROUP_HEADER)
    if isinstance(text, str) and text:
        filled = fill(context.catalog, text)
        if filled.fault is None and fits_a_header(filled.text.reveal()):
            yield Header(GROUP_HEADER, Secret(filled.text.reveal()) if filled.variables else filled.text.reveal())


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
