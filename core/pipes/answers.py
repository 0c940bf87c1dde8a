"""Answers about pipes: the models that each pipe calls in a tree, and whether the calls can work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Final, NamedTuple

from core.catalog import Catalog
from core.dialects.deck_schema import family_of
from core.entities import Choice, ModelSpec, Place, Preset
from core.files.view import DISK, View
from core.incremental import Cache
from core.methods.method_files import NO_METHODS, STRUCTURE_SUFFIX, Methods, ModelKey, Pipe, read_methods
from core.methods.method_search import DISK_LISTING, EXCLUDED, FolderListing, Origin, method_folders
from core.pipe_tally import PipeTally
from core.pipes.needs import Ability, Needs, PipeNeed, lack_of, needs_of, structure_lack
from core.records import dataclass
from core.references import Kind, is_empty_reference, parse_reference
from core.refusals import FOR_OBJECT
from core.releases import Behaviours
from core.resolution import Hop, Resolution, Resolver, Status, switched_off
from core.settings.start import value_at

FOR_TEXT: Final = "for_text"
_PRELIMINARY: Final = "preliminary_text"
_MODEL_KEYS: Final = ("model", "llm_handle", "ocr_handle", "img_gen_handle")
_WORST: Final = (Status.DEAD, Status.REFUSED, Status.UNKNOWN, Status.SERVED, Status.CALLABLE)
NO_MODEL: Final = "names no model"
_EXCLUDED_DIRS: Final = ("interpreter.scan.excluded_dirs", "pipelex.scan_config.excluded_dirs")


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
    """What is known of a pipe: its calls and its status. `foreign`: its keys that the release does not know,
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


def tally(answers: Sequence[PipeAnswer], failing: Sequence[Resolution] = ()) -> PipeTally:
    """The counts over the project's own pipes. `failing` end at models whose calls fail here."""
    own = [answer for answer in answers if answer.pipe.origin is Origin.PROJECT]
    failed = {(item.spec.backend, item.spec.handle) for item in failing if item.spec is not None}
    able = sum(
        1
        for answer in own
        if answer.status is Status.CALLABLE
        and not any(call.spec is not None and (call.spec.backend, call.spec.handle) in failed for call in answer.calls)
    )
    return PipeTally(len(own), able, sum(1 for answer in own if answer.status is Status.UNKNOWN))


def dead_pipes(answers: Sequence[PipeAnswer]) -> tuple[Resolution, ...]:
    """The dead resolutions of the project's own pipes."""
    dead = (
        call.resolution
        for answer in answers
        if answer.status is not Status.UNKNOWN and answer.pipe.origin is Origin.PROJECT
        for call in answer.calls
        if call.named is not None and call.named.status is Status.DEAD
    )
    return tuple(item for item in dead if item is not None)


def project_methods(
    catalog: Catalog, previous: Methods | None = None, *, view: View = DISK, listing: FolderListing = DISK_LISTING
) -> Methods:
    """The methods that the release of a catalog reads; unchanged files of `previous` are reused."""
    paths, data = catalog.tree.paths, catalog.settings_in_force.data
    names = next((value for key in _EXCLUDED_DIRS if isinstance(value := value_at(data, key), list)), None)
    excluded = EXCLUDED if names is None else frozenset(name for name in names if isinstance(name, str))
    folders = method_folders(paths, catalog.environment.shell)
    known = previous or NO_METHODS
    return read_methods(folders, paths.inference, excluded=excluded, previous=known, view=view, listing=listing)


def reference_in(settings: object) -> str:
    """The model that a table of settings names; empty without one."""
    if not isinstance(settings, Mapping):
        return ""
    return next((value for key in _MODEL_KEYS if isinstance(value := settings.get(key), str)), "")


def answer_pipes(resolver: Resolver, methods: Methods, cache: Cache) -> tuple[PipeAnswer, ...]:
    """The answer for every pipe of the files that the release reads.

    Those of before while nothing that a pipe names resolves otherwise; else those of pipes that name other things.
    """
    behaviours = resolver.behaviours
    plans = cache.reuse("plans of pipes", (methods, behaviours), lambda: _all_plans(resolver, methods, cache))
    lookup = _Lookup(resolver, cache)
    named = tuple(lookup.resolve(*asked) for asked in plans.names.values())
    unused = cache.same("unused names of pipes", lookup.undefined(plans.rows))
    return cache.reuse("answers of pipes", (plans, unused, *named), lambda: lookup.answers(plans.rows, unused))


def readable(methods: Methods, resolver: Resolver) -> tuple[Pipe, ...]:
    """The pipes of the files with the ending that the release reads."""
    ending = resolver.behaviours.method_ending
    return tuple(pipe for file in methods.files if file.source.path.endswith(ending) for pipe in file.pipes)


class _Request(NamedTuple):
    """What one call names: a key or a default, and whether it is for structured output."""

    key: ModelKey | None
    family: str
    structured: bool = False
    attaches: bool = False
    """Whether the images and documents of the pipe go to this call."""

    @property
    def named(self) -> tuple[object, ...]:
        """What decides the resolution: the same for pipes that name the same."""
        if self.key is None:
            return (self.family, self.structured)
        value = self.key.value
        text = value if isinstance(value, str) else repr(value)
        return (self.family, text, isinstance(value, str), self.key.handle, self.structured)


class _Plan(NamedTuple):
    """What a pipe needs and names, before anything is resolved: each request with what decides its resolution.

    `unused` is not called for the output of the pipe, but looked up all the same.
    """

    needs: Needs
    requests: tuple[tuple[_Request, tuple[object, ...]], ...]
    unused: _Request | None
    foreign: tuple[ModelKey, ...]


