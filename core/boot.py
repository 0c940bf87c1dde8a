"""What a release checks beyond the shape of files: targets of routes, override choices, presets, retired settings."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import Catalog, deck_settings_table
from core.diagnostics import backend_codes, deck_codes, file_codes, model_codes, routing_codes
from core.dialects.backend_reader import GATEWAY
from core.dialects.field_values import describe
from core.dialects.table_schema import boolean, one_of
from core.entities import Choice, Place, Preset
from core.incremental import Cache
from core.problems import Check, Findings, Problem, Stage
from core.references import is_empty_reference, parse_reference
from core.resolution import Resolver, switched_off
from core.serving import Serving
from core.suggest import did_you_mean

SETTINGS = {"is_model_fallback_enabled": boolean, "missing_presets_reaction": one_of("none", "log", "raise")}


def load_problems(catalog: Catalog, serving: Serving, resolver: Resolver, cache: Cache) -> tuple[Problem, ...]:
    """Every problem of loading, in the order in which the target release meets them.

    Up to 0.14 routing profiles are read before backends; from 0.15 on after them, with a check that what the active
    profile names is on; 0.79 and later look for leftovers of former releases before anything else.
    """
    routing = (*catalog.routing_problems, *route_problems(catalog))
    first = (routing, catalog.backend_problems)
    if catalog.behaviours.load_order == "backends first":
        first = (catalog.backend_problems, routing)
    return (
        *settings_problems(catalog),
        *former_release(catalog),
        *first[0],
        *first[1],
        *catalog.deck_problems,
        *serving.problems,
        *finalization(catalog, resolver, cache),
    )


def settings_problems(catalog: Catalog) -> tuple[Problem, ...]:
    """The deck's settings in `pipelex.toml`, which is read before anything of the tree (from 0.15 on)."""
    findings = Findings(catalog.release, Stage.BACKENDS, Check.PRESETS, [])
    node, path = deck_settings_table(catalog.tree, catalog.behaviours)
    if path:
        for key in node:
            if key not in SETTINGS:
                findings.refuse(
                    file_codes.SETTINGS_INVALID,
                    "settings",
                    f"pipelex.toml: unknown setting `{key}` in [{'.'.join(map(str, path))}]",
                    Place(catalog.tree.settings, (*path, key)),
                    fix=did_you_mean(key, SETTINGS) or f"remove it; known settings: {', '.join(SETTINGS)}",
                    subject=key,
                )
        for key, test in SETTINGS.items():
            expected = test(node[key]) if key in node else None
            if expected:
                findings.refuse(
                    file_codes.SETTINGS_INVALID,
                    "settings",
                    f"pipelex.toml: `{key}` is {describe(node[key], expected)}, expected {expected}",
                    Place(catalog.tree.settings, (*path, key)),
                    fix=f"write {expected}",
                    subject=key,
                )
    return tuple(findings.items)


def former_release(catalog: Catalog) -> tuple[Problem, ...]:
    """Settings that 0.79 and later refuse as left over: the gateway enabled or routed to, `model_specs_section`."""
    findings = Findings(catalog.release, Stage.BACKENDS, Check.BACKENDS, [])
    if catalog.behaviours.gateway != "retired":
        return ()
    fix = "turn it off and route to a backend of your own; `pipelex migrate` removes it"
    gateway = catalog.backends.get(GATEWAY)
    if gateway is not None and gateway.enabled:
        findings.refuse(
            backend_codes.GATEWAY_RETIRED,
            "former release",
            f"backend `{GATEWAY}` is on, but it is gone since 0.73",
            gateway.place,
            fix=fix,
            cause=f"backend {GATEWAY}",
            subject=GATEWAY,
        )
    for backend in catalog.backends.values():
        if (
            backend.enabled
            and "model_specs_section" in backend.fields
            and backend.name not in (GATEWAY, "pipelex_manifold")
        ):
            findings.refuse(
                backend_codes.GATEWAY_RETIRED,
                "former release",
                f"backend `{backend.name}`: `model_specs_section` is gone since 0.73",
                backend.place.at("model_specs_section"),
                fix=f"list its models in backends/{backend.name}.toml and remove the key",
                subject="model_specs_section",
            )
    profile = catalog.profile
    if profile is None:
        if catalog.active == f"all_{GATEWAY}":
            findings.refuse(
                backend_codes.GATEWAY_RETIRED,
                "former release",
                f"profile `{catalog.active}` is gone since 0.73",
                catalog.active_place,
                fix="make another profile active",
                subject=str(catalog.active),
            )
    elif profile.default == GATEWAY or any(route.backend == GATEWAY for route in profile.routes):
        findings.refuse(
            backend_codes.GATEWAY_RETIRED,
            "former release",
            f"profile `{profile.name}` sends models to `{GATEWAY}`, gone since 0.73",
            profile.place,
            fix=fix,
            cause=f"backend {GATEWAY}",
            subject=GATEWAY,
        )
    return tuple(findings.items)


