"""The results of previous checks that still hold for a tree: same key, same address. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.catalog import Catalog
from core.files.state_folder import results_file, state_folder

if TYPE_CHECKING:
    from core.probes.check_plan import CheckPlan
    from core.probes.check_result import CheckResult


def stored_results(catalog: Catalog, environ: Mapping[str, str]) -> tuple[list[CheckResult], list[CheckPlan]]:
    """The stored results, and the plans of their backends. Both are empty where nothing is stored."""
    root, state = catalog.tree.paths.inference, state_folder(environ)
    if not results_file(root, state).exists():
        return [], []
    # Imported only where something is stored: the planner takes longer to import than a small tree to read.
    from core.probes.check_planner import plan_checks
    from core.probes.plan_options import PlanOptions
    from core.probes.result_cache import cached_backends, load_results
    from core.probes.trust import Trust

    names = [name for name in cached_backends(root, state) if name in catalog.backends]
    plans = plan_checks(catalog, names, PlanOptions(trust=Trust(state)))
    return load_results(root, state, plans), plans
