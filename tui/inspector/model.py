"""What the inspector says of a model: who serves it by which route, and every field with its origin."""

from __future__ import annotations

from core.entities import ModelSpec
from core.prices import price_of
from tui.inspector.live import answer_section, tried_line
from tui.inspector.reference import status_lines
from tui.inspector.sheet import Sheet
from tui.inspector.trail import draw_trail
from tui.selection import ItemRef
from tui.view_model import ViewModel

FIRST = ("model_type", "sdk", "model_id", "max_tokens", "inputs", "outputs", "costs")
"""Fields that are shown first, whether the file says them or Pipelex's defaults do."""


def model_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A handle."""
    resolution = view.references[ref]
    spec = view.spec_of(ref)
    kind = spec.model_type if spec is not None else ref.family
    out = Sheet(view, width, (("model  ", "dim"), (ref.name, "heading"), (f"  {kind}", "dim")))
    status_lines(out, resolution)
    tried_line(out, spec)
    out.blank()
    draw_trail(out, resolution)
    answer_section(out, spec)
    if spec is not None:
        _fields(out, spec)
    others = [other for other in view.declaring(ref) if other is not spec]
    if others:
        out.heading("also declared by")
        for other in others:
            state = "on" if other.backend in view.catalog.enabled else "off"
            out.with_place(
                (
                    (other.backend, "accent"),
                    (f" {state}", "" if state == "on" else "warn"),
                    (f"  {price_of(other).text}", "dim"),
                ),
                view.where(other.place.location),
                link=ItemRef("backend", "", other.backend),
            )
    out.links("used by", view.users(ref))
    out.problems(view.problems_of(ref))
    return out


def _fields(out: Sheet, spec: ModelSpec) -> None:
    out.home = out.view.where(spec.place.location)
    out.heading("fields", out.home)
    for key in FIRST:
        if key == "costs" and spec.costs:
            _costs(out, spec)
        elif key in spec.fields:
            _field(out, spec, key, spec.fields[key])
        elif key == "model_type":
            out.field(key, spec.model_type, "Pipelex's default")
        elif key == "model_id":
            out.field(key, spec.model_id, "the handle")
        elif key in ("costs", "max_tokens"):
            out.field("price" if key == "costs" else key, "unknown", "not in the file", tone="dim")
    for key, value in spec.fields.items():
        if key not in FIRST:
            _field(out, spec, key, value)


def _field(out: Sheet, spec: ModelSpec, key: str, value: object) -> None:
    place = spec.origin(key)
    inherited = key not in spec.own
    if place is None:
        out.field(key, str(value), "Pipelex's default")
        return
    out.value(key, value, place.location, "defaults" if inherited else "")


def _costs(out: Sheet, spec: ModelSpec) -> None:
    place = spec.origin("costs")
    for name, amount in spec.costs.items():
        location = place.at(name).location if place is not None else None
        out.field(f"$ {name}", f"{amount:g} per million tokens", out.near(location))
