"""The `pipedeck` command: reads the command line and hands over to the app or to one of the commands."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from core import __version__
from core.errors import PipedeckError
from tui.cli.options import USAGE, Parser, add_app_options, add_tree_options, app_settings, epilog, need_terminal
from tui.cli.output import complain

COMMANDS = (
    "validate",
    "check",
    "resolve",
    "explain",
    "uses",
    "models",
    "routes",
    "keys",
    "compare",
    "releases",
    "set",
    "unset",
    "layer",
    "use",
    "repoint",
    "backend",
    "model",
    "profile",
    "route",
    "alias",
    "waterfall",
    "preset",
    "choice",
    "fix",
    "undo",
    "init",
    "demo",
    "settings",
    "help",
    "completion",
    "schema",
)
"""The commands, in the order of `--help`. Each is a module of this package, imported only when it is asked for."""
HIDDEN = ("__names",)
"""Commands for programs, such as a shell that completes a line."""
_INTERRUPTED = 130
_CRASHED, _OUTPUT = 70, 74
"""pipedeck itself failed, and the output could not be written: as sysexits.h has them, far from what a command says."""


def build_parser(wanted: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the command line, with all commands or only those wanted."""
    parser = Parser(
        prog="pipedeck",
        description="See whether the .pipelex/inference configuration of Pipelex can run, why not, and mend it.",
        usage="pipedeck [PATH] [options]\n       pipedeck COMMAND ...",
        epilog="Without a command the app opens on PATH: a project, a .pipelex or an inference folder (default: search"
        " from here up, then at home). A folder named like a command is written ./NAME.\n\n"
        + epilog(
            ("pipedeck demo", "look around in a sample"),
            ("pipedeck", "open the tree of this project"),
            ("pipedeck validate", "can it run, and if not, why"),
            ("pipedeck explain '$writing'", "where a name ends, and why there"),
            ("pipedeck help", "pages to read: trails, layers, checks ..."),
            status="0 yes, 1 no, 2 wrong usage or no tree; each command tells its own",
        ),
    )
    _add_version(parser)
    if len(wanted) == len(COMMANDS):
        app = parser.add_argument_group("options of the app")
        add_tree_options(app)
        add_app_options(app)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="pipedeck")
    for name in wanted:
        import_module(f"tui.cli.{name}").add(commands)
    return parser


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", action="version", version=f"pipedeck {__version__}", help="print the version and leave"
    )


def app_parser(*, told: bool = False) -> argparse.ArgumentParser:
    """The parser of the command line that opens the app; `told`: with the options that are answered before."""
    parser = Parser(prog="pipedeck", add_help=told)
    parser.add_argument("path", nargs="?", metavar="PATH")
    if told:
        _add_version(parser)
    add_tree_options(parser)
    add_app_options(parser)
    return parser


def _open_app(arguments: Sequence[str]) -> int:
    options = app_parser().parse_args(arguments)
    need_terminal()
    from tui.app import run

    return run(
        options.path if options.path is not None else options.tree,
        settings=app_settings(options),
    )


_TAKES_VALUE = ("--tree", "--release", "--profile", "--theme", "--driver")


def _command_at(arguments: Sequence[str]) -> int | None:
    """Where the command stands, if there is one: the first word that is no option and no option's value."""
    index = 0
    while index < len(arguments):
        if arguments[index] in _TAKES_VALUE:
            index += 1
        elif not arguments[index].startswith("-"):
            return index if arguments[index] in (*COMMANDS, *HIDDEN) else None
        index += 1
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pipedeck. Returns the exit status; errors are one line on stderr."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        at = _command_at(given)
        wanted: Sequence[str] = ()
        if at is not None:
            wanted = (given[at],)
            given = [given[at], *given[:at], *given[at + 1 :]]
        elif {"-h", "--help"} & set(given):
            wanted = COMMANDS
        elif "--version" not in given:
            return _open_app(given)
        options = build_parser(wanted).parse_args(given)
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
    except OSError as error:
        if error.filename is not None:
            return _failed(error, given)
        # What the disk says of a file of the tree is a problem of the report: this is about the output.
        complain(f"the output could not be written: {(error.strerror or 'the disk refused').lower()}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OUTPUT
    except Exception as error:  # noqa: BLE001 - told in plain words, as a trace with its values may show secrets
        return _failed(error, given)


def _failed(error: Exception, given: Sequence[str]) -> int:
    """Say that pipedeck itself failed, and where the report is."""
    from tui.crash import crash_words, given_words, keep_report

    kept = keep_report(error, {"command": given_words(given)}, os.environ)
    for line in crash_words(error, kept):
        complain(line)
    return _CRASHED
