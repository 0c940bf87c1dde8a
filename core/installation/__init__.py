"""The Pipelex that will run a project: its environment, its release, its packages and plugins."""

from __future__ import annotations

from core.installation.distributions import Packages, Plugin, normalized
from core.installation.environments import Origin, PythonEnvironment
from core.installation.find import Installation, ReleaseSource, find_installation, search_installation
from core.installation.pins import DISK_FILES, ProjectFiles, project_pins
from core.installation.requirements import Pin

__all__ = [
    "DISK_FILES",
    "Installation",
    "Origin",
    "Packages",
    "Pin",
    "Plugin",
    "ProjectFiles",
    "PythonEnvironment",
    "ReleaseSource",
    "find_installation",
    "normalized",
    "project_pins",
    "search_installation",
]
