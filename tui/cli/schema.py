"""`pipedeck schema`: what scripts may rely on in the JSON of a command."""

from __future__ import annotations

import argparse
import sys

from tui.cli.options import Commands
from tui.cli.output import Out

DOCUMENTED = (
    "validate",
    "resolve",
    "explain",
    "uses",
    "models",
    "routes",
    "keys",
    "check",
    "compare",
    "profiles",
    "init",
)
"""The commands whose JSON has a schema (`profiles` is `compare` without a name).

They are the keys of `core.contract.DOCUMENTS`, which takes long to import.
"""


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("schema", help="print the JSON Schema of what a command prints with --json")
    parser.add_argument("command", choices=DOCUMENTED, help="`profiles` is what compare prints without a name")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema of one command's document."""
    from core.contract import schema

    Out(sys.stdout).json(schema(options.command))
    return 0
