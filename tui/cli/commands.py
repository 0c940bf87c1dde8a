"""The names of the commands, and their modules."""

from __future__ import annotations

GROUPS = (
    (
        "inspect",
        ("validate", "resolve", "explain", "uses", "models", "routes", "keys", "compare", "releases"),
    ),
    ("ask the providers", ("check",)),
    (
        "edit; each takes --dry-run",
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
    ("start", ("init", "demo")),
    ("learn and set up", ("help", "settings", "completion", "schema")),
)
"""The commands by purpose, in the order of `--help`."""
COMMANDS = tuple(name for _, names in GROUPS for name in names)
HIDDEN = ("__names",)
"""Commands for programs, such as a shell that completes a line."""
_MODULES = {
    "edit_backends": ("backend", "model"),
    "edit_deck": ("alias", "waterfall", "preset", "choice"),
    "edit_names": ("use", "repoint"),
    "edit_routing": ("profile", "route"),
    "edit_values": ("set", "unset", "layer"),
    "shell_names": HIDDEN,
}
"""The commands of modules that have another name; any other command is a module of its own name."""


def module_of(command: str) -> str:
    """The module of this package that a command is in, imported only when the command is used."""
    return f"tui.cli.{next((module for module, names in _MODULES.items() if command in names), command)}"
