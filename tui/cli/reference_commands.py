"""The commands `resolve` and `explain`: the backend and model of a reference, and the reasons."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.defaults import defaults
from core.errors import PipedeckError
from core.explain import Explanation, explanations
from core.json.explain_document import ExplainDocument
from core.json.resolve_document import ResolveDocument
from core.layers import Layers, settings_of
from core.mentions import Node
from core.resolution import Resolution, Status, find_references
from core.suggest import choose_among, did_you_mean
from tui.cli.knowledge import with_knowledge, with_runs
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.stored_checks import add_offline_option, stored_check_results
from tui.reports.explanation import print_defaults, print_explanations, print_heading, step_runs
from tui.reports.pipes import ran_tone
from tui.reports.text_output import STATUS_LABELS, STATUS_TONES, TextOutput

if TYPE_CHECKING:
    from core.probes.availability import TriedIndex


def add_resolve(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "resolve",
        help="which backend and model each name ends at",
        description="Resolve references: models, aliases, waterfalls, presets and choices; without REF all of them.",
        epilog=epilog(
            ("pipedeck resolve", "the end of every reference"),
            ("pipedeck resolve '$writing' @best", "the trails of a preset and an alias"),
            ("pipedeck resolve llm/default/for_text", "the default of a pipe that names no model"),
            status="0, 1 when a REF is dead or its call fails, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "refs", nargs="*", metavar="REF", help="$preset, @alias, ~waterfall, a handle, or llm/default/for_text"
    )
    add_offline_option(parser)
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_resolve)


def run_resolve(options: argparse.Namespace) -> int:
    """Print a table of all references, or the trails of some."""
    report = read_report(options)
    results = stored_check_results(report, options)
    report = report.with_live(results) if results else report
    if options.refs or options.json:
        report = with_runs(report, options)
    tried = None
    if results:
        from core.probes.availability import TriedIndex  # slow to import

        tried = TriedIndex(report.catalog, report.resolutions, results)
    resolutions: Sequence[Resolution] = report.resolutions
    if options.refs:
        resolutions = [
            item for ref in options.refs for item in find_references(report.resolver, report.resolutions, ref)
        ]
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(ResolveDocument(report, resolutions, tried))
    elif options.refs:
        for index, resolution in enumerate(resolutions):
            if index:
                output.line()
            print_trail(report, resolution, output)
            _print_tried(report, resolution, tried, output)
    else:
        _table(resolutions, output)
    failing = {id(item) for item in report.failing} if results else set()
    dead = options.refs and any(item.fails or id(item) in failing for item in resolutions)
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


def _print_tried(report: Report, resolution: Resolution, tried: TriedIndex | None, output: TextOutput) -> None:
    """Print what the last check said of the model of a reference, with its age, and its past runs."""
    result = tried.spec(resolution.spec) if tried is not None and resolution.spec is not None else None
    if result is not None:
        tone = {"confirmed": "good", "unknown": "dim"}.get(result.state.value, "bad")
        output.line("  ", (f"tried {result.age()}: {result.text}", tone))
    if report.runs is not None and (ran := report.runs.of_name(resolution)) is not None:
        output.line("  ", (ran.text, ran_tone(ran)))


def print_trail(report: Report, resolution: Resolution, output: TextOutput) -> None:
    """Print the trail of a reference as a tree."""
    print_heading(resolution, output)
    depth = 0
    for step in report.trail(resolution):
        location = f"  {step.location}" if step.location is not None else ""
        output.line("  " + "   " * depth + "`- ", *step_runs(step), (location, "dim"))
        if step.kind not in ("lost", "candidate", "backend", "route"):
            depth += 1
    if resolution.status is Status.DEAD and resolution.unresolved is not None:
        hint = ""
        if resolution.place is None:
            hint = did_you_mean(resolution.reference, (item.reference for item in report.resolutions))
        output.line(
            "  ",
            (f"dead: {resolution.unresolved.message}", "bad"),
            (f"  [{resolution.unresolved.code}] ({resolution.unresolved.error})", "dim"),
        )
        if hint:
            output.line("  ", hint)


def add_explain(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="the trail of a name, and the layers of its values",
        description="Explain a reference: its trail with file and line, the route that won and those that lost,"
        " variables, limits and price, requested settings and those sent, other backends that could serve it, and the"
        " layers of each value. For a backend or a routing profile: its values with their layers. Without REF: the"
        " defaults of pipes that name no model.",
        epilog=epilog(
            ("pipedeck explain '$writing'", "a preset: trail, route, price"),
            ("pipedeck explain @best --release 0.17.6", "an alias, as that release has it"),
            ("pipedeck explain backend:openai", "its values, layer by layer"),
            ("pipedeck explain", "the defaults"),
            status="0, 1 a REF (without REF: a default) is dead, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "refs",
        nargs="*",
        metavar="REF",
        help="$preset, @alias, ~waterfall, a model, llm/default/for_text, backend:NAME or profile:NAME",
    )
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_explain)


def run_explain(options: argparse.Namespace) -> int:
    """Print the explanation of each reference."""
    report, _ = with_knowledge(read_report(options), options)
    if options.refs:
        report = with_runs(report, options)
    output = TextOutput(sys.stdout)
    if not options.refs:
        return _defaults(report, output, as_json=options.json)
    items: list[Explanation] = []
    values: dict[Node, Sequence[Layers]] = {}
    for ref in options.refs:
        nodes = _named_nodes(report, ref)
        values.update(nodes)
        # A plain word may be the name of a model as well as of a backend or a profile.
        items += [item for item in explanations(report, ref) if not nodes or _exists(report, item.resolution)]
    if options.json:
        output.json(ExplainDocument(report, items, values))
    else:
        print_explanations(report, items, values, output)
    return 1 if any(item.resolution.fails for item in items) else 0


def _defaults(report: Report, output: TextOutput, *, as_json: bool) -> int:
    rows = defaults(report)
    if as_json:
        output.json(ExplainDocument(report, [], {}, rows))
    else:
        print_defaults(rows, output)
    ends = [row.resolution for row in rows if row.resolution is not None]
    return 1 if any(end.fails for end in ends) else 0


def _exists(report: Report, resolution: Resolution) -> bool:
    return resolution.place is not None or resolution.name in report.catalog.declared


def _named_nodes(report: Report, text: str) -> dict[Node, Sequence[Layers]]:
    """The backends and profiles of a name, with their values. Raises PipedeckError for an unknown `backend:NAME`."""
    kind, _, name = text.partition(":") if text.startswith(("backend:", "profile:")) else ("", "", text)
    names = {"backend": report.catalog.backends, "profile": report.catalog.profiles}
    if kind and name not in names[kind]:
        raise PipedeckError(f"there is no {kind} {name!r}: {choose_among(name, names[kind])}")
    nodes = [Node(each, "", name) for each in names if kind in ("", each) and name in names[each]]
    return {node: settings_of(report, node) for node in nodes}
