"""The form of an item: of a backend, a model, a route or a profile; the deck has its own module."""

from __future__ import annotations

from collections.abc import Sequence

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
from tui.dialogs.pick import Choice
from tui.forms.deck_forms import deck_form
from tui.forms.field_descriptions import FIELDS
from tui.forms.form_fields import Field, FieldFactory, Form
from tui.forms.model_choices import backend_choices
from tui.labels import variables_label
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs

COSTS = ("input", "output")
"""The prices that are asked for even when the file has none."""
_FLAG = ValueSpec(ValueKind.FLAG, "true or false")
_PRICE = ValueSpec(ValueKind.NUMBER, "a price of 0 or more, in USD per million tokens")


def _keys(key: str) -> Path:
    """A field's key path: a table's field is named by both keys with a point between."""
    table, point, name = key.partition(".")
    return (table, name) if point else (key,)


def backend_form(view: ViewModel, ref: ItemRef) -> Form:
    """A backend: the table of `backends.toml`."""
    backend = view.catalog.backends[ref.name]
    found = settings_of(view.report, Node("backend", "", ref.name))
    shaped = _shaped(view, backend.fields, {one.key: one for one in found}, ("backends", ref.name))
    rules = BACKEND.fields_of(view.report.release)
    fields: list[Field] = []
    for key in dict.fromkeys(("enabled", "display_name", "endpoint", "api_key", *backend.fields, *rules)):
        value = backend.fields.get(key, True if key == "enabled" else None)
        if isinstance(value, dict):
            fields += shaped.table(key, value)
        elif key not in ("extra_config", "valued_constraints"):
            fields.append(shaped.field(key, rules.get(key), value=value))
    word, tone = variables_label(view.variables(ref.name))
    state: Runs = (("+ on" if backend.enabled else "- off", "good" if backend.enabled else "warn"), ("  ", ""))
    return Form((("backend  ", "dim"), (ref.name, "heading")), fields, ((*state, (word, tone)),))


def _shaped(view: ViewModel, values: object, layers: dict[str, Layers], before: Path) -> FieldFactory:
    def address(key: str) -> str:
        return dotted((*before, *_keys(key)))

    def unset(key: str) -> Intent:
        real = [layer for layer in layers[key].stack if layer.place is not None] if key in layers else []
        return ResetToBase(address(key)) if len(real) > 1 and before[0] != "models" else UnsetAt(address(key))

    assert isinstance(values, dict)
    return FieldFactory(view, values, layers, lambda key, value: SetValueAt(address(key), value), unset)


def model_form(view: ViewModel, ref: ItemRef, backend: str = "") -> Form:
    """A model as one backend declares it: the one that serves it, or the one of `backend`."""
    declared = view.declaring(ref)
    spec = next((one for one in declared if one.backend == backend), None) or view.spec_of(ref)
    assert spec is not None
    layers = {key: model_layers(view.report, spec, key) for key in spec.fields}
    before = ("models", spec.backend, spec.handle)
    shaped = _shaped(view, dict(spec.fields), layers, before)
    rules = MODEL.fields_of(view.report.release)
    fields: list[Field] = []
    first = ("model_type", "sdk", "model_id", "costs", "max_tokens", "inputs", "outputs")
    for key in dict.fromkeys((*(key for key in first if key in rules), *spec.fields, *rules)):
        value = spec.fields.get(key)
        if key == "costs":
            fields += _costs(shaped, spec)
        elif isinstance(value, dict):
            fields += shaped.table(key, value)
        elif key not in ("valued_constraints", "rules"):
            fields.append(shaped.field(key, rules.get(key), value=_usual(spec, key)))
    note = f"  of {len(declared)} that declare it" if len(declared) > 1 else ""
    about: Runs = (("at ", "dim"), (spec.backend, ""), (note, "dim"))
    return Form((("model  ", "dim"), (ref.name, "heading")), fields, (about,))


def _usual(spec: ModelSpec, key: str) -> object:
    return {"model_type": spec.model_type, "model_id": spec.model_id}.get(key)


def _costs(shaped: FieldFactory, spec: ModelSpec) -> list[Field]:
    prices: dict[str, object] = dict.fromkeys(COSTS)
    prices.update(spec.costs)
    found = {field.key: field for field in shaped.table("costs", prices)}
    out = []
    for field in found.values():
        test = _price
        out.append(
            Field(
                field.key,
                field.label.replace("costs.", "$ "),
                field.shown or "",
                field.text,
                field.origin,
                "USD per million tokens; not known is not 0",
                _PRICE,
                test,
                field.set,
                field.unset if field.value is not None else None,
                value=field.value,
            )
        )
    return out


def _price(value: object) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return None if good else "a price of 0 or more, in USD per million tokens"


def route_form(view: ViewModel, ref: ItemRef) -> Form:
    """A route; or the profile, for the rules that are fields of it."""
    profile = view.catalog.profile
    assert profile is not None
    route = next((one for one in (*profile.routes, *profile.optional_routes) if one.pattern == ref.name), None)
    if ref.family not in ("route", "optional") or route is None:
        return profile_form(view, profile.name)
    title: Runs = (("route  ", "dim"), (route.pattern, "heading"), (f"  in {profile.name}", "dim"))
    rule = view.routes[ref]
    about: Runs = ((f"takes {counted(len(rule.caught), 'model')}, {rule.served} of them served", "dim"),)
    return Form(title, _route(view, profile, route), (about,))


