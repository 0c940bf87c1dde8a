"""The `pipedeck` command: reads the command line and hands over to the app or to one of the commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from core import __version__
from core.errors import PipedeckError
from tui.cli import releases, resolve, validate
from tui.cli.options import USAGE, Commands, add_tree_options
from tui.cli.output import complain

COMMANDS = ("validate", "resolve", "demo", "schema", "releases")
_INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="pipedeck",
        description="Browse and check the .pipelex/inference configuration of Pipelex.",
        usage="pipedeck [PATH] [options]\n       pipedeck COMMAND ...",
        epilog="Without a command the app opens on PATH (a project, a .pipelex or an inference folder; default: search"
        " from here up, then at home). A folder named like a command is written ./NAME.",
    )
    parser.add_argument("--version", action="version", version=f"pipedeck {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    validate.add(commands)
    resolve.add(commands)
    releases.add(commands)
    _add_demo(commands)
    _add_schema(commands)
    return parser


def _app_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pipedeck", add_help=False)
    parser.add_argument("path", nargs="?")
    add_tree_options(parser)
    _add_app_options(parser)
    return parser


def _add_app_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal, for selecting text")


def _add_demo(commands: Commands) -> None:
    parser = commands.add_parser("demo", help="open the app on a throw-away copy of a built-in sample tree")
    _add_app_options(parser)
    parser.set_defaults(run=_demo)


def _add_schema(commands: Commands) -> None:
    parser = commands.add_parser("schema", help="print the JSON Schema of what a command prints with --json")
    parser.add_argument("command", choices=("validate", "resolve"))
    parser.set_defaults(run=_schema)


def _demo(options: argparse.Namespace) -> int:
    from tui.app import run

    return run(None, mouse=not options.no_mouse, demo=True)


def _schema(options: argparse.Namespace) -> int:
    from core.contract import schema
    from tui.cli.output import Out

    Out(sys.stdout).json(schema(options.command))
    return 0


def _open_app(arguments: Sequence[str]) -> int:
    options = _app_parser().parse_args(arguments)
    from tui.app import run

    return run(
        options.path if options.path is not None else options.tree,
        release=options.release,
        profile=options.profile,
        mouse=not options.no_mouse,
    )


def _asks_for_app(arguments: Sequence[str]) -> bool:
    """Whether the command line opens the app: no command, no question about pipedeck itself."""
    first = next((argument for argument in arguments if not argument.startswith("-")), None)
    return first not in COMMANDS and not {"-h", "--help", "--version"} & set(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pipedeck. Returns the exit status; errors are one line on stderr."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if _asks_for_app(given):
            return _open_app(given)
        options = build_parser().parse_args(given)
        return int(options.run(options))
    except PipedeckError as error:
        complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; what is left in the buffer must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
