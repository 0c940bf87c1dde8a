"""The names of the commands."""

from __future__ import annotations

COMMANDS = (
    "validate",
    "check",
    "resolve",
    "explain",
    "uses",
    "models",
    "routes",
    "keys",
    "compare",
    "releases",
    "set",
    "unset",
    "layer",
    "use",
    "repoint",
    "backend",
    "model",
    "profile",
    "route",
    "alias",
    "waterfall",
    "preset",
    "choice",
    "fix",
    "undo",
    "init",
    "demo",
    "settings",
    "help",
    "completion",
    "schema",
)
"""The commands, in the order of `--help`. Each is a module of this package, imported only when it is asked for."""
HIDDEN = ("__names",)
"""Commands for programs, such as a shell that completes a line."""
