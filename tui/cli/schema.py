"""`pipedeck schema`: the JSON Schema of a document."""

from __future__ import annotations

import argparse
import sys

from tui.cli.parsers import Commands, epilog
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
        help="print the JSON Schema of a command's --json",
        description="Print the JSON Schema of a document that --json prints. Newer versions may add keys; none is"
        " removed.",
        epilog=epilog(("pipedeck schema validate", "the document of validate"), status="0, 2 wrong usage"),
    )
    parser.add_argument(
        "command",
        choices=DOCUMENTED,
        metavar="COMMAND",
        help=f"one of {', '.join(DOCUMENTED)}; `profiles` is compare without a name, `behaviours`"
        " releases without one, `providers` init --list, `changes` undo --list, `fixes` fix without a code, `edit`"
        " every command that edits",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema of one command's document."""
    from core.json.schemas import DOCUMENTS, document_adapter
    from tui.cli.settings import SettingsDocument

    document = {**DOCUMENTS, "settings": SettingsDocument}[options.command]
    TextOutput(sys.stdout).json(document_adapter(document).json_schema())
    return 0