def finalization(catalog: Catalog, resolver: Resolver, cache: Cache) -> tuple[Problem, ...]:
    """The problems of the checks that follow the reading of the deck, in load order."""
    findings = Findings(catalog.release, Stage.DECK, Check.PRESETS, [])
    for family in catalog.families.values():
        for choice in family.choices:
            if choice.kind == "override" and isinstance(choice.value, str):
                _override(choice, choice.value, catalog, resolver, findings)
    if catalog.behaviours.presets_checked_by_name:
        _handles(resolver, cache, findings.within(Stage.FINAL, Check.MODELS))
        _presets(catalog, resolver, findings.within(Stage.FINAL, Check.PRESETS))
    return tuple(findings.items)


def _override(choice: Choice, text: str, catalog: Catalog, resolver: Resolver, findings: Findings) -> None:
    """An override must name something that exists; `disabled` means no override."""
    presets = catalog.families[choice.family].presets
    if switched_off(choice, catalog.behaviours):
        return
    if not catalog.behaviours.sigils:
        if text in presets:
            return
        candidates = [*presets]
    else:
        if is_empty_reference(text):
            return
        parsed = parse_reference(text)
        if resolver.names.chosen(parsed, choice.family):
            return
        family = catalog.families[choice.family]
        candidates = [
            *("$" + name for name in family.presets),
            *("@" + name for name in family.aliases),
            *("~" + name for name in family.waterfalls),
        ]
    what = "which does not exist" if catalog.behaviours.sigils else "which is no preset"
    if not catalog.behaviours.sigils and resolver.names.plain_defined(text):
        what += f" (it is a model or alias; in {catalog.release} an override must name a preset)"
    findings.refuse(
        deck_codes.OVERRIDE_UNKNOWN,
        "override unknown",
        f"choice override `{choice.key}` names `{text}`, {what}",
        choice.place,
        fix=did_you_mean(text, candidates) or 'name a preset, or write "disabled"',
        subject=text,
    )


def _handles(resolver: Resolver, cache: Cache, findings: Findings) -> None:
    """A full boot looks each served model up by its handle (from 0.18 on by a reference to it)."""
    lost = cache.reuse("unreachable handles", (resolver.catalog.models,), resolver.unreachable)
    for _, handle in resolver.serving.served if lost else ():
        if handle in lost:
            spec = resolver.serving.by_handle[handle][0]
            findings.refuse(
                model_codes.HANDLE_UNREACHABLE,
                "handle unreachable",
                f"model `{handle}` of backend `{spec.backend}`: no reference can name this handle",
                spec.place,
                fix="give it a handle without a sigil or prefix, that is not empty and does not end in blanks",
                subject=handle,
            )


def _presets(catalog: Catalog, resolver: Resolver, findings: Findings) -> None:
    """The check by name only that a full boot makes: fatal when `pipelex.toml` says so, or for an empty reference."""
    fatal = catalog.settings.missing_presets == "raise"
    for family in catalog.families.values():
        for preset in family.presets.values():
            if catalog.behaviours.sigils and is_empty_reference(preset.reference):
                findings.refuse(
                    deck_codes.EMPTY_REFERENCE,
                    "empty reference",
                    f"preset `{preset.name}` names no model",
                    preset.place.at(preset.handle_key),
                    fix="name a model or an alias",
                    subject=preset.name,
                )
                return
            if _named(preset, catalog, resolver):
                continue
            if fatal:
                findings.refuse(
                    deck_codes.PRESET_MODEL_UNKNOWN,
                    "preset unknown",
                    f"preset `{preset.name}` names `{preset.reference}`, which does not exist;"
                    " missing_presets_reaction is raise",
                    preset.place.at(preset.handle_key),
                    fix="name a served model or an alias",
                    subject=preset.reference,
                )
            break  # Pipelex looks no further in a family after the first preset that names nothing


def _named(preset: Preset, catalog: Catalog, resolver: Resolver) -> bool:
    text = preset.reference
    if not catalog.behaviours.sigils:
        return resolver.names.plain_checked(text)
    return resolver.names.written_defined(parse_reference(text), preset.family)


def route_problems(catalog: Catalog) -> Iterator[Problem]:
    """From 0.15 on: the default and routes of the active profile must name backends that are on."""
    findings = Findings(catalog.release, Stage.ROUTING, Check.ROUTING, [])
    profile = catalog.profile
    if profile is None or catalog.behaviours.routes_to_disabled != "refused":
        return
    enabled = frozenset(catalog.enabled)
    targets = [(profile.default, profile.default_place, "default")] if profile.default else []
    targets += [(route.backend, route.place, f"route `{route.pattern}`") for route in profile.routes]
    for backend, place, what in targets:
        if backend in enabled or backend is None:
            continue
        exists = backend in catalog.backends
        findings.refuse(
            routing_codes.ROUTE_BACKEND_OFF if exists else routing_codes.ROUTE_BACKEND_UNKNOWN,
            "route backend",
            f"profile `{profile.name}`: {what} goes to backend `{backend}`,"
            f" which {'is off' if exists else 'does not exist'}",
            place,
            fix=f"turn `{backend}` on, or name a backend that is on"
            if exists
            else did_you_mean(backend, catalog.backends) or "name a backend that is on",
            cause=f"backend {backend}",
            subject=backend,
        )
    yield from findings.items
