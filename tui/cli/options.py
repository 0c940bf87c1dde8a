"""Options that the commands share, and the reading of a tree from them."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from core.errors import PipedeckError
from core.suggest import choose_among, did_you_mean
from tui.cli.terminal import print_error
from tui.settings import LoadedSettings, read_settings
from tui.settings.schema import SPECS

if TYPE_CHECKING:
    from core.api import Report

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

USAGE = 2
"""Exit status for a wrong command line, and when there is no tree."""


class _Help(argparse.HelpFormatter):
    """Wraps texts as usual, but keeps the lines of an epilog apart; indented ones, the examples, stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            line if line.startswith(" ") else super(_Help, self)._fill_text(line, width, indent)
            for line in text.split("\n")
        )


def epilog(*examples: tuple[str, str], status: str) -> str:
    """The end of a command's help: examples, each a command line and what it gives, then the exit statuses."""
    width = max(len(line) for line, _ in examples if len(line) <= _COLUMN) + 4
    told = []
    for line, gives in examples:
        together = f"  {line}".ljust(width) + gives
        beside = len(line) <= _COLUMN and len(together) <= _WIDTH
        told += [together] if beside else [f"  {line}", f"      {gives}"]
    return "\n".join(["examples:", *told, "", f"exit status: {status}"])


_WIDTH = 78
"""What fits a terminal of 80 columns, as argparse leaves two of them free."""
_COLUMN = 48
"""A command line that is longer has what it gives below."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": _Help, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As usual, but an option that does not exist is said first: what follows it would be blamed otherwise."""
        if self._subparsers is None and "-" in self.prefix_chars:
            for word in args or ():
                name = word.partition("=")[0]
                if word == "--":
                    break
                known = self._option_string_actions
                if word.startswith("--") and not any(option.startswith(name) for option in known):
                    hint = did_you_mean(name, known)
                    self.error(f"there is no option {name}" + (f": {hint}" if hint else ""))
        return super().parse_known_args(args, namespace)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            named = action if action.option_strings else None  # the name of a place would say nothing
            raise argparse.ArgumentError(named, f"{value!r} is none of {', '.join(map(str, action.choices))}")

    def error(self, message: str) -> NoReturn:
        """Say it and leave with the status for wrong usage."""
        for theirs, ours in _PLAINER:
            message = re.sub(theirs, ours, message)
        print_error(f"{message} (see {self.prog} --help)")
        raise SystemExit(USAGE)


_PLAINER = (
    (r"^argument ", ""),
    (r": expected one argument$", " needs a value"),
    (r": expected at least one argument$", " needs at least one value"),
    (r": not allowed with argument ", " and "),
    (r"^the following arguments are required: (.*)$", r"missing: \1"),
    (r"^unrecognized arguments: (.*)$", r"too much was said: \1"),
)
"""What argparse says, and what we say instead."""


def add_tree_options(parser: argparse._ActionsContainer) -> None:
    """`--tree`, `--release` and `--profile`."""
    parser.add_argument(
        "--tree",
        metavar="PATH",
        help="a project, a .pipelex or an inference folder (default: search from here up, then at home)",
    )
    parser.add_argument(
        "--release", metavar="R", help="the Pipelex release to answer for, such as 0.14.3 (default: told from the tree)"
    )
    parser.add_argument("--profile", metavar="P", help="answer as if this routing profile were active")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """`--json` and `--assume-keys`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--assume-keys", action="store_true", help="answer as if every variable were set")


def add_app_options(parser: argparse._ActionsContainer) -> None:
    """The settings of the app that can be given as flags."""
    for spec in SPECS.values():
        if not spec.flag.help:
            continue
        if isinstance(spec.default, bool):
            action = "store_false" if spec.default else "store_true"
            parser.add_argument(spec.flag.option, dest=spec.key, action=action, default=None, help=spec.flag.help)
        else:
            parser.add_argument(spec.flag.option, choices=spec.choices or None, help=spec.flag.help)


def app_settings(options: argparse.Namespace) -> LoadedSettings:
    """The settings in force, the flags among them."""
    flags = {spec.key: getattr(options, spec.key, None) for spec in SPECS.values() if spec.flag.option}
    return read_settings(os.environ, flags)


def read_report(options: argparse.Namespace) -> Report:
    """The report on the tree that the options name. Raises the errors of `inspect_tree`."""
    # Here, so that commands which read no tree and the app's own start do not pay for it.
    from core.api import inspect_tree

    settings = app_settings(options)
    for problem in settings.problems:
        print_error(problem)
    report = inspect_tree(
        options.tree,
        release=settings.values.release or None,
        profile=settings.values.profile or None,
        assume_keys=getattr(options, "assume_keys", False),
    )
    say_what_is_beyond(report)
    _say_what_was_cut_off(report)
    profiles = report.catalog.profiles
    if options.profile is not None and profiles and options.profile not in profiles:
        raise PipedeckError(f"there is no profile {options.profile!r}: {choose_among(options.profile, profiles)}")
    return report


def _say_what_was_cut_off(report: Report) -> None:
    """Say that a change was cut off while it was written, where it was. Nothing is done about it by reading."""
    from core.files.state_folder import may_have_pending_commit

    root = report.catalog.tree.paths.root
    if not may_have_pending_commit(root):
        return
    from core.files.store import is_pending

    if is_pending(root):
        print_error(
            "a change was cut off while it was written: files may be half old, half new until `pipedeck` is opened"
            " on the tree or an edit is written to it"
        )


def say_what_is_beyond(report: Report) -> None:
    """Say that the release is newer than all that are known, where it is."""
    from core.releases import NEWEST_RELEASE, is_beyond

    if is_beyond(report.release):
        print_error(
            f"Pipelex {report.release} is newer than this pipedeck, which answers as for {NEWEST_RELEASE}:"
            " what changed since is not known here"
        )
