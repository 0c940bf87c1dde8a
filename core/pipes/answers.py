"""Answers about pipes: the models that each pipe calls in a tree, and whether the calls can work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Final, NamedTuple

from core.dialects.deck_schema import family_of
from core.entities import Choice, ModelSpec, Place, Preset
from core.incremental import Cache
from core.methods.method_files import Methods, ModelKey, Pipe
from core.methods.method_search import Origin
from core.pipe_tally import PipeTally
from core.pipes.needs import STEP, Ability, Needs, PipeNeed, lack_of, structure_lack
from core.pipes.plans import Key, PipeGroup, PipePlan, Request, plan_pipes
from core.records import dataclass
from core.references import Kind, is_empty_reference, parse_reference
from core.refusals import FOR_OBJECT
from core.resolution import Hop, Resolution, Resolver, Status, switched_off

FOR_TEXT: Final = "for_text"
_MODEL_KEYS: Final = ("model", "llm_handle", "ocr_handle", "img_gen_handle")
_WORST: Final = (Status.DEAD, Status.REFUSED, Status.UNKNOWN, Status.SERVED, Status.CALLABLE)
NO_MODEL: Final = "names no model"


@dataclass(frozen=True, slots=True)
class Lack:
    """A need of a pipe that its model does not meet, and why."""

    need: PipeNeed
    why: str


@dataclass(frozen=True)
class PipeCall:
    """One call of a pipe. `key` names its model; None: the pipe names none and gets a default of the deck.

    `named` is the resolution of the reference, or of that default; None where the deck has none.
    """

    pipe: Pipe
    key: ModelKey | None
    named: Resolution | None = field(repr=False)
    lacks: tuple[Lack, ...] = ()

    @property
    def text(self) -> str:
        """The reference as written, the model of inline settings, or the address of the default."""
        if self.key is None:
            return self.named.reference if self.named is not None else ""
        return self.key.value if isinstance(self.key.value, str) else reference_in(self.key.value)

    @property
    def place(self) -> Place:
        """The place of the key, or of the pipe that names no model."""
        return Place(self.pipe.source, self.key.path) if self.key is not None else self.pipe.place

    @property
    def spec(self) -> ModelSpec | None:
        return self.named.spec if self.named is not None else None

    @property
    def status(self) -> Status:
        if self.named is None:
            return Status.DEAD
        return Status.REFUSED if any(lack.need.certain for lack in self.lacks) else self.named.status

    @cached_property
    def resolution(self) -> Resolution | None:
        """The resolution with the pipe as its first hop."""
        named = self.named
        if named is None:
            return None
        hop = Hop(Kind.PIPE, self.pipe.code, self.place, self.text if self.key is not None else NO_MODEL)
        hops = named.hops if self.key is None else named.hops[1:] if named.kind is Kind.CHOICE else named.hops
        return replace(
            named,
            reference=self.text,
            kind=Kind.PIPE,
            family=self.pipe.source.shown,
            name=self.pipe.code,
            hops=(hop, *hops),
            place=self.place,
        )


@dataclass(frozen=True)
class PipeAnswer:
    """A pipe with its calls and its status. `foreign`: its keys that the release does not know,
    `type` for its type.
    """

    pipe: Pipe
    calls: tuple[PipeCall, ...]
    needs: Needs
    status: Status
    foreign: tuple[ModelKey, ...] = ()

    @property
    def worst(self) -> PipeCall:
        """The call that decides the status."""
        return min(self.calls, key=lambda call: _WORST.index(call.status))

    @property
    def specs(self) -> tuple[ModelSpec | None, ...]:
        """The models of its calls; None for one that ends at none."""
        return tuple(call.spec for call in self.calls)


class GroupAnswers(NamedTuple):
    """The answers for pipes that name and need the same: equal but for their places. `key` is that of their plans."""

    key: Key
    positions: tuple[int, ...]
    answers: tuple[PipeAnswer, ...]

    @property
    def first(self) -> PipeAnswer:
        """The answer that stands for all."""
        return self.answers[0]

    @property
    def is_own(self) -> bool:
        """Whether the pipes are of the project."""
        return self.first.pipe.origin is Origin.PROJECT


class PipeAnswers(NamedTuple):
    """The answers for all pipes in the order of the files, and by what they name and need."""

    all: tuple[PipeAnswer, ...] = ()
    groups: tuple[GroupAnswers, ...] = ()


def tally(groups: Iterable[GroupAnswers], failing: Iterable[Resolution] = ()) -> PipeTally:
    """The counts over the project's own pipes. `failing` end at models whose calls fail here."""
    failed = {(item.spec.backend, item.spec.handle) for item in failing if item.spec is not None}
    total = able = unknown = 0
    for group in groups:
        if group.is_own:
            count, status = len(group.answers), group.first.status
            specs = (call.spec for call in group.first.calls)
            fails = any(spec is not None and (spec.backend, spec.handle) in failed for spec in specs)
            total += count
            able += count if status is Status.CALLABLE and not fails else 0
            unknown += count if status is Status.UNKNOWN else 0
    return PipeTally(total, able, unknown)


