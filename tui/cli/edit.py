"""The editing commands: one shape for all of them, applying intents to the disk, and printing the outcome."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.formatting import counted
from core.records import dataclass
from core.safe_text import safe
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
from tui.reports.text_output import TextOutput, print_error

if TYPE_CHECKING:
    from core.edits.intent import EditLayer, EditRefused, Intent
    from core.edits.repoint_edits import Accepted
    from core.files.store import Recovery
    from core.impact import Impact
    from core.json.edit_document import EditResult
    from core.replacements import Replacement
    from core.workspace import FileDiff, Workspace

DONE, REFUSED, NOTHING, NOT_WRITTEN = 0, 1, 3, 4
STATUS = (
    "0 done, or with --dry-run it would be; 1 refused: it cannot be done, or it adds errors and there is no --anyway;"
    " 2 wrong usage or no tree; 3 nothing to change; 4 not written: the disk has changed or failed"
)


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


class EditPrinter:
    """Prints the outcome of an edit, as text or as one document. Its methods return the exit status."""

    def __init__(
        self,
        options: argparse.Namespace,
        workspace: Workspace,
        label: str,
        replacements: Sequence[Replacement] = (),
        chosen: Sequence[Accepted] = (),
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self.diffs: Sequence[FileDiff] = ()
        self.impact: Impact | None = None
        self._options = options
        self._json = options.json
        self._label = label
        self._replacements, self._chosen = replacements, chosen
        self._report = workspace.disk_report
        self._output = TextOutput(sys.stdout)

    def written(self) -> int:
        """The change was written."""
        self._options.outcome = "the change was written"
        folder = self._report.catalog.tree.routing.sources[0].shown.removesuffix("routing_profiles.toml")
        files: dict[str, list[str]] = {"wrote": [], "deleted": []}
        for diff in self.diffs:
            files["deleted" if diff.state == "deleted" else "wrote"].append(diff.shown.removeprefix(folder))
        message = "; ".join(f"{verb} {', '.join(names)}" for verb, names in files.items() if names)
        if not self._print_document("written", message):
            self._output.wrapped("", f"{self._label}: {message}", "good")
            self._print_changes()
        return DONE

    def dry_run(self, errors: int) -> int:
        """Nothing was written, as this is a dry run; the change would add `errors`."""
        message = "it would add errors: use --anyway to write it" if errors else "nothing was written"
        if not self._print_document("refused" if errors else "would_write", message):
            tones = {"+": "good", "-": "bad", "@": "dim"}
            for line in (line for diff in self.diffs for line in diff.unified().split("\n")[:-1]):
                head = line.startswith(("---", "+++"))
                self._output.patch_line(line, "bold" if head else tones.get(line[:1], ""))
            self._output.wrapped("", self._label if errors else f"{self._label}: would be written", "bold")
            self._print_changes()
            self._output.wrapped("", message, "bad" if errors else "dim")
        return REFUSED if errors else DONE

    def nothing(self) -> int:
        """There is nothing to change."""
        if not self._print_document("nothing", "nothing to change"):
            self._output.wrapped("", f"{self._label}: nothing to change", "dim")
            self._print_notes()
        return NOTHING

    def needs_consent(self, errors: int) -> int:
        """Nothing was written, as the change would add `errors`."""
        message = f"it would add {counted(errors, 'error')}, so nothing was written"
        hint = "use --anyway to write it"
        if not self._print_document("refused", f"{message}; {hint}"):
            self._output.wrapped("", f"{self._label}:", "bold")
            self._print_changes()
            print_error(f"{message}; {hint}, --dry-run to see the diff")
        return REFUSED

    def refused(self, reason: EditRefused) -> int:
        """The edit is impossible."""
        if not self._print_document("refused", reason.message, refusal=reason):
            print_error(reason.message)
            for layer in reason.layers:
                print_error(f"it works {'without --base' if layer.value == 'auto' else f'with --{layer.value}'}")
            for intent in reason.alternatives:
                print_error(f"or: {intent.label}")
        return REFUSED

    def failed(self, message: str) -> int:
        """Writing failed; the message has the state of the disk."""
        if not self._print_document("not_written", message):
            print_error(message)
        return NOT_WRITTEN

    def _print_document(self, result: EditResult, message: str, *, refusal: EditRefused | None = None) -> bool:
        """Print the document if --json asks for it."""
        if self._json:
            from core.json.edit_document import EditDocument

            document = EditDocument(
                self._report,
                self._label,
                result,
                message,
                files=self.diffs,
                notes=self.notes,
                impact=self.impact,
                refusal=refusal,
                replacements=self._replacements,
                chosen=self._chosen,
            )
            self._output.json(document)
        return bool(self._json)

    def _print_changes(self) -> None:
        from tui.reports.edit_text import change_lines, replacement_lines

        lines = [*replacement_lines(self._replacements, self._chosen)]
        if self.impact is not None:
            lines += change_lines(self.impact)
        for mark, text, tone in lines:
            self._output.wrapped((mark, tone), text)
        self._print_notes()

    def _print_notes(self) -> None:
        for note in self.notes:
            self._output.wrapped(("  note  ", "warn"), note)
