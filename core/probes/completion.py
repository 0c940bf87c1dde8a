"""A real completion on one chosen model: the smallest there is, with what it may cost said before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from core.catalog import Catalog
from core.entities import ModelSpec
from core.formatting import usd
from core.probes.check_plan import CheckPlan, Header, Request
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
_MOST_TOKENS: Final = 16
_MOST_TOKENS_THINKING: Final = 256
_MOST_SAID: Final = 1000
_JSON: Final = Header("Content-Type", "application/json")


@dataclass(frozen=True)
class CompletionPlan:
    """What trying a model means. `estimate` is in USD, at most; None when the tree states no price for it."""

    spec: ModelSpec
    plan: CheckPlan
    most_tokens: int
    estimate: float | None

    @property
    def cost_words(self) -> str:
        """What it may cost, in words."""
        if self.estimate is None:
            return "its price is not known"
        return f"at most {usd(self.estimate)}" if self.estimate else "free, going by the tree"

    def cost_of(self, result: CheckResult) -> float | None:
        """What it did cost in USD, by the tokens that the provider counted and the tree's prices; None: unknown."""
        counts = dict(result.facts)
        input_tokens, output_tokens = counts.get("input tokens", ""), counts.get("output tokens", "")
        if self.estimate is None or not all(
            count.isdecimal() and len(count) < 10 for count in (input_tokens, output_tokens)
        ):
            return None
        return (int(input_tokens) * self.spec.costs["input"] + int(output_tokens) * self.spec.costs["output"]) / 1e6


def plan_completion(catalog: Catalog, spec: ModelSpec, terms: PlanOptions | None = None) -> CompletionPlan:
    """The plan of a completion: one request, to the host and with the key that Pipelex would use. Sends nothing."""
    most = _most_tokens(spec)
    plan = plan_requests(
        catalog, spec.backend, terms or PlanOptions(), lambda asking: _asks(asking, spec, most), only=spec
    )
    return CompletionPlan(spec, plan, most, _estimate(spec, most))


def _most_tokens(spec: ModelSpec) -> int:
    """Models that think need room to: a limit of a few tokens fails on them."""
    thinks = spec.fields.get("thinking_mode") not in (None, "none")
    constraints = spec.fields.get("valued_constraints")
    fixed = isinstance(constraints, Mapping) and "fixed_temperature" in constraints
    listed = spec.fields.get("constraints")
    fixed = fixed or (isinstance(listed, list) and "temperature_must_be_1" in listed)
    wanted = _MOST_TOKENS_THINKING if thinks or fixed or spec.model_id.startswith(("o", "gpt-5")) else _MOST_TOKENS
    return min(wanted, spec.max_tokens) if spec.max_tokens is not None and spec.max_tokens > 0 else wanted


def _estimate(spec: ModelSpec, most: int) -> float | None:
    costs = spec.costs
    if "input" not in costs or "output" not in costs:
        return None
    return (_PROMPT_TOKENS * costs["input"] + most * costs["output"]) / 1e6


def _asks(asking: RequestContext, spec: ModelSpec, most: int) -> tuple[Request, ...] | Finding:
    """The one request; for Google's cloud after that for a token."""
    if spec.model_type != "llm":
        return Finding(CheckStatus.NOT_CHECKABLE, Reason.NOT_A_LANGUAGE_MODEL)
    model = fill(asking.catalog, spec.model_id)
    name = model.text.reveal()
    if model.fault is not None or not 0 < len(name) <= MAX_ID_LENGTH or not name.isprintable():
        return Finding(CheckStatus.NOT_FOUND, Reason.MODEL)
    made = _form(asking, spec, name, most)
    if isinstance(made, Finding):
        return made
    target, body, headers = made
    return (
        Request(
            Role.PROOF,
            "POST",
            asking.base.address,
            asking.base.address.path.rstrip("/") + asking.base.path + target,
            f"lets {spec.handle} answer one word",
            (*asking.headers, _JSON, *headers),
            json.dumps(body).encode(),
            extract_facts=completion_facts,
        ),
    )


_Made = tuple[str, Mapping[str, object], tuple[Header, ...]]


def _form(asking: RequestContext, spec: ModelSpec, name: str, most: int) -> _Made | Finding:
    """The path below the base, the body, and headers of this model's own, in the provider's form."""
    form = asking.provider.completion_format
    said = [{"role": "user", "content": PROMPT}]
    sdk = spec.sdk or ""
    if form == "chat" and sdk.endswith("_responses"):
        body: Mapping[str, object] = {"model": name, "input": PROMPT, "max_output_tokens": most}
        return "/responses", body, tuple(_own_headers(asking, spec))
    if form == "chat":
        # OpenAI's newer models refuse the older name of the limit; others know no other.
        limit = "max_completion_tokens" if asking.provider is table.OPENAI else "max_tokens"
        return "/chat/completions", {"model": name, "messages": said, limit: most}, tuple(_own_headers(asking, spec))
    if form == "anthropic":
        return "/v1/messages", {"model": name, "max_tokens": most, "messages": said}, ()
    if form == "google":
        path = f"/v1beta/models/{quote(name.removeprefix('models/'), safe='')}:generateContent"
        config = {"maxOutputTokens": most}
        return path, {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}], "generationConfig": config}, ()
    if form == "azure":
        version = api_version(asking)
        if version.startswith("?"):
            return Finding(CheckStatus.NOT_CHECKABLE, Reason.NO_FIELD)
        path = f"/openai/deployments/{quote(name, safe='')}/chat/completions?{urlencode({'api-version': version})}"
        return path, {"messages": said, "max_completion_tokens": most}, ()
    if form == "bedrock":
        content = [{"role": "user", "content": [{"text": PROMPT}]}]
        path = f"/model/{quote(name, safe='')}/converse"
        return path, {"messages": content, "inferenceConfig": {"maxTokens": most}}, ()
    return Finding(CheckStatus.NOT_CHECKABLE, Reason.NOT_A_LANGUAGE_MODEL)


def _own_headers(asking: RequestContext, spec: ModelSpec) -> Iterator[Header]:
    """What a model of a gateway sends along: which provider it is for."""
    text = spec.fields.get(GROUP_HEADER)
    if isinstance(text, str) and text:
        filled = fill(asking.catalog, text)
        if filled.fault is None and fits_a_header(filled.text.reveal()):
            yield Header(GROUP_HEADER, Secret(filled.text.reveal()) if filled.variables else filled.text.reveal())


def completion_facts(data: object) -> Iterator[tuple[str, str]]:
    """What a completion tells: the model that answered, the tokens it counted, and what it said."""
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
    for words, keys in (
        ("input tokens", ("prompt_tokens", "input_tokens", "promptTokenCount", "inputTokens")),
        ("output tokens", ("completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokens")),
    ):
        count = next((usage[key] for key in keys if isinstance(usage.get(key), int)), None)
        if count is not None:
            yield words, str(count)
    said = next((text for text in _texts(data, 0) if text.strip()), "")
    if said:
        yield "it said", " ".join(said[:_MOST_SAID].split())


def _texts(node: object, depth: int) -> Iterator[str]:
    """The texts of an answer, wherever its form keeps them."""
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
