"""The parsers of the command line: built when there is anything to parse, as that costs more than a small tree."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from importlib import import_module

from core import __version__
from tui.cli.commands import COMMANDS, GROUPS, module_of
from tui.cli.options import Parser, add_app_options, add_tree_options, epilog


class _Root(Parser):
    """The parser of everything, whose help tells the commands by what they are for."""

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
