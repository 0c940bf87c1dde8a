"""A new tree as a document: what was planned, whether it was written, what came of it."""

from __future__ import annotations

from core.api import Report
from core.scaffold import Scaffold, ScaffoldPlan
from core.views.parts import Json


def init_document(scaffold: Scaffold, plan: ScaffoldPlan, report: Report | None) -> Json:
    """The document of `init`; `report` is that on the written tree, None when nothing was written."""
    return {
        "tree": scaffold.location.inference,
        "release": str(plan.behaviours.release),
        "profile": plan.profile,
        "written": report is not None,
        "backends": [
            {
                "name": found.name,
                "title": found.title,
                "variables": [_variable(scaffold, name) for name in found.variables],
            }
            for found in plan.providers
        ],
        "files": [{"path": file.path, "text": file.text} for file in plan.files],
        "gaps": list(plan.gaps),
        "remarks": list(plan.notes),
        "verdict": report.verdict[0].value if report is not None else None,
        "summary": report.verdict[1] if report is not None else None,
    }


def _variable(scaffold: Scaffold, name: str) -> Json:
    variable = scaffold.environment.variable(name)
    return {"name": name, "state": variable.state.value, "source": variable.source}
