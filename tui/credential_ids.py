"""The identities of keys and addresses, and the stored results of previous sessions that still hold for them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from tui.live import Live

if TYPE_CHECKING:
    from core.catalog import Catalog
    from core.probes.check_plan import CheckPlan
    from core.probes.check_result import CheckResult
    from core.probes.plan_options import PlanOptions

NONCE: Final = os.urandom(16)
"""A random key of this process for fingerprints of keys: nothing of them is kept."""


class StoredResults(NamedTuple):
    """Stored results, and the identity of key and address of each backend."""

    results: Sequence[CheckResult]
    ids: Mapping[str, str]


def credential_ids(terms: PlanOptions | None, catalog: Catalog, names: list[str]) -> Mapping[str, str]:
    """The current identities of keys and addresses of some backends."""
    from core.probes.check_planner import plan_checks

    return credential_ids_of(plan_checks(catalog, names, terms))


def credential_ids_of(plans: Sequence[CheckPlan]) -> Mapping[str, str]:
    """The identity of key and address of each plan, by backend."""
    from core.probes.result_cache import fingerprint

    return {plan.backend: fingerprint(plan, NONCE) for plan in plans}


def read_stored(catalog: Catalog, environ: Mapping[str, str]) -> StoredResults | None:
    """The results of previous sessions that still hold; None without any. Sends nothing; may run in a thread."""
    from core.probes.result_cache import stored_results

    results, plans = stored_results(catalog, environ)
    return StoredResults(results, credential_ids_of(plans)) if results else None


def take_stored(live: Live, catalog: Catalog, stored: StoredResults) -> None:
    """Add the results of previous sessions to those of this one, which come first."""
    live.whose = live.whose or partial(credential_ids, None)
    missing = [result for result in stored.results if live.result(catalog, result.backend) is None]
    live.set_credential_ids(catalog, {result.backend: stored.ids[result.backend] for result in missing})
    live.take(catalog, missing)
