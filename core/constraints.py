"""Constraints of models and backends, and their effect on the temperature of a call."""

from __future__ import annotations

from core.catalog import Catalog
from core.entities import ModelSpec, as_float

DOUBLED = "temperature_must_be_multiplied_by_2"
UNSUPPORTED = "temperature_unsupported"
_MUST_BE_1 = "temperature_must_be_1"


def fixed_temperature(catalog: Catalog, spec: ModelSpec) -> float | None:
    """The only temperature a model accepts, by its own constraints or its backend's; None if it is free."""
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
    """The listed constraints of a model and of its backend."""
    backend = catalog.backends.get(spec.backend)
    shared = backend.fields.get("listed_constraints") if backend is not None else None
    both = [*spec.names("listed_constraints"), *spec.names("constraints")]
    both += [item for item in shared if isinstance(item, str)] if isinstance(shared, list) else []
    return frozenset(both)


def sent_temperature(catalog: Catalog, spec: ModelSpec, requested: float) -> tuple[float | None, str]:
    """The temperature sent to the model (None: not sent), and the reason if it is not the requested one."""
    fixed = fixed_temperature(catalog, spec)
    constraints = listed_constraints(catalog, spec)
    if UNSUPPORTED in constraints:
        return None, f"{spec.handle} takes no temperature"
    if fixed is not None:
        return fixed, f"{spec.handle} always uses {fixed:g}" if fixed != requested else ""
    if DOUBLED in constraints:
        return requested * 2, f"{spec.handle} takes temperatures from 0 to 2"
    return requested, ""
