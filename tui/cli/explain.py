"""`pipedeck explain`: where a name ends and by which steps, what it is asked with, and where each value comes from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from core.api import Report
from core.defaults import defaults
from core.errors import PipedeckError
from core.explain import Explanation, explanations
from core.json.explain_document import explain_document
from core.layers import Layers, settings_of
from core.mentions import Node
from core.resolution import Resolution, Status
from core.suggest import choose_among
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.explanation import print_defaults, print_explanations
from tui.reports.text_output import TextOutput


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "explain",
        help="why a name ends where it does, and where its values come from",
        description="Everything about a reference: its trail with file and line, the route that won and those that"
        " lost, the variables, limits and price, what it is asked with and what is sent, who else could serve it, and"
        " the layers behind each value. For a backend or a routing profile: its values with their layers. Without REF:"
        " what a pipe gets that names no model.",
        epilog=epilog(
            ("pipedeck explain '$writing'", "a preset: trail, route, price"),
            ("pipedeck explain @best --release 0.17.6", "an alias, as that release has it"),
            ("pipedeck explain backend:openai", "its values, layer by layer"),
            ("pipedeck explain", "what a step that names none gets"),
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
    """Print what there is to say about each reference."""
    report = read_report(options)
    if not options.refs:
        return _defaults(report, TextOutput(sys.stdout), as_json=options.json)
    found: list[Explanation] = []
    things: dict[Node, Sequence[Layers]] = {}
    for ref in options.refs:
        named = _things(report, ref)
        _refuse_unknown(report, ref, named)
        things.update(named)
        told = explanations(report, ref)
        # A text that names no reference is answered as a model's name, unless it names something else.
        found += [item for item in told if not named or _exists(report, item.resolution)]
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(explain_document(report, found, things))
    else:
        print_explanations(report, found, things, output)
    return 1 if any(item.resolution.status is Status.DEAD for item in found) else 0


def _defaults(report: Report, output: TextOutput, *, as_json: bool) -> int:
    rows = defaults(report)
    if as_json:
        output.json(explain_document(report, [], {}, rows))
    else:
        print_defaults(rows, output)
    ends = [row.resolution for row in rows if row.resolution is not None]
    return 1 if any(end.status is Status.DEAD for end in ends) else 0


def _refuse_unknown(report: Report, ref: str, named: Mapping[Node, Sequence[Layers]]) -> None:
    """Raise PipedeckError for a backend or profile that does not exist: as a model's name it would make no sense."""
    kind, colon, name = ref.partition(":")
    there = {"backend": report.catalog.backends, "profile": report.catalog.profiles}.get(kind)
    if colon and there is not None and not named:
        raise PipedeckError(f"there is no {kind} {name!r}: {choose_among(name, there)}")


def _exists(report: Report, resolution: Resolution) -> bool:
    return resolution.place is not None or resolution.name in report.catalog.declared


def _things(report: Report, text: str) -> dict[Node, Sequence[Layers]]:
    """The backends and profiles of that name, with their values."""
    kind, _, name = text.partition(":") if text.startswith(("backend:", "profile:")) else ("", "", text)
    held = {"backend": report.catalog.backends, "profile": report.catalog.profiles}
    nodes = [Node(what, "", name) for what, names in held.items() if kind in ("", what) and name in names]
    return {node: settings_of(report, node) for node in nodes}
