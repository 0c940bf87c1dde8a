"""The commands `models`, `routes` and `keys`: the models, routing rules and variables of a tree."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.api import Report
from core.catalogue import (
    COLUMNS,
    Filter,
    Offer,
    Tokens,
    catalogue,
    compare_offers,
    offers_of,
    sort_rows,
)
from core.errors import PipedeckError
from core.json.keys_document import KeysDocument
from core.json.models_document import compared_document, models_document
from core.json.routes_document import RoutesDocument
from core.keys import keys, missing_lines
from core.route_check import NameTest, route_of, routes_everywhere
from core.suggest import choose_among, did_you_mean
from tui.cli.knowledge import with_knowledge, with_runs
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.tables import print_catalogue, print_everywhere, print_keys, print_rules, print_sides, print_test
from tui.reports.text_output import TextOutput, print_error


def add_models(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "models",
        help="the models as a catalogue: filter, sort, price, compare",
        description="List every model that the tree declares, a row for each handle, led by the offer in use. WORD"
        " filters the list: all words must be in the handle, model id, backend or type.",
        epilog=epilog(
            ("pipedeck models --vision --key --sort price", "models that read images, by price"),
            ("pipedeck models sonnet --by-backend", "one model on every backend"),
            (
                "pipedeck models --compare gpt-4o claude-4.5-sonnet --cost 2000,500",
                "side by side, with the cost of a call",
            ),
            status="0, 1 no model or a name to compare is unknown, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="a part of the handle, model id, backend or type")
    parser.add_argument("--vision", action="store_true", help="language models that read images")
    parser.add_argument("--structured", action="store_true", help="models that give structured output")
    parser.add_argument("--key", action="store_true", help="models of backends whose variables are set here")
    parser.add_argument("--served", action="store_true", help="models that the active profile serves now")
    parser.add_argument("--type", metavar="T", dest="model_type", help="models of one type, such as llm or img_gen")
    parser.add_argument("--backend", metavar="B", help="models of one backend")
    parser.add_argument("--by-backend", action="store_true", help="a row for each backend that offers a model")
    parser.add_argument("--same", action="store_true", help="below each row the same model on other backends")
    parser.add_argument("--sort", choices=tuple(COLUMNS), metavar="COLUMN", help=f"sort by {', '.join(COLUMNS)}")
    parser.add_argument("--reverse", action="store_true", help="reverse the order; unknown values stay last")
    parser.add_argument("--limit", type=_count, metavar="N", help="show only the first N")
    parser.add_argument(
        "--cost",
        type=_tokens,
        metavar="IN,OUT[,CACHED]",
        help="add the cost of a call in USD: IN input tokens, CACHED of them from the cache, and OUT output tokens",
    )
    parser.add_argument(
        "--compare", nargs="+", metavar="MODEL", help="models side by side: HANDLE or BACKEND/HANDLE; one: its backends"
    )
    filters = ("WORD", "--vision", "--structured", "--key", "--served", "--type", "--backend", "--by-backend")
    parser.operations = {"": (*filters, "--same", "--sort", "--reverse", "--limit"), "--compare": ()}
    parser.bare = True
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_models)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _tokens(text: str) -> Tokens:
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(
            f"{text!r}: write the numbers of input, output and, if any, cached input tokens, such as 2000,500,1500"
        )
    input_tokens, output_tokens, *cached = map(int, parts)
    if cached and cached[0] > input_tokens:
        raise argparse.ArgumentTypeError(f"{text!r}: there are more cached tokens than input tokens")
    return (input_tokens, output_tokens, cached[0]) if cached else (input_tokens, output_tokens)


def run_models(options: argparse.Namespace) -> int:
    """Print the catalogue, or models side by side."""
    report, _ = with_knowledge(with_runs(read_report(options), options), options)
    output = TextOutput(sys.stdout)
    if options.compare:
        return _compare(report, options, output)
    _check(report, options)
    filter_ = Filter(
        vision=options.vision,
        structured=options.structured,
        key=options.key,
        served=options.served,
        model_type=options.model_type,
        backend=options.backend,
        text=" ".join(options.words),
    )
    rows = catalogue(report, filter_)
    if options.by_backend:
        rows = tuple(replace(row, offers=(offer,)) for row in rows for offer in row.offers)
    if options.sort:
        rows = sort_rows(rows, options.sort, reverse=options.reverse, tokens=options.cost)
    elif options.reverse:
        rows = rows[::-1]
    count = len(rows)
    rows = rows[: options.limit]
    if options.json:
        output.json(models_document(report, rows, options.cost, same=options.same))
    else:
        print_catalogue(report, rows, count, output, call=options.cost, same=options.same)
    return 0 if rows else 1


def _check(report: Report, options: argparse.Namespace) -> None:
    """Raise PipedeckError for an unknown backend or type: an empty list would look like an answer."""
    types = dict.fromkeys(spec.model_type for spec in report.catalog.specs)
    for name, value, names in (
        ("backend", options.backend, report.catalog.backends),
        ("type", options.model_type, types),
    ):
        if value is not None and value not in names:
            raise PipedeckError(f"there is no {name} {value!r} here: {choose_among(value, names)}")


# ---- side by side


def _compare(report: Report, options: argparse.Namespace, output: TextOutput) -> int:
    selected: list[Offer] = []
    missing = 0
    for name in options.compare:
        matches = _offers_named(report, name)
        if not matches:
            hint = did_you_mean(name, report.catalog.declared) or "`pipedeck models` lists all"
            print_error(f"no backend declares {name!r}: {hint}")
            missing += 1
        selected += matches if len(options.compare) == 1 else matches[:1]
    rows = compare_offers(report, selected, options.cost) if selected else ()
    if options.json:
        output.json(compared_document(report, selected, rows, options.cost))
    else:
        print_sides(rows, output)
    return 1 if missing else 0


def _offers_named(report: Report, name: str) -> tuple[Offer, ...]:
    """The offers of a name: HANDLE or BACKEND/HANDLE. A handle may contain slashes."""
    matches = offers_of(report, name)
    if matches:
        return matches
    backend, _, handle = name.partition("/")
    return tuple(offer for offer in offers_of(report, handle) if offer.backend == backend)


def add_routes(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "routes",
        help="the rules of the profile, and the backend of any model name",
        description="List the rules of the active profile in the order in which they are tried, with the handles that"
        " each catches and shadows; rules that can never match are marked. With --test: the backends of model names,"
        " declared or not.",
        epilog=epilog(
            ("pipedeck routes", "every rule, in order"),
            ("pipedeck routes --test my-new-model gpt-4o", "where these names would go"),
            ("pipedeck routes --test gpt-4o --everywhere", "in every profile"),
            status="0, 1 no backend serves a tested name, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--test", nargs="+", metavar="NAME", default=[], help="model names to test")
    parser.add_argument("--everywhere", action="store_true", help="test the names in every profile")
    parser.add_argument("--names", action="store_true", help="list the handles below each rule")
    parser.operations, parser.bare = {"": ("--names",), "--test": ("--everywhere",)}, True
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run_routes)


def run_routes(options: argparse.Namespace) -> int:
    """Print the rules, or the backends of some names."""
    report = read_report(options)
    tests = list(_tests(report, options.test, everywhere=options.everywhere))
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(RoutesDocument(report, tests))
    elif options.test:
        for name in options.test if options.everywhere else ():
            print_everywhere([test for test in tests if test.name == name], output)
        for index, test in enumerate(() if options.everywhere else tests):
            if index:
                output.line()
            print_test(report, test, output)
    else:
        print_rules(report, output, names=options.names)
    if report.catalog.profile is None:
        print_error('there is no active profile: write active = "..." in routing_profiles.toml')
        return 1
    return 1 if any(test.backend is None for test in tests if test.profile == report.catalog.active) else 0


def _tests(report: Report, names: Sequence[str], *, everywhere: bool) -> Iterator[NameTest]:
    for name in names:
        if everywhere:
            yield from routes_everywhere(report, name)
        else:
            test = route_of(report, name)
            if test is not None:
                yield test


def add_keys(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "keys",
        help="which variables are set, empty or missing, and which source wins",
        description="List every variable that backends.toml and the backend files refer to: its state, the source that"
        " wins (of shell, home .env, ./.env the last), the sources it hides, and the backends that need it. Values are"
        " never shown.",
        epilog=epilog(
            ("pipedeck keys", "every variable, and which source wins"),
            ("pipedeck keys --lines >> .env", "a line for each missing variable"),
            status="0 every enabled backend has its variables, 1 one has not, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--all", action="store_true", help="include variables that only disabled backends need")
    parser.add_argument("--lines", action="store_true", help="print only lines for .env, for the missing variables")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.operations, parser.bare = {"": ("--all",), "--json": ("--all",), "--lines": ()}, True
    add_tree_options(parser)
    parser.set_defaults(run=run_keys)


def run_keys(options: argparse.Namespace) -> int:
    """Print the variables, or the lines to fill in."""
    report = read_report(options)
    rows = keys(report)
    output = TextOutput(sys.stdout)
    if options.json:
        output.json(KeysDocument(report))
    elif options.lines:
        for line in missing_lines(report):
            output.line(line)
    else:
        order = " < ".join(label for label, _ in report.catalog.environment.sources)
        print_keys(rows, order, output, everything=options.all)
    return 1 if any(row.fails for row in rows) else 0
