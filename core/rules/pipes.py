"""Rules about methods: unreadable files, and pipes whose calls cannot work."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter

from core.candidates import Candidate, Need
from core.diagnostics import method_codes
from core.diagnostics.unresolved import UNKNOWN_NAMES
from core.entities import Location, ModelSpec, Place
from core.files.source import Source
from core.incremental import Cache
from core.methods import Methods, Origin
from core.pipes import STEP, Ability, GroupAnswers, Lack, PipeAnswer, PipeCall, PipeNeed, lack_of, structure_lack
from core.problems import Problem, Severity
from core.references import Kind, written
from core.refusals import NO_SETTINGS, Settings, refusal_of
from core.resolution import Resolver, Status
from core.rules.context import problem
from core.suggest import did_you_mean
from core.trail import refused_place

Reference = tuple[str, str, str]


def pipe_problems(
    resolver: Resolver, methods: Methods, groups: Sequence[GroupAnswers], cache: Cache
) -> Iterator[Problem]:
    """The problems of the project's methods: files first, then pipe by pipe."""
    yield from cache.reuse("method files", (methods, resolver.behaviours), lambda: tuple(_files(resolver, methods)))
    served = cache.same("served models", tuple(resolver.serving.served.values()))
    state = (served, cache.same("ready backends", resolver.ready))
    rules = _PipeRules(resolver)
    found: list[tuple[int, tuple[Problem, ...]]] = []
    for group in groups:
        if group.is_own and (group.first.foreign or _is_wanting(group.first)):
            key = ("problems of pipes", group.key)
            problems = cache.reuse(key, (group.answers, *state), partial(_problems, rules, group, key, state, cache))
            found += zip(group.positions, problems, strict=True)
    for _, of_pipe in sorted(found, key=itemgetter(0)):
        yield from of_pipe


def _problems(
    rules: _PipeRules, group: GroupAnswers, key: Hashable, state: tuple[object, ...], cache: Cache
) -> list[tuple[Problem, ...]]:
    rows = [(id(answer), (answer, *state)) for answer in group.answers]
    return cache.reuse_each(key, rows, lambda answer, *_: tuple(rules.problems(answer)))


def _is_wanting(answer: PipeAnswer) -> bool:
    return (
        answer.status in (Status.DEAD, Status.REFUSED, Status.UNKNOWN)
        or answer.needs.structured is True
        or any(call.lacks for call in answer.calls)
    )


def _files(resolver: Resolver, methods: Methods) -> Iterator[Problem]:
    release = resolver.catalog.release
    for file in methods.broken:
        if file.origin is Origin.PROJECT:
            yield _unreadable(file.source)
    ending = resolver.behaviours.method_ending
    for file in methods.files:
        path = file.source.path
        if file.origin is Origin.PROJECT and file.pipes and not path.endswith((ending, ".toml")):
            yield problem(
                method_codes.METHOD_ENDING,
                f"{file.source.shown} is not read: Pipelex {release} reads files that end in {ending}",
                Place(file.source, ()),
                fix=f"rename it to {file.source.shown.rpartition('.')[0]}{ending}",
                subject=file.source.shown,
            )


def _unreadable(source: Source) -> Problem:
    error, text = source.document.parse_error, source.document.text
    found = problem(
        method_codes.METHOD_UNREADABLE,
        f"{source.shown} cannot be read: {error.message if error is not None else source.error}",
        Place(source, ()),
        subject=source.shown,
    )
    if error is None:
        return found
    excerpt = error.caret(text) if text is not None and error.offset is not None else None
    return replace(found, location=Location(source.shown, error.line, error.column, "", source.layer), excerpt=excerpt)


