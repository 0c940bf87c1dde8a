"""The editing commands: one shape for all of them, and the application of intents to the tree on disk."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.records import dataclass
from core.safe_text import safe
from tui.cli.edit_output import STATUS, EditPrinter
from tui.cli.knowledge import with_runs
from tui.cli.parsers import (
    Commands,
    Parser,
    add_format_options,
    add_json_option,
    add_methods_option,
    add_tree_options,
    app_settings,
    epilog,
    warn_about_interrupted_commit,
    warn_about_newer_release,
)
from tui.cli.start_options import python_path, start_folder, tree_path, warn_about_start
from tui.reports.text_output import print_error

if TYPE_CHECKING:
    from core.edits.intent import EditLayer, Intent
    from core.edits.repoint_edits import Accepted
    from core.files.store import Recovery
    from core.replacements import Replacement
    from core.workspace import Workspace


UNWRITTEN = "nothing was written"
"""The `outcome` of options of a command that writes: said when its output fails. Replaced once it has written."""


@dataclass(frozen=True)
class EditCommand:
    """A command that edits, as a row of a table.

    `run` returns the exit status, or the intents to apply as one change. `operations` and `bare` are those of `Parser`.
    """

    name: str
    help: str
    description: str
    examples: tuple[tuple[str, str], ...]
    arguments: Callable[[Parser], object]
    run: Callable[[argparse.Namespace, Workspace], int | Sequence[Intent]]
    operations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bare: bool = False
    formats: bool = False
    """Whether it takes `--format`."""
    layers: bool = True
    """Whether it takes the options that choose a layer and accept errors."""

    def add(self, commands: Commands) -> None:
        """Add the command to the parser of the command line."""
        parser: Parser = commands.add_parser(
            self.name,
            help=self.help,
            description=self.description,
            epilog=epilog(*self.examples, status=STATUS),
        )
        parser.operations, parser.bare = self.operations, self.bare
        self.arguments(parser)
        add_write_options(parser, layers=self.layers)
        if self.layers:
            add_methods_option(parser, "edit the method files of the project too, where they name what changes")
        (add_format_options if self.formats else add_json_option)(parser)
        add_tree_options(parser)
        if self.operations:
            parser.show_operations_in_usage()
        parser.set_defaults(run=self._run, outcome=UNWRITTEN)

    def _run(self, options: argparse.Namespace) -> int:
        workspace = open_workspace(options)
        if options.dry_run or getattr(options, "list", False):
            warn_about_interrupted_commit(workspace.report)
        else:  # before the edit is made from the files, so that it is not refused over those that this changes
            print_recoveries(workspace.settle(tidy=True))
        result = self.run(options, workspace)
        return result if isinstance(result, int) else apply_intents(options, workspace, result)


def add_write_options(parser: Parser, *, layers: bool = True) -> None:
    """Add `--dry-run`, and the options that choose a layer and accept errors."""
    parser.add_argument("--dry-run", action="store_true", help="show the changes; write nothing")
    if layers:
        layer = parser.add_mutually_exclusive_group()
        layer.add_argument("--base", action="store_true", help="edit the base file, even one shipped with Pipelex")
        layer.add_argument("--override", action="store_true", help="write to the override file")
        parser.add_argument("--anyway", action="store_true", help="write although it adds errors")


def add_settings_option(parser: Parser) -> None:
    """Add `--set`, as `options.fields`."""
    help_ = "a field and its value, or - for one from stdin; repeatable"
    parser.add_argument("--set", dest="fields", action="append", default=[], metavar="KEY=VALUE", help=help_)


def fields_of(options: argparse.Namespace) -> tuple[tuple[str, object], ...]:
    """The KEY=VALUE pairs of `--set`; the value None removes the key. Raises PipedeckError for one without `=`.

    A value is TOML where it parses as such (`0.3`, `true`, `["a"]`), else the text itself.
    """
    from core.toml.edit.editor import read_data
    from core.toml.edit.toml_commands import Refusal

    fields: list[tuple[str, object]] = []
    for text in options.fields:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise PipedeckError(f"{text}: write settings as KEY=VALUE")
        value = typed_value(key, value)
        data = read_data(f"x = {value}\n")
        result = data.get("x") if not isinstance(data, Refusal) and len(data) == 1 else None
        plain = not isinstance(result, str | bool | int | float | list | dict)
        fields.append((key, (value or None) if plain else result))
    return tuple(fields)


def typed_value(key: str, value: str) -> str:
    """A value of the command line; for `-` that of stdin, typed without echo at a terminal. Raises PipedeckError."""
    if value != "-":
        return value
    try:
        if sys.stdin.isatty():
            from getpass import getpass

            text = getpass(f"{safe(key)} (not shown): ")
        else:
            text = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    except EOFError:
        text = ""
    except ValueError:
        raise PipedeckError(f"{key}: stdin is not UTF-8 text") from None
    if not text:
        raise PipedeckError(f"{key}: stdin holds no value")
    return text


def without_removals(fields: Iterable[tuple[str, object]]) -> tuple[tuple[str, object], ...]:
    """The fields with a value, for a new entry."""
    return tuple((key, value) for key, value in fields if value is not None)


def open_workspace(options: argparse.Namespace) -> Workspace:
    """Open the tree of the options for editing."""
    from core.workspace import Workspace

    settings = app_settings(options)
    for problem in settings.problems:
        print_error(problem)
    workspace = Workspace.open(
        tree_path(options),
        release=settings.values.release or None,
        profile=settings.values.profile or None,
        python=python_path(options),
        cwd=start_folder(options),
    )
    workspace.follow_methods = getattr(options, "methods", True)
    if workspace.follow_methods:
        workspace.attach_methods(workspace.read_methods())
    warn_about_newer_release(workspace.report)
    warn_about_start(workspace.report)
    return workspace


def print_recoveries(outcomes: Iterable[Recovery]) -> None:
    """Print the outcomes of settling interrupted commits before a command writes, one line each."""
    from core.files.store import InterruptedCommit

    for outcome in outcomes:
        hint = "; see `pipedeck recover`" if isinstance(outcome, InterruptedCommit) else ""
        print_error(f"{outcome.message}{hint}")


def layer_of(options: argparse.Namespace) -> EditLayer:
    """The layer that the options name."""
    from core.edits.intent import EditLayer

    return EditLayer.BASE if options.base else EditLayer.OVERRIDE if options.override else EditLayer.AUTO


def apply_intents(
    options: argparse.Namespace,
    workspace: Workspace,
    intents: Sequence[Intent],
    replacements: Sequence[Replacement] = (),
    chosen: Sequence[Accepted] = (),
) -> int:
    """Apply intents in order as one change, and write it or with --dry-run only show it. Returns the exit status."""
    from core.edits.batch import Batch
    from core.edits.intent import EditLayer

    label = ", ".join(dict.fromkeys(intent.label for intent in intents))
    items = tuple((intent, EditLayer.AUTO) for intent in intents)
    intent = intents[0] if len(intents) == 1 else Batch(label, items, whole=True)
    return apply_intent(options, workspace, intent, layer_of(options), replacements, chosen)


def apply_intent(
    options: argparse.Namespace,
    workspace: Workspace,
    intent: Intent,
    layer: EditLayer,
    replacements: Sequence[Replacement] = (),
    chosen: Sequence[Accepted] = (),
) -> int:
    """Apply one intent in a layer, and write it or only show it. Returns the exit status."""
    from core.edits.intent import EditRefused
    from core.workspace import Saved

    printer = EditPrinter(options, workspace, intent.label, replacements, chosen)
    if workspace.read_only:
        return printer.failed(f"nothing was written: {workspace.read_only}")
    proposal = workspace.propose(intent, layer)
    if isinstance(proposal, EditRefused):
        return printer.refused(proposal)
    printer.notes = proposal.notes
    if proposal.changes_nothing:
        return printer.nothing()
    workspace.accept(proposal)
    if workspace.impact.rerouted or workspace.impact.changed:
        workspace.attach_runs(with_runs(workspace.disk_report, options).recent_runs)
    printer.diffs, printer.impact = workspace.diff(), workspace.impact
    errors = 0 if options.anyway else len(workspace.impact.errors_added)
    if options.dry_run:
        return printer.dry_run(errors)
    if errors:
        return printer.needs_consent(errors)
    result = workspace.save(accept_errors=True)
    if isinstance(result, Saved):
        printer.notes = (*printer.notes, *result.notes)
        return printer.written()
    return printer.failed(result.message)
