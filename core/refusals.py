"""Settings that a model refuses: what its worker raises before anything is sent, by release and sdk.

Read from the workers of all releases from 0.10 to 0.92.2: from 0.77 on `check_request` says it, before that the call
itself raises. Only the defaults of Pipelex count; levels and budgets that `pipelex.toml` sets are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from core.entities import Backend, ModelSpec, as_float
from core.records import dataclass
from core.releases import FIRST_OF_0_18, Release

Settings = Mapping[str, object]
"""The keys of a preset, or of inline settings; empty for a reference without settings."""

NO_SETTINGS: Final[Settings] = {}
FOR_OBJECT: Final = "for_object"
"""The key of the choice for calls with structured output."""
EFFORT: Final = "reasoning_effort"
BUDGET: Final = "reasoning_budget"
_MAX_TOKENS: Final = "max_tokens"
_DOUBLED: Final = "temperature_must_be_multiplied_by_2"
_ALWAYS_THINKS: Final = "thinking_cannot_be_disabled"
_STRUCTURED_MAX_TOKENS: Final = 42_666
"""The most output tokens of an Anthropic call with structured output: its timeout of 1200 s at 128,000 an hour."""
_EFFORTS: Final = (("minimal", 512), ("low", 1024), ("medium", 5000), ("high", 16_384), ("xhigh", 32_768))
"""Efforts with the budget that Pipelex gives each."""


class Worker(Enum):
    """The workers of Pipelex for language models, which several sdks share."""

    COMPLETIONS = "the OpenAI Chat Completions API"
    RESPONSES = "the OpenAI Responses API"
    ANTHROPIC = "the Anthropic API"
    GOOGLE = "the Google API"
    MISTRAL = "the Mistral API"
    BEDROCK = "the Bedrock API"


_WORKERS: Final[Mapping[str, Worker]] = {
    "anthropic": Worker.ANTHROPIC,
    "azure_openai": Worker.COMPLETIONS,
    "azure_openai_responses": Worker.RESPONSES,
    "bedrock_aioboto": Worker.BEDROCK,
    "bedrock_aioboto3": Worker.BEDROCK,
    "bedrock_anthropic": Worker.ANTHROPIC,
    "bedrock_boto3": Worker.BEDROCK,
    "gateway_completions": Worker.COMPLETIONS,
    "gateway_responses": Worker.RESPONSES,
    "google": Worker.GOOGLE,
    "manifold_anthropic": Worker.ANTHROPIC,
    "manifold_completions": Worker.COMPLETIONS,
    "manifold_responses": Worker.RESPONSES,
    "mistral": Worker.MISTRAL,
    "openai": Worker.COMPLETIONS,
    "openai_responses": Worker.RESPONSES,
    "portkey_completions": Worker.COMPLETIONS,
    "portkey_responses": Worker.RESPONSES,
}

_OPENAI = (Worker.COMPLETIONS, Worker.RESPONSES)
_NEVER_BARE = frozenset((*_OPENAI, Worker.GOOGLE))
"""Workers that refuse no call without one of these settings."""
_LIMITED = frozenset((Worker.ANTHROPIC, Worker.MISTRAL, Worker.BEDROCK))
"""Workers whose APIs require a limit of tokens."""
_CHECKED = frozenset((EFFORT, BUDGET, _MAX_TOKENS))
_REASONERS = (*_OPENAI, Worker.ANTHROPIC, Worker.GOOGLE, Worker.MISTRAL)
_ANY_MODE = ("none", "manual", "adaptive")
_CHECKED_SINCE: Final = Release(0, 77, 0)
"""From here on workers have `check_request`, structured output reasons, and a thinking budget has to fit beside a
quarter of max_tokens; before, it was cut to them."""
_FIRST, _LAST = Release(0, 10, 0), Release(9999, 0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """Settings that workers refuse in models of these thinking modes, from `since` until before `until`."""

    workers: tuple[Worker, ...]
    keys: tuple[str, ...]
    modes: tuple[str, ...]
    why: str
    since: Release = _FIRST
    until: Release = _LAST
    structured: bool = False
    """Whether only calls with structured output are refused."""


ROWS: Final = (
    Row(_REASONERS, (EFFORT, BUDGET), ("none",), "the model does not reason: its thinking_mode is `none`"),
    Row((*_OPENAI, Worker.MISTRAL), (EFFORT, BUDGET), ("adaptive",), "{api} takes no thinking_mode `adaptive`"),
    Row((*_OPENAI, Worker.MISTRAL), (BUDGET,), ("manual",), "{api} takes reasoning_effort, not a budget"),
    Row(
        (Worker.ANTHROPIC,),
        (BUDGET,),
        ("adaptive",),
        "a model with thinking_mode `adaptive` takes reasoning_effort, not a budget",
        since=Release(0, 24, 0),
    ),
    Row((Worker.BEDROCK,), (EFFORT, BUDGET), _ANY_MODE, "{api} takes no reasoning settings"),
    Row(
        _REASONERS,
        (EFFORT, BUDGET),
        _ANY_MODE,
        "this release takes no reasoning settings in calls with structured output",
        until=_CHECKED_SINCE,
        structured=True,
    ),
)
"""Refusals by the presence of a setting; those by its value are in the functions below."""

_TARGET_UNTIL: Final = Release(0, 46, 0)
"""Until then the budget of an effort is that of the model's `prompting_target`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the worker of a model refuses a call. `key`: the refused setting; None when the model lacks something."""

    key: str | None
    why: str
    structured: bool = False
    """Whether only calls with structured output are refused."""


