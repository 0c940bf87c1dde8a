"""`pipedeck demo`: the app on the built-in sample tree."""

from __future__ import annotations

import argparse

from tui.cli.main import need_terminal
from tui.cli.parsers import Commands, add_app_options, app_settings, epilog


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="open the app on a throw-away copy of a built-in sample tree",
        description="The app on a throw-away copy of a built-in sample tree, with made-up keys. Your own tree and keys"
        " are not looked at.",
        epilog=epilog(
            ("pipedeck demo", "look around; changes are discarded"),
            status="0, 1 pipedeck itself failed, 2 there is no terminal",
        ),
    )
    add_app_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Open the app on a copy that is deleted at the end."""
    need_terminal()
    from tui.app import run as run_app

    return run_app(None, settings=app_settings(options), demo=True)
