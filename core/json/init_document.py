"""The documents of `init`: the new tree, and the list of providers."""

from __future__ import annotations

from typing import TypedDict

from core.api import Report
from core.scaffold import Scaffold, ScaffoldPlan
from core.variables import State, Variable
from core.verdict import Verdict


class NewVariableDocument(TypedDict):
    """A variable that a provider needs, and its state here. Never its value."""

    name: str
    state: State
    source: str | None


class NewBackendDocument(TypedDict):
    """A backend of a new tree."""

    name: str
    title: str
    variables: list[NewVariableDocument]


class NewFileDocument(TypedDict):
    """A file of a new tree; `path` is relative to the `inference` folder."""

    path: str
    text: str


class InitDocument(TypedDict):
    """Printed by `pipedeck init --json`.

    `written` is false with `--dry-run`. `gaps` are the families whose required default no backend of the tree can fill.
    `verdict` and `summary` are those of `validate --assume-keys`.
    """

    tree: str
    release: str
    profile: str
    written: bool
    backends: list[NewBackendDocument]
    files: list[NewFileDocument]
    gaps: list[str]
    notes: list[str]
    verdict: Verdict | None
    summary: str | None


def init_document(scaffold: Scaffold, plan: ScaffoldPlan, report: Report | None) -> InitDocument:
    """Build the document of a new tree; `report` is the one of the written tree, None when nothing was written."""
    environment = scaffold.environment
    return {
        "tree": scaffold.location.inference,
        "release": str(plan.behaviours.release),
        "profile": plan.profile,
        "written": report is not None,
        "backends": [
            {
                "name": provider.name,
                "title": provider.title,
                "variables": [_variable(environment.variable(name)) for name in provider.variables],
            }
            for provider in plan.providers
        ],
        "files": [{"path": file.path, "text": file.text} for file in plan.files],
        "gaps": list(plan.gaps),
        "notes": list(plan.notes),
        "verdict": report.verdict[0] if report is not None else None,
        "summary": report.verdict[1] if report is not None else None,
    }


class ProviderDocument(TypedDict):
    """A provider that `init` can use; `chosen`: used without `--backend`. A list is printed by `init --list --json`."""

    name: str
    title: str
    offers: str
    variables: list[NewVariableDocument]
    chosen: bool


def providers_document(scaffold: Scaffold) -> list[ProviderDocument]:
    """Build the list of providers."""
    return [
        {
            "name": offer.name,
            "title": offer.title,
            "offers": offer.offers,
            "variables": [_variable(variable) for variable in offer.variables],
            "chosen": offer.name in scaffold.preselected,
        }
        for offer in scaffold.offers
    ]


def _variable(variable: Variable) -> NewVariableDocument:
    return {"name": variable.name, "state": variable.state, "source": variable.source}