def _route(view: ViewModel, profile: Profile, route: Route) -> list[Field]:
    name, pattern = profile.name, route.pattern
    place = view.where(route.place.location)
    fields = [
        Field(
            "pattern",
            "models named",
            pattern,
            pattern,
            place,
            "a name, or one with * at its beginning or end",
            set=lambda value: RenamePattern(name, pattern, str(value)),
            value=pattern,
        ),
        Field(
            "backend",
            "go to",
            route.backend,
            route.backend,
            place,
            "the backend that is asked for them",
            set=lambda value: RetargetRoute(name, pattern, str(value)),
            picks=lambda: backend_choices(view),
            value=route.backend,
        ),
    ]
    if view.catalog.behaviours.optional_routes != "refused":
        word = "true" if route.optional else "false"
        fields.append(
            Field(
                "optional",
                "optional",
                word,
                word,
                "",
                "counts only while its backend is on, after all other routes",
                _FLAG,
                set=lambda value: SetRouteOptional(name, pattern, bool(value)),
                value=route.optional,
            )
        )
    return fields


def profile_form(view: ViewModel, name: str) -> Form:
    """A profile: its description, default, order of fallback, and routes."""
    profile = view.catalog.profiles[name]
    place = view.where(profile.place.location)
    order = profile.fallback_order or ()
    fields = [
        Field(
            "description",
            "description",
            profile.description,
            profile.description,
            place,
            FIELDS["description"],
            set=lambda value: SetProfileDescription(name, str(value)),
            value=profile.description,
        ),
        Field(
            "default",
            "default",
            profile.default or "",
            profile.default or "",
            view.where(profile.default_place.location) if profile.default else "",
            FIELDS["default"],
            set=lambda value: SetDefault(name, str(value)),
            unset=SetDefault(name, None) if profile.default else None,
            picks=lambda: backend_choices(view),
            value=profile.default,
        ),
    ]
    if view.catalog.behaviours.fallback_order:
        fields += _fallback(view, name, order)
    for routes in (profile.routes, profile.optional_routes):
        fields += [_in_profile(view, name, route, routes) for route in routes]
    active: Run = ("active", "good") if name == view.active else ("not active", "dim")
    return Form((("profile  ", "dim"), (name, "heading")), fields, ((active,),))


def _fallback(view: ViewModel, name: str, order: tuple[str, ...]) -> list[Field]:
    def moved(index: int, by: int) -> Intent | None:
        if not 0 <= index + by < len(order):
            return None
        rest = [*order[:index], *order[index + 1 :]]
        return SetFallbackOrder(name, (*rest[: index + by], order[index], *rest[index + by :]))

    def field(index: int, backend: str) -> Field:
        before, after = order[:index], order[index + 1 :]
        return Field(
            f"fallback {index}",
            f"fallback {index + 1}",
            backend,
            backend,
            "",
            "tried in this order; J and K move it, x takes it out",
            set=lambda value: SetFallbackOrder(name, (*before, str(value), *after)),
            unset=SetFallbackOrder(name, (*before, *after)),
            picks=lambda: backend_choices(view),
            move=lambda by: moved(index, by),
            value=backend,
        )

    add = Field(
        "fallback add",
        "fallback +",
        about="the backend to try next when the default does not have the model",
        set=lambda value: SetFallbackOrder(name, (*order, str(value))),
        picks=lambda: [choice for choice in backend_choices(view) if choice.key not in order],
    )
    return [*(field(index, backend) for index, backend in enumerate(order)), add]


def _in_profile(view: ViewModel, name: str, route: Route, among: Sequence[Route]) -> Field:
    def picks() -> list[Choice]:
        return backend_choices(view)

    def move(by: int) -> Intent | None:
        at = [one.pattern for one in among].index(route.pattern)
        return MoveRoute(name, route.pattern, "up" if by < 0 else "down") if 0 <= at + by < len(among) else None

    return Field(
        f"route {route.pattern}",
        route.pattern,
        f"-> {route.backend}" + (" (optional)" if route.optional else ""),
        route.backend,
        view.where(route.place.location),
        "J and K move it: the first pattern that takes a name wins",
        set=lambda value: RetargetRoute(name, route.pattern, str(value)),
        picks=picks,
        move=move,
        value=route.backend,
    )


def form_of(view: ViewModel, ref: ItemRef) -> Form | None:
    """The form of an item; None when there is no such item, or nothing of it can be edited."""
    if ref.kind == "profile":
        return profile_form(view, ref.name) if ref.name in view.catalog.profiles else None
    if not view.exists(ref):
        return None
    if ref.kind in DECK_KINDS:
        return deck_form(view, ref)
    if ref.kind == "model" and view.spec_of(ref) is not None:
        return model_form(view, ref)
    if ref.kind == "backend":
        return backend_form(view, ref)
    return route_form(view, ref) if ref.kind == "route" else None
