"""Fixes of causes as a whole, and fixes that make an unserved model callable."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.cause_groups import KEYS, with_keys, without_keys
from core.edits.backend_edits import SwitchBackend
from core.edits.batch import Batch
from core.edits.fixes.fix_base import Fix
from core.edits.intent import EditLayer, EditRefused
from core.edits.repoint_edits import UseOnly, accept, proposed
from core.edits.route_edits import AddRoute, RetargetRoute
from core.files.view import View
from core.formatting import counted

_OFF = "off "
"""Prefix of the key of a cause: a backend that is off."""
_MAX_BACKENDS = 3
"""Backends that are offered for use alone."""


def fixes_of_cause(report: Report, view: View, key: str) -> Iterator[Fix]:
    """The fixes of a cause by its key, not judged yet. `view` is the one that `report` was read from."""
    name = key.removeprefix(_OFF)
    if name != key and name in report.catalog.backends:
        yield Fix(SwitchBackend(name, True), f"turn {name} on")
    if key == KEYS:
        yield from _fixes_of_keys(report, view)


def _fixes_of_keys(report: Report, view: View) -> Iterator[Fix]:
    ready = with_keys(report.catalog)
    for name in ready[:_MAX_BACKENDS]:
        replacements = proposed(report, view, name)
        if not isinstance(replacements, EditRefused):
            yield Fix(UseOnly(name, accept(replacements)), f"use only {name}, whose key is set")
    keyless = without_keys(report.catalog)
    label = f"turn {counted(len(keyless), 'backend')} off"
    switches = tuple((SwitchBackend(name, False), EditLayer.AUTO) for name in keyless)
    yield Fix(Batch(label, switches), f"turn the {len(keyless)} backends without their keys off")


def fixes_of_model(report: Report, handle: str) -> Iterator[Fix]:
    """Ways to serve a declared model that nothing serves: a route to a backend that declares it, or that backend on."""
    catalog = report.catalog
    profile = catalog.profiles.get(str(catalog.active))
    routes = (*profile.routes, *profile.optional_routes) if profile is not None else ()
    for backend in dict.fromkeys(spec.backend for spec in catalog.declared.get(handle, ())):
        if backend not in catalog.enabled:
            yield Fix(SwitchBackend(backend, True), f"turn {backend} on")
        elif profile is not None and any(route.pattern == handle for route in routes):
            yield Fix(RetargetRoute(profile.name, handle, backend), f"route {handle} to {backend}")
        elif profile is not None:
            yield Fix(AddRoute(profile.name, handle, backend), f"route {handle} to {backend}")