class _PipeRules:
    """The problems of one pipe after the other, in one tree."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._nearest_models: dict[tuple[object, ...], ModelSpec | None] = {}

    def problems(self, answer: PipeAnswer) -> Iterator[Problem]:
        reference = ("pipe", answer.pipe.source.shown, answer.pipe.code)
        yield from self._foreign(answer, reference)
        for call in answer.calls:
            yield from self._call(answer, call, reference)

    def _foreign(self, answer: PipeAnswer, reference: Reference) -> Iterator[Problem]:
        release, known = self.resolver.catalog.release, self.resolver.behaviours.model_keys
        for key in answer.foreign:
            what = f"type `{key.value}`" if key.key == "type" else f"key `{key.key}`"
            same = [name for name in known if name.endswith("_to_structure") == key.key.endswith("_to_structure")]
            yield problem(
                method_codes.PIPE_KEY,
                f"pipe `{answer.pipe.code}` has the {what}, which Pipelex {release} does not know",
                Place(answer.pipe.source, key.path),
                fix=f"write `{same[0]}`" if len(same) == 1 and key.key != "type" else None,
                cause=f"said pipes have the {what}, which Pipelex {release} does not know",
                subject=answer.pipe.code,
                reference=reference,
            )

    def _call(self, answer: PipeAnswer, call: PipeCall, reference: Reference) -> Iterator[Problem]:
        code, named = answer.pipe.code, call.named
        if named is None:
            yield problem(
                method_codes.PIPE_DEAD,
                f"pipe `{code}` names no model, and the deck has no default for {answer.pipe.type}",
                call.place,
                fix="name a model in the pipe",
                subject=code,
                reference=reference,
            )
        elif named.status is Status.DEAD and answer.status is not Status.UNKNOWN:
            assert named.unresolved is not None
            yield problem(
                method_codes.PIPE_DEAD,
                f"pipe `{code}` cannot run: {named.unresolved.message}",
                call.place,
                fix=self._suggestion(call) or named.unresolved.code.fix,
                error_type=named.unresolved.error,
                subject=code,
                reference=reference,
            )
        elif named.status is Status.REFUSED and answer.status is not Status.UNKNOWN:
            resolution = call.resolution
            assert resolution is not None
            yield problem(
                method_codes.PIPE_REFUSED,
                f"pipe `{code}` is refused: {named.refused_words}",
                call.place if call.key is not None else refused_place(resolution) or call.place,
                fix=self._nearest(answer, call),
                cause=f"said {named.refused_words}",
                subject=code,
                reference=reference,
            )
        for lack in call.lacks:
            yield self._lack(answer, call, lack, reference)
        if call.spec is not None and answer.needs.structured and _lists_no_structure(call.spec):
            yield problem(
                method_codes.PIPE_STRUCTURED,
                f"pipe `{code}` requires structured output, and `{call.spec.handle}` of {call.spec.backend} lists none",
                call.place,
                cause=f"said `{call.spec.handle}` of {call.spec.backend} lists no structured output",
                subject=code,
            )

    def _lack(self, answer: PipeAnswer, call: PipeCall, lack: Lack, reference: Reference) -> Problem:
        spec, need = call.spec, lack.need
        assert spec is not None
        model = f"`{spec.handle}` of {spec.backend}"
        verb = (
            "asks for"
            if need.ability in (Ability.CAPTIONS, Ability.STRUCTURED)
            else "sends"
            if need.certain
            else "may send"
        )
        return problem(
            method_codes.PIPE_CAPABILITY,
            f"pipe `{answer.pipe.code}` {verb} {need.ability} ({_source(need)}), and {model} {lack.why}",
            Place(answer.pipe.source, need.path),
            severity=None if need.certain else Severity.WARNING,
            fix=self._nearest(answer, call),
            cause=f"said {model} {lack.why}",
            error_type="LLMCapabilityError" if spec.model_type == "llm" else None,
            subject=answer.pipe.code,
            reference=reference if need.certain else None,
        )

    def _suggestion(self, call: PipeCall) -> str:
        return did_you_mean(call.text, names_for(self.resolver, call))

    def _nearest(self, answer: PipeAnswer, call: PipeCall) -> str:
        """The nearest callable model that does what the pipe needs, in words."""
        needs = answer.needs
        settings = settings_of(self.resolver, call)
        key_of = (answer.pipe.model_type, id(call.spec), call.text, needs.structured, repr(settings))
        wanted = (*key_of, *((need.ability, need.count) for need in needs.files))
        if wanted not in self._nearest_models:
            self._nearest_models[wanted] = nearest_model(self.resolver, answer, call)
        best = self._nearest_models[wanted]
        if best is None:
            return "no callable model does: enable a backend with one, or change what the pipe sends"
        presets = [hop.name for hop in call.named.hops if hop.kind is Kind.PRESET] if call.named is not None else []
        instead = f", or point {written(Kind.PRESET, presets[0], self.resolver.behaviours)} at it" if presets else ""
        key = call.key.key if call.key is not None else self.resolver.behaviours.model_keys[0]
        if call.key is not None and not isinstance(call.key.value, str):
            key = f"{key}.{self.resolver.behaviours.handle_key}"
        return f'write {key} = "{best.handle}" in the pipe{instead}'


def _source(need: PipeNeed) -> str:
    return need.source if need.source == STEP else f"`{need.source}`"


def names_for(resolver: Resolver, call: PipeCall) -> Iterator[str]:
    """The names that a pipe may have meant by one that is defined nowhere, as it would write them."""
    unresolved = call.named.unresolved if call.named is not None else None
    if unresolved is None or unresolved.code not in UNKNOWN_NAMES or call.key is None:
        return
    yield from resolver.serving.by_handle
    for family in resolver.catalog.families.values():
        for kind, section in ((Kind.PRESET, family.presets), (Kind.ALIAS, family.aliases)):
            for name in section:
                yield written(kind, name, resolver.behaviours)


def nearest_model(resolver: Resolver, answer: PipeAnswer, call: PipeCall) -> ModelSpec | None:
    """The callable model nearest to that of a call which does what the pipe needs; None without one."""
    catalog = resolver.catalog
    settings = settings_of(resolver, call)
    need = Need(answer.pipe.model_type, call.spec, (call.text,), (settings,) if settings else ())
    candidates = (
        Candidate(handle, spec, need, catalog, True)
        for (_, handle), spec in resolver.serving.served.items()
        if spec.model_type == answer.pipe.model_type
        and spec is not call.spec
        and resolver.is_callable(spec)
        and resolver.names.finds_itself(handle)
        and not any(lack_of(item, spec, catalog.release) for item in answer.needs.files)
        and not (answer.needs.structured is not False and structure_lack(spec))
    )
    structured = answer.needs.structured is not False
    fitting = (
        item
        for item in candidates
        if refusal_of(
            catalog.release, item.spec, catalog.backends.get(item.spec.backend), settings, structured=structured
        )
        is None
    )
    best = min(fitting, key=lambda item: item.rank, default=None)
    return best.spec if best is not None else None


def settings_of(resolver: Resolver, call: PipeCall) -> Settings:
    """The settings of a call: those of the pipe itself, or of the preset that its reference passes."""
    if call.key is not None and isinstance(call.key.value, Mapping):
        return {str(name): value for name, value in call.key.value.items()}
    named = call.named
    family = resolver.catalog.families.get(named.family) if named is not None else None
    passed = next((hop.name for hop in named.hops if hop.kind is Kind.PRESET), None) if named is not None else None
    preset = family.presets.get(passed) if family is not None and passed is not None else None
    return preset.fields if preset is not None else NO_SETTINGS


def _lists_no_structure(spec: ModelSpec) -> bool:
    outputs = spec.names("outputs")
    return bool(outputs) and "structured" not in outputs