@dataclass(frozen=True, slots=True)
class _Call:
    worker: Worker
    release: Release
    spec: ModelSpec
    backend: Backend | None
    settings: Settings
    structured: bool

    @property
    def mode(self) -> str:
        mode = self.spec.fields.get("thinking_mode")
        return mode if isinstance(mode, str) else "none"

    @property
    def max_tokens(self) -> int | None:
        return _number(self.settings.get(_MAX_TOKENS))

    def valued(self, name: str) -> object:
        """A valued constraint of the model, else of its backend."""
        for fields in (self.spec.fields, self.backend.fields if self.backend is not None else {}):
            table = fields.get("valued_constraints")
            if isinstance(table, Mapping) and name in table:
                return table[name]
        return None

    def listed(self, name: str) -> bool:
        """Whether the model or its backend lists a constraint."""
        shared = self.backend.fields.get("listed_constraints") if self.backend is not None else None
        return name in self.spec.names("listed_constraints") or (isinstance(shared, list) and name in shared)


def worker_of(spec: ModelSpec) -> Worker | None:
    """The worker that calls a language model; None for other models and unknown sdks."""
    return _WORKERS.get(spec.sdk or "") if spec.model_type == "llm" else None


def needs_token_limit(sdk: str | None) -> bool:
    """Whether the worker of an sdk refuses language models without `max_tokens`."""
    return _WORKERS.get(sdk or "") in _LIMITED


def refusal_of(
    release: Release, spec: ModelSpec, backend: Backend | None, settings: Settings, *, structured: bool = False
) -> Refusal | None:
    """Why a model refuses a call with these settings; None where no reason is known here.

    `backend` is that of the model, whose constraints count too; `structured` asks for a call with structured output.
    """
    if spec.model_type == "img_gen":
        return _without_rules(release, spec)
    worker = worker_of(spec)
    if worker is None or (worker in _NEVER_BARE and not structured and settings.keys().isdisjoint(_CHECKED)):
        return None
    return next(_refusals(_Call(worker, release, spec, backend, settings, structured)), None)


_RULED_SINCE: Final[Mapping[str, Release]] = {
    "azure_rest_img_gen": FIRST_OF_0_18,
    "fal": FIRST_OF_0_18,
    "huggingface_img_gen": FIRST_OF_0_18,
    "openai_img_gen": Release(0, 25, 0),
}
"""Sdks whose workers of images refuse a model without `rules`, with the first release that does."""


def _without_rules(release: Release, spec: ModelSpec) -> Refusal | None:
    since = _RULED_SINCE.get(spec.sdk or "")
    if since is None or release < since or spec.fields.get("rules") is not None:
        return None
    return Refusal(None, f"the model sets no rules, which the sdk {spec.sdk} requires")


def accepted_changes(
    release: Release, spec: ModelSpec, backend: Backend | None, settings: Settings, *, structured: bool = False
) -> Mapping[str, object]:
    """The smallest change of settings that a model refuses, so that it takes them; None stands for removing a key.

    Empty where no change of settings helps, or none is needed.
    """
    changes: dict[str, object] = {}
    for _ in range(3):
        merged = changed_settings(settings, changes)
        refusal = refusal_of(release, spec, backend, merged, structured=structured)
        if refusal is None:
            return {key: value for key, value in changes.items() if value is not None or key in settings}
        if refusal.key is None:
            return {}
        changes |= next(
            (
                change
                for change in _alternatives(refusal.key, merged)
                if (after := refusal_of(release, spec, backend, {**merged, **change}, structured=structured)) is None
                or after.key != refusal.key
            ),
            {refusal.key: None},
        )
    return {}


