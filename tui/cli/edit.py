"""What the commands that edit share: their options, the way from an intent to the disk, and what they print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from tui.cli.options import Commands, Parser, add_tree_options, epilog
from tui.cli.output import Out, complain

if TYPE_CHECKING:
    from core.edits.intent import Intent
    from core.edits.refusals import NotDone, Where
    from core.impact import Impact
    from core.problems import Problem
    from core.workspace import Proposal, Workspace

DONE, REFUSED, NOTHING, NOT_WRITTEN = 0, 1, 3, 4
STATUS = (
    "0 done, or with --dry-run it would be; 1 refused: it cannot be done, or it adds errors and there is no --anyway;"
    " 2 wrong usage or no tree; 3 nothing to change; 4 not written: the disk has changed or failed"
)
_SHOWN = 12


def edit_parser(
    commands: Commands, name: str, words: str, description: str, *examples: tuple[str, str]
) -> argparse.ArgumentParser:
    """The parser of a command that edits, with the options that all of them take."""
    parser: Parser = commands.add_parser(
        name, help=words, description=description, epilog=epilog(*examples, status=STATUS)
    )
    return parser


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

    return Workspace.open(options.tree, release=options.release, profile=options.profile)


def where_of(options: argparse.Namespace) -> Where:
    """The layer that the options ask for."""
    from core.edits.refusals import Where

    return Where.BASE if options.base else Where.OVERRIDE if options.override else Where.AUTO


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


def carry_out(options: argparse.Namespace, workspace: Workspace, intents: Sequence[Intent]) -> int:
    """Do intents one after the other as one change, and write it, or only show it. Returns the exit status."""
    from core.edits.refusals import NotDone
    from core.edits.several import Several

    where = where_of(options)
    intent = intents[0] if len(intents) == 1 else Several(intents[0].label, tuple((one, where) for one in intents))
    proposal = workspace.propose(intent, where)
    if isinstance(proposal, NotDone):
        return _refuse(options, proposal)
    out = Out(sys.stdout)
    if proposal.changes_nothing:
        _print(options, out, proposal, "nothing to change", written=False)
        return NOTHING
    if options.dry_run:
        _print(options, out, proposal, "would be written", written=False)
        return REFUSED if proposal.impact.errors_added and not options.anyway else DONE
    workspace.accept(proposal)
    return _save(options, workspace, proposal, out)


def _save(options: argparse.Namespace, workspace: Workspace, proposal: Proposal, out: Out) -> int:
    from core.workspace import NeedsConsent, NotSaved

    result = workspace.save(accept_errors=options.anyway)
    if isinstance(result, NeedsConsent):
        _print(options, out, proposal, "not written", written=False)
        complain(f"{result.message}; --anyway writes it all the same")
        return REFUSED
    if isinstance(result, NotSaved):
        complain(result.message)
        return NOT_WRITTEN
    _print(options, out, proposal, result.message, written=True)
    return DONE


def _refuse(options: argparse.Namespace, found: NotDone) -> int:
    if options.json:
        offers = [where.value for where in found.offers]
        others = [other.label for other in found.others]
        Out(sys.stdout).json({"written": False, "refused": found.message, "offers": offers, "others": others})
        return REFUSED
    complain(found.message)
    flags = [f"--{where.value}" for where in found.offers if where.value != "auto"]
    if flags:
        complain(f"it works with {' or '.join(flags)}")
    for other in found.others:
        complain(f"or: {other.label}")
    return REFUSED


def _print(options: argparse.Namespace, out: Out, proposal: Proposal, message: str, *, written: bool) -> None:
    if options.json:
        out.json(document(proposal, message, written=written))
        return
    if not written:
        for diff in proposal.diffs:
            for line in diff.unified().splitlines():
                out.line((line, {"+": "good", "-": "bad", "@": "dim"}.get(line[:1], "")))
    out.line((proposal.label, "bold"), f": {message}")
    for note in proposal.notes:
        out.told("  note: ", note)
    if not proposal.changes_nothing:
        print_impact(proposal.impact, out)


def print_impact(impact: Impact, out: Out) -> None:
    """What an edit changes besides the text: one line, then the names."""
    out.told("  ", impact.summary())
    for sign, tone, turns in (("x", "bad", impact.died), ("+", "good", impact.revived)):
        for turn in turns[:_SHOWN]:
            death = turn.after.death if turn.after is not None else None
            why = f": {death.message}" if death is not None and sign == "x" else ""
            out.told((f"  {sign} ", tone), f"{turn.shown.family} {turn.shown.kind.value} {turn.shown.reference}{why}")
        if len(turns) > _SHOWN:
            out.line((f"    and {len(turns) - _SHOWN} more", "dim"))
    for problem in impact.errors_added[:_SHOWN]:
        out.told(("  ! ", "bad"), problem.message)


def document(proposal: Proposal, message: str, *, written: bool) -> dict[str, object]:
    """A proposal as data for scripts."""
    impact = proposal.impact
    change = impact.price_change
    return {
        "label": proposal.label,
        "written": written,
        "message": message,
        "files": [
            {
                "file": diff.shown,
                "state": diff.state,
                "added": diff.added,
                "removed": diff.removed,
                "diff": diff.unified(),
            }
            for diff in proposal.diffs
        ],
        "notes": list(proposal.notes),
        "impact": {
            "summary": impact.summary(),
            "verdict_before": impact.verdicts[0].value,
            "verdict_after": impact.verdicts[1].value,
            "rerouted": [
                {"type": item.model_type, "handle": item.handle, "before": item.before, "after": item.after}
                for item in impact.rerouted
            ],
            "died": [turn.shown.reference for turn in impact.died],
            "revived": [turn.shown.reference for turn in impact.revived],
            "price_change": None if change is None else {"input": change[0], "output": change[1]},
            "errors_added": [_problem(problem) for problem in impact.errors_added],
            "errors_removed": [_problem(problem) for problem in impact.problems_removed if problem.severity == "error"],
        },
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message}