def dead_pipes(groups: Iterable[GroupAnswers]) -> tuple[Resolution, ...]:
    """The dead resolutions of the project's own pipes, in the order of the files."""
    dead = [
        (position, item)
        for group in groups
        if group.is_own and group.first.status is not Status.UNKNOWN and any(map(_is_dead, group.first.calls))
        for position, answer in zip(group.positions, group.answers, strict=True)
        for call in answer.calls
        if _is_dead(call) and (item := call.resolution) is not None
    ]
    return tuple(item for _, item in sorted(dead, key=lambda row: row[0]))


def _is_dead(call: PipeCall) -> bool:
    return call.named is not None and call.named.status is Status.DEAD


def reference_in(settings: object) -> str:
    """The model that a table of settings names; empty without one."""
    if not isinstance(settings, Mapping):
        return ""
    return next((value for key in _MODEL_KEYS if isinstance(value := settings.get(key), str)), "")


def answer_pipes(resolver: Resolver, methods: Methods, cache: Cache) -> PipeAnswers:
    """The answer for every pipe of the files that the release reads.

    Pipes that name and need the same are answered together: an edit of a preset that 5,000 of 16,000 pipes use takes
    40 ms of CPU time, and 95 ms pipe by pipe (`python -m tests.benchmarks --only core`).
    """
    plans = cache.reuse(
        "plans of pipes", (methods, resolver.behaviours), lambda: plan_pipes(methods, resolver.behaviours, cache)
    )
    lookup = _Lookup(resolver, cache)
    for pipe, request in plans.names.values():
        lookup.resolve(pipe, request)
    undefined = lookup.undefined(plans.groups)
    groups = tuple(GroupAnswers(group.key, group.positions, lookup.answers(group, undefined)) for group in plans.groups)
    inputs = (plans, *(group.answers for group in groups))
    return cache.reuse("answers of pipes", inputs, lambda: PipeAnswers(tuple(_ordered(groups)), groups))


def _ordered(groups: Sequence[GroupAnswers]) -> Iterator[PipeAnswer]:
    rows = [row for group in groups for row in zip(group.positions, group.answers, strict=True)]
    return (answer for _, answer in sorted(rows, key=lambda row: row[0]))


