"""Fixes of causes: what removes a cause as a whole, beside the fixes of its problems."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report
from core.cause_groups import KEYS, with_keys, without_keys
from core.edits.backend_edits import SwitchBackend
from core.edits.edit_session import Batch
from core.edits.fixes.fix_base import Fix
from core.edits.intent import EditLayer, EditRefused
from core.edits.repoint_edits import UseOnly, accept, proposed
from core.files.view import View
from core.formatting import counted

_OFF = "off "
"""Prefix of the key of a cause: a backend that is off."""
_MOST_BACKENDS = 3
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
    for name in ready[:_MOST_BACKENDS]:
        replacements = proposed(report, view, name)
        if not isinstance(replacements, EditRefused):
            yield Fix(UseOnly(name, accept(replacements)), f"use only {name}, whose key is set")
    keyless = without_keys(report.catalog)
    label = f"turn {counted(len(keyless), 'backend')} off"
    switches = tuple((SwitchBackend(name, False), EditLayer.AUTO) for name in keyless)
    yield Fix(Batch(label, switches), f"turn the {len(keyless)} backends without their keys off")
