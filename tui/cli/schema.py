"""`pipedeck schema`: what scripts may rely on in the JSON of a command."""

from __future__ import annotations

import argparse
import sys

from tui.cli.options import Commands, epilog
from tui.reports.text_output import TextOutput

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
    "releases",
    "behaviours",
    "init",
    "providers",
    "edit",
    "fixes",
    "changes",
    "settings",
)
"""The documents that have a schema: those of `core.json.schemas`, which imports pydantic, and that of `settings`."""


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "schema",
        help="print the JSON Schema of what a command prints with --json",
        description="The JSON Schema of what a command prints with --json. Newer versions may add keys; none is taken"
        " away.",
        epilog=epilog(("pipedeck schema validate", "what scripts may rely on"), status="0, 2 wrong usage"),
    )
    parser.add_argument(
        "command",
        choices=DOCUMENTED,
        metavar="COMMAND",
        help=f"one of {', '.join(DOCUMENTED)}; `profiles` is what compare prints without a name,"
        " `edit` what every command prints that edits",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema of one command's document."""
    from core.json.schemas import DOCUMENTS, document_adapter
    from tui.cli.settings import SettingsDocument

    document = {**DOCUMENTS, "settings": SettingsDocument}[options.command]
    TextOutput(sys.stdout).json(document_adapter(document).json_schema())
    return 0
