"""The `pipedeck` command: reads the command line and hands over to the app or to one of the commands."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from core import __version__
from core.errors import PipedeckError
from tui.cli import releases, resolve, validate
from tui.cli.options import USAGE, Commands, Parser, add_tree_options
from tui.cli.output import complain

COMMANDS = ("validate", "resolve", "demo", "schema", "releases")
_INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="pipedeck",
        description="Browse and check the .pipelex/inference configuration of Pipelex.",
        usage="pipedeck [PATH] [options]\n       pipedeck COMMAND ...",
        epilog="Without a command the app opens on PATH (a project, a .pipelex or an inference folder; default: search"
        " from here up, then at home). A folder named like a command is written ./NAME.",
    )
    parser.add_argument("--version", action="version", version=f"pipedeck {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="pipedeck")
    validate.add(commands)
    resolve.add(commands)
    releases.add(commands)
    _add_demo(commands)
    _add_schema(commands)
    return parser


def _app_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="pipedeck", add_help=False)
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
    _need_terminal()
    from tui.app import run

    return run(None, mouse=not options.no_mouse, demo=True)


def _schema(options: argparse.Namespace) -> int:
    from core.contract import schema
    from tui.cli.output import Out

    Out(sys.stdout).json(schema(options.command))
    return 0


def _need_terminal() -> None:
    """The app draws a screen and waits for keys: without a terminal it would do neither."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise PipedeckError(
            "the app needs a terminal; for scripts there are `pipedeck validate` and `pipedeck resolve`"
        )


def _open_app(arguments: Sequence[str]) -> int:
    options = _app_parser().parse_args(arguments)
    _need_terminal()
    from tui.app import run

    return run(
        options.path if options.path is not None else options.tree,
        release=options.release,
        profile=options.profile,
        mouse=not options.no_mouse,
    )


_TAKES_VALUE = ("--tree", "--release", "--profile")


def _command_at(arguments: Sequence[str]) -> int | None:
    """Where the command stands, if there is one: the first word that is no option and no option's value."""
    index = 0
    while index < len(arguments):
        if arguments[index] in _TAKES_VALUE:
            index += 1
        elif not arguments[index].startswith("-"):
            return index if arguments[index] in COMMANDS else None
        index += 1
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pipedeck. Returns the exit status; errors are one line on stderr."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        at = _command_at(given)
        if at is not None:
            given = [given[at], *given[:at], *given[at + 1 :]]
        elif not {"-h", "--help", "--version"} & set(given):
            return _open_app(given)
        options = build_parser().parse_args(given)
        # A command reads one tree and ends: collecting cycles takes a third of the time of a large tree, for nothing.
        gc.disable()
        status = int(options.run(options))
        sys.stdout.flush()  # here, where a reader that has gone is caught, and not at exit
        return status
    except PipedeckError as error:
        complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; what is left in the buffer must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
