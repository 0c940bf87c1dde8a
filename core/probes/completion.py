"""The minimal completion of one model, sent as the target release's client sends it, with its expected cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

from core.catalog import Catalog
from core.dialects.model_schema import MODEL, header_fault
from core.entities import ModelSpec
from core.formatting import counted, usd
from core.masking import masked
from core.probes.answer import Answer
from core.probes.check_plan import CheckPlan, Header, Request, UnsendableError
from core.probes.check_planner import plan_requests
from core.probes.check_requests import RequestContext, api_version
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.completion_answers import (
    completion_facts,
    is_candidate,
    is_chat,
    is_converse,
    is_message,
    is_response,
    is_whole_chat,
)
from core.probes.plan_options import PlanOptions
from core.probes.secret import Secret, fill
from core.probes.served_models import MAX_ID_LENGTH
from core.providers import table
from core.providers.provider import Provider, Role
from core.records import dataclass
from core.releases import Release

PROMPT: Final = "Answer with the one word: pong"
_PROMPT_TOKENS: Final = 15
_EXPECTED_TOKENS: Final = 16
_EXPECTED_TOKENS_THINKING: Final = 256
_JSON: Final = Header("Content-Type", "application/json")


@dataclass(frozen=True)
class CompletionPlan:
    """The plan of a completion.

    `max_tokens` is the limit that is sent, None if Pipelex sends none. `estimate` is the expected cost in USD; None if
    the tree has no price.
    """

    spec: ModelSpec
    plan: CheckPlan
    max_tokens: int | None
    expected_tokens: int
    estimate: float | None

    @property
    def tokens_text(self) -> str:
        """The output tokens in words."""
        word = "about" if self.max_tokens is None else "at most"
        return f"{word} {counted(self.expected_tokens, 'output token')}"

    @property
    def cost_text(self) -> str:
        """The cost in words."""
        if self.estimate is None:
            return "price unknown"
        word = "about" if self.max_tokens is None else "at most"
        return f"{word} {usd(self.estimate)}" if self.estimate else "free according to the tree"

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
    expected = _expected_tokens(spec)
    plan = plan_requests(
        catalog, spec.backend, terms or PlanOptions(), lambda context: _requests(context, spec, expected), only=spec
    )
    plan = replace(plan, asked_model=spec.model_id)
    limited = plan.provider is not None and _is_limited(plan.provider)
    return CompletionPlan(spec, plan, expected if limited else None, expected, _estimate(spec, expected))


def _is_limited(provider: Provider) -> bool:
    """Whether Pipelex sends a token limit even if no preset has one; some servers refuse one."""
    return provider is table.MISTRAL or provider.completion_format in ("anthropic", "bedrock")


def _expected_tokens(spec: ModelSpec) -> int:
    """The expected tokens, and the limit where one is sent: models with reasoning fail on a limit of a few tokens."""
    thinks = spec.fields.get("thinking_mode") not in (None, "none")
    constraints = spec.fields.get("valued_constraints")
    fixed = isinstance(constraints, Mapping) and "fixed_temperature" in constraints
    listed = spec.fields.get("constraints")
    fixed = fixed or (isinstance(listed, list) and "temperature_must_be_1" in listed)
    thinks = thinks or fixed or spec.model_id.startswith(("o", "gpt-5"))
    limit = _EXPECTED_TOKENS_THINKING if thinks else _EXPECTED_TOKENS
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
    target, body, parse = _form(context, spec, name, limit)
    headers = tuple(_own_headers(context, spec))
    return (
        Request(
            Role.PROOF,
            "POST",
            context.base.address,
            context.base.target(target),
            f"generate one word with {spec.handle}",
            (*context.headers, _JSON, *headers),
            json.dumps(body).encode(),
            is_answer=parse,
            extract_facts=completion_facts,
            variables=tuple(_own_variables(context, spec)),
        ),
    )


_KEPT_IN_DEPLOYMENTS: Final = "/!$&'()*+,;=:@[]^|\\"
"""The characters of a deployment's name that the client does not encode (openai 3.3)."""

_WHOLE_SINCE: Final = Release(0, 83, 0)

_Form = tuple[str, Mapping[str, object], Callable[[Answer], bool]]


def _form(context: RequestContext, spec: ModelSpec, name: str, limit: int) -> _Form:
    """The path below the base, the body, and the test of an answer, in the provider's format."""
    form = context.provider.completion_format
    messages = [{"role": "user", "content": PROMPT}]
    sdk = spec.sdk or ""
    if form in ("chat", "azure") and sdk.endswith("_responses"):
        body: Mapping[str, object] = {"model": name, "input": PROMPT}
        return _azure_path(context, "/responses") if form == "azure" else "/responses", body, is_response
    chat = is_chat if context.catalog.release < _WHOLE_SINCE else is_whole_chat
    if form == "chat":
        body = {"model": name, "messages": messages}
        return (
            "/chat/completions",
            {**body, **({"max_tokens": limit} if _is_limited(context.provider) else {})},
            is_chat if _is_limited(context.provider) else chat,
        )
    if form == "azure":
        # The client takes the deployment from the field `model`, which it also sends.
        path = f"/deployments/{quote(name, safe=_KEPT_IN_DEPLOYMENTS)}/chat/completions"
        return _azure_path(context, path), {"model": name, "messages": messages}, chat
    if form == "anthropic":
        return "/v1/messages", {"model": name, "max_tokens": limit, "messages": messages}, is_message
    if form == "google":
        path = f"/v1beta/models/{quote(name.removeprefix('models/'), safe='')}:generateContent"
        return path, {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}, is_candidate
    if form == "bedrock":
        content = [{"role": "user", "content": [{"text": PROMPT}]}]
        path = f"/model/{quote(name, safe='')}/converse"
        return path, {"messages": content, "inferenceConfig": {"maxTokens": limit}}, is_converse
    raise UnsendableError(Finding(CheckStatus.NOT_CHECKABLE, Reason.NOT_A_LANGUAGE_MODEL))


def _azure_path(context: RequestContext, path: str) -> str:
    return f"/openai{path}?{urlencode({'api-version': api_version(context)})}"


def _header_fields(context: RequestContext, spec: ModelSpec) -> Iterator[tuple[str, str]]:
    """The keys of a model's table that the release sends as headers, with their values as written."""
    behaviours = context.catalog.behaviours
    if not context.provider.sends_headers:
        return
    known = MODEL.fields_of(behaviours.release)
    for key, text in spec.fields.items():
        if key not in known and isinstance(text, str) and text:
            filled = context.catalog.environment.filled(text)
            if header_fault(key, text, filled, behaviours) is None:
                yield key, text


def _own_headers(context: RequestContext, spec: ModelSpec) -> Iterator[Header]:
    """The model's own headers. Raises UnsendableError for a variable that is not set."""
    for name, text in _header_fields(context, spec):
        filled = fill(context.catalog, text)
        if filled.fault is not None:
            raise UnsendableError(filled.fault, variable=filled.missing)
        value = filled.text.reveal()
        if not (value.isascii() and value.isprintable()):
            raise UnsendableError(Finding(CheckStatus.UNAUTHORIZED, Reason.BAD_KEY_FORMAT), variable=name)
        secret = bool(filled.variables) or masked(name, value) != value
        yield Header(name, Secret(value) if secret else value)


def _own_variables(context: RequestContext, spec: ModelSpec) -> Iterator[str]:
    for _, text in _header_fields(context, spec):
        yield from fill(context.catalog, text).variables
