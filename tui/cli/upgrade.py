"""`pipedeck upgrade` and `pipedeck drift`: carry a tree to the kit of a release, or say how it differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.formatting import counted
from tui.cli.edit import EditCommand, open_workspace
from tui.cli.edit_output import DONE, NOT_WRITTEN, NOTHING, REFUSED
from tui.cli.parsers import Parser, add_methods_option
from tui.reports.text_output import TextOutput, print_error

if TYPE_CHECKING:
    from core.json.edit_document import EditResult
    from core.releases import Release
    from core.upgrade.kit import Kit
    from core.upgrade.plan import Plan
    from core.workspace import Workspace

CHOICES_FILE = "upgrade-choices.toml"
_MANY = 12


def _add_kits(parser: Parser) -> None:
    parser.add_argument("--to", metavar="R", help="the release to carry the tree to (default: the installed one)")
    parser.add_argument(
        "--from", dest="origin", metavar="R", help="the release of the tree (default: found by its kit)"
    )
    parser.add_argument("--kit", metavar="PATH", help="the target's kit: a wheel, an unpacked one, or an environment")
    parser.add_argument("--origin-kit", metavar="PATH", help="the kit that the tree was made from, likewise")
    parser.add_argument("--fetch", action="store_true", help="download missing kits with pip; nothing is installed")


def _add(parser: Parser) -> None:
    _add_kits(parser)
    answers = parser.add_mutually_exclusive_group()
    answers.add_argument("--take-new", action="store_true", help="take the proposal of every open decision")
    answers.add_argument("--keep-mine", action="store_true", help="keep the old definition in every open decision")
    parser.add_argument(
        "--choices", metavar="FILE", help=f"the file of answers (default: {CHOICES_FILE} in the folder .pipelex)"
    )
    parser.add_argument("--anyway", action="store_true", help="write although it adds errors")
    add_methods_option(parser, "edit the method files of the project too, where they name what changes")


def _kits(options: argparse.Namespace, workspace: Workspace) -> tuple[Kit, Kit | None, Release | None]:
    """The kit of the target, that of the origin where it is available, and the origin that was named."""
    from core.target import named_release
    from core.upgrade.fetch import fetch_kit
    from core.upgrade.kit import KitError, read_kit

    wanted = named_release(options.to) if options.to else None
    origin = named_release(options.origin) if options.origin else None
    installation = workspace.report.catalog.installation
    kit: Kit | None = None
    if options.kit:
        kit = read_kit(str(Path(options.kit).expanduser()), options.to or "")
        if wanted is not None and kit.release != wanted:
            raise KitError(f"{options.kit} is the kit of {kit.release}, not of {wanted}")
    elif installation is not None and installation.environment is not None and wanted in (None, installation.release):
        kit = read_kit(installation.environment.prefix)
    if kit is None:
        release = wanted or (installation.release if installation is not None else None)
        if release is None:
            raise KitError(
                f"no Pipelex is installed here, whose kit it would be: `--to {workspace.report.release} --fetch`"
                " downloads one without installing it, `--kit PATH` names a wheel or an environment"
            )
        if not options.fetch and not _may_fetch(release):
            raise KitError(f"the kit of {release} is not here: name it with --kit, or --fetch downloads it with pip")
        kit = fetch_kit(release)
    origin_kit = (
        read_kit(str(Path(options.origin_kit).expanduser()), options.origin or "") if options.origin_kit else None
    )
    if origin_kit is None and options.fetch and origin is not None:
        origin_kit = fetch_kit(origin)
    return kit, origin_kit, origin


def _may_fetch(release: Release) -> bool:
    """Ask at a terminal whether a kit may be downloaded; elsewhere only --fetch allows it."""
    from tui.cli.live_run import confirmed

    question = f"The kit of {release} is not here. Download pipelex {release} with pip, without installing it?"
    return sys.stdin.isatty() and sys.stderr.isatty() and confirmed(question)


def _for_release(options: argparse.Namespace, workspace: Workspace, kit: Kit) -> Workspace:
    """The tree as the release of the kit reads it."""
    if kit.release == workspace.report.release:
        return workspace
    options.release = str(kit.release)
    return open_workspace(options)


def _run(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.edits.intent import EditRefused
    from core.upgrade.plan import Undecided, Upgrade, read_choices, unknown_choices
    from core.upgrade.planner import plan_upgrade
    from core.workspace import Saved

    if options.release and not options.to:
        options.to = options.release
    kit, origin_kit, origin = _kits(options, workspace)
    workspace = _for_release(options, workspace, kit)
    folder = Path(workspace.report.catalog.tree.paths.inference).parent
    file = Path(options.choices).expanduser() if options.choices else folder / CHOICES_FILE
    choices = read_choices(file.read_text("utf-8"), file.name) if file.is_file() else {}
    undecided = Undecided.TAKE if options.take_new else Undecided.KEEP if options.keep_mine else Undecided.ASK
    plan = plan_upgrade(
        workspace.report,
        workspace.view,
        kit,
        origin=origin,
        origin_kit=origin_kit,
        choices=choices,
        undecided=undecided,
        follow_methods=workspace.follow_methods,
    )
    unknown = unknown_choices(choices, plan.decisions)
    if unknown:
        print_error(f"{file.name}: no such decision: {', '.join(f'`{key}`' for key in unknown)}")
    printer = _Printer(options, plan)
    if workspace.read_only:
        return printer.end("not_written", f"nothing was written: {workspace.read_only}", NOT_WRITTEN)
    proposal = workspace.propose(Upgrade(plan))
    if isinstance(proposal, EditRefused):
        return printer.end("refused", proposal.message, REFUSED)
    if proposal.changes_nothing:
        return printer.end("nothing", f"the tree is as the kit of {plan.target} has it, but for what is yours", NOTHING)
    workspace.accept(proposal)
    printer.files, printer.impact = workspace.diff(), workspace.impact
    # Variables that are missing were no fault of the tree before, and are none of the upgrade.
    added = [problem for problem in workspace.impact.errors_added if problem.code != "variable-missing"]
    errors = 0 if options.anyway else len(added)
    if plan.open:
        return printer.undecided(file)
    if options.dry_run:
        text = "it would add errors: use --anyway to write it" if errors else "nothing was written"
        return printer.end("refused" if errors else "would_write", text, REFUSED if errors else DONE)
    if errors:
        text = f"it would add {counted(errors, 'error')}, so nothing was written; use --anyway to write it"
        return printer.end("refused", text, REFUSED)
    result = workspace.save(accept_errors=True)
    if not isinstance(result, Saved):
        return printer.end("not_written", result.message, NOT_WRITTEN)
    options.outcome = "the change was written"
    return printer.end("written", f"wrote {counted(len(printer.files), 'file')}; `pipedeck undo` reverts it", DONE)


class _Printer:
    """Prints a plan and what came of it. Its methods return the exit status."""

    def __init__(self, options: argparse.Namespace, plan: Plan) -> None:
        from core.impact import Impact
        from core.workspace import FileDiff

        self.files: tuple[FileDiff, ...] = ()
        self.impact: Impact | None = None
        self._options, self._plan = options, plan
        self._output = TextOutput(sys.stdout)

    def undecided(self, file: Path) -> int:
        """Decisions are open: their file is written, but for a dry run."""
        from core.upgrade.plan import choices_text

        count = len(self._plan.open)
        text = f"{counted(count, 'decision')} to make: --take-new takes the proposals, --keep-mine keeps what you have"
        if self._options.dry_run:
            return self.end("refused", text, REFUSED)
        try:
            file.write_text(choices_text(self._plan), "utf-8")
        except OSError as error:
            raise PipedeckError(f"{file} cannot be written: {error.strerror}") from error
        option = f" --choices {self._options.choices}" if self._options.choices else ""
        return self.end("refused", f"{text}; or fill in {file}, and run `pipedeck upgrade{option}` again", REFUSED)

    def end(self, result: EditResult, message: str, status: int) -> int:
        """Print the plan and the outcome."""
        if self._options.json:
            from core.json.upgrade_document import UpgradeDocument

            self._output.json(UpgradeDocument(self._plan, result, message, self.files, self.impact))
            return status
        self._print_plan()
        if self._options.dry_run and result in ("would_write", "refused"):
            self._print_diff()
        if self.impact is not None:
            self._output.wrapped("", self.impact.summary(), "dim")
        self._output.wrapped("", message, "good" if status == DONE else "bad" if status == REFUSED else "dim")
        return status

    def _print_plan(self) -> None:
        from core.upgrade.rows import Outcome

        plan, output = self._plan, self._output
        output.wrapped("", f"from {plan.origin.release} ({plan.origin.source})", "dim")
        output.wrapped("", f"to {plan.target} ({plan.kit})", "dim")
        output.wrapped("", plan.summary, "bold")
        rows = []
        for row in plan.rows:
            if row.outcome is not Outcome.UNCHANGED:
                new = row.target or row.note or row.new
                rows.append((row.outcome.value, row.name or row.file, row.then, row.mine, new))
        if rows:
            output.table(("", "NAME", "THEN", "MINE", "NEW"), rows, flexible=(1, 2, 3, 4))
        for decision in plan.decisions:
            answer = f"answer {decision.answer}" if decision.answer else "open"
            output.wrapped("decision  ", f"{decision.question}; proposal: {decision.proposal} ({answer})", "")
        if plan.gone:
            more = f" and {len(plan.gone) - _MANY} more" if len(plan.gone) > _MANY else ""
            output.wrapped("gone      ", f"unused here: {', '.join(plan.gone[:_MANY])}{more}", "dim")
        for note in plan.notes:
            output.wrapped("note      ", note, "dim")

    def _print_diff(self) -> None:
        tones = {"+": "good", "-": "bad", "@": "dim"}
        for line in (line for diff in self.files for line in diff.unified().split("\n")[:-1]):
            head = line.startswith(("---", "+++"))
            self._output.patch_line(line, "bold" if head else tones.get(line[:1], ""))


def _drift(options: argparse.Namespace, workspace: Workspace) -> int:
    from core.upgrade.planner import tree_drift

    kit, origin_kit, origin = _kits(options, workspace)
    workspace = _for_release(options, workspace, kit)
    report = tree_drift(workspace.report, workspace.view, kit, origin=origin, origin_kit=origin_kit)
    output = TextOutput(sys.stdout)
    if options.format:
        from core.upgrade.drift import drift_problems

        output.formatted(options.format, workspace.report, drift_problems(report, workspace.report))
        return DONE if report.rows else NOTHING
    if options.json:
        from core.json.upgrade_document import DriftDocument

        output.json(DriftDocument(report))
        return DONE if report.rows else NOTHING
    output.wrapped("", f"made from {report.origin.release} ({report.origin.source})", "dim")
    output.wrapped("", f"newest kit here: {report.target} ({report.kit})", "dim")
    if report.rows:
        rows = [
            (row.drift.value, row.file.removeprefix("inference/"), row.name, row.mine, row.new) for row in report.rows
        ]
        output.table(("", "FILE", "NAME", "HERE", "NEW"), rows, flexible=(1, 2, 3, 4))
    counts = ", ".join(f"{count} {kind.value}" for kind, count in report.counts.items())
    output.wrapped("", counts or "nothing differs", "bold")
    return DONE if report.rows else NOTHING


COMMANDS = (
    EditCommand(
        "upgrade",
        "carry the tree to the kit of another release",
        "Files as their release shipped them become those of the target; what you changed is kept, in its form."
        " Names and backends that are gone are decisions. It is one change; `pipedeck undo` reverts it.",
        (
            ("pipedeck upgrade --dry-run", "see the plan and the changes for the installed release"),
            ("pipedeck upgrade --take-new", "take every proposal"),
            ("pipedeck upgrade --kit pipelex-0.92.2-py3-none-any.whl", "with the kit of a wheel"),
            ("pipedeck upgrade --to 0.92.2 --fetch", "with the kit that pip downloads"),
        ),
        _add,
        _run,
        layers=False,
    ),
    EditCommand(
        "drift",
        "show what differs from the kit of the tree, and from a newer one",
        "Each part of the tree that is yours, behind the newer kit, gone from it, or both yours and changed there."
        " Nothing is written.",
        (
            ("pipedeck drift", "against the kit of the installed release"),
            ("pipedeck drift --to 0.92.2 --fetch", "against the kit that pip downloads"),
            ("pipedeck drift --json", "as a document"),
            ("pipedeck drift --format github", "annotations; a warning for what is gone from the newer kit"),
        ),
        _add_kits,
        _drift,
        formats=True,
        layers=False,
    ),
)
