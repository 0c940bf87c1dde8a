"""What mends a problem that a provider told of: a model under a name that it does serve."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.live_codes import LIVE_MODEL_NOT_SERVED
from core.edits.fixes import Fix
from core.edits.model_edits import ChangeModelField
from core.problems import Problem
from core.suggest import near
from tui.view_model import ViewModel

_MOST_NAMES = 2000
"""Of what is served and not declared so many are looked through for near names."""


def heard_fixes(view: ViewModel, problem: Problem) -> Iterator[Fix]:
    """The nearest names that the provider lists, in the place of one that it does not."""
    result, index = view.live_results.of(problem), view.live_results.index
    if result is None or index is None or problem.diagnostic is not LIVE_MODEL_NOT_SERVED:
        return
    found = index.comparisons[result.backend]
    names = [model.id for model in found.undeclared[:_MOST_NAMES]]
    for item in found.not_served:
        spec = item.spec
        if spec.handle != problem.subject or (spec.origin("model_id") or spec.place).location != problem.location:
            continue
        for name in near(spec.model_id, names):
            intent = ChangeModelField(spec.backend, spec.handle, "model_id", name, spec.model_type)
            yield Fix(problem.code, intent, f"ask {spec.backend} for `{name}`, which it lists")
