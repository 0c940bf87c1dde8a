"""`pipedeck completion`: the completion script of a shell."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from tui.cli.options import Commands, epilog

SHELLS = ("bash", "zsh", "fish")


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a script that completes commands, options and names",
        description="Print the completion script of a shell. It completes commands, options, folders and releases, and"
        " asks pipedeck for the names of your tree: references, models, backends, profiles and variables.",
        epilog=epilog(
            ("source <(pipedeck completion bash)", "for this shell; or in ~/.bashrc"),
            ("source <(pipedeck completion zsh)", "for this shell; or in ~/.zshrc"),
            ("pipedeck completion fish | source", "for this shell; or in config.fish"),
            status="0, 2 wrong usage",
        ),
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    from tui.cli.parsers import app_parser, build_parser
    from tui.cli.shells import grammar

    script: str = import_module(f"tui.cli.shells.{options.shell}").script(
        grammar.commands(build_parser()), grammar.options(app_parser(full=True))
    )
    sys.stdout.write(script)
    return 0
