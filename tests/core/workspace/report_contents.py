"""Everything a report contains, with every location, to compare incremental with fresh reports."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Report, inspect_paths
from core.entities import Alias, Choice, Preset, Waterfall
from core.files.view import View


def contents(report: Report) -> dict[str, object]:
    """Everything in a report, by name."""
    catalog = report.catalog
    return {
        "resolutions": [
            (one, one.place and one.place.location, [hop.place and hop.place.location for hop in one.hops])
            for one in report.resolutions
        ],
        "trails": [report.trail(one) for one in report.resolutions],
        "matches": [one.match and one.match.place.location for one in report.resolutions],
        "lost": {
            spec.handle: [lost.route for lost in catalog.routes.lost(spec.handle)]
            for spec in catalog.specs
            if catalog.routes is not None
        },
        "models": [(spec, spec.place.location, spec.defaults and spec.defaults.location) for spec in catalog.specs],
        "values": [repr(spec.fields) for spec in catalog.specs],
        "declared": list(catalog.declared.items()),
        "backends": [(one, repr(one.fields), one.place.location) for one in catalog.backends.values()],
        "variables": [(catalog.variables_of(name), catalog.key_state(name)) for name in catalog.backends],
        "profiles": [
            (name, one, [route.place.location for route in (*one.routes, *one.optional_routes)])
            for name, one in catalog.profiles.items()
        ],
        "deck": list(_deck(report)),
        "covered": catalog.routes and catalog.routes.covered,
        "served": list(report.serving.served.items()),
        "by handle": list(report.serving.by_handle.items()),
        "assignments": list(report.serving.assignments.items()),
        "problems": report.problems,
        "causes": report.causes,
        "verdict": report.verdict,
    }


def _deck(report: Report) -> Iterator[object]:
    for name, family in report.catalog.families.items():
        yield name, family.model_type, family.settings
        entries: tuple[Alias | Waterfall | Preset | Choice, ...] = (
            *family.aliases.values(),
            *family.waterfalls.values(),
            *family.presets.values(),
            *family.choices,
        )
        for entry in entries:
            preset = entry if isinstance(entry, Preset) else getattr(entry, "value", None)
            yield entry, entry.place.location, repr(preset.fields) if isinstance(preset, Preset) else None
    for name, place in report.catalog.settings_places.items():
        yield name, place.location


def read_fresh(report: Report, view: View, profile: str | None = None) -> Report:
    """The report of the same tree in a view, from scratch."""
    catalog = report.catalog
    return inspect_paths(
        catalog.tree.paths,
        report.target,
        catalog.environment.shell,
        profile=profile,
        assume_keys=catalog.environment.assume_set,
        view=view,
        environment=catalog.environment,
    )


def difference(report: Report, view: View, profile: str | None = None) -> str:
    """The name of the first part that differs from a fresh report; empty when none does."""
    actual, expected = contents(report), contents(read_fresh(report, view, profile))
    return next((name for name, value in expected.items() if actual[name] != value), "")
