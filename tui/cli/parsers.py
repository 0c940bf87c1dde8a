"""The parsers of the command line, imported only when there is something to parse."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from importlib import import_module

from core import __version__
from tui.cli.commands import COMMANDS, GROUPS, module_of
from tui.cli.options import Parser, add_app_options, add_tree_options, epilog


class _Root(Parser):
    """The top-level parser, whose help lists the commands in groups."""

    def format_help(self) -> str:
        """As usual, with a heading above the first command of each group."""
        text = super().format_help().replace("commands:\n  COMMAND\n", "")
        for title, names in GROUPS:
            text = re.sub(rf"^    (?={names[0]}\b)", f"{title}:\n    ", text, count=1, flags=re.MULTILINE)
        return re.sub(r"(?<!\n)\n(?=[a-z][^\n]*:\n    \w)", "\n\n", text)


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of the command line, with all commands or only some."""
    parser = _Root(
        prog="pipedeck",
        description="See whether the .pipelex/inference configuration of Pipelex can run, why not, and fix it.",
        usage="pipedeck [PATH] [options]\n       pipedeck COMMAND ...",
        epilog="Without a command the app opens on PATH: a project, a .pipelex or an inference folder (default: search"
        " from here up, then at home). A folder named like a command is written ./NAME.\n\n"
        + epilog(
            ("pipedeck demo", "look around in a sample"),
            ("pipedeck", "open the tree of this project"),
            ("pipedeck validate", "can it run, and if not, why"),
            ("pipedeck explain '$writing'", "where a name ends, and why"),
            ("pipedeck help", "topics: trails, layers, checks ..."),
            status="0 yes, 1 no, 2 wrong usage or no tree; see each command's --help",
        ),
    )
    _add_version(parser)
    if len(names) == len(COMMANDS):
        app = parser.add_argument_group("options of the app")
        add_tree_options(app)
        add_app_options(app)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="pipedeck", parser_class=Parser)
    for name in names:
        module = import_module(module_of(name))
        rows = {command.name: command for command in getattr(module, "COMMANDS", ())}
        rows.get(name, module).add(commands)
    return parser


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", action="version", version=f"pipedeck {__version__}", help="print the version and exit"
    )


def app_parser(*, full: bool = False) -> argparse.ArgumentParser:
    """The parser of the command line that opens the app; `full`: with --help and --version, which `main` handles."""
    parser = Parser(prog="pipedeck", add_help=full)
    parser.add_argument("path", nargs="?", metavar="PATH")
    if full:
        _add_version(parser)
    add_tree_options(parser)
    add_app_options(parser)
    return parser
