"""The inputs of checks: limits from the settings, the owners of results, and stored results of previous sessions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from core.catalog import Catalog
from core.files.state_folder import state_folder
from core.probes import result_cache
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import PlanOptions, plan_checks
from core.probes.check_result import CheckResult
from core.probes.transport import Settings
from core.probes.trust import Trust
from tui.settings import AppSettings

if TYPE_CHECKING:
    from tui.messages import StoredResultsLoaded
    from tui.protocols import MainScreenProtocol
    from tui.session import Session
    from tui.view_model import ViewModel

NONCE: Final = secrets.token_bytes(16)
"""A random key of this process for fingerprints of keys: nothing of them is kept."""


def settings_from(settings: AppSettings, environ: Mapping[str, str]) -> Settings:
    """The limits of a run as the user's settings have them."""
    timeout = float(settings.check_timeout)
    defaults = Settings()
    return Settings(
        concurrency=settings.check_at_once,
        per_check=timeout,
        loopback=min(defaults.loopback, timeout) if timeout <= defaults.per_check else timeout,
        total=max(float(settings.check_deadline), timeout),
        connect=min(defaults.connect, timeout),
        proxy=settings.proxy or None,
        ca_file=settings.ca_file or environ.get("SSL_CERT_FILE") or None,
    )


def credential_ids(terms: PlanOptions, catalog: Catalog, names: list[str]) -> Mapping[str, str]:
    """Whose answers those of some backends would be, now."""
    return credential_ids_of(plan_checks(catalog, names, terms))


def credential_ids_of(plans: Sequence[CheckPlan]) -> Mapping[str, str]:
    """The identity of key and address of each plan, by backend."""
    return {plan.backend: result_cache.fingerprint(plan, NONCE) for plan in plans}


def load_stored_results(session: Session, view: ViewModel) -> StoredResultsLoaded:
    """The results of previous sessions that still hold, and whose they are. Sends nothing; to be called in a thread."""
    from tui.messages import StoredResultsLoaded

    root, state = view.catalog.tree.paths.inference, state_folder(session.environ)
    names = [name for name in result_cache.cached_backends(root, state) if name in view.catalog.backends]
    plans = plan_checks(view.catalog, names, PlanOptions(trust=Trust(state)))
    return StoredResultsLoaded(result_cache.load_results(root, state, plans), credential_ids_of(plans))


def show_stored_results(screen: MainScreenProtocol, results: Sequence[CheckResult], owners: Mapping[str, str]) -> None:
    """Merge the results of previous sessions into those of this one."""
    view, live = screen.session.view, screen.session.live
    if view is None or not results:
        return
    live.whose = live.whose or partial(credential_ids, PlanOptions())
    live.set_credential_ids(
        view.catalog, {name: text for name, text in owners.items() if live.result(view.catalog, name) is None}
    )
    live.take(view.catalog, [result for result in results if live.result(view.catalog, result.backend) is None])
    screen.panes["backends"].show_again()
    screen.show_item(screen.session.selected, keep_place=True)
