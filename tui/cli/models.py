"""`pipedeck models`: the catalogue, filtered, sorted, priced; and models side by side."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.api import Report
from core.catalogue import (
    COLUMNS,
    Compared,
    Filter,
    Offer,
    Row,
    Tokens,
    catalogue,
    compare_offers,
    elsewhere,
    offers,
    offers_of,
    sort_rows,
)
from core.errors import PipedeckError
from core.prices import dollars
from core.safe_text import safe
from core.suggest import choose_among, did_you_mean
from core.views.models import compared_document, models_document
from tui.cli.options import Commands, add_output_options, add_tree_options, epilog, read_report
from tui.cli.output import Out, complain

_WIDE = 116
"""From so many columns on, words stand where letters do otherwise."""
_LETTERS = {"images": "i", "image": "i", "pdf": "p", "audio": "a", "video": "v"}
_OTHER_TYPES = {"text_extractor": "extract", "img_gen": "images", "doc_gen": "doc"}
_STATUS = {"callable": ("ok", "good"), "served": ("no key", "warn"), "on": ("unused", "dim"), "off": ("off", "dim")}


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "models",
        help="the models as a catalogue: filter, sort, price, compare",
        description="Every model that the tree declares, on whichever backend; a row for each handle, led by the offer"
        " that is used. WORD narrows the list: all words must be in the handle, model id, backend or type.",
        epilog=epilog(
            ("pipedeck models --vision --key --sort price", "that read images, by price"),
            ("pipedeck models sonnet --by-backend", "one model on every backend"),
            (
                "pipedeck models --compare gpt-4o claude-4.5-sonnet --cost 2000,500",
                "side by side, with what a call costs",
            ),
            status="0, 1 nothing left or a name to compare is unknown, 2 wrong usage or no tree",
        ),
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="what the model must have in its names")
    parser.add_argument("--vision", action="store_true", help="language models that read images")
    parser.add_argument("--structured", action="store_true", help="models that give structured output")
    parser.add_argument("--key", action="store_true", help="models of backends whose variables are set here")
    parser.add_argument("--served", action="store_true", help="models that the active profile serves now")
    parser.add_argument("--type", metavar="T", dest="model_type", help="models of one type, such as llm or img_gen")
    parser.add_argument("--backend", metavar="B", help="models of one backend")
    parser.add_argument("--by-backend", action="store_true", help="a row for each backend that offers a model")
    parser.add_argument("--same", action="store_true", help="below each row the same model on other backends")
    parser.add_argument("--sort", choices=tuple(COLUMNS), metavar="COLUMN", help=f"sort by {', '.join(COLUMNS)}")
    parser.add_argument("--reverse", action="store_true", help="sort the other way round; unknown stays last")
    parser.add_argument("--limit", type=_count, metavar="N", help="show the first N only")
    parser.add_argument(
        "--cost", type=_tokens, metavar="IN,OUT", help="what a call of IN tokens in and OUT tokens out costs, in USD"
    )
    parser.add_argument(
        "--compare", nargs="+", metavar="MODEL", help="models side by side: HANDLE or BACKEND/HANDLE; one: its backends"
    )
    add_tree_options(parser)
    add_output_options(parser)
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")
    return int(text)


def _tokens(text: str) -> Tokens:
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r}: write two whole numbers, tokens in and tokens out: 2000,500")
    return int(parts[0]), int(parts[1])


def run(options: argparse.Namespace) -> int:
    """Print the catalogue, or models side by side."""
    report = read_report(options)
    out = Out(sys.stdout)
    if options.compare:
        return _compare(report, options, out)
    _check(report, options)
    wanted = Filter(
        vision=options.vision,
        structured=options.structured,
        key=options.key,
        served=options.served,
        model_type=options.model_type,
        backend=options.backend,
        text=" ".join(options.words),
    )
    rows = catalogue(report, wanted)
    if options.by_backend:
        rows = tuple(replace(row, offers=(offer,)) for row in rows for offer in row.offers)
    if options.sort:
        rows = sort_rows(rows, options.sort, reverse=options.reverse, tokens=options.cost)
    elif options.reverse:
        rows = rows[::-1]
    count = len(rows)
    rows = rows[: options.limit]
    if options.json:
        out.json(models_document(report, rows, options.cost, same=options.same))
    else:
        _print(report, rows, count, options, out)
    return 0 if rows else 1


def _check(report: Report, options: argparse.Namespace) -> None:
    """Refuse a backend or type that the tree does not have: an empty list would look like an answer."""
    types = dict.fromkeys(spec.model_type for spec in report.catalog.specs)
    for name, value, known in (
        ("backend", options.backend, report.catalog.backends),
        ("type", options.model_type, types),
    ):
        if value is not None and value not in known:
            raise PipedeckError(f"there is no {name} {value!r} here: {choose_among(value, known)}")


def _print(report: Report, rows: Sequence[Row], count: int, options: argparse.Namespace, out: Out) -> None:
    wide = out.width >= _WIDE
    tokens: Tokens | None = options.cost
    heads = ["MODEL", "BACKEND", *(["TYPE", "TAKES", "GIVES"] if wide else ["CAN"])]
    heads += [] if tokens is not None and not wide else ["MAX"]
    heads += ["$ IN", "$ OUT"] + ([] if tokens is None else ["CALL"]) + ["STATUS"]
    cells, tones = [], []
    known = offers(report) if options.same else ()
    for row in rows:
        more = len(row.offers) - 1
        shown = [("", row.lead, f"{row.lead.backend} +{more}" if more else row.lead.backend)]
        if options.same:
            shown += [("= ", offer, offer.backend) for offer in elsewhere(report, row.lead, known)]
        for mark, offer, backend in shown:
            word, tone = _STATUS[offer.status]
            line = [f"{mark}{offer.handle}", backend, *_abilities(offer, wide)]
            line += [] if tokens is not None and not wide else [_short(offer.max_tokens)]
            line += [dollars(offer.price.input), dollars(offer.price.output)]
            line += [] if tokens is None else [dollars(offer.cost(*tokens))]
            cells.append([*line, word])
            tones.append(["dim" if mark else ""] * len(line) + [tone])
    if not rows:
        out.line("no model is left by these filters: leave a word or an option out")
        return
    numbers = range(heads.index("GIVES" if wide else "CAN") + 1, len(heads) - 1)
    out.table(heads, cells, tones, right=tuple(numbers), flexible=(0, 1, *([3, 4] if wide else [])))
    left = f"{len(rows)} of {count} shown" if len(rows) < count else f"{count} models"
    out.line((f"{left}; $ per million tokens, ? unknown", "dim"))
    if not wide and any(row.lead.model_type == "llm" for row in rows):
        out.line(("CAN: reads i images, p pdf, a audio, v video; gives s structured output", "dim"))


def _abilities(offer: Offer, wide: bool) -> list[str]:
    if wide:
        return [offer.model_type, " ".join(offer.inputs) or "?", " ".join(offer.outputs) or "?"]
    if offer.model_type != "llm":
        return [_OTHER_TYPES.get(offer.model_type, offer.model_type)]
    letters = dict.fromkeys(_LETTERS[item] for item in offer.inputs if item in _LETTERS)
    marks = "".join(letter if letter in letters else "-" for letter in "ipav")
    return [marks + ("s" if offer.structured else "-")]


def _short(count: int | None) -> str:
    """A number of tokens, short: `64k`."""
    if count is None:
        return "?"
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if abs(count) >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)


# ---- side by side


def _compare(report: Report, options: argparse.Namespace, out: Out) -> int:
    found: list[Offer] = []
    missing = 0
    for name in options.compare:
        named = _named(report, name)
        if not named:
            hint = did_you_mean(name, report.catalog.declared) or "`pipedeck models` lists all"
            complain(f"no backend declares {name!r}: {hint}")
            missing += 1
        found += named if len(options.compare) == 1 else named[:1]
    rows = compare_offers(report, found, options.cost) if found else ()
    if options.json:
        out.json(compared_document(report, found, rows, options.cost))
    else:
        print_sides(rows, out)
    return 1 if missing else 0


def _named(report: Report, name: str) -> tuple[Offer, ...]:
    """The offers that a name means: a handle, or that of one backend, which may hold slashes of its own."""
    named = offers_of(report, name)
    if named:
        return named
    backend, _, handle = name.partition("/")
    return tuple(offer for offer in offers_of(report, handle) if offer.backend == backend)


def print_sides(rows: Sequence[Compared], out: Out) -> None:
    """Models side by side, a column for each; the best of a line is marked."""
    if not rows:
        return
    count = len(rows[0].values)
    titles = max(len(row.name) for row in rows)
    width = max(12, (out.width - titles - 2 * count) // count)
    for row in rows:
        for number, line in enumerate(_lines(row, width)):
            parts: list[str | tuple[str, str]] = [(row.name.ljust(titles) if not number else " " * titles, "dim")]
            for index, cell in enumerate(line):
                last = index == len(line) - 1
                tone = "good" if row.best == index else "" if row.differs else "dim"
                parts += ["  ", (cell.rstrip() if last else cell.ljust(width), tone)]
            out.line(*parts)


def _lines(row: Compared, width: int) -> Iterator[list[str]]:
    """The lines that a row takes when each of its cells is wrapped; the best is marked, since colour may be missing."""
    marked = [f"{value} *" if row.best == index else value for index, value in enumerate(row.values)]
    wrapped = [textwrap.wrap(safe(cell), width) or [""] for cell in marked]
    for number in range(max(len(cell) for cell in wrapped)):
        yield [cell[number] if number < len(cell) else "" for cell in wrapped]
