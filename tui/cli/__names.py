"""`pipedeck __names`: the names of a kind in the tree, one a line, for shells; never listed."""

from __future__ import annotations

import argparse
import contextlib
import sys

from core.errors import PipedeckError
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("__names", add_help=False, prefix_chars="\0")
    parser.add_argument("kind")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the names; nothing at all where there is no tree, as nobody reads what is wrong in the middle of a line."""
    from tui.cli.completing.names import names

    with contextlib.suppress(PipedeckError):
        sys.stdout.write("".join(f"{name}\n" for name in names(options.kind, options.words)))
    return 0
