"""The form of an item: of a backend, a model, a route or a profile; those of the deck are in `deck_forms`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from core.dialects.field_values import ValueKind, ValueSpec
from core.dialects.model_schema import BACKEND, MODEL
from core.edits.address_edits import SetValueAt, UnsetAt
from core.edits.intent import Intent
from core.edits.layer_edits import ResetToBase
from core.edits.profile_edits import SetDefault, SetFallbackOrder, SetProfileDescription
from core.edits.route_edits import MoveRoute, RenamePattern, RetargetRoute, SetRouteOptional
from core.entities import ModelSpec, Profile, Route
from core.files.outline import dotted
from core.formatting import counted
from core.layers import Layers, model_layers, settings_of
from core.mentions import Node
from core.toml.edit.text_layout import Path
from tui.forms.deck_forms import deck_form
from tui.forms.form_fields import FIELDS, Field, FieldFactory, Form, entry_fields, file_layers
from tui.forms.model_choices import backend_choices
from tui.labels import variables_label
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs

_BOOLEAN = ValueSpec(ValueKind.FLAG, "true or false")
_PRICE = ValueSpec(ValueKind.NUMBER, "a price of 0 or more, in USD per million tokens")


def form_of(view: ViewModel, ref: ItemRef) -> Form | None:
    """The form of an item; None when there is no such item, or nothing of it can be edited."""
    if ref.kind == "profile":
        return _profile_form(view, ref.name) if ref.name in view.catalog.profiles else None
    if not view.exists(ref):
        return None
    if ref.kind in DECK_KINDS:
        return deck_form(view, ref)
    if ref.kind == "model":
        spec = view.spec_of(ref)
        return _model_form(view, ref, spec) if spec is not None else None
    if ref.kind == "backend":
        return _backend_form(view, ref)
    return _route_form(view, ref) if ref.kind == "route" else None


def _backend_form(view: ViewModel, ref: ItemRef) -> Form:
    backend = view.catalog.backends[ref.name]
    layers = {value.key: value for value in settings_of(view.report, Node("backend", "", ref.name))}
    factory = _factory(view, backend.fields, layers, ("backends", ref.name))
    rules = BACKEND.fields_of(view.report.release)
    fields: list[Field] = []
    for key in dict.fromkeys(("enabled", "display_name", "endpoint", "api_key", *backend.fields, *rules)):
        value = backend.fields.get(key)
        if isinstance(value, dict):
            fields += factory.table(key, value)
        elif key not in ("extra_config", "valued_constraints"):
            fields.append(factory.field(key, rules.get(key), default=True if key == "enabled" else None))
    sign: Run = ("+ on", "good") if backend.enabled else ("- off", "dim")
    variables: Run = variables_label(view.variables(ref.name))
    if backend.enabled and view.live.fails(view.catalog, ref.name):
        sign, variables = ("x on", "bad"), (variables[0], "")
    if backend.enabled and view.live.refuses_key(view.catalog, ref.name):
        variables = ("key refused", "bad")
    intro: Runs = (sign, ("  ", ""), variables)
    return Form((("backend  ", "dim"), (ref.name, "heading")), fields, intro)


def _factory(view: ViewModel, values: Mapping[str, object], layers: Mapping[str, Layers], table: Path) -> FieldFactory:
    def address(key: str) -> str:
        name, dot, inner = key.partition(".")
        return dotted((*table, name, inner) if dot else (*table, key))

    def unset(key: str) -> Intent:
        is_layered = table[0] != "models" and file_layers(layers.get(key)) > 1
        return ResetToBase(address(key)) if is_layered else UnsetAt(address(key))

    return FieldFactory(view, values, layers, lambda key, value: SetValueAt(address(key), value), unset, strict=True)


def _model_form(view: ViewModel, ref: ItemRef, spec: ModelSpec) -> Form:
    """The form of a model as the backend that serves it declares it."""
    layers = {key: model_layers(view.report, spec, key) for key in spec.fields}
    factory = _factory(view, spec.fields, layers, ("models", spec.backend, spec.handle))
    rules = MODEL.fields_of(view.report.release)
    defaults = {"model_type": spec.model_type, "model_id": spec.model_id}
    first = [
        key for key in ("model_type", "sdk", "model_id", "costs", "max_tokens", "inputs", "outputs") if key in rules
    ]
    fields: list[Field] = []
    for key in dict.fromkeys((*(key for key in first if key in rules), *spec.fields, *rules)):
        value = spec.fields.get(key)
        if key == "costs":
            prices = {"input": None, "output": None, **spec.costs}
            fields += factory.table("costs", prices, prefix="$ ", spec=_PRICE, validator=_price_error)
        elif isinstance(value, dict):
            fields += factory.table(key, value)
        elif key not in ("valued_constraints", "rules"):
            fields.append(factory.field(key, rules.get(key), default=defaults.get(key)))
    count = len(view.declaring(ref))
    note = f"  one of {count} backends that declare it" if count > 1 else ""
    return Form(
        (("model  ", "dim"), (ref.name, "heading")), fields, (("at ", "dim"), (spec.backend, ""), (note, "dim"))
    )


def _price_error(value: object) -> str | None:
    is_price = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return None if is_price else _PRICE.expected


def _route_form(view: ViewModel, ref: ItemRef) -> Form:
    """The form of a route; that of the profile for a rule that is a field of it."""
    profile = view.catalog.profile
    assert profile is not None
    routes = (*profile.routes, *profile.optional_routes)
    route = next((route for route in routes if route.pattern == ref.name), None)
    if ref.family not in ("route", "optional") or route is None:
        return _profile_form(view, profile.name)
    rule = view.routes[ref]
    return Form(
        (("route  ", "dim"), (route.pattern, "heading"), (f"  in {profile.name}", "dim")),
        _route_fields(view, profile, route),
        ((f"takes {counted(len(rule.caught), 'model')}, {rule.served} of them served", "dim"),),
    )


def _route_fields(view: ViewModel, profile: Profile, route: Route) -> list[Field]:
    name, pattern = profile.name, route.pattern
    place = view.location_text(route.place.location)
    fields = [
        Field(
            "pattern",
            "models named",
            lambda value: RenamePattern(name, pattern, str(value)),
            pattern,
            place,
            "a name, or a name with * at its start or end",
        ),
        Field(
            "backend",
            "go to",
            lambda value: RetargetRoute(name, pattern, str(value)),
            route.backend,
            place,
            "the backend that serves them",
            choices=partial(backend_choices, view),
        ),
    ]
    if view.catalog.behaviours.optional_routes != "refused":
        fields.append(
            Field(
                "optional",
                "optional",
                lambda value: SetRouteOptional(name, pattern, bool(value)),
                route.optional,
                note="applies only while its backend is on, after all other routes",
                spec=_BOOLEAN,
            )
        )
    return fields


def _profile_form(view: ViewModel, name: str) -> Form:
    """The form of a profile: its description, default, fallback order, and routes."""
    profile = view.catalog.profiles[name]
    fields = [
        Field(
            "description",
            "description",
            lambda value: SetProfileDescription(name, str(value)),
            profile.description,
            view.location_text(profile.place.location),
            FIELDS["description"],
        ),
        Field(
            "default",
            "default",
            lambda value: SetDefault(name, str(value)),
            profile.default,
            view.location_text(profile.default_place.location) if profile.default else "",
            FIELDS["default"],
            unset=SetDefault(name, None) if profile.default else None,
            choices=partial(backend_choices, view),
        ),
    ]
    if view.catalog.behaviours.fallback_order:
        fields += _fallback(view, name, profile.fallback_order or ())
    for routes in (profile.routes, profile.optional_routes):
        fields += [_profile_route(view, name, index, routes) for index in range(len(routes))]
    active = name == view.active
    intro: Runs = (("active" if active else "not active", "good" if active else "dim"),)
    return Form((("profile  ", "dim"), (name, "heading")), fields, intro)


def _fallback(view: ViewModel, name: str, order: tuple[str, ...]) -> list[Field]:
    def replaced(index: int, *backends: str) -> Intent:
        return SetFallbackOrder(name, (*order[:index], *backends, *order[index + 1 :]))

    def moved(index: int, target: int) -> Intent:
        remaining = [*order[:index], *order[index + 1 :]]
        return SetFallbackOrder(name, (*remaining[:target], order[index], *remaining[target:]))

    add = Field(
        "add",
        "fallback +",
        lambda value: SetFallbackOrder(name, (*order, str(value))),
        note="the next backend to try when the default does not have the model",
        choices=lambda: [choice for choice in backend_choices(view) if choice.key not in order],
    )
    return [*entry_fields(order, "fallback ", "", partial(backend_choices, view), replaced, replaced, moved), add]


def _profile_route(view: ViewModel, name: str, index: int, routes: Sequence[Route]) -> Field:
    route = routes[index]

    def move(delta: int) -> Intent | None:
        if not 0 <= index + delta < len(routes):
            return None
        return MoveRoute(name, route.pattern, "up" if delta < 0 else "down")

    return Field(
        f"routes.{index}",
        route.pattern,
        lambda value: RetargetRoute(name, route.pattern, str(value)),
        route.backend,
        view.location_text(route.place.location),
        "J and K move it: the first pattern that matches a name wins",
        choices=partial(backend_choices, view),
        move=move,
        display=f"-> {route.backend}" + (" (optional)" if route.optional else ""),
    )
