"""Checks that a release makes while loading a tree, beyond schemas: route targets, overrides, presets and settings."""

from __future__ import annotations

from dataclasses import replace

from core.catalog import Catalog, misnamed
from core.diagnostics import backend_codes, deck_codes, model_codes, routing_codes
from core.dialects.backend_reader import GATEWAY, MANIFOLD, SPECS_SECTION
from core.dialects.file_problems import report_source
from core.entities import Choice, Place
from core.errors import Condition
from core.incremental import Cache
from core.problems import Check, Findings, Problem, Stage
from core.providers.table import VERTEX
from core.references import is_empty_reference, parse_reference
from core.resolution import Resolver, switched_off
from core.serving import Serving
from core.settings.in_force import settings_in_force
from core.settings.problems import report_settings, report_terms, report_unknown_prefixes
from core.start_checks import check_methods_folder, check_start, check_start_folder, first_start
from core.suggest import did_you_mean

_GATEWAY_FIX = "turn it off and route to a backend of your own; `pipelex migrate` removes it"


def load_problems(catalog: Catalog, serving: Serving, resolver: Resolver, cache: Cache) -> tuple[Problem, ...]:
    """Every problem of loading, in the order in which the target release meets them.

    The start itself comes first: its folder and `.env` files, then the settings. Up to 0.14 routing profiles are read
    before backends; from 0.15 on they are read afterwards, and the targets of the active profile are checked. From 0.79
    on, what former releases left in the tree is refused before it is read.
    """
    items: list[Problem] = []
    findings = Findings(catalog.release, Stage.BACKENDS, Check.BACKENDS, items)
    check_start(catalog, findings)
    if catalog.tree.pyproject is not None:
        report_source(catalog.tree.pyproject, findings, "pyproject")
    readiness = catalog.readiness
    open_registry = None if readiness.packages is None and not readiness.open_registry else readiness.open_registry
    report_settings(catalog.tree.settings, catalog.settings_in_force, findings, open_registry=open_registry)
    _check_terms_and_telemetry(catalog, findings)
    check_start_folder(catalog, findings)
    if catalog.behaviours.gateway == "retired":
        _check_gateway(catalog, findings)
    if catalog.behaviours.load_order == "backends first":
        items += catalog.backend_problems
    items += catalog.routing_problems
    unread = catalog.behaviours.load_order == "backends first" and catalog.backends_unread is not None
    if catalog.behaviours.routes_to_disabled == "refused" and not unread:
        _check_route_targets(catalog, findings.within(Stage.ROUTING, Check.ROUTING))
    if catalog.behaviours.load_order != "backends first":
        items += catalog.backend_problems
    _check_vertex(catalog, items)
    items[:] = _with_names(catalog, items)
    items += catalog.deck_problems
    items += serving.problems
    for family in catalog.families.values():
        for choice in family.choices:
            if choice.kind == "override" and isinstance(choice.value, str):
                _check_override(choice, choice.value, resolver, findings.within(Stage.DECK, Check.PRESETS))
    if catalog.behaviours.presets_checked_by_name:
        _check_handles(resolver, cache, findings.within(Stage.FINAL, Check.MODELS))
        _check_presets(resolver, findings.within(Stage.FINAL, Check.PRESETS))
    check_methods_folder(catalog, findings.within(Stage.FINAL, Check.BACKENDS))
    return first_start(catalog, tuple(items))


def _check_vertex(catalog: Catalog, items: list[Problem]) -> None:
    """Add what stops the start in an enabled backend of Vertex AI, before the problems of later backends."""
    for name in (name for name in VERTEX.backends if name in catalog.enabled):
        from core.probes.cloud_credentials import vertex_stop  # rare

        stop = vertex_stop(catalog, catalog.backends[name])
        if stop is None:
            continue
        found: list[Problem] = []
        Findings(catalog.release, Stage.SPECS, Check.BACKENDS, found).refuse(
            stop.diagnostic,
            stop.condition,
            f"backend `{name}`: {stop.message}",
            catalog.backends[name].place,
            fix=stop.fix,
            subject=name,
        )
        order = list(catalog.parts)
        later = [one for other in order[order.index(name) + 1 :] for one in catalog.parts[other].problems]
        at = next((number for number, item in enumerate(items) if item in later), len(items))
        items[at:at] = found


