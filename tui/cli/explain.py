"""`pipedeck explain`: where a name ends and by which steps, what it is asked with, and where each value comes from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.api import Report
from core.defaults import defaults
from core.errors import PipedeckError
from core.explain import Explanation, explanations
from core.json.explain_document import explain_document
from core.layers import Layers, settings_of
from core.mentions import Node
from core.resolution import Resolution, Status
from core.suggest import choose_among
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.explanation import print_defaults, print_explanations
from tui.reports.text_output import TextOutput


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="why a name ends where it does, and the layers of its values",
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
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation of each reference."""
    report = read_report(options)
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
        output.json(explain_document(report, items, values))
    else:
        print_explanations(report, items, values, output)
    return 1 if any(item.resolution.status is Status.DEAD for item in items) else 0


def _defaults(report: Report, output: TextOutput, *, as_json: bool) -> int:
    rows = defaults(report)
    if as_json:
        output.json(explain_document(report, [], {}, rows))
    else:
        print_defaults(rows, output)
    ends = [row.resolution for row in rows if row.resolution is not None]
    return 1 if any(end.status is Status.DEAD for end in ends) else 0


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
