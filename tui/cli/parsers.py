"""The parsers of the command line, the options that commands share, and reading the tree that they name."""

from __future__ import annotations

import argparse
import os
import re
import textwrap
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from core import __version__
from core.errors import PipedeckError
from core.suggest import choose_among, did_you_mean
from tui.cli.commands import COMMANDS, GROUPS, module_of
from tui.cli.start_options import (
    add_python_option,
    add_start_option,
    python_path,
    start_folder,
    tree_path,
    warn_about_start,
)
from tui.reports.text_output import print_error
from tui.settings import LoadedSettings, read_settings
from tui.settings.schema import SPECS

if TYPE_CHECKING:
    from core.api import Report


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

USAGE = 2
"""Exit status for a wrong command line, and when there is no tree."""


class _Help(argparse.HelpFormatter):
    """Wraps paragraphs line by line, and leaves indented lines (examples) alone."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            line if line.startswith(" ") else super(_Help, self)._fill_text(line, width, indent)
            for line in text.split("\n")
        )


def epilog(*examples: tuple[str, str], status: str) -> str:
    """The end of a command's help: examples (a command line and its purpose), then the exit statuses."""
    width = max(len(line) for line, _ in examples if len(line) <= _COLUMN) + 4
    lines = []
    for line, purpose in examples:
        joined = f"  {line}".ljust(width) + purpose
        fits = len(line) <= _COLUMN and len(joined) <= _WIDTH
        lines += [joined] if fits else [f"  {line}", f"      {purpose}"]
    return "\n".join(["examples:", *lines, "", f"exit status: {status}"])


_WIDTH = 78
"""Columns of the help: argparse leaves two of 80 free."""
_COLUMN = 48
"""The purpose of a longer command line is on the next line."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line.

    `operations` says which options exclude each other: each operation (an option, or "" for none) with the options that
    go with it; no two operations go together. `bare`: the command line may hold none of them at all.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": _Help, **options})
        self.operations: Mapping[str, Sequence[str]] = {}
        self.bare = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Report an unknown option first; argparse would blame the word after it."""
        if self._subparsers is None and "-" in self.prefix_chars:
            for word in args or ():
                name = word.partition("=")[0]
                if word == "--":
                    break
                known = self._option_string_actions
                if word.startswith("--") and not any(option.startswith(name) for option in known):
                    hint = did_you_mean(name, known)
                    self.error(f"unknown option {name}" + (f": {hint}" if hint else ""))
        options, remaining = super().parse_known_args(args, namespace)
        if self.operations:
            self._check_operation(options)
        return options, remaining

    def _check_operation(self, options: argparse.Namespace) -> None:
        """Refuse options that do not go with the operation, and a command line that names nothing to do."""
        values = [(action, getattr(options, action.dest, None)) for action in self._actions]
        set_here = [(action, value) for action, value in values if value not in (None, False, [])]
        present = {_name(action) for action, value in set_here if action.nargs == "?" or action.const in (None, value)}
        operation, *more = [name for name in self.operations if name in present] or [""]
        dependent = [name for names in self.operations.values() for name in names if name in present]
        for name in (*more, *dependent):
            if name not in self.operations[operation]:
                users = " or ".join(name_ for name_, names_ in self.operations.items() if name_ and name in names_)
                self.error(f"{name} cannot be combined with {operation}" if operation else f"{name} needs {users}")
        if not operation and not dependent and not self.bare:
            self.error(
                f"nothing to do: give one of {', '.join((*self.operations[''], *filter(None, self.operations)))}"
            )

    def show_operations_in_usage(self) -> None:
        """Give the usage a line for each operation, once all arguments are added."""
        shown = {_name(action): _name(action) + _value_name(action) for action in self._actions}
        dependent = {name for names in self.operations.values() for name in names}
        places = [_name(action) for action in self._actions if not action.option_strings]
        head = " ".join([self.prog, *(place for place in places if place not in dependent)])
        lines: list[str] = []
        for operation, names in self.operations.items():
            parts = [shown[operation]] if operation else []
            text = " ".join((head, *parts, *(f"[{shown[name]}]".replace(" ", "\0") for name in names)))
            wrapped = textwrap.wrap(text, _WIDTH - 7, subsequent_indent="    ", break_on_hyphens=False)
            lines += [line.replace("\0", " ") for line in wrapped]
        self.usage = "\n       ".join(lines)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            named = action if action.option_strings else None  # a positional argument is not named in the message
            raise argparse.ArgumentError(named, f"{value!r} is none of {', '.join(map(str, action.choices))}")

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with the status of wrong usage."""
        for theirs, ours in _PLAINER:
            message = re.sub(theirs, ours, message)
        print_error(f"{message} (see {self.prog} --help)")
        raise SystemExit(USAGE)


_PLAINER = (
    (r"^argument ", ""),
    (r": expected one argument$", " needs a value"),
    (r": expected at least one argument$", " needs at least one value"),
    (r": not allowed with argument ", " cannot be combined with "),
    (r"^the following arguments are required: (.*)$", r"missing: \1"),
)
"""Messages of argparse, and the shorter form of each."""


def _value_name(action: argparse.Action) -> str:
    """The value of an option in a usage."""
    return f" {action.metavar}" if action.option_strings and action.metavar else ""


def _name(action: argparse.Action) -> str:
    """The name of an argument in messages: its first option, or its place."""
    return action.option_strings[0] if action.option_strings else str(action.metavar or action.dest)


def add_tree_options(parser: argparse._ActionsContainer) -> None:
    """Add `--tree`, `--release` and `--profile`."""
    parser.add_argument(
        "--tree",
        metavar="PATH",
        help="a project, a .pipelex or an inference folder (default: search from here up, then at home)",
    )
    parser.add_argument(
        "--release",
        metavar="R",
        help="the Pipelex release to answer for, such as 0.14.3 (default: the installed or pinned one, or detected)",
    )
    add_python_option(parser)
    add_start_option(parser)
    parser.add_argument("--profile", metavar="P", help="answer as if this routing profile were active")


def add_output_options(parser: argparse.ArgumentParser, *, formats: bool = False, more: tuple[str, ...] = ()) -> None:
    """Add `--json` and `--assume-keys`; with `formats` also `--format`, with the values in `more`."""
    if formats:
        add_format_options(parser, more)
    else:
        add_json_option(parser)
    parser.add_argument("--assume-keys", action="store_true", help="treat every variable as set")


def add_json_option(parser: argparse._ActionsContainer) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def add_format_options(parser: argparse.ArgumentParser, more: tuple[str, ...] = ()) -> None:
    """Add `--format`, with the values in `more`, and `--json`, which is short for one of its values."""
    group = parser.add_mutually_exclusive_group()
    add_json_option(group)
    group.add_argument(
        "--format",
        action=_Format,
        choices=(*FORMAT_NAMES, *more),
        metavar="FORMAT",
        help=f"{', '.join(('text', 'json', *more))}, or the problems for another program: sarif, github (annotations),"
        " gitlab, junit",
    )


FORMAT_NAMES = ("text", "json", "sarif", "github", "gitlab", "junit")


class _Format(argparse.Action):
    """Stores the format of other programs; `text` and `json` as `--json` does."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        namespace.json = values == "json"
        namespace.format = values if values not in ("text", "json") else None