def _with_names(catalog: Catalog, items: list[Problem]) -> list[Problem]:
    """The problems, those of a misnamed header or file of a backend as one cause with its one fix."""
    if not catalog.misnamed:
        return items
    result = []
    for item in items:
        told = misnamed(catalog, item.subject or "")
        concerned = item.diagnostic in (backend_codes.BACKEND_FILE_MISSING, routing_codes.ROUTE_BACKEND_UNKNOWN)
        result.append(replace(item, fix=told[1], cause=told[0]) if concerned and told else item)
    return result


def _check_terms_and_telemetry(catalog: Catalog, findings: Findings) -> None:
    """Report the gateway's terms where it is on, and the problems of `telemetry.toml`.

    Where every variable is assumed to be set, so is the consent: a pipeline of CI needs none.
    """
    tree, release = catalog.tree, catalog.release
    for name in () if catalog.environment.assume_set else catalog.remote:
        terms = settings_in_force(tree.terms, release, "service")
        report_terms(tree.terms, terms, catalog.backends[name], findings)
    telemetry = settings_in_force(tree.telemetry, release, "telemetry")
    report_settings(tree.telemetry, telemetry, findings, invalid=Condition.TELEMETRY)
    report_unknown_prefixes(tree.telemetry, findings)


def _check_gateway(catalog: Catalog, findings: Findings) -> None:
    """Report the gateway if it is on or routed to, and `model_specs_section`, which 0.79 and newer refuse."""

    def refuse(message: str, place: Place | None, fix: str, subject: str) -> None:
        cause = f"backend {GATEWAY}" if subject == GATEWAY else None
        code = backend_codes.GATEWAY_RETIRED
        findings.refuse(code, Condition.FORMER_RELEASE, message, place, fix=fix, cause=cause, subject=subject)

    gateway = catalog.backends.get(GATEWAY)
    if gateway is not None and gateway.enabled:
        refuse(f"backend `{GATEWAY}` is on, but 0.73 removed it", gateway.place, _GATEWAY_FIX, GATEWAY)
    for backend in catalog.backends.values():
        if backend.enabled and SPECS_SECTION in backend.fields and backend.name not in (GATEWAY, MANIFOLD):
            fix = f"list its models in backends/{backend.name}.toml and remove the key"
            message = f"backend `{backend.name}`: `{SPECS_SECTION}` was removed in 0.73"
            refuse(message, backend.place.at(SPECS_SECTION), fix, SPECS_SECTION)
    profile = catalog.profile
    if profile is None:
        if catalog.active == f"all_{GATEWAY}":
            message = f"profile `{catalog.active}` was removed in 0.73"
            refuse(message, catalog.active_place, "make another profile active", catalog.active)
    elif profile.default == GATEWAY or any(route.backend == GATEWAY for route in profile.routes):
        message = f"profile `{profile.name}` sends models to `{GATEWAY}`, which 0.73 removed"
        refuse(message, profile.place, _GATEWAY_FIX, GATEWAY)


def _check_route_targets(catalog: Catalog, findings: Findings) -> None:
    """Check that the default and the routes of the active profile go to enabled backends (from 0.15 on)."""
    profile = catalog.profile
    if profile is None:
        return
    enabled = frozenset(catalog.enabled)
    targets = [(profile.default, profile.default_place, "default")] if profile.default else []
    targets += [(route.backend, route.place, f"route `{route.pattern}`") for route in profile.routes]
    for backend, place, label in targets:
        if backend in enabled or backend is None:
            continue
        exists = backend in catalog.backends
        fix = f"turn `{backend}` on, or name an enabled backend"
        if not exists:
            fix = did_you_mean(backend, catalog.backends) or "name an enabled backend"
        findings.refuse(
            routing_codes.ROUTE_BACKEND_OFF if exists else routing_codes.ROUTE_BACKEND_UNKNOWN,
            Condition.ROUTE_BACKEND,
            f"profile `{profile.name}`: {label} goes to backend `{backend}`,"
            f" which {'is off' if exists else 'does not exist'}",
            place,
            fix=fix,
            cause=f"backend {backend}",
            subject=backend,
        )


