"""Limits: what a model's and its backend's constraints make of the settings that it is asked with."""

from __future__ import annotations

from core.catalog import Catalog
from core.entities import ModelSpec, as_float

DOUBLED = "temperature_must_be_multiplied_by_2"
UNSUPPORTED = "temperature_unsupported"
_MUST_BE_1 = "temperature_must_be_1"


def fixed_temperature(catalog: Catalog, spec: ModelSpec) -> float | None:
    """The temperature that a model uses whatever it is asked for: by its own constraints, or its backend's."""
    if _MUST_BE_1 in spec.names("constraints"):
        return 1
    backend = catalog.backends.get(spec.backend)
    for fields in (spec.fields, backend.fields if backend is not None else {}):
        valued = fields.get("valued_constraints")
        value = valued.get("fixed_temperature") if isinstance(valued, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return as_float(value)
    return None


def listed_constraints(catalog: Catalog, spec: ModelSpec) -> frozenset[str]:
    """The named constraints of a model and of its backend, which add up."""
    backend = catalog.backends.get(spec.backend)
    shared = backend.fields.get("listed_constraints") if backend is not None else None
    both = [*spec.names("listed_constraints"), *spec.names("constraints")]
    both += [item for item in shared if isinstance(item, str)] if isinstance(shared, list) else []
    return frozenset(both)


def sent_temperature(catalog: Catalog, spec: ModelSpec, asked: float) -> tuple[float | None, str]:
    """The temperature that reaches the model, and why it is another one than was asked for; None when none is sent."""
    fixed = fixed_temperature(catalog, spec)
    constraints = listed_constraints(catalog, spec)
    if UNSUPPORTED in constraints:
        return None, f"{spec.handle} takes no temperature"
    if fixed is not None:
        return fixed, f"{spec.handle} always uses {fixed:g}" if fixed != asked else ""
    if DOUBLED in constraints:
        return asked * 2, f"{spec.handle} counts twice as far"
    return asked, ""