class _Lookup:
    """Resolves what pipes name, each reference once."""

    def __init__(self, resolver: Resolver, cache: Cache) -> None:
        self.resolver = resolver
        self.cache = cache
        self._named: dict[Key, Resolution | None] = {}
        self._lacks: dict[Key, str] = {}

    def undefined(self, groups: Iterable[PipeGroup]) -> frozenset[Key]:
        """The names of unused keys that nothing defines."""
        plans = (group.rows[0][1] for group in groups)
        unused = {plan.unused.named: plan.unused for plan in plans if plan.unused is not None}
        return frozenset(named for named, request in unused.items() if not self._is_defined(request))

    def answers(self, group: PipeGroup, undefined: frozenset[Key]) -> tuple[PipeAnswer, ...]:
        """The answers for the pipes of a group; those of before where its names resolve as before."""
        pipe, plan = group.rows[0]
        found = [self._named[named] for _, named in plan.requests]
        if plan.unused is not None and plan.unused.named in undefined:
            found.append(self.resolve(pipe, plan.unused))  # it is looked up all the same
        rows = [(id(pipe), (pipe, plan, *found)) for pipe, plan in group.rows]
        key = ("answers", group.key)
        return self.cache.reuse(
            key, (group.rows, *found), lambda: tuple(self.cache.reuse_each(key, rows, self._answer))
        )

    def _answer(self, pipe: Pipe, plan: PipePlan, *resolutions: Resolution | None) -> PipeAnswer:
        requests = [request for request, _ in plan.requests]
        if plan.unused is not None and len(resolutions) > len(requests):
            requests.append(plan.unused)
        calls = tuple(
            [
                PipeCall(pipe, request.key, named, self._lacking(pipe, plan.needs, request, named))
                for request, named in zip(requests, resolutions, strict=True)
            ]
        )
        statuses = {call.status for call in calls}
        status = statuses.pop() if len(statuses) == 1 else min(statuses, key=_WORST.index)
        if plan.needs.structured is None and statuses:
            status = Status.UNKNOWN  # only Python knows which of the two is called
        return PipeAnswer(pipe, calls, plan.needs, Status.REFUSED if plan.foreign else status, plan.foreign)

    def _lacking(self, pipe: Pipe, needs: Needs, request: Request, named: Resolution | None) -> tuple[Lack, ...]:
        spec = named.spec if named is not None else None
        if spec is None:
            return ()
        lacks = []
        if request.structured and (why := structure_lack(spec)):
            source = STEP if needs.by_step else "output"
            lacks.append(Lack(PipeNeed(Ability.STRUCTURED, source, (*pipe.path, "output")), why))
        if not request.attaches or not needs.files:
            return tuple(lacks)
        for need in needs.files:
            key = (need.ability, need.count, id(spec))
            if key not in self._lacks:
                self._lacks[key] = lack_of(need, spec, self.resolver.catalog.release)
            if why := self._lacks[key]:
                lacks.append(Lack(need, why))
        return tuple(lacks)

    def _is_defined(self, request: Request) -> bool:
        value, family = request.key.value if request.key is not None else None, request.family
        if not isinstance(value, str):
            return True
        names = self.resolver.names
        if not self.resolver.behaviours.sigils:
            return names.defines(Kind.PRESET, value, family) or names.plain_defined(value)
        parsed = parse_reference(value)
        if is_empty_reference(value):
            return False
        if parsed.kind is Kind.PRESET:
            return names.defines(Kind.PRESET, parsed.name, family)
        return names.chosen(parsed, family)

    def resolve(self, pipe: Pipe, request: Request) -> Resolution | None:
        """The resolution of what a call names: the same object while nothing changes, so that answers are reused."""
        named = request.named
        if named not in self._named:
            key = request.key
            found = self._default(pipe, request) if key is None else self._written(key, pipe, request)
            self._named[named] = self.cache.same(("pipe reference", named), found)
        return self._named[named]

    def _written(self, key: ModelKey, pipe: Pipe, request: Request) -> Resolution:
        value, place, family = key.value, Place(pipe.source, key.path), request.family
        if key.handle and isinstance(value, str):
            return self.resolver.text(value, family)
        chosen: str | Preset
        if isinstance(value, Mapping):
            fields = {str(name): item for name, item in value.items()}
            chosen = Preset(family, pipe.code, reference_in(value), fields, place)
        else:
            assert isinstance(value, str)
            chosen = value
        return self.resolver.choice(Choice(family, "pipe", FOR_OBJECT if request.structured else "", chosen, place))

    def _default(self, pipe: Pipe, request: Request) -> Resolution | None:
        choice = default_of(self.resolver, pipe, structured=request.structured)
        return self.resolver.choice(choice) if choice is not None else None


def default_of(resolver: Resolver, pipe: Pipe, *, structured: bool) -> Choice | None:
    """The choice for a pipe that names no model: the override, else the default; None where the deck has neither."""
    section = resolver.catalog.families.get(family_of(pipe.model_type, resolver.behaviours))
    wanted = "" if pipe.model_type != "llm" else FOR_OBJECT if structured else FOR_TEXT
    choices = {choice.kind: choice for choice in (section.choices if section else ()) if choice.key == wanted}
    override = choices.get("override")
    if override is not None and not switched_off(override, resolver.behaviours):
        return override
    return choices.get("default")
