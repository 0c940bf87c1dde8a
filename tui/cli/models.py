"""`pipedeck models`: the catalogue of models, filtered, sorted and priced; and models side by side."""

from __future__ import annotations

import argparse
import sys
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
from core.json.models_document import compared_document, models_document
from core.suggest import choose_among, did_you_mean
from tui.cli.parsers import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.reports.tables import print_catalogue, print_sides
from tui.reports.text_output import TextOutput, print_error


def add(commands: Commands) -> None:
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
        "--cost", type=_tokens, metavar="IN,OUT", help="add the cost of a call with IN input and OUT output tokens, USD"
    )
    parser.add_argument(
        "--compare", nargs="+", metavar="MODEL", help="models side by side: HANDLE or BACKEND/HANDLE; one: its backends"
    )
    filters = ("WORD", "--vision", "--structured", "--key", "--served", "--type", "--backend", "--by-backend")
    parser.operations = {"": (*filters, "--same", "--sort", "--reverse", "--limit"), "--compare": ()}
    parser.bare = True
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _tokens(text: str) -> Tokens:
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r}: write the numbers of input and output tokens, such as 2000,500")
    return int(parts[0]), int(parts[1])


def run(options: argparse.Namespace) -> int:
    """Print the catalogue, or models side by side."""
    report = read_report(options)
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
