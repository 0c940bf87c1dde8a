"""What the commands that edit share: their options, the way from an intent to the disk, and what they print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.records import dataclass
from tui.cli.options import Commands, Parser, add_tree_options, app_settings, epilog, say_what_is_beyond
from tui.cli.terminal import print_error
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from core.edits.intent import EditLayer, EditRefused, Intent
    from core.edits.use_only import Accepted
    from core.impact import Impact
    from core.json.edit_document import EditResult
    from core.replacements import Replacement
    from core.workspace import FileDiff, Workspace

DONE, REFUSED, NOTHING, NOT_WRITTEN = 0, 1, 3, 4
STATUS = (
    "0 done, or with --dry-run it would be; 1 refused: it cannot be done, or it adds errors and there is no --anyway;"
    " 2 wrong usage or no tree; 3 nothing to change; 4 not written: the disk has changed or failed"
)


@dataclass(frozen=True)
class Standing:
    """What would be dead, and what is taken for each: told along with the edit that does it."""

    found: tuple[Replacement, ...] = ()
    taken: tuple[Accepted, ...] = ()


def edit_parser(
    commands: Commands, name: str, words: str, description: str, *examples: tuple[str, str]
) -> argparse.ArgumentParser:
    """The parser of a command that edits, with the options that all of them take."""
    parser: Parser = commands.add_parser(
        name, help=words, description=description, epilog=epilog(*examples, status=STATUS)
    )
    return parser


def add_name_options(parser: argparse.ArgumentParser) -> None:
    """What may be done to a name of the deck whatever it stands for: say whose it is, rename it, delete it."""
    parser.add_argument("--family", metavar="F", help="llm, extract, img_gen ... (default: the one that has it)")
    parser.add_argument("--rename", metavar="NEW", help="give it another name, in every reference too")
    parser.add_argument("--delete", action="store_true", help="delete it")
    parser.add_argument("--instead", metavar="REF", help="with --delete: what is named in its place")


def add_edit_options(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`, where it is to go, `--anyway`, `--json`, and the tree."""
    parser.add_argument("--dry-run", action="store_true", help="only show what would change; write nothing")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--base", action="store_true", help="edit the base file, even one that Pipelex owns")
    where.add_argument("--override", action="store_true", help="write it to the override file")
    parser.add_argument("--anyway", action="store_true", help="write also what adds errors")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    add_tree_options(parser)


def open_workspace(options: argparse.Namespace) -> Workspace:
    """The tree of the options, to be edited."""
    from core.workspace import Workspace

    settings = app_settings(options)
    for problem in settings.problems:
        print_error(problem)
    workspace = Workspace.open(
        options.tree, release=settings.values.release or None, profile=settings.values.profile or None
    )
    say_what_is_beyond(workspace.report)
    return workspace


def where_of(options: argparse.Namespace) -> EditLayer:
    """The layer that the options ask for."""
    from core.edits.intent import EditLayer

    return EditLayer.BASE if options.base else EditLayer.OVERRIDE if options.override else EditLayer.AUTO


def family_of_name(workspace: Workspace, kind: str, name: str, wanted: str | None) -> str:
    """The family that a name of the deck belongs to: the one asked for, that which has it, else `llm`."""
    families = workspace.report.catalog.families
    if wanted is not None:
        return wanted
    tables = {"alias": "aliases", "waterfall": "waterfalls", "preset": "presets"}
    holding = [family for family, found in families.items() if name in getattr(found, tables[kind])]
    if len(holding) > 1:
        raise PipedeckError(f"{kind} `{name}` is in {' and in '.join(holding)}: say which with --family")
    return holding[0] if holding else "llm"


def carry_out(
    options: argparse.Namespace, workspace: Workspace, intents: Sequence[Intent], standing: Standing | None = None
) -> int:
    """Do intents one after the other as one change, and write it, or only show it. Returns the exit status."""
    from core.edits.edit_session import Batch
    from core.edits.intent import EditLayer

    where = where_of(options)
    label = ", ".join(dict.fromkeys(one.label for one in intents))
    every = tuple((one, EditLayer.AUTO) for one in intents)
    intent = intents[0] if len(intents) == 1 else Batch(label, every, whole=True)
    return carry_out_at(options, workspace, intent, where, standing)


def carry_out_at(
    options: argparse.Namespace,
    workspace: Workspace,
    intent: Intent,
    where: EditLayer,
    standing: Standing | None = None,
) -> int:
    """The same, of one intent in a layer."""
    from core.edits.intent import EditRefused

    telling = Telling(options, workspace, intent.label, standing)
    if workspace.read_only:
        return telling.failed(f"nothing was written: {workspace.read_only}")
    proposal = workspace.propose(intent, where)
    if isinstance(proposal, EditRefused):
        return telling.refused(proposal)
    telling.notes = proposal.notes
    if proposal.changes_nothing:
        return telling.nothing()
    workspace.accept(proposal)
    return _save(options, workspace, telling)


