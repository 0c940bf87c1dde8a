"""The names of the commands."""

from __future__ import annotations

GROUPS = (
    (
        "look",
        ("validate", "resolve", "explain", "uses", "models", "routes", "keys", "compare", "releases"),
    ),
    ("ask the providers", ("check",)),
    (
        "change; each takes --dry-run",
        (
            "use",
            "repoint",
            "fix",
            "undo",
            "set",
            "unset",
            "layer",
            "backend",
            "model",
            "profile",
            "route",
            "alias",
            "waterfall",
            "preset",
            "choice",
        ),
    ),
    ("begin", ("init", "demo")),
    ("learn and set up", ("help", "settings", "completion", "schema")),
)
"""The commands by what they are for, in the order of `--help`. Each is a module of this package, imported only when it
is asked for.
"""
COMMANDS = tuple(name for _, names in GROUPS for name in names)
HIDDEN = ("__names",)
"""Commands for programs, such as a shell that completes a line."""
