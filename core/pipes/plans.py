"""Plans of pipes: the needs and references of each pipe before anything is resolved, and groups of equal plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from core.dialects.deck_schema import family_of
from core.incremental import Cache
from core.methods.method_files import STRUCTURE_SUFFIX, Methods, ModelKey, Pipe
from core.methods.sub_pipes import Asked
from core.pipes.needs import AS_DECLARED, Needs, needs_of
from core.releases import Behaviours

Key = tuple[object, ...]
_PRELIMINARY: Final = "preliminary_text"


def readable(methods: Methods, behaviours: Behaviours) -> tuple[Pipe, ...]:
    """The pipes of the files with the ending that the release reads."""
    ending = behaviours.method_ending
    return tuple(pipe for file in methods.files if file.source.path.endswith(ending) for pipe in file.pipes)


class Request(NamedTuple):
    """The reference of one call: a key or a default, and whether it is for structured output."""

    key: ModelKey | None
    family: str
    structured: bool = False
    attaches: bool = False
    """Whether the images and documents of the pipe go to this call."""

    @property
    def named(self) -> Key:
        """The inputs of the resolution: equal for pipes that name the same."""
        if self.key is None:
            return (self.family, self.structured)
        value = self.key.value
        text = value if isinstance(value, str) else repr(value)
        return (self.family, text, isinstance(value, str), self.key.handle, self.structured)


class PipePlan(NamedTuple):
    """The needs and references of a pipe: each request with the inputs of its resolution.

    `unused` is not called for the output of the pipe, but looked up all the same.
    """

    needs: Needs
    requests: tuple[tuple[Request, Key], ...]
    unused: Request | None
    foreign: tuple[ModelKey, ...]
    key: Key
    """Pipes with equal keys get equal answers, but for their places."""


class PipeGroup(NamedTuple):
    """Pipes with the same key: their positions among all pipes, and each with its plan."""

    key: Key
    positions: tuple[int, ...]
    rows: tuple[tuple[Pipe, PipePlan], ...]


class PipePlans(NamedTuple):
    """The pipes of all methods, by the keys of their plans, and the first request for each name."""

    groups: tuple[PipeGroup, ...]
    names: Mapping[Key, tuple[Pipe, Request]]


def plan_pipes(methods: Methods, behaviours: Behaviours, cache: Cache) -> PipePlans:
    """Plan every pipe that a release reads."""
    pipes = readable(methods, behaviours)
    concepts = cache.same("concepts of methods", methods.concepts.tables)
    outputs = methods.asked_outputs(behaviours)
    read = [
        (id(pipe), (pipe, concepts, behaviours, outputs.get((pipe.domain, pipe.code), AS_DECLARED))) for pipe in pipes
    ]
    plans = cache.reuse_each("plan of a pipe", read, lambda pipe, *key: _plan(pipe, methods, behaviours, key[-1]))
    positions: dict[Key, list[int]] = {}
    names: dict[Key, tuple[Pipe, Request]] = {}
    for position, (pipe, plan) in enumerate(zip(pipes, plans, strict=True)):
        positions.setdefault(plan.key, []).append(position)
        for request, named in plan.requests:
            names.setdefault(named, (pipe, request))
    groups = [
        PipeGroup(
            key, tuple(found), cache.same(("pipes of a plan", key), tuple((pipes[at], plans[at]) for at in found))
        )
        for key, found in positions.items()
    ]
    return PipePlans(tuple(groups), names)


def _plan(pipe: Pipe, methods: Methods, behaviours: Behaviours, asked_outputs: frozenset[Asked]) -> PipePlan:
    needs, family = needs_of(pipe, methods, behaviours, asked_outputs), family_of(pipe.model_type, behaviours)
    main = next((key for key in pipe.keys if not key.key.endswith(STRUCTURE_SUFFIX)), None)
    other = next((key for key in pipe.keys if key.key.endswith(STRUCTURE_SUFFIX)), None)
    foreign = tuple(key for key in pipe.keys if key.key not in behaviours.model_keys)
    if pipe.type not in behaviours.pipe_types:
        foreign = (ModelKey("type", pipe.type, (*pipe.path, "type")), *foreign)
    requests = []
    unused = None
    if pipe.type != "PipeLLM":
        requests.append(Request(main, family, pipe.type == "PipeStructure", attaches=True))
    else:
        draft = pipe.table.get("structuring_method") == _PRELIMINARY
        if needs.structured is not True or needs.also_text or draft:
            requests.append(Request(main, family, attaches=True))
        if needs.structured is not False:
            # Releases with PipeStructure make of a draft a pipe of its own, which never gets the model of the other.
            own = draft and "PipeStructure" in behaviours.pipe_types
            requests.append(Request(other if own else other or main, family, structured=True, attaches=not draft))
        unused = (
            other
            if needs.structured is False
            else main
            if needs.structured and other and not draft and not needs.also_text
            else None
        )
    asked = Request(unused, family) if unused is not None else None
    named = tuple((request, request.named) for request in requests)
    key = (
        pipe.origin,
        pipe.model_type,
        tuple((name, request.attaches) for request, name in named),
        asked.named if asked is not None else None,
        (needs.structured, needs.also_text, needs.by_step),
        tuple((need.ability, need.count, need.certain) for need in needs.files),
        bool(foreign),
    )
    return PipePlan(needs, named, asked, foreign, key)
