"""Hypothetical reports: the same tree with another profile, with backends off, or without variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.api import Report, report_on
from core.catalog import Catalog, read_catalog, with_routing
from core.dialects.routing_reader import read_routing
from core.entities import Layer
from core.files.source import Source, layered
from core.files.tree_reader import Tree
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, Status
from core.toml.toml_reader import TomlDocument
from core.verdict import Verdict

ASSUMED = "what if"
"""The file name of assumed values."""


def as_if(
    report: Report, *, profile: str | None = None, disabled: Iterable[str] = (), lost: Iterable[str] = ()
) -> Report:
    """The report with another profile active, with backends `disabled`, or without the variables `lost`.

    Backends are turned off as by an override file; unknown ones are ignored. Reads no file. Pure.
    """
    turned = [name for name in disabled if name in report.catalog.backends]
    lost_variables = list(lost)
    if not turned and not lost_variables:
        if profile in (None, report.catalog.active):
            return report
        return report_on(_routed(report, profile), report.detected).with_knowledge(report.knowledge)
    catalog = report.catalog
    environment = catalog.environment.without(lost_variables) if lost_variables else catalog.environment
    tree = _without(catalog.tree, turned) if turned else catalog.tree
    profile_name = profile if profile is not None else catalog.active
    read = read_catalog(
        tree,
        catalog.behaviours,
        environment,
        dialect=catalog.dialect,
        profile=profile_name,
        installation=catalog.installation,
    )
    return report_on(read, report.detected).with_knowledge(report.knowledge)


def _routed(report: Report, profile: str | None) -> Catalog:
    """The catalog with another profile active; only the routing is reread."""
    catalog = report.catalog
    routing = read_routing(catalog.tree, catalog.behaviours, profile=profile)
    return with_routing(catalog, routing)


def _without(tree: Tree, disabled: Iterable[str]) -> Tree:
    data: dict[str, object] = {name: {"enabled": False} for name in disabled}
    document = TomlDocument(text=None, data=data, parse_error=None, toml_1_0=True)
    assumed = Source("", ASSUMED, Layer.PROJECT_OVERRIDE, document)
    return replace(tree, backends=layered((*tree.backends.sources, assumed), concatenate=tree.backends.concatenated))


# ---- summaries of profiles


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """The tree under one profile: its presets and choices by status, its served handles, the changes from now.

    `dies` counts the presets and choices that are alive now and dead then, `revives` the reverse.
    """

    name: str
    description: str
    active: bool
    boots: bool
    verdict: Verdict
    summary: str
    used: int
    callable: int
    dead: int
    refused: int
    models: int
    dies: int
    revives: int


def survey(report: Report) -> Iterator[ProfileSummary]:
    """A summary of every profile, in file order, each built when it is consumed."""
    now = _used(report)
    for name, profile in report.catalog.profiles.items():
        result = as_if(report, profile=name)
        used = _used(result)
        verdict, summary = result.verdict
        dead = sum(1 for status in used.values() if status is Status.DEAD)
        yield ProfileSummary(
            name=name,
            description=profile.description,
            active=name == report.catalog.active,
            boots=result.boots,
            verdict=verdict,
            summary=summary,
            used=len(used),
            callable=sum(1 for status in used.values() if status is Status.CALLABLE),
            dead=dead,
            refused=sum(1 for status in used.values() if status is Status.REFUSED),
            models=len(result.serving.served),
            dies=sum(1 for key, status in used.items() if status is Status.DEAD and now.get(key) is not Status.DEAD),
            revives=sum(1 for key, status in used.items() if status is not Status.DEAD and now.get(key) is Status.DEAD),
        )


def _used(report: Report) -> dict[tuple[str, str, str], Status]:
    """The status of presets and choices, which pipes use."""
    return {_key(item): item.status for item in report.resolutions if item.kind in (Kind.PRESET, Kind.CHOICE)}


def _key(item: Resolution) -> tuple[str, str, str]:
    return item.kind.value, item.family, item.name
