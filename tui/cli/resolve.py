"""`pipedeck resolve`: the backend and model of each reference, with its trail."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.api import Report
from core.json.resolve_document import resolve_document
from core.resolution import Resolution, Status, find_references
from core.suggest import did_you_mean
from core.trail import Step
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.explanation import print_heading
from tui.reports.text_output import STATUS_LABELS, STATUS_TONES, TextOutput


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "resolve",
        help="which backend and model each name ends at",
        description="Resolve references: models, aliases, waterfalls, presets and choices; without REF all of them.",
        epilog=epilog(
            ("pipedeck resolve", "every reference and where it ends"),
            ("pipedeck resolve '$writing' @best", "the trails of a preset and an alias"),
            ("pipedeck resolve llm/default/for_text", "what a step gets that names nothing"),
            status="0, 1 when a REF is dead, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "refs", nargs="*", metavar="REF", help="$preset, @alias, ~waterfall, a handle, or llm/default/for_text"
    )
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a table of all references, or the trails of some."""
    report = read_report(options)
    resolutions: Sequence[Resolution] = report.resolutions
    if options.refs:
        resolutions = [
            item for ref in options.refs for item in find_references(report.resolver, report.resolutions, ref)
        ]
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(resolve_document(report, resolutions))
    elif options.refs:
        for index, resolution in enumerate(resolutions):
            if index:
                output.line()
            print_trail(report, resolution, output)
    else:
        _table(resolutions, output)
    dead = options.refs and any(resolution.status is Status.DEAD for resolution in resolutions)
    return 1 if dead else 0


def _table(resolutions: Sequence[Resolution], output: TextOutput) -> None:
    rows, tones = [], []
    for item in resolutions:
        spec = item.spec
        end = (
            f"{spec.backend} / {spec.handle}"
            if spec is not None
            else (item.unresolved.message if item.unresolved else "")
        )
        rows.append((item.reference, item.kind.value, item.family, STATUS_LABELS[item.status.value], end))
        tones.append(("", "dim", "dim", STATUS_TONES[item.status.value], "" if spec is not None else "dim"))
    output.table(("REFERENCE", "KIND", "FAMILY", "STATUS", "ENDS AT"), rows, tones)


def print_trail(report: Report, resolution: Resolution, output: TextOutput) -> None:
    """Print the trail of a reference as a tree."""
    print_heading(resolution, output)
    depth = 0
    for step in report.trail(resolution):
        output.line("  " + "   " * depth + "`- ", *_step(step))
        if step.kind not in ("lost", "candidate", "backend", "route"):
            depth += 1
    if resolution.status is Status.DEAD and resolution.unresolved is not None:
        hint = ""
        if resolution.place is None:
            hint = did_you_mean(resolution.reference, (item.reference for item in report.resolutions))
        output.line(
            "  ", (f"dead: {resolution.unresolved.message}", "bad"), (f"  ({resolution.unresolved.error})", "dim")
        )
        if hint:
            output.line("  ", hint)


def _step(step: Step) -> tuple[str | tuple[str, str], ...]:
    tone = "dim" if step.kind in ("lost", "candidate") else ""
    where = f"  {step.location}" if step.location is not None else ""
    note = f"  {step.note}" if step.note else ""
    return ((f"{step.kind} ", "dim"), (step.name, tone), (note, tone), (where, "dim"))
