"""What a release takes at an address of `backends.toml`, of a backend's file or of a profile: keys, types, bounds."""

from __future__ import annotations

from collections.abc import Mapping

from core.api import Report
from core.dialects.field_values import describe
from core.dialects.model_schema import BACKEND, FLAT_DEFAULTS, MODEL, header_fault
from core.dialects.routing_reader import PROFILE
from core.dialects.table_schema import Field
from core.edits.addresses import Address, Thing
from core.edits.refused import EditRefusedError
from core.entities import ModelSpec
from core.rules.backends import KNOWN_KEYS
from core.suggest import did_you_mean, near
from core.toml.edit.text_layout import Path
from core.variables import placeholders

_MISTYPED = 0.8
"""So near to a known key, another one is taken for a slip of the hand: `api_ky`, but not `region` for `aws_region`."""


def fields_of(report: Report, address: Address) -> Mapping[str, object]:
    """The fields of the thing that an address belongs to, those that it inherits included."""
    catalog = report.catalog
    if address.thing is Thing.BACKEND:
        return catalog.backends[address.name].fields
    if address.thing is Thing.MODEL:
        return spec_at(report, address).fields
    if address.thing is Thing.DEFAULTS:
        data = catalog.tree.specs[address.backend].data
        table = data.get("defaults") if address.keys[:1] == ("defaults",) else data
        return table if isinstance(table, Mapping) else {}
    table = catalog.tree.routing.data.get("profiles")
    profile = table.get(address.name) if isinstance(table, Mapping) else None
    return profile if isinstance(profile, Mapping) else {}


def spec_at(report: Report, address: Address) -> ModelSpec:
    """The model spec that an address belongs to."""
    table = address.keys[: len(address.keys) - len(address.field)]
    specs = report.catalog.specs_by_backend.get(address.backend, ())
    return next(spec for spec in specs if spec.place.path == table)


def check_value(report: Report, address: Address, value: object) -> None:
    """Raises EditRefusedError when the release would refuse a value at an address, or would take no note of it."""
    key = str(address.field[0])
    rule = _rule(report, address, key, value)
    whole = with_value(fields_of(report, address).get(key), address.field[1:], value)
    if isinstance(whole, str) and placeholders(whole):
        whole = report.catalog.environment.filled(whole)
        if placeholders(whole):
            return  # what stands there when it runs is not known here
    expected = rule.test(whole) if rule is not None else None
    if expected:
        found = describe(value, expected)
        raise EditRefusedError(f"`{address}` would be {found}, expected {expected}.", f"Give {expected}.")
    if address.thing is Thing.PROFILE:
        _check_backends(report, whole)


def with_value(old: object, way: Path, value: object) -> object:
    """A value with another one put in at a path below it; the tables on the way are made."""
    if not way:
        return value
    key = way[0]
    if isinstance(key, int):
        items = list(old) if isinstance(old, list) else []
        if not 0 <= key <= len(items):
            raise EditRefusedError(
                f"There are {len(items)} elements.", "Give the place of one of them, counted from 0."
            )
        return [*items[:key], with_value(items[key] if key < len(items) else None, way[1:], value), *items[key + 1 :]]
    table = old if isinstance(old, Mapping) else {}
    return {**table, key: with_value(table.get(key), way[1:], value)}


def _rule(report: Report, address: Address, key: str, value: object) -> Field | None:
    """The rule of a key; None for one that is open. Raises EditRefusedError when the release knows no such key."""
    release = report.release
    if address.thing is Thing.BACKEND:
        known = BACKEND.fields_of(release)
        meant = near(key, KNOWN_KEYS, cutoff=_MISTYPED)
        if meant and key not in KNOWN_KEYS and key not in report.catalog.backends[address.name].fields:
            raise EditRefusedError(
                f"`{key}` is near to `{meant[0]}`, and Pipelex would take no note of it.", f"Write `{meant[0]}`."
            )
        return known.get(key)
    if address.thing is Thing.PROFILE:
        return PROFILE.fields_of(release)[key]
    known = MODEL.fields_of(release)
    if address.thing is Thing.DEFAULTS:
        field = FLAT_DEFAULTS.get(key, "") if address.keys[0] != "defaults" else key
        if field not in known or field == "handle":
            names = FLAT_DEFAULTS if address.keys[0] != "defaults" else [name for name in known if name != "handle"]
            raise _unknown(report, key, names)
        return known[field]
    if key in known:
        return known[key]
    fault = header_fault(key, value, report.catalog.behaviours)
    if fault is not None:
        raise _unknown(report, key, known)
    return None


def _unknown(report: Report, key: str, known: Mapping[str, object] | list[str]) -> EditRefusedError:
    return EditRefusedError(
        f"Pipelex {report.release} knows no key `{key}` of models.",
        did_you_mean(key, known) or f"The keys are: {', '.join(known)}.",
    )


def _check_backends(report: Report, value: object) -> None:
    """Raises EditRefusedError when a profile would name a backend that does not exist."""
    named = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
    known = report.catalog.backends
    for name in named:
        if isinstance(name, str) and name not in known:
            raise EditRefusedError(f"There is no backend `{name}`.", did_you_mean(name, known) or "Add it first.")
