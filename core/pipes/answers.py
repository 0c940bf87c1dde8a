"""Answers about pipes: the models that each pipe calls in a tree, and whether the calls can work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Final, NamedTuple

from core.catalog import Catalog
from core.dialects.deck_schema import family_of
from core.entities import Choice, ModelSpec, Place, Preset
from core.incremental import Cache
from core.methods.method_files import NO_METHODS, STRUCTURE_SUFFIX, Methods, ModelKey, Pipe, read_methods
from core.methods.method_search import EXCLUDED, Origin, method_folders
from core.pipe_tally import PipeTally
from core.pipes.needs import Needs, PipeNeed, lack_of, needs_of
from core.records import dataclass
from core.references import Kind, is_empty_reference, parse_reference
from core.refusals import FOR_OBJECT
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
        return Status.REFUSED if any(lack.need.certain for lack in self.lacks) and self.spec else self.named.status

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
    """What is known of a pipe: its calls and its status. `foreign`: its keys that the release does not know."""

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


def project_methods(catalog: Catalog, previous: Methods | None = None) -> Methods:
    """The methods that the release of a catalog reads from the disk; unchanged files of `previous` are reused."""
    paths, data = catalog.tree.paths, catalog.settings_in_force.data
    names = next((value for key in _EXCLUDED_DIRS if isinstance(value := value_at(data, key), list)), None)
    excluded = EXCLUDED if names is None else frozenset(name for name in names if isinstance(name, str))
    folders = method_folders(paths, catalog.environment.shell)
    return read_methods(folders, paths.inference, excluded=excluded, previous=previous or NO_METHODS)


def reference_in(settings: object) -> str:
    """The model that a table of settings names; empty without one."""
    if not isinstance(settings, Mapping):
        return ""
    return next((value for key in _MODEL_KEYS if isinstance(value := settings.get(key), str)), "")


def answer_pipes(resolver: Resolver, methods: Methods, cache: Cache) -> tuple[PipeAnswer, ...]:
    """The answer for every pipe of the files that the release reads; those of unchanged pipes are reused."""
    pipes, behaviours = readable(methods, resolver), resolver.behaviours
    concepts = cache.same("concepts of methods", methods.concepts.tables)
    read = [(id(pipe), (pipe, concepts, behaviours)) for pipe in pipes]
    needs = cache.reuse_each("needs of pipes", read, lambda pipe, *_: needs_of(pipe, methods, behaviours))
    lookup = _Lookup(resolver, cache)
    rows = [(id(pipe), (pipe, need, *lookup.inputs(pipe, need))) for pipe, need in zip(pipes, needs, strict=True)]
    return tuple(cache.reuse_each("pipes", rows, lookup.answer))


def readable(methods: Methods, resolver: Resolver) -> tuple[Pipe, ...]:
    """The pipes of the files with the ending that the release reads."""
    ending = resolver.behaviours.method_ending
    return tuple(pipe for file in methods.files if file.source.path.endswith(ending) for pipe in file.pipes)


class _Request(NamedTuple):
    """What one call names: a key or a default, and whether it is for structured output."""

    key: ModelKey | None
    structured: bool
    attaches: bool
    """Whether the images and documents of the pipe go to this call."""


class _Lookup:
    """Resolves what pipes name, each reference once."""

    def __init__(self, resolver: Resolver, cache: Cache) -> None:
        self.resolver = resolver
        self.cache = cache
        self._named: dict[tuple[object, ...], Resolution | None] = {}

    def inputs(self, pipe: Pipe, needs: Needs) -> tuple[object, ...]:
        """The resolutions that the answer for a pipe depends on."""
        return tuple(self._resolve(pipe, request) for request in self._requests(pipe, needs))

    def answer(self, pipe: Pipe, needs: Needs, *resolutions: Resolution | None) -> PipeAnswer:
        requests = self._requests(pipe, needs)
        calls = tuple(
            self._call(pipe, needs, request, named) for request, named in zip(requests, resolutions, strict=True)
        )
        known = self.resolver.behaviours.model_keys
        foreign = tuple(key for key in pipe.keys if key.key not in known)
        status = min((call.status for call in calls), key=_WORST.index)
        if needs.structured is None and len({call.status for call in calls}) > 1:
            status = Status.UNKNOWN  # only Python knows which of the two is called
        return PipeAnswer(pipe, calls, needs, Status.REFUSED if foreign else status, foreign)

    def _call(self, pipe: Pipe, needs: Needs, request: _Request, named: Resolution | None) -> PipeCall:
        spec = named.spec if named is not None else None
        lacks: tuple[Lack, ...] = ()
        if spec is not None and request.attaches:
            found = ((need, lack_of(need, spec, self.resolver.catalog.release)) for need in needs.files)
            lacks = tuple(Lack(need, why) for need, why in found if why)
        return PipeCall(pipe, request.key, named, lacks)

    def _requests(self, pipe: Pipe, needs: Needs) -> tuple[_Request, ...]:
        return tuple(self._all_requests(pipe, needs))

    def _all_requests(self, pipe: Pipe, needs: Needs) -> Iterator[_Request]:
        main = next((key for key in pipe.keys if not key.key.endswith(STRUCTURE_SUFFIX)), None)
        other = next((key for key in pipe.keys if key.key.endswith(STRUCTURE_SUFFIX)), None)
        if pipe.type != "PipeLLM":
            yield _Request(main, pipe.type == "PipeStructure", True)
            return
        draft = pipe.table.get("structuring_method") == _PRELIMINARY
        if needs.structured is not True or draft:
            yield _Request(main, False, True)
        if needs.structured is not False:
            yield _Request(other or main, True, not draft)
        # The key that is not used for the output is looked up all the same.
        unused = other if needs.structured is False else main if needs.structured and other and not draft else None
        if unused is not None and not self._is_defined(pipe, unused):
            yield _Request(unused, False, False)

    def _is_defined(self, pipe: Pipe, key: ModelKey) -> bool:
        if not isinstance(key.value, str):
            return True
        names, family = self.resolver.names, self._family(pipe)
        if not self.resolver.behaviours.sigils:
            return names.defines(Kind.PRESET, key.value, family) or names.plain_defined(key.value)
        parsed = parse_reference(key.value)
        if is_empty_reference(key.value):
            return False
        return (
            names.defines(Kind.PRESET, parsed.name, family)
            if parsed.kind is Kind.PRESET
            else names.chosen(parsed, family)
        )

    def _family(self, pipe: Pipe) -> str:
        return family_of(pipe.model_type, self.resolver.behaviours)

    def _resolve(self, pipe: Pipe, request: _Request) -> Resolution | None:
        family, key = self._family(pipe), request.key
        if key is None:
            memo: tuple[object, ...] = (family, pipe.type == "PipeDocGen", request.structured)
        else:
            text = key.value if isinstance(key.value, str) else repr(key.value)
            memo = (family, text, isinstance(key.value, str), key.handle, request.structured)
        if memo not in self._named:
            found = self._default(pipe, family, request) if key is None else self._written(key, pipe, family, request)
            # The same object while nothing changes, so that answers are reused.
            self._named[memo] = self.cache.same(("pipe reference", memo), found)
        return self._named[memo]

    def _written(self, key: ModelKey, pipe: Pipe, family: str, request: _Request) -> Resolution:
        value, place = key.value, Place(pipe.source, key.path)
        if key.handle and isinstance(value, str):
            return self.resolver.text(value, family)
        chosen: str | Preset
        if isinstance(value, Mapping):
            chosen = Preset(
                family, pipe.code, reference_in(value), {str(name): item for name, item in value.items()}, place
            )
        else:
            assert isinstance(value, str)
            chosen = value
        return self.resolver.choice(Choice(family, "pipe", FOR_OBJECT if request.structured else "", chosen, place))

    def _default(self, pipe: Pipe, family: str, request: _Request) -> Resolution | None:
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
