"""The JSON of `pipedeck init`: the new tree, and the list of providers."""

from __future__ import annotations

from core.api import Report
from core.json.document import Document
from core.scaffold import Scaffold, ScaffoldPlan
from core.scaffold.scaffold import Offer
from core.scaffold.scaffold_plan import NewFile
from core.scaffold.templates import ProviderTemplate
from core.variables import Environment, State, Variable
from core.verdict import Verdict


class NewVariableDocument(Document):
    """A variable that a provider needs, and its state here. Never its value."""

    def __init__(self, variable: Variable) -> None:
        self.name: str = variable.name
        self.state: State = variable.state
        self.source: str | None = variable.source


class NewBackendDocument(Document):
    """A backend of a new tree."""

    def __init__(self, provider: ProviderTemplate, environment: Environment) -> None:
        self.name: str = provider.name
        self.title: str = provider.title
        self.variables: list[NewVariableDocument] = [
            NewVariableDocument(environment.variable(name)) for name in provider.variables
        ]


class NewFileDocument(Document):
    """A file of a new tree; `path` is relative to the `inference` folder."""

    def __init__(self, file: NewFile) -> None:
        self.path: str = file.path
        self.text: str = file.text


class InitDocument(Document):
    """Printed by `pipedeck init --json`.

    `written` is false with `--dry-run`. `gaps` are the families whose required default no backend of the tree can fill.
    `verdict` and `summary` are those of `validate --assume-keys`.
    """

    def __init__(self, scaffold: Scaffold, plan: ScaffoldPlan, report: Report | None) -> None:
        """Build the document of a new tree; `report` is the one of the written tree, None when nothing was written."""
        self.tree: str = scaffold.location.inference
        self.release: str = str(plan.behaviours.release)
        self.profile: str = plan.profile
        self.written: bool = report is not None
        self.backends: list[NewBackendDocument] = [
            NewBackendDocument(provider, scaffold.environment) for provider in plan.providers
        ]
        self.files: list[NewFileDocument] = [NewFileDocument(file) for file in plan.files]
        self.gaps: list[str] = list(plan.gaps)
        self.notes: list[str] = list(plan.notes)
        self.verdict: Verdict | None = report.verdict[0] if report is not None else None
        self.summary: str | None = report.verdict[1] if report is not None else None


class ProviderDocument(Document):
    """A provider that `init` can use; `chosen`: used without `--backend`. A list is printed by `init --list --json`."""

    def __init__(self, offer: Offer, *, chosen: bool) -> None:
        self.name: str = offer.name
        self.title: str = offer.title
        self.offers: str = offer.offers
        self.variables: list[NewVariableDocument] = [NewVariableDocument(variable) for variable in offer.variables]
        self.chosen: bool = chosen


def providers_document(scaffold: Scaffold) -> list[ProviderDocument]:
    """Build the list of providers."""
    return [ProviderDocument(offer, chosen=offer.name in scaffold.preselected) for offer in scaffold.offers]
