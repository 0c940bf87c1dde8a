"""The limits of checks, from the settings."""

from __future__ import annotations

from core.catalog import Catalog
from core.probes.certificates import certificates_of
from core.probes.run_settings import Settings
from tui.settings import AppSettings


def settings_from(settings: AppSettings, catalog: Catalog) -> Settings:
    """The limits of a run as the user's settings have them."""
    timeout = float(settings.check_timeout)
    defaults = Settings()
    return Settings(
        concurrency=settings.check_at_once,
        per_check=timeout,
        total=max(float(settings.check_deadline), timeout),
        connect=min(defaults.connect, timeout),
        certificates=certificates_of(catalog, settings.ca_file),
    )