def add_app_options(parser: argparse._ActionsContainer) -> None:
    """Add the settings of the app that are flags."""
    for spec in SPECS.values():
        if not spec.flag.help:
            continue
        if isinstance(spec.default, bool):
            action = "store_false" if spec.default else "store_true"
            parser.add_argument(spec.flag.option, dest=spec.key, action=action, default=None, help=spec.flag.help)
        else:
            parser.add_argument(spec.flag.option, choices=spec.choices or None, help=spec.flag.help)


def app_settings(options: argparse.Namespace) -> LoadedSettings:
    """The settings in force, including the flags."""
    flags = {spec.key: getattr(options, spec.key, None) for spec in SPECS.values() if spec.flag.option}
    return read_settings(os.environ, flags)


def add_methods_option(parser: argparse.ArgumentParser, text: str) -> None:
    """Add `--methods` and `--no-methods`; methods are read unless told otherwise."""
    parser.add_argument("--methods", action=argparse.BooleanOptionalAction, default=True, help=f"{text} (default)")


def read_report(options: argparse.Namespace, *, warn: bool = True) -> Report:
    """The report of the tree that the options name. Raises the errors of `inspect_tree`.

    `warn`: about a start folder from which the release reads less than the project has.
    """
    # Imported here: commands without a tree and the start of the app do without.
    from core.api import inspect_tree

    settings = app_settings(options)
    for problem in settings.problems:
        print_error(problem)
    report = inspect_tree(
        tree_path(options),
        release=settings.values.release or None,
        profile=settings.values.profile or None,
        assume_keys=getattr(options, "assume_keys", False),
        python=python_path(options),
        cwd=start_folder(options),
    )
    warn_about_newer_release(report)
    if warn:
        warn_about_start(report)
    warn_about_interrupted_commit(report)
    profiles = report.catalog.profiles
    if options.profile is not None and profiles and options.profile not in profiles:
        raise PipedeckError(f"there is no profile {options.profile!r}: {choose_among(options.profile, profiles)}")
    return report


def warn_about_interrupted_commit(report: Report) -> None:
    """Warn about an interrupted commit. Reading the tree does not recover it."""
    from core.files.state_folder import commit_folders

    folders = commit_folders(report.catalog.tree.folders)
    if not folders:
        return
    from core.files.store import is_pending

    if any(map(is_pending, folders)):
        print_error(
            "writing a change was interrupted: some files may be old and some new until `pipedeck` opens the tree,"
            " `pipedeck recover` is run, or an edit is written"
        )


def warn_about_newer_release(report: Report) -> None:
    """Warn about a release newer than any known one."""
    from core.releases import NEWEST_RELEASE, is_beyond

    if is_beyond(report.release):
        print_error(
            f"Pipelex {report.release} is newer than this pipedeck, which answers as for {NEWEST_RELEASE};"
            " newer changes are unknown"
        )


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
        rows = {command.name: command.add for command in getattr(module, "COMMANDS", ())}
        (rows.get(name) or getattr(module, f"add_{name.strip('_')}"))(commands)
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