def _check_override(choice: Choice, text: str, resolver: Resolver, findings: Findings) -> None:
    """Check that a choice override names something that exists; `disabled` means no override."""
    behaviours, family = resolver.behaviours, resolver.catalog.families[choice.family]
    if switched_off(choice, behaviours):
        return
    if behaviours.sigils:
        if is_empty_reference(text) or resolver.names.chosen(parse_reference(text), choice.family):
            return
        names = {"$": family.presets, "@": family.aliases, "~": family.waterfalls}
        candidates = [sigil + name for sigil, entries in names.items() for name in entries]
        state = "which does not exist"
    else:
        if text in family.presets:
            return
        candidates, state = [*family.presets], "which is not a preset"
        if resolver.names.plain_defined(text):
            state += f" (it is a model or alias; in {behaviours.release} an override must name a preset)"
    findings.refuse(
        deck_codes.OVERRIDE_UNKNOWN,
        Condition.OVERRIDE_UNKNOWN,
        f"choice override `{choice.key}` names `{text}`, {state}",
        choice.place,
        fix=did_you_mean(text, candidates) or 'name a preset, or write "disabled"',
        subject=text,
    )


def _check_handles(resolver: Resolver, cache: Cache, findings: Findings) -> None:
    """Check that a reference can name each served model: a full start looks up every handle (from 0.18 on)."""
    unreachable = cache.reuse("unreachable handles", (resolver.catalog.models,), resolver.unreachable)
    for _, handle in resolver.serving.served if unreachable else ():
        if handle in unreachable:
            spec = resolver.serving.by_handle[handle][0]
            findings.refuse(
                model_codes.HANDLE_UNREACHABLE,
                Condition.HANDLE_UNREACHABLE,
                f"model `{handle}` of backend `{spec.backend}`: no reference can name this handle",
                spec.place,
                fix=f"remove the blanks around it: write `{handle.strip()}`"
                if handle.strip() and handle != handle.strip() and resolver.names.finds_itself(handle.strip())
                else "choose a non-empty handle without a sigil, prefix or trailing blanks",
                subject=handle,
            )


def _check_presets(resolver: Resolver, findings: Findings) -> None:
    """Check by name that each preset's model exists: fatal for an empty reference, or if `pipelex.toml` says so."""
    sigils, names = resolver.behaviours.sigils, resolver.names
    for family in resolver.catalog.families.values():
        for preset in family.presets.values():
            text, place = preset.reference, preset.place.at(preset.handle_key)
            if sigils and is_empty_reference(text):
                message, fix = f"preset `{preset.name}` names no model", "name a model or an alias"
                code = deck_codes.EMPTY_REFERENCE
                findings.refuse(code, Condition.EMPTY_REFERENCE, message, place, fix=fix, subject=preset.name)
                return
            parsed = parse_reference(text)
            if names.written_defined(parsed, preset.family) if sigils else names.handle_defined(text, preset.family):
                continue
            if resolver.catalog.settings.missing_presets == "raise":
                message = f"preset `{preset.name}` names `{text}`, which does not exist"
                findings.refuse(
                    deck_codes.PRESET_MODEL_UNKNOWN,
                    Condition.PRESET_UNKNOWN,
                    f"{message}; missing_presets_reaction is raise",
                    place,
                    fix="name a served model or an alias",
                    subject=text,
                )
            break  # Pipelex stops at the first unknown preset of a family
