"""What its user has set: a file of their own, environment variables, flags; the nearest of them wins."""

from tui.settings.read import Effective, Settings, read_settings

__all__ = ["Effective", "Settings", "read_settings"]