def _save(options: argparse.Namespace, workspace: Workspace, telling: Telling) -> int:
    from core.workspace import NeedsConsent, Saved

    telling.diffs, telling.impact = workspace.diff(), workspace.impact
    errors = () if options.anyway else workspace.impact.errors_added
    if options.dry_run:
        return telling.would(refused=bool(errors))
    if errors:
        return telling.needs_consent()
    result = workspace.save(accept_errors=True)
    if isinstance(result, Saved):
        telling.notes = (*telling.notes, *result.notes)
        return telling.written()
    assert not isinstance(result, NeedsConsent)
    return telling.failed(result.message)


class Telling:
    """Says what came of an edit, as text or as one document, and gives the exit status."""

    def __init__(
        self, options: argparse.Namespace, workspace: Workspace, label: str, standing: Standing | None = None
    ) -> None:
        self.options = options
        self.label = label
        self.standing = standing or Standing()
        self.notes: tuple[str, ...] = ()
        self.diffs: Sequence[FileDiff] = ()
        self.impact: Impact | None = None
        self.output = TextOutput(sys.stdout)
        self.report = workspace.disk_report
        self._folder = self.report.catalog.tree.routing.sources[0].shown.removesuffix("routing_profiles.toml")

    # ---- what may come of it

    def written(self) -> int:
        """Everything is on the disk."""
        files = ", ".join(diff.shown.removeprefix(self._folder) for diff in self.diffs)
        if not self._document("written", f"wrote {files}"):
            self.output.wrapped("", f"{self.label}: wrote {files}", "good")
            self._changes()
        return DONE

    def would(self, *, refused: bool) -> int:
        """It is a trial."""
        message = "it would add errors: --anyway writes it all the same" if refused else "nothing was written"
        if not self._document("refused" if refused else "would_write", message):
            for diff in self.diffs:
                self._diff(diff)
            self.output.wrapped("", f"{self.label}: would be written" if not refused else self.label, "bold")
            self._changes()
            self.output.wrapped("", message, "bad" if refused else "dim")
        return REFUSED if refused else DONE

    def nothing(self) -> int:
        """All is as it should be."""
        if not self._document("nothing", "nothing to change"):
            self.output.wrapped("", f"{self.label}: nothing to change", "dim")
            self._notes()
        return NOTHING

    def needs_consent(self) -> int:
        """It would add errors."""
        count = len(self.impact.errors_added) if self.impact is not None else 0
        message = f"it would add {count} error{'s' if count > 1 else ''}, so nothing was written"
        if not self._document("refused", f"{message}; --anyway writes it all the same"):
            self.output.wrapped("", f"{self.label}:", "bold")
            self._changes()
            print_error(f"{message}; --anyway writes it all the same, --dry-run shows the difference")
        return REFUSED

    def refused(self, why: EditRefused) -> int:
        """It cannot be done."""
        if self._document("refused", why.message, refusal=why):
            return REFUSED
        print_error(why.message)
        for where in why.offers:
            print_error(f"it works {'without --base' if where.value == 'auto' else f'with --{where.value}'}")
        for other in why.others:
            print_error(f"or: {other.label}")
        return REFUSED

    def failed(self, message: str) -> int:
        """It could not be written; the message says what is on the disk."""
        if not self._document("not_written", message):
            print_error(message)
        return NOT_WRITTEN

    # ---- how it is said

    def _document(self, result: EditResult, message: str, *, refusal: EditRefused | None = None) -> bool:
        """Prints the document if one is asked for."""
        if not self.options.json:
            return False
        from core.json.edit_document import edit_document

        self.output.json(
            edit_document(
                self.report,
                self.label,
                result,
                message,
                files=self.diffs,
                notes=self.notes,
                impact=self.impact,
                refusal=refusal,
                replacements=self.standing.found,
                chosen=self.standing.taken,
            )
        )
        return True

    def _diff(self, diff: FileDiff) -> None:
        tones = {"+": "good", "-": "bad", "@": "dim"}
        for line in diff.unified().splitlines():
            head = line.startswith(("---", "+++"))
            self.output.line((line, "bold" if head else tones.get(line[:1], "")))

    def _changes(self) -> None:
        from tui.cli.edit_text import change_lines, replacement_lines

        lines = [*replacement_lines(self.standing.found, self.standing.taken)]
        if self.impact is not None:
            lines += change_lines(self.impact)
        for sign, text, tone in lines:
            self.output.wrapped((sign, tone), text)
        self._notes()

    def _notes(self) -> None:
        for note in self.notes:
            self.output.wrapped(("  note  ", "warn"), note)


def setting_of(text: str) -> tuple[str, object]:
    """A KEY=VALUE of the command line; the value None takes the key out. Raises PipedeckError.

    The value is TOML where it is that (`0.3`, `true`, `["a"]`), else the text itself.
    """
    from core.toml.edit.editor import read_data
    from core.toml.edit.toml_commands import Refusal

    key, equals, value = text.partition("=")
    if not equals or not key:
        raise PipedeckError(f"{text}: write settings as KEY=VALUE")
    if not value:
        return key, None
    data = read_data(f"x = {value}\n")
    if isinstance(data, Refusal) or len(data) != 1 or not isinstance(data["x"], str | bool | int | float | list | dict):
        return key, value
    return key, data["x"]
