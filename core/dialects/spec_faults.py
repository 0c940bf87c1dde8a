"""The faults of a model's table of a backend file, as a release finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.dialects.model_schema import MODEL, header_fault, thinking_budget_fault
from core.dialects.table_schema import Fault
from core.entities import Backend
from core.errors import Condition
from core.releases import Behaviours, Release
from core.variables import Environment

_MIGRATED_SINCE = Release(0, 46, 0)


def spec_faults(
    table: Mapping[str, object],
    defaults: Mapping[str, object],
    backend: Backend,
    behaviours: Behaviours,
    environment: Environment,
) -> Iterator[Fault]:
    """The faults of a model's table merged over the defaults, in the order in which the release reports them."""
    release = behaviours.release
    schema_fields = MODEL.fields_of(release)
    headers = _header_faults(table, behaviours, environment) if not table.keys() <= schema_fields.keys() else []
    if behaviours.unknown_model_keys == "hyphenated header":
        yield from headers
    written = {**defaults, **table}
    fields = {
        key: environment.filled(value) if isinstance(value, str) and "${" in value else value
        for key, value in written.items()
        if key in schema_fields or (key not in table and not _is_migrated(key, release))
    }
    # Validation needs filled placeholders; messages quote the file, so that no variable is shown.
    faults = [
        replace(fault, value=written.get(str(fault.path[0]), fault.value)) for fault in MODEL.validate(fields, release)
    ]
    # In Pipelex a price of the wrong type raises another error before the other faults are reported.
    yield from (
        faults if len(faults) < 2 else sorted(faults, key=lambda fault: condition_of(fault) is Condition.SPEC_SHAPE)
    )
    if behaviours.model_defaults == "flat keys" and not (fields.get("sdk") or defaults.get("sdk")):
        yield Fault(("sdk",), None, "a value, here or as default_sdk at the top of the file", "missing")
    if behaviours.unknown_model_keys != "hyphenated header":
        yield from headers
    if not faults and "valued_constraints" in schema_fields and behaviours.thinking_budgets:
        own_constraints, shared = fields.get("valued_constraints"), backend.fields.get("valued_constraints")
        if not own_constraints and not shared:  # as in nearly every table
            return
        merged = {
            **(shared if isinstance(shared, dict) else {}),
            **(own_constraints if isinstance(own_constraints, dict) else {}),
        }
        expected = thinking_budget_fault(merged) if merged else None
        if expected:
            yield Fault(("valued_constraints",), merged, expected)


def _header_faults(table: Mapping[str, object], behaviours: Behaviours, environment: Environment) -> list[Fault]:
    """The faults of the unknown keys of a model's table, which may be request headers."""
    schema_fields = MODEL.fields_of(behaviours.release)
    keys = [key for key in table if key not in schema_fields and not _is_migrated(key, behaviours.release)]
    found = (header_fault(key, table[key], filled(table[key], environment), behaviours) for key in keys)
    return [fault for fault in found if fault is not None]


def filled(value: object, environment: Environment) -> object:
    """A value with its placeholders replaced, to validate it; the result must never be shown."""
    return environment.filled(value) if isinstance(value, str) else value


def condition_of(fault: Fault) -> Condition:
    """The condition under which the release refuses a table with a fault."""
    value = fault.value
    if fault.kind == "costs" and isinstance(value, Mapping):
        return (
            Condition.COST_TEXT
            if any(not isinstance(price, int | float) for price in value.values())
            else Condition.SPEC_SHAPE
        )
    if fault.kind in ("costs", "table") and not isinstance(value, Mapping):
        return Condition.TABLE_EXPECTED
    # Pipelex iterates over a string as a list of its letters, and refuses these.
    if fault.kind == "list" and isinstance(value, int | float):
        return Condition.LIST_EXPECTED
    return Condition.SPEC_SHAPE


def _is_migrated(key: str, release: Release) -> bool:
    """Whether 0.46 and newer drop a key in memory, with a warning."""
    return key == "prompting_target" and release >= _MIGRATED_SINCE
