"""Rules about the deck: dead references, cycles, hidden names, presets beyond what their model can do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.diagnostics import deck_codes
from core.diagnostics.diagnostic import Diagnostic
from core.dialects.deck_schema import sections_of
from core.entities import GLOBAL, Alias, ModelSpec, Preset, Waterfall, as_float
from core.limits import fixed_temperature
from core.problems import Problem, Severity
from core.references import Kind
from core.resolution import Resolution, Resolver, Status
from core.rules.kept import Kept, Pool, looks_at, of_the_deck
from core.rules.making import problem

_SUGGEST_MOST = 40
"""Suggestions are looked for only so many times: each looks at every name of the tree."""


def dead_references(resolver: Resolver, resolutions: tuple[Resolution, ...], kept: Kept) -> Iterator[Problem]:
    """Presets, choices, aliases and waterfalls that end at nothing.

    A dead preset or choice is an error: it fails when it is used. Where a family has no served model at all, the
    configuration does not do that kind of work, and a warning says so; a remark, where all that the family holds is
    the default that the release insists on. A dead alias or waterfall is a warning.
    """
    working = {spec.model_type for spec in resolver.serving.served.values()}
    suggested = 0
    pools: dict[tuple[str, bool], Pool] = {}
    names = (resolver.serving.assignments, resolver.deck_names)
    for resolution in of_the_deck(resolver, resolutions):
        if resolution.status is not Status.DEAD or resolution.unresolved is None:
            continue
        unresolved = resolution.unresolved
        fix = None
        if (
            unresolved.code in ("model-unknown", "alias-unknown", "waterfall-unknown", "choice-unknown")
            and unresolved.names
        ):
            suggested += 1
            if suggested <= _SUGGEST_MOST:
                group = (resolution.family, resolution.kind is Kind.CHOICE)
                if group not in pools:
                    pools[group] = kept.found(group, names, partial(_pool, resolver, resolution))
                fix = pools[group].did_you_mean(unresolved.names[-1])
        severity = _severity(resolver, resolution, working)
        if severity is Severity.INFO:
            fix = "the release wants a default all the same: name a model once a backend that is on has one for it"
        fix = fix or _fix(unresolved.code)
        yield kept.found(id(resolution), (resolution, severity, fix), _dead)


def _dead(resolution: Resolution, severity: Severity, fix: str) -> Problem:
    assert resolution.unresolved is not None
    return problem(
        _diagnostic(resolution),
        f"{_what(resolution)} is dead: {resolution.unresolved.message}",
        resolution.place,
        severity=severity,
        fix=fix,
        error_type=resolution.unresolved.error,
        subject=resolution.name,
        reference=(resolution.kind.value, resolution.family, resolution.name),
    )


def _diagnostic(resolution: Resolution) -> Diagnostic:
    assert resolution.unresolved is not None
    table = deck_codes.CYCLE if resolution.unresolved.code in ("cycle", "too-deep") else deck_codes.DEAD
    return table[resolution.kind.value]


def _what(resolution: Resolution) -> str:
    if resolution.kind is Kind.CHOICE:
        return f"choice `{resolution.reference}`"
    family = "" if resolution.family in ("llm", GLOBAL) else f"{resolution.family} "
    return f"{family}{resolution.kind.value} `{resolution.name}`"


def _severity(resolver: Resolver, resolution: Resolution, working: set[str]) -> Severity:
    if resolution.kind in (Kind.ALIAS, Kind.WATERFALL):
        return Severity.WARNING
    family = resolver.catalog.families.get(resolution.family)
    model_type = family.model_type if family is not None else None
    if resolution.family != "llm" and model_type is not None and model_type not in working:
        return Severity.INFO if _bare(resolver, resolution) else Severity.WARNING
    return Severity.ERROR


def _bare(resolver: Resolver, resolution: Resolution) -> bool:
    """Whether a default that the release requires is all that its family holds: nobody meant it to be used."""
    family = resolver.catalog.families[resolution.family]
    required = any(
        section.family == family.name and section.required and section.choice_required
        for section in sections_of(resolver.catalog.behaviours)
    )
    return required and len(family.choices) == 1 and not (family.presets or family.aliases or family.waterfalls)


def _fix(code: str) -> str:
    return {
        "backend-off": "turn one of these backends on and route to it, or name a model that is served",
        "model-dropped": "route the model to a backend that declares it, or name one that is served",
        "cycle": "let one of them name a model",
        "preset-as-model": "name the preset's model, or an alias",
        "wrong-type": "name a model of the right type",
        "fallback-off": "set is_model_fallback_enabled = true, or put a served model first",
        "empty-reference": "name a model or an alias",
    }.get(code, "name a model that is served")


def _pool(resolver: Resolver, resolution: Resolution, *_: object) -> Pool:
    family = resolver.catalog.families.get(resolution.family)
    space = resolver.catalog.families.get(GLOBAL)
    names = [handle for _, handle in resolver.serving.served]
    for section in (family, space):
        if section is not None:
            names += section.aliases
            names += section.waterfalls
            if resolution.kind is Kind.CHOICE:
                names += section.presets
    return Pool(tuple(names))


def wrong_types(resolver: Resolver, resolutions: tuple[Resolution, ...], _: Kept) -> Iterator[Problem]:
    """Up to 0.17 nothing looks at types: a text preset may end at an image model."""
    if resolver.catalog.behaviours.sigils:
        return
    for resolution in of_the_deck(resolver, resolutions):
        if resolution.kind not in (Kind.PRESET, Kind.CHOICE) or resolution.spec is None:
            continue
        family = resolver.catalog.families.get(resolution.family)
        wanted = family.model_type if family is not None else None
        if wanted and resolution.spec.model_type != wanted:
            yield problem(
                deck_codes.PRESET_WRONG_TYPE,
                f"{_what(resolution)} ends at `{resolution.spec.handle}`, a model of type {resolution.spec.model_type}",
                resolution.place,
                fix=f"name a model of type {wanted}",
                subject=resolution.name,
            )


def limits(resolver: Resolver, resolutions: tuple[Resolution, ...], kept: Kept) -> Iterator[Problem]:
    """Presets that ask for more than their model gives. No release checks this."""
    backends = resolver.catalog.backends
    beyond = partial(_beyond, resolver)
    for resolution in of_the_deck(resolver, resolutions):
        if resolution.spec is not None and resolution.kind in (Kind.PRESET, Kind.CHOICE):
            # A preset that is another, or ends at another model, has another resolution.
            what = (resolution, backends.get(resolution.spec.backend))
            yield from kept.found(id(resolution), what, beyond)


def _beyond(resolver: Resolver, resolution: Resolution, _: object) -> tuple[Problem, ...]:
    return tuple(_beyond_limits(resolver, resolution))


def _beyond_limits(resolver: Resolver, resolution: Resolution) -> Iterator[Problem]:
    preset, spec = _settings(resolver, resolution), resolution.spec
    if preset is None or spec is None:
        return
    asked, most = preset.fields.get("max_tokens"), spec.max_tokens
    if isinstance(asked, int) and not isinstance(asked, bool) and most is not None and asked > most:
        yield problem(
            deck_codes.PRESET_MAX_TOKENS,
            f"{_what(resolution)} asks for {asked} tokens; `{spec.handle}` gives at most {most}",
            preset.place.at("max_tokens"),
            fix=f'write max_tokens = {most} or less, or "auto"',
            subject=resolution.name,
        )
    yield from _temperature(resolver, resolution, spec, preset)


def _temperature(resolver: Resolver, resolution: Resolution, spec: ModelSpec, preset: Preset) -> Iterator[Problem]:
    asked = preset.fields.get("temperature")
    if not isinstance(asked, int | float) or isinstance(asked, bool):
        return
    asked, fixed = as_float(asked), fixed_temperature(resolver.catalog, spec)
    if fixed is None or asked == fixed:
        return
    yield problem(
        deck_codes.PRESET_TEMPERATURE,
        f"{_what(resolution)} asks for temperature {asked:g}; `{spec.handle}` always uses {fixed:g}",
        preset.place.at("temperature"),
        fix=f"write temperature = {fixed:g}",
        subject=resolution.name,
    )


def _settings(resolver: Resolver, resolution: Resolution) -> Preset | None:
    family = resolver.catalog.families.get(resolution.family)
    if family is None:
        return None
    if resolution.kind is Kind.PRESET:
        return family.presets.get(resolution.name)
    for choice in family.choices:
        if choice.name == resolution.name and isinstance(choice.value, Preset):
            return choice.value
    return None


@looks_at(lambda resolver: (resolver.deck_names, resolver.serving.assignments, resolver.models()))
def hidden_names(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """An alias of a served model's name is never used by its bare name; likewise a waterfall of an alias's name."""
    typed = resolver.serving.typed
    for family in resolver.catalog.families.values():
        for alias in [alias for name, alias in family.aliases.items() if name in resolver.serving.by_handle]:
            spec = resolver.serving.spec(family.model_type if typed else None, alias.name)
            if spec is not None and (not resolver.catalog.behaviours.sigils or spec.model_type == family.model_type):
                yield problem(
                    deck_codes.ALIAS_HIDDEN,
                    f"alias `{alias.name}` has the name of a served model, which wins wherever the bare name is used",
                    alias.place,
                    fix="give the alias another name",
                    subject=alias.name,
                )
        for name, waterfall in family.waterfalls.items():
            if name in family.aliases and not resolver.catalog.behaviours.sigils:
                yield problem(
                    deck_codes.WATERFALL_HIDDEN,
                    f"waterfall `{name}` has the name of an alias, which wins",
                    waterfall.place,
                    fix="give one of them another name",
                    subject=name,
                )


def concatenated_lists(resolver: Resolver, _: tuple[Resolution, ...], __: Kept) -> Iterator[Problem]:
    """Up to 0.16 a list set again by a later deck file is appended to the earlier one, not replaced."""
    deck = resolver.catalog.tree.deck
    if not deck.concatenated:
        return
    for family in resolver.catalog.families.values():
        lists = [alias for alias in family.aliases.values() if alias.is_list]
        items: list[Alias | Waterfall] = [*lists, *family.waterfalls.values()]
        for item in items:
            stack = deck.stack(item.place.path)
            if len(stack) > 1:
                files = " and ".join(source.shown for source in stack)
                yield problem(
                    deck_codes.LIST_CONCATENATED,
                    f"list `{item.name}` is set in {files}: {resolver.catalog.release} appends, so the first file's"
                    " entries stay in front",
                    item.place,
                    fix="edit the list in the first file, or use another name (0.17 and later replace the list)",
                    subject=item.name,
                )


RULES = (dead_references, wrong_types, limits, hidden_names, concatenated_lists)
