"""`pipedeck uses`: the uses of a name, in the tree and in the method files of the project."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from core.formatting import counted
from core.json.uses_document import UsesDocument
from core.suggest import did_you_mean
from core.usage import Usage, Use, Uses, usage
from tui.cli.parsers import Commands, add_methods_option, add_output_options, add_tree_options, epilog, read_report
from tui.reports.explanation import use_text
from tui.reports.text_output import TextOutput, print_error

_MAX_LINES = 40
_MAX_WIDTH = 34


def add_uses(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "uses",
        help="the uses of a preset, alias, model, backend, profile or variable",
        description="List the uses of a name, direct or through other names: in the deck, the routes of every profile,"
        " and the method files (.plx, .mthds, .toml) of the project. Without NAME: dead names that methods use, and"
        " unused names of the deck.",
        epilog=epilog(
            ("pipedeck uses @best-claude", "the uses of an alias"),
            ("pipedeck uses OPENAI_API_KEY", "the backends that need a variable"),
            ("pipedeck uses", "dead names in methods, unused names"),
            status="0, 1 nothing has that name (without NAME: a method uses a dead one), 2 wrong usage or no tree",
        ),
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="$preset, @alias, ~waterfall, a model, backend, profile or variable"
    )
    add_methods_option(parser, "look for uses in the method files of the project")
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_uses)


def run_uses(options: argparse.Namespace) -> int:
    """Print the uses of each name, or the dead names in methods."""
    graph = usage(read_report(options), methods=options.methods)
    nodes = {name: graph.find(name) for name in options.names}
    items = [graph.of(node) for node in dict.fromkeys(node for matches in nodes.values() for node in matches)]
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(UsesDocument(graph, items))
    elif options.names:
        for index, uses in enumerate(items):
            if index:
                output.line()
            _print(graph, uses, output)
    else:
        _print_methods(graph, output)
    missing = [name for name, matches in nodes.items() if not matches]
    for name in missing:
        hint = (
            did_you_mean(name, (graph.label(node) for node in graph.nodes)) or "`pipedeck resolve` lists all references"
        )
        print_error(f"nothing here is called {name!r}: {hint}")
    return 1 if missing or (not options.names and graph.undefined) else 0


def _print(graph: Usage, uses: Uses, output: TextOutput) -> None:
    kind = f"{uses.node.family} {uses.node.kind}".strip()
    output.line((uses.label, "bold"), (f"  {kind}", "dim"))
    _section("declared", uses.declared, graph, output, declared=True)
    _section("named by", [use for use in uses.tree if use.direct and use.role != "takes"], graph, output)
    _section("through other names", [use for use in uses.tree if not use.direct], graph, output)
    _section("matched by routes", [use for use in uses.tree if use.role == "takes"], graph, output)
    _section("methods", uses.methods, graph, output)
    if uses.served:
        output.line(f"ends here: {counted(len(uses.served), 'reference')}")
    if not uses.all:
        output.line("unused", (_searched(graph), "dim"))
    _print_unread(graph, output)


def _print_unread(graph: Usage, output: TextOutput) -> None:
    for file, reason in graph.methods.unread:
        output.line(("!   ", "warn"), f"{file} cannot be read: {reason}")


def _section(title: str, uses: Sequence[Use], graph: Usage, output: TextOutput, *, declared: bool = False) -> None:
    if not uses:
        return
    output.line((f"{title} {len(uses)}", "dim"))
    folder = graph.report.catalog.tree.paths.folder
    shown = uses[:_MAX_LINES]
    rows = [
        (use.location.key, "", use.location.within(folder))
        if declared
        else (use.label, use_text(use, graph), use.location.within(folder))
        for use in shown
    ]
    first, second = (min(_MAX_WIDTH, max(len(row[column]) for row in rows)) for column in (0, 1))
    for label, says, source in rows:
        text = f"  {says.ljust(second)}" if second else ""
        output.entry(2, [label.ljust(first), text], source)
    if len(uses) > _MAX_LINES:
        output.line(f"  and {len(uses) - _MAX_LINES} more (--json lists all)")


def _searched(graph: Usage) -> str:
    methods = graph.methods
    cut = f"; {methods.cut_short}" if methods.cut_short else ""
    return f" in the tree or in {len(methods.files)} method files{cut}"


def _print_methods(graph: Usage, output: TextOutput) -> None:
    methods = graph.methods
    output.line((graph.report.catalog.tree.paths.inference, "bold"))
    pipes = len(methods.pipes)
    files = counted(len(methods.files), "method file")
    users = counted(pipes, "pipe that uses a model", "pipes that use a model")
    output.line((f"{files}, {users}", "dim"))
    _print_unread(graph, output)
    folder = graph.report.catalog.tree.paths.folder
    dead = graph.undefined
    if dead:
        output.line()
        output.line((f"dead names in methods: {len(dead)}", "bold"))
        for use in dead[:_MAX_LINES]:
            output.entry(2, [("x ", "bad"), use.text, (f"  {use.label}", "dim")], use.location.within(folder))
    idle = graph.idle()
    output.line()
    output.line((f"unused names of the deck: {len(idle)}", "bold"))
    _names((graph.label(node) for node in idle), output)


def _names(names: Iterable[str], output: TextOutput) -> None:
    """Print names in lines as long as the width."""
    line = ""
    for name in dict.fromkeys(names):
        if line and len(line) + 2 + len(name) > output.width - 2:
            output.line("  ", line)
            line = ""
        line = f"{line}  {name}" if line else name
    if line:
        output.line("  ", line)
