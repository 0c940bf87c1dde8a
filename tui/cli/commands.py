"""The names of the commands, and their modules."""

from __future__ import annotations

from collections.abc import Sequence

GROUPS = (
    (
        "inspect",
        (
            "validate",
            "resolve",
            "explain",
            "uses",
            "pipes",
            "models",
            "lives",
            "prices",
            "spent",
            "routes",
            "map",
            "keys",
            "drift",
            "compare",
            "review",
            "releases",
        ),
    ),
    ("ask the providers", ("check",)),
    (
        "edit; each but recover takes --dry-run",
        (
            "use",
            "repoint",
            "upgrade",
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
            "recover",
        ),
    ),
    ("start", ("init", "demo")),
    ("help and setup", ("help", "settings", "completion", "schema")),
)
"""The commands by purpose, in the order of `--help`."""
COMMANDS = tuple(name for _, names in GROUPS for name in names)
HIDDEN = ("__complete",)
"""Commands for programs, such as a shell that completes a line."""
_MODULES = {
    "edit_backends": ("backend", "model"),
    "edit_deck": ("alias", "waterfall", "preset", "choice"),
    "edit_routing": ("profile", "route"),
    "edit_values": ("use", "repoint", "set", "unset", "layer"),
    "lives": ("lives", "prices"),
    "line_completion": HIDDEN,
    "listings": ("models", "routes", "keys"),
    "comparisons": ("compare", "releases"),
    "reference_commands": ("resolve", "explain"),
    "upgrade": ("upgrade", "drift"),
    "setup_commands": ("demo", "completion", "schema"),
}
"""The commands of modules that have another name; any other command is a module of its own name."""


def module_of(command: str) -> str:
    """The module of this package that a command is in, imported only when the command is used."""
    return f"tui.cli.{next((module for module, names in _MODULES.items() if command in names), command)}"


_OPTIONS_WITH_VALUE = ("--tree", "--release", "--python", "--profile", "--theme", "--driver")


def command_at(arguments: Sequence[str]) -> int | None:
    """The index of the command: the first argument that is neither an option nor the value of one."""
    index = 0
    while index < len(arguments):
        if arguments[index] in _OPTIONS_WITH_VALUE:
            index += 1
        elif not arguments[index].startswith("-"):
            return index if arguments[index] in (*COMMANDS, *HIDDEN) else None
        index += 1
    return None
