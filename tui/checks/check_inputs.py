"""The limits of checks, from the settings."""

from __future__ import annotations

from collections.abc import Mapping

from core.probes.transport import Settings
from tui.settings import AppSettings


def settings_from(settings: AppSettings, environ: Mapping[str, str]) -> Settings:
    """The limits of a run as the user's settings have them."""
    timeout = float(settings.check_timeout)
    defaults = Settings()
    return Settings(
        concurrency=settings.check_at_once,
        per_check=timeout,
        total=max(float(settings.check_deadline), timeout),
        connect=min(defaults.connect, timeout),
        proxy=settings.proxy or None,
        ca_file=settings.ca_file or environ.get("SSL_CERT_FILE") or None,
    )
