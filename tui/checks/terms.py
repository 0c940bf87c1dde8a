"""What checks go by: the limits the user wishes, the environment of the session, and whose answers theirs would be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from core.catalog import Catalog
from core.probes import result_cache
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import PlanOptions, plan_checks
from core.probes.transport import Settings
from tui.settings import AppSettings

NONCE: Final = secrets.token_bytes(16)
"""What keys are told apart under within this process: nothing of them is kept."""


def settings_from(settings: AppSettings, environ: Mapping[str, str]) -> Settings:
    """The limits of a run as the user's settings have them."""
    timeout = float(settings.check_timeout)
    usual = Settings()
    return Settings(
        concurrency=settings.check_at_once,
        per_check=timeout,
        loopback=min(usual.loopback, timeout) if timeout <= usual.per_check else timeout,
        total=max(float(settings.check_deadline), timeout),
        connect=min(usual.connect, timeout),
        proxy=settings.proxy or None,
        ca_file=settings.ca_file or environ.get("SSL_CERT_FILE") or None,
    )


def whose(terms: PlanOptions, catalog: Catalog, names: list[str]) -> Mapping[str, str]:
    """Whose answers those of some backends would be, now."""
    return whose_of(plan_checks(catalog, names, terms))


def whose_of(plans: Sequence[CheckPlan]) -> Mapping[str, str]:
    """The identity of key and address of each plan, by backend."""
    return {plan.backend: result_cache.fingerprint(plan, NONCE) for plan in plans}
