"""The user's settings: flags, environment variables and a settings file, in this order of precedence."""

from tui.settings.reader import LoadedSettings, read_settings
from tui.settings.schema import AppSettings

__all__ = ["AppSettings", "LoadedSettings", "read_settings"]
