"""The limits of checks, from the settings."""

from __future__ import annotations

from core.probes.run_settings import Settings
from core.probes.surroundings import certificates_of
from core.variables import Environment
from tui.settings import AppSettings


def settings_from(settings: AppSettings, environment: Environment) -> Settings:
    """The limits of a run as the user's settings have them."""
    timeout = float(settings.check_timeout)
    defaults = Settings()
    return Settings(
        concurrency=settings.check_at_once,
        per_check=timeout,
        total=max(float(settings.check_deadline), timeout),
        connect=min(defaults.connect, timeout),
        certificates=certificates_of(environment, settings.ca_file),
    )