class _Plans(NamedTuple):
    """The plan of every pipe, and the first request for each of the names."""

    rows: tuple[tuple[Pipe, _Plan], ...]
    names: Mapping[tuple[object, ...], tuple[Pipe, _Request]]


def _all_plans(resolver: Resolver, methods: Methods, cache: Cache) -> _Plans:
    pipes, behaviours = readable(methods, resolver), resolver.behaviours
    concepts = cache.same("concepts of methods", methods.concepts.tables)
    read = [(id(pipe), (pipe, concepts, behaviours)) for pipe in pipes]
    plans = cache.reuse_each("plan of a pipe", read, lambda pipe, *_: _plan(pipe, methods, behaviours))
    names: dict[tuple[object, ...], tuple[Pipe, _Request]] = {}
    for pipe, plan in zip(pipes, plans, strict=True):
        for request, named in plan.requests:
            names.setdefault(named, (pipe, request))
    return _Plans(tuple(zip(pipes, plans, strict=True)), names)


def _plan(pipe: Pipe, methods: Methods, behaviours: Behaviours) -> _Plan:
    needs, family = needs_of(pipe, methods, behaviours), family_of(pipe.model_type, behaviours)
    main = next((key for key in pipe.keys if not key.key.endswith(STRUCTURE_SUFFIX)), None)
    other = next((key for key in pipe.keys if key.key.endswith(STRUCTURE_SUFFIX)), None)
    foreign = tuple(key for key in pipe.keys if key.key not in behaviours.model_keys)
    if pipe.type not in behaviours.pipe_types:
        foreign = (ModelKey("type", pipe.type, (*pipe.path, "type")), *foreign)
    if pipe.type != "PipeLLM":
        requests = [_Request(main, family, pipe.type == "PipeStructure", attaches=True)]
        return _Plan(needs, tuple((request, request.named) for request in requests), None, foreign)
    draft = pipe.table.get("structuring_method") == _PRELIMINARY
    requests = []
    if needs.structured is not True or draft:
        requests.append(_Request(main, family, attaches=True))
    if needs.structured is not False:
        requests.append(_Request(other or main, family, structured=True, attaches=not draft))
    unused = other if needs.structured is False else main if needs.structured and other and not draft else None
    named = tuple((request, request.named) for request in requests)
    return _Plan(needs, named, _Request(unused, family) if unused is not None else None, foreign)


class _Lookup:
    """Resolves what pipes name, each reference once."""

    def __init__(self, resolver: Resolver, cache: Cache) -> None:
        self.resolver = resolver
        self.cache = cache
        self._named: dict[tuple[object, ...], Resolution | None] = {}
        self._lacks: dict[tuple[object, ...], str] = {}

    def undefined(self, rows: Sequence[tuple[Pipe, _Plan]]) -> frozenset[tuple[object, ...]]:
        """The names of unused keys that nothing defines."""
        unused = {plan.unused.named: plan.unused for _, plan in rows if plan.unused is not None}
        return frozenset(named for named, request in unused.items() if not self._is_defined(request))

    def answers(
        self, rows: Sequence[tuple[Pipe, _Plan]], undefined: frozenset[tuple[object, ...]]
    ) -> tuple[PipeAnswer, ...]:
        """The answers for pipes; those whose names resolve as before are reused."""
        inputs = [(id(pipe), (pipe, plan, *self._inputs(pipe, plan, undefined))) for pipe, plan in rows]
        return tuple(self.cache.reuse_each("pipes", inputs, self._answer))

    def _inputs(
        self, pipe: Pipe, plan: _Plan, undefined: frozenset[tuple[object, ...]]
    ) -> tuple[Resolution | None, ...]:
        """The resolutions that the answer for a pipe depends on; one more where an unused key names nothing."""
        found = tuple([self._named[named] for _, named in plan.requests])
        if plan.unused is not None and plan.unused.named in undefined:
            return (*found, self.resolve(pipe, plan.unused))
        return found

    def _answer(self, pipe: Pipe, plan: _Plan, *resolutions: Resolution | None) -> PipeAnswer:
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

    def _lacking(self, pipe: Pipe, needs: Needs, request: _Request, named: Resolution | None) -> tuple[Lack, ...]:
        spec = named.spec if named is not None else None
        if spec is None:
            return ()
        lacks = []
        if request.structured and (why := structure_lack(spec)):
            lacks.append(Lack(PipeNeed(Ability.STRUCTURED, "output", (*pipe.path, "output")), why))
        if not request.attaches or not needs.files:
            return tuple(lacks)
        for need in needs.files:
            key = (need.ability, need.count, id(spec))
            if key not in self._lacks:
                self._lacks[key] = lack_of(need, spec, self.resolver.catalog.release)
            if why := self._lacks[key]:
                lacks.append(Lack(need, why))
        return tuple(lacks)

    def _is_defined(self, request: _Request) -> bool:
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

    def resolve(self, pipe: Pipe, request: _Request) -> Resolution | None:
        """The resolution of what a call names: the same object while nothing changes, so that answers are reused."""
        named = request.named
        if named not in self._named:
            key = request.key
            found = self._default(pipe, request) if key is None else self._written(key, pipe, request)
            self._named[named] = self.cache.same(("pipe reference", named), found)
        return self._named[named]

    def _written(self, key: ModelKey, pipe: Pipe, request: _Request) -> Resolution:
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

    def _default(self, pipe: Pipe, request: _Request) -> Resolution | None:
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