def changed_settings(settings: Settings, changes: Settings) -> Settings:
    """Settings after a change; a key whose new value is None is left out."""
    return {key: value for key, value in {**settings, **changes}.items() if value is not None}


def _alternatives(key: str, settings: Settings) -> Iterator[dict[str, object]]:
    if key == _MAX_TOKENS:
        yield {_MAX_TOKENS: "auto"}
    budget = _number(settings.get(BUDGET))
    if key == BUDGET and budget is not None:
        yield {BUDGET: None, EFFORT: min(_EFFORTS, key=lambda row: abs(row[1] - budget))[0]}


def _refusals(call: _Call) -> Iterator[Refusal]:
    limit = call.max_tokens
    if limit is not None and limit <= 0:
        yield Refusal(_MAX_TOKENS, "max_tokens must be above 0")
    if call.worker in _LIMITED and not call.spec.max_tokens:
        yield Refusal(None, f"the model sets no max_tokens, which {call.worker.value} requires")
    for key in (EFFORT, BUDGET):
        if call.settings.get(key) is not None:
            yield from _reasoning(call, key)
    if call.structured and call.worker is Worker.BEDROCK:
        yield Refusal(None, "models of the Bedrock API give no structured output", structured=True)


def _reasoning(call: _Call, key: str) -> Iterator[Refusal]:
    for row in ROWS:
        if (
            call.worker in row.workers
            and key in row.keys
            and call.mode in row.modes
            and row.since <= call.release < row.until
            and (call.structured or not row.structured)
        ):
            yield Refusal(key, row.why.format(api=call.worker.value), row.structured)
    if call.worker is Worker.MISTRAL and call.structured and call.release >= _CHECKED_SINCE:
        yield from _mistral_structured(call, key)
    if call.worker not in (Worker.ANTHROPIC, Worker.GOOGLE):
        return
    if key == EFFORT and call.settings[EFFORT] == "none":
        if call.worker is Worker.GOOGLE and call.listed(_ALWAYS_THINKS) and call.release >= _CHECKED_SINCE:
            yield Refusal(key, "the model cannot stop thinking, so it takes no reasoning_effort `none`")
        return
    if key == EFFORT and call.mode != "manual":
        return
    if key == EFFORT and call.release < _TARGET_UNTIL and call.spec.fields.get("prompting_target") not in _TARGETS:
        yield Refusal(key, "the model has no prompting_target with thinking budgets")
    if call.release >= _CHECKED_SINCE:
        yield from _unfitting(call, key)


_TARGETS = ("anthropic", "gemini")


def _mistral_structured(call: _Call, key: str) -> Iterator[Refusal]:
    method = call.spec.fields.get("structure_method")
    if call.settings[key] != "none" and isinstance(method, str) and not method.endswith("_tools"):
        why = f"it reasons on structured output only with a structure_method of tools, not `{method}`"
        yield Refusal(key, why, structured=True)


def _unfitting(call: _Call, key: str) -> Iterator[Refusal]:
    limit = _sent_max_tokens(call)
    if limit is None:
        return
    smallest = _number(call.valued("min_thinking_budget")) or 1
    left = limit - max(1, limit // 4)
    if left < smallest:
        why = f"max_tokens {limit:,} leave {left:,} for thinking, and the model needs at least {smallest:,}"
        yield Refusal(key, why)


def _sent_max_tokens(call: _Call) -> int | None:
    """The output limit that a call is fitted to; Google has that of the model only where its temperature is changed."""
    limit = call.max_tokens
    if limit is None and (call.worker is Worker.ANTHROPIC or _temperature_changes(call)):
        limit = call.spec.max_tokens
    if limit is not None and call.worker is Worker.ANTHROPIC and call.structured:
        return min(limit, _STRUCTURED_MAX_TOKENS)
    return limit or None


def _temperature_changes(call: _Call) -> bool:
    if call.listed(_DOUBLED):
        return True
    fixed, asked = call.valued("fixed_temperature"), call.settings.get("temperature")
    if not isinstance(fixed, int | float) or not isinstance(asked, int | float):
        return False
    return as_float(fixed) != as_float(asked)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
