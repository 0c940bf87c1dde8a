"""`pipedeck map`: deck names, models and backends, joined by lines; as text or as SVG."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.errors import PipedeckError
from core.suggest import choose_among
from core.tree_map import map_families, tree_map
from tui.cli.parsers import Commands, add_tree_options, epilog, read_report
from tui.reports.map_text import map_lines, map_summary, map_svg
from tui.reports.text_output import TextOutput


def add_map(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "map",
        help="deck names, models and backends, joined by lines",
        description="Draw where the names of the deck end: names at the left, models in the middle, backends at the"
        " right. Lines are heavy where many names go; dead ends have an x.",
        epilog=epilog(
            ("pipedeck map", "all names of the deck"),
            ("pipedeck map --family llm", "the language models"),
            ("pipedeck map --svg map.svg", "as a picture"),
            status="0, 1 there are no names, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("--family", metavar="F", help="one family of the deck, such as llm or img_gen")
    parser.add_argument("--backend", metavar="BACKEND", help="only names that end at this backend")
    parser.add_argument("--filter", metavar="WORDS", default="", help="only names, models or backends with these words")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="write the map to a file, as SVG")
    add_tree_options(parser)
    parser.set_defaults(run=run_map)


def run_map(options: argparse.Namespace) -> int:
    """Print the map, or write it."""
    report = read_report(options)
    for noun, value, names in (
        ("family", options.family, map_families(report)),
        ("backend", options.backend, tuple(report.catalog.backends)),
    ):
        if value is not None and value not in names:
            raise PipedeckError(f"there is no {noun} {value!r} here: {choose_among(value, names)}")
    backends = tree_map(report, options.family, options.backend, options.filter)
    output = TextOutput(sys.stdout)
    if options.svg is not None:
        try:
            options.svg.write_text(map_svg(backends), encoding="utf-8")
        except OSError as error:
            raise PipedeckError(f"{options.svg} cannot be written: {error.strerror}") from error
        output.line(f"wrote {options.svg}: {map_summary(backends)}")
        return 0
    for _, runs in map_lines(backends, output.width):
        output.line(*runs)
    output.line((map_summary(backends), "dim"))
    return 0 if backends else 1
