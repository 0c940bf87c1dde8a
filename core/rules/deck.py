"""Rules about the deck: dead references, cycles, shadowed names, presets beyond the limits of their model."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from core.catalog import Catalog
from core.constraints import fixed_temperature
from core.diagnostics import deck_codes, model_codes
from core.diagnostics.diagnostic import Diagnostic
from core.diagnostics.unresolved import CYCLES, UNKNOWN_NAMES
from core.dialects.deck_schema import sections_of
from core.entities import GLOBAL, Alias, Preset, Waterfall, as_float
from core.problems import Problem, Severity
from core.references import Kind
from core.resolution import Resolution
from core.rules.context import RuleContext, problem
from core.suggest import did_you_mean
from core.trail import refused_place

_MAX_SUGGESTIONS = 40
"""Dead references for which a similar name is looked up: each lookup compares with every name of the tree."""


def dead_references(context: RuleContext) -> Iterator[Problem]:
    """Presets, choices, aliases and waterfalls without a target.

    A dead preset or choice is an error: it fails when it is used. It is a warning where its family has no served model,
    and an info where the family holds nothing but a default that the release requires. A dead alias or waterfall is a
    warning.
    """
    suggestions = _suggestions(context)
    catalog = context.catalog
    parts = (*catalog.backend_problems, *catalog.deck_problems)
    unquoted = {problem.subject for problem in parts if problem.diagnostic is model_codes.KEY_UNQUOTED}
    working = {spec.model_type for spec in context.serving.served.values()}
    rows: list[tuple[Hashable, tuple[object, ...]]] = []
    for resolution in context.dead:
        assert resolution.unresolved is not None
        severity = _severity(context.catalog, resolution, working)
        if severity is Severity.INFO:
            fix = "Pipelex requires a default here: set one when an enabled backend offers such a model"
        else:
            fix = suggestions.get(id(resolution)) or resolution.unresolved.code.fix
            if resolution.unresolved.names and resolution.unresolved.names[-1] in unquoted:
                fix = f'quote the name where it is declared: `"{resolution.unresolved.names[-1]}"`'
        rows.append((id(resolution), (resolution, severity, fix)))
    yield from context.cache.reuse_each("dead references", rows, _dead)


def _suggestions(context: RuleContext) -> dict[Hashable, str]:
    """The similar names, as a sentence, for the first unknown names; by the identity of their resolutions."""
    groups: dict[tuple[str, bool], tuple[str, ...]] = {}
    rows: list[tuple[Hashable, tuple[object, ...]]] = []
    for resolution in context.dead:
        unresolved = resolution.unresolved
        if unresolved is None or unresolved.code not in UNKNOWN_NAMES or not unresolved.names:
            continue
        group = (resolution.family, resolution.kind is Kind.CHOICE)
        if group not in groups:
            groups[group] = context.cache.same(("names", group), _names_to_suggest(context, *group))
        rows.append((id(resolution), (unresolved.names[-1], groups[group])))
        if len(rows) == _MAX_SUGGESTIONS:
            break
    suggestions = context.cache.reuse_each("suggestions", rows, did_you_mean)
    return {key: suggestion for (key, _), suggestion in zip(rows, suggestions, strict=True)}


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
    table = deck_codes.CYCLE if resolution.unresolved.code in CYCLES else deck_codes.DEAD
    return table[resolution.kind.value]


def _what(resolution: Resolution) -> str:
    if resolution.kind is Kind.CHOICE:
        return f"choice `{resolution.reference}`"
    family = "" if resolution.family in ("llm", GLOBAL) else f"{resolution.family} "
    return f"{family}{resolution.kind.value} `{resolution.name}`"


def _severity(catalog: Catalog, resolution: Resolution, working: set[str]) -> Severity:
    if resolution.kind in (Kind.ALIAS, Kind.WATERFALL):
        return Severity.WARNING
    family = catalog.families.get(resolution.family)
    model_type = family.model_type if family is not None else None
    if resolution.family != "llm" and model_type is not None and model_type not in working:
        return Severity.INFO if _bare(catalog, resolution) else Severity.WARNING
    return Severity.ERROR


def _bare(catalog: Catalog, resolution: Resolution) -> bool:
    """Whether the family holds nothing but a default that the release requires."""
    family = catalog.families[resolution.family]
    required = any(
        section.family == family.name and section.required and section.choice_required
        for section in sections_of(catalog.behaviours)
    )
    return required and len(family.choices) == 1 and not (family.presets or family.aliases or family.waterfalls)


def _names_to_suggest(context: RuleContext, family: str, choice: bool) -> tuple[str, ...]:
    families = context.catalog.families
    names = [*context.serving.by_handle]
    for section in (families.get(family), families.get(GLOBAL)):
        if section is not None:
            names += section.aliases
            names += section.waterfalls
            if choice:
                names += section.presets
    return tuple(names)


def wrong_types(context: RuleContext) -> Iterator[Problem]:
    """Up to 0.17 Pipelex does not check types: a text preset may resolve to an image model."""
    if context.catalog.behaviours.sigils:
        return
    for resolution in context.deck_resolutions:
        if resolution.kind not in (Kind.PRESET, Kind.CHOICE) or resolution.spec is None:
            continue
        family = context.catalog.families.get(resolution.family)
        model_type = family.model_type if family is not None else None
        if model_type and resolution.spec.model_type != model_type:
            yield problem(
                deck_codes.PRESET_WRONG_TYPE,
                f"{_what(resolution)} ends at `{resolution.spec.handle}`, a model of type {resolution.spec.model_type}",
                resolution.place,
                fix=f"name a model of type {model_type}",
                subject=resolution.name,
            )


def refused_settings(context: RuleContext) -> Iterator[Problem]:
    """Presets and choices whose model refuses the settings, or any call: `check_request` from 0.77 on."""
    rows = [(id(item), (item,)) for item in context.refused]
    yield from context.cache.reuse_each("refused settings", rows, _refused)


def _refused(resolution: Resolution) -> Problem:
    refusal = resolution.refusal
    assert refusal is not None
    return problem(
        deck_codes.SETTING_REFUSED,
        f"{_what(resolution)} is refused: {resolution.refused_words}",
        refused_place(resolution) or resolution.place,
        fix=_mended(resolution),
        cause=f"said {resolution.refused_words}",
        error_type="LLMCapabilityError" if refusal.key not in (None, "max_tokens") else None,
        subject=resolution.name,
        reference=(resolution.kind.value, resolution.family, resolution.name),
    )


def _mended(resolution: Resolution) -> str:
    assert resolution.refusal is not None
    if resolution.refusal.key is None:
        return "complete the model, or name another one"
    return f"change or remove {resolution.refusal.key}, or name a model that takes it"


def limits(context: RuleContext) -> Iterator[Problem]:
    """Presets beyond the limits of their model. No release checks this."""
    catalog = context.catalog
    # A preset with other settings, or of another model, has another resolution.
    rows = [
        (id(item), (item, catalog.backends.get(item.spec.backend)))
        for item in context.deck_resolutions
        if item.spec is not None and item.kind in (Kind.PRESET, Kind.CHOICE)
    ]
    for problems in context.cache.reuse_each("limits", rows, lambda item, _: tuple(_beyond_limits(catalog, item))):
        yield from problems


def _beyond_limits(catalog: Catalog, resolution: Resolution) -> Iterator[Problem]:
    spec, preset = resolution.spec, _settings(catalog, resolution)
    if spec is None or preset is None:
        return
    tokens, limit = preset.fields.get("max_tokens"), spec.max_tokens
    if isinstance(tokens, int) and not isinstance(tokens, bool) and limit is not None and tokens > limit:
        yield problem(
            deck_codes.PRESET_MAX_TOKENS,
            f"{_what(resolution)} asks for {tokens} tokens; `{spec.handle}` gives at most {limit}",
            preset.place.at("max_tokens"),
            fix=f'write max_tokens = {limit} or less, or "auto"',
            subject=resolution.name,
        )
    temperature, fixed = preset.fields.get("temperature"), fixed_temperature(catalog, spec)
    if fixed is None or not isinstance(temperature, int | float) or isinstance(temperature, bool):
        return
    if as_float(temperature) != fixed:
        yield problem(
            deck_codes.PRESET_TEMPERATURE,
            f"{_what(resolution)} asks for temperature {as_float(temperature):g};"
            f" `{spec.handle}` always uses {fixed:g}",
            preset.place.at("temperature"),
            fix=f"write temperature = {fixed:g}",
            subject=resolution.name,
        )


def _settings(catalog: Catalog, resolution: Resolution) -> Preset | None:
    """The settings of a preset, or of a choice that has its own."""
    family = catalog.families.get(resolution.family)
    if family is None or resolution.kind not in (Kind.PRESET, Kind.CHOICE):
        return None
    if resolution.kind is Kind.PRESET:
        return family.presets.get(resolution.name)
    for choice in family.choices:
        if choice.name == resolution.name and isinstance(choice.value, Preset):
            return choice.value
    return None


def hidden_names(context: RuleContext) -> Iterator[Problem]:
    """An alias with the name of a served model is never used by its bare name; likewise a waterfall and an alias."""
    typed = context.serving.typed
    for family in context.catalog.families.values():
        for alias in [alias for name, alias in family.aliases.items() if name in context.serving.by_handle]:
            spec = context.serving.spec(family.model_type if typed else None, alias.name)
            if spec is not None and (not context.catalog.behaviours.sigils or spec.model_type == family.model_type):
                yield problem(
                    deck_codes.ALIAS_HIDDEN,
                    f"alias `{alias.name}` has the name of a served model, which wins wherever the bare name is used",
                    alias.place,
                    fix="give the alias another name",
                    subject=alias.name,
                )
        for name, waterfall in family.waterfalls.items():
            if name in family.aliases and not context.catalog.behaviours.sigils:
                yield problem(
                    deck_codes.WATERFALL_HIDDEN,
                    f"waterfall `{name}` has the name of an alias, which wins",
                    waterfall.place,
                    fix="give one of them another name",
                    subject=name,
                )


def concatenated_lists(context: RuleContext) -> Iterator[Problem]:
    """Up to 0.16 a list in a second deck file is appended to the list of the same name instead of replacing it."""
    deck = context.catalog.tree.deck
    if not deck.concatenated:
        return
    for family in context.catalog.families.values():
        lists = [alias for alias in family.aliases.values() if alias.is_list]
        items: list[Alias | Waterfall] = [*lists, *family.waterfalls.values()]
        for item in items:
            stack = deck.stack(item.place.path)
            if len(stack) > 1:
                files = " and ".join(source.shown for source in stack)
                yield problem(
                    deck_codes.LIST_CONCATENATED,
                    f"list `{item.name}` is set in {files}: {context.catalog.release} appends, so the first file's"
                    " entries stay in front",
                    item.place,
                    fix="edit the list in the first file, or use another name (0.17 and newer replace the list)",
                    subject=item.name,
                )


RULES = (dead_references, wrong_types, refused_settings, limits, hidden_names, concatenated_lists)
